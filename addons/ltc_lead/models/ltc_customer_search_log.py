from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class LtcCustomerSearchLog(models.Model):
    """Who looked for which customer, and when. Append-only; it also keeps anybody from fishing for customers."""
    _name = 'ltc.customer.search.log'
    _description = "Customer Check Made"
    _order = 'id desc'
    _rec_name = 'terms'
    _log_access = False  # user and moment are the stamps

    user_id = fields.Many2one('res.users', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='cascade')
    searched_on = fields.Datetime(string="Moment", required=True, readonly=True)
    terms = fields.Char(string="Looked For", readonly=True)
    found_count = fields.Integer(string="Found", readonly=True)

    _user_searched_idx = models.Index('(user_id, searched_on)')

    @api.model
    def _log_search(self, terms):
        """Log a check before it is answered, or refuse it: so many an hour, whatever it finds.

        Counted under a lock of the user's own, so that checks sent at once do not slip through together.
        """
        company = self.env.company
        self.env.cr.execute(SQL("SELECT pg_advisory_xact_lock(%s, %s)", 0x17C5, self.env.uid))
        count = self.sudo().search_count([
            ('user_id', '=', self.env.uid), ('searched_on', '>', fields.Datetime.now() - timedelta(hours=1))])
        if count >= company.sudo().ltc_search_limit:
            raise UserError(self.env._(
                "You have made %(count)s customer checks in the last hour, which is the limit of %(company)s; go on"
                " later, or ask a sales manager.", count=count, company=company.name))
        return self.sudo().create({
            'user_id': self.env.uid, 'company_id': company.id, 'searched_on': fields.Datetime.now(), 'terms': terms})
