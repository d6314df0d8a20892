from odoo import api, fields, models
from odoo.exceptions import UserError

from .ltc_authority_rule import APPROVAL_MODES
from .ltc_gate_approval import DECISIONS

REVIEW_STATES = [
    ('in_review', "In Review"),
    ('decided', "Decided"),
    ('returned', "Returned"),
    ('withdrawn', "Withdrawn"),
]


class LtcGateReview(models.Model):
    """One round of one gate on one document, with everything the decision was based on, frozen.

    Nobody creates, writes or deletes one: documents submit (``ltc.gate.mixin``), and the public methods here check
    who may, then act. A new submission is a new round; a past one never changes. What it can do lives beside this
    file: who may act (``_people``), the verbs (``_verbs``), the figures (``_figures``), the desk (``_desk``), what
    the screens show (``_screen``).
    """
    _name = 'ltc.gate.review'
    _description = "Gate Review"
    _inherit = ['ltc.fact.mixin', 'mail.thread', 'mail.activity.mixin']
    _order = 'id desc'
    _mail_post_access = 'read'  # what is new after an opinion or a decision is said in the chatter
    _rec_names_search = ['name', 'document_name']

    name = fields.Char(required=True, readonly=True)
    gate_id = fields.Many2one('ltc.gate', required=True, readonly=True, index=True, ondelete='restrict')
    gate_code = fields.Char(required=True, readonly=True)
    gate_name = fields.Char(required=True, readonly=True)
    gate_label = fields.Char(string="Decision Gate", compute='_compute_labels', compute_sudo=True)
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
    is_urgent = fields.Boolean(string="Urgent", readonly=True)
    deadline = fields.Datetime(readonly=True, help="By the working hours of the company.")
    is_late = fields.Boolean(compute='_compute_is_late', search='_search_is_late')
    reminded_on = fields.Datetime(readonly=True)
    escalated_on = fields.Datetime(readonly=True)
    escalated_user_ids = fields.Many2many(
        'res.users', 'ltc_gate_review_escalated_rel', string="Escalated To", readonly=True,
        help="Those who may act in the place of whoever let the deadline pass.")

    figures = fields.Json(readonly=True, help="What the decision is based on, as it stood at submission.")
    attachments = fields.Json(
        string="Files Frozen", readonly=True,
        help="Id, name and checksum of the files that the gate asked for, as they were at submission.")
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
    level_label = fields.Char(string="Level of Authority", compute='_compute_labels', compute_sudo=True)
    mode = fields.Selection(APPROVAL_MODES, required=True, readonly=True)
    distinct_people = fields.Boolean(string="A Person per Seat", readonly=True)
    approval_ids = fields.One2many('ltc.gate.approval', 'review_id', string="Deciders", readonly=True)
    opinion_ids = fields.One2many('ltc.gate.opinion', 'review_id', string="Opinions", readonly=True)
    answer_ids = fields.One2many('ltc.gate.answer', 'review_id', string="Checklist", readonly=True)
    condition_ids = fields.One2many('ltc.gate.condition', 'review_id', string="Conditions", readonly=True)
    is_heard = fields.Boolean(
        string="Opinions Heard", compute='_compute_is_heard', store=True,
        help="Every opinion that is required was given: the deciders are on turn.")
    progress = fields.Char(compute='_compute_progress', compute_sudo=True)
    waits_for_me = fields.Boolean(compute='_compute_waits_for_me', search='_search_waits_for_me', compute_sudo=True)
    can_decide = fields.Boolean(compute='_compute_waits_for_me', compute_sudo=True)
    can_give_opinion = fields.Boolean(compute='_compute_waits_for_me', compute_sudo=True)
    comment_required = fields.Boolean(readonly=True, help="The gate asked for a comment on every decision.")
    previous_ids = fields.Many2many('ltc.gate.review', string="Previous Rounds", compute='_compute_previous_ids')
    attachment_ids = fields.Many2many('ir.attachment', string="Attachments", compute='_compute_attachment_ids')

    decision = fields.Selection(DECISIONS, readonly=True, tracking=True)
    reason = fields.Text(readonly=True)
    minutes = fields.Text(readonly=True)
    hold_until = fields.Date(string="Clean Up By", readonly=True)
    decided_by_id = fields.Many2one('res.users', readonly=True)
    decider_name = fields.Char(readonly=True, help="Who decided, as he was called then.")
    principal_name = fields.Char(readonly=True, help="For whom the decider stood in, as he was called then.")
    on_behalf_of_id = fields.Many2one('res.users', readonly=True, help="For whom the decider stood in.")
    decided_on = fields.Datetime(readonly=True)
    closed_on = fields.Datetime(readonly=True, help="When the round was decided, returned or withdrawn.")
    closed_by_name = fields.Char(
        string="Closed By", readonly=True, help="Who decided, returned or withdrew it, as he was called then.")
    cycle_hours = fields.Float(
        readonly=True, aggregator='avg', help="Working hours of the company from submission to the round's end.")
    resumed_on = fields.Datetime(readonly=True, help="When the Hold ended and the document came back by itself.")

    _document_idx = models.Index('(res_model, res_id, gate_code, id)')
    _open_deadline_idx = models.Index("(deadline) WHERE state = 'in_review'")
    _hold_idx = models.Index("(hold_until) WHERE decision = 'hold' AND resumed_on IS NULL")
    _one_open_round_uniq = models.UniqueIndex(
        "(gate_id, res_model, res_id) WHERE state = 'in_review'", "The document is under review at this gate already.")

    # === COMPUTE METHODS === #

    @api.depends('opinion_ids.state', 'opinion_ids.is_required')
    def _compute_is_heard(self):
        for review in self:
            review.is_heard = not review._get_missing_opinions()

    @api.depends('state', 'decision', 'is_heard', 'opinion_ids.state')
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
                self.env._("Waiting for a decision") if review.is_heard
                else self.env._("%(given)s of %(total)s opinions", given=len(given), total=len(review.opinion_ids))
            )

    @api.depends('deadline', 'state')
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for review in self:
            review.is_late = review.state == 'in_review' and review.deadline and review.deadline < now

    def _search_is_late(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return [('state', '=', 'in_review'), ('deadline', '<', 'now')]

    def _compute_previous_ids(self):
        earlier = self.search([
            ('res_model', 'in', self.mapped('res_model')), ('res_id', 'in', self.mapped('res_id')),
            ('gate_code', 'in', self.mapped('gate_code')),
        ])
        for review in self:
            review.previous_ids = earlier.filtered(
                lambda other, review=review: other.id < review.id
                and (other.res_model, other.res_id, other.gate_code)
                == (review.res_model, review.res_id, review.gate_code))

    def _compute_attachment_ids(self):
        attachments = self.env['ir.attachment'].search([
            ('res_model', 'in', self.mapped('res_model')), ('res_id', 'in', self.mapped('res_id')),
            ('res_field', '=', False),
        ])  # what the reader may not open is not found
        for review in self:
            review.attachment_ids = attachments.filtered(
                lambda attachment, review=review:
                (attachment.res_model, attachment.res_id) == (review.res_model, review.res_id))

    # === CRUD METHODS === #

    def _fetch_query(self, query, fields):
        """Read the rounds of documents whole: the one2many asks for their ids alone, and their facts always follow."""
        if {field.name for field in fields} == {'res_id'}:
            fields = self._determine_fields_to_fetch()
        return super()._fetch_query(query, fields)

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

    # === BUSINESS METHODS === #

    def _get_document(self):
        """Return the document under review as this round's gate sees it, or an empty recordset when it is gone."""
        self.ensure_one()
        if self.res_model not in self.env:
            return self.env['ltc.gate.review'].browse()
        return self.env[self.res_model].sudo().browse(self.res_id).exists()
