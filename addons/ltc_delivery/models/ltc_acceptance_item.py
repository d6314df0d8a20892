from odoo import api, fields, models
from odoo.exceptions import UserError

ITEM_RESULTS = [
    ('pending', "Pending"),
    ('pass', "Passed"),
    ('conditional', "Passed with Condition"),
    ('fail', "Failed"),
    ('na', "Not Applicable"),
]
PASSED_RESULTS = ('pass', 'conditional')


class LtcAcceptanceItem(models.Model):
    """One thing that is tested before the customer accepts."""
    _name = 'ltc.acceptance.item'
    _description = "Acceptance Item"
    _order = 'sequence, id'

    acceptance_id = fields.Many2one('ltc.acceptance', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Item", required=True)
    criterion = fields.Char(help="What has to be true for this item to pass.")
    is_required = fields.Boolean(string="Mandatory", default=True)
    weight = fields.Float(default=1.0)
    result = fields.Selection(ITEM_RESULTS, required=True, default='pending', copy=False)
    note = fields.Char(copy=False)

    _weight_positive = models.Constraint('CHECK(weight >= 0)', "The weight of an item cannot be negative.")

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._check_draft()
        return items

    def write(self, vals):
        self._check_draft()
        result = super().write(vals)
        self._check_draft()  # an item may not be moved into a submitted certificate either
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self._check_draft()

    def _check_draft(self):
        fixed = self.acceptance_id.filtered(lambda acceptance: acceptance.state != 'draft')
        if fixed:
            raise UserError(self.env._(
                "%s is submitted, and what was tested stays as it was; send it back to draft for a new test.",
                fixed[0].name))

    def _is_passed(self):
        """Return whether this item lets the certificate pass: failed optional items and n.a. do with a note."""
        self.ensure_one()
        if self.result in PASSED_RESULTS:
            return self.result == 'pass' or bool(self.note)
        return not self.is_required and self.result in ('na', 'fail') and bool(self.note)
