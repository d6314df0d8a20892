from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from odoo.addons.ltc_base.tools import get_user_name

VERSION_ORIGINS = [
    ('submitted', "Submitted to ATB"),
    ('decided', "Decided Go"),
    ('concession', "Concession within the Room"),
    ('revised', "Superseded by a New Version"),
    ('sent', "Sent to the Customer"),
]


class LtcQuoteVersion(models.Model):
    """A quotation as it stood when it was submitted, decided, sent or superseded: V1, V2, … frozen.

    Only the server makes one (``sale.order._ltc_keep_version``) and none is ever changed; the quotation itself is
    always the newest. Cost and margin stand in a field of their own, for those who may see them on the quotation.
    """
    _name = 'ltc.quote.version'
    _description = "Version of a Quotation"
    _inherit = ['ltc.fact.mixin']
    _order = 'order_id, number desc'
    _rec_names_search = ['name']

    order_id = fields.Many2one(
        'sale.order', string="Quotation", required=True, readonly=True, index=True, ondelete='restrict')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    number = fields.Integer(required=True, readonly=True, aggregator=None)
    name = fields.Char(string="Version", compute='_compute_name', store=True, precompute=True)
    is_last = fields.Boolean(string="Newest Frozen", readonly=True)
    origin = fields.Selection(VERSION_ORIGINS, string="Frozen When", required=True, readonly=True)
    reason = fields.Text(string="Reason of Change", readonly=True)
    user_id = fields.Many2one('res.users', string="Frozen By", required=True, readonly=True)
    frozen_on = fields.Datetime(required=True, readonly=True)
    sent_on = fields.Datetime(readonly=True, help="When it went to the customer first; empty: it never did.")
    review_id = fields.Many2one(
        'ltc.gate.review', string="Gate Review", readonly=True, index='btree_not_null', ondelete='set null')
    review_state = fields.Selection(related='review_id.state', string="Review", related_sudo=True)
    decision = fields.Selection(related='review_id.decision', related_sudo=True)
    amount_untaxed = fields.Monetary(string="Amount without Tax", readonly=True, aggregator=None)
    amount_total = fields.Monetary(string="Amount", readonly=True, aggregator=None)
    validity_date = fields.Date(string="Valid Until", readonly=True)
    snapshot = fields.Json(readonly=True, help="Terms, totals and lines as they were.")
    costs = fields.Json(readonly=True, groups='base.group_user', help="Cost and margin as they were.")

    content = fields.Json(compute='_compute_content', help="What stands in this version.")

    _order_number_uniq = models.UniqueIndex('(order_id, number)', "The quotation has a version of that number already.")
    _order_last_uniq = models.UniqueIndex(
        '(order_id) WHERE is_last', "Somebody else froze a version of this quotation at the same moment; try again.")

    @api.depends('order_id', 'number')
    def _compute_name(self):
        for version in self:
            version.name = f'{version.order_id.name} V{version.number}'

    @api.depends('snapshot')
    @api.depends_context('uid', 'lang', 'tz')
    def _compute_content(self):
        for version in self:
            version.content = version.order_id._ltc_compare_versions(version, with_today=False)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(self.env._(
            "%s is part of the quotation's history and cannot be deleted; make a new version instead.", self[:1].name))

    # === ACTION METHODS === #

    def action_compare(self):
        """Open these versions side by side; one alone is compared with the quotation of today."""
        self.check_access('read')
        if len(self.order_id) != 1:
            raise UserError(self.env._("Choose versions of one quotation to compare them."))
        return self.order_id._ltc_open_comparison(self)

    # === BUSINESS METHODS === #

    def _prepare_column(self):
        """Return this version as a column of the comparison, its costs only for those who may see them."""
        self.ensure_one()
        sees_costs = self._has_field_access(self._fields['costs'], 'read')
        return {
            'title': f'V{self.number}',
            'subtitle': ' · '.join(filter(None, [
                format_datetime(self.env, self.frozen_on, dt_format='short'), get_user_name(self.user_id)])),
            'reason': self.reason or '',
            'snapshot': self.snapshot,
            'costs': (self.costs or {}) if sees_costs else {},
        }

    @api.model
    def _get_currency(self, snapshot):
        return self.env['res.currency'].with_context(active_test=False).search(
            [('name', '=', snapshot['currency'])], limit=1)

    # === ACCESS === #

    def _has_field_access(self, field, operation):
        """Show cost and margin to those who see them on the quotation's own lines."""
        if field.name == 'costs' and not self.env.su:
            Line = self.env['sale.order.line']
            if not Line._has_field_access(Line._fields['purchase_price'], 'read'):
                return False
        return super()._has_field_access(field, operation)
