from odoo import api, fields, models

from odoo.addons.iap.tools.iap_tools import mail_prepare_for_domain_search

from ..name_key import get_name_key, get_vat_key


class ResPartner(models.Model):
    """By what a customer is recognised when somebody enters it a second time."""
    _inherit = 'res.partner'

    ltc_name_key = fields.Char(
        string="Key of the Name", compute='_compute_ltc_name_key', store=True, precompute=True,
        export_string_translation=False)
    ltc_domain_key = fields.Char(
        string="Key of the Email", compute='_compute_ltc_domain_key', store=True, precompute=True,
        index='btree_not_null', export_string_translation=False)
    ltc_vat_key = fields.Char(
        string="Key of the Tax ID", compute='_compute_ltc_vat_key', store=True, precompute=True,
        index='btree_not_null', export_string_translation=False)

    _ltc_name_key_idx = models.Index('(ltc_name_key, id) WHERE ltc_name_key IS NOT NULL')
    _ltc_phone_sanitized_idx = models.Index('(phone_sanitized) WHERE phone_sanitized IS NOT NULL')

    @api.depends('name', 'is_company')
    def _compute_ltc_name_key(self):
        for partner in self:
            partner.ltc_name_key = partner.is_company and get_name_key(partner.name)

    @api.depends('email')
    def _compute_ltc_domain_key(self):
        for partner in self:
            partner.ltc_domain_key = mail_prepare_for_domain_search(partner.email)

    @api.depends('vat')
    def _compute_ltc_vat_key(self):
        for partner in self:
            partner.ltc_vat_key = get_vat_key(partner.vat)
