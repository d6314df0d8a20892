from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.ltc_base.models.ltc_gate_approval import PASSING

from .sale_order import OPEN_STATES

ATB_STATES = [
    ('todo', "To Submit"),
    ('review', "In Review"),
    ('go', "Decided Go"),
    ('no_go', "Decided No-Go"),
]
IN_REVIEW = [('ltc_review_ids', 'any', [('gate_code', '=', 'atb'), ('state', '=', 'in_review')])]


class SaleOrder(models.Model):
    """Where a quotation stands at gate ATB, for filters: by its last round, and by whether that Go still holds."""
    _inherit = 'sale.order'

    ltc_atb_state = fields.Selection(
        ATB_STATES, string="ATB", compute='_compute_ltc_atb_state', search='_search_ltc_atb_state', compute_sudo=True,
        groups='base.group_user')

    @api.depends_context('uid')
    def _compute_ltc_atb_state(self):
        for order in self:
            review = order._ltc_get_last_review('atb')
            if order._ltc_get_last_review('atb', decided=False).state == 'in_review':
                order.ltc_atb_state = 'review'
            elif review.decision in PASSING:
                order.ltc_atb_state = 'go' if not order._ltc_is_open() or review._matches(order) else 'todo'
            else:
                order.ltc_atb_state = 'no_go' if review else 'todo'

    def _search_ltc_atb_state(self, operator, value):
        """Ask the rounds in SQL, and the figures only of open Gos that changed since they were last asked."""
        if operator != 'in':
            return NotImplemented
        reviewed = Domain(IN_REVIEW)
        passed = Domain('id', 'in', self._ltc_sql_last_decided(passing=True))
        refused = Domain('id', 'in', self._ltc_sql_last_decided(passing=False))
        is_open = Domain('state', 'in', OPEN_STATES)
        stale = Domain.FALSE
        if {'go', 'todo'} & set(value):
            stale = Domain('id', 'in', self.search(self._ltc_get_open_go_domain())._ltc_filter_stale().ids)
        domains = {
            'review': reviewed,
            'go': passed & ~reviewed & ~stale,
            'no_go': refused & ~reviewed,
            'todo': is_open & ~reviewed & (stale | ~passed & ~refused),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.model
    def _ltc_get_open_go_domain(self):
        """Return the open quotations whose last decision is a Go, whether or not it still holds."""
        passed = Domain('id', 'in', self._ltc_sql_last_decided(passing=True))
        return Domain('state', 'in', OPEN_STATES) & passed & ~Domain(IN_REVIEW)

    def _ltc_filter_stale(self):
        """Return those of these quotations that differ from what was decided on; a constant number of queries."""
        known = self._ltc_read_digests()
        unsure = self.browse([order.id for order in self if order.id not in known])
        return self.browse([order_id for order_id, holds in known.items() if not holds]) | unsure.filtered(
            lambda order: not order._ltc_get_last_review('atb')._matches(order.sudo()))

    @api.model
    def _ltc_sql_last_decided(self, passing):
        """Return the SQL of the ids of the quotations whose last decision at ATB let them pass, or did not."""
        return SQL(
            """(SELECT review.res_id FROM ltc_gate_review review
                 WHERE review.res_model = 'sale.order' AND review.gate_code = 'atb' AND review.state = 'decided'
                   AND (review.decision IN %s) = %s
                   AND NOT EXISTS (
                       SELECT FROM ltc_gate_review later
                        WHERE later.res_model = 'sale.order' AND later.res_id = review.res_id
                          AND later.gate_code = 'atb' AND later.state = 'decided' AND later.id > review.id))""",
            tuple(PASSING), passing)
