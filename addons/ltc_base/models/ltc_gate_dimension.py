from odoo import api, fields, models

DIMENSIONS = [
    ('technical', "Technical"),
    ('commercial', "Commercial"),
    ('delivery', "Delivery"),
    ('finance', "Finance"),
    ('legal', "Legal"),
]


class LtcGateFigure(models.Model):
    """A key of the frozen figures, so that a dimension can name what it judges."""
    _name = 'ltc.gate.figure'
    _description = "Figure of a Gate"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    key = fields.Char(required=True, help="The key in the frozen figures of a document.")
    sequence = fields.Integer(default=10)
    color = fields.Integer()

    _key_uniq = models.UniqueIndex('(key)', "A figure of that key exists already.")


class LtcGateDimension(models.Model):
    """A point of view that must be heard before the decision: whose members give the opinion."""
    _name = 'ltc.gate.dimension'
    _inherit = ['ltc.audit.config.mixin', 'ltc.cached.mixin']
    _description = "Review Dimension of a Gate"
    _order = 'sequence, id'

    gate_id = fields.Many2one('ltc.gate', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    kind = fields.Selection(DIMENSIONS, required=True)
    group_id = fields.Many2one('res.groups', string="Reviewers (Group)")
    user_ids = fields.Many2many('res.users', string="Reviewers (Users)", domain=[('share', '=', False)])
    figure_ids = fields.Many2many(
        'ltc.gate.figure', string="Heard Again When",
        help="After a revision this opinion stays unless one of these figures changed. Empty: any change.")
    is_required = fields.Boolean(string="Required", default=True)

    _gate_kind_uniq = models.UniqueIndex('(gate_id, kind)', "The gate hears this dimension already.")

    @api.constrains('user_ids')
    def _check_reviewers(self):
        self.user_ids._ltc_check_participants()

    @api.depends('kind')
    @api.depends_context('lang')
    def _compute_display_name(self):
        labels = dict(self._fields['kind']._description_selection(self.env))
        for dimension in self:
            dimension.display_name = labels.get(dimension.kind)

    def _get_candidates(self, company, submitter):
        """Return who may give this opinion; falls back to the gate's fallback group, never to the submitter."""
        self.ensure_one()
        named = (
            self.user_ids._ltc_filter_participants(company) | self.group_id._ltc_get_participants(company))
        return (named - submitter) or (self.gate_id._get_fallback_users(company) - submitter)

    def _get_inputs(self):
        """Return the keys of the figures that this opinion rests on, or False for all of them."""
        return self.figure_ids.mapped('key') or False
