from odoo.tests import tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestSaleOrderQueries(LtcQuoteCommon):
    """What the gate costs: nothing in light, and the same for one document as for twenty."""

    def _count(self, function):
        for _run in range(2):  # what is cached for the whole server is no part of the price
            self.env.flush_all()
            self.env.invalidate_all()
            function()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        function()
        return self.cr.sql_log_count - before

    def _create_released_quotations(self, count):
        quotations = self.env['sale.order'].with_user(self.sales).create(
            [self._prepare_quotation_values() for _number in range(count)])
        for quotation in quotations:
            self._pass_gate(quotation, 'atb')
        return quotations

    def test_blockers_of_twenty_cost_what_those_of_one_cost(self):
        self._set_profile('standard')
        quotations = self._create_released_quotations(20)
        one = self._count(lambda: quotations[:1].with_prefetch()._ltc_get_gate_blockers('atb'))
        twenty = self._count(lambda: quotations._ltc_get_gate_blockers('atb'))
        self.assertEqual(one, twenty)
        self.assertFalse(quotations._ltc_get_confirmation_blockers())

    def test_blockers_of_twenty_undecided_cost_what_those_of_one_cost(self):
        self._set_profile('standard')
        quotations = self.env['sale.order'].with_user(self.sales).create(
            [self._prepare_quotation_values() for _number in range(20)])
        one = self._count(lambda: quotations[:1].with_prefetch()._ltc_get_gate_blockers('atb'))
        twenty = self._count(lambda: quotations._ltc_get_gate_blockers('atb'))
        self.assertEqual(one, twenty)

    def test_the_friendly_question_order_by_order_costs_no_more(self):
        self._set_profile('standard')
        quotations = self._create_released_quotations(10)
        one = self._count(lambda: quotations[:1].with_prefetch()._confirmation_error_message())
        ten = self._count(lambda: [quotation._confirmation_error_message() for quotation in quotations])
        self.assertEqual(one, ten)

    def test_version_room_and_reason_cost_form_and_list_nothing(self):
        quotations = self.env['sale.order'].with_user(self.sales).create(
            [self._prepare_quotation_values() for _number in range(10)])
        plain = ['name', 'amount_total', 'state']
        more = [*plain, 'ltc_version', 'ltc_revision_reason', 'ltc_concession_room']
        self.assertEqual(
            self._count(lambda: quotations.read(plain)), self._count(lambda: quotations.read(more)))

    def test_a_refusal_that_names_lines_costs_no_more(self):
        self._set_profile('standard')
        quotation = self._create_released_quotation()
        today = quotation.sudo()._ltc_get_gate_figures('atb')['lines']
        frozen = [[*line[:4], line[4] + number, *line[5:]] for number, line in enumerate(today * 20)]
        self.env['sale.order']._ltc_describe_line_changes(frozen, today)
        with self.assertQueryCount(0):
            self.env['sale.order']._ltc_describe_line_changes(frozen, today)

    def test_in_light_nothing_is_asked(self):
        quotations = self.env['sale.order'].with_user(self.sales).create(
            [self._prepare_quotation_values() for _number in range(3)])
        quotations._ltc_get_confirmation_blockers()  # what is in force is cached for the whole server
        self.env.flush_all()
        with self.assertQueryCount(0):
            quotations._ltc_get_confirmation_blockers()
            quotations._ltc_check_offer()
            quotations._ltc_filter_unreleased()
            quotations.mapped('ltc_gate_summary')
