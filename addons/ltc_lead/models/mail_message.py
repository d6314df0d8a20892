from odoo import api, models


class MailMessage(models.Model):
    """When somebody wrote on a lead is when he wrote it: response times and the recycling count by that."""
    _inherit = 'mail.message'

    @api.model_create_multi
    def create(self, vals_list):
        if not self._ltc_may_date():
            vals_list = [
                {name: value for name, value in vals.items() if name != 'date'}
                if vals.get('date') and vals.get('model') == 'crm.lead' else vals for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if 'date' in vals and not self._ltc_may_date() and 'crm.lead' in self.mapped('model'):
            vals = {name: value for name, value in vals.items() if name != 'date'}
        return super().write(vals)

    @api.model
    def _ltc_may_date(self):
        """Return whether the user may say when: the mail gateway, and who corrects history or moves it in."""
        return self.env['crm.lead']._ltc_may_correct_reception() or self.env.user.has_group('base.group_system')
