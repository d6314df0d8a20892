from odoo import api, fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    """A customer who waits in a pool that hides its contacts: who may claim him does not find him elsewhere."""
    _inherit = 'res.partner'

    ltc_is_pooled = fields.Boolean(
        string="Waits in a Public Pool", readonly=True, copy=False, groups='base.group_system')

    @api.model
    @api.private
    def _ltc_mark_pooled(self, partner_ids):
        """Say anew of these customers and their contacts whether they wait in a pool that hides them.

        Nobody is hidden who has an open lead with an owner, or who is a user.
        """
        if not partner_ids:
            return
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """UPDATE res_partner AS partner SET ltc_is_pooled = told.is_pooled
                 FROM (SELECT kin.id, BOOL_OR(pool.hides_customer) AND NOT BOOL_OR(lead.user_id IS NOT NULL)
                              AND NOT EXISTS (SELECT FROM res_users WHERE partner_id = kin.id) AS is_pooled
                         FROM res_partner AS chosen
                         JOIN res_partner AS kin ON kin.commercial_partner_id = chosen.commercial_partner_id
                         JOIN res_partner AS relative ON relative.commercial_partner_id = kin.commercial_partner_id
                    LEFT JOIN crm_lead AS lead ON lead.partner_id = relative.id AND lead.active
                                              AND COALESCE(lead.won_status, 'pending') = 'pending'
                    LEFT JOIN ltc_lead_pool AS pool ON pool.id = lead.ltc_pool_id
                        WHERE chosen.id = ANY(%s)
                     GROUP BY kin.id) AS told
                WHERE partner.id = told.id AND COALESCE(partner.ltc_is_pooled, FALSE) != COALESCE(told.is_pooled, FALSE)
            """, list(partner_ids)))
        self.invalidate_model(['ltc_is_pooled'])
