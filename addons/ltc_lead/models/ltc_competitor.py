from odoo import fields, models


class LtcCompetitor(models.Model):
    """Against whom opportunities are won and lost."""
    _name = 'ltc.competitor'
    _description = "Competitor"
    _order = 'name, id'

    name = fields.Char(required=True)
    company_id = fields.Many2one('res.company', index='btree_not_null', help="Empty: known to every company.")
    partner_id = fields.Many2one('res.partner', string="Contact", index='btree_not_null', check_company=True)
    strengths = fields.Text()
    weaknesses = fields.Text()
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex('(lower(name), COALESCE(company_id, 0))', "There is a competitor of that name.")

    def action_view_opportunities(self):
        """Open what was lost to these competitors, and against them."""
        return {
            **self.env['ir.actions.act_window']._for_xml_id('ltc_lead.crm_lead_action_win_loss'),
            'domain': [('ltc_winner_id', 'in', self.ids)],
        }
