from odoo.tests import tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderAtbState(LtcQuoteCommon):
    """The filters of the quotations ask the last round, and whether its Go still holds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.names = (
            'new', 'review', 'returned', 'withdrawn', 'go', 'changed', 'refused', 'again', 'turned', 'cancelled')
        quotations = {name: cls._create_quotation() for name in cls.names}
        cls.quotations = quotations
        cls._submit(quotations['review'], 'atb')
        cls._submit(quotations['withdrawn'], 'atb').with_user(cls.sales).action_withdraw()
        for name in ('go', 'changed', 'again', 'turned'):
            cls._pass_gate(quotations[name], 'atb')
        quotations['changed'].order_line[0].price_unit = 99000
        cls._pass_gate(quotations['refused'], 'atb', decision='no_go', reason="No")
        quotations['again'].order_line[0].price_unit = 99000
        cls._submit(quotations['again'], 'atb')
        quotations['turned'].order_line[0].price_unit = 99000
        cls._pass_gate(quotations['turned'], 'atb', decision='no_go', reason="No")
        returned = cls._submit(quotations['returned'], 'atb')
        cls._hear(returned)
        returned.with_user(cls.manager).sudo(False).action_return("Rework")
        quotations['cancelled'].with_user(cls.sales).action_cancel()

    def _find(self, state):
        ids = [quotation.id for quotation in self.quotations.values()]
        found = self.env['sale.order'].with_user(self.sales).search(
            [('id', 'in', ids), ('ltc_atb_state', '=', state)])
        return {name for name, quotation in self.quotations.items() if quotation.id in found.ids}

    def test_each_filter_finds_its_own(self):
        self.assertEqual(self._find('todo'), {'new', 'returned', 'withdrawn', 'changed'})
        self.assertEqual(self._find('review'), {'review', 'again'})
        self.assertEqual(self._find('go'), {'go'})
        self.assertEqual(self._find('no_go'), {'refused', 'turned'})

    def test_the_field_says_what_the_filter_finds(self):
        for state in ('todo', 'review', 'go', 'no_go'):
            for name in self._find(state):
                self.assertEqual(self.quotations[name].with_user(self.sales).ltc_atb_state, state, name)

    def test_an_order_keeps_its_go(self):
        self.quotations['go'].action_confirm()
        self.assertEqual(self._find('go'), {'go'})

    def test_the_search_costs_no_more_for_many(self):
        def count(names):
            ids = [self.quotations[name].id for name in names]
            for _run in range(2):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self.env['sale.order'].with_user(self.sales).search(
                    [('id', 'in', ids), ('ltc_atb_state', 'in', ('go', 'todo'))])
            return self.cr.sql_log_count - before

        one = count(self.names[:1])
        more = [self._create_quotation() for _number in range(3)]
        for quotation in more:
            self._pass_gate(quotation, 'atb')
        self.assertEqual(count(self.names), one)
