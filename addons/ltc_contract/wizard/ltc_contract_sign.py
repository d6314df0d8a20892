from odoo import fields, models


class LtcContractSign(models.TransientModel):
    _name = 'ltc.contract.sign'
    _description = "Upload of a Signed Contract"

    contract_id = fields.Many2one('ltc.contract', required=True, readonly=True)
    signed_by = fields.Char(required=True, help="Who signed for the customer.")
    scan = fields.Binary(string="Signed Copy", required=True, attachment=False)
    scan_name = fields.Char()

    def action_sign(self):
        self.ensure_one()
        self.contract_id._sign_on_paper(self.signed_by, self.scan, self.scan_name or f'{self.contract_id.name}.pdf')
        return {'type': 'ir.actions.act_window_close'}
