"""One case from lead to cash, told in steps by the people who do them, with the refusals that keep it honest."""
from datetime import date, timedelta
from unittest.mock import patch

from lead_to_cash_common import LeadToCashCommon

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, TransactionCase

STAGES = ['lead', 'opportunity', 'quote', 'contract', 'delivery', 'acceptance', 'invoice', 'cash', 'closed']


class TestLeadToCash(LeadToCashCommon, TransactionCase):
    test_tags = {'standard', 'post_install', 'lead_to_cash'}
    test_module = 'ltc_collection'

    def test_a_lead_becomes_cash_through_all_five_gates(self):
        lead = self.a_lead_comes_in()
        self.it_is_qualified_and_converted(lead)
        self.ati_decides_on_the_opportunity(lead)
        order = self.a_quotation_is_made(lead)
        self.atb_decides_on_the_quotation(order)
        contract = self.the_contract_is_drawn_up(order)
        self.atc_decides_and_the_customer_signs(contract)
        self.the_advance_is_invoiced_and_paid(contract)
        self.the_contract_is_handed_over(contract)
        self.the_goods_are_delivered(contract)
        self.the_delivery_invoice_is_late_dunned_and_paid(contract)
        self.the_customer_accepts(contract)
        self.the_contract_is_amended(contract)
        self.the_retention_is_released(contract)
        self.atcc_closes_the_contract(contract)
        self.the_case_kept_its_history(contract.ltc_flow_id)

    # === LEAD AND OPPORTUNITY === #

    def a_lead_comes_in(self):
        with Form(self.env['crm.lead'].with_user(self.sales).with_context(default_type='lead')) as form:
            form.name = "Two filling lines for Yangtze Foods"
            form.partner_name = "Yangtze Foods"
            form.contact_name = "Ms Wu"
        lead = form.record
        self.assertEqual(lead.type, 'lead')
        self.assertFalse(lead.ltc_flow_id, "A lead is not a case yet.")
        lead.write({'team_id': self.team.id, 'user_id': self.sales.id})
        return lead

    def it_is_qualified_and_converted(self, lead):
        with self.assertRaisesRegex(UserError, "describe the need") as refusal:
            lead.convert_opportunity(self.customer)
        self.assertIn("has no expected revenue", str(refusal.exception), "All reasons come at once.")
        lead.write({
            'phone': '+86 21 5555 0101', 'expected_revenue': 220000.0, 'partner_id': self.customer.id,
            'ltc_need': "Two lines of 6,000 bottles per hour, running by spring.",
        })
        lead.convert_opportunity(self.customer)
        self.assertEqual(lead.type, 'opportunity')
        self.assertRegex(lead.ltc_flow_id.name, r'^LTC/\d{4}/\d{5}$')
        self.assertEqual(lead.ltc_flow_id.ar_user_id, self.sales)

    def ati_decides_on_the_opportunity(self, opportunity):
        with self.assertRaisesRegex(UserError, "was not decided"):
            opportunity.stage_id = self.stage_proposition
        with self.assertRaisesRegex(UserError, "was not decided"):
            self._create_quotation(opportunity_id=opportunity.id)
        with self.assertRaises(UserError, msg="The iron triangle is not complete."):
            self._submit(opportunity, 'ati')
        opportunity.write({'ltc_sr_user_id': self.presales.id, 'ltc_fr_user_id': self.delivery.id})
        with self.assertRaisesRegex(UserError, "tick these points"):
            opportunity._ltc_submit('ati', {})
        review = self._submit(opportunity, 'ati')
        with self.assertRaisesRegex(UserError, "lacks the opinions"):
            review.with_user(self.manager).action_decide('go')
        with self.assertRaisesRegex(AccessError, "was submitted by you"):
            review.with_user(self.sales).action_decide('go')
        with self.assertRaisesRegex(AccessError, "is given by"):
            review.opinion_ids[:1].with_user(self.legal).action_give('agree')
        self._hear(review)
        with self.assertRaisesRegex(UserError, "needs a future date"):
            review.with_user(self.manager).action_decide('hold', reason="Budget next year")
        review.with_user(self.manager).action_decide('go', minutes="Fits the strategy.")
        self.assertEqual((review.decision, review.decided_by_id), ('go', self.manager))
        opportunity.stage_id = self.stage_proposition
        self.assertEqual(opportunity.ltc_flow_id.fr_user_id, self.delivery)

    # === QUOTATION === #

    def a_quotation_is_made(self, opportunity):
        order = self._create_quotation(opportunity_id=opportunity.id, order_line=[
            Command.create({'product_id': self.line_product.id, 'product_uom_qty': 2}),
            Command.create({'product_id': self.installation.id, 'product_uom_qty': 1}),
        ])
        self.assertEqual(order.ltc_flow_id, opportunity.ltc_flow_id)
        self.assertEqual(order.ltc_flow_id.stage, 'quote')
        return order

    def atb_decides_on_the_quotation(self, order):
        for move in (order.action_quotation_send, order.action_quotation_sent, order.action_confirm):
            with self.assertRaisesRegex(UserError, "was not decided"):
                move()
        self.assertFalse(order._has_to_be_signed(), "The portal offers no signature before ATB.")
        self._pass_gate(order, 'atb')
        order.action_quotation_sent()
        line = order.order_line[0]
        price = line.price_unit
        line.price_unit = 1.0
        with self.assertRaisesRegex(UserError, "is not what was decided"):
            order.action_confirm()
        line.price_unit = price
        with self.assertRaisesRegex(UserError, "needs a signed contract"):
            order.action_confirm()
        self.assertEqual(order.state, 'sent')

    # === CONTRACT === #

    def the_contract_is_drawn_up(self, order):
        order.action_ltc_create_contract()
        contract = order.ltc_contract_id
        self.assertEqual(contract.ltc_flow_id, order.ltc_flow_id)
        self.assertAlmostEqual(sum(contract.plan_line_ids.mapped('amount')), order.amount_total)
        contract.write({
            'title': "Two filling lines", 'acceptance_criteria': "6,000 bottles per hour for four hours.",
            'date_start': date.today(),
        })
        return contract

    def atc_decides_and_the_customer_signs(self, contract):
        with self.assertRaisesRegex(UserError, "was not decided"):
            contract.action_send_to_sign()
        with self.assertRaises(UserError):
            contract.write({'state': 'signed'})
        review = self._submit(contract, 'atc')
        self.assertIn('legal', review.opinion_ids.mapped('kind'))
        self._hear(review)
        self._decide(review)
        contract.action_send_to_sign()
        self._sign(contract)
        self.assertEqual(contract.state, 'signed')
        self.assertEqual(contract.order_id.state, 'sale', "The signature confirms the order.")
        self.assertTrue(contract._is_document_intact())
        with self.assertRaises(UserError, msg="The order stays what was signed."):
            contract.order_id.order_line[0].price_unit = 1.0
        with self.assertRaises(UserError):
            contract.write({'title': "Something else"})
        self.assertEqual(contract.ltc_flow_id.stage, 'delivery')

    def the_advance_is_invoiced_and_paid(self, contract):
        advance, delivery = self._get_node(contract, 'advance'), self._get_node(contract, 'delivery')
        self.assertEqual((advance.state, delivery.state), ('billable', 'planned'))
        with self.assertRaisesRegex(UserError, "deliver the rest"):
            delivery.with_user(self.finance).action_create_invoice()
        invoice = self._invoice(advance)
        self.assertAlmostEqual(invoice.amount_total, contract.amount_current * 0.3, places=2)
        self.assertEqual(invoice.ltc_flow_id, contract.ltc_flow_id)
        self._pay(invoice)
        self.assertEqual(advance.state, 'collected')
        self.assertEqual(contract.ltc_flow_id.stage, 'delivery', "An advance does not end the delivery.")

    # === DELIVERY === #

    def the_contract_is_handed_over(self, contract):
        picking = contract.sudo().order_id.picking_ids
        with self.assertRaisesRegex(UserError, "handover .* is not confirmed"):
            self._deliver(contract.sudo().order_id)
        handover = contract.sudo().handover_ids
        with self.assertRaisesRegex(UserError, "points to explain"):
            handover.with_user(self.delivery).sudo(False).action_confirm_delivery()
        self._confirm_handover(contract.sudo(False).with_env(self.env), release=False)
        self.assertEqual(handover.state, 'confirmed')
        self.assertNotEqual(picking.state, 'done')

    def the_goods_are_delivered(self, contract):
        node = self._get_node(contract, 'delivery')
        order = contract.sudo().order_id
        self._deliver(order, {self.line_product: 1})
        self.assertEqual(node.state, 'planned', "Half of the goods make nothing billable.")
        self._deliver(order)
        self.assertEqual(node.state, 'billable')
        self.assertEqual(set(order.picking_ids.mapped('ltc_flow_id')), {contract.ltc_flow_id})
        self.assertEqual(contract.ltc_flow_id.stage, 'acceptance')

    def the_delivery_invoice_is_late_dunned_and_paid(self, contract):
        node = self._get_node(contract, 'delivery')
        invoice = self._invoice(node, post=False)
        due_on = fields.Date.today() - timedelta(days=10)
        invoice.write({'invoice_date': due_on, 'invoice_payment_term_id': False, 'invoice_date_due': due_on})
        invoice.action_post()
        due_line = invoice.line_ids.filtered(lambda line: line.account_type == 'asset_receivable')
        for _run in range(2):
            with patch.object(self.registry['ir.cron'], '_commit_progress', lambda *args, **kwargs: float('inf')):
                self.env['ltc.dunning']._cron_dun()
        dunnings = self.env['ltc.dunning'].search([('line_id', 'in', due_line.ids)])
        self.assertEqual(len(dunnings), 1, "An instalment is dunned once a level, however often the cron runs.")
        self._pay(invoice, amount=100.0)
        self.assertEqual(node.state, 'invoiced')
        self.assertAlmostEqual(node.amount_collected, 100.0)
        self._pay(invoice)
        self.assertEqual(node.state, 'collected')

    def the_customer_accepts(self, contract):
        node = self._get_node(contract, 'acceptance')
        acceptance = self._create_acceptance(contract.sudo(False).with_env(self.env), kind='final')
        with self.assertRaises(UserError, msg="Not shown to the customer yet."):
            acceptance.action_accept()
        acceptance.action_submit()
        with self.assertRaises(UserError, msg="Nobody signed."):
            acceptance.action_accept()
        self.assertEqual(node.state, 'planned')
        self._sign_on_paper(acceptance)
        with self.assertRaises(AccessError):
            acceptance.with_user(self.sales).action_accept()
        acceptance.action_accept()
        self.assertEqual(node.state, 'billable')
        with self.assertRaises(UserError):
            acceptance.write({'conclusion': "Something else"})
        self._pay(self._invoice(node))
        self.assertEqual(node.state, 'collected')

    # === CHANGE AND CLOSE === #

    def the_contract_is_amended(self, contract):
        value = contract.amount_current
        amendment = self.env['ltc.contract.amendment'].with_user(self.sales).create({
            'contract_id': contract.id, 'kind': 'scope', 'reason': "One more line.",
            'line_ids': [Command.create({
                'product_id': self.filling_head.id, 'quantity_after': 2, 'price_after': 3000.0,
                'tax_ids': [Command.set(self.tax_13.ids)]})],
        })
        self.assertAlmostEqual(amendment.amount_change, 6780.0)
        with self.assertRaisesRegex(UserError, "was not decided"):
            amendment.action_approve()
        with self.assertRaises(UserError, msg="The plan does not cover the new value."):
            self._submit(amendment, 'atac')
        amendment.plan_line_ids = [Command.create({
            'contract_id': contract.id, 'name': "Filling heads", 'kind': 'other', 'trigger': 'delivery',
            'sequence': 35, 'amount': 6780.0,
        })]
        self._pass_gate(amendment, 'atac')
        amendment.action_approve()
        amendment.action_apply()
        self.assertAlmostEqual(contract.amount_current, value + 6780.0)
        self.assertAlmostEqual(contract.sudo().order_id.amount_total, contract.amount_current)
        node = contract.plan_line_ids.filtered(lambda node: node.name == "Filling heads")
        self._deliver(contract.sudo().order_id)
        self._pay(self._invoice(node))
        self.assertEqual(node.state, 'collected')

    def the_retention_is_released(self, contract):
        node = self._get_node(contract, 'retention')
        with self.assertRaises(UserError, msg="The retention is still open."):
            self._submit(contract, 'atcc')
        with self.assertRaises(UserError):
            contract.action_close()
        node.sudo().date_planned = fields.Date.today()
        self.env['ltc.payment.plan.line']._cron_trigger_dates()
        self.assertEqual(node.state, 'billable')
        invoice = self._invoice(node)
        self.assertAlmostEqual(invoice.amount_total, node.amount, msg="The final invoice leaves the retention.")
        self._pay(invoice)
        self.assertAlmostEqual(contract.amount_received, contract.amount_current)

    def atcc_closes_the_contract(self, contract):
        with self.assertRaisesRegex(UserError, "was not decided"):
            contract.action_close()
        self._pass_gate(contract, 'atcc')
        contract.action_close()
        self.assertEqual(contract.state, 'closed')
        self.assertEqual((contract.ltc_flow_id.stage, contract.ltc_flow_id.state), ('closed', 'closed'))

    def the_case_kept_its_history(self, flow):
        self.assertEqual(flow.log_ids.sorted('id').mapped('stage'), STAGES)
        reviews = self.env['ltc.gate.review'].search([('flow_id', '=', flow.id)], order='id')
        self.assertEqual(
            reviews.mapped('gate_code'), ['ati', 'atb', 'atc', 'atac', 'atcc'])
        self.assertEqual(set(reviews.mapped('decision')), {'go'})
        for stage in STAGES[1:8]:
            self.assertTrue(flow.with_user(self.manager).action_open_stage(stage))


