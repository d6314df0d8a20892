from datetime import date

from odoo.tests import new_test_user

from .common import LtcLeadCommon


class LtcForecastCommon(LtcLeadCommon):
    """Two salespeople of one team, in a company of their own, where nothing else is forecast."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = 'UTC'
        cls.other = new_test_user(
            cls.env, 'ltc_test_other', name="LTC Other", company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
            groups='base.group_user,sales_team.group_sale_salesman,crm.group_use_lead')
        cls.env['crm.team.member'].create({'crm_team_id': cls.team.id, 'user_id': cls.other.id})
        cls.env['crm.lead'].with_context(active_test=False).search([]).active = False
        cls.env.cr.execute("UPDATE crm_lead SET won_status = 'pending', ltc_forecast_category = 'omitted'")
        cls.env.invalidate_all()
        cls.today = cls.company._ltc_get_today()
        cls.month = cls.today.replace(day=1)
        cls.closing = date(cls.today.year, cls.today.month, 28)

    @classmethod
    def _deal(cls, revenue=1000.0, category=False, user=None, **values):
        return cls._create_opportunity(**{
            'expected_revenue': revenue, 'ltc_forecast_override': category, 'user_id': (user or cls.sales).id,
            'date_deadline': cls.closing, 'stage_id': cls.stage_new.id, **values})

    @classmethod
    def _win(cls, lead, day):
        """Win ``lead`` as if it had been on ``day``."""
        lead.sudo().action_set_won()
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE crm_lead SET date_closed = %s WHERE id = %s", (f'{day} 10:00:00', lead.id))
        cls.env.invalidate_all()
        return lead

    def _get_row(self, user, viewer=None, **options):
        board = self.env['ltc.forecast'].with_user(viewer or self.manager).get_board(**options)
        return {row['user_id']: row for row in board['rows']}.get(user.id)

    def _age_snapshot(self, snapshot, moment):
        self.env.cr.execute("UPDATE ltc_forecast_snapshot SET taken_on = %s WHERE id = %s", (moment, snapshot.id))
        snapshot.invalidate_recordset()
