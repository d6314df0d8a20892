from odoo import api, fields, models

from .ltc_gate import PROFILE_RANK


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    ltc_profile = fields.Selection(related='company_id.ltc_profile', readonly=False, required=True)
    ltc_cfo_id = fields.Many2one(related='company_id.ltc_cfo_id', readonly=False)
    ltc_general_manager_id = fields.Many2one(related='company_id.ltc_general_manager_id', readonly=False)
    ltc_profile_cards = fields.Json(compute='_compute_ltc_profile_cards')
    ltc_gate_ids = fields.Many2many('ltc.gate', string="Decision Gates", compute='_compute_ltc_gate_ids')

    @api.depends('company_id')
    def _compute_ltc_gate_ids(self):
        self.ltc_gate_ids = self.env['ltc.gate'].search([])

    @api.depends('company_id')
    @api.depends_context('lang')
    def _compute_ltc_profile_cards(self):
        gates = self.env['ltc.gate'].search([('profile', '!=', 'own')])
        self.ltc_profile_cards = [{
            'value': profile,
            'name': name,
            'help': explanation,
            'gates': [gate.name for gate in gates if PROFILE_RANK[gate.profile] <= PROFILE_RANK[profile]],
        } for profile, name, explanation in self._get_ltc_profiles()]

    def _get_ltc_profiles(self):
        return [
            ('light', self.env._("Light"), self.env._(
                "Nothing is blocked. Cases, figures and reports work all the same.")),
            ('standard', self.env._("Standard"), self.env._(
                "Quotations and contracts are decided before the customer sees them.")),
            ('full', self.env._("Full"), self.env._(
                "Every gate from the first investment to the closing of the contract.")),
        ]
