from odoo import api, fields, models
from odoo.fields import Domain

SCOPES = [
    ('own', "Own"),
    ('team', "Own Team"),
    ('department', "Department and Below"),
    ('unit', "Whole Business Unit"),
    ('all', "All"),
]
SCOPE_RANK = {scope: rank for rank, (scope, _label) in enumerate(SCOPES)}


class LtcDataScope(models.Model):
    """Whose documents of a kind a user sees. Without a row for him he sees what Odoo's own rights show.

    The record rules ask :meth:`_get_domain`, whose answer Odoo caches a user and model: lists pay no query for it. A
    row of the user himself counts before those of his groups; of several the widest. A document without an owner is
    everybody's, and responsibility of any kind (AR, SR, FR) is ownership.
    """
    _name = 'ltc.data.scope'
    _inherit = ['ltc.cached.mixin', 'ltc.audit.config.mixin']
    _description = "Data Scope"
    _order = 'object, id'

    object = fields.Selection([('ltc.flow', "Cases")], string="Documents", required=True)
    group_id = fields.Many2one('res.groups', ondelete='cascade', index='btree_not_null')
    user_id = fields.Many2one(
        'res.users', ondelete='cascade', index='btree_not_null', domain="[('share', '=', False)]")
    scope = fields.Selection(SCOPES, string="Sees", required=True, default='own')

    _one_holder = models.Constraint(
        'CHECK((group_id IS NULL) != (user_id IS NULL))', "A data scope belongs to either a group or a user.")
    _group_uniq = models.UniqueIndex(
        '(object, group_id) WHERE group_id IS NOT NULL', "The group has a scope for these documents already.")
    _user_uniq = models.UniqueIndex(
        '(object, user_id) WHERE user_id IS NOT NULL', "The user has a scope for these documents already.")

    # === BUSINESS METHODS === #

    @api.model
    def _get_domain(self, model, user, owner_fields):
        """Return the domain of the documents of ``model`` that ``user`` sees, a list for a record rule."""
        scope = self._get_scope(model, user)
        if scope in (None, 'all'):
            return [(1, '=', 1)]
        owners = user.browse(user.id)
        if scope != 'own':
            owners = self.env['ltc.business.unit'].sudo()._get_colleagues(user, scope)
        first, *others = owner_fields
        return list(Domain.OR([
            [(first, 'in', [False, *owners.ids])],
            *([(name, 'in', owners.ids)] for name in others),
        ]))

    @api.model
    def _get_scope(self, model, user):
        """Return the scope in force for ``user``, or None."""
        rows = self.sudo().search([
            ('object', '=', model),
            '|', ('user_id', '=', user.id), ('group_id', 'in', user.sudo().all_group_ids.ids),
        ])
        rows = rows.filtered('user_id') or rows
        return max(rows.mapped('scope'), key=SCOPE_RANK.get, default=None)
