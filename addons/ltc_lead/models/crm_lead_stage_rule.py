from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from odoo.addons.ltc_base.models.ltc_gate_approval import PASSING


class CrmLead(models.Model):
    """The way through the pipeline: where an opportunity may begin, what each stage on its way asks for.

    A stage asks whoever enters it and whoever jumps over it, so that no jump is a way round; nor is another team, where
    a stage that both teams have stands behind others that the former team has not.
    """
    _inherit = 'crm.lead'

    # === COMPUTE METHODS === #

    def _compute_team_id(self):
        """Another salesperson may bring another team: a claim, an assignment, a hand-over."""
        if not self.env['crm.stage']._ltc_get_rules():
            return super()._compute_team_id()
        positions = self._ltc_get_positions()
        result = super()._compute_team_id()
        self._ltc_settle_in_team(positions)
        return result

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
        self._ltc_settle_in_team(positions)
        is_incoming, sentences = self._ltc_is_incoming(), []
        for lead, origin in self._ltc_get_stage_moves(positions).items():
            if is_incoming and positions.get(lead.id, (False, False, 'opportunity'))[::2] == (False, 'opportunity'):
                sentences += lead._ltc_get_birth_blockers()
            else:
                sentences += lead._ltc_get_move_blockers(*origin)
        if sentences:
            raise UserError('\n'.join(sentences))

    def _ltc_settle_in_team(self, positions):
        """Let opportunities begin anew that would keep a stage which they may not have in their new team.

        It is what Odoo does with a stage that the new team does not have. A refusal would stop whoever hands out many.
        """
        for lead in self.filtered(lambda lead: lead.id and lead.type == 'opportunity' and lead.stage_id):
            stage_id, _company_id, lead_type, team_id = positions.get(lead.id) or (False, False, 'lead', False)
            if lead_type == 'opportunity' and stage_id == lead.stage_id.id and team_id != lead.team_id.id \
                    and any(lead._ltc_get_skip_blockers(rule) for rule in lead._ltc_get_crossed(stage_id, team_id)):
                lead.stage_id = lead._stage_find(domain=[('fold', '=', False)])

    def _ltc_get_stage_moves(self, positions):
        """Return {opportunity that stands elsewhere than before: the stage and team that it came from}.

        At its birth the stage is False.
        """
        moves = {}
        for lead in self.filtered(lambda lead: lead.id and lead.type == 'opportunity' and lead.stage_id):
            stage_id, _company_id, lead_type, team_id = positions.get(lead.id) or (False, False, 'lead', False)
            if lead_type == 'lead':
                moves[lead] = (False, lead.team_id.id)
            elif stage_id != lead.stage_id.id:
                moves[lead] = (stage_id, team_id)
        return moves

    def _ltc_get_crossed(self, old_stage_id, old_team_id):
        """Return the rules of the stages that this opportunity jumped over: on its way, and by a change of team."""
        stages = self.env['crm.stage']
        order = [rule.stage_id for rule in stages._ltc_get_rules()]
        start = order.index(old_stage_id) if old_stage_id in order else -1
        target = order.index(self.stage_id.id)
        return [
            rule for rule in stages._ltc_get_pipeline(self.team_id.id, self.stage_id.id)
            if order.index(rule.stage_id) < target and (
                order.index(rule.stage_id) > start or not rule.belongs_to(old_team_id))]

    def _ltc_get_move_blockers(self, old_stage_id, old_team_id=None):
        """Return, as sentences, why this opportunity may not stand where it stands, coming from that stage and team.

        :param old_team_id: None where the team is not another one
        """
        self.ensure_one()
        rules = {rule.stage_id: rule for rule in self.env['crm.stage']._ltc_get_rules()}
        order, rule = list(rules), rules[self.stage_id.id]
        blockers = [] if old_stage_id else self._ltc_get_start_blockers(rule)
        if old_stage_id in rules and order.index(rule.stage_id) < order.index(old_stage_id):
            blockers += self._ltc_get_return_blockers(rules[old_stage_id])
        for crossed in self._ltc_get_crossed(old_stage_id, self.team_id.id if old_team_id is None else old_team_id):
            blockers += self._ltc_get_skip_blockers(crossed)
        return blockers + self._ltc_get_entry_blockers(rule)

    def _ltc_get_birth_blockers(self):
        """Return why what comes in by itself may not begin here; what is missing is no reason, for nobody is there to
        fill it in.
        """
        rules = {rule.stage_id: rule for rule in self.env['crm.stage']._ltc_get_rules()}
        blockers = self._ltc_get_start_blockers(rules[self.stage_id.id])
        for rule in self._ltc_get_crossed(False, self.team_id.id):
            blockers += [] if rule.is_skippable else self._ltc_get_skip_blockers(rule)
        return blockers

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
