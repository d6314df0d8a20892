import io
from datetime import timedelta

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from odoo import api, fields, models


class LtcDemo(models.AbstractModel):
    """The demo company's story, played by its own people through the real actions.

    Each floor adds a chapter ``_play_<floor>`` and calls it from its demo data; nothing here runs without demo data.
    """
    _name = 'ltc.demo'
    _description = "Demo Story"

    @api.model
    def _company(self):
        return self.env.ref('ltc_base.company_huachen')

    @api.model
    def _user(self, role):
        return self.env.ref(f'ltc_base.user_demo_{role}')

    @api.model
    def _as(self, role, records):
        """Return ``records`` as the demo user of ``role`` sees them, in the demo company."""
        return records.sudo(False).with_user(self._user(role)).with_context(
            allowed_company_ids=self._company().ids, tracking_disable=False, mail_notify_force_send=False,
        )

    @api.model
    def _keep(self, key, record):
        """Give ``record`` an external id, so that later chapters find it."""
        self.env['ir.model.data'].create({
            'module': 'ltc_base', 'name': f'demo_{key}', 'model': record._name, 'res_id': record.id, 'noupdate': True})

    @api.model
    def _find(self, key):
        return self.env.ref(f'ltc_base.demo_{key}')

    @api.model
    def _submit(self, document, code, note='', role='sales'):
        gate = self.env['ltc.gate']._get_by_code(code)
        document = self._as(role, document)
        return document._ltc_submit(code, {check.id: True for check in gate.check_ids}, note).sudo()

    @api.model
    def _hear(self, review, comments):
        """Let the reviewers speak: ``comments`` is {dimension: (verdict, comment, risk)}; the others agree."""
        for opinion in review.opinion_ids.filtered(lambda opinion: opinion.state == 'pending'):
            verdict, comment, risk = comments.get(opinion.kind, ('agree', "No objection.", ''))
            candidate = opinion.candidate_ids & self._get_people() or opinion.candidate_ids
            opinion.with_user(candidate[:1]).sudo(False).action_give(verdict, comment, risk)

    @api.model
    def _decide(self, review, decision, **values):
        while review.state == 'in_review':
            deciders = review._get_turn_seats()[:1].candidate_ids
            decider = (deciders & self._get_people() or deciders)[:1]
            review.with_user(decider).sudo(False).action_decide(decision, **values)

    @api.model
    def _pass(self, document, code, comments=None, decision='go', note='', **values):
        review = self._submit(document, code, note)
        self._hear(review, comments or {})
        self._decide(review, decision, **values)
        return review

    @api.model
    def _get_people(self):
        roles = ('manager', 'presales', 'delivery', 'finance', 'legal', 'collector', 'operations', 'sales')
        return self.env['res.users'].union(*[self._user(role) for role in roles])

    @api.model
    def _play_base(self):
        """The demo company runs with all five gates, and has for a year."""
        self._company().ltc_profile = 'full'
        self._backdate_gates()
        self._play_people()

    @api.model
    def _play_people(self):
        """Who stands in for whom: sales has a superior, legal is away next week, finance has a CFO, a board sits
        for large deals.
        """
        self._user('sales').ltc_superior_id = self._user('manager')
        self._company().ltc_cfo_id = self._user('finance')
        today = fields.Date.context_today(self)
        self.env['ltc.delegation'].with_user(self._user('legal')).create({
            'user_id': self._user('legal').id, 'delegate_id': self._user('finance').id, 'reason': "Trade fair",
            'date_from': today + timedelta(days=7), 'date_to': today + timedelta(days=11)})
        self.env['ltc.decision.team'].create({
            'name': "Board for Large Deals", 'company_id': self._company().id, 'member_ids': [
                fields.Command.create({'sequence': 1, 'kind': 'superior'}),
                fields.Command.create(
                    {'sequence': 2, 'kind': 'group', 'group_id': self.env.ref('ltc_base.group_ltc_decision').id}),
                fields.Command.create({
                    'sequence': 3, 'role': 'questioner', 'dimension': 'finance', 'kind': 'user',
                    'user_id': self._user('finance').id}),
            ]})

    @api.model
    def _backdate_gates(self):
        long_ago = fields.Datetime.now() - timedelta(days=400)
        self.env['ltc.gate.activation'].search([('company_id', '=', self._company().id)]).active_since = long_ago

    @api.model
    def _backdate(self, flow, age):
        """Spread the history of a case over its last ``age`` days: stages, rounds, opinions and decisions."""
        now = fields.Datetime.now()
        logs = flow.log_ids.sorted('id')
        for rank, log in enumerate(logs):
            log.entered_on = now - timedelta(days=age * (len(logs) - rank) / len(logs))
        flow.stage_since = logs[-1:].entered_on or now
        self.env.flush_all()
        reviews = self.env['ltc.gate.review'].search([('flow_id', '=', flow.id)], order='id')
        for rank, review in enumerate(reviews):
            days = age * (len(reviews) - rank) / (len(reviews) + 1) if review.state != 'in_review' else 0.2
            review.submitted_on = self._get_working_moment(now - timedelta(days=days))
            review.deadline = review.company_id._ltc_plan_hours(review.rule_id.hours or 24.0, review.submitted_on)
            if review.state != 'in_review':
                self._backdate_end(review)
            for opinion in review.opinion_ids.filtered('given_on'):
                opinion.given_on = review.submitted_on + timedelta(hours=3)

    @api.model
    def _backdate_end(self, review):
        """Let a round end some working hours after its submission: most in time, a few late."""
        hours = (3, 7, 11, 5, 30)[review.id % 5]
        review.closed_on = review.company_id._ltc_plan_hours(hours, review.submitted_on)
        review.cycle_hours = hours
        if review.state == 'decided':
            review.decided_on = review.closed_on

    @api.model
    def _get_working_moment(self, moment):
        """Return the same hour of the last day on which somebody was at work."""
        return moment - timedelta(days=max(moment.weekday() - 4, 0))

    @api.model
    def _draw_document(self, title, paragraphs, rows):
        """Return a plain PDF: while an addon installs, no server runs that could lay out Odoo's own report."""
        styles = getSampleStyleSheet()
        table = Table(rows, hAlign='LEFT', colWidths=[260, 70, 120])
        table.setStyle([('LINEBELOW', (0, 0), (-1, -1), 0.25, colors.grey), ('ALIGN', (1, 0), (-1, -1), 'RIGHT')])
        parts = [Paragraph(title, styles['Title']), *(Paragraph(text, styles['BodyText']) for text in paragraphs)]
        content = io.BytesIO()
        SimpleDocTemplate(content, pagesize=A4, title=title).build([*parts, Spacer(1, 12), table])
        return content.getvalue()
