from odoo import api, fields, models


class CrmLead(models.Model):
    """What the next stage asks for, said before somebody is refused."""
    _inherit = 'crm.lead'

    ltc_next_stage_note = fields.Char(compute='_compute_ltc_next_stage_note')

    @api.depends('stage_id', 'team_id', 'type')
    @api.depends_context('lang')
    def _compute_ltc_next_stage_note(self):
        rules = self.env['crm.stage']._ltc_get_rules()
        for lead in self:
            lead.ltc_next_stage_note = bool(rules) and lead._ltc_describe_next_stage()

    def _ltc_describe_next_stage(self):
        """Return, in one sentence, what the next stage that lacks anything still asks for."""
        for rule in self._ltc_get_next_rules():
            demands = self._ltc_get_open_demands(rule)
            if demands:
                return self.env._(
                    "Stage %(stage)s still asks for: %(demands)s", stage=self._ltc_name_stages([rule]),
                    demands=', '.join(demands))
        return False

    def _ltc_get_next_rules(self):
        """Return the rules of the stages that follow in the pipeline of an open opportunity and ask for anything."""
        if not self._origin.id or self.type != 'opportunity' or self.won_status != 'pending' or not self.stage_id:
            return []
        stages = self.env['crm.stage']
        order = [rule.stage_id for rule in stages._ltc_get_rules()]
        here = order.index(self.stage_id.id)
        return [
            rule for rule in stages._ltc_get_pipeline(self.team_id.id, False)
            if order.index(rule.stage_id) > here and rule.demands()]

    def _ltc_get_open_demands(self, rule):
        """Return the names of what a stage asks for and this opportunity lacks."""
        demands = self._ltc_get_missing_labels(rule.required_fields)
        if rule.is_quotation_required and not self._ltc_has_quotation():
            demands.append(self.env._("a quotation"))
        for code, model in rule.gates:
            if self._origin._ltc_get_stage_gate_blockers(code, model, ''):
                demands.append(self.env._("gate %s", self.env['ltc.gate']._get_name(code, self.env.lang)))
        return demands
