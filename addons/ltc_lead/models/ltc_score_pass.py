from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

CHUNK = 50_000  # leads of a commit: about a second


class LtcScorePass(models.Model):
    """How far the scoring of all open leads has come: a pass that was killed goes on where it stood."""
    _name = 'ltc.score.pass'
    _description = "Scoring of All Leads"
    _order = 'id desc'
    _log_access = False

    day = fields.Date(required=True)
    last_lead_id = fields.Integer()
    scored_count = fields.Integer(string="Scored")
    changed_count = fields.Integer(string="Changed")
    started_on = fields.Datetime(required=True, default=fields.Datetime.now)
    finished_on = fields.Datetime()

    _day_uniq = models.UniqueIndex('(day)', "The leads are scored once a day.")

    @api.model
    def _cron_score(self):
        """Score what is new or has changed, every few minutes; once a day everything that is open, for points fade.

        In chunks, each committed with how far it has come; a second run finds nothing left to do.
        """
        cron = self.env['ir.cron']
        Score = self.env['ltc.lead.score']
        last_id = 0
        while lead_ids := Score._get_stale_ids(CHUNK, last_id):
            Score._score(lead_ids, touch=True)
            last_id = lead_ids[-1]
            if not cron._commit_progress(len(lead_ids), remaining=1):
                return
        if self._get_current()._go_on():
            cron._commit_progress(remaining=0)

    @api.model
    def _get_current(self):
        today = fields.Date.today()
        current = self.search([('day', '=', today)], limit=1)
        if not current:
            self.search([('day', '<', today - timedelta(days=30))]).unlink()
            current = self.create({'day': today})
        return current

    @api.model
    def _restart(self):
        """Let the next run score everything: the rules have changed. What is installed is scored by the first run."""
        if not self.env.registry.ready:
            return
        self.sudo().search([('day', '=', fields.Date.today())]).unlink()
        cron_sudo = self.env.ref('ltc_lead.ir_cron_score', raise_if_not_found=False)
        if cron_sudo:
            cron_sudo.sudo()._trigger()

    def _go_on(self):
        """Score the open leads from where this pass stands; return whether it is through."""
        self.ensure_one()
        cron = self.env['ir.cron']
        while not self.finished_on:
            last_id, count = self._get_next()
            changed = self.env['ltc.lead.score']._score(range((self.last_lead_id or 0) + 1, last_id + 1))
            self.write({
                'last_lead_id': last_id, 'scored_count': self.scored_count + count,
                'changed_count': self.changed_count + changed,
                'finished_on': count < CHUNK and fields.Datetime.now(),
            })
            if not cron._commit_progress(count, remaining=1):
                break
        return bool(self.finished_on)

    def _get_next(self):
        """Return the last id of the next chunk of open leads, and how many they are."""
        self.env.flush_all()
        [(last_id, count)] = self.env.execute_query(SQL(
            """SELECT MAX(id), COUNT(*) FROM (
                   SELECT id FROM crm_lead WHERE id > %s AND active AND won_status = 'pending' ORDER BY id LIMIT %s
               ) chunk""", self.last_lead_id or 0, CHUNK))
        return last_id or self.last_lead_id or 0, count
