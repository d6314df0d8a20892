from odoo import models
from odoo.tools import SQL

from odoo.addons.ltc_base.models.ltc_gate_approval import PASSING
from odoo.addons.ltc_base.side_fields import SideSelection

from .sale_order import OPEN_STATES

STANDINGS = [
    ('todo', "To Submit"),
    ('review', "In Review"),
    ('returned', "Returned"),
    ('go', "Go"),
    ('conditional', "Conditional Go"),
    ('stale', "Changed Since Go"),
    ('hold', "On Hold"),
    ('no_go', "No-Go"),
]
DECIDED_ON = ('partner_id', 'payment_term_id', 'pricelist_id')  # columns of the quotation that its figures repeat


class AtbStanding(SideSelection):
    """Where a quotation stands at gate ATB, as its list reads it: with the rows themselves, at no query."""

    def to_sql(self, model, alias):
        def own(name):
            return SQL.identifier(alias, name, to_flush=model._fields[name])

        Review = model.env['ltc.gate.review']

        def last(name):
            return SQL.identifier('review', name, to_flush=Review._fields[name])

        is_open = SQL("%s IN %s", own('state'), OPEN_STATES)
        decided = SQL("(%s->>'amount_untaxed')::numeric", last('figures'))
        untaxed = SQL("%s::numeric", own('amount_untaxed'))
        holds = SQL(" AND ").join([
            *(SQL("%s->>%s = COALESCE(%s::text, 'false')", last('figures'), name.removesuffix('_id'), own(name))
              for name in DECIDED_ON),
            SQL("%s - %s < 0.005", untaxed, decided),
            SQL("%s - CASE WHEN %s > 0 THEN %s::numeric ELSE %s END > -0.005",
                untaxed, last('concession_room'), last('floor_amount'), decided),
        ])
        return SQL(
            """COALESCE((
                SELECT CASE WHEN %(state)s = 'in_review' THEN 'review'
                            WHEN %(state)s = 'returned' THEN 'returned'
                            WHEN %(decision)s IN %(passing)s AND %(is_open)s AND NOT (%(holds)s) THEN 'stale'
                            ELSE %(decision)s END
                  FROM ltc_gate_review review
                 WHERE %(res_model)s = 'sale.order' AND %(res_id)s = %(id)s AND %(code)s = 'atb'
                   AND %(state)s != 'withdrawn'
              ORDER BY review.id DESC LIMIT 1
            ), CASE WHEN %(is_open)s AND EXISTS (
                SELECT FROM ltc_gate_activation activation
                  JOIN ltc_gate gate ON gate.id = activation.gate_id AND gate.code = 'atb'
                 WHERE activation.company_id = %(company)s
                   AND (%(created)s >= activation.active_since OR %(ahead)s LIKE '%% atb %%')
            ) THEN 'todo' END)""",
            state=last('state'), decision=last('decision'), passing=tuple(PASSING), is_open=is_open, holds=holds,
            res_model=last('res_model'), res_id=last('res_id'), code=last('gate_code'), id=own('id'),
            company=own('company_id'), created=own('create_date'), ahead=own('ltc_gates_ahead'))


class SaleOrder(models.Model):
    """ATB as a column of the quotations: to read, to sort and to group by.

    A Go counts as changed by what changes nearly always: total, customer, terms or price list. What is the offer's
    wording alone, only the form, the filters and the gate itself notice; they compare every figure.
    """
    _inherit = 'sale.order'

    ltc_atb_standing = AtbStanding(
        STANDINGS, string="ATB Decision", side_model='ltc.gate.review', groups='base.group_user',
        help="Where the quotation stands at gate ATB; empty where the gate does not bind it.")
