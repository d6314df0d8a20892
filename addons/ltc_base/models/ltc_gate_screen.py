from odoo import api, fields, models


class LtcGate(models.Model):
    """What the lists of gates show: who is heard and who decides, in a line."""
    _inherit = 'ltc.gate'

    opinion_summary = fields.Char(string="Opinions", compute='_compute_opinion_summary')
    authority_summary = fields.Char(string="Levels of Authority", compute='_compute_authority_summary')

    @api.depends('dimension_ids.kind')
    @api.depends_context('lang')
    def _compute_opinion_summary(self):
        for gate in self:
            gate.opinion_summary = ', '.join(gate.dimension_ids.mapped('display_name'))

    @api.depends('rule_ids.name', 'rule_ids.level')
    @api.depends_context('lang', 'company')
    def _compute_authority_summary(self):
        for gate in self:
            rules = gate.rule_ids.filtered(lambda rule: rule.company_id in (self.env.company, rule.company_id.browse()))
            gate.authority_summary = ' → '.join(rules.sorted('level').mapped('name')) or (
                gate.fallback_group_id._ltc_get_label())
