from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from odoo.addons.ltc_base.models.ltc_gate_approval import PASSING


class CrmLead(models.Model):
    """The way through the pipeline: where an opportunity may begin, what each stage on its way asks for.

    A stage asks whoever enters it and whoever jumps over it, so that no jump is a way round.
    """
    _inherit = 'crm.lead'

    # === BUSINESS METHODS === #

    def _ltc_get_conversion_blockers(self):
        """A lead begins where it stands, so that the automatic assignment leaves it a lead rather than stop."""
        blockers = super()._ltc_get_conversion_blockers()
        if blockers or not self.stage_id or not self.env['crm.stage']._ltc_get_rules():
            return blockers
        return self._ltc_get_move_blockers(False)

    def _ltc_check_moves(self, positions):
        """Refuse, with every reason at once, what the rules of the stages do not allow; managers are bound too."""
        super()._ltc_check_moves(positions)
        if not self.env['crm.stage']._ltc_get_rules():
            return
        moves = self._ltc_get_stage_moves(positions)
        sentences = [
            sentence for lead, old_stage_id in moves.items() for sentence in lead._ltc_get_move_blockers(old_stage_id)]
        if sentences:
            raise UserError('\n'.join(sentences))

    def _ltc_get_stage_moves(self, positions):
        """Return {opportunity that stands elsewhere than before: the stage that it came from, False at its birth}."""
        moves = {}
        for lead in self.filtered(lambda lead: lead.id and lead.type == 'opportunity' and lead.stage_id):
            stage_id, _company_id, lead_type = positions.get(lead.id) or (False, False, 'lead')
            if lead_type == 'lead':
                moves[lead] = False
            elif stage_id != lead.stage_id.id:
                moves[lead] = stage_id
        return moves

    def _ltc_get_move_blockers(self, old_stage_id):
        """Return, as sentences, why this opportunity may not stand where it stands, coming from that stage."""
        self.ensure_one()
        pipeline = self.env['crm.stage']._ltc_get_pipeline(self.team_id.id, self.stage_id.id)
        order = [rule.stage_id for rule in self.env['crm.stage']._ltc_get_rules()]
        rules = {rule.stage_id: rule for rule in self.env['crm.stage']._ltc_get_rules()}
        target = order.index(self.stage_id.id)
        start = order.index(old_stage_id) if old_stage_id in rules else -1
        if target < start:
            return self._ltc_get_return_blockers(rules[old_stage_id]) + self._ltc_get_entry_blockers(
                rules[self.stage_id.id])
        crossed = [rule for rule in pipeline if start < order.index(rule.stage_id) < target]
        blockers = [] if old_stage_id else self._ltc_get_start_blockers(rules[self.stage_id.id])
        for rule in crossed:
            blockers += self._ltc_get_skip_blockers(rule)
        return blockers + self._ltc_get_entry_blockers(rules[self.stage_id.id])

    def _ltc_get_start_blockers(self, rule):
        if rule.is_start:
            return []
        return [self.env._(
            "%(lead)s cannot begin in stage %(stage)s; begin in one of: %(stages)s.", lead=self.display_name,
            stage=self.stage_id.name, stages=self._ltc_name_stages(
                other for other in self.env['crm.stage']._ltc_get_pipeline(self.team_id.id, False) if other.is_start)
            or self.env._("no stage is open for it, ask sales operations"))]

    def _ltc_get_return_blockers(self, rule):
        if rule.is_return_allowed:
            return []
        return [self.env._(
            "%(lead)s does not return from stage %(old)s to %(stage)s; leave it there, or mark it as lost.",
            lead=self.display_name, old=self._ltc_name_stages([rule]), stage=self.stage_id.name)]

    def _ltc_get_skip_blockers(self, rule):
        """Return why a stage may not be jumped over: by itself, or for something that it asks for."""
        if not rule.is_skippable:
            return [self.env._(
                "%(lead)s cannot skip stage %(skipped)s on its way to %(stage)s; move it there first.",
                lead=self.display_name, skipped=self._ltc_name_stages([rule]), stage=self.stage_id.name)]
        return self._ltc_get_entry_blockers(rule)

    def _ltc_get_entry_blockers(self, rule):
        """Return, as sentences, what a stage asks for and this opportunity lacks. Extend the list of ``super()``."""
        if not rule.demands():
            return []
        name, stage = self.display_name, self._ltc_name_stages([rule])
        blockers = []
        missing = self._ltc_get_missing_labels(rule.required_fields)
        if missing:
            blockers.append(self.env._(
                "%(lead)s needs for stage %(stage)s: %(fields)s; fill them in first.",
                lead=name, stage=stage, fields=', '.join(missing)))
        if rule.is_quotation_required and not self._ltc_has_quotation():
            blockers.append(self.env._(
                "%(lead)s has no quotation, and stage %(stage)s requires one; make the quotation first.",
                lead=name, stage=stage))
        for code, model in rule.gates:
            blockers += self._ltc_get_stage_gate_blockers(code, model, stage)
        return blockers

    def _ltc_get_stage_gate_blockers(self, code, model, stage):
        """Return why a gate keeps this opportunity out; that of another document must have been passed in its case."""
        if model == self._name:
            return self._ltc_get_gate_blockers(code)[self.id]
        if not self._ltc_is_gate_active(code):
            return []
        reviews_sudo = self.env['ltc.gate.review'].sudo().search([  # whoever moves it need not see the reviews
            ('flow_id', '=', self.ltc_flow_id.id), ('gate_code', '=', code), ('state', '=', 'decided')],
            order='id DESC', limit=1)
        if reviews_sudo.decision in PASSING:
            return []
        return [self.env._(
            "%(lead)s: nothing of its case passed gate %(gate)s, and stage %(stage)s requires it; submit the document"
            " for review first.", lead=self.display_name,
            gate=self.env['ltc.gate']._get_name(code, self.env.lang), stage=stage)]

    def _ltc_has_quotation(self):
        """Return whether a quotation stands behind this opportunity; whoever knows quotations extends this."""
        self.ensure_one()
        return False

    def _ltc_get_missing_labels(self, names):
        """Return the labels of those of these fields that are empty, whatever the user may see of them."""
        lead_sudo = self.sudo()
        return [
            lead_sudo._fields[name]._description_string(self.env) for name in names
            if name in lead_sudo._fields and lead_sudo._ltc_is_empty(name)]

    def _ltc_is_empty(self, name):
        """Return whether a field says nothing: no value, a zero, blanks or markup without text."""
        value = self[name]
        if self._fields[name].type == 'html':
            return is_html_empty(value)
        return not (value.strip() if isinstance(value, str) else value)

    @api.model
    def _ltc_name_stages(self, rules):
        return ', '.join(self.env['crm.stage'].sudo().browse([rule.stage_id for rule in rules]).mapped('name'))

    def _stage_find(self, team_id=False, domain=None, order='sequence, id', limit=1):
        """Let what begins without a stage begin where it may."""
        if limit == 1 and any(not rule.is_start for rule in self.env['crm.stage']._ltc_get_rules()):
            stage = super()._stage_find(
                team_id=team_id, domain=[*(domain or []), ('ltc_is_start', '=', True)], order=order, limit=limit)
            if stage:
                return stage
        return super()._stage_find(team_id=team_id, domain=domain, order=order, limit=limit)
