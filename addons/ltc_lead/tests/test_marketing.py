from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestMarketing(LtcLeadCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketing = new_test_user(cls.env, 'ltc_test_marketing', groups='ltc_base.group_ltc_marketing')

    def test_marketing_brings_in_leads(self):
        form = Form(self.env['crm.lead'].with_user(self.marketing).with_context(default_type='lead'))
        form.name = "Visitor of the fair"
        form.partner_name = "Yangtze Foods"
        form.email_from = 'buyer@yangtze.example.com'
        lead = form.save()
        self.assertEqual(lead.type, 'lead')
        lead.write({'ltc_need': "A quieter line"})
        colleague = self._create_lead()
        colleague.with_user(self.marketing).write({'phone': '+86 21 5555 0102'})

    def test_marketing_leaves_opportunities_alone(self):
        opportunity = self._create_opportunity()
        self.assertFalse(self.env['crm.lead'].with_user(self.marketing).search([('id', '=', opportunity.id)]))
        with self.assertRaises(AccessError):
            opportunity.with_user(self.marketing).write({'expected_revenue': 1.0})
        with self.assertRaises(AccessError):
            self._create_lead().with_user(self.marketing).unlink()
