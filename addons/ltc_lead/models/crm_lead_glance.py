from odoo import api, fields, models


class CrmLead(models.Model):
    """What card, list and form show of a lead in one line: a few chips, the most urgent first."""
    _inherit = 'crm.lead'

    ltc_glance = fields.Json(string="At a Glance", compute='_compute_ltc_glance')

    @api.depends(lambda self: self._ltc_get_glance_fields())
    @api.depends_context('uid', 'lang', 'tz')
    def _compute_ltc_glance(self):
        for lead in self:
            lead.ltc_glance = lead._ltc_get_glance_chips()

    @api.model
    def _ltc_get_glance_fields(self):
        """Return the names of the columns that the chips are made of; extend the list of ``super()``.

        Columns only (side columns too), so that a list of leads costs no query for its chips.
        """
        return ['type']

    def _ltc_get_glance_chips(self):
        """Return the chips of this lead; extend the list of ``super()``.

        A chip is a dict of ``key`` (technical), ``label`` (very short, shown), ``title`` (a sentence, on hover),
        ``tone`` (muted, info, success, warning or danger), ``icon`` (a Font Awesome class, may be missing) and
        ``action`` (a public method of the lead that explains it on click, may be missing).
        """
        self.ensure_one()
        return []
