from odoo import api, fields, models
from odoo.tools import SQL

CHUNK = 500


class CrmLead(models.Model):
    """An opportunity that rots in its stage becomes an activity of its salesperson, once a time that it rots."""
    _inherit = 'crm.lead'

    ltc_stale_told_on = fields.Datetime(
        string="Told to Be Stale", readonly=True, copy=False, prefetch=False,
        help="When its salesperson was told last that nothing moves.")

    _ltc_stale_idx = models.Index("(stage_id, date_last_stage_update) WHERE active AND won_status = 'pending'")

    @api.model
    def _ltc_get_server_stamps(self):
        return super()._ltc_get_server_stamps() | {'ltc_stale_told_on'}

    @api.model
    def _cron_tell_stale(self):
        """Leave one activity for whoever owns an opportunity that rots, where the company wants it.

        A chunk a step and a commit after each; what was told is marked with it, so that a second run tells nothing.
        """
        cron = self.env['ir.cron']
        while lead_ids := self._get_stale_ids():
            leads = self.browse(lead_ids)
            leads._ltc_tell_stale()
            if not cron._commit_progress(len(lead_ids), remaining=len(lead_ids) == CHUNK and CHUNK or 0):
                break

    @api.model
    def _get_stale_ids(self):
        """Return some opportunities that rot and whose owner was not told since they came into their stage."""
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """
            SELECT lead.id
              FROM crm_lead lead
              JOIN crm_stage stage ON stage.id = lead.stage_id AND stage.rotting_threshold_days > 0
              JOIN res_users salesperson ON salesperson.id = lead.user_id AND salesperson.active
         LEFT JOIN crm_team team ON team.id = lead.team_id
              JOIN res_company company
                ON company.id = COALESCE(lead.company_id, team.company_id, salesperson.company_id)
               AND company.ltc_stale_activity
             WHERE lead.type = 'opportunity' AND lead.active AND lead.won_status = 'pending'
               AND lead.date_last_stage_update < %(now)s - make_interval(days => stage.rotting_threshold_days)
               AND (lead.ltc_stale_told_on IS NULL OR lead.ltc_stale_told_on < lead.date_last_stage_update)
          ORDER BY lead.id LIMIT %(chunk)s
            """, now=fields.Datetime.now(), chunk=CHUNK))
        return [lead_id for lead_id, in rows]

    def _ltc_tell_stale(self):
        """Create the activities at once and mark, by one statement, that they were."""
        activity_type = self.env.ref('ltc_lead.mail_activity_type_stale')
        model_id = self.env['ir.model']._get_id(self._name)
        now = fields.Datetime.now()
        self.env['mail.activity'].with_context(mail_activity_quick_update=True).create([{
            'activity_type_id': activity_type.id, 'res_model_id': model_id, 'res_id': lead.id,
            'user_id': lead.user_id.id, 'summary': lead._ltc_get_stale_summary(now),
            'date_deadline': lead._ltc_get_company()._ltc_get_today(),
        } for lead in self])
        self.env.cr.execute(SQL("UPDATE crm_lead SET ltc_stale_told_on = %s WHERE id = ANY(%s)", now, self.ids))
        self.invalidate_recordset(['ltc_stale_told_on'])

    def _ltc_get_stale_summary(self, now):
        """Return what the salesperson is told, in his language."""
        self.ensure_one()
        told = self.with_context(lang=self.user_id.lang)
        return told.env._(
            "Nothing has moved for %(days)s days: %(stage)s", days=(now - told.date_last_stage_update).days,
            stage=told.stage_id.name)
