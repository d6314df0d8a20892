from odoo import api, models
from odoo.fields import Command
from odoo.tools import groupby


def assign_people(places):
    """Return {index of the place: user} that gives as many places as possible a person of their own."""
    holder = {}  # user: index of the place

    def find_person(index, tried):
        for user in places[index]['users']:
            if user not in tried:
                tried.add(user)
                if user not in holder or find_person(holder[user], tried):
                    holder[user] = index
                    return True
        return False

    for index in range(len(places)):
        find_person(index, set())
    return {index: user for user, index in holder.items()}


class LtcAuthorityRule(models.Model):
    """The places of a level for one document: who takes each of them, and which follows which.

    A place is a dict: ``users`` (any one of them), ``stage`` (places of the next one follow when all of this one are
    taken), ``lane`` (places of one lane follow each other), and what the review shows: ``chain``, ``name``.
    """
    _inherit = 'ltc.authority.rule'

    @api.onchange('mode')
    def _onchange_mode(self):
        """Take over whom the level names, so that their order can be chosen."""
        if self.mode == 'any' or self.seat_ids or self.team_id:
            return
        named = [
            *({'kind': 'user', 'user_id': user.id} for user in self.user_ids._origin),
            *({'kind': kind} for kind, used in (
                ('superior', self.by_superior), ('team_leader', self.by_team_leader)) if used)]
        if named:
            self.seat_ids = [Command.create({**values, 'sequence': rank}) for rank, values in enumerate(named, start=1)]
            self.update({'user_ids': False, 'by_superior': False, 'by_team_leader': False})

    # === PLACES === #

    def _uses_seats(self):
        return bool(self.mode != 'any' and not self.team_id and self.seat_ids)

    def _get_places(self, document, submitter):
        """Return the places of this level for ``document``, in the order they decide.

        The submitter sits nowhere; a place without a person goes to the gate's fallback group. Whom the level names
        for two places decides once, on the first; where it wants a person per seat, the second goes to the fallback.
        """
        fallback = self.gate_id._get_fallback_users(document._ltc_get_company()) - submitter
        places = self._get_named_places(document, submitter) or [self._prepare_place(fallback)]
        for place in places:
            place['users'] = (place['users'] - submitter) or fallback
        if self.mode == 'any':
            return [self._prepare_place(self.env['res.users'].union(*[place['users'] for place in places]))]
        if self.distinct_people:
            return self._give_each_a_person(places, fallback)
        kept = []
        for place in places:
            if all(place['users'] != other['users'] for other in kept):
                kept.append(place)
        return kept

    def _get_seats(self, document, submitter):
        """Return the users of each place of :meth:`_get_places`."""
        return [place['users'] for place in self._get_places(document, submitter)]

    def _prepare_place(self, users, lane=1, seat=None):
        return {
            'users': users, 'lane': lane,
            'stage': seat.stage if seat and self.mode == 'chains' else 1,
            'chain': seat.chain if seat and self.mode == 'chains' else False,
            'name': seat.name if seat else False,
            'escalate_days': seat.escalate_days if seat else 0,
        }

    def _get_named_places(self, document, submitter):
        if self._uses_seats():
            return [
                self._prepare_place(seat._get_users(document, submitter), lane, seat)
                for lane, seats in enumerate(self._get_lanes(), start=1) for seat in seats]
        return [
            self._prepare_place(users, lane if self.mode == 'all' else 1)
            for lane, users in enumerate(self._get_named_people(document, submitter), start=1)]

    def _get_named_people(self, document, submitter):
        if self.team_id:
            deciders = self.team_id.member_ids.filtered(lambda member: member.role == 'decider')
            return [member._get_users(document, submitter) for member in deciders]
        company = document._ltc_get_company()
        people = self.user_ids._ltc_filter_participants(company)
        if self.by_superior:
            people |= submitter.sudo().ltc_superior_id._ltc_filter_participants(company)
        if self.by_team_leader:
            people |= document._ltc_get_team_leader()._ltc_filter_participants(company)
        return list(people or self.group_id._ltc_get_participants(company))

    def _get_lanes(self):
        """Return the seats of this level, a list for those that follow each other, in the order of the lanes."""
        seats = self.seat_ids.sorted('sequence')
        if self.mode == 'sequential':
            return [seats]
        if self.mode == 'all':
            return list(seats)
        return list(seats.sorted('stage').grouped(lambda seat: (seat.stage, seat.chain or '')).values())

    def _give_each_a_person(self, places, fallback):
        """Let the fallback take what would need one person twice; a place for which nobody is left stays empty."""
        for index, place in enumerate(places):
            if index in assign_people(places):
                continue
            named = place['users']
            for users in (fallback - named, fallback | named):
                place['users'] = users
                if index in assign_people(places):
                    break
            else:
                place['users'] = named.browse()
        return places

    # === WORDS === #

    def _describe_route(self, company=None):
        """Return who decides after whom: an arrow within a chain, a bar between chains side by side.

        :param company: where it is known, its officers are called by their names
        """
        lanes = [
            (seats[:1].stage, self._describe_lane(seats[:1].chain, [seat._describe_in(company) for seat in seats]))
            for seats in self._get_lanes()]
        return self._join_lanes(lanes)

    def _describe_deciders(self, company):
        """Return who decides in ``company``, by name where a position is held there."""
        return self._describe_route(company) if self._uses_seats() else self.deciders

    @api.model
    def _describe_lane(self, chain, names):
        text = ' → '.join(names)
        return self.env._("%(chain)s: %(seats)s", chain=chain, seats=text) if chain else text

    def _join_lanes(self, lanes):
        """Return the route through ``lanes``, a list of (order, words), in one line."""
        between = ' + ' if self.mode == 'all' else ' ‖ '
        stages = [
            between.join(words for _stage, words in same) for _stage, same in groupby(lanes, lambda lane: lane[0])]
        return self.env._("; then ").join(stages)
