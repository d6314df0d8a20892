from odoo import api, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Domain


class LtcGateReview(models.Model):
    """Who may act on a round: the people frozen at submission, and today's stand-ins for them."""
    _inherit = 'ltc.gate.review'

    # === COMPUTE METHODS === #

    @api.depends(
        'state', 'is_heard', 'opinion_ids.state', 'approval_ids.is_turn', 'approval_ids.called_on',
        'escalated_user_ids')
    @api.depends_context('uid')
    def _compute_waits_for_me(self):
        principals = self.env['ltc.delegation']._get_principals(self.env.user)
        for review in self:
            seats = review._get_my_seats(principals)
            review.can_decide = bool(seats)
            review.can_give_opinion = bool(review._get_open_opinions(self.env.user, principals))
            review.waits_for_me = review.can_give_opinion or (review.can_decide and review.is_heard)

    def _search_waits_for_me(self, operator, value):
        if operator != 'in':
            return NotImplemented
        user = self.env.user
        if user.has_group('ltc_base.group_ltc_auditor'):
            return Domain.FALSE  # whatever he was named for before he became one
        groups = self._get_represented_groups(user)
        opinions = Domain.OR(
            Domain('opinion_ids', 'any', [('candidate_ids', 'in', users.ids), ('state', '=', 'pending')]) & gates
            for users, gates in groups)
        on_turn = Domain('is_turn', '=', True)
        seats = Domain.OR([
            Domain('approval_ids', 'any', on_turn & Domain('candidate_ids', 'in', user.ids))
            & self._get_unspent_domain(user, stands_in=False),
            *(Domain('approval_ids', 'any', on_turn & Domain('candidate_ids', 'in', (users - user).ids)) & gates
              & self._get_unspent_domain(user) for users, gates in groups if users - user)])
        called = self._get_unspent_domain(user) & Domain(
            'approval_ids', 'any', on_turn & Domain('called_user_ids', 'in', user.ids))
        escalated = Domain('escalated_user_ids', 'in', user.ids) & (
            self._get_unspent_domain(user) | Domain('opinion_ids', 'any', [('state', '=', 'pending')]))
        return (
            Domain('state', '=', 'in_review') & Domain('submitted_by_id', '!=', user.id)
            & (opinions | Domain('is_heard', '=', True) & (seats | called) | escalated | self._get_orphan_domain(user)))

    def _get_unspent_domain(self, user, stands_in=True):
        """Return the rounds on which ``user`` may take one more seat: one person counts once."""
        took_none = ~Domain('approval_ids', 'any', [('decided_by_id', '=', user.id)])
        if stands_in:
            return took_none
        return took_none | Domain('distinct_people', '=', False) & ~Domain(
            'approval_ids', 'any', [('decided_by_id', '=', user.id), ('on_behalf_of_id', '!=', False)])

    def _get_represented_groups(self, user):
        """Return [(users, domain of gates)]: for whom ``user`` acts today, himself first."""
        groups = {None: user}
        for principal, gate_ids in self.env['ltc.delegation']._get_principals(user).items():
            key = gate_ids and tuple(sorted(gate_ids))
            groups[key] = groups.get(key, user.browse()) | principal
        return [
            (users, Domain('gate_id', 'in', gate_ids) if gate_ids else Domain.TRUE)
            for gate_ids, users in groups.items()
        ]

    def _get_orphan_domain(self, user):
        """Return what falls to ``user`` as a member of a fallback group: rounds where nobody named is left."""
        auditors = self.env['res.groups']._ltc_get_auditors()
        left = Domain('candidate_ids', 'any', [
            ('active', '=', True), ('share', '=', False), ('id', 'not in', auditors.ids)])
        return Domain('gate_id.fallback_group_id', 'in', user.all_group_ids.ids) & (
            Domain('approval_ids', 'any', Domain('is_turn', '=', True) & ~left) & self._get_unspent_domain(user)
            | Domain('opinion_ids', 'any', Domain('state', '=', 'pending') & ~left))

    # === BUSINESS METHODS === #

    def _get_represented(self, candidates, user, principals=None):
        """Return for whom of ``candidates`` ``user`` may act on this round today: himself, somebody who delegated
        to him, or, once the round was escalated or nobody of them is left, the first of them. Empty: he may not.

        :param principals: {absent user: gate ids}, where the caller asks for many rounds
        """
        self.ensure_one()
        nobody = candidates.browse()
        if user == self.submitted_by_id:
            return nobody
        present = candidates._ltc_filter_participants(self.company_id)
        if user in present:
            return user
        if principals is None:
            principals = self.env['ltc.delegation']._get_principals(user)
        absent = present.filtered(
            lambda candidate: candidate in principals
            and (principals[candidate] is None or self.gate_id.id in principals[candidate]))
        if absent:
            return absent[:1]
        stands_in = user in self.escalated_user_ids or (
            not present and self.gate_id.fallback_group_id in user.all_group_ids)
        return (candidates[:1] or user) if stands_in else nobody  # who was named may have been deleted

    def _get_acting_users(self, candidates):
        """Return everybody who may act today for ``candidates``: :meth:`_get_represented` from the other end."""
        present = candidates._ltc_filter_participants(self.company_id)
        acting = (
            (present or self.gate_id._get_fallback_users(self.company_id))
            | self.env['ltc.delegation']._get_delegates(present, self.gate_id)
            | self.escalated_user_ids
        )
        return acting._ltc_filter_participants(self.company_id) - self.submitted_by_id

    def _get_turn_seats(self):
        """Return the seats that may decide now: in sequence only the first open one."""
        seats = self.approval_ids
        on_turn = seats.filtered('is_turn') if self.state == 'in_review' else seats.browse()
        return on_turn.with_prefetch(seats._prefetch_ids)  # asked round by round, fetched at once

    def _get_my_seats(self, principals=None):
        """Return [(seat, for whom)] of the seats on turn that the current user may take."""
        user = self.env.user
        seats = [(seat, self._get_principal(seat, user, principals)) for seat in self._get_turn_seats()]
        return [(seat, principal) for seat, principal in seats if principal]

    def _get_principal(self, seat, user, principals=None):
        """Return for whom ``user`` may take ``seat`` today: himself, or somebody in whose place. Empty: he may not.

        One person counts once: who took a seat of this round takes no other in somebody's place, and who took one in
        somebody's place takes none of his own any more. Where each seat wants another person, nobody takes two.
        """
        principal = self._get_represented(seat.candidate_ids, user, principals)
        if not principal and seat.called_on and user != self.submitted_by_id and user in seat.called_user_ids:
            principal = seat.candidate_ids[:1] or user
        if principal and self._is_spent(user, stands_in=principal != user):
            return principal.browse()
        return principal

    def _is_spent(self, user, stands_in):
        taken = self.approval_ids.filtered(lambda seat: seat.decided_by_id == user)
        return bool(taken) and (stands_in or self.distinct_people or bool(taken.on_behalf_of_id))

    def _get_acting_on(self, seat):
        """Return everybody who may take ``seat`` today: :meth:`_get_principal` from the other end."""
        acting = self._get_acting_users(seat.candidate_ids)
        if seat.called_on:
            acting |= seat.called_user_ids._ltc_filter_participants(self.company_id) - self.submitted_by_id
        decided = self.approval_ids.decided_by_id
        return acting - decided.filtered(
            lambda user: self._is_spent(user, stands_in=user not in seat.candidate_ids)) if decided else acting

    def _get_open_opinions(self, user, principals=None):
        """Return the opinions that this round still awaits from ``user``, or from somebody he stands in for."""
        if self.state != 'in_review':
            return self.opinion_ids.browse()
        return self.opinion_ids.filtered(
            lambda opinion: opinion.state == 'pending'
            and self._get_represented(opinion.candidate_ids, user, principals))

    def _get_missing_opinions(self):
        return self.opinion_ids.filtered(lambda opinion: opinion.is_required and opinion.state == 'pending')

    def _get_awaited_users(self):
        """Return those from whom something is awaited now: the reviewers first, then the deciders on turn."""
        pending = self.opinion_ids.filtered(lambda opinion: opinion.state == 'pending')
        awaited = self.env['res.users']
        for opinion in pending:
            awaited |= self._get_acting_users(opinion.candidate_ids)
        if self.is_heard:
            for seat in self._get_turn_seats():
                awaited |= self._get_acting_on(seat)
        return awaited

    # === CHECKS === #

    def _lock(self):
        """Serialise two people acting on the same round: the second reads what the first has done."""
        try:
            self.sudo().lock_for_update()
        except LockError as error:
            raise UserError(self.env._(
                "Review %s is being decided by somebody else at this moment; reload it and look.", self.name,
            )) from error
        self.invalidate_recordset()

    def _check_open(self):
        if self.state != 'in_review':
            raise UserError(self.env._(
                "Review %(review)s is closed (%(progress)s); submit the document again for a new round.",
                review=self.name, progress=self.progress))

    def _check_may_decide(self):
        self.check_access('read')
        self._check_open()
        if self.env.user == self.submitted_by_id:
            raise AccessError(self.env._(
                "Review %s was submitted by you; somebody else has to decide it.", self.name))
        self._check_no_auditor()
        review_sudo = self.sudo()  # whoever may decide need not see the other deciders
        if not review_sudo._get_my_seats():
            if self.env.user in review_sudo.approval_ids.decided_by_id and review_sudo._get_turn_seats():
                raise AccessError(self.env._(
                    "You decided on review %(review)s already, and one person counts once; it waits for %(deciders)s.",
                    review=self.name, deciders=review_sudo._describe_deciders()))
            raise AccessError(self.env._(
                "Review %(review)s is decided by %(deciders)s; you have no decision to make on it.",
                review=self.name, deciders=review_sudo._describe_deciders()))

    def _check_no_auditor(self):
        if self.env.user.has_group('ltc_base.group_ltc_auditor'):
            raise AccessError(self.env['res.users']._ltc_describe_auditors(self.env.user))

    def _check_concerns_me(self):
        """Raise unless something on this round is awaited from the current user."""
        self.check_access('read')
        self._check_open()
        self._check_no_auditor()
        review_sudo = self.sudo()
        if not review_sudo._get_my_seats() and not review_sudo._get_open_opinions(self.env.user):
            raise AccessError(self.env._(
                "Review %s does not wait for you; only its deciders and reviewers may do that.", self.name))

    def _describe_deciders(self):
        acting = self.env['res.users']
        for seat in self._get_turn_seats():
            acting |= self._get_acting_on(seat)
        return ', '.join(acting.mapped('name'))