class TestLeadToCashByRpc(LeadToCashCommon, HttpCase):
    """The same line over Odoo's external API, by a salesperson who tries to get round every gate."""

    test_tags = {'standard', 'post_install', 'lead_to_cash'}
    test_module = 'ltc_collection'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = cls.env['res.users.apikeys'].with_user(cls.sales).sudo(False)._generate(
            'rpc', "Story", fields.Datetime.now() + timedelta(hours=1))

    def call(self, model, method, **arguments):
        """Call as the salesperson; return the result."""
        response = self._post(model, method, arguments)
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()

    def refuse(self, pattern, model, method, **arguments):
        """Call as the salesperson and be refused with a sentence that says why."""
        with self.assertLogs('odoo.http', 'WARNING'):
            response = self._post(model, method, arguments)
        self.assertGreaterEqual(response.status_code, 400, response.text)
        self.assertRegex(response.json()['message'], pattern)

    def _post(self, model, method, arguments):
        self.env.flush_all()
        response = self.url_open(
            f'/json/2/{model}/{method}', json=arguments, headers={'Authorization': f'bearer {self.key}'})
        self.env.invalidate_all()
        return response

    def test_no_road_leads_round_a_gate(self):
        opportunity = self._create_opportunity()
        self._try_to_skip_ati(opportunity)
        self._pass_gate(opportunity, 'ati')
        order = self._create_quotation(opportunity_id=opportunity.id)
        self._try_to_skip_atb(order)
        self._pass_gate(order, 'atb')
        self._try_to_skip_the_contract(order)
        contract = self._create_contract(order)
        self._try_to_skip_atc(contract)
        self._sign(self._send_to_sign(contract))
        self._try_to_change_the_signed(contract)
        self._try_to_bill_unproved_nodes(contract)

    def _try_to_skip_ati(self, opportunity):
        won, proposition = self.stage_won.id, self.stage_proposition.id
        self.refuse("was not decided", 'crm.lead', 'write', ids=opportunity.ids, vals={'stage_id': proposition})
        self.refuse("was not decided", 'crm.lead', 'write', ids=opportunity.ids, vals={'stage_id': won})
        self.refuse("was not decided", 'crm.lead', 'action_set_won', ids=opportunity.ids)
        self.refuse("was not decided", 'crm.lead', 'create', vals_list=[self._prepare_lead_values(
            type='opportunity', stage_id=won)])
        self.refuse("was not decided", 'sale.order', 'create', vals_list=[self._prepare_quotation_values(
            opportunity_id=opportunity.id)])
        self._try_to_forge(opportunity)

    def _try_to_forge(self, document):
        gate = self.env['ltc.gate']._get_by_code(document._ltc_gate_codes[0])
        self.refuse("not allowed|Access", 'ltc.gate.review', 'create', vals_list=[{
            'gate_id': gate.id, 'res_model': document._name, 'res_id': document.id, 'state': 'decided',
            'decision': 'go'}])
        answers = {str(check.id): True for check in gate.check_ids}
        review_id = self.call(document._name, 'ltc_submit', ids=document.ids, code=gate.code, answers=answers)
        self.refuse("not allowed|Access", 'ltc.gate.review', 'write', ids=[review_id], vals={'decision': 'go'})
        self.refuse("submitted by you", 'ltc.gate.review', 'action_decide', ids=[review_id], decision='go')
        opinion = self.env['ltc.gate.review'].browse(review_id).opinion_ids[:1]
        self.refuse("is given by", 'ltc.gate.opinion', 'action_give', ids=opinion.ids, verdict='agree')
        self.refuse("not allowed|Access|cannot be deleted", 'ltc.gate.review', 'unlink', ids=[review_id])
        self.refuse("not allowed|Access", 'ltc.gate.activation', 'unlink',
                    ids=self.env['ltc.gate.activation'].search([]).ids)
        self.call('ltc.gate.review', 'action_withdraw', ids=[review_id])

    def _try_to_skip_atb(self, order):
        undecided = "was not decided"
        for state in ('sent', 'sale'):
            self.refuse(undecided, 'sale.order', 'write', ids=order.ids, vals={'state': state})
            self.refuse(undecided, 'sale.order', 'create', vals_list=[self._prepare_quotation_values(state=state)])
        for method in ('action_confirm', 'action_quotation_sent', 'action_quotation_send'):
            self.refuse(undecided, 'sale.order', method, ids=order.ids)
            self.refuse(undecided, 'sale.order', method, ids=order.ids, context={
                'mark_so_as_sent': True, 'skip_ltc': True, 'import_file': True, 'tracking_disable': True})
        self._try_to_forge(order)

    def _try_to_skip_the_contract(self, order):
        self.refuse("needs a signed contract", 'sale.order', 'action_confirm', ids=order.ids)
        self.refuse("needs a signed contract", 'sale.order', 'write', ids=order.ids, vals={'state': 'sale'})
        [copy_id] = self.call('sale.order', 'copy', ids=order.ids)
        self.refuse("was not decided", 'sale.order', 'action_confirm', ids=[copy_id])
        line = order.order_line[:1]
        self.call('sale.order.line', 'write', ids=line.ids, vals={'price_unit': 5000000.0})
        self.refuse("is not what was decided", 'sale.order', 'action_quotation_sent', ids=order.ids)
        self.refuse("is not what was decided", 'sale.order', 'action_ltc_create_contract', ids=order.ids)
        self.call('sale.order.line', 'write', ids=line.ids, vals={'price_unit': 100000.0})

    def _try_to_skip_atc(self, contract):
        for state in ('signing', 'signed', 'closed'):
            self.refuse(".", 'ltc.contract', 'write', ids=contract.ids, vals={'state': state})
        self.refuse("was not decided", 'ltc.contract', 'action_send_to_sign', ids=contract.ids)
        self.call('ltc.contract', 'write', ids=contract.ids, vals={
            'signed_by': "Me", 'signed_on': '2026-01-01 00:00:00', 'amount_base': 1.0})
        self.assertFalse(contract.signed_by)
        self.assertEqual(contract.amount_base, contract.order_id.amount_total)

    def _try_to_change_the_signed(self, contract):
        line = contract.order_id.order_line[:1]
        for values in ({'price_unit': 1.0}, {'product_uom_qty': 99}, {'discount': 90.0}):
            self.refuse("contract", 'sale.order.line', 'write', ids=line.ids, vals=values)
        self.refuse("contract", 'sale.order.line', 'create', vals_list=[{
            'order_id': contract.order_id.id, 'product_id': self.training.id, 'product_uom_qty': 1}])
        self.refuse("contract", 'sale.order', 'action_cancel', ids=contract.order_id.ids)
        self.refuse(".", 'ltc.contract', 'write', ids=contract.ids, vals={'state': 'draft'})
        self.refuse("closed|invoiced|decided", 'ltc.contract', 'action_close', ids=contract.ids)

    def _try_to_bill_unproved_nodes(self, contract):
        node = self._get_node(contract, 'delivery')
        self.refuse(".", 'ltc.payment.plan.line', 'write', ids=node.ids, vals={'amount': 1.0})
        self.refuse("only a billable node|deliver the rest",
                    'ltc.payment.plan.line', 'action_create_invoice', ids=node.ids)
        self.refuse(".", 'ltc.payment.plan.line', 'action_set_billable', ids=node.ids)
        self.call('ltc.payment.plan.line', 'write', ids=node.ids, vals={
            'state': 'billable', 'triggered_on': '2026-01-01 00:00:00'})
        self.assertEqual(node.state, 'planned')
        picking = contract.order_id.picking_ids[:1]
        self.refuse(".", 'stock.picking', 'button_validate', ids=picking.ids)
