from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestLtcSellingGuide(LtcQuoteCommon, HttpCase):
    """How many bottles, how clean, which extras: the answers lead to lines, labellers and training."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ltc.option.rule'].search([]).active = False
        cls.env['ltc.selling.guide'].search([]).active = False
        cls.labeller, cls.filter = cls.env['product.product'].create([
            {'name': "Labeller", 'list_price': 9000.0, 'taxes_id': [Command.clear()]},
            {'name': "Sterile Filter", 'list_price': 700.0, 'taxes_id': [Command.clear()]},
        ])
        cls.guide = cls.env['ltc.selling.guide'].create({'name': "Filling"})
        cls.lines, cls.hygiene, cls.grade, cls.extras = cls.env['ltc.selling.guide.question'].create([
            {'guide_id': cls.guide.id, 'sequence': 1, 'name': "How many lines?", 'kind': 'number'},
            {'guide_id': cls.guide.id, 'sequence': 2, 'name': "Must it be sterile?", 'answer_ids': [
                Command.create({'name': "Yes"}), Command.create({'name': "No"})]},
            {'guide_id': cls.guide.id, 'sequence': 3, 'name': "Which grade?", 'answer_ids': [
                Command.create({'name': "Dairy"}), Command.create({'name': "Pharma"})]},
            {'guide_id': cls.guide.id, 'sequence': 4, 'name': "What else?", 'kind': 'several', 'is_required': False,
             'answer_ids': [Command.create({'name': "Labels"}), Command.create({'name': "Training"})]},
        ])
        cls.sterile, cls.plain = cls.hygiene.answer_ids
        cls.dairy, cls.pharma = cls.grade.answer_ids
        cls.grade.only_after_id = cls.sterile
        cls.env['ltc.selling.guide.line'].create([
            {'question_id': cls.lines.id, 'product_id': cls.line_product.id},
            {'question_id': cls.grade.id, 'answer_id': cls.pharma.id, 'product_id': cls.filter.id, 'quantity': 2,
             'times_id': cls.lines.id},
            {'question_id': cls.grade.id, 'answer_id': cls.dairy.id, 'product_id': cls.filter.id},
            {'question_id': cls.extras.id, 'answer_id': cls.extras.answer_ids[0].id, 'product_id': cls.labeller.id},
            {'question_id': cls.extras.id, 'answer_id': cls.extras.answer_ids[1].id, 'product_id': cls.training.id},
        ])

    def _open(self, order, user=None):
        action = order.with_user(user or self.sales).action_ltc_open_guide()
        return self.env['ltc.guide.run'].with_user(user or self.sales).browse(action['res_id'])

    def _walk(self, run, *replies):
        """Answer page after page: a number, an answer or several."""
        for reply in replies:
            if isinstance(reply, (int, float)):
                run.number = reply
            elif run.kind == 'one':
                run.answer_id = reply
            else:
                run.answer_ids = reply
            run.action_next()
        return run

    def _get_added(self, order):
        return {line.product_id: line.product_uom_qty for line in order.order_line}

    def test_prices_are_those_of_the_quotations_company(self):
        other = self.env['res.company'].create({'name': "Other"})
        self.sales.company_ids += other
        pricelist = self.env['product.pricelist'].create({'name': "Cost", 'company_id': False, 'item_ids': [
            Command.create({'compute_price': 'formula', 'base': 'standard_price', 'applied_on': '3_global'})]})
        self.labeller.with_company(self.company).standard_price = 100.0
        self.labeller.with_company(other).standard_price = 400.0
        order = self._create_quotation(pricelist_id=pricelist.id)
        run = self.env['ltc.guide.run'].with_user(self.sales).with_context(
            allowed_company_ids=[other.id, self.company.id]).create({'order_id': order.id, 'guide_id': self.guide.id})
        self.assertEqual(run._get_prices({self.labeller: 1.0}), {self.labeller.id: 100.0})

    def test_the_answers_lead_to_products_in_their_numbers(self):
        order = self._create_quotation(order_line=[])
        self.assertTrue(order.with_user(self.sales).ltc_has_guide)
        run = self._walk(self._open(order), 3, self.sterile, self.pharma, self.extras.answer_ids)
        self.assertTrue(run.is_done)
        run.action_apply()
        self.assertEqual(self._get_added(order), {
            self.line_product: 3, self.filter: 6, self.labeller: 1, self.training: 1})
        self.assertEqual(order.order_line.filtered(lambda line: line.product_id == self.filter).price_unit, 700)

    def test_a_copy_stands_on_its_own_questions(self):
        copy = self.guide.with_user(self.operations).copy()
        self.assertEqual(copy.name, "Filling (copy)")
        self.assertFalse(copy.question_ids & self.guide.question_ids)
        self.guide.active = False
        lines, hygiene, grade, extras = copy.question_ids
        self.assertEqual(grade.only_after_id, hygiene.answer_ids[0])
        self.assertEqual(grade.line_ids.mapped('times_id'), lines)
        order = self._create_quotation(order_line=[])
        run = self._walk(self._open(order), 3, hygiene.answer_ids[0], grade.answer_ids[1], extras.answer_ids)
        run.action_apply()
        self.assertEqual(self._get_added(order), {
            self.line_product: 3, self.filter: 6, self.labeller: 1, self.training: 1})

    def test_a_question_waits_for_its_answer(self):
        run = self._open(self._create_quotation(order_line=[]))
        self.assertIn("Question 1 of at most 4", run.progress)
        run = self._walk(self._open(self._create_quotation(order_line=[])), 1, self.plain)
        self.assertEqual(run.question_id, self.extras)
        self.assertIn("Question 3 of at most 3", run.progress)

    def test_with_several_guides_one_is_chosen_first(self):
        other = self.env['ltc.selling.guide'].create({'name': "Packing", 'question_ids': [
            Command.create({'name': "How many boxes?", 'kind': 'number'})]})
        run = self._open(self._create_quotation(order_line=[]))
        self.assertFalse(run.question_id)
        with self.assertRaisesRegex(UserError, "Choose a selling guide"):
            run.action_next()
        run.guide_id = other
        run.action_next()
        self.assertEqual(run.question_id, other.question_ids)
        run.action_back()
        self.assertFalse(run.question_id)

    def test_the_end_shows_prices_of_the_quotations_list(self):
        pricelist = self.env['product.pricelist'].create({'name': "Partners", 'item_ids': [
            Command.create({'applied_on': '0_product_variant', 'product_id': self.filter.id,
                            'compute_price': 'fixed', 'fixed_price': 500.0, 'min_quantity': 6}),
            Command.create({'applied_on': '0_product_variant', 'product_id': self.training.id,
                            'compute_price': 'ltc_share', 'ltc_share_percent': 10})]})
        order = self._create_quotation(order_line=[], pricelist_id=pricelist.id)
        run = self._walk(self._open(order), 3, self.sterile, self.pharma, self.extras.answer_ids)
        self.assertEqual(
            {line.product_id: (line.price_unit, line.amount) for line in run.product_ids}, {
                self.line_product: (100000, 300000), self.filter: (500, 3000), self.labeller: (9000, 9000),
                self.training: (0, 0)})
        run.action_apply()
        self.assertEqual(
            {line.product_id: line.price_unit for line in order.order_line}, {
                self.line_product: 100000, self.filter: 500, self.labeller: 9000, self.training: 31200})

    def test_what_is_there_already_grows(self):
        order = self._create_quotation(order_line=[Command.create({'product_id': self.labeller.id})])
        self._walk(self._open(order), 1, self.plain, self.extras.answer_ids[0]).action_apply()
        self.assertEqual(self._get_added(order), {self.labeller: 2, self.line_product: 1})

    def test_back_takes_the_answer_back_and_shows_it(self):
        order = self._create_quotation(order_line=[])
        run = self._walk(self._open(order), 2, self.sterile, self.pharma, self.extras.answer_ids[0])
        for question in (self.extras, self.grade, self.hygiene, self.lines):
            run.action_back()
            self.assertEqual(run.question_id, question)
            self.assertFalse(run.is_done)
        self.assertEqual(run.number, 2)
        run.action_next()
        run.answer_id = self.plain
        run.action_next()
        run.action_next()
        self.assertTrue(run.is_done)
        run.action_apply()
        self.assertEqual(self._get_added(order), {self.line_product: 2})

    def test_what_is_asked_must_be_answered_and_belong_to_the_question(self):
        run = self._open(self._create_quotation(order_line=[]))
        for number in (0, -1):
            run.number = number
            with self.assertRaises(UserError):
                run.action_next()
        run.number = 1
        run.action_next()
        run.answer_id = self.dairy  # an answer of another page, by RPC
        with self.assertRaisesRegex(UserError, "Must it be sterile"):
            run.action_next()
        with self.assertRaisesRegex(UserError, "to their end"):
            run.action_apply()

    def test_under_review_nothing_is_added(self):
        self._set_profile('standard')
        order = self._create_quotation()
        run = self._walk(self._open(order), 1, self.plain)
        run.action_next()
        self._submit(order, 'atb')
        with self.assertRaisesRegex(UserError, "under review"):
            run.action_apply()

    def test_no_guide_for_an_order_a_stranger_or_a_company_without_one(self):
        order = self._create_quotation()
        order.sudo().action_confirm()
        with self.assertRaisesRegex(UserError, "no quotation any more"):
            self._open(order)
        quotation = self._create_quotation()
        run = self._open(quotation)
        with self.assertRaises(AccessError):
            run.with_user(self.manager).action_next()
        with self.assertRaises(AccessError):
            self.guide.with_user(self.sales).name = "Mine"
        self.guide.company_id = self.env['res.company'].create({'name': "Elsewhere"})
        self.assertFalse(quotation.with_user(self.sales).ltc_has_guide)
        with self.assertRaisesRegex(UserError, "no selling guide"):
            self._open(quotation)

    def test_a_guide_holds_together(self):
        with self.assertRaisesRegex(ValidationError, "earlier question"), self.env.cr.savepoint():
            self.hygiene.only_after_id = self.pharma
        with self.assertRaisesRegex(ValidationError, "asks for a number"), self.env.cr.savepoint():
            self.lines.answer_ids = [Command.create({'name': "Two"})]
        with self.assertRaisesRegex(ValidationError, "another question"), self.env.cr.savepoint():
            self.grade.line_ids[0].answer_id = self.plain
        with self.assertRaisesRegex(ValidationError, "same guide"), self.env.cr.savepoint():
            self.grade.line_ids[0].times_id = self.extras

    def test_a_walk_in_the_browser(self):
        order = self._create_quotation(order_line=[])
        self.env.flush_all()
        self.start_tour(f'/odoo/sales/{order.id}', 'ltc_quote_guide', login=self.sales.login, timeout=300)
        self.env.invalidate_all()
        self.assertEqual(self._get_added(order), {self.line_product: 2, self.filter: 4, self.training: 1})
