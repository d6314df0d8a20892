from contextlib import contextmanager

from odoo.tests import tagged

from .common import LtcContractOnlyCommon


@tagged('post_install', '-at_install')
class TestContractQueries(LtcContractOnlyCommon):
    """Documents without a contract pay nothing for ours."""

    def test_light_asks_nothing_about_contracts(self):
        order = self._create_quotation()
        order.action_confirm()
        invoice = order._create_invoices()
        self.env.flush_all()
        self.env.invalidate_all()
        tables = ('ltc_contract', 'ltc_payment_plan_line', 'ltc_contract_line')
        queries = []
        with contextmanager(self._patchExecute)(queries):
            invoice.action_post()
            self._pay(invoice)
        # Our columns on core tables are read with the others: only a query FROM one of our tables counts.
        ours = [query for query in map(str, queries) if any(f'FROM "{table}"' in query for table in tables)]
        self.assertFalse(ours, ours)
