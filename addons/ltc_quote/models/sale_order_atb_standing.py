from odoo import fields, models
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
    """Where a quotation stands at gate ATB, as its list reads it: with the rows themselves, at no query.

    The last round of each state counts: one in review before all, then a Go that holds, as the gate itself looks past
    rounds that were returned since; else the newest.
    """

    def to_sql(self, model, alias):
        def own(name):
            return SQL.identifier(alias, name, to_flush=model._fields[name])

        def last(name):
            return self._sql_column(model, 'ltc.gate.review', 'review', name)

        is_open = SQL("%s IN %s", own('state'), OPEN_STATES)
        holds = SQL(
            "%s AND (%s) AND NOT (%s)", SQL(" AND ").join(
                SQL("%s->>%s = COALESCE(%s::text, 'false')", last('figures'), name.removesuffix('_id'), own(name))
                for name in DECIDED_ON),
            self._sql_total_holds(own, last), self._sql_is_overdue(model, last))
        return SQL(
            """COALESCE((
                SELECT last.standing FROM (
                    SELECT DISTINCT ON (%(state)s) review.id,
                           CASE WHEN %(state)s = 'in_review' THEN 'review'
                                WHEN %(state)s = 'returned' THEN 'returned'
                                WHEN %(decision)s IN %(passing)s AND %(is_open)s AND NOT (%(holds)s) THEN 'stale'
                                ELSE %(decision)s END AS standing
                      FROM ltc_gate_review review
                     WHERE %(res_model)s = 'sale.order' AND %(res_id)s = %(id)s AND %(code)s = 'atb'
                       AND %(state)s != 'withdrawn'
                  ORDER BY %(state)s, review.id DESC
                ) last
              ORDER BY last.standing = 'review' DESC, last.standing IN %(passing)s DESC, last.id DESC LIMIT 1
            ), CASE WHEN %(is_open)s AND EXISTS (
                SELECT FROM ltc_gate_activation activation
                  JOIN ltc_gate gate ON gate.id = activation.gate_id AND gate.code = 'atb'
                 WHERE activation.company_id = %(company)s
                   AND (%(created)s >= activation.active_since OR %(ahead)s LIKE '%% atb %%')
            ) THEN 'todo' END)""",
            state=last('state'), decision=last('decision'), passing=tuple(PASSING), is_open=is_open, holds=holds,
            res_model=last('res_model'), res_id=last('res_id'), code=last('gate_code'), id=own('id'),
            company=own('company_id'), created=own('create_date'), ahead=own('ltc_gates_ahead'))

    def _sql_column(self, model, other, alias, name):
        return SQL.identifier(alias, name, to_flush=model.env[other]._fields[name])

    def _sql_total_holds(self, own, last):
        """Return the SQL of whether the total is the decided one: exactly, within the room, or within the tolerance,
        which the gate counts on the total with tax.
        """
        untaxed, total = SQL("%s::numeric", own('amount_untaxed')), SQL("%s::numeric", own('amount_total'))
        decided_untaxed, decided = (
            SQL("(%s->>%s)::numeric", last('figures'), name) for name in ('amount_untaxed', 'amount'))
        return SQL(
            """%(untaxed)s - %(decided_untaxed)s < 0.005
               AND %(untaxed)s - CASE WHEN %(room)s > 0 THEN %(floor)s::numeric ELSE %(decided_untaxed)s END > -0.005
               OR COALESCE(%(tolerance)s, 0) > 0
                  AND ABS(%(total)s - %(decided)s) <= ABS(%(decided)s) * %(tolerance)s::numeric / 100""",
            untaxed=untaxed, decided_untaxed=decided_untaxed, total=total, decided=decided,
            room=last('concession_room'), floor=last('floor_amount'), tolerance=last('tolerance'))

    def _sql_is_overdue(self, model, last):
        """Return the SQL of whether a Conditional Go has a condition that is overdue where its company is."""
        def column(other, alias, name):
            return self._sql_column(model, other, alias, name)

        return SQL(
            """%(decision)s = 'conditional' AND EXISTS (
                SELECT FROM ltc_gate_condition condition
                  JOIN res_company company ON company.id = %(company)s
                  JOIN res_partner partner ON partner.id = %(partner)s
             LEFT JOIN resource_calendar calendar ON calendar.id = %(calendar)s
                 WHERE %(review)s = review.id AND %(done)s IS NULL
                   AND %(due)s < timezone(
                       COALESCE(%(zone)s, %(hours)s, 'UTC'), timezone('UTC', %(now)s::timestamp))::date)""",
            decision=last('decision'), company=last('company_id'), now=fields.Datetime.now(),
            partner=column('res.company', 'company', 'partner_id'),
            calendar=column('res.company', 'company', 'resource_calendar_id'),
            zone=column('res.partner', 'partner', 'tz'), hours=column('resource.calendar', 'calendar', 'tz'),
            review=column('ltc.gate.condition', 'condition', 'review_id'),
            done=column('ltc.gate.condition', 'condition', 'done_on'),
            due=column('ltc.gate.condition', 'condition', 'date_due'))


class SaleOrder(models.Model):
    """ATB as a column of the quotations: to read, to sort and to group by.

    A Go counts as changed by what changes nearly always: total, customer, terms or price list, and by a condition that
    is overdue. What is the offer's wording alone, only the form, the filters and the gate itself notice; they compare
    every figure.
    """
    _inherit = 'sale.order'

    ltc_atb_standing = AtbStanding(
        STANDINGS, string="ATB Decision", side_model='ltc.gate.review', groups='base.group_user',
        help="Where the quotation stands at gate ATB; empty where the gate does not bind it.")
