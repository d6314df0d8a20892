from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .ltc_seat_mixin import OFFICERS


class LtcAuthoritySeat(models.Model):
    """One seat of a level of authority, in an order that somebody chose.

    In mode *chains* a seat belongs to a chain: its seats decide one after the other. Chains of the same order run
    side by side; those of the next order begin when all of the former are through.
    """
    _name = 'ltc.authority.seat'
    _inherit = ['ltc.seat.mixin', 'ltc.audit.config.mixin', 'ltc.cached.mixin']
    _description = "Seat of an Authority Level"
    _order = 'stage, sequence, id'

    rule_id = fields.Many2one('ltc.authority.rule', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='rule_id.company_id')
    sequence = fields.Integer(default=10)
    stage = fields.Integer(
        string="Order", default=1, required=True, aggregator=None,
        help="Chains of the same order run side by side; the next order begins when all of them are through.")
    chain = fields.Char(help="Seats of the same chain decide one after the other.")
    name = fields.Char(string="Seat", translate=True, help="What the seat is called on the review, such as CTO.")
    escalate_days = fields.Integer(
        string="Escalate After (Days)", aggregator=None,
        help="Working days on turn after which the superior may take this seat, else the next level; half as many"
        " when it is urgent. 0: only when the deadline of the level passed.")

    _days_positive = models.Constraint('CHECK(escalate_days >= 0)', "Days cannot be negative.")

    @api.constrains('kind', 'user_id', 'group_id')
    def _check_complete(self):
        for seat in self:
            if seat._is_nobody():
                raise ValidationError(self.env._(
                    "A seat of authority level %s names nobody; choose the person or the group.", seat.rule_id.name))
        self.user_id._ltc_check_participants()

    @api.constrains('rule_id', 'stage', 'chain')
    def _check_chain(self):
        for rule in self.rule_id:
            stages = {}
            for seat in rule.seat_ids:
                if stages.setdefault(seat.chain or '', seat.stage) != seat.stage and rule.mode == 'chains':
                    raise ValidationError(self.env._(
                        "Authority level %(level)s: chain %(chain)s has two orders; give all its seats the same one, or"
                        " call the later seats another chain.", level=rule.name, chain=seat.chain or '–'))

    @api.depends('name', 'kind', 'user_id', 'group_id')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for seat in self:
            seat.display_name = seat.name or seat._describe_seat()

    def _describe_in(self, company):
        """Return who sits here in ``company``: its officer by name, else those who sit here where there is none."""
        if self.kind not in OFFICERS or not company:
            return self.display_name
        officer = company.sudo()[OFFICERS[self.kind]]._ltc_filter_participants(company)
        return officer.name or self.group_id._ltc_get_label() or self.display_name

    def _get_audit_company(self):
        return self.rule_id.company_id or self.env.company
