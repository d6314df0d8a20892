from odoo import api, fields, models
from odoo.exceptions import UserError

HANDOVER_TOPICS = [
    ('scope', "Scope"),
    ('promises', "Promises Made"),
    ('acceptance', "Acceptance Criteria"),
    ('penalties', "Penalties"),
    ('payment', "Payment Triggers"),
    ('risks', "Risks"),
    ('contacts', "Contacts"),
    ('other', "Other"),
]


class LtcContractHandoverLine(models.Model):
    """One point that sales explains to delivery and finance."""
    _name = 'ltc.contract.handover.line'
    _description = "Contract Handover Point"
    _order = 'sequence, id'

    handover_id = fields.Many2one('ltc.contract.handover', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    topic = fields.Selection(HANDOVER_TOPICS, required=True, default='other')
    name = fields.Char(string="Point", required=True)
    content = fields.Text(string="What Delivery and Finance Must Know")
    is_explained = fields.Boolean(string="Explained")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        self._check_open()
        result = super().write(vals)
        self._check_open()  # a point may not be moved into a confirmed handover either
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        self._check_open()

    def _check_open(self):
        """Raise when one side has confirmed: what it heard may not change behind its back."""
        confirmed = self.handover_id.filtered(lambda handover: handover._has_confirmation())
        if confirmed:
            raise UserError(self.env._(
                "%s is confirmed by one side already; withdraw the confirmation to change its points.",
                confirmed[0].name))
