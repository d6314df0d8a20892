from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestAssignmentAbsence(LtcLeadCommon):
    """The rule-based assignment passes over who is away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_test_user(
            cls.env, 'ltc_test_colleague', groups='sales_team.group_sale_salesman', name="LTC Colleague")
        cls.env['crm.team.member'].create({'crm_team_id': cls.team.id, 'user_id': cls.colleague.id})
        cls.members = cls.team.crm_team_member_ids
        cls.members.assignment_max = 300
        cls.env['ir.config_parameter'].sudo().set_param('crm.lead.auto.assignment', 'True')
        cls.today = cls.company._ltc_get_today()
        cls.leads = cls.env['crm.lead'].create([
            cls._prepare_lead_values(name=f"Lead {number}", partner_id=False, user_id=False, probability=20.0)
            for number in range(6)])

    def _assign(self):
        self.env['crm.team'].invalidate_model()
        self.team._assign_and_convert_leads(force_quota=True)
        return self.leads.user_id

    def _delegate(self, **values):
        return self.env['ltc.delegation'].create({
            'user_id': self.sales.id, 'delegate_id': self.colleague.id, 'date_from': self.today,
            'date_to': self.today + timedelta(days=7), **values})

    def _get_member(self):
        member = self.members.filtered(lambda member: member.user_id == self.sales)
        member.invalidate_recordset()
        return member

    def test_both_get_leads_while_both_are_there(self):
        self.assertEqual(self._assign(), self.sales | self.colleague)

    def test_who_handed_his_duties_to_somebody_gets_none(self):
        self._delegate()
        self.assertEqual(self._get_member().ltc_away_until, self.today + timedelta(days=7))
        self.assertEqual(self._assign(), self.colleague)

    def test_a_delegation_of_one_gate_is_no_absence_nor_is_one_that_is_over(self):
        self._delegate(gate_ids=self.env['ltc.gate']._get_by_code('ati').ids)
        self._delegate(date_from=self.today - timedelta(days=9), date_to=self.today - timedelta(days=1))
        self.assertFalse(self._get_member().ltc_away_until)
        self.assertEqual(self._assign(), self.sales | self.colleague)

    def test_time_off_counts(self):
        resource = self.env['resource.resource'].create({'name': "LTC Sales", 'user_id': self.sales.id})
        now = fields.Datetime.now()
        leave = self.env['resource.calendar.leaves'].create({
            'name': "Holiday", 'resource_id': resource.id, 'date_from': now - timedelta(hours=1),
            'date_to': now + timedelta(days=3)})
        self.assertTrue(self._get_member().ltc_away_until)
        self.assertEqual(self._assign(), self.colleague)
        leave.unlink()
        self.assertFalse(self._get_member().ltc_away_until)

    def test_the_members_of_a_team_are_asked_for_at_once(self):
        def count(members):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.members.browse(members.ids).mapped('ltc_away_until')
            return self.cr.sql_log_count - before

        self._delegate()
        count(self.members)
        self.assertEqual(count(self.members), count(self.members[:1]))

    def test_a_salesperson_sees_who_is_away(self):
        self._delegate()
        self.assertTrue(self._get_member().with_user(self.manager).ltc_away_until)
