from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import format_amount

from .ltc_authority_rule import APPROVAL_MODES

REVIEW_STATES = [
    ('in_review', "In Review"),
    ('decided', "Decided"),
    ('withdrawn', "Withdrawn"),
]
DECISIONS = [
    ('go', "Go"),
    ('conditional', "Conditional Go"),
    ('hold', "Hold"),
    ('no_go', "No-Go"),
]
PASSING = ('go', 'conditional')
ELASTIC_FIGURES = {'amount', 'amount_untaxed', 'margin_percent', 'discount_percent', 'lines'}


class LtcGateReview(models.Model):
    """One round of one gate on one document, with everything the decision was based on, frozen.

    Nobody creates, writes or deletes one: documents submit (``ltc.gate.mixin``), and the public methods here check
    who may, then act. A new submission is a new round; a past one never changes.
    """
    _name = 'ltc.gate.review'
    _description = "Gate Review"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'id desc'
    _rec_names_search = ['name', 'document_name']

    name = fields.Char(required=True, readonly=True)
    gate_id = fields.Many2one('ltc.gate', required=True, readonly=True, index=True, ondelete='restrict')
    gate_code = fields.Char(required=True, readonly=True)
    gate_name = fields.Char(string="Decision Gate", required=True, readonly=True)
    res_model = fields.Char(string="Document Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Document ID", model_field='res_model', required=True, readonly=True, index=True)
    document_name = fields.Char(string="Document", required=True, readonly=True)
    flow_id = fields.Many2one('ltc.flow', string="LTC Case", readonly=True, index='btree_not_null')
    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    company_currency_id = fields.Many2one(related='company_id.currency_id', string="Company Currency")
    round = fields.Integer(required=True, readonly=True)
    state = fields.Selection(REVIEW_STATES, required=True, readonly=True, default='in_review', index=True)

    submitted_by_id = fields.Many2one('res.users', required=True, readonly=True)
    submitted_on = fields.Datetime(required=True, readonly=True)
    note = fields.Text(string="Submitter's Note", readonly=True)
    deadline = fields.Datetime(readonly=True)

    figures = fields.Json(readonly=True, help="What the decision is based on, as it stood at submission.")
    figures_table = fields.Json(string="Figures Compared", compute='_compute_figures_table', compute_sudo=True)
    is_changed = fields.Boolean(string="Changed Since", compute='_compute_is_changed', compute_sudo=True)
    tolerance = fields.Float(string="Tolerance (%)", readonly=True, help="The gate's tolerance as it was then.")
    currency_id = fields.Many2one('res.currency', required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    amount_company = fields.Monetary(
        string="Amount (Company)", currency_field='company_currency_id', readonly=True,
        help="At the rate of the document's date.")
    margin_percent = fields.Float(string="Margin (%)", readonly=True, aggregator='avg')
    discount_percent = fields.Float(string="Discount (%)", readonly=True, aggregator='max')
    payment_days = fields.Integer(readonly=True, aggregator='max')

    rule_id = fields.Many2one('ltc.authority.rule', readonly=True, ondelete='set null')
    level = fields.Integer(readonly=True, aggregator=None)
    level_name = fields.Char(string="Authority", readonly=True)
    mode = fields.Selection(APPROVAL_MODES, required=True, readonly=True)
    approval_ids = fields.One2many('ltc.gate.approval', 'review_id', string="Deciders", readonly=True)
    opinion_ids = fields.One2many('ltc.gate.opinion', 'review_id', string="Opinions", readonly=True)
    answer_ids = fields.One2many('ltc.gate.answer', 'review_id', string="Checklist", readonly=True)
    condition_ids = fields.One2many('ltc.gate.condition', 'review_id', string="Conditions", readonly=True)
    progress = fields.Char(compute='_compute_progress', compute_sudo=True)
    waits_for_me = fields.Boolean(compute='_compute_waits_for_me', search='_search_waits_for_me', compute_sudo=True)
    can_decide = fields.Boolean(compute='_compute_waits_for_me', compute_sudo=True)

    decision = fields.Selection(DECISIONS, readonly=True, tracking=True)
    reason = fields.Text(readonly=True)
    minutes = fields.Text(readonly=True)
    hold_until = fields.Date(string="Clean Up By", readonly=True)
    decided_by_id = fields.Many2one('res.users', readonly=True)
    decided_on = fields.Datetime(readonly=True)
    cycle_hours = fields.Float(string="Cycle Time (Working Hours)", readonly=True, aggregator='avg')

    _document_idx = models.Index('(res_model, res_id, gate_code, id)')
    _one_open_round_uniq = models.UniqueIndex(
        "(gate_id, res_model, res_id) WHERE state = 'in_review'", "The document is under review at this gate already.")

    # === COMPUTE METHODS === #

    @api.depends('state', 'decision', 'opinion_ids.state', 'approval_ids.decision')
    @api.depends_context('lang')
    def _compute_progress(self):
        decisions = dict(self._fields['decision']._description_selection(self.env))
        states = dict(self._fields['state']._description_selection(self.env))
        for review in self:
            if review.state != 'in_review':
                review.progress = decisions.get(review.decision) or states[review.state]
                continue
            given = review.opinion_ids.filtered(lambda opinion: opinion.state == 'given')
            review.progress = (
                self.env._("Waiting for a decision") if review._is_heard()
                else self.env._("%(given)s of %(total)s opinions", given=len(given), total=len(review.opinion_ids))
            )

    @api.depends('state', 'opinion_ids.state', 'approval_ids.decision')
    @api.depends_context('uid')
    def _compute_waits_for_me(self):
        user = self.env.user
        for review in self:
            review.can_decide = review.state == 'in_review' and user in review._get_next_approvals().user_id
            review.waits_for_me = review.can_decide or bool(review._get_open_opinions(user))

    def _search_waits_for_me(self, operator, value):
        if operator != 'in':
            return NotImplemented
        user_id = self.env.uid
        waiting = fields.Domain('state', '=', 'in_review') & (
            fields.Domain('approval_ids', 'any', [('user_id', '=', user_id), ('decision', '=', False)])
            | fields.Domain('opinion_ids', 'any', [('candidate_ids', 'in', [user_id]), ('state', '=', 'pending')])
        )
        return waiting

    def _compute_is_changed(self):
        for review in self:
            document = review._get_document()
            review.is_changed = bool(document) and not review._matches(document)

    @api.depends_context('lang')
    def _compute_figures_table(self):
        for review in self:
            document = review._get_document()
            today = document._ltc_get_gate_figures(review.gate_code) if document else {}
            labels = self.env[review.res_model]._ltc_get_figure_labels() if review.res_model in self.env else {}
            review.figures_table = review._prepare_figures_table(today, labels)

    def _prepare_figures_table(self, today, labels):
        """Return rows and lines of the comparison widget: every frozen figure beside today's, formatted."""
        frozen = self.figures or {}
        rows = [{
            'label': label,
            'frozen': self._format_figure(key, frozen.get(key), frozen),
            'today': self._format_figure(key, today.get(key), today),
            'changed': frozen.get(key) != today.get(key),
            'kind': 'number' if isinstance(frozen.get(key, today.get(key)), (int, float)) else 'text',
        } for key, label in labels.items() if key in frozen or key in today]
        return {'rows': rows, 'lines': self._prepare_lines_table(frozen.get('lines'), today.get('lines'))}

    def _prepare_lines_table(self, frozen_lines, today_lines):
        """Return the lines side by side, matched by position; the document says how a line reads."""
        if not frozen_lines and not today_lines:
            return False
        Document = self.env[self.res_model]
        rows = []
        for index in range(max(len(frozen_lines or []), len(today_lines or []))):
            frozen = frozen_lines[index] if index < len(frozen_lines or []) else None
            today = today_lines[index] if index < len(today_lines or []) else None
            rows.append(self._prepare_line_row(Document, frozen, today))
        return {'columns': Document._ltc_get_line_columns(), 'rows': rows}

    def _prepare_line_row(self, Document, frozen, today):
        blank = [''] * len(Document._ltc_get_line_columns())
        frozen_cells = Document._ltc_format_line(frozen) if frozen else blank
        today_cells = Document._ltc_format_line(today) if today else blank
        if frozen and today:
            state = 'same' if frozen == today else 'changed'
        else:
            state = 'removed' if frozen else 'added'
        return {'state': state, 'cells': [
            {'frozen': before, 'today': after, 'changed': before != after}
            for before, after in zip(frozen_cells, today_cells, strict=True)
        ]}

    def _format_figure(self, key, value, figures):
        if value is None or value is False:
            return ''
        if key in ('amount', 'amount_untaxed'):
            currency = self.env['res.currency'].search([('name', '=', figures.get('currency'))], limit=1)
            return format_amount(self.env, value, currency or self.currency_id)
        return self.env[self.res_model]._ltc_format_figure(key, value)

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(self.env._(
            "Review %s is part of the decision history and cannot be deleted; withdraw it instead.", self[:1].name))

    # === ACTION METHODS === #

    def action_open(self):
        """Open the review to decide on."""
        self.ensure_one()
        self.check_access('read')
        return self._get_records_action()

    def action_open_document(self):
        """Open the document under review."""
        self.ensure_one()
        return self._get_document()._get_records_action()

    def action_open_decide(self):
        """Open the decision dialog."""
        self.ensure_one()
        self._check_may_decide()
        return self._open_dialog('ltc.gate.decide', self.env._("Decide"))

    def action_open_opinion(self):
        """Open the dialog in which the user gives an opinion."""
        self.ensure_one()
        if not self.sudo()._get_open_opinions(self.env.user):
            raise UserError(self.env._(
                "Review %s does not wait for an opinion of yours; open My Reviews to see what does.", self.name))
        return self._open_dialog('ltc.gate.opinion.give', self.env._("Give Your Opinion"))

    def _open_dialog(self, model, title):
        return {
            'type': 'ir.actions.act_window',
            'name': title,
            'res_model': model,
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_review_id': self.id},
        }

    def action_decide(self, decision, reason='', hold_until=False, minutes='', conditions=()):
        """Record the decision of the current user, who must be a decider of this round.

        :param str decision: 'go', 'conditional', 'hold' or 'no_go'
        :param str reason: required for hold and no_go
        :param hold_until: date by which a held document is cleaned up, required for hold
        :param conditions: for a conditional go, dicts of ``name``, ``user_id`` and ``date_due``
        """
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

    def action_withdraw(self):
        """Take the document back from review; only its submitter may, and the round stays on record."""
        for review in self:
            review._lock()
            if review.submitted_by_id != self.env.user:
                raise AccessError(self.env._(
                    "Review %(review)s was submitted by %(user)s and only that person withdraws it; ask for it.",
                    review=review.name, user=review.submitted_by_id.sudo().name))
            review._check_open()
            review_sudo = review.sudo()  # the submitter has no write access to reviews
            review_sudo.state = 'withdrawn'
            review_sudo.activity_unlink(['ltc_base.mail_activity_type_review'])
        return True

    # === BUSINESS METHODS - WHO MAY === #

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
        user = self.env.user
        if user == self.submitted_by_id:
            raise AccessError(self.env._(
                "Review %s was submitted by you; somebody else has to decide it.", self.name))
        if user not in self.sudo()._get_next_approvals().user_id:
            raise AccessError(self.env._(
                "Review %(review)s is decided by %(deciders)s; you have no decision to make on it.",
                review=self.name, deciders=', '.join(self.sudo()._get_next_approvals().user_id.mapped('name'))))

    def _check_decision(self, decision, reason, hold_until, conditions):
        blockers = self.sudo()._get_decision_blockers(decision, reason, hold_until, conditions)
        if blockers:
            raise UserError('\n'.join(blockers))

    def _get_decision_blockers(self, decision, reason, hold_until, conditions):
        """Return, as sentences, what keeps this round from that decision."""
        if decision not in dict(DECISIONS):
            return [self.env._("Review %s: choose Go, Conditional Go, Hold or No-Go.", self.name)]
        if decision in PASSING:
            return self._get_passing_blockers(decision, conditions)
        blockers = []
        if not (reason or '').strip():
            blockers.append(self.env._("Review %s: give the reason for a Hold or a No-Go.", self.name))
        hold_until = fields.Date.to_date(hold_until)
        if decision == 'hold' and (not hold_until or hold_until <= fields.Date.context_today(self)):
            blockers.append(self.env._(
                "Review %s: a Hold needs a future date by which it is cleaned up; set it.", self.name))
        return blockers

    def _get_passing_blockers(self, decision, conditions):
        blockers = []
        if not self._is_heard():
            pending = self.opinion_ids.filtered(lambda opinion: opinion.is_required and opinion.state == 'pending')
            blockers.append(self.env._(
                "Review %(review)s lacks the opinions: %(opinions)s; wait for them or ask for them.",
                review=self.name, opinions=', '.join(pending.mapped('kind_label'))))
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
                "Review %s: a Conditional Go needs conditions, each with a task, an owner and a due date.", self.name))
        return blockers

    # === BUSINESS METHODS - DECISION === #

    def _record_decision(self, decision, values, conditions):
        """Stamp the user's approval; close the round when it is refused, or when the mode is satisfied."""
        self._get_next_approvals().filtered(lambda approval: approval.user_id == self.env.user).write({
            'decision': decision,
            'decided_on': fields.Datetime.now(),
            'comment': values['reason'],
        })
        self.env['ltc.gate.condition'].create([
            {'review_id': self.id, **{name: line[name] for name in ('name', 'user_id', 'date_due')}}
            for line in conditions if decision == 'conditional'
        ])
        open_approvals = self.approval_ids.filtered(lambda approval: not approval.decision)
        if decision in PASSING and self.mode != 'any' and open_approvals:
            self._notify_next()
            return
        if decision == 'go' and self.condition_ids:
            decision = 'conditional'  # an earlier decider of this round set conditions
        self.write({
            **values,
            'state': 'decided',
            'decision': decision,
            'decided_by_id': self.env.uid,
            'decided_on': fields.Datetime.now(),
        })
        self.activity_unlink(['ltc_base.mail_activity_type_review'])
        self._after_decision()

    def _after_decision(self):
        """Tell the submitter and the document, and let the document follow up."""
        self.condition_ids._schedule_activities()
        label = dict(self._fields['decision']._description_selection(self.env))[self.decision]
        body = self.env._("%(gate)s, round %(round)s: %(decision)s by %(user)s.", gate=self.gate_name,
                          round=self.round, decision=label, user=self.decided_by_id.name)
        if self.reason:
            body = Markup("%s<br/>%s") % (body, self.reason)
        self.message_post(body=body, partner_ids=self.submitted_by_id.partner_id.ids)
        document = self._get_document()
        if document:
            if 'message_ids' in document._fields:
                document.message_post(body=body)
            document._ltc_after_decision(self)

    def _is_heard(self):
        return not self.opinion_ids.filtered(lambda opinion: opinion.is_required and opinion.state == 'pending')

    def _get_next_approvals(self):
        """Return the approvals that may be given now: in sequence only the first open one."""
        open_approvals = self.approval_ids.filtered(lambda approval: not approval.decision)
        return open_approvals[:1] if self.mode == 'sequential' else open_approvals

    def _get_open_opinions(self, user):
        if self.state != 'in_review':
            return self.opinion_ids.browse()
        return self.opinion_ids.filtered(
            lambda opinion: opinion.state == 'pending' and user in opinion.candidate_ids)

    def _get_document(self):
        """Return the document under review as this round's gate sees it, or an empty recordset when it is gone."""
        self.ensure_one()
        if self.res_model not in self.env:
            return self.env['ltc.gate.review'].browse()
        return self.env[self.res_model].sudo().browse(self.res_id).exists()

    def _matches(self, document):
        """Return whether the document's figures of today still are the frozen ones, within the frozen tolerance."""
        return self._is_unchanged(document._ltc_get_gate_figures(self.gate_code))

    def _is_unchanged(self, today):
        """Return whether ``today``'s figures still stand within the tolerance of this round.

        Keys that tell magnitude (amount, margin, discount) may drift within the tolerance, and with them the
        lines; every other key must be equal.
        """
        self.ensure_one()
        frozen = self.figures
        if frozen == today:
            return True
        if not self.tolerance:
            return False
        exact = (frozen.keys() | today.keys()) - ELASTIC_FIGURES
        return (
            all(frozen.get(key) == today.get(key) for key in exact)
            and abs(today.get('amount', 0.0) - frozen.get('amount', 0.0))
            <= abs(frozen.get('amount', 0.0)) * self.tolerance / 100
            and today.get('margin_percent', 0.0) >= frozen.get('margin_percent', 0.0) - self.tolerance
            and today.get('discount_percent', 0.0) <= frozen.get('discount_percent', 0.0) + self.tolerance
        )

    # === BUSINESS METHODS - PASSING === #

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
        overdue = self.condition_ids.filtered('is_overdue')
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
        today = document._ltc_get_gate_figures(self.gate_code)
        labels = document._ltc_get_figure_labels()
        frozen = self.figures
        changed = [key for key in labels if frozen.get(key) != today.get(key)]
        changes = [
            f'{labels[key]}: {self._format_figure(key, frozen.get(key), frozen)}'
            f' → {self._format_figure(key, today.get(key), today)}'
            for key in changed if key != 'lines'
        ]
        if frozen.get('lines') != today.get('lines'):
            changes.append(self.env._("the lines differ"))
        return '; '.join(changes) or self.env._("its figures differ")

    # === BUSINESS METHODS - BANNER === #

    def _describe_waiting(self):
        """Return one sentence on whom this open round waits for."""
        if self._is_heard():
            return self.env._(
                "Round %(round)s waits for the decision of %(users)s (%(level)s).", round=self.round,
                users=', '.join(self._get_next_approvals().user_id.mapped('name')), level=self.level_name)
        pending = self.opinion_ids.filtered(lambda opinion: opinion.state == 'pending')
        return self.env._(
            "Round %(round)s waits for opinions: %(opinions)s.", round=self.round,
            opinions=', '.join(pending.mapped('kind_label')))

    def _describe_decision(self, document):
        """Return (state, sentence) of this decided round as the banner shows it beside ``document``."""
        if self.decision not in PASSING:
            return self.decision, self.env._(
                "Decided by %(user)s on %(date)s: %(reason)s", user=self.decided_by_id.name,
                date=fields.Date.to_string(self.decided_on), reason=self.reason)
        blockers = self._get_blockers(document)
        if blockers:
            return 'stale', ' '.join(blockers)
        return self.decision, self.env._(
            "Decided by %(user)s on %(date)s (%(level)s).", user=self.decided_by_id.name,
            date=fields.Date.to_string(self.decided_on), level=self.level_name)

    # === BUSINESS METHODS - NOTIFY === #

    def _notify_next(self):
        """Put the round on the desk of whoever has to act now: opinions first, and the deciders from the start."""
        self.ensure_one()
        waiting = self._get_next_approvals().user_id
        for opinion in self.opinion_ids.filtered(lambda opinion: opinion.state == 'pending'):
            waiting |= opinion.candidate_ids
        scheduled = self.activity_ids.user_id
        for user in waiting - scheduled:
            self.activity_schedule(
                'ltc_base.mail_activity_type_review', user_id=user.id,
                date_deadline=fields.Date.to_date(self.deadline), summary=self.name)


class LtcGateAnswer(models.Model):
    """A checklist item as it was answered at submission."""
    _name = 'ltc.gate.answer'
    _description = "Checklist Answer"
    _order = 'id'

    review_id = fields.Many2one('ltc.gate.review', required=True, readonly=True, index=True, ondelete='cascade')
    name = fields.Char(required=True, readonly=True)
    is_required = fields.Boolean(string="Required", readonly=True)
    is_fulfilled = fields.Boolean(string="Fulfilled", readonly=True)
