from odoo import models


class MailTemplate(models.Model):
    """A mail with an offer says which version it is, in its subject and in the name of the file."""
    _inherit = 'mail.template'

    def _generate_template(self, res_ids, render_fields, *args, **kwargs):
        results = super()._generate_template(res_ids, render_fields, *args, **kwargs)
        if self.model == 'sale.order' and {'subject', 'report_template_ids'} & set(render_fields) and (
                self._ltc_carries_offer()):
            for order in self.env['sale.order'].browse(res_id for res_id in results if res_id):
                order._ltc_name_version(results[order.id])
        return results
