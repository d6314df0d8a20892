from odoo.fields import Command

from .common import LtcQuoteCommon


class LtcSolutionCommon(LtcQuoteCommon):
    """An opportunity with its SR, a colleague of his, and papers on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.presales_2 = cls.presales.copy({'login': 'ltc_test_presales_2', 'name': "LTC Presales 2"})
        cls.opportunity = cls._create_opportunity()

    @classmethod
    def _create_solution(cls, user=None, **values):
        return cls.env['ltc.solution'].with_user(user or cls.presales).create({
            'opportunity_id': cls.opportunity.id, 'summary': "<p>Two fillers and a palletizer.</p>",
            'line_ids': [
                Command.create({'kind': 'material', 'name': "Fillers", 'quantity': 2, 'unit_cost': 60000}),
                Command.create({'kind': 'labour', 'name': "Start-up", 'quantity': 10, 'unit_cost': 500}),
            ], **values})

    @classmethod
    def _create_estimate(cls, user=None, **values):
        return cls.env['ltc.estimate'].with_user(user or cls.presales).create({
            'opportunity_id': cls.opportunity.id, 'price': 200000, 'target_margin': 30, 'line_ids': [
                Command.create({'kind': 'material', 'name': "Fillers", 'quantity': 2, 'unit_cost': 60000}),
                Command.create({'kind': 'travel', 'name': "Flights", 'quantity': 4, 'unit_cost': 1500}),
            ], **values})

    @classmethod
    def _approve(cls, paper, user):
        paper.action_submit()
        paper.with_user(user).action_approve()
        return paper
