from odoo import fields, models

TEXTS = ['ltc_object', 'ltc_constraints', 'ltc_acceptance_basis']


class CrmLead(models.Model):
    """What is to be known before a lead becomes an opportunity, beside the need; it stays on the record."""
    _inherit = 'crm.lead'

    ltc_industry_id = fields.Many2one(
        'res.partner.industry', string="Industry", index='btree_not_null', ondelete='set null',
        help="The customer's industry; goes to the customer that is created from the lead.")
    ltc_object = fields.Text(string="Object", help="What is to be delivered: machine, line, service, and how many.")
    ltc_constraints = fields.Text(
        string="Constraints", help="What limits the solution: space, budget, dates, standards, interfaces.")
    ltc_acceptance_basis = fields.Text(
        string="Acceptance Basis", help="By what the customer will judge the result, and who signs for it.")

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(partner_name, is_company=is_company, parent_id=parent_id)
        if self.ltc_industry_id and not parent_id:
            values['industry_id'] = self.ltc_industry_id.id
        return values

    # === MERGING === #

    def _merge_get_fields(self):
        return super()._merge_get_fields() + ['ltc_industry_id', *TEXTS]

    def _merge_get_fields_specific(self):
        def join(fname, leads):
            return '\n\n'.join(dict.fromkeys(filter(None, leads.mapped(fname))))

        return {**super()._merge_get_fields_specific(), **dict.fromkeys(TEXTS, join)}
