from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .ltc_gate_approval import DECISIONS, PASSING
from .ltc_gate_dimension import DIMENSIONS


class LtcGateReview(models.Model):
    """The verbs of a round. Each checks who may on a locked round, acts in sudo, and tells the audit log."""
    _inherit = 'ltc.gate.review'

    # === ACTION METHODS === #

    def action_decide(self, decision, reason='', hold_until=False, minutes='', conditions=()):
        """Record the decision of the current user, who must be a decider of this round or stand in for one.

        :param str decision: 'go', 'conditional', 'hold' or 'no_go'
        :param str reason: required for hold and no_go, and for all where the gate asks for comments
        :param hold_until: date by which a held document is cleaned up, required for hold
        :param conditions: for a conditional go, dicts of ``name``, ``user_id`` and ``date_due``
        """
        hold_until, conditions = self._read_hold_until(hold_until), self._read_conditions(conditions)
        for review in self:
            review._lock()
            review._check_may_decide()
            review._check_decision(decision, reason, hold_until, conditions)
            review.sudo()._record_decision(decision, {
                'reason': reason or False,
                'minutes': minutes or False,
                'hold_until': hold_until or False,
            }, conditions)
        return True

    def action_return(self, reason=''):
        """Return the document to its submitter for rework, without a decision; ``reason`` says what is missing."""
        for review in self:
            review._lock()
            review._check_concerns_me()
            if not (reason or '').strip():
                raise UserError(self.env._(
                    "Review %s: say what the submitter should rework before you return it.", review.name))
            review.sudo()._close('returned', reason=reason)
        return True

    def action_withdraw(self):
        """Take the document back from review; only its submitter may, and the round stays on record.

        Where nobody is left who could decide, sales operations may as well: the document would stay locked for good.
        """
        is_operations = self.env.user.has_group('ltc_base.group_ltc_operations')
        for review in self:
            review._lock()
            is_stuck = is_operations and not review.sudo()._get_awaited_users()
            if review.submitted_by_id != self.env.user and not is_stuck:
                raise AccessError(self.env._(
                    "Review %(review)s was submitted by %(user)s and only that person withdraws it; ask for it.",
                    review=review.name, user=review.submitted_by_id.sudo().name))
            review._check_open()
            review.sudo()._close('withdrawn')  # the submitter has no write access to reviews
        return True

    def action_add_reviewer(self, user_ids, kind, question=''):
        """Ask more people for an opinion on this round; only those who are awaited themselves may.

        :param list user_ids: ids of those who may give it; one answer is enough
        :param str kind: the dimension of the opinion
        :param str question: what they are asked
        """
        self.ensure_one()
        self._lock()
        self._check_concerns_me()
        reviewers = self._check_reviewers(user_ids, kind)
        review_sudo = self.sudo()  # deciders have no create access to opinions
        opinion_sudo = self.env['ltc.gate.opinion'].sudo().create({
            'review_id': self.id,
            'kind': kind,
            'is_required': True,
            'candidate_ids': [fields.Command.set(reviewers.ids)],
            'added_by_id': self.env.uid,
            'question': question or False,
        })
        review_sudo._audit('reviewer_added', {
            'kind': kind, 'reviewers': reviewers.mapped('login'), 'question': question or ''})
        review_sudo.message_post(body=self.env._(
            "%(user)s asks %(reviewers)s for an opinion (%(kind)s): %(question)s", user=self.env.user.name,
            reviewers=', '.join(reviewers.mapped('name')), kind=opinion_sudo.kind_label, question=question or '–'))
        review_sudo._update_desks()
        return opinion_sudo.id

    # === READING WHAT CLIENTS SEND === #

    def _read_hold_until(self, value):
        try:
            return fields.Date.to_date(value or False)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("%s is no date; give the day as YYYY-MM-DD.", value)) from error

    def _read_conditions(self, conditions):
        """Return the conditions of a Conditional Go with their owners and days checked."""
        try:
            lines = [{**line, 'date_due': self._read_hold_until(line.get('date_due'))} for line in conditions or ()]
        except (AttributeError, TypeError, ValueError) as error:
            raise UserError(self.env._(
                "The conditions cannot be read; each needs a task, an owner and a due date.")) from error
        asked = self.env['res.users'].browse([line.get('user_id') or 0 for line in lines]).exists()
        owners = asked._ltc_filter_company(self.company_id)
        return [{**line, 'user_id': line.get('user_id') in owners.ids and line['user_id']} for line in lines]

    # === CHECKS === #

    def _check_reviewers(self, user_ids, kind):
        """Return the users who may be asked; raise when there is none among ``user_ids``."""
        if kind not in dict(DIMENSIONS):
            raise UserError(self.env._("Review %s: choose the dimension of the opinion you ask for.", self.name))
        if not isinstance(user_ids, (list, tuple)) or not all(isinstance(user_id, int) for user_id in user_ids):
            raise UserError(self.env._("Review %s: give the ids of those whom you ask, as a list.", self.name))
        known = self.env['res.users'].browse(user_ids).exists()
        auditors = known & self.env['res.groups']._ltc_get_auditors()
        if auditors:
            raise UserError(known._ltc_describe_auditors(auditors))
        asked = known._ltc_filter_company(self.company_id) - self.submitted_by_id
        reviewers = asked.filtered(lambda user: user.has_group('ltc_base.group_ltc_user'))
        if not reviewers:
            raise UserError(self.env._(
                "Review %s: none of those asked can review it; choose somebody who works with lead-to-cash documents"
                " in this company and did not submit it.", self.name))
        return reviewers

    def _check_decision(self, decision, reason, hold_until, conditions):
        blockers = self.sudo()._get_decision_blockers(decision, reason, hold_until, conditions)
        if blockers:
            raise UserError('\n'.join(blockers))

    def _get_decision_blockers(self, decision, reason, hold_until, conditions):
        """Return, as sentences, what keeps this round from that decision."""
        if decision not in dict(DECISIONS):
            return [self.env._("Review %s: choose Go, Conditional Go, Hold or No-Go.", self.name)]
        blockers = []
        if not (reason or '').strip():
            if decision not in PASSING:
                blockers.append(self.env._("Review %s: give the reason for a Hold or a No-Go.", self.name))
            elif self.comment_required:
                blockers.append(self.env._("Review %s: this gate asks for a comment on every decision.", self.name))
        if decision in PASSING:
            return blockers + self._get_passing_blockers(decision, conditions)
        if decision == 'hold' and (not hold_until or hold_until <= self.company_id._ltc_get_today()):
            blockers.append(self.env._(
                "Review %s: a Hold needs a future date by which it is cleaned up; set it.", self.name))
        return blockers

    def _get_passing_blockers(self, decision, conditions):
        blockers = []
        missing = self._get_missing_opinions()
        if missing:
            blockers.append(self.env._(
                "Review %(review)s lacks the opinions: %(opinions)s; wait for them or ask for them.",
                review=self.name, opinions=', '.join(missing.mapped('kind_label'))))
        document = self._get_document()
        if not document or not self._matches(document):
            blockers.append(self.env._(
                "%(document)s was changed after it was submitted; withdraw review %(review)s and submit it again.",
                document=self.document_name, review=self.name))
        if decision == 'conditional' and (
            not conditions
            or any(not (line.get('name') and line.get('user_id') and line.get('date_due')) for line in conditions)
        ):
            blockers.append(self.env._(
                "Review %s: a Conditional Go needs conditions, each with a task, a due date and an owner who works in"
                " the company.", self.name))
        elif decision == 'conditional' and any(
            line['date_due'] < self.company_id._ltc_get_today() for line in conditions
        ):
            blockers.append(self.env._(
                "Review %s: a condition is due on a day that is past, which would close the gate at once; give a day"
                " from today on.", self.name))
        return blockers

    # === RECORDING === #

    def _record_decision(self, decision, values, conditions):
        """Stamp the user's seats; close the round when it is refused, or when the last seat is taken."""
        principal = self._take_seats(decision, values['reason'])
        self.env['ltc.gate.condition'].create([
            {'review_id': self.id, **{name: line[name] for name in ('name', 'user_id', 'date_due')}}
            for line in conditions if decision == 'conditional'
        ])
        if decision in PASSING and self._get_turn_seats():
            if self.env.user in self.escalated_user_ids:
                self.escalated_on = False  # he counts once: for what is left the job calls somebody else
            self._call_substitutes()
            return
        if decision == 'go' and self.condition_ids:
            decision = 'conditional'  # an earlier decider of this round set conditions
        self._close(
            'decided', decision=decision, decided_by_id=self.env.uid, on_behalf_of_id=principal.id,
            decider_name=self.env.user.name, principal_name=principal.name, decided_on=fields.Datetime.now(), **values)
        self._after_decision()

    def _take_seats(self, decision, comment):
        """Let the user take every seat on turn that is his own, and those of his that come on turn by that.

        So the same approver decides once, however often the matrix names him. In the place of somebody else he takes
        one seat, and only where none of this round is his own: one person counts once.

        :return: the user in whose place the last seat was taken, or nobody
        """
        absent = self.env['res.users']
        principals = self.env['ltc.delegation']._get_principals(self.env.user)
        while mine := self._choose_seats(self._get_my_seats(principals)):
            for seat, principal in mine:
                absent = principal - self.env.user
                seat._decide(decision, principal, comment)
                self._audit('seat_decided', {'decision': decision, 'comment': comment or ''}, on_behalf_of=absent)
            if decision not in PASSING:
                break
            self.approval_ids._advance()
        return absent

    def _choose_seats(self, mine):
        """Return those of [(seat, for whom)] that one decision takes: the own ones, else the one that fewest may take.
        """
        own = [(seat, principal) for seat, principal in mine if principal == self.env.user]
        if own and not self.distinct_people:
            return own
        return sorted(own or mine, key=lambda pair: len(pair[0].candidate_ids))[:1]

    def _close(self, state, **values):
        """End the round: nothing is awaited from anybody any more."""
        now = fields.Datetime.now()
        self.write({
            **values,
            'state': state,
            'closed_on': now,
            'closed_by_name': self.env.user.name,
            'cycle_hours': self.company_id._ltc_count_hours(self.submitted_on, now),
        })
        self.approval_ids.filtered('is_turn').is_turn = False
        self._update_desks()
        self._audit(state, {
            **{name: value for name, value in values.items()
               if name in ('decision', 'reason', 'minutes', 'hold_until') and value},
            **self._get_decided_facts()})
        if state == 'returned':
            self._after_return()
        elif state == 'withdrawn':
            self._after_withdrawal()

    def _get_decided_facts(self):
        """Return what the audit log keeps of a decision beside its words, JSON-able; the addons extend it."""
        conditions = self.condition_ids if self.decision in PASSING else ()
        return {'conditions': [
            {'name': line.name, 'owner': line.user_id.name, 'due': fields.Date.to_string(line.date_due)}
            for line in conditions]} if conditions else {}

    # === AUDIT === #

    def _audit(self, kind, values, on_behalf_of=None):
        """Append what happened on this round to the audit log."""
        self.env['ltc.audit.log']._append([{
            'kind': kind,
            'document': self,
            'company': self.company_id,
            'name': self.name,
            'on_behalf_of': on_behalf_of or self.env['res.users'],
            'values': {
                'gate': self.gate_code, 'document': self.document_name, 'res_model': self.res_model,
                'res_id': self.res_id, 'round': self.round,
                **{name: fields.Date.to_string(value) if name == 'hold_until' else value
                   for name, value in values.items()},
            },
        }])
