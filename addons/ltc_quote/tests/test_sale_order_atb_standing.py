from lxml import etree

from odoo.tests import tagged

from .common import LtcQuoteCommon

LIST = 'ltc_quote.sale_order_view_list_quotations'


@tagged('post_install', '-at_install')
class TestSaleOrderAtbStanding(LtcQuoteCommon):
    """ATB as a column of the quotations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.before, cls.ahead = cls._create_quotation(), cls._create_quotation()
        cls._set_profile('standard')
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE sale_order SET create_date = create_date - INTERVAL '1 year',"
            " ltc_gates_ahead = CASE WHEN id = %s THEN ' atb ' END WHERE id IN %s",
            [cls.ahead.id, (cls.before.id, cls.ahead.id)])

    def _read(self, quotation):
        self.env.flush_all()
        quotation.invalidate_recordset()
        return quotation.with_user(self.sales).ltc_atb_standing

    def test_from_the_draft_to_the_order(self):
        self.assertFalse(self._read(self.before), "older than the gate, and not ahead of it")
        self.assertEqual(self._read(self.ahead), 'todo')
        quotation = self._create_quotation()
        self.assertEqual(self._read(quotation), 'todo')
        review = self._submit(quotation, 'atb')
        self.assertEqual(self._read(quotation), 'review')
        self._hear(review)
        review.with_user(self.manager).sudo(False).action_return("Rework")
        self.assertEqual(self._read(quotation), 'returned')
        self._submit(quotation, 'atb').with_user(self.sales).action_withdraw()
        self.assertEqual(self._read(quotation), 'returned', "a round that was withdrawn did not happen")
        self._pass_gate(quotation, 'atb')
        self.assertEqual(self._read(quotation), 'go')
        quotation.action_confirm()
        self.assertEqual(self._read(quotation), 'go')

    def test_what_changed_since_the_go(self):
        quotation = self._create_released_quotation()
        for name, value in (('payment_term_id', self.term_120.id), ('payment_term_id', False)):
            with self.env.cr.savepoint() as savepoint:
                quotation[name] = value
                self.assertEqual(self._read(quotation), 'stale')
                self.assertEqual(quotation.with_user(self.sales).ltc_atb_state, 'todo')
                savepoint.rollback()
        self.assertEqual(self._read(quotation), 'go')
        quotation.order_line[0].price_unit = 99000
        self.assertEqual(self._read(quotation), 'stale')

    def test_a_price_within_the_room_keeps_the_go(self):
        quotation = self._create_released_quotation(ltc_concession_room=5)
        quotation.order_line[0].price_unit = 96000
        self.assertEqual(self._read(quotation), 'go')
        quotation.order_line[0].price_unit = 94000
        self.assertEqual(self._read(quotation), 'stale')

    def test_a_no_go(self):
        quotation = self._create_quotation()
        self._pass_gate(quotation, 'atb', decision='no_go', reason="No")
        self.assertEqual(self._read(quotation), 'no_go')

    def test_in_light_the_column_is_empty(self):
        self._set_profile('light')
        self.assertFalse(self._read(self._create_quotation()))

    def test_it_groups_and_is_searched(self):
        quotations = self._create_quotation() | self._create_released_quotation()
        domain = [('id', 'in', quotations.ids)]
        Order = self.env['sale.order'].with_user(self.sales)
        self.assertEqual(
            dict(Order._read_group(domain, ['ltc_atb_standing'], ['__count'])), {'todo': 1, 'go': 1})
        self.assertEqual(Order.search([*domain, ('ltc_atb_standing', '=', 'go')]), quotations[1])

    def _read_list(self, quotations, xmlid):
        view = self.env['sale.order'].with_user(self.sales).get_view(self.env.ref(xmlid).id, 'list')
        names = [node.get('name') for node in etree.fromstring(view['arch']).xpath('//list/field')]
        specification = {name: {} for name in names}
        for name in ('partner_id', 'user_id', 'currency_id'):
            specification[name] = {'fields': {'display_name': {}}}
        for _run in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            quotations.with_user(self.sales).web_search_read([('id', 'in', quotations.ids)], specification)
        return names, self.cr.sql_log_count - before

    def test_our_list_costs_what_odoos_costs(self):
        quotations = self.env['sale.order'].with_user(self.sales).create(
            [self._prepare_quotation_values() for _number in range(10)])
        names, ours = self._read_list(quotations, LIST)
        self.assertLessEqual({'ltc_atb_standing', 'ltc_version', 'margin_percent', 'validity_date'}, set(names))
        plain, odoos = self._read_list(quotations, 'sale.view_quotation_tree')
        self.assertNotIn('ltc_atb_standing', plain, "Odoo's list stays as it is")
        self.assertEqual(ours, odoos)
