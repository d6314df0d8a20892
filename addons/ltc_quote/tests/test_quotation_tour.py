from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .solution_common import LtcSolutionCommon


@tagged('post_install', '-at_install')
class TestQuotationTour(LtcSolutionCommon, HttpCase):
    """A quotation in the browser: solution, options, forecast, submission, second version, comparison."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')
        cls.env['ltc.price.rule'].search([]).active = False
        cls.env['ltc.option.rule'].search([]).active = False
        switch = cls.env['product.product'].create({
            'name': "Safety Switch", 'list_price': 500.0, 'standard_price': 200.0, 'taxes_id': [Command.clear()]})
        cls.env['ltc.option.rule'].create({
            'product_tmpl_id': cls.line_product.product_tmpl_id.id, 'option_product_id': switch.id})

    def _click(self, quotation, tour):
        self.env.flush_all()
        self.start_tour(f'/odoo/sales/{quotation.id}', tour, login=self.sales.login, timeout=300)
        self.env.invalidate_all()

    def test_from_the_solution_to_the_second_version(self):
        quotation = self._create_quotation(opportunity_id=self.opportunity.id, order_line=[
            Command.create({'product_id': self.line_product.id, 'product_uom_qty': 1})])
        solution = self._approve(self._create_solution(), self.presales_2)
        self.assertFalse(quotation.ltc_solution_id)

        self._click(quotation, 'ltc_quote_submit')
        self.assertEqual(quotation.ltc_solution_id, solution)
        self.assertEqual(quotation.order_line.mapped('product_uom_qty'), [1, 1])
        review = quotation.sudo().ltc_review_ids
        self.assertEqual((review.state, quotation.amount_untaxed), ('in_review', 98500))

        self._hear(review)
        self._decide(review)
        self._click(quotation, 'ltc_quote_revise')
        self.assertEqual(quotation.amount_untaxed, 74500)
        self.assertTrue(quotation._ltc_get_offer_blockers())
