"""The whole line clicked in a browser, each step by the person whose desk it is on."""
from lead_to_cash_common import LeadToCashCommon

from odoo import fields
from odoo.tests import HttpCase


class TestBrowserLine(LeadToCashCommon, HttpCase):
    test_tags = {'standard', 'post_install', 'lead_to_cash'}
    test_module = 'ltc_collection'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line_product.name = "Filling Line"
        cls.line_product.lst_price = 100000.0
        cls.env['res.lang']._activate_lang('en_US')
        users = (cls.sales | cls.manager | cls.presales | cls.delivery | cls.finance | cls.legal | cls.director)
        users.lang = 'en_US'

    def click(self, tour, record, user):
        """Let ``user`` click one tour on the form of ``record``."""
        self.env.flush_all()
        self.start_tour(f'/odoo/{record._name}/{record.id}', tour, login=user.login, timeout=300)
        self.env.invalidate_all()

    def test_the_whole_line_is_clicked(self):
        lead = self._create_lead(ltc_sr_user_id=self.presales.id, ltc_fr_user_id=self.delivery.id)
        self.click('ltc_convert_lead', lead, self.sales)
        self.decide(lead, 'ati')

        self.click('ltc_make_quotation', lead, self.sales)
        order = lead.order_ids
        self.assertEqual(order.ltc_flow_id, lead.ltc_flow_id)
        self.decide(order, 'atb')

        self.click('ltc_draw_up_contract', order, self.sales)
        contract = order.ltc_contract_id
        self.decide(contract, 'atc')
        self.click('ltc_send_to_signature', contract, self.sales)
        self.start_tour(contract.sudo().get_portal_url(), 'ltc_sign_in_portal', login=None, timeout=300)
        self.env.invalidate_all()
        self.assertEqual((contract.state, contract.signed_by), ('signed', "Ms Wu"))
        self.assertEqual(order.state, 'sale')

        self.pay(contract, 'advance')
        handover = contract.handover_ids
        self.click('ltc_confirm_handover', handover, self.delivery)
        self.click('ltc_confirm_handover_finance', handover, self.finance)
        self.click('ltc_validate_transfer', order.picking_ids, self.delivery)
        self.pay(contract, 'delivery')

        certificate = self._create_acceptance(contract, kind='final')
        certificate.action_submit()
        self._sign_on_paper(certificate)
        self.click('ltc_accept_certificate', certificate, self.delivery)
        self.pay(contract, 'acceptance')

        self._get_node(contract, 'retention').date_planned = fields.Date.today()
        self.env['ltc.payment.plan.line']._cron_trigger_dates()
        self.pay(contract, 'retention')
        self.decide(contract, 'atcc')
        self.click('ltc_close_contract', contract, self.sales)
        self.assertEqual(contract.ltc_flow_id.state, 'closed')

    def decide(self, document, code):
        """Submit, hear and decide by clicks; only the first gate's opinions are clicked, they are all alike."""
        self.click('ltc_submit_to_gate', document, self.sales)
        review = self.env['ltc.gate.review'].search(
            [('res_model', '=', document._name), ('res_id', '=', document.id), ('gate_code', '=', code)])
        if code == 'ati':
            opinion = review.opinion_ids.filtered(lambda opinion: opinion.kind == 'technical')
            self.click('ltc_give_opinion', review, self.presales)
            self.assertEqual(opinion.verdict, 'agree')
        self._hear(review)
        decider = (review.approval_ids.candidate_ids & (self.manager | self.director | self.finance))[:1]
        self.click('ltc_decide_go', review, decider)
        self.assertEqual((review.decision, review.decided_by_id), ('go', decider))

    def pay(self, contract, kind):
        node = self._get_node(contract, kind)
        self.assertEqual(node.state, 'billable')
        self.click('ltc_invoice_and_pay', contract, self.finance)
        self.assertEqual(node.state, 'collected')
