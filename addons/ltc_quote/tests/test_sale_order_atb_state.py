from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.ltc_quote.models import sale_order_atb_digest

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


@tagged('post_install', '-at_install')
class TestSaleOrderAtbDigest(LtcQuoteCommon):
    """Searches ask the figures of those Gos only that changed since they were asked, and answer as the field does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.tax = cls.env['account.tax'].create({
            'name': "Other", 'amount': 5, 'type_tax_use': 'sale', 'company_id': cls.company.id})
        cls.quotation = cls._create_quotation(ltc_concession_room=5.0)
        cls.quotation.order_line = [
            Command.create({'display_type': 'line_note', 'name': "Note"}),
            Command.create({'product_id': cls.training.id, 'product_uom_qty': 1, 'price_unit': 0.0})]
        cls.risk = cls.env['ltc.quote.risk'].create({'order_id': cls.quotation.id, 'name': "Late"})
        cls._pass_gate(cls.quotation, 'atb')
        cls.other = cls._create_released_quotation()

    def _ask(self):
        """Return the state that both the search and the field tell, and how many quotations were compared."""
        Review = self.registry['ltc.gate.review']
        matches, compared = Review._matches, []

        def count(review, document):
            compared.append(document.id)
            return matches(review, document)

        self.env.flush_all()
        self.env.invalidate_all()
        with patch.object(Review, '_matches', count):
            found = {state: self.env['sale.order'].with_user(self.sales).search([
                ('id', 'in', (self.quotation + self.other).ids), ('ltc_atb_state', '=', state)])
                for state in ('go', 'todo', 'review', 'no_go')}
        self.env.invalidate_all()
        for quotation in self.quotation + self.other:
            field = quotation.with_user(self.sales).ltc_atb_state
            self.assertEqual([state for state, orders in found.items() if quotation in orders], [field])
        return self.quotation.with_user(self.sales).ltc_atb_state, len(set(compared))

    def test_what_was_left_alone_is_not_compared_again(self):
        self.assertEqual(self._ask(), ('go', 0))
        self.quotation.with_user(self.sales).action_quotation_sent()
        self.quotation.validity_date = False
        self.quotation.order_line[0].sequence = 99
        self.line_product.write({'name': "Renamed", 'list_price': 1.0, 'standard_price': 2.0})
        self.customer.name = "Renamed"
        self.assertEqual(self._ask(), ('go', 0))

    def test_search_and_field_tell_the_same_of_whatever_changed(self):
        line = self.quotation.order_line[0]
        free = self.quotation.order_line[-1]
        self.customer.child_ids = [Command.create({'name': "Accounts", 'type': 'invoice'})]
        invoiced = self.customer.child_ids
        group = self.env['res.partner'].create({'name': "Group", 'is_company': True})
        changes = {
            'price': lambda: line.write({'price_unit': line.price_unit * 1.5}),
            'within the room': lambda: line.write({'price_unit': line.price_unit * 0.99}),
            'discount': lambda: line.write({'discount': 50.0}),
            'noted price': lambda: line.write({'technical_price_unit': 900000.0}),
            'cost': lambda: line.write({'purchase_price': 1.0}),
            'quantity': lambda: line.write({'product_uom_qty': 5}),
            'text of a line': lambda: line.write({'name': "Something else"}),
            'taxes': lambda: line.write({'tax_ids': [Command.set(self.tax.ids)]}),
            'note': lambda: self.quotation.order_line.filtered('display_type').write({'name': "Another"}),
            'a free line less': free.unlink,
            'a free line more': lambda: free.copy({'order_id': self.quotation.id}),
            'terms': lambda: self.quotation.write({'note': "<p>Other</p>"}),
            'other payment term': lambda: self.quotation.write({'payment_term_id': self.term_120.id}),
            'the payment term itself': lambda: self.term_30.line_ids.write({'nb_days': 77}),
            'invoiced to a contact': lambda: self.quotation.write({'partner_invoice_id': invoiced.id}),
            'the debtor': lambda: self.customer.write({'parent_id': group.id, 'is_company': False}),
            'delivery': lambda: self.quotation.write({'commitment_date': '2031-01-01 08:00:00'}),
            'room': lambda: self.quotation.write({'ltc_concession_room': 7.0}),
            'acceptance': lambda: self.quotation.write({'ltc_acceptance_method': 'site'}),
            'bid': lambda: self.quotation.write({'ltc_bid_closing': '2031-01-01'}),
            'risk': lambda: self.risk.write({'measure': "Wait"}),
            'a risk less': self.risk.unlink,
            'by SQL': lambda: self.env.cr.execute(
                "UPDATE sale_order_line SET price_unit = 7 WHERE id = %s", [line.id]),
            'cancelled': lambda: self.quotation.action_cancel(),
            'confirmed': lambda: self.quotation.action_confirm(),
        }
        told = {}
        for label, change in changes.items():
            with self.subTest(change=label):
                savepoint = self.env.cr.savepoint()
                try:
                    change()
                    told[label] = self._ask()
                    (self.quotation + self.other)._ltc_keep_digest()
                    self.assertEqual(self._ask(), (told[label][0], 0), "looked at once")
                finally:
                    savepoint.rollback()
                    self.env.invalidate_all()
        self.assertEqual(
            {label for label, (state, _count) in told.items() if state == 'go'},
            {'within the room', 'noted price', 'invoiced to a contact', 'cancelled', 'confirmed'})
        self.assertEqual(self._ask(), ('go', 0))

    def test_back_to_the_decided_figures(self):
        line = self.quotation.order_line[0]
        line.price_unit = 1.0
        self.assertEqual(self._ask(), ('todo', 1))
        self.quotation._ltc_keep_digest()
        self.assertEqual(self._ask(), ('todo', 0))
        line.price_unit = 100000.0
        self.assertEqual(self._ask(), ('go', 1))

    def test_a_new_decision_counts(self):
        self.quotation.order_line[0].price_unit = 90000.0
        self._pass_gate(self.quotation, 'atb')
        self.assertEqual(self._ask(), ('go', 0))
        self.quotation.order_line[0].price_unit = 100000.0
        self.assertEqual(self._ask()[0], 'todo')

    def test_a_decision_that_has_no_digest_is_compared(self):
        reviews = (self.quotation + self.other).sudo().ltc_review_ids
        reviews.write({'offer_digest': False, 'offer_holds': False})
        self.assertEqual(self._ask(), ('go', 2))
        with patch.object(self.registry['ir.cron'], '_commit_progress'):
            self.env['sale.order']._ltc_keep_digests()
        self.assertEqual(self._ask(), ('go', 0), "looked at in the night")

    def test_the_night_ends_when_the_time_is_up(self):
        orders = self.quotation + self.other
        orders.sudo().ltc_review_ids.write({'offer_digest': False, 'offer_holds': False})
        Order = self.env['sale.order']
        self.env.flush_all()
        unsure = Order.search(Order._ltc_get_open_go_domain())
        left = len(unsure) - len(unsure._ltc_read_digests())
        self.assertGreaterEqual(left, 2)
        with patch.object(sale_order_atb_digest, 'CHUNK', left - 1), patch.object(
                self.registry['ir.cron'], '_commit_progress', return_value=0.0):
            self.assertEqual(Order._ltc_keep_digests(), (left - 1, 1))
            self.assertEqual(Order._ltc_keep_digests(), (1, 0))
            self.assertEqual(Order._ltc_keep_digests(), (0, 0))
        self.assertEqual(self._ask(), ('go', 0))

    def test_fields_that_no_column_holds_are_compared(self):
        gate = self.env.ref('ltc_quote.gate_atb')
        gate.figure_field_ids = self.env['ir.model.fields']._get('sale.order', 'client_order_ref')
        self.assertEqual(self._ask(), ('go', 0), "what is added later was not decided on")
        self.quotation.order_line[0].price_unit = 110000.0
        self._pass_gate(self.quotation, 'atb')
        self.assertEqual(self._ask(), ('go', 0))
        self.quotation.client_order_ref = "X"
        self.assertEqual(self._ask()[0], 'todo')
        gate.figure_field_ids = self.env['ir.model.fields']._get('sale.order', 'tag_ids')
        self._pass_gate(self.quotation, 'atb')
        self.assertEqual(self._ask(), ('go', 1))
        self.quotation.tag_ids = [Command.create({'name': "Big"})]
        self.assertEqual(self._ask()[0], 'todo')
