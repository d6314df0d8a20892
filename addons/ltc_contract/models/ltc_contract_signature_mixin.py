import base64
import binascii
import hashlib

from odoo import fields, models
from odoo.exceptions import UserError


def get_digest(content):
    """Return the SHA-256 of base64 ``content`` as the contract keeps it."""
    return hashlib.sha256(base64.b64decode(content)).hexdigest()


class LtcContractSignatureMixin(models.AbstractModel):
    """The document that is signed, and the signature: facts that no client can write."""
    _name = 'ltc.contract.signature.mixin'
    _description = "Signature of a Contract"

    document = fields.Binary(
        string="Contract Document", readonly=True, copy=False, attachment=True, help="The PDF as sent to signature.")
    document_name = fields.Char(readonly=True, copy=False)
    document_hash = fields.Char(readonly=True, copy=False, help="SHA-256 of the document.")
    signature = fields.Image(readonly=True, copy=False, attachment=True, max_width=1024, max_height=1024)
    signed_by = fields.Char(readonly=True, copy=False, tracking=True)
    signed_on = fields.Datetime(readonly=True, copy=False, tracking=True)
    signed_user_id = fields.Many2one(
        'res.users', string="Recorded By", readonly=True, copy=False,
        help="Who was logged in when the signature was recorded.")
    signature_ip = fields.Char(string="Signed From (IP)", readonly=True, copy=False)
    signed_document = fields.Binary(readonly=True, copy=False, attachment=True)
    signed_document_name = fields.Char(readonly=True, copy=False)
    signed_document_hash = fields.Char(readonly=True, copy=False, help="SHA-256 of the signed document.")

    def action_open_sign(self):
        """Open the dialog that takes the scan of the signed contract."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Upload Signed Contract"),
            'res_model': 'ltc.contract.sign',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_contract_id': self.id},
        }

    def action_send(self):
        """Open the composer with the link by which the customer signs."""
        self.ensure_one()
        template = self.env.ref('ltc_contract.mail_template_contract_sign', raise_if_not_found=False)
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Send"),
            'res_model': 'mail.compose.message',
            'view_mode': 'form',
            'target': 'new',
            'context': {
                'default_model': self._name,
                'default_res_ids': self.ids,
                'default_template_id': template.id if template else False,
                'default_composition_mode': 'comment',
                'force_email': True,
            },
        }

    def _freeze_document(self):
        """Render the contract and keep the PDF with its hash: this is what will be signed."""
        for contract in self:
            pdf = contract._render_document()
            contract.write({
                'document': base64.b64encode(pdf),
                'document_name': f'{contract._get_report_base_filename()}.pdf',
                'document_hash': hashlib.sha256(pdf).hexdigest(),
            })

    def _render_document(self):
        self.ensure_one()
        return self.env['ir.actions.report'].sudo()._render_qweb_pdf(
            'ltc_contract.action_report_contract', self.ids)[0]

    def _has_to_be_signed(self):
        self.ensure_one()
        return self.state == 'signing'

    def _sign_in_portal(self, name, signature, ip_address):
        """Record the customer's drawn signature; the portal checked the access token."""
        self.ensure_one()
        try:
            base64.b64decode(signature, validate=True)
        except (TypeError, binascii.Error) as error:
            raise UserError(self.env._("Contract %s needs a readable signature; draw it again.", self.name)) from error
        self._sign({'signed_by': name, 'signature': signature, 'signature_ip': ip_address})
        pdf = self._render_document()  # again, now with the signature on it
        self.write({
            'signed_document': base64.b64encode(pdf),
            'signed_document_name': self.document_name,
            'signed_document_hash': hashlib.sha256(pdf).hexdigest(),
        })

    def _post_signed_message(self, name):
        """Note the portal signature in the chatter, with the signed document; self is in sudo."""
        self.ensure_one()
        author = self.env.user.partner_id if not self.env.user._is_public() else self.partner_id
        self.message_post(
            attachments=[(self.signed_document_name, base64.b64decode(self.signed_document))],
            author_id=author.id,
            body=self.env._("Contract signed by %s", name),
            message_type='comment',
            subtype_xmlid='mail.mt_comment',
        )

    def _notify_sign_failure(self):
        """Put a contract that its customer could not sign on the desk of its salesperson; self is in sudo."""
        self.ensure_one()
        self.activity_schedule(
            'mail.mail_activity_data_todo', user_id=self.user_id.id or self.env.ref('base.user_admin').id,
            summary=self.env._("Customer could not sign"),
            note=self.env._("Take the contract back to draft, see what changed since the decision, and send it again."))

    def _sign_on_paper(self, name, scan, filename):
        """Record the scan of the contract that the customer signed on paper."""
        self.ensure_one()
        self.check_access('write')
        self.sudo()._sign({
            'signed_by': name,
            'signed_document': scan,
            'signed_document_name': filename,
            'signed_document_hash': get_digest(scan),
        })

    def _sign(self, values):
        """Write the facts of the signature and make the contract signed; self is in sudo."""
        if self.state != 'signing':
            raise UserError(self.env._(
                "Contract %(contract)s is %(state)s and cannot be signed; only a contract sent to signature can.",
                contract=self.name, state=self._get_state_label(self.state).lower()))
        self.lock_for_update()
        self.write({
            'signed_on': fields.Datetime.now(),
            'signed_user_id': self.env.uid,
            **values,
        })
        self.write({'state': 'signed'})

    def _get_signature_blockers(self):
        """Return, as sentences, what keeps this contract from being signed: its facts, ATC, the quotation."""
        self.ensure_one()
        contract_sudo = self.sudo()
        if not contract_sudo.signed_on or not (contract_sudo.signature or contract_sudo.signed_document):
            return [self.env._(
                "Contract %s has no signature; let the customer sign it in the portal or upload the signed copy.",
                self.name)]
        return (
            self._ltc_get_gate_blockers('atc')[self.id]
            + self._get_plan_blockers()
            + contract_sudo.order_id._ltc_get_contract_differences(contract_sudo)
        )

    def _after_signature(self):
        """Confirm the orders, trigger the nodes due on signature, move the cases on; extended by the floors above."""
        for contract in self:
            contract.ltc_flow_id._advance(
                'delivery', amount=contract._get_amount_company(contract.amount_current))
        quotations = self.order_id.filtered(lambda order: order.state in ('draft', 'sent'))
        if quotations:
            quotations.action_confirm()
        nodes = self._get_effective_plan_lines().filtered(lambda node: node.trigger == 'signature')
        nodes._set_billable(self.env._("Contract signed"))

    def _is_document_intact(self):
        """Return whether every kept document still has the hash that was taken of it."""
        self.ensure_one()
        contract_sudo = self.sudo()
        return all(
            get_digest(content) == digest
            for content, digest in (
                (contract_sudo.document, contract_sudo.document_hash),
                (contract_sudo.signed_document, contract_sudo.signed_document_hash),
            ) if digest
        ) and bool(contract_sudo.document_hash)
