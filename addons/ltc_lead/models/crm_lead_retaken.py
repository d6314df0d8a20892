from odoo import models
from odoo.tools import SQL

from odoo.addons.ltc_base.models.ltc_owner_log import OwnerWay


class CrmLead(models.Model):
    """Whoever drops a lead and takes it again has had it all the time: that is no way to set a clock back."""
    _inherit = 'crm.lead'

    def write(self, vals):
        retaken = self._ltc_get_retaken(vals)
        if not retaken:
            return super().write(vals)
        leads = self.with_context(ltc_owner_way=OwnerWay.MANUAL)  # no claim: that would begin a time of its own
        result = super(CrmLead, leads).write(vals)
        self.flush_recordset(['date_open'])
        self.env.cr.execute(SQL(
            "UPDATE crm_lead AS lead SET date_open = had.since FROM (VALUES %s) AS had (id, since)"
            " WHERE lead.id = had.id",
            SQL(', ').join(SQL("(%s, %s::timestamp)", *item) for item in retaken.items())))
        self.invalidate_recordset(['date_open', 'day_open'])
        return result

    def _ltc_get_retaken(self, vals):
        """Return {lead id: since when} of those that ``vals`` gives back to whom they belonged last.

        A claim from a pool begins a time of its own.
        """
        user_id = vals.get('user_id')
        if self.env.su or not user_id:
            return {}
        free = self.filtered(lambda lead: not lead.user_id and not lead.ltc_pool_id)
        if not free:
            return {}
        self.env['ltc.owner.log']._write_changes()
        return dict(self.env.execute_query(SQL(
            """SELECT had.res_id, MIN(had.since) FROM ltc_owner_log AS had
                WHERE had.res_model = 'crm.lead' AND had.res_id = ANY(%(leads)s) AND had.user_id = %(user)s
                  AND NOT EXISTS (SELECT FROM ltc_owner_log AS later
                                   WHERE later.res_model = had.res_model AND later.res_id = had.res_id
                                     AND (later.since, later.id) > (had.since, had.id)
                                     AND (later.user_id != had.user_id
                                          OR later.user_id = had.user_id AND later.way = 'claim'))
             GROUP BY had.res_id""", leads=free.ids, user=user_id)))
