from odoo import api, fields, models


class LtcQuoteCompare(models.TransientModel):
    """Two or more versions of a quotation side by side, differences marked."""
    _name = 'ltc.quote.compare'
    _description = "Compare Versions"

    order_id = fields.Many2one('sale.order', required=True, readonly=True, ondelete='cascade')
    version_ids = fields.Many2many(
        'ltc.quote.version', string="Versions", domain="[('order_id', '=', order_id)]")
    with_today = fields.Boolean(string="With the Quotation of Today", default=True)
    comparison = fields.Json(compute='_compute_comparison')

    @api.depends('version_ids', 'with_today')
    @api.depends_context('uid', 'lang', 'tz')
    def _compute_comparison(self):
        for compare in self:
            compare.order_id.check_access('read')
            versions = compare.version_ids._origin.filtered(
                lambda version, compare=compare: version.order_id == compare.order_id._origin)
            compare.comparison = compare.order_id._origin._ltc_compare_versions(versions, compare.with_today)

    # === REPORT === #

    def _get_report_name(self):
        return self.env._("Versions of %s", self.order_id.name)
