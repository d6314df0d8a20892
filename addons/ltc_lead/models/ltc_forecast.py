from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

READERS = ('sales_team.group_sale_salesman', 'ltc_base.group_ltc_kpi')
SQL_TIMEZONE = SQL("COALESCE(partner.tz, calendar.tz, 'UTC')")  # as res.company._ltc_get_zone
OVERSEERS = ('sales_team.group_sale_salesman_all_leads', 'ltc_base.group_ltc_kpi')


class LtcForecast(models.AbstractModel):
    """What the opportunities of a company promise, person by person: the one source of screen, snapshots and reports.

    An opportunity is credited to its salesperson, or to those who share its revenue. Its forecast value is what the
    manager says, else what the owner says, else its amount; a won one counts with its amount.
    """
    _name = 'ltc.forecast'
    _description = "Forecast"

    # === SQL === #

    @api.model
    def _sql_credits(self, company, condition=SQL("TRUE")):  # noqa: B008 - immutable
        """Return the SQL of one row an opportunity of ``company`` and person credited with it.

        Columns: lead_id, user_id, team_id, stage_id, category, kind (revenue or overlay), amount, owner_amount,
        manager_amount, forecast, weighted, date_close. ``condition`` is SQL on ``lead``.
        """
        return SQL(
            """
            SELECT lead.id AS lead_id, credit.user_id, lead.team_id, lead.stage_id,
                   lead.ltc_forecast_category AS category, credit.kind,
                   lead.expected_revenue * credit.share AS amount,
                   owner.amount * credit.share AS owner_amount,
                   manager.amount * credit.share AS manager_amount,
                   %(value)s * credit.share AS forecast,
                   %(value)s * credit.share * lead.probability::numeric / 100 AS weighted,
                   CASE WHEN lead.won_status = 'won'
                        THEN (lead.date_closed AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                        ELSE lead.date_deadline END AS date_close
              FROM crm_lead lead
              JOIN (SELECT own.id AS lead_id, COALESCE(split.user_id, own.user_id) AS user_id, 'revenue' AS kind,
                           COALESCE(split.percent, 100) / 100 AS share
                      FROM crm_lead own
                 LEFT JOIN ltc_lead_split split ON split.lead_id = own.id AND split.kind = 'revenue'
                     UNION ALL
                    SELECT lead_id, user_id, kind, percent / 100 FROM ltc_lead_split WHERE kind = 'overlay'
                   ) credit ON credit.lead_id = lead.id
         LEFT JOIN ltc_forecast_adjustment owner
                ON owner.lead_id = lead.id AND owner.level = 'owner' AND owner.is_current AND NOT owner.is_withdrawn
         LEFT JOIN ltc_forecast_adjustment manager
                ON manager.lead_id = lead.id AND manager.level = 'manager' AND manager.is_current
               AND NOT manager.is_withdrawn
         LEFT JOIN crm_team team ON team.id = lead.team_id
         LEFT JOIN res_users salesperson ON salesperson.id = lead.user_id
             WHERE lead.type = 'opportunity' AND %(condition)s
               AND lead.ltc_forecast_category IS DISTINCT FROM 'omitted'
               AND COALESCE(lead.company_id, team.company_id, salesperson.company_id) = %(company)s
            """,
            value=SQL("""CASE WHEN lead.won_status = 'won' THEN lead.expected_revenue
                              ELSE COALESCE(manager.amount, owner.amount, lead.expected_revenue) END"""),
            tz=str(self.env['ltc.kpi']._get_timezone(company)), condition=condition, company=company.id)

    @api.model
    def _sql_basis(self, company):
        """Return the SQL of what a credit adds to the forecast of its person, as the company counts."""
        if company.ltc_forecast_basis == 'weighted':
            return SQL("weighted")
        categories = ('closed', 'commit')
        if company.ltc_forecast_basis == 'most_likely':
            categories += ('most_likely',)
        return SQL("CASE WHEN category = ANY(%s) THEN forecast ELSE 0 END", list(categories))

    @api.model
    def _sql_won(self):
        """Return the SQL of what was won, one row an opportunity and person credited with it, in every company.

        Columns: lead_id, company_id, user_id, team_id, kind, day (where the company is), amount.
        """
        return SQL(
            """
            SELECT lead.id AS lead_id, company.id AS company_id, COALESCE(split.user_id, lead.user_id) AS user_id,
                   lead.team_id, COALESCE(split.kind, 'revenue') AS kind,
                   (lead.date_closed AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date AS day,
                   lead.expected_revenue * COALESCE(split.percent, 100) / 100 AS amount
              FROM crm_lead lead
         LEFT JOIN crm_team team ON team.id = lead.team_id
         LEFT JOIN res_users salesperson ON salesperson.id = lead.user_id
              JOIN res_company company
                ON company.id = COALESCE(lead.company_id, team.company_id, salesperson.company_id)
              JOIN res_partner partner ON partner.id = company.partner_id
         LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
         LEFT JOIN (SELECT lead_id, user_id, kind, percent FROM ltc_lead_split
                     UNION ALL
                    SELECT DISTINCT lead_id, NULL::integer, 'revenue', 100 FROM ltc_lead_split overlay
                     WHERE NOT EXISTS (SELECT FROM ltc_lead_split revenue
                                        WHERE revenue.lead_id = overlay.lead_id AND revenue.kind = 'revenue')
                   ) split ON split.lead_id = lead.id
             WHERE lead.type = 'opportunity' AND lead.won_status = 'won' AND lead.date_closed IS NOT NULL
            """, tz=SQL_TIMEZONE)

    # === WHO SEES, WHO SAYS === #

    @api.model
    def _check_reader(self):
        if not self.env.su and not any(self.env.user.has_group(group) for group in READERS):
            raise AccessError(self.env._("The forecast is for salespeople and their managers; ask for that right."))

    @api.model
    def _get_visible_users(self):
        """Return whose figures the user sees, or None for everybody's: by data scope, right, team and superior."""
        user = self.env.user
        scope = self.env['ltc.data.scope']._get_scope('crm.lead', user)
        if scope not in (None, 'all'):
            if scope == 'own':
                return user
            return self.env['ltc.business.unit'].sudo()._get_colleagues(user, scope)
        if self.env.su or any(user.has_group(group) for group in OVERSEERS):
            return None
        return user | self._get_led_users()

    @api.model
    def _get_led_users(self):
        """Return the members of the teams that the user leads, and those whose superior the user is."""
        teams_sudo = self.env['crm.team'].sudo().search([('user_id', '=', self.env.uid)])
        return teams_sudo.member_ids.sudo(False) | self.env['res.users'].sudo().search(
            [('ltc_superior_id', '=', self.env.uid)]).sudo(False)

    @api.model
    def _get_level(self, user):
        """Return as what the current user may speak about the forecast of ``user``: owner, manager or nothing."""
        if user == self.env.user:
            return 'owner'
        if self.env.user.has_group('sales_team.group_sale_manager') or user in self._get_led_users():
            return 'manager'
        return False
