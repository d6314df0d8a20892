from odoo.tests import HttpCase, tagged

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestReviewTour(LtcLeadCommon, HttpCase):
    """One round in the browser, each step by the person whose desk it is on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_profile('full')
        cls.opportunity = cls._create_opportunity(name="Bottling hall")

    def _click(self, url, tour, user):
        self.env.flush_all()
        self.start_tour(url, tour, login=user.login, timeout=300)
        self.env.invalidate_all()

    def test_submit_give_opinions_and_decide_from_the_cards(self):
        self._click(f'/odoo/crm.lead/{self.opportunity.id}', 'ltc_review_submit', self.sales)
        review = self.opportunity.sudo().ltc_review_ids
        self.assertEqual((review.state, review.is_urgent, review.note), ('in_review', True, "Two sites may follow."))

        self._click('/odoo/ltc-my-reviews', 'ltc_review_opinion', self.presales)
        technical = review.opinion_ids.filtered(lambda opinion: opinion.kind == 'technical')
        self.assertEqual((technical.verdict, technical.given_by_id), ('conditional', self.presales))
        self.assertEqual(technical.risk, "The pit is 40 cm too short.")

        self._hear(review)
        self._click('/odoo/ltc-my-reviews', 'ltc_review_decide', self.manager)
        self.assertEqual((review.decision, review.decided_by_id), ('conditional', self.manager))
        self.assertEqual(review.condition_ids.mapped('name'), ["Survey the pit"])

        self._click(f'/odoo/ltc-reviews/{review.id}', 'ltc_review_fulfil', self.manager)
        self.assertEqual(review.condition_ids.note, "Measured: long enough.")

    def test_several_are_decided_at_once_from_the_list(self):
        other = self._create_opportunity(name="Second hall")
        reviews = self._submit(self.opportunity, 'ati') | self._submit(other, 'ati')
        for review in reviews:
            self._hear(review)
        self._click('/odoo/ltc-my-reviews?view_type=list', 'ltc_review_decide_many', self.manager)
        self.assertEqual(reviews.mapped('decision'), ['go', 'go'])
