from odoo import api, fields, models, tools


class UtmMedium(models.Model):
    """For which source a lead counts that came by this medium and names none: the mail alias, Odoo's website form."""
    _name = 'utm.medium'
    _inherit = ['utm.medium', 'ltc.cached.mixin']
    _ltc_cached_fields = ('ltc_source_id',)  # visitors of a website make media as they please

    ltc_source_id = fields.Many2one(
        'utm.source', string="Counts As Source", index='btree_not_null', ondelete='set null',
        groups='sales_team.group_sale_manager,ltc_base.group_ltc_marketing,ltc_base.group_ltc_operations',
        help="Leads that come in by themselves through this medium, and name no source, get this one, so that they have"
        " a channel. Leads that people enter stay as they are.")

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache()
    def _ltc_get_sources(self):
        """Return {medium id: source id} of the media that count as a source. Cached."""
        media_sudo = self.sudo().with_context(active_test=False).search([('ltc_source_id', '!=', False)])
        return {medium.id: medium.ltc_source_id.id for medium in media_sudo}
