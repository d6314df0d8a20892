from odoo import models


class SaleOrder(models.Model):
    """The paper of a quotation says whether it is released."""
    _inherit = 'sale.order'

    def _ltc_get_mark(self):
        """Return what paper and file name of these documents say while ATB did not release them, or ''."""
        return self.env._("Not Released") if self._ltc_filter_unreleased() else ''

    def _get_report_base_filename(self):
        return ' - '.join(filter(None, [self._ltc_get_mark(), super()._get_report_base_filename()]))
