from datetime import timedelta

from odoo import api, models

TARGETS = {  # code: target, warning
    'gate_on_time': (95.0, 80.0),
    'gate_cycle_time': (8.0, 16.0),
    'average_margin': (30.0, 20.0),
    'otd': (95.0, 85.0),
    'dso': (60.0, 90.0),
    'overdue_share': (10.0, 25.0),
    'collection_rate': (90.0, 70.0),
}


class LtcDemo(models.AbstractModel):
    _inherit = 'ltc.demo'

    @api.model
    def _play_kpi(self, days=56, step=4):
        """Set targets, and keep the figures of the last weeks as the nightly run would have done."""
        company = self._company()
        kpis = self.env['ltc.kpi'].search([])
        self.env['ltc.kpi.target'].create([{
            'kpi_id': kpi.id, 'company_id': company.id, 'target': TARGETS[kpi.code][0], 'warning': TARGETS[kpi.code][1],
        } for kpi in kpis if kpi.code in TARGETS])
        today = kpis._get_today(company)
        for back in range(days, 0, -step):
            for kpi in kpis.filtered(lambda kpi: kpi.basis != 'today'):
                self.env['ltc.kpi.snapshot']._keep(kpi, company, today - timedelta(days=back))
