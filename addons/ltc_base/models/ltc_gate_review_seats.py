from odoo import api, fields, models
from odoo.fields import Command, Domain

DAY_HOURS = 8.0  # where the company has no calendar


class LtcGateReview(models.Model):
    """Seats that somebody else is called to: they waited too long, or who stands in for them has decided already."""
    _inherit = 'ltc.gate.review'

    # === ESCALATING A SEAT === #

    def _start_clocks(self):
        """Start the days that seats on turn may wait, from the moment that all opinions were heard."""
        for review in self.filtered(lambda review: review.state == 'in_review' and review.is_heard):
            for seat in review._get_turn_seats().filtered(lambda seat: seat.escalate_days and not seat.due_on):
                seat.due_on = review._plan_days(seat.escalate_days)

    def _plan_days(self, days):
        day = self.company_id.sudo().resource_calendar_id.hours_per_day or DAY_HOURS
        return self.company_id._ltc_plan_hours(
            days * day / (2 if self.is_urgent else 1), fields.Datetime.now())

    @api.model
    def _get_waiting_seats_domain(self):
        return Domain('state', '=', 'in_review') & Domain('approval_ids', 'any', [
            ('is_turn', '=', True), ('called_on', '=', False), ('due_on', '<=', fields.Datetime.now())])

    def _escalate_seats(self):
        """Call somebody else to the seats whose days are over: the superior, else the next level, else the fallback."""
        now = fields.Datetime.now()
        for seat in self._get_turn_seats().filtered(lambda seat: not seat.called_on and seat.due_on):
            if seat.due_on <= now:
                late = self._get_acting_on(seat)
                called = self._filter_substitutes(seat.candidate_ids.ltc_superior_id - seat.candidate_ids)
                self._call(seat, called or self._get_next_people(seat), self.env._(
                    "%(days)s days on turn were over while it waited for %(late)s.", days=seat.escalate_days,
                    late=', '.join(late.mapped('name'))))
        self._update_desks()

    def _get_next_people(self, seat):
        document, rule = self._get_document(), self.gate_id._get_next_rule(self.level, self.company_id)
        seats = rule._get_seats(document, self.submitted_by_id) if rule and document else []
        return (
            self._filter_substitutes(self.env['res.users'].union(*seats) - seat.candidate_ids)
            or self._filter_substitutes(self.gate_id._get_fallback_users(self.company_id)))

    def _filter_substitutes(self, users):
        """Return those of ``users`` who may still take a seat: neither the submitter nor who decided or is away."""
        users = users._ltc_filter_participants(self.company_id) - self.submitted_by_id - self.approval_ids.decided_by_id
        return users - self._get_away(users)

    def _get_away(self, users):
        """Return those of ``users`` who let somebody else decide at this gate today."""
        return self.env['ltc.delegation'].sudo().search([
            ('user_id', 'in', users.ids), ('is_current', '=', True), '|', ('gate_ids', '=', False),
            ('gate_ids', 'in', self.gate_id.ids)]).user_id if users else users

    def _call(self, seat, users, why):
        """Let ``users`` take ``seat`` too, and say so on the round and in the audit log."""
        if not users or users <= seat.called_user_ids:
            return  # nobody, or told already
        seat.write({'called_on': fields.Datetime.now(), 'called_user_ids': [Command.set(users.ids)]})
        called = ', '.join(users.mapped('name'))
        self.message_post(body=self.env._("%(why)s Called to decide: %(called)s.", why=why, called=called))
        self._audit('escalated', {
            'seat': seat.display_name, 'late': seat.candidate_ids.mapped('login'), 'called': users.mapped('login')})

    # === ONE PERSON COUNTS ONCE === #

    @api.model
    def _get_stand_in_domain(self):
        """Return the rounds that are decided in part and wait for somebody who is away today."""
        away = self.env['ltc.delegation'].sudo().search([('is_current', '=', True)]).user_id
        return Domain('state', '=', 'in_review') & Domain(
            'approval_ids', 'any', [('decided_by_id', '!=', False)]) & Domain(
            'approval_ids', 'any', [('is_turn', '=', True), ('candidate_ids', 'in', away.ids)])

    def _call_substitutes(self):
        """Call somebody else to the seats on turn that only people who have decided already could take today."""
        for review in self:
            for seat in review._get_turn_seats():
                spent = review._get_spent_stand_ins(seat)
                if spent:
                    called = (
                        review._filter_substitutes(spent.ltc_superior_id)
                        or review._filter_substitutes(review.gate_id._get_fallback_users(review.company_id)))
                    names = ', '.join(spent.mapped('name'))
                    review._call(seat, called, self.env._(
                        "%(names)s decided already, and one person counts once.", names=names))
        self._update_desks()

    def _get_spent_stand_ins(self, seat):
        """Return who would take ``seat`` today but has decided already, unless somebody else is there to take it."""
        acting = self._get_acting_on(seat)
        spent = self._get_acting_users(seat.candidate_ids) - acting
        return spent if spent and not acting - self._get_away(acting) else spent.browse()
