from odoo import api, models


class LtcOpportunityAccessMixin(models.AbstractModel):
    """What hangs on an opportunity shows much of it, and changes its case: only who reads it may hang something there.

    What hangs there already stays, whoever reads it.
    """
    _name = 'ltc.opportunity.access.mixin'
    _description = "Hangs on an Opportunity"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._ltc_check_opportunity_access(records.opportunity_id)
        return records

    def write(self, vals):
        result = super().write(vals)
        if vals.get('opportunity_id'):
            self._ltc_check_opportunity_access(self.opportunity_id)
        return result

    def onchange(self, values, field_names, fields_spec):
        chosen = values.get('opportunity_id', self.env.context.get('default_opportunity_id'))
        if chosen and chosen != self.opportunity_id.id:
            self._ltc_check_opportunity_access(self.env['crm.lead'].browse(chosen))
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _ltc_check_opportunity_access(self, opportunities):
        if not self.env.su:
            opportunities.check_access('read')
