from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

LEVELS = [
    ('owner', "Owner"),
    ('manager', "Manager"),
]


class LtcForecastAdjustment(models.Model):
    """What somebody expects instead of the sum or the amount, and why. Never changed: a later word replaces it.

    About an opportunity, or about the month of a person. Nobody may create one by hand; :meth:`_say` checks who may.
    """
    _name = 'ltc.forecast.adjustment'
    _description = "Forecast Adjustment"
    _inherit = ['ltc.fact.mixin']
    _order = 'id desc'
    _rec_name = 'note'

    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    currency_id = fields.Many2one(related='company_id.currency_id')
    lead_id = fields.Many2one(
        'crm.lead', string="Opportunity", readonly=True, index='btree_not_null', ondelete='cascade')
    user_id = fields.Many2one(
        'res.users', string="Salesperson", readonly=True, index='btree_not_null', ondelete='restrict')
    month = fields.Date(readonly=True, help="First day of the month that the word is about.")
    level = fields.Selection(LEVELS, string="Said As", required=True, readonly=True)
    amount = fields.Monetary(readonly=True, aggregator=None)
    previous_amount = fields.Monetary(
        string="Instead Of", readonly=True, aggregator=None, help="The amount or the sum when it was said.")
    note = fields.Char(readonly=True)
    made_by_id = fields.Many2one('res.users', string="By", required=True, readonly=True, ondelete='restrict')
    made_on = fields.Datetime(string="On", required=True, readonly=True)
    is_current = fields.Boolean(string="Counts", readonly=True, help="No later word of that level replaced it.")
    is_withdrawn = fields.Boolean(string="Withdrawn", readonly=True)

    _about = models.Constraint(
        'CHECK((lead_id IS NULL) = (user_id IS NOT NULL AND month IS NOT NULL))',
        "An adjustment is about an opportunity, or about the month of a person.")
    _lead_uniq = models.UniqueIndex('(lead_id, level) WHERE is_current AND lead_id IS NOT NULL')
    _person_uniq = models.UniqueIndex(
        '(company_id, user_id, month, level) WHERE is_current AND lead_id IS NULL')

    # === PUBLIC METHODS === #

    @api.model
    def say_about_lead(self, lead_id, amount, note):
        """Let the current user expect ``amount`` of an opportunity (``False``: take the word back)."""
        lead = self.env['crm.lead'].browse(int(lead_id)).exists()
        lead.ensure_one()
        lead.check_access('write')
        level = self._get_lead_level(lead)
        self._check_level(lead.user_id, level)
        if lead.won_status != 'pending' or lead.type != 'opportunity':
            raise UserError(self.env._(
                "%(opportunity)s is not an open opportunity; there is nothing to forecast.",
                opportunity=lead.display_name))
        self._say(level, amount, note, lead.expected_revenue, company_id=lead._ltc_get_company().id, lead_id=lead.id)

    @api.model
    def say_about_person(self, user_id, month, amount, note):
        """Let the current user expect ``amount`` of the month of a person (``False``: take the word back)."""
        user = self.env['res.users'].browse(int(user_id)).exists()
        company = self.env.company
        month = fields.Date.to_date(month).replace(day=1)
        level = self.env['ltc.forecast']._get_level(user)
        self._check_level(user, level)
        if month < company._ltc_get_today().replace(day=1):
            raise UserError(self.env._(
                "%(month)s is over; its forecast stands as it was.", month=month.strftime('%Y-%m')))
        cells = self.env['ltc.forecast'].sudo()._get_cells(company, month, month + relativedelta(months=1))
        self._say(
            level, amount, note, cells[user.id, month]['computed'], company_id=company.id, user_id=user.id, month=month)

    # === BUSINESS METHODS === #

    @api.model
    def _get_lead_level(self, lead):
        return self.env['ltc.forecast']._get_level(lead.user_id) if lead.user_id else 'owner'

    @api.model
    def _check_level(self, user, level):
        """Raise where the current user has no ``level`` to speak about what is ``user``'s."""
        if not level:
            raise AccessError(self.env._(
                "Only %(user)s and the managers adjust this forecast, each in the own name; ask one of them.",
                user=user.sudo().name or self.env._("the salesperson")))

    @api.model
    def _get_amount(self, amount):
        """Return the amount that a client sent as a number, or raise."""
        try:
            number = float(amount)
        except (TypeError, ValueError):
            number = -1.0
        if not 0 <= number < 1e15:
            raise UserError(self.env._("%(amount)s is no forecast; enter an amount from zero on.", amount=amount))
        return number

    @api.model
    def _say(self, level, amount, note, previous, **about):
        is_withdrawn = amount is False or amount is None
        note = (note or '').strip()
        if not is_withdrawn and not note:
            raise UserError(self.env._("An adjusted forecast needs a note; say why it differs."))
        number = 0.0 if is_withdrawn else self._get_amount(amount)
        adjustment_sudo = self.sudo()  # nobody has the right to create one by hand
        adjustment_sudo._supersede(level, about)
        adjustment_sudo.create({
            **about, 'level': level, 'amount': number, 'note': note or False,
            'previous_amount': previous, 'made_by_id': self.env.uid, 'made_on': fields.Datetime.now(),
            'is_current': True, 'is_withdrawn': is_withdrawn,
        })

    @api.model
    def _merge(self, lead, tail_ids):
        """Keep on ``lead`` what was said of the opportunities merged into it. It was not said of the whole, so it does
        not count any more.
        """
        self.flush_model()
        self.env.cr.execute(SQL(
            "UPDATE ltc_forecast_adjustment SET lead_id = %s, is_current = FALSE WHERE lead_id = ANY(%s)",
            lead.id, list(tail_ids)))
        self.invalidate_model(['lead_id', 'is_current'])

    @api.model
    def _supersede(self, level, about):
        """Let what was said before not count any more; two who speak at once follow one after the other."""
        self.flush_model()
        self.env.cr.execute(SQL(
            "UPDATE ltc_forecast_adjustment SET is_current = FALSE WHERE is_current AND level = %s AND %s", level,
            SQL(" AND ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in about.items())))
        self.invalidate_model(['is_current'])
