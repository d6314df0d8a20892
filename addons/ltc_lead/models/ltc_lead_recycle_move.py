from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.ltc_base.models.ltc_owner_log import OwnerWay

from .ltc_flow import PURSUIT_STAGES
from .ltc_lead_recycle import STEP


class LtcLeadRecycle(models.Model):
    """What a day of the plan does: warn the owners, and take from them what is due."""
    _name = 'ltc.lead.recycle'
    _inherit = ['ltc.lead.recycle']

    # === WARN === #

    @api.model
    def _withdraw_idle(self, _company, first, last):
        """Take away warnings that a follow-up made idle; return how many."""
        idle = self.search([
            ('lead_id', '>=', first), ('lead_id', '<=', last), ('is_announced', '=', True), ('warned_on', '=', False),
        ], limit=STEP)
        idle._withdraw()
        return len(idle)

    @api.model
    def _announce(self, _company, first, last):
        """Leave one activity for each owner who is warned; return how many leads he is warned about."""
        warned = self.search([
            ('lead_id', '>=', first), ('lead_id', '<=', last), ('is_announced', '=', False), ('warned_on', '!=', False),
        ], limit=STEP)
        activity_type = self.env.ref('ltc_lead.mail_activity_type_recycle')
        self.env['mail.activity'].with_context(mail_activity_quick_update=True).create([
            row._prepare_activity_values(activity_type) for row in warned if row.lead_id.user_id])
        warned.write({'is_announced': True})
        return len(warned)

    def _prepare_activity_values(self, activity_type):
        """Return the values of the activity that warns the owner."""
        lead = self.lead_id
        env = self.with_context(lang=lead.user_id.lang).env
        summary = env._("Goes to the team leader soon: follow it up") if self.rule_id.target == 'leader' else env._(
            "Falls into the public pool soon: follow it up")
        return {
            'activity_type_id': activity_type.id, 'res_model_id': self.env['ir.model']._get_id('crm.lead'),
            'res_id': lead.id, 'user_id': lead.user_id.id, 'date_deadline': self.recycle_on, 'summary': summary,
        }

    def _withdraw(self):
        """Take the warnings of these rows away again."""
        if not self:
            return
        self.env['mail.activity'].search([
            ('res_model', '=', 'crm.lead'), ('res_id', 'in', self.lead_id.ids),
            ('activity_type_id', '=', self.env.ref('ltc_lead.mail_activity_type_recycle').id)]).unlink()
        self.write({'is_announced': False})

    # === RECYCLE === #

    @api.model
    def _recycle(self, company, first, last):
        """Take the leads between two ids from their owners whose day has come, set-based; return how many.

        By SQL: two hundred thousand leads may be due at once, and nobody is to be mailed about each of them.
        """
        self.env.flush_all()
        due = self.env.execute_query(SQL(
            """SELECT lead.id, lead.user_id, rule.pool_id, rule.target
                 FROM ltc_lead_recycle AS plan
                 JOIN ltc_lead_pool_rule AS rule ON rule.id = plan.rule_id AND rule.company_id = %s
                 JOIN crm_lead AS lead ON lead.id = plan.lead_id
                WHERE plan.lead_id BETWEEN %s AND %s AND plan.recycle_on <= %s AND lead.user_id IS NOT NULL
                  AND NOT COALESCE(lead.ltc_is_locked, FALSE)
             ORDER BY lead.id LIMIT %s
                  FOR NO KEY UPDATE OF lead SKIP LOCKED""", company.id, first, last, company._ltc_get_today(), STEP))
        if not due:
            return 0
        owners = {lead_id: user_id for lead_id, user_id, _pool_id, _target in due}
        self.search([('lead_id', 'in', list(owners)), ('is_announced', '=', True)])._withdraw()
        self._move([lead_id for lead_id, _user_id, _pool_id, target in due if target == 'pool'],
                   [lead_id for lead_id, _user_id, _pool_id, target in due if target == 'leader'])
        self._follow_move(owners, {lead_id for lead_id, _user_id, _pool_id, target in due if target == 'pool'})
        return len(due)

    @api.model
    def _move(self, pooled_ids, led_ids):
        now = fields.Datetime.now()
        self.env.cr.execute(SQL(
            """UPDATE crm_lead AS lead
                  SET user_id = NULL, date_open = NULL, day_open = 0, ltc_pool_id = rule.pool_id,
                      ltc_pool_since = %(now)s, ltc_is_locked = FALSE, write_uid = %(uid)s, write_date = %(now)s
                 FROM ltc_lead_recycle AS plan JOIN ltc_lead_pool_rule AS rule ON rule.id = plan.rule_id
                WHERE plan.lead_id = lead.id AND lead.id = ANY(%(ids)s)""",
            now=now, uid=self.env.uid, ids=pooled_ids))
        self.env.cr.execute(SQL(
            """UPDATE crm_lead SET user_id = next.user_id, date_open = %(now)s, ltc_is_locked = FALSE,
                      write_uid = %(uid)s, write_date = %(now)s
                 FROM (%(leader)s) AS next
                WHERE crm_lead.id = next.lead_id AND crm_lead.id = ANY(%(ids)s)""",
            now=now, uid=self.env.uid, ids=led_ids, leader=self._sql_leader()))

    @api.model
    def _follow_move(self, owners, pooled_ids):
        """Let follow what hangs on the owner: the plan, the owner history, the case, activities and followers."""
        ids = list(owners)
        self.env.cr.execute(SQL(
            "UPDATE ltc_lead_recycle SET rule_id = NULL, recycle_on = NULL, warned_on = NULL WHERE lead_id = ANY(%s)",
            ids))
        self.env.cr.execute(SQL(
            """UPDATE ltc_flow AS flow SET ar_user_id = lead.user_id FROM crm_lead AS lead
                WHERE lead.ltc_flow_id = flow.id AND lead.id = ANY(%s) AND flow.stage IN %s""", ids, PURSUIT_STAGES))
        Lead = self.env['crm.lead']
        changes = {lead_id: (user_id, OwnerWay.RECYCLE.value, self.env.uid) for lead_id, user_id in owners.items()}
        self.env.cr.execute(self.env['ltc.owner.log']._prepare_insert(Lead, 'user_id', changes))
        self.env.invalidate_all()
        Lead.browse(sorted(pooled_ids))._ltc_hide_customers()
        Lead._ltc_leave_owners({lead_id: owners[lead_id] for lead_id in pooled_ids})
        led_ids = [lead_id for lead_id in ids if lead_id not in pooled_ids]
        Lead.browse(led_ids)._ltc_join_owner(owners)
        self.env['ltc.lead.clock']._restart(led_ids)  # the leader gets the whole time
