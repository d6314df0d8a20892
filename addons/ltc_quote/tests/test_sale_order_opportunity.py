from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .solution_common import LtcSolutionCommon


@tagged('post_install', '-at_install')
class TestSaleOrderOpportunity(LtcSolutionCommon):
    """A quotation does not slip out of the gate and the estimate of its opportunity."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('standard')

    def _quote(self, **values):
        return self._create_quotation(opportunity_id=self.opportunity.id, **values)

    def test_the_opportunity_is_decided_on(self):
        quotation = self._quote()
        self._pass_gate(quotation, 'atb')
        self.assertFalse(quotation._ltc_get_offer_blockers())
        quotation.with_user(self.sales).opportunity_id = False
        with self.assertRaisesRegex(UserError, "Opportunity"):
            quotation.with_user(self.sales).action_confirm()
        quotation.with_user(self.sales).opportunity_id = self.opportunity
        self.assertFalse(quotation._ltc_get_offer_blockers())

    def test_a_round_keeps_its_opportunity(self):
        quotation = self._quote()
        self._submit(quotation, 'atb')
        with self.assertRaisesRegex(UserError, "under review"), self.env.cr.savepoint():
            quotation.with_user(self.sales).opportunity_id = False

    def test_unlinking_shakes_nothing_off(self):
        """The approved estimate of 170,000 makes a margin of 17 %; without its opportunity it was 39 %."""
        self._approve(self._create_estimate(user=self.sales, price=300000, line_ids=[
            Command.create({'kind': 'material', 'name': "Fillers", 'quantity': 2, 'unit_cost': 85000})]), self.finance)
        quotation = self._quote()
        self.assertLess(quotation.sudo()._ltc_get_authority_figures('atb')['margin_percent'], 20)
        quotation.with_user(self.sales).opportunity_id = False
        quotation.with_user(self.sales).write({'ltc_flow_id': False})  # dropped: the case is the server's
        with self.assertRaisesRegex(UserError, "came out of opportunity"):
            self._submit(quotation, 'atb')
        quotation.with_user(self.sales).opportunity_id = self.opportunity
        self.assertEqual(self._submit(quotation, 'atb').sudo().level, 30)

    def test_another_opportunity_shakes_nothing_off(self):
        self._approve(self._create_estimate(user=self.sales, price=300000, line_ids=[
            Command.create({'kind': 'material', 'name': "Fillers", 'quantity': 2, 'unit_cost': 85000})]), self.finance)
        other = self._create_opportunity(name="Another need")
        quotation = self._quote().with_user(self.sales)
        with self.assertRaisesRegex(UserError, "approved estimate holds"), self.env.cr.savepoint():
            quotation.opportunity_id = other
        quotation.opportunity_id = False
        with self.assertRaisesRegex(UserError, "approved estimate holds"), self.env.cr.savepoint():
            quotation.opportunity_id = other
        quotation.opportunity_id = self.opportunity
        free = self._create_quotation(opportunity_id=other.id).with_user(self.sales)
        free.opportunity_id = self.opportunity  # a mistake is corrected as long as nothing was decided on

    def test_a_merge_leaves_the_go_as_it_is(self):
        other = self._create_opportunity(name="The same need")
        quotation = self._create_quotation(opportunity_id=other.id)
        self._pass_gate(quotation, 'atb')
        quotation.action_quotation_sent()
        self._approve(self._create_estimate(user=self.sales, price=300000, opportunity_id=other.id, line_ids=[
            Command.create({'kind': 'material', 'name': "Fillers", 'quantity': 2, 'unit_cost': 25000})]), self.finance)
        merged = (self.opportunity | other).with_user(self.manager).merge_opportunity()
        (self.opportunity | other).invalidate_recordset()
        self.assertEqual(quotation.opportunity_id, merged)
        self.assertFalse(quotation._ltc_get_offer_blockers())
        self.assertEqual(len((self.opportunity | other).exists()), 1)
        quotation.order_line[0].price_unit = 1.0
        self.assertTrue(quotation._ltc_get_offer_blockers())

    def test_the_go_follows_into_the_case_that_survives(self):
        other = self._create_opportunity(name="The same need")
        quotation = self._create_quotation(opportunity_id=other.id)
        review = self._pass_gate(quotation, 'atb')
        self.opportunity.sudo().ltc_flow_id._advance('contract')
        merged = (self.opportunity | other).with_user(self.manager).merge_opportunity()
        survivor = merged.sudo().ltc_flow_id
        self.env.invalidate_all()
        self.assertEqual(survivor.stage, 'contract')
        self.assertEqual((quotation.sudo().ltc_flow_id, review.sudo().flow_id), (survivor, survivor))
        self.assertFalse(quotation._ltc_get_offer_blockers())

    def test_a_go_does_not_pass_to_an_unrelated_opportunity(self):
        for make_room in (
            lambda opportunity: opportunity.sudo().unlink(),
            lambda opportunity: (opportunity | self._create_opportunity(name="The same need")).with_user(
                self.manager).merge_opportunity(),
        ):
            decided = self._create_opportunity(name="Decided on")
            unrelated = self._create_opportunity(name="Something else")
            quotation = self._create_quotation(opportunity_id=decided.id)
            self._pass_gate(quotation, 'atb')
            make_room(decided)
            self.env.invalidate_all()
            quotation = quotation.with_user(self.sales)
            kept = quotation.opportunity_id
            quotation.opportunity_id = unrelated
            self.assertTrue(quotation._ltc_get_offer_blockers())
            with self.assertRaisesRegex(UserError, "Opportunity"), self.env.cr.savepoint():
                quotation.action_confirm()
            if kept:
                quotation.opportunity_id = kept
                self.assertFalse(quotation._ltc_get_offer_blockers())

    def test_nothing_hangs_on_what_one_does_not_see(self):
        colleague = self.opportunity.create(self._prepare_lead_values(
            type='opportunity', user_id=self.manager.id, name="Of the manager"))
        colleague.ltc_decision_chain = "Buyer Li is against us"
        self.env.flush_all()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self._create_quotation(opportunity_id=colleague.id)
        mine = self._quote().with_user(self.sales)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            mine.opportunity_id = colleague.id
        spec = {'ltc_approval_forecast': {}, 'ltc_win_chance': {}, 'ltc_competitors': {}}
        for records in (mine, mine.browse()):
            with self.assertRaises(AccessError):
                records.onchange({'opportunity_id': colleague.id}, ['opportunity_id'], spec)
        with self.assertRaises(AccessError):
            mine.browse().with_context(default_opportunity_id=colleague.id).onchange({}, [], spec)
        for model in ('ltc.requirement', 'ltc.solution', 'ltc.estimate'):
            Paper = self.env[model].with_user(self.sales)
            with self.subTest(model=model):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    Paper.create({'opportunity_id': colleague.id})
                with self.assertRaises(AccessError):
                    Paper.onchange({'opportunity_id': colleague.id}, ['opportunity_id'], {'partner_id': {}})
        self.env['ltc.requirement'].with_user(self.presales).create({'opportunity_id': colleague.id})

    def test_a_company_may_ask_for_an_opportunity(self):
        self._submit(self._create_quotation(), 'atb')
        self.company.ltc_opportunity_required = True
        with self.assertRaisesRegex(UserError, "has no opportunity"):
            self._submit(self._create_quotation(), 'atb')
        self._submit(self._quote(), 'atb')
        self.company.ltc_preparation_amount = 205001
        self._submit(self._create_quotation(), 'atb')

    def test_a_repeat_order_needs_none(self):
        self.company.ltc_opportunity_required = True
        first = self._quote()
        self._pass_gate(first, 'atb')
        contact = self.env['res.partner'].create({'name': "Purchasing", 'parent_id': self.customer.id})
        repeat = self._create_quotation(partner_id=contact.id)
        with self.assertRaisesRegex(UserError, "has no opportunity"), self.env.cr.savepoint():
            self._submit(repeat, 'atb')
        first.action_confirm()
        self._submit(repeat, 'atb')
        other = self.env['product.product'].create({'name': "Second Training", 'type': 'service', 'list_price': 5000.0})
        more = self._create_quotation(order_line=[
            Command.create({'product_id': product.id}) for product in (self.training, other)])
        with self.assertRaisesRegex(UserError, "has no opportunity"):
            self._submit(more, 'atb')
