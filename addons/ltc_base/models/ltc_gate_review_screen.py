from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

URGENCIES = [
    ('late', "Late"),
    ('today', "Today"),
    ('later', "Later"),
]
DESK_LIMIT = 5  # rounds shown in the menu of the systray


class LtcGateReview(models.Model):
    """What the screens of a round show a reader: how urgent it is, what is asked of him, what he should look at."""
    _inherit = 'ltc.gate.review'

    urgency = fields.Selection(
        URGENCIES, compute='_compute_urgency', search='_search_urgency', group_expand=True,
        help="How the deadline stands in the reader's own day.")
    my_task = fields.Char(
        string="Asked of Me", compute='_compute_my_task', compute_sudo=True,
        help="What this round awaits from the reader: an opinion, a decision.")
    stands_in_for = fields.Char(
        string="In the Place Of", compute='_compute_my_task', compute_sudo=True,
        help="Whose place the reader takes, by a delegation or an escalation.")
    is_stand_in = fields.Boolean(
        string="I Stand In", compute='_compute_my_task', search='_search_is_stand_in', compute_sudo=True)
    opinion_marks = fields.Json(
        string="Opinions in Short", compute='_compute_opinion_marks', help="Each dimension with its verdict, if given.")
    checklist_summary = fields.Char(string="Checklist Fulfilled", compute='_compute_checklist_summary')
    turn_summary = fields.Char(
        string="Who Is on Turn", compute='_compute_turn_summary', compute_sudo=True,
        help="Who is on turn, and who comes next; empty where one decides for all.")
    previous_count = fields.Integer(string="Earlier Rounds", compute='_compute_screen_counts')
    attachment_count = fields.Integer(string="Number of Attachments", compute='_compute_screen_counts')

    # === COMPUTE METHODS === #

    @api.depends('deadline', 'state')
    @api.depends_context('tz')
    def _compute_urgency(self):
        now, tonight = fields.Datetime.now(), self._get_tonight()
        for review in self:
            if review.state != 'in_review' or not review.deadline:
                review.urgency = False
            elif review.deadline < now:
                review.urgency = 'late'
            else:
                review.urgency = 'today' if review.deadline < tonight else 'later'

    def _search_urgency(self, operator, value):
        if operator != 'in':
            return NotImplemented
        now, tonight = fields.Datetime.now(), self._get_tonight()
        conditions = {
            'late': Domain('deadline', '<', now),
            'today': Domain('deadline', '>=', now) & Domain('deadline', '<', tonight),
            'later': Domain('deadline', '>=', tonight),
        }
        running = Domain('state', '=', 'in_review') & Domain('deadline', '!=', False)
        return Domain.OR(
            running & conditions[urgency] if urgency else ~running
            for urgency in value if urgency in conditions or not urgency)

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != 'urgency':
            return super()._field_to_sql(alias, field_expr, query)
        deadline = self._field_to_sql(alias, 'deadline', query)
        return SQL(
            "CASE WHEN %s != 'in_review' OR %s IS NULL THEN NULL WHEN %s < %s THEN 'late'"
            " WHEN %s < %s THEN 'today' ELSE 'later' END",
            self._field_to_sql(alias, 'state', query), deadline,
            deadline, fields.Datetime.now(), deadline, self._get_tonight())

    def _get_tonight(self):
        """Return the end of the reader's day, as datetimes are stored."""
        midnight = datetime.combine(fields.Date.context_today(self) + timedelta(days=1), time.min)
        return self.env.tz.localize(midnight).astimezone(pytz.utc).replace(tzinfo=None)

    @api.depends(
        'state', 'is_heard', 'opinion_ids.state', 'approval_ids.is_turn', 'approval_ids.called_on',
        'escalated_user_ids')
    @api.depends_context('uid', 'lang')
    def _compute_my_task(self):
        user = self.env.user
        principals = self.env['ltc.delegation']._get_principals(user)
        for review in self:
            opinions = review._get_open_opinions(user, principals)
            seats = review._get_my_seats(principals) if review.is_heard else []
            represented = user.browse().union(
                *[review._get_represented(opinion.candidate_ids, user, principals) for opinion in opinions],
                *[principal for _seat, principal in seats])
            review.my_task = review._describe_task(opinions, seats)
            review.stands_in_for = ', '.join((represented - user).mapped('name'))
            review.is_stand_in = bool(represented - user)

    @api.depends('gate_name', 'level_name')
    @api.depends_context('lang')
    def _compute_labels(self):
        for name in ('gate_id', 'rule_id'):
            self[name].with_context(prefetch_langs=True).mapped('name')  # all languages by one query
        for review in self:
            review.gate_label = review._say_again(review.gate_id, review.gate_name)
            review.level_label = review._say_again(review.rule_id, review.level_name)

    def _say_again(self, record, name):
        """Return a frozen ``name`` in the reader's language; what was renamed since is called as it was then."""
        languages = [code for code, _name in self.env['res.lang'].get_installed()]
        is_same = name in [record.with_context(lang=code).name for code in languages]
        return record.name if is_same else name

    def _describe_task(self, opinions, seats):
        tasks = []
        if opinions:
            tasks.append(self.env._("Give opinion: %s", ', '.join(opinions.mapped('kind_label'))))
        if seats:
            tasks.append(self.env._("Decide as %s", self.level_label))
        return ' · '.join(tasks)

    def _search_is_stand_in(self, operator, value):
        if operator != 'in':
            return NotImplemented
        user = self.env.user
        own = (
            Domain('approval_ids', 'any', [('candidate_ids', 'in', user.ids), ('is_turn', '=', True)])
            & Domain('is_heard', '=', True)
            | Domain('opinion_ids', 'any', [('candidate_ids', 'in', user.ids), ('state', '=', 'pending')]))
        return Domain('waits_for_me', '=', True) & ~own

    @api.depends('opinion_ids.state', 'opinion_ids.verdict')
    @api.depends_context('lang')
    def _compute_opinion_marks(self):
        for review in self:
            review.opinion_marks = [{
                'label': opinion.kind_label,
                'verdict': opinion.verdict or 'pending',
                'risk': opinion.risk or '',
            } for opinion in review.opinion_ids]

    @api.depends('answer_ids')
    @api.depends_context('lang')
    def _compute_checklist_summary(self):
        for review in self:
            fulfilled = review.answer_ids.filtered('is_fulfilled')
            review.checklist_summary = review.answer_ids and self.env._(
                "%(fulfilled)s of %(total)s fulfilled", fulfilled=len(fulfilled), total=len(review.answer_ids))

    @api.depends('state', 'approval_ids.standing')
    @api.depends_context('lang')
    def _compute_turn_summary(self):
        for review in self:
            is_shared = review.state == 'in_review' and len(review.approval_ids) > 1
            review.turn_summary = is_shared and review._describe_turns()

    def _describe_turns(self):
        seats = {
            standing: ', '.join(found.mapped('display_name'))
            for standing, found in self.approval_ids.grouped('standing').items()}
        if 'next' in seats:
            return self.env._("On turn: %(turn)s. Next: %(next)s.", turn=seats.get('turn', ''), next=seats['next'])
        return self.env._("On turn: %(turn)s. Nobody after that.", turn=seats.get('turn', ''))

    @api.depends('previous_ids', 'attachment_ids')
    def _compute_screen_counts(self):
        for review in self:
            review.previous_count = len(review.previous_ids)
            review.attachment_count = len(review.attachment_ids)

    # === MENU OF THE SYSTRAY === #

    @api.model
    def get_my_desk(self):
        """Return what the systray shows: the counts of :meth:`get_my_count` and the next rounds; False for users who
        take no part in reviews."""
        if not self.has_access('read'):
            return False
        waiting = self.search([('waits_for_me', '=', True)], order='deadline, id', limit=DESK_LIMIT)
        counts = self.get_my_count() if len(waiting) == DESK_LIMIT else {
            'waiting': len(waiting), 'late': len(waiting.filtered('is_late'))}
        return {**counts, 'reviews': [review._prepare_desk_values() for review in waiting]}

    def _prepare_desk_values(self):
        """Return one line of the systray's menu."""
        return {
            'id': self.id,
            'document': self.document_name,
            'partner': self.partner_id.display_name or '',
            'gate': self.gate_code.upper(),
            'round': self.round,
            'task': self.my_task,
            'stands_in_for': self.stands_in_for,
            'amount': format_amount(self.env, self.amount_company, self.company_currency_id),
            'deadline': fields.Datetime.to_string(self.deadline),
            'is_urgent': self.is_urgent,
            'is_late': self.is_late,
        }

    def _get_mail_url(self):
        """Return the address under which a mail leads to this round, whatever the reader's menu."""
        return f'{self.get_base_url()}/odoo/ltc-my-reviews/{self.id}'

    def _tell_desks(self, users):
        """Let the systray of ``users`` ask anew what waits for them."""
        users._bus_send('ltc_base.desk_changed', {})
