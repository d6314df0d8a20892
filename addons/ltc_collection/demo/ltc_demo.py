from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.ltc_lead.demo.ltc_demo import CASES
from odoo.addons.ltc_quote.demo.ltc_demo import QUOTATIONS


class LtcDemo(models.AbstractModel):
    _inherit = 'ltc.demo'

    @api.model
    def _play_collection(self):
        """Nodes are invoiced and paid, one is overdue and dunned, one contract is amended, one is closed."""
        self._backdate_gates()
        for key in QUOTATIONS:
            if self._reaches(key, 'delivered'):
                self._collect(key)
        self._company().ltc_dunning = True
        for batch in self.env['ltc.dunning']._get_batches(self._company()):  # the cron would commit in between
            self.env['ltc.dunning']._dun_batch(self._company(), batch)
        self._amend('jiangnan')
        self._close('bohai')
        for key in QUOTATIONS:
            if self._reaches(key, 'signed'):
                self._backdate(self._find(f'contract_{key}').ltc_flow_id, CASES[key][2])

    @api.model
    def _collect(self, key):
        contract, age = self._find(f'contract_{key}'), CASES[key][2]
        accepted = self._reaches(key, 'accepted')
        delivery_days = age // 3
        self._bill(self._get_node(contract, 'delivery'), delivery_days, delivery_days - 20 if accepted else 0)
        if accepted:
            acceptance_days = age // 6
            self._bill(self._get_node(contract, 'acceptance'), acceptance_days,
                       acceptance_days - 15 if self._reaches(key, 'amended') else 0)

    @api.model
    def _amend(self, key):
        """The customer orders spare parts: an amendment adds a line and a node, which is invoiced."""
        contract = self._as('sales', self._find(f'contract_{key}'))
        product = self._find('product_spares')
        amendment = self.env['ltc.contract.amendment'].with_env(contract.env).create({
            'contract_id': contract.id, 'kind': 'scope',
            'reason': "The customer wants two years of spare parts on site before the winter season.",
            'line_ids': [fields.Command.create({
                'product_id': product.id, 'quantity_after': 2, 'price_after': product.list_price,
                'tax_ids': [fields.Command.set(product.taxes_id.ids)]})],
        })
        amendment.plan_line_ids = [fields.Command.create({
            'contract_id': contract.id, 'name': "Spare Parts", 'kind': 'other', 'trigger': 'delivery', 'sequence': 35,
            'amount': amendment.amount_change,
            'date_planned': fields.Date.context_today(self) + timedelta(days=21),
        })]
        self._keep(f'amendment_{key}', amendment)
        self._pass(amendment, 'atac', note="Price list, no discount.")
        amendment.action_approve()
        amendment.action_apply()

    @api.model
    def _close(self, key):
        """Retention is over and paid; gate ATCC closes the contract."""
        contract = self._find(f'contract_{key}')
        retention = self._get_node(contract, 'retention')
        retention.date_planned = fields.Date.context_today(self) - timedelta(days=40)
        retention._cron_trigger_dates()
        self._bill(retention, 35, 5)
        self._pass(contract, 'atcc', note="All accepted and paid; lessons written down.")
        self._as('sales', contract).action_close()
