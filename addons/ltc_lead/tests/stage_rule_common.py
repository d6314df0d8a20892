from contextlib import contextmanager

from odoo.exceptions import UserError
from odoo.fields import Command

from .common import LtcLeadCommon


class StageRuleCommon(LtcLeadCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['crm.stage'].search([]).write({
            'ltc_is_start': True, 'ltc_is_skippable': True, 'ltc_is_return_allowed': True,
            'ltc_required_field_ids': [Command.clear()], 'ltc_is_quotation_required': False,
            'ltc_gate_ids': [Command.clear()]})
        cls.stage_proposition.ltc_gate_required = False
        cls.stage_visit, cls.stage_offer = cls.env['crm.stage'].create([
            {'name': "Visit", 'sequence': -28, 'team_ids': [cls.team.id]},
            {'name': "Offer", 'sequence': -15, 'team_ids': [cls.team.id]},
        ])
        cls.pipeline = cls.stage_new + cls.stage_visit + cls.stage_proposition + cls.stage_offer + cls.stage_won

    @contextmanager
    def _refused(self, sentence):
        with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
            yield
            self.env.flush_all()

    def _get_field(self, *names):
        return self.env['ir.model.fields'].sudo().search([('model', '=', 'crm.lead'), ('name', 'in', names)])
