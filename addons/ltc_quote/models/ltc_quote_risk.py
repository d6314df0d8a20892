from odoo import api, fields, models

RISK_CATEGORIES = [
    ('technical', "Technical"),
    ('schedule', "Schedule"),
    ('commercial', "Commercial"),
    ('payment', "Payment"),
    ('legal', "Legal"),
    ('resource', "Resources"),
    ('other', "Other"),
]
RISK_GRADES = [
    ('1', "Low"),
    ('2', "Medium"),
    ('3', "High"),
]
HIGH_FROM, MEDIUM_FROM = 6, 3  # likelihood × impact


class LtcQuoteRisk(models.Model):
    """What may go wrong with a bid, how likely and how bad, who watches it and what is done about it.

    The register is part of what gate ATB decides on: it is frozen under review, and another risk voids the Go.
    """
    _name = 'ltc.quote.risk'
    _inherit = ['ltc.gate.line.mixin']
    _description = "Risk of a Bid"
    _order = 'order_id, severity desc, id'

    order_id = fields.Many2one('sale.order', string="Quotation", required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='order_id.company_id', store=True, precompute=True, index=True)
    name = fields.Char(string="Risk", required=True)
    category = fields.Selection(RISK_CATEGORIES, required=True, default='technical')
    likelihood = fields.Selection(RISK_GRADES, required=True, default='2')
    impact = fields.Selection(RISK_GRADES, required=True, default='2')
    severity = fields.Selection(RISK_GRADES, compute='_compute_severity', store=True, precompute=True)
    user_id = fields.Many2one(
        'res.users', string="Owner", index='btree_not_null', domain="[('share', '=', False)]",
        help="Who watches it and sees to the measure.")
    measure = fields.Text(help="What is done to avoid it, or when it comes.")

    @api.depends('likelihood', 'impact')
    def _compute_severity(self):
        for risk in self:
            score = int(risk.likelihood or 1) * int(risk.impact or 1)
            risk.severity = '3' if score >= HIGH_FROM else '2' if score >= MEDIUM_FROM else '1'

    def _is_unattended(self):
        """Return whether nobody watches this high risk, or nothing is done about it."""
        self.ensure_one()
        return self.severity == '3' and not (self.user_id and (self.measure or '').strip())

    def _get_figures(self):
        """Return what a decision is based on, JSON-able; the order is that of :meth:`_format_figures`."""
        self.ensure_one()
        return [
            (self.name or '').strip(), self.category, self.likelihood, self.impact, self.user_id.id,
            (self.measure or '').strip()]

    @api.model
    def _format_figures(self, figures):
        """Return a frozen risk as a person reads it."""
        name, category, likelihood, impact, user_id, measure = figures
        labels = {
            key: dict(self._fields[key]._description_selection(self.env))
            for key in ('category', 'likelihood', 'impact')}
        owner = self.env['res.users'].sudo().browse(user_id or ()).exists().name
        text = self.env._(
            "%(risk)s (%(category)s, likelihood %(likelihood)s, impact %(impact)s)", risk=name,
            category=labels['category'].get(category, category),
            likelihood=labels['likelihood'].get(likelihood, likelihood).lower(),
            impact=labels['impact'].get(impact, impact).lower())
        return ': '.join(filter(None, [text, ', '.join(filter(None, [measure, owner]))]))
