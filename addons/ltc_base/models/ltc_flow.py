from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import get_user_name

FLOW_STAGES = [
    ('lead', "Lead"),
    ('opportunity', "Opportunity"),
    ('quote', "Quotation"),
    ('contract', "Contract"),
    ('delivery', "Delivery"),
    ('acceptance', "Acceptance"),
    ('invoice', "Invoice"),
    ('cash', "Cash"),
    ('closed', "Closed"),
]
FLOW_STATES = [
    ('open', "Open"),
    ('closed', "Closed"),
    ('lost', "Lost"),
]
STAGE_RANK = {stage: rank for rank, (stage, _label) in enumerate(FLOW_STAGES)}
DELIVERY_STAGES = ('delivery', 'acceptance')


class LtcFlow(models.Model):
    """The thread of one case from lead to cash.

    Users only read it: documents write the facts at their hand-offs through :meth:`_open_flows`,
    :meth:`_advance`, :meth:`_close`, :meth:`_lose` and :meth:`_reopen`.
    """
    _name = 'ltc.flow'
    _inherit = ['ltc.fact.mixin']
    _description = "Lead-to-Cash Case"
    _order = 'id desc'
    _rec_names_search = ['name', 'partner_id']

    name = fields.Char(string="Reference", required=True, readonly=True, index='trigram')
    partner_id = fields.Many2one('res.partner', string="Customer", readonly=True, index='btree_not_null')
    company_id = fields.Many2one('res.company', readonly=True, required=True, index=True)
    currency_id = fields.Many2one('res.currency', readonly=True, required=True)
    amount = fields.Monetary(
        readonly=True, help="What the case is worth today: expected revenue, then quotation, then contract value.")
    ar_user_id = fields.Many2one(
        'res.users', string="Account Responsible (AR)", readonly=True, index='btree_not_null')
    sr_user_id = fields.Many2one('res.users', string="Solution Responsible (SR)", readonly=True)
    fr_user_id = fields.Many2one('res.users', string="Fulfilment Responsible (FR)", readonly=True)
    stage = fields.Selection(
        FLOW_STAGES, required=True, readonly=True, default='opportunity', index=True,
        group_expand='_group_expand_stage')
    stage_since = fields.Datetime(readonly=True, required=True, default=fields.Datetime.now)
    state = fields.Selection(FLOW_STATES, required=True, readonly=True, default='open', index=True)
    is_under_review = fields.Boolean(
        compute='_compute_is_under_review', store=True, compute_sudo=True,
        help="Some document of the case is under review: asked of one column wherever the case is shown.")
    review_ids = fields.One2many('ltc.gate.review', 'flow_id', string="Gate Reviews", readonly=True)
    log_ids = fields.One2many('ltc.flow.log', 'flow_id', string="Stage History", readonly=True)
    owner_id = fields.Many2one('res.users', string="Next Step With", compute='_compute_owner_id', compute_sudo=True)
    stage_days = fields.Integer(string="Days in Stage", compute='_compute_stage_days')
    blocker = fields.Char(string="Waiting For", compute='_compute_blocker', compute_sudo=True)

    _name_uniq = models.UniqueIndex('(name)', "A case of that reference exists already.")

    @api.depends('stage', 'ar_user_id', 'sr_user_id', 'fr_user_id')
    def _compute_owner_id(self):
        for flow in self:
            flow.owner_id = flow._get_stage_owner() if flow.state == 'open' else False

    @api.depends('stage_since')
    def _compute_stage_days(self):
        now = fields.Datetime.now()
        for flow in self:
            flow.stage_days = (now - flow.stage_since).days if flow.stage_since else 0

    @api.depends('review_ids.state')
    def _compute_is_under_review(self):
        open_counts = dict(self.env['ltc.gate.review']._read_group(
            [('flow_id', 'in', self.ids), ('state', '=', 'in_review')], ['flow_id'], ['__count']))
        for flow in self:
            flow.is_under_review = flow._origin in open_counts

    @api.depends('is_under_review')
    @api.depends_context('lang')
    def _compute_blocker(self):
        waiting = {}
        reviewed = self.filtered('is_under_review')
        if reviewed:
            reviews = self.env['ltc.gate.review'].search(
                [('flow_id', 'in', reviewed.ids), ('state', '=', 'in_review')], order='id')
            waiting = {review.flow_id.id: review for review in reviews}
        for flow in self:
            review = waiting.get(flow.id)
            flow.blocker = review and self.env._(
                "%(gate)s: %(progress)s", gate=review.gate_id.name, progress=review.progress)

    @api.model
    def _group_expand_stage(self, stages, domain):
        """Show every step as a column, in order; a case is born as an opportunity, so the first step holds none."""
        return [stage for stage, _label in FLOW_STAGES if stage != 'lead' or stage in stages]

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_nobody(self):
        raise UserError(self.env._(
            "Case %s cannot be deleted, for its history must stay; mark the opportunity as lost instead.",
            self[:1].name))

    # === ACTION METHODS === #

    def action_open_stage(self, stage):
        """Open the case's documents of one stage: the form when there is one, else a list.

        The user's own access decides what is seen.
        """
        self.ensure_one()
        self.check_access('read')
        for document_stage, model_name in self._get_document_models():
            Document = self.env[model_name]
            if document_stage != stage or not Document.has_access('read'):
                continue
            documents = Document.search([('ltc_flow_id', '=', self.id)])
            if documents:
                return documents._get_records_action(name=dict(
                    self._fields['stage']._description_selection(self.env))[stage])
        return self._get_records_action()

    def action_view_documents(self):
        """Open the documents of the stage where the case stands."""
        return self.action_open_stage(self.stage)

    # === BUSINESS METHODS === #

    def _prepare_log_values(self):
        return [{
            'flow_id': flow.id,
            'stage': flow.stage,
            'entered_on': flow.stage_since,
            'entered_by_id': self.env.uid,
        } for flow in self]

    def _advance(self, stage, **values):
        """Record that the cases reached ``stage``; a case that is further already keeps its stage.

        :param str stage: key of ``FLOW_STAGES``
        :param values: facts that the hand-off brings along (``amount``, ``fr_user_id`` …)
        """
        flows_sudo = self.sudo()  # users never write a flow; the document's own hand-off does
        moving = flows_sudo.filtered(lambda flow: STAGE_RANK[flow.stage] < STAGE_RANK[stage])
        if moving:
            moving.write({'stage': stage, 'stage_since': fields.Datetime.now(), **values})
            self.env['ltc.flow.log'].sudo().create(moving._prepare_log_values())
            moving._on_stage_entered()
        if values:
            (flows_sudo - moving)._write_changed(values)

    def _on_stage_entered(self):
        """Follow up on cases (in sudo) that have just entered their stage. Empty here; extended for tasks."""

    def _write_changed(self, values):
        """Write only where a value differs, so that a repeated hand-off costs nothing."""
        for name, value in values.items():
            field = self._fields[name]
            changed = self.filtered(
                lambda flow, field=field, value=value: field.convert_to_write(flow[field.name], flow) != value)
            if changed:
                changed.write({name: value})

    def _close(self):
        """Close the cases: everything is delivered, accepted, invoiced and paid."""
        self._advance('closed')
        self.sudo()._write_changed({'state': 'closed'})

    def _lose(self):
        """Take the cases out of the running ones: the opportunity is lost or merged into another."""
        self.sudo()._write_changed({'state': 'lost'})

    def _reopen(self):
        self.sudo()._write_changed({'state': 'open'})

    def _get_stage_owner(self):
        """Return the user who owns the next step of this case. Extended by whoever knows better."""
        self.ensure_one()
        if self.stage in DELIVERY_STAGES:
            return self.fr_user_id or self.ar_user_id
        return self.ar_user_id

    @api.model
    def _get_document_models(self):
        """Return (stage, model name) pairs of the documents that carry ``ltc_flow_id``; each floor adds its own."""
        return []

    # === FLOW BAR === #

    def _get_bar(self):
        """Return the data of the flow bar widget for this case."""
        self.ensure_one()
        logs = self.env['ltc.flow.log'].search_fetch([('flow_id', '=', self.id)], ['stage', 'entered_on'])
        entered = {log.stage: log.entered_on for log in logs}
        rank = STAGE_RANK[self.stage]
        return {
            'flow_id': self.id,
            'name': self.name,
            'state': self.state,
            'stage': self.stage,
            'stages': [{
                'key': key,
                'label': label,
                'state': self._get_bar_state(STAGE_RANK[key], rank),
                'date': fields.Date.to_string(entered[key]) if key in entered else False,
            } for key, label in self._fields['stage']._description_selection(self.env)],
            'owner': get_user_name(self.owner_id),
            'since': fields.Datetime.to_string(self.stage_since),
            'days': self.stage_days,
            'blocker': self.blocker,
        }

    def _get_bar_state(self, rank, current_rank):
        if rank < current_rank or self.state == 'closed':
            return 'done'
        return 'current' if rank == current_rank else 'todo'
