from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, ormcache

SWITCHES = {'lost': 'ltc_lost_reason_required', 'won': 'ltc_won_reason_required'}
REASONS = {'lost': 'lost_reason_id', 'won': 'ltc_won_reason_id'}


class CrmLead(models.Model):
    """Why an opportunity was won or lost, against whom, and by which gap in price."""
    _inherit = 'crm.lead'

    ltc_won_reason_id = fields.Many2one(
        'ltc.won.reason', string="Won Reason", ondelete='restrict', index='btree_not_null', copy=False, tracking=True)
    ltc_winner_id = fields.Many2one(
        'ltc.competitor', string="Main Competitor", ondelete='restrict', index='btree_not_null', copy=False,
        check_company=True, help="Who won instead of us, or whom we won against.")
    ltc_price_gap = fields.Float(
        string="Price Gap (%)", copy=False, aggregator='avg', help="By how much we were dearer; negative: cheaper.")
    ltc_close_note = fields.Text(string="Closing Note", copy=False)

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & set(REASONS.values()):
            self._ltc_check_close_reasons()  # whoever empties the reason afterwards
        return result

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        """Let nothing be won or lost without the reason that the company asks for, whatever way it is closed."""
        result = super()._handle_won_lost(old_status_by_lead, new_status_by_lead)
        self.filtered(lambda lead: any(
            new_status_by_lead[lead.id][status] and not old_status_by_lead.get(lead.id, {}).get(status)
            for status in ('is_won', 'is_lost')))._ltc_check_close_reasons()
        return result

    # === ACTION METHODS === #

    def action_set_lost(self, **additional_values):
        """Write the reason first: what has no probability is lost by the archiving alone."""
        reason = additional_values.get('lost_reason_id')
        if reason and self._ltc_get_asking_companies('lost'):
            self.filtered(lambda lead: not lead.probability).write({'lost_reason_id': reason})
        return super().action_set_lost(**additional_values)

    def action_set_won_rainbowman(self):
        """Ask for the reason where the company wants one."""
        self.ensure_one()
        if self._ltc_is_reason_missing('won', won_status='won'):
            return self._ltc_get_won_dialog()
        return super().action_set_won_rainbowman()

    def _ltc_get_won_dialog(self):
        return {
            'type': 'ir.actions.act_window', 'name': self.env._("Why did we win?"), 'res_model': 'ltc.lead.won',
            'view_mode': 'form', 'target': 'new', 'context': {'default_lead_id': self.id},
        }

    # === REASONS === #

    def _ltc_check_close_reasons(self):
        """Raise unless each closed opportunity has its reason. What the server wins by itself may come without one."""
        if not self._ltc_get_asking_companies('lost') and not self._ltc_get_asking_companies('won'):
            return
        lost = self.filtered(lambda lead: lead._ltc_is_reason_missing('lost'))
        won = self.filtered(lambda lead: not self.env.su and lead._ltc_is_reason_missing('won'))
        sentences = [
            self.env._(
                "%(opportunity)s is lost without a reason; choose why it was lost.", opportunity=lead.display_name)
            for lead in lost
        ] + [
            self.env._(
                "%(opportunity)s is won without a reason; choose why it was won.", opportunity=lead.display_name)
            for lead in won
        ]
        if sentences:
            raise UserError('\n'.join(sentences))

    def _ltc_is_reason_missing(self, status, won_status=None):
        self.ensure_one()
        return (
            self.type == 'opportunity' and (won_status or self.won_status) == status and not self[REASONS[status]]
            and self._ltc_get_company().id in self._ltc_get_asking_companies(status))

    @api.model
    @ormcache('status')
    def _ltc_get_asking_companies(self, status):
        """Return the ids of the companies that ask for a reason; most ask for none, and then nothing is looked at."""
        switch = SWITCHES[status]
        self.env['res.company'].flush_model([switch])
        return frozenset(company_id for company_id, in self.env.execute_query(SQL(
            "SELECT id FROM res_company WHERE %s", SQL.identifier(switch))))
