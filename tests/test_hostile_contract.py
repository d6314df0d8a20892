"""A contract is signed, amended, delivered, billed and closed on what was decided, whoever asks by whichever route."""
import base64

from hostile_common import DENIED, HostileCommon

from odoo.fields import Command
from odoo.tests import HttpCase

from odoo.addons.ltc_contract.tests.common import SIGNATURE

CHANGED = "is not what was decided"
UNDECIDED = "was not decided"
PAST = '2026-01-01 00:00:00'
FORGED = {
    'signature': SIGNATURE, 'signed_by': "Me", 'signed_on': PAST, 'signed_document': 'QUJD', 'amount_base': 1.0,
    'document': 'QUJD', 'document_hash': 'x', 'signed_document_hash': 'x', 'closed_on': PAST, 'state': 'signed',
}


class TestHostileContract(HostileCommon, HttpCase):
    test_tags = {'standard', 'post_install', 'hostile'}
    test_module = 'ltc_collection'

    def _write(self, record, values, **arguments):
        return self.call(self.sales, record._name, 'write', ids=record.ids, vals=values, **arguments)

    def _refuse_write(self, pattern, record, values, **arguments):
        return self.refuse(self.sales, pattern, record._name, 'write', ids=record.ids, vals=values, **arguments)

    # === SIGNING === #

    def test_a_contract_is_born_a_draft_without_a_signature(self):
        order = self._create_released_quotation()
        for name, value in FORGED.items():
            if name not in ('signature', 'signed_document', 'document'):
                self.call(self.sales, 'ir.default', 'set', model_name='ltc.contract', field_name=name, value=value,
                          user_id=True)
        [contract_id] = self.call(
            self.sales, 'ltc.contract', 'create', vals_list=[{'order_id': order.id, **FORGED}],
            context={f'default_{name}': value for name, value in FORGED.items()})
        contract = self.env['ltc.contract'].browse(contract_id)
        self.assertEqual(contract.state, 'draft')
        self.assertEqual(contract.amount_base, order.amount_total)
        for name in FORGED.keys() - {'state', 'amount_base'}:
            self.assertFalse(contract[name], name)
        self._pass_gate(contract.with_user(self.sales), 'atc')
        self.call(self.sales, 'ltc.contract', 'action_send_to_sign', ids=contract.ids)
        with self.untouched(contract, order):
            self._refuse_write("has no signature", contract, {'state': 'signed'})
            self._refuse_write("has no signature", contract, FORGED)

    def test_a_draft_goes_nowhere_without_a_go(self):
        contract = self._create_contract()
        with self.untouched(contract, contract.order_id):
            for state in ('signing', 'signed', 'closed'):
                self._refuse_write(f'{UNDECIDED}|cannot become', contract, {'state': state})
            self.refuse(self.sales, UNDECIDED, 'ltc.contract', 'action_send_to_sign', ids=contract.ids)
            self.refuse(self.sales, "needs a signed contract|waits for the signature", 'sale.order', 'action_confirm',
                        ids=contract.order_id.ids)
            self.refuse(self.sales, "cannot change its contract", 'sale.order', 'write', ids=contract.order_id.ids,
                        vals={'ltc_contract_id': False})

    def test_the_text_does_not_change_with_the_move_nor_before(self):
        contract = self._create_contract()
        self._pass_gate(contract, 'atc')
        node = contract.plan_line_ids[0]
        edits = {
            'terms': {'terms': "<p>Unlimited liability</p>"},
            'criteria': {'acceptance_criteria': "None"},
            'payment days': {'payment_term_id': self.term_120.id},
            'period': {'date_end': '2040-01-01'},
            'plan': {'plan_line_ids': [[1, node.id, {'amount': 1.0}]]},
            'trigger': {'plan_line_ids': [[1, node.id, {'trigger': 'acceptance'}]]},
        }
        for name, values in edits.items():
            with self.attempt(edit=name), self.untouched(contract):
                self._refuse_write(f'{CHANGED}|plan', contract, {**values, 'state': 'signing'})
            with self.attempt(edit=name, first=True), self.keep_history(contract):
                self._write(contract, values)
                self._refuse_write(f'{CHANGED}|plan', contract, {'state': 'signing'})
        for name in ('line_ids', 'ltc_review_ids'):
            with self.untouched(contract):
                self._refuse_write(DENIED, contract, {name: [[1, contract[name][:1].id, {'name': "Other"}]]})

    def test_signed_stays_signed(self):
        contract = self._create_signed_contract()
        order = contract.order_id
        other = self.env['res.partner'].create({'name': "Huangpu Dairy", 'is_company': True})
        opportunity = self._create_opportunity()
        with self.untouched(contract, order):
            for values in ({'title': "Other"}, {'terms': "<p>x</p>"}, {'state': 'draft'}, {'state': 'void'}):
                self._refuse_write(f'{contract.name}', contract, values)
            for values in (
                {'payment_term_id': self.term_120.id}, {'partner_invoice_id': other.id}, {'partner_id': other.id},
                {'opportunity_id': opportunity.id}, {'state': 'cancel'}, {'state': 'draft'},
                {'order_line': [[1, order.order_line[0].id, {'price_unit': 1.0}]]},
                {'order_line': [[2, order.order_line[0].id, 0]]},
                {'order_line': [[0, 0, {'product_id': self.training.id}]]},
            ):
                with self.subTest(**values):
                    self._refuse_write('contract', order, values)
            self.refuse(self.sales, 'contract', 'sale.order', 'action_cancel', ids=order.ids)
            self.refuse(self.manager, "cannot be deleted", 'ltc.contract', 'unlink', ids=contract.ids)

    def test_the_signed_files_stay(self):
        contract = self._create_signed_contract()
        files = self.env['ir.attachment'].sudo().search([
            ('res_model', '=', 'ltc.contract'), ('res_id', '=', contract.id), ('res_field', '!=', False)])
        self.assertEqual(set(files.mapped('res_field')), {'document', 'signed_document', 'signature'})
        with self.untouched(contract):
            for file in files:
                self.refuse(self.sales, "stays", 'ir.attachment', 'unlink', ids=file.ids)
                for values in ({'datas': 'QUJD'}, {'raw': 'x'}, {'res_id': 0}, {'res_field': False}):
                    self.refuse(self.sales, "stays", 'ir.attachment', 'write', ids=file.ids, vals=values)
                self.refuse(self.sales, "stays", 'ir.attachment', 'create', vals_list=[{
                    'name': "Mine", 'datas': 'QUJD', 'res_model': 'ltc.contract', 'res_id': contract.id,
                    'res_field': file.res_field}])
            self.assertTrue(contract._is_document_intact())
        [mine] = self.call(self.sales, 'ir.attachment', 'create', vals_list=[{
            'name': "Mine", 'datas': base64.b64encode(b'mine').decode(), 'res_model': 'ltc.contract',
            'res_id': contract.id}])
        self.refuse(self.sales, "stays", 'ir.attachment', 'write', ids=[mine], vals={'res_field': 'signed_document'})
        self.call(self.sales, 'ir.attachment', 'unlink', ids=[mine])

    # === PAYMENT PLAN === #

    def test_a_node_is_due_by_its_event_alone(self):
        contract = self._create_contract()
        facts = {'triggered_on': PAST, 'is_void': True, 'is_effective': False, 'state': 'billable'}
        self.call(self.sales, 'ir.default', 'set', model_name='ltc.payment.plan.line', field_name='triggered_on',
                  value=PAST, user_id=True)
        [node_id] = self.call(
            self.sales, 'ltc.payment.plan.line', 'create', vals_list=[{
                'contract_id': contract.id, 'name': "Mine", 'amount': 0.0, **facts}],
            context={f'default_{name}': value for name, value in facts.items()})
        node = self.env['ltc.payment.plan.line'].browse(node_id)
        self._write(node, facts)
        self.assertEqual((node.state, node.triggered_on, node.is_void), ('planned', False, False))
        self.assertFalse(any(contract.plan_line_ids.mapped('triggered_on')))
        self.refuse(self.finance, "not in force", 'ltc.payment.plan.line', 'action_set_billable', ids=[node_id])
        self.refuse(self.finance, "only a billable node", 'ltc.payment.plan.line', 'action_create_invoice',
                    ids=[node_id])

    # === AMENDING === #

    def _create_amendment(self, contract, price=1.0):
        return self.env['ltc.contract.amendment'].with_user(self.sales).create({
            'contract_id': contract.id, 'reason': "Cheaper", 'line_ids': [
                Command.create({'contract_line_id': contract.line_ids[0].id, 'price_after': price})]})

    def test_an_amendment_without_a_go_changes_nothing(self):
        contract = self._create_signed_contract()
        amendment = self._create_amendment(contract)
        with self.untouched(contract, contract.order_id, amendment):
            for state in ('approved', 'applied'):
                self._refuse_write(f'{UNDECIDED}|cannot become', amendment, {'state': state})
            for method in ('action_approve', 'action_apply'):
                self.refuse(self.sales, f'{UNDECIDED}|cannot become', 'ltc.contract.amendment', method,
                            ids=amendment.ids)
            self.refuse(self.manager, UNDECIDED, 'ltc.contract.amendment', 'action_approve', ids=amendment.ids)

    def test_an_amendment_stays_with_its_contract(self):
        contract, other = self._create_signed_contract(), self._create_signed_contract()
        amendment = self._create_amendment(contract)
        with self.untouched(contract, other, amendment):
            self._refuse_write("belongs to contract", amendment, {'contract_id': other.id})
            self._refuse_write("another contract", amendment, {'line_ids': [[0, 0, {
                'contract_line_id': other.line_ids[0].id, 'price_after': 1.0}]]})
            self._refuse_write("of another contract|of the contract", amendment, {
                'void_plan_line_ids': [[4, other.plan_line_ids[0].id]]})

    def test_an_approved_amendment_takes_no_other_lines_along(self):
        contract = self._create_signed_contract()
        amendment = self.env['ltc.contract.amendment'].with_user(self.sales).create({
            'contract_id': contract.id, 'reason': "Two more", 'line_ids': [Command.create({
                'product_id': self.filling_head.id, 'quantity_after': 2, 'price_after': 3000.0,
                'tax_ids': [Command.set(self.tax_13.ids)]})],
            'plan_line_ids': [Command.create({'contract_id': contract.id, 'name': "Heads", 'amount': 6780.0})]})
        self._pass_gate(amendment, 'atac')
        line = amendment.line_ids
        with self.untouched(amendment, contract):
            self._refuse_write(f'{CHANGED}|plan', amendment, {
                'state': 'approved', 'line_ids': [[1, line.id, {'price_after': 2000.0}]]})
            self._refuse_write(CHANGED, amendment, {'state': 'approved', 'reason': "Something else"})
        self.call(self.sales, 'ltc.contract.amendment', 'action_approve', ids=amendment.ids)
        with self.untouched(amendment, contract):
            self._refuse_write("frozen", amendment, {'state': 'applied', 'reason': "Something else"})
            self.refuse(self.sales, "frozen", line._name, 'write', ids=line.ids, vals={'price_after': 1.0})
        self.call(self.sales, 'ltc.contract.amendment', 'action_apply', ids=amendment.ids)
        self.assertEqual(contract.amount_change, 6780.0)

    # === CLOSING, CASE === #

    def test_a_contract_is_not_closed_without_a_go(self):
        contract = self._create_signed_contract()
        with self.untouched(contract):
            self._refuse_write(contract.name, contract, {'state': 'closed'})
            self._refuse_write(contract.name, contract, {'state': 'closed', 'closed_on': PAST})
            self.refuse(self.manager, UNDECIDED, 'ltc.contract', 'action_close', ids=contract.ids)

    def test_a_document_stays_in_its_case(self):
        opportunity, other = self._create_opportunity(), self._create_opportunity()
        self._pass_gate(opportunity, 'ati')
        order = self._create_quotation(opportunity_id=opportunity.id)
        self._pass_gate(order, 'atb')
        contract = self._create_signed_contract(order)
        amendment = self._create_amendment(contract)
        handover = contract.sudo().handover_ids
        flow, target = opportunity.ltc_flow_id, other.ltc_flow_id
        documents = (opportunity, order, contract, amendment, handover, order.sudo().picking_ids[:1])
        self.assertTrue(all(documents))
        for document in documents:
            for user in (self.sales, self.manager, self.delivery):
                with self.subTest(model=document._name, user=user.login):
                    self._post(user, document._name, 'write', {'ids': document.ids, 'vals': {'ltc_flow_id': target.id}})
                    self.assertEqual(document.sudo().ltc_flow_id, flow)
        [order_id] = self.call(self.sales, 'sale.order', 'create', context={'default_ltc_flow_id': target.id},
                               vals_list=[{'partner_id': self.customer.id, 'ltc_flow_id': target.id}])
        self.assertFalse(self.env['sale.order'].browse(order_id).ltc_flow_id)
