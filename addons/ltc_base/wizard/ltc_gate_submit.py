from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby


class LtcGateSubmit(models.TransientModel):
    """Submit a document to a gate: tick the checklist, see who will be heard and who decides."""
    _name = 'ltc.gate.submit'
    _description = "Submit to a Gate"

    gate_id = fields.Many2one('ltc.gate', required=True, readonly=True)
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field='res_model', required=True, readonly=True)
    line_ids = fields.One2many(
        'ltc.gate.submit.line', 'submit_id', string="Checklist", compute='_compute_line_ids', store=True,
        readonly=False, precompute=True)
    note = fields.Text(string="Note to the Reviewers")
    description = fields.Text(related='gate_id.description')
    is_urgent = fields.Boolean(string="Urgent", help="Half the hours allowed.")
    route = fields.Char(string="Who Decides", compute='_compute_route')
    deadline = fields.Datetime(string="Decide Until", compute='_compute_route')
    hearing = fields.Char(string="Who Is Heard", compute='_compute_hearing')

    @api.depends('gate_id')
    def _compute_line_ids(self):
        for submit in self:
            submit.line_ids = [fields.Command.clear()] + [
                fields.Command.create({'check_id': check.id}) for check in submit.gate_id.check_ids
            ]

    @api.depends('gate_id', 'res_id', 'is_urgent')
    def _compute_route(self):
        for submit in self:
            document = submit._get_document()
            document_sudo = document.sudo()  # margin may be hidden from the submitter; only the level is shown
            gate, code = submit.gate_id.sudo(), submit.gate_id.code
            rule = gate._get_rule(
                document, document_sudo._ltc_get_authority_figures(code), document_sudo._ltc_get_amount_company(code))
            places = document._ltc_get_places(gate, rule)
            submit.route = (
                f'{rule.name or gate.fallback_group_id._ltc_get_label()}: {submit._describe_places(rule, places)}')
            hours = (rule.hours or 24.0) / (2 if submit.is_urgent else 1)
            submit.deadline = document._ltc_get_company()._ltc_plan_hours(hours, fields.Datetime.now())

    @api.depends('gate_id')
    @api.depends_context('lang')
    def _compute_hearing(self):
        for submit in self:
            submit.hearing = ', '.join(submit.gate_id.dimension_ids.mapped('display_name'))

    def _describe_places(self, rule, places):
        """Return who decides: alternatives by a slash, one place after the other by an arrow, chains side by side."""
        lanes = [
            (stage, rule._describe_lane(group[0]['chain'], [self._describe_place(place) for place in group]))
            for (stage, _lane), group in groupby(places, lambda place: (place['stage'], place['lane']))]
        return rule._join_lanes(lanes)

    def _describe_place(self, place):
        names = place['users'].mapped('name')
        return ' / '.join(names[:4]) + (' …' if len(names) > 4 else '')

    def _get_document(self):
        gate_sudo = self.gate_id.sudo()
        if gate_sudo.model != self.res_model or self.res_model not in gate_sudo._get_gated_models():
            raise UserError(self.env._(
                "Gate %s does not belong to that document; submit it from the document's own form.", self.gate_id.name))
        document = self.env[self.res_model].browse(self.res_id)
        document.check_access('read')
        return document

    def action_submit(self):
        """Submit and reload the document behind the dialog."""
        self.ensure_one()
        answers = {line.check_id.id: line.is_fulfilled for line in self.line_ids}
        self._get_document()._ltc_submit(self.gate_id.code, answers, self.note or '', self.is_urgent)
        return {'type': 'ir.actions.act_window_close'}


class LtcGateSubmitLine(models.TransientModel):
    _name = 'ltc.gate.submit.line'
    _description = "Checklist Item to Submit"

    submit_id = fields.Many2one('ltc.gate.submit', required=True, index=True, ondelete='cascade')
    check_id = fields.Many2one('ltc.gate.check', required=True)
    name = fields.Char(related='check_id.name')
    is_required = fields.Boolean(related='check_id.is_required')
    is_fulfilled = fields.Boolean(string="Fulfilled")
