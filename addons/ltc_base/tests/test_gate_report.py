from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..tools import get_plain_text
from .common import LtcCommon


@tagged('post_install', '-at_install')
class TestGateReport(LtcCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.gate, cls.other_gate = cls.env['ltc.gate'].create([
            {'name': name, 'code': f'test_{name}', 'profile': 'full',
             'model_id': cls.env['ir.model']._get_id('res.partner')}
            for name in ('one', 'two')])
        cls.partners = cls.env['res.partner'].create([{'name': f"Buyer {number}"} for number in range(4)])
        bid, late, held, refused = cls.partners
        cls._round(bid, decision='no_go', hours=10, working=2, reason="No margin")
        cls._round(bid, round=2, decision='go', hours=2, working=2)
        cls._round(late, decision='conditional', hours=60, working=20)
        cls._round(held, decision='hold', hours=4, working=4, reason="No budget yet")
        cls._round(held, round=2, decision='hold', hours=4, working=4, reason="Still no budget", ago=30)
        cls._round(refused, state='withdrawn')
        cls._round(refused, round=2, state='in_review', ago=5)
        cls._round(refused, gate=cls.other_gate, decision='go', hours=1, working=1)

    @classmethod
    def _round(cls, partner, gate=None, round=1, state='decided', decision=False, hours=0, working=0, ago=10, **values):
        gate = gate or cls.gate
        submitted_on = cls.now - timedelta(days=ago)
        return cls.env['ltc.gate.review'].create({
            'name': f'{gate.name} {partner.name} #{round}', 'gate_id': gate.id, 'gate_code': gate.code,
            'gate_name': gate.name, 'res_model': 'res.partner', 'res_id': partner.id,
            'document_name': partner.name, 'company_id': cls.company.id, 'currency_id': cls.company.currency_id.id,
            'round': round, 'state': state, 'mode': 'any', 'submitted_by_id': cls.sales.id,
            'submitted_on': submitted_on, 'deadline': submitted_on + timedelta(hours=24),
            'decision': decision, 'cycle_hours': working if decision else False,
            'decided_by_id': cls.director.id if decision else False,
            'decided_on': decision and submitted_on + timedelta(hours=hours), **values,
        })

    def _group(self, groupby, *aggregates, domain=()):
        report = self.env['ltc.gate.report'].with_user(self.auditor)
        return dict((row[0], row[1:]) for row in report._read_group(
            [('gate_id', 'in', (self.gate | self.other_gate).ids), *domain], [groupby], list(aggregates)))

    def test_shares_are_those_of_the_decided_rounds(self):
        rates = self._group(
            'gate_id', 'decided_count:sum', 'go_rate:avg', 'conditional_rate:avg', 'hold_rate:avg', 'no_go_rate:avg')
        self.assertEqual(rates[self.gate], (5, 0.4, 0.2, 0.4, 0.2))
        self.assertEqual(rates[self.other_gate], (1, 1.0, 0.0, 0.0, 0.0))

    def test_cycle_times_count_working_hours_of_decided_rounds_only(self):
        hours = self._group('gate_id', 'working_hours:avg', 'elapsed_hours:avg')
        self.assertAlmostEqual(hours[self.gate][0], (2 + 2 + 20 + 4 + 4) / 5)
        self.assertAlmostEqual(hours[self.gate][1], (10 + 2 + 60 + 4 + 4) / 5)

    def test_overdue_is_what_was_decided_late_and_what_still_waits(self):
        overdue = self._group('document_name', 'overdue_rate:avg', domain=[('gate_id', '=', self.gate.id)])
        self.assertEqual(
            {name: rate for name, (rate,) in overdue.items()},
            {"Buyer 0": 0.0, "Buyer 1": 1.0, "Buyer 2": 0.0, "Buyer 3": 0.5})

    def test_a_hold_ages_until_the_document_comes_again(self):
        held = self.env['ltc.gate.report'].search([('is_open_hold', '=', True), ('gate_id', '=', self.gate.id)])
        self.assertRecordValues(held, [{'document_name': "Buyer 2", 'round': 2, 'reason': "Still no budget"}])
        self.assertAlmostEqual(held.hold_days, 30 - 4 / 24, 2)
        self._round(self.partners[2], round=3, state='in_review')
        self.env.invalidate_all()
        self.assertFalse(self.env['ltc.gate.report'].search([
            ('is_open_hold', '=', True), ('gate_id', '=', self.gate.id)]))

    def test_what_was_returned_is_rework_and_no_decision(self):
        self._round(self.partners[0], gate=self.other_gate, state='returned')
        rates = self._group('gate_id', 'returned_rate:avg', 'go_rate:avg', 'decided_count:sum')
        self.assertEqual(rates[self.other_gate], (0.5, 1.0, 1))

    def test_reasons_are_grouped(self):
        counts = self._group('reason', '__count', domain=[('decision', 'in', ('hold', 'no_go'))])
        self.assertEqual(counts, {"No margin": (1,), "No budget yet": (1,), "Still no budget": (1,)})

    def test_a_figure_opens_its_round(self):
        line = self.env['ltc.gate.report'].search([('reason', '=', "No margin")]).with_user(self.auditor)
        self.assertEqual(line.action_open_review()['res_id'], line.review_id.id)

    def test_another_company_does_not_see_the_rounds(self):
        other = self.env['res.company'].create({'name': "Other"})
        self.sales.write({'company_ids': [(6, 0, other.ids)], 'company_id': other.id})
        self.assertFalse(self.env['ltc.gate.report'].with_user(self.sales).search([('gate_id', '=', self.gate.id)]))

    def test_a_gate_is_called_in_the_readers_language_until_it_is_renamed(self):
        self.env['res.lang']._activate_lang('zh_CN')
        self.gate.with_context(lang='zh_CN').name = "立项决策"
        review = self.env['ltc.gate.review'].search([('gate_id', '=', self.gate.id)], limit=1)
        chinese = review.with_context(lang='zh_CN')
        self.assertEqual((review.gate_label, chinese.gate_label), (self.gate.name, "立项决策"))
        frozen = review.gate_name
        self.gate.name = "Another Name"
        self.env.invalidate_all()
        self.assertEqual((review.gate_label, chinese.gate_label), (frozen, frozen))

    def test_frozen_texts_are_read_without_marks(self):
        html = '<h3>Delivery</h3><p><strong>Scope.</strong> Two <em>lines</em> with 3 * 2 robots.</p>'
        self.assertEqual(get_plain_text(html), "Delivery\nScope. Two lines with 3 * 2 robots.")
        self.assertEqual(get_plain_text(False), '')
