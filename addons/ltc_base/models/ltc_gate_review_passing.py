from odoo import fields, models
from odoo.tools import format_date

from .ltc_gate_approval import PASSING


class LtcGateReview(models.Model):
    """Whether a decided round lets its document pass today, and how the banner says so."""
    _inherit = 'ltc.gate.review'

    # === PASSING === #

    def _get_blockers(self, document):
        """Return, as sentences, why this last decided round does not let ``document`` pass.

        A Go passes while the figures are those it was given on; a Conditional Go also needs that no condition is
        overdue.
        """
        self.ensure_one()
        names = {'document': document.display_name, 'gate': self.gate_name}
        if self.decision == 'no_go':
            return [self.env._("%(document)s was refused at gate %(gate)s: %(reason)s; revise it and submit it again.",
                               reason=self.reason, **names)]
        if self.decision == 'hold':
            return [self.env._("%(document)s is on hold at gate %(gate)s until %(date)s; submit it again when ready.",
                               date=fields.Date.to_string(self.hold_until), **names)]
        blockers = []
        overdue = self._get_overdue_conditions()
        if overdue:
            blockers.append(self.env._(
                "%(document)s passed gate %(gate)s on conditions that are overdue: %(conditions)s; fulfil them first.",
                conditions=', '.join(overdue.mapped('name')), **names))
        if not self._matches(document):
            blockers.append(self.env._(
                "%(document)s is not what was decided at gate %(gate)s (%(changes)s); submit it again.",
                changes=self._describe_changes(document), **names))
        return blockers

    def _describe_changes(self, document):
        today = self._get_today(document)
        labels = self._get_figure_labels(today)
        frozen = self.figures
        changed = [key for key in labels if frozen.get(key) != today.get(key)]
        changes = [
            f'{labels[key]}: {self._format_figure(key, frozen.get(key), frozen)}'
            f' → {self._format_figure(key, today.get(key), today)}'
            for key in changed if key != 'lines'
        ]
        if frozen.get('lines') != today.get('lines'):
            changes.append(self.env[self.res_model]._ltc_describe_line_changes(
                frozen.get('lines') or [], today.get('lines') or []))
        return '; '.join(changes) or self.env._("its figures differ")

    # === BANNER === #

    def _describe_waiting(self):
        """Return one sentence on whom this open round waits for."""
        if self.is_heard:
            return self.env._(
                "Round %(round)s waits for the decision of %(users)s (%(level)s).", round=self.round,
                users=self._describe_deciders(), level=self.level_name)
        pending = self.opinion_ids.filtered(lambda opinion: opinion.state == 'pending')
        return self.env._(
            "Round %(round)s waits for opinions: %(opinions)s.", round=self.round,
            opinions=', '.join(pending.mapped('kind_label')))

    def _describe_decision(self, document):
        """Return (state, sentence) of this decided round as the banner shows it beside ``document``."""
        if self.decision not in PASSING:
            return self.decision, self.env._(
                "Decided by %(user)s on %(date)s: %(reason)s", user=self._describe_decider(),
                date=format_date(self.env, self.company_id._ltc_get_day(self.decided_on)), reason=self.reason)
        blockers = self._get_blockers(document)
        if blockers:
            return 'stale', ' '.join(blockers)
        sentences = [self.env._(
            "Decided by %(user)s on %(date)s (%(level)s).", user=self._describe_decider(),
            date=format_date(self.env, self.company_id._ltc_get_day(self.decided_on)), level=self.level_name)]
        if self.decision == 'conditional':
            sentences += self._describe_open_conditions()
        return self.decision, ' '.join(sentences)

    def _get_overdue_conditions(self):
        """Return what suspends a Conditional Go; nothing, at no query, for another decision."""
        conditions = self.condition_ids if self.decision == 'conditional' else self.env['ltc.gate.condition']
        return conditions.filtered('is_overdue')

    def _describe_open_conditions(self):
        """Return a sentence on the conditions that are not fulfilled yet, in a list, or an empty one."""
        waiting = [
            self.env._(
                "%(condition)s (%(user)s, until %(date)s)", condition=condition.name, user=condition.user_id.name,
                date=format_date(self.env, condition.date_due))
            for condition in self.condition_ids if not condition.done_on]
        return [self.env._("Open conditions: %s.", '; '.join(waiting))] if waiting else []

    def _describe_withdrawal(self):
        """Return the sentence of the banner on this withdrawn round."""
        date = format_date(self.env, self.company_id._ltc_get_day(self.closed_on))
        if not self.closed_by_name:
            return self.env._("Round %(round)s was withdrawn on %(date)s.", round=self.round, date=date)
        return self.env._(
            "Round %(round)s was withdrawn by %(user)s on %(date)s.", round=self.round, user=self.closed_by_name,
            date=date)
