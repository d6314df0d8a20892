from odoo import api, fields, models
from odoo.exceptions import UserError

CONCESSION_KINDS = [
    ('price', "Price"),
    ('term', "Terms"),
    ('scope', "Scope"),
]
CONCESSION_SIDES = [
    ('us', "We Conceded"),
    ('customer', "The Customer Conceded"),
]


class LtcQuoteConcession(models.Model):
    """One step of a negotiation: who gave way in what, what it is worth, and what came back for it.

    Nobody creates, writes or deletes one: ``sale.order.ltc_log_concession`` checks who may, and price reductions
    within the room of a Go are logged by themselves.
    """
    _name = 'ltc.quote.concession'
    _description = "Concession in a Negotiation"
    _inherit = ['ltc.fact.mixin']
    _order = 'conceded_on desc, id desc'
    _rec_name = 'description'

    order_id = fields.Many2one(
        'sale.order', string="Quotation", required=True, readonly=True, index=True, ondelete='restrict')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    conceded_on = fields.Datetime(string="Date", required=True, readonly=True)
    user_id = fields.Many2one('res.users', string="Logged By", required=True, readonly=True)
    side = fields.Selection(CONCESSION_SIDES, required=True, readonly=True)
    kind = fields.Selection(CONCESSION_KINDS, required=True, readonly=True)
    description = fields.Text(string="What Was Conceded", required=True, readonly=True)
    value = fields.Monetary(readonly=True, help="What it is worth, without tax; negative where it was taken back.")
    counterpart = fields.Text(string="In Return For", readonly=True)
    counter_value = fields.Monetary(string="Value in Return", readonly=True)
    is_automatic = fields.Boolean(
        string="By the Price", readonly=True, help="Logged by itself when the price fell within the room of a Go.")
    amount_after = fields.Monetary(string="Price After", readonly=True, aggregator=None, help="Without tax.")
    review_id = fields.Many2one(
        'ltc.gate.review', string="Gate Review", readonly=True, index='btree_not_null', ondelete='set null',
        help="The Go whose room was used.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(self.env._(
            "The negotiation log of %s cannot be deleted; log what was agreed since instead.",
            self[:1].order_id.name))
