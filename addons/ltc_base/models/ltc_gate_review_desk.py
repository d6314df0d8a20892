from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .ltc_gate_approval import PASSING

REVIEW_ACTIVITY = 'ltc_base.mail_activity_type_review'
REWORK_ACTIVITY = 'ltc_base.mail_activity_type_rework'


class LtcGateReview(models.Model):
    """Whose desk a round lies on: activities, mails, reminders, escalation, and Holds that come back."""
    _inherit = 'ltc.gate.review'

    @api.model
    def get_my_count(self):
        """Return how many reviews wait for the current user, and how many of them are late."""
        waiting = fields.Domain('waits_for_me', '=', True)
        return {
            'waiting': self.search_count(waiting),
            'late': self.search_count(waiting & fields.Domain('is_late', '=', True)),
        }

    # === DESKS === #

    def _update_desks(self):
        """Put the round on the desks of those who are awaited now and take it from all others."""
        self._start_clocks()
        for review in self:
            awaited = review._get_awaited_users() if review.state == 'in_review' else self.env['res.users']
            activities = review.activity_ids.filtered(
                lambda activity: activity.activity_type_id == self.env.ref(REVIEW_ACTIVITY))
            new, gone = awaited - activities.user_id, activities.user_id - awaited
            activities.filtered(lambda activity, gone=gone: activity.user_id in gone).unlink()
            review._schedule_reviews(new)
            review._mail_figures(new)
            review._tell_desks(new | gone)

    def _schedule_reviews(self, users):
        activities_sudo = self.env['mail.activity'].sudo()  # the submission gives tasks to others
        activities_sudo.with_context(mail_activity_quick_update=True).create([{  # one mail with the figures, not two
            'res_model_id': self.env['ir.model']._get_id(self._name),
            'res_id': self.id,
            'activity_type_id': self.env['ir.model.data']._xmlid_to_res_id(REVIEW_ACTIVITY),
            'user_id': user.id,
            'date_deadline': self.deadline and self.company_id._ltc_get_day(self.deadline),
            'summary': self.name,
            'automated': True,
        } for user in users])

    def _mail_figures(self, users, title=None):
        """Send the figures of this round to ``users``, to each in his language and time; ``title`` says why."""
        self.ensure_one()
        for (lang, tz), readers in (users - self.env.user).grouped(lambda user: (user.lang, user.tz)).items():
            review = self.with_context(lang=lang, tz=tz)
            review.message_notify(
                partner_ids=readers.partner_id.ids,
                subject=title(review) if title else review.env._("To review: %s", review.name),
                body=review.env['ir.qweb']._render('ltc_base.gate_review_mail', review._prepare_mail_values()),
                email_layout_xmlid='mail.mail_notification_light',
                model_description=review.env._("Gate Review"),
            )

    def _prepare_mail_values(self):
        """Return the values of the mail template: the round and its figures as a person reads them."""
        figures, folded = self.figures or {}, self._get_folded_figures()
        labels = sorted(self._get_figure_labels({}).items(), key=lambda item: item[0] in folded)
        return {
            'review': self,
            'why': self._get_reasons(),
            'rows': [
                (label, self._format_figure(key, figures[key], figures))
                for key, label in labels if figures.get(key) not in (None, False, '', [])
            ],
        }

    def _after_decision(self):
        """Tell the submitter and the document, and let the document follow up."""
        if self.decision in PASSING:
            self.condition_ids._schedule_activities()
        label = dict(self._fields['decision']._description_selection(self.env))[self.decision]
        body = self.env._("%(gate)s, round %(round)s: %(decision)s by %(user)s.", gate=self.gate_name,
                          round=self.round, decision=label, user=self._describe_decider())
        self._tell_submitter(body)
        document = self._get_document()
        if document:
            document._ltc_after_decision(self)

    def _describe_decider(self):
        """Return who decided, with both names where he stood in for somebody."""
        if self.on_behalf_of_id:
            return self.env._("%(user)s for %(principal)s", user=self.decider_name, principal=self.principal_name)
        return self.decider_name

    def _after_return(self):
        """Put the document back on the submitter's desk."""
        body = self.env._("%(gate)s, round %(round)s: returned for rework by %(user)s.", gate=self.gate_name,
                          round=self.round, user=self.env.user.name)
        self._tell_submitter(body)
        self._schedule_on_document(REWORK_ACTIVITY, self.submitted_by_id, self.reason)

    def _after_submission(self):
        self._log_on_document(self.env._(
            "%(gate)s, round %(round)s: submitted by %(user)s (%(level)s).", gate=self.gate_name, round=self.round,
            user=self.env.user.name, level=self.level_name))

    def _after_withdrawal(self):
        self._log_on_document(self.env._(
            "%(gate)s, round %(round)s: withdrawn by %(user)s.", gate=self.gate_name, round=self.round,
            user=self.closed_by_name))

    def _tell_submitter(self, body):
        if self.reason:
            body = Markup("%s<br/>%s") % (body, self.reason)
        self.message_post(body=body, partner_ids=self.submitted_by_id.partner_id.ids)
        self._log_on_document(body)

    def _log_on_document(self, body):
        """Note on the document what became of this round; nobody is notified."""
        document = self._get_document()
        if document and 'message_ids' in document._fields:
            document._message_log(body=body)

    def _schedule_on_document(self, activity_type, user, note):
        document = self._get_document()
        target = document if document and 'activity_ids' in document._fields else self
        if user.active:
            target.activity_schedule(activity_type, user_id=user.id, summary=self.name, note=note)

    # === REMINDING AND ESCALATING === #

    @api.model
    def _cron_follow_up(self):
        """Remind those who let a round wait, and call the next level once its deadline passed, by working hours.

        Both are found by one search each for a company and gate; each round is committed on its own, so a run that
        was killed goes on where it stopped and tells nobody twice.
        """
        groups = self._read_group([('state', '=', 'in_review')], ['company_id', 'gate_id'])
        for company, gate in groups:
            if not (
                self._follow_up(gate._get_reminder_domain(company), '_remind')
                and self._follow_up(gate._get_escalation_domain(company), '_escalate')
            ):
                return  # out of time; what is left was told, so the job is called again at once
        if self._follow_up(self._get_waiting_seats_domain(), '_escalate_seats'):
            self._follow_up(self._get_stand_in_domain(), '_call_substitutes')

    def _follow_up(self, domain, method_name):
        """Call the method on the rounds of ``domain``, a commit each; return False when the time of the job is over."""
        if domain is None:
            return True
        late = self.search(domain, order='deadline, id')
        self.env['ir.cron']._commit_progress(remaining=len(late))
        for review in late:
            review.invalidate_recordset()
            if review.try_lock_for_update().filtered_domain(domain):
                getattr(review, method_name)()
            if not self.env['ir.cron']._commit_progress(1):
                return False
        return True

    def _remind(self):
        self.reminded_on = fields.Datetime.now()
        awaited = self._get_awaited_users()
        self._mail_figures(awaited, lambda review: review.env._("Reminder: %s", review.name))
        self._audit('reminded', {'awaited': awaited.mapped('login')})

    def _escalate(self):
        """Call the next level of authority to act in the place of whoever let the deadline pass."""
        rule = self.gate_id._get_next_rule(self.level, self.company_id)
        seats = rule._get_seats(self._get_document(), self.submitted_by_id) if rule and self._get_document() else []
        called = (
            self._filter_substitutes(self.env['res.users'].union(*seats))
            or self._filter_substitutes(self.gate_id._get_fallback_users(self.company_id)))
        late = self._get_awaited_users()
        self.write({'escalated_on': fields.Datetime.now(), 'escalated_user_ids': [fields.Command.set(called.ids)]})
        names = {'late': ', '.join(late.mapped('name')), 'called': ', '.join(called.mapped('name'))}
        self.message_post(body=self.env._(
            "The deadline passed while it waited for %(late)s; escalated to %(called)s.", **names,
        ) if called else self.env._(
            "The deadline passed while it waited for %(late)s, and nobody is left to be called.", late=names['late']))
        self._audit('escalated', {'late': late.mapped('login'), 'called': called.mapped('login')})
        self._update_desks()

    # === HOLDS === #

    @api.model
    def _cron_resume_holds(self):
        """Bring documents back whose Hold ended: submit them again, or tell the submitter what is missing."""
        ended = self.search([
            ('decision', '=', 'hold'), ('resumed_on', '=', False), ('hold_until', '<=', 'today')], order='id')
        self.env['ir.cron']._commit_progress(remaining=len(ended))
        for review in ended:
            review.invalidate_recordset()
            if review.try_lock_for_update().filtered(lambda review: not review.resumed_on):
                review._resume()
            if not self.env['ir.cron']._commit_progress(1):
                break

    def _resume(self):
        """Open a new round in the submitter's name, with the answers given then; once per Hold."""
        self.resumed_on = fields.Datetime.now()
        document = self._get_document()
        last = document and document._ltc_get_last_review(self.gate_code, decided=False)
        if last != self:
            return  # gone, or reviewed again already
        try:
            with self.env.cr.savepoint():
                review = document.with_user(self.submitted_by_id).sudo(False)._ltc_submit(
                    self.gate_code, self._get_answers(), self.env._(
                        "The Hold of round %(round)s ended on %(date)s.", round=self.round,
                        date=format_date(self.env, self.hold_until)))
                self._audit('hold_resumed', {'new_round': review.sudo().round})
        except UserError as error:  # AccessError too: the submitter may have left
            owner = self.submitted_by_id if self.submitted_by_id.active else self.decided_by_id
            self._schedule_on_document(REWORK_ACTIVITY, owner, str(error))
            self._audit('hold_resumed', {'refused': str(error)})

    def _get_answers(self):
        """Return the checklist of today's gate as this round answered it."""
        fulfilled = {answer.name for answer in self.answer_ids if answer.is_fulfilled}
        return {check.id: check.name in fulfilled for check in self.gate_id.check_ids}
