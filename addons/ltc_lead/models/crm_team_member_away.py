from datetime import timedelta

from odoo import api, fields, models


class CrmTeamMember(models.Model):
    """Who is away gets no leads: the customer would wait for his return, and the clock would not."""
    _inherit = 'crm.team.member'

    ltc_away_until = fields.Date(
        string="Away Until", compute='_compute_ltc_away_until', compute_sudo=True,
        help="By a delegation of all duties, or by time off in the working schedule. Until then the rule-based"
        " assignment passes this member over.")

    @api.depends('user_id')
    def _compute_ltc_away_until(self):
        absences = self._get_absences(self.user_id)
        for member in self:
            member.ltc_away_until = absences.get(member.user_id.id)

    @api.model
    def _get_absences(self, users):
        """Return {user id: last day} of those of these users who are away now."""
        now = fields.Datetime.now()
        ends = [
            (delegation.user_id.id, delegation.date_to) for delegation in self.env['ltc.delegation'].search([
                ('user_id', 'in', users.ids), ('is_current', '=', True), ('gate_ids', '=', False)])
        ] + [
            (leave.resource_id.user_id.id, (leave.date_to - timedelta(seconds=1)).date())
            for leave in self.env['resource.calendar.leaves'].search([
                ('resource_id.user_id', 'in', users.ids), ('time_type', '=', 'leave'), ('date_from', '<=', now),
                ('date_to', '>', now)])
        ]
        absences = {}
        for user_id, last_day in ends:
            absences[user_id] = max(absences.get(user_id, last_day), last_day)
        return absences

    def _get_assignment_quota(self, force_quota=False):
        if self.ltc_away_until:
            return 0
        return super()._get_assignment_quota(force_quota=force_quota)
