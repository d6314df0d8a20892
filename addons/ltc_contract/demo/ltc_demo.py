from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.ltc_lead.demo.ltc_demo import CASES, CUSTOMERS
from odoo.addons.ltc_quote.demo.ltc_demo import QUOTATIONS

TERMS = """
<p><b>Scope.</b> The supplier delivers the goods and services listed, assembled and in working order.</p>
<p><b>Delivery.</b> Ten weeks after receipt of the advance; for each full week of delay 0.5 % of the contract amount,
at most 5 %.</p>
<p><b>Acceptance.</b> The customer tests by the criteria of this contract and signs the certificate.</p>
<p><b>Warranty.</b> Twelve months from the final acceptance; the retention is due at its end.</p>
"""
CRITERIA = "72 hours of production at the rated speed, availability of at least 95 %, operators trained."


class LtcDemo(models.AbstractModel):
    _inherit = 'ltc.demo'

    @api.model
    def _play_contract(self):
        """Won quotations become contracts; gate ATC decides, customers sign, advances are invoiced and paid."""
        self._backdate_gates()
        for key in QUOTATIONS:
            if self._reaches(key, 'atc_review'):
                self._play_contract_of(key)

    @api.model
    def _play_contract_of(self, key):
        order = self._as('sales', self._find(f'order_{key}'))
        order.action_ltc_create_contract()
        contract = order.ltc_contract_id
        today = fields.Date.context_today(self)
        start = today - timedelta(days=CASES[key][2] // 2)
        contract.write({
            'title': CASES[key][0], 'date_start': start, 'date_end': start + timedelta(days=365),
            'terms': TERMS, 'acceptance_criteria': CRITERIA,
        })
        if not contract.plan_line_ids:
            contract.action_apply_template()
        for offset, node in zip((14, 75, 110, 475), contract.plan_line_ids.sorted('sequence'), strict=True):
            node.date_planned = start + timedelta(days=offset)
        self._keep(f'contract_{key}', contract)
        self._decide_atc(key, contract)
        self._backdate(contract.sudo().ltc_flow_id, CASES[key][2])

    @api.model
    def _decide_atc(self, key, contract):
        review = self._submit(contract, 'atc', note="Text as negotiated; penalties capped at 5 %.")
        comments = {
            'legal': ('conditional', "Liability capped; keep the arbitration clause in Suzhou.", "Penalty for delay."),
            'finance': ('agree', "30 % advance before purchase, retention 5 %.", ""),
            'delivery': ('agree', "Ten weeks are feasible with the slots of the assembly hall.", ""),
        }
        if CASES[key][5] == 'atc_review':
            opinion = review.opinion_ids.filtered(lambda opinion: opinion.kind == 'legal')
            opinion.with_user(self._user('legal')).sudo(False).action_give(*comments['legal'])
            return
        self._hear(review, comments)
        self._decide(review, 'go', minutes="Signature authorised on the text of version V1.")
        contract.action_send_to_sign()
        if self._reaches(key, 'signed'):
            self._sign_contract(key, contract)

    @api.model
    def _sign_contract(self, key, contract):
        contract._sign_on_paper(CUSTOMERS[key][2], contract.sudo().document, contract.sudo().document_name)
        days = CASES[key][2] // 2
        lead = self._as('sales', self._find(f'case_{key}'))
        lead.action_set_won()
        self._backdate_moment(lead, 'date_closed', days)
        self._bill(self._get_node(contract, 'advance'), days, days - 12 if self._reaches(key, 'delivered') else 0)

    @api.model
    def _get_node(self, contract, kind):
        return contract.sudo().plan_line_ids.filtered(lambda node: node.kind == kind)[:1]

    @api.model
    def _bill(self, node, invoiced_days_ago, paid_days_ago=0):
        """Invoice a billable node and post it; with ``paid_days_ago`` the customer pays it too."""
        today = fields.Date.context_today(self)
        node = self._as('finance', node)
        invoice = node.invoice_ids.filtered(lambda move: move.state == 'draft')[:1] or node._create_node_invoices()
        invoice = self._as('finance', invoice)
        invoice.invoice_date = today - timedelta(days=invoiced_days_ago)
        invoice.action_post()
        if paid_days_ago:
            self._as('finance', self.env['account.payment.register']).with_context(
                active_model='account.move', active_ids=invoice.ids,
            ).create({'payment_date': today - timedelta(days=paid_days_ago)})._create_payments()
        return invoice


class LtcContract(models.Model):
    _inherit = 'ltc.contract'

    def _render_document(self):
        """Draw the demo's contracts while the addon installs: Odoo's report engine needs a running server."""
        if self.env.registry.ready or self.company_id != self.env.ref('ltc_base.company_huachen', False):
            return super()._render_document()
        return self.env['ltc.demo']._draw_document(
            f'Contract {self.name}',
            [f'{self.company_id.name} and {self.partner_id.name} agree on: {self.title}.', self.acceptance_criteria],
            [["Position", "Quantity", "Amount (CNY)"]] + [
                [line._get_short_name(), f'{line.quantity:g}', f'{line.price_total:,.2f}'] for line in self.line_ids
            ] + [["Total including VAT", "", f'{self.amount_current:,.2f}']],
        )
