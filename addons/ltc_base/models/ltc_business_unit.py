from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LtcBusinessUnit(models.Model):
    """A unit of the sales organisation: a business unit at the top, departments and teams below it."""
    _name = 'ltc.business.unit'
    _inherit = ['ltc.cached.mixin']
    _description = "Business Unit"
    _parent_store = True
    _order = 'complete_name, id'
    _rec_name = 'complete_name'

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(compute='_compute_complete_name', store=True, recursive=True)
    parent_id = fields.Many2one('ltc.business.unit', string="Part Of", index=True, ondelete='restrict')
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many('ltc.business.unit', 'parent_id', string="Departments")
    member_ids = fields.Many2many('res.users', string="Members", domain="[('share', '=', False)]")
    active = fields.Boolean(default=True)

    @api.depends('name', 'parent_id.complete_name')
    def _compute_complete_name(self):
        for unit in self:
            unit.complete_name = ' / '.join(filter(None, [unit.parent_id.complete_name, unit.name]))

    @api.constrains('parent_id')
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A business unit cannot be a part of itself; choose another parent."))

    # === BUSINESS METHODS === #

    @api.model
    def _get_colleagues(self, user, scope):
        """Return the users whose documents ``user`` sees in a scope: 'unit', 'department' or 'team'."""
        units = self.search([('member_ids', 'in', user.ids)])
        if scope == 'unit':
            units = self.browse({int(unit.parent_path.split('/')[0]) for unit in units})
        if scope != 'team':
            units = self.search([('id', 'child_of', units.ids)])
        return units.member_ids | user
