from odoo import fields, models

from .ltc_flow import FLOW_STAGES


class LtcFlowLog(models.Model):
    """When a case entered a stage, and through whom; cycle times and the funnel are read from it."""
    _name = 'ltc.flow.log'
    _inherit = ['ltc.fact.mixin']
    _description = "Stage of a Lead-to-Cash Case"
    _order = 'entered_on, id'
    _log_access = False  # entered_on and entered_by_id are the stamps

    flow_id = fields.Many2one('ltc.flow', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='flow_id.company_id')
    stage = fields.Selection(FLOW_STAGES, required=True, readonly=True)
    entered_on = fields.Datetime(required=True, readonly=True)
    entered_by_id = fields.Many2one('res.users', required=True, readonly=True)

    _entered_idx = models.Index('(entered_on, flow_id)')  # the funnel and the cycle times ask for a period
