from odoo import api, fields, models


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
    route = fields.Char(string="Who Decides", compute='_compute_route')

    @api.depends('gate_id')
    def _compute_line_ids(self):
        for submit in self:
            submit.line_ids = [fields.Command.clear()] + [
                fields.Command.create({'check_id': check.id}) for check in submit.gate_id.check_ids
            ]

    @api.depends('gate_id', 'res_id')
    def _compute_route(self):
        for submit in self:
            document = submit._get_document()
            document_sudo = document.sudo()  # margin may be hidden from the submitter; only the level is shown
            code = submit.gate_id.code
            company = document._ltc_get_company()
            rule = submit.gate_id.sudo()._get_rule(
                document_sudo._ltc_get_gate_figures(code), document_sudo._ltc_get_amount_company(code), company)
            deciders = rule._get_deciders(company, self.env.user) if rule else self.env['res.users']
            names = ', '.join(deciders.mapped('name')[:5])
            submit.route = f'{rule.name}: {names}' if rule else self.env._("Sales operations (fallback)")

    def _get_document(self):
        document = self.env[self.res_model].browse(self.res_id)
        document.check_access('read')
        return document

    def action_submit(self):
        """Submit and reload the document behind the dialog."""
        self.ensure_one()
        answers = {line.check_id.id: line.is_fulfilled for line in self.line_ids}
        self._get_document()._ltc_submit(self.gate_id.code, answers, self.note or '')
        return {'type': 'ir.actions.act_window_close'}


class LtcGateSubmitLine(models.TransientModel):
    _name = 'ltc.gate.submit.line'
    _description = "Checklist Item to Submit"

    submit_id = fields.Many2one('ltc.gate.submit', required=True, index=True, ondelete='cascade')
    check_id = fields.Many2one('ltc.gate.check', required=True)
    name = fields.Char(related='check_id.name')
    is_required = fields.Boolean(related='check_id.is_required')
    is_fulfilled = fields.Boolean(string="Fulfilled")
