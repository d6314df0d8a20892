from odoo import api, fields, models, tools

CONFLICT_POLICIES = [
    ('off', "Off: nobody is told"),
    ('warn', "Warn: a manager decides, work goes on"),
    ('block', "Block: salespeople wait for the decision"),
]
MATCH_FIELDS = ['ltc_match_name', 'ltc_match_vat', 'ltc_match_domain', 'ltc_match_phone']


class ResCompany(models.Model):
    _inherit = 'res.company'

    ltc_conflict_policy = fields.Selection(
        CONFLICT_POLICIES, string="Lead Conflicts", required=True, default='off',
        help="What happens when somebody enters a customer that a colleague works on already.")
    ltc_match_name = fields.Boolean(string="Same Company Name", default=True)
    ltc_match_vat = fields.Boolean(string="Same Tax ID", default=True)
    ltc_match_domain = fields.Boolean(string="Same Email Domain", default=True)
    ltc_match_phone = fields.Boolean(string="Same Phone", default=True)
    ltc_search_limit = fields.Integer(
        string="Customer Checks an Hour", default=30, help="How often one person may search for a customer in an hour.")
    ltc_conflict_cursor = fields.Integer(readonly=True)  # up to which lead the duplicate pass has come
    ltc_conflict_day = fields.Date(string="Conflicts Looked For On", readonly=True)  # the day whose pass is done

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {'ltc_conflict_policy', *MATCH_FIELDS}:
            self.env.registry.clear_cache()
            self.env['ltc.lead.conflict']._move_cursor(self.ids, 0)  # look at all of them anew, today
        return result

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env.registry.clear_cache()
        return companies

    @api.model
    @tools.ormcache()
    def _ltc_get_conflict_policies(self):
        """Return {company id: (policy, kinds of match)} of the companies that watch for conflicts. Cached."""
        companies_sudo = self.sudo().with_context(active_test=False).search([('ltc_conflict_policy', '!=', 'off')])
        return {
            company.id: (
                company.ltc_conflict_policy,
                tuple(name.removeprefix('ltc_match_') for name in MATCH_FIELDS if company[name]))
            for company in companies_sudo
        }
