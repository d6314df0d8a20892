from odoo import api, fields, models
from odoo.tools import SQL, sql

from .crm_stage_forecast import FORECAST_CATEGORIES

OVERRIDES = [category for category in FORECAST_CATEGORIES if category[0] != 'closed']


class CrmLead(models.Model):
    """How an opportunity counts in the forecast: by its stage, or as its salesperson judges it."""
    _inherit = 'crm.lead'

    ltc_forecast_override = fields.Selection(
        OVERRIDES, string="Own Forecast Category", tracking=True, copy=False,
        help="Counts instead of the category of the stage while the opportunity is open. Closed is only what is won.")
    ltc_forecast_category = fields.Selection(
        FORECAST_CATEGORIES, string="Forecast Category", compute='_compute_ltc_forecast_category', store=True,
        help="That of the stage, or the own one; won counts as closed, lost and archived are left out.")

    def _auto_init(self):
        """Fill the column of a grown database by one statement, before the ORM would go lead by lead."""
        if not sql.column_exists(self.env.cr, 'crm_lead', 'ltc_forecast_category'):
            sql.create_column(self.env.cr, 'crm_lead', 'ltc_forecast_category', 'varchar')
            self.env.cr.execute(SQL(
                """UPDATE crm_lead lead
                      SET ltc_forecast_category = CASE
                              WHEN lead.probability = 100 AND stage.is_won THEN 'closed'
                              WHEN NOT lead.active THEN 'omitted'
                              WHEN stage.is_won THEN 'commit' ELSE 'pipeline' END
                     FROM crm_lead opportunity LEFT JOIN crm_stage stage ON stage.id = opportunity.stage_id
                    WHERE opportunity.id = lead.id AND lead.type = 'opportunity'"""))
        return super()._auto_init()

    @api.depends(
        'type', 'active', 'probability', 'stage_id.is_won', 'stage_id.ltc_forecast_category', 'ltc_forecast_override')
    def _compute_ltc_forecast_category(self):
        for lead in self:
            lead.ltc_forecast_category = lead.type == 'opportunity' and lead._ltc_get_forecast_category()

    def _ltc_get_forecast_category(self):
        """Return how this opportunity counts; extend it where more is known of its chance."""
        self.ensure_one()
        stage = self.stage_id
        if self.probability == 100 and stage.is_won:
            return 'closed'
        if not self.active:
            return 'omitted'
        by_stage = stage.ltc_forecast_category or 'pipeline'
        return self.ltc_forecast_override or ('commit' if by_stage == 'closed' else by_stage)

    def _ltc_merge_dependences(self, opportunities, tables):
        if 'ltc_forecast_adjustment' in tables:
            self.env['ltc.forecast.adjustment'].sudo()._merge(self, opportunities.ids)
        return super()._ltc_merge_dependences(opportunities, tables)

    # === ACTION METHODS === #

    def action_ltc_adjust_forecast(self):
        """Open the dialog in which owner and manager say what they expect instead of the amount, and why."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Forecast of %s", self.display_name),
            'res_model': 'ltc.forecast.adjust',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_lead_id': self.id},
        }

    # === AT A GLANCE === #

    @api.model
    def _ltc_get_glance_fields(self):
        return super()._ltc_get_glance_fields() + ['ltc_forecast_category', 'ltc_forecast_override']

    def _ltc_get_glance_chips(self):
        """Show what counts otherwise than its stage says, and what is committed."""
        chips = super()._ltc_get_glance_chips()
        category = self.ltc_forecast_category
        if category == 'commit' or (category != 'closed' and self.ltc_forecast_override):
            labels = dict(self._fields['ltc_forecast_category']._description_selection(self.env))
            chips.append({
                'key': 'forecast', 'label': labels[category], 'tone': 'success' if category == 'commit' else 'muted',
                'icon': 'fa-line-chart', 'title': self.env._("Forecast category: %s", labels[category])})
        return chips
