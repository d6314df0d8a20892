from odoo import api, fields, models

from ..name_key import get_name_key, get_vat_key


class CrmLead(models.Model):
    """By what the customer of a lead is recognised: stored keys, computed with the lead at no query."""
    _inherit = 'crm.lead'

    ltc_vat = fields.Char(string="Tax ID of the Customer", help="Goes to the customer that is created from the lead.")
    ltc_name_key = fields.Char(
        string="Key of the Name", compute='_compute_ltc_name_key', store=True,
        export_string_translation=False)
    ltc_vat_key = fields.Char(
        string="Key of the Tax ID", compute='_compute_ltc_vat_key', store=True, precompute=True,
        index='btree_not_null', export_string_translation=False)

    _ltc_name_key_idx = models.Index('(ltc_name_key, id) WHERE ltc_name_key IS NOT NULL')

    @api.depends('partner_name')
    def _compute_ltc_name_key(self):
        for lead in self:
            lead.ltc_name_key = get_name_key(lead.partner_name)

    @api.depends('ltc_vat', 'partner_id.vat')
    def _compute_ltc_vat_key(self):
        for lead in self:
            lead.ltc_vat_key = get_vat_key(lead.ltc_vat or lead.partner_id.vat)

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(partner_name, is_company=is_company, parent_id=parent_id)
        if self.ltc_vat and not parent_id:
            values['vat'] = self.ltc_vat
        return values

    def _merge_get_fields(self):
        return super()._merge_get_fields() + ['ltc_vat']
