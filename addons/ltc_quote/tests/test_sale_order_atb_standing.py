from datetime import date

from freezegun import freeze_time
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

    def _read_states(self, quotation):
        """Return what the column, the filter and the gate itself say."""
        self.env.flush_all()
        self.env.invalidate_all()  # what is overdue too
        standing = self._read(quotation)
        quotation = quotation.with_user(self.sales)
        found = quotation.search([('id', '=', quotation.id), ('ltc_atb_state', '=', quotation.ltc_atb_state)])
        self.assertEqual(found, quotation)
        return standing, quotation.ltc_atb_state, not quotation._ltc_get_gate_blockers('atb')[quotation.id]

    def test_a_total_within_the_tolerance_keeps_the_go(self):
        self.env.ref('ltc_quote.gate_atb').tolerance = 2.0
        quotation = self._create_quotation()
        quotation.order_line[1].unlink()
        self._pass_gate(quotation, 'atb')
        for price, is_go in ((99000, True), (101000, True), (97000, False), (103000, False), (100000, True)):
            with self.subTest(price=price):
                quotation.order_line.price_unit = price
                self.assertEqual(
                    self._read_states(quotation), ('go', 'go', True) if is_go else ('stale', 'todo', False))
        quotation.payment_term_id = self.term_120
        self.assertEqual(self._read_states(quotation), ('stale', 'todo', False))

    def test_an_overdue_condition_voids_the_go(self):
        self.company.partner_id.tz = 'Asia/Shanghai'
        with freeze_time('2026-03-09 08:00:00'):
            quotation = self._create_quotation()
            review = self._pass_gate(quotation, 'atb', decision='conditional', conditions=[
                {'name': "Credit check", 'user_id': self.finance.id, 'date_due': date(2026, 3, 10)}])
        for now, expected in (
                ('2026-03-10 08:00:00', ('conditional', 'go', True)),
                ('2026-03-10 15:59:00', ('conditional', 'go', True)),
                ('2026-03-10 16:01:00', ('stale', 'go', False))):
            with self.subTest(now=now), freeze_time(now):
                self.assertEqual(self._read_states(quotation), expected)
        review.condition_ids.with_user(self.finance).action_done("Checked")
        self.assertEqual(self._read_states(quotation), ('conditional', 'go', True))
        quotation.action_confirm()
        self.assertEqual(self._read(quotation), 'conditional')

    def test_a_go_that_holds_stands_beside_a_later_round(self):
        quotation = self._create_released_quotation()
        line = quotation.order_line[0]
        for close in ('action_return', 'action_withdraw'):
            with self.subTest(close=close):
                line.price_unit = 99000
                review = self._submit(quotation, 'atb')
                self.assertEqual(self._read_states(quotation)[:2], ('review', 'review'))
                if close == 'action_return':
                    self._hear(review)
                    review.with_user(self.manager).sudo(False).action_return("Rework")
                else:
                    review.with_user(self.sales).action_withdraw()
                self.assertEqual(self._read_states(quotation), ('returned', 'todo', False))
                line.price_unit = 100000
                self.assertEqual(self._read_states(quotation), ('go', 'go', True))

    def test_a_go_before_a_no_go_does_not_stand(self):
        quotation = self._create_released_quotation()
        quotation.order_line[0].price_unit = 99000
        self._pass_gate(quotation, 'atb', decision='no_go', reason="No")
        quotation.order_line[0].price_unit = 100000
        self.assertEqual(self._read_states(quotation), ('no_go', 'no_go', False))
        review = self._submit(quotation, 'atb')
        self._hear(review)
        review.with_user(self.manager).sudo(False).action_return("Rework")
        self.assertEqual(self._read_states(quotation), ('returned', 'no_go', False))

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
