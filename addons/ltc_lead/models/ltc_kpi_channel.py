from odoo import models
from odoo.tools import SQL


class LtcKpi(models.Model):
    """How soon leads are answered, what sales makes of them, and what the channels bring."""
    _inherit = 'ltc.kpi'

    # === RESPONSE === #

    def _kpi_first_response(self, company, date_from, date_to):
        """Median working hours from the reception of a lead to the first response (B17)."""
        domain = [
            ('company_id', '=', company.id), ('first_response_on', '!=', False),
            *self._get_period_domain('received_on', company, date_from, date_to)]
        return self._get_median('ltc.lead.clock', domain, SQL("ltc_lead_clock.response_hours"))

    def _kpi_response_in_time(self, company, date_from, date_to):
        """Leads answered by their deadline ÷ leads answered or overdue, received in the period (B17)."""
        judged = self.env['ltc.lead.clock']._search([
            ('company_id', '=', company.id), *self._get_period_domain('received_on', company, date_from, date_to)])
        judged.add_where(SQL("ltc_lead_clock.in_time_rate IS NOT NULL"))
        domain = [('id', 'in', judged.subselect())]
        return self._get_share('ltc.lead.clock', domain, [('in_time_rate', '=', 1.0)])

    # === HAND-OVER === #

    def _kpi_sql_acceptance(self, company, date_from, date_to):
        """Accepted ÷ handed over, handed over in the period (B1)."""
        domain = [
            ('company_id', '=', company.id), *self._get_period_domain('handed_on', company, date_from, date_to)]
        return self._get_share('ltc.lead.handover', domain, [('state', '=', 'accepted')])

    # === CHANNELS === #

    def _kpi_channel_roi(self, company, date_from, date_to):
        """(Gross margin of what was won − cost) ÷ cost, of the leads and the costs of the period (B14)."""
        return self._get_channel_return(company, date_from, date_to, SQL("ltc_channel_report.margin"))

    def _kpi_channel_roi_amount(self, company, date_from, date_to):
        """(Won amount − cost) ÷ cost, of the leads and the costs of the period (B14)."""
        return self._get_channel_return(company, date_from, date_to, SQL("ltc_channel_report.won_amount"))

    def _kpi_channel_roi_cash(self, company, date_from, date_to):
        """(Collected − cost) ÷ cost, of the leads and the costs of the period (B14)."""
        return self._get_channel_return(company, date_from, date_to, SQL("ltc_channel_report.collected"))

    def _kpi_channel_conversion(self, company, date_from, date_to):
        """Won ÷ leads, of the leads that came in the period, however they were won."""
        domain = self._get_channel_domain(company, date_from, date_to) + [('lead_id', '!=', False)]
        count, leads, won = self._get_sums(
            'ltc.channel.report', domain, SQL("ltc_channel_report.leads"), SQL("ltc_channel_report.won"))
        return {
            'value': self._get_ratio(won, leads), 'numerator': won, 'denominator': leads, 'count': int(count),
            'model': 'ltc.channel.report', 'domain': domain}

    def _kpi_channel_cycle(self, company, date_from, date_to):
        """Median days from the reception of a lead to the day it was won, of the leads that came in the period."""
        domain = self._get_channel_domain(company, date_from, date_to) + [('won', '>', 0)]
        return self._get_median('ltc.channel.report', domain, SQL("ltc_channel_report.cycle_days"))

    def _get_channel_return(self, company, date_from, date_to, gain):
        domain = self._get_channel_domain(company, date_from, date_to)
        _rows, count, gained, cost = self._get_sums(
            'ltc.channel.report', domain, SQL("(ltc_channel_report.lead_id IS NOT NULL)::int"), gain,
            SQL("ltc_channel_report.cost"))
        return {
            'value': self._get_ratio(gained - cost, cost), 'numerator': gained - cost, 'denominator': cost,
            'count': int(count), 'model': 'ltc.channel.report', 'domain': domain}

    def _get_channel_domain(self, company, date_from, date_to):
        return [('company_id', '=', company.id), *self._get_period_domain('date', company, date_from, date_to)]
