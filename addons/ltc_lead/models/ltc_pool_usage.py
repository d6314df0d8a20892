from odoo import api, fields, models
from odoo.tools import SQL


class LtcPoolUsage(models.Model):
    """How many leads of a pool somebody claimed and opened on a day.

    One row a user, pool and day, counted up in place: two requests of one person at the same moment meet on that row,
    and the later one is repeated with the count of the first. Otherwise both would stay below a cap.
    """
    _name = 'ltc.pool.usage'
    _description = "Claims and Views of a Day"
    _order = 'date desc, id desc'
    _rec_name = 'user_id'
    _log_access = False

    user_id = fields.Many2one('res.users', required=True, readonly=True, ondelete='cascade')
    pool_id = fields.Many2one('ltc.lead.pool', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='pool_id.company_id')
    date = fields.Date(required=True, readonly=True)
    claim_count = fields.Integer(string="Claims", readonly=True)
    view_count = fields.Integer(string="Views", readonly=True)

    _day_uniq = models.UniqueIndex('(user_id, pool_id, date)')

    @api.model
    def _count(self, pool, counter, number):
        """Add ``number`` to a counter of the user for today; who comes second at the same moment is repeated."""
        self.flush_model()
        self.env.cr.execute(SQL(
            """INSERT INTO ltc_pool_usage AS usage (user_id, pool_id, date, claim_count, view_count)
               VALUES (%(user)s, %(pool)s, %(date)s, %(claims)s, %(views)s)
               ON CONFLICT (user_id, pool_id, date) DO UPDATE
                       SET claim_count = usage.claim_count + EXCLUDED.claim_count,
                           view_count = usage.view_count + EXCLUDED.view_count""",
            user=self.env.uid, pool=pool.id, date=pool.sudo().company_id._ltc_get_today(),
            claims=number if counter == 'claim_count' else 0, views=number if counter == 'view_count' else 0,
        ), log_exceptions=False)
        self.invalidate_model()

    @api.model
    def _get_count(self, pool, counter):
        """Return how often the user did it today."""
        return self.sudo().search([  # everybody's own figure
            ('user_id', '=', self.env.uid), ('pool_id', '=', pool.id),
            ('date', '=', pool.sudo().company_id._ltc_get_today())])[counter]
