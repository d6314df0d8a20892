from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.ltc_base.side_fields import SideChar, SideDate

# what is asked first comes first; chips of other addons follow, the next step ends the line
CHIP_ORDER = (
    'score', 'temperature', 'response', 'handover', 'conflict', 'recycle', 'pool', 'locked', 'partner', 'forecast',
    'completeness',
)
NEXT_STEP = {
    'side_model': 'mail.activity',
    'side_key': 'res_id',
    'side_where': {'res_model': 'crm.lead', 'active': True},
    'side_order': 'date_deadline',
}


class CrmLead(models.Model):
    """What card, list and form show of a lead in one line: a few chips, and the next step last."""
    _inherit = 'crm.lead'

    ltc_glance = fields.Json(string="At a Glance", compute='_compute_ltc_glance')
    ltc_next_step = SideChar(string="Next Step", side_column='summary', **NEXT_STEP)
    ltc_next_step_on = SideDate(string="Next Step On", side_column='date_deadline', **NEXT_STEP)

    @api.depends(lambda self: self._ltc_get_glance_fields())
    @api.depends_context('uid', 'lang', 'tz')
    def _compute_ltc_glance(self):
        ranks = {key: rank for rank, key in enumerate(CHIP_ORDER)}
        for lead in self:
            is_open = lead.active and lead.won_status == 'pending'
            chips = lead._ltc_get_glance_chips() if is_open else []
            chips.sort(key=lambda chip: ranks.get(chip['key'], len(ranks)))
            lead.ltc_glance = chips + lead._ltc_get_next_step_chips(is_open)

    @api.model
    def _ltc_get_glance_fields(self):
        """Return the names of the columns that the chips are made of; extend the list of ``super()``.

        Columns only (side columns too), so that a list of leads costs no query for its chips.
        """
        return ['active', 'won_status', 'ltc_next_step', 'ltc_next_step_on']

    def _ltc_get_glance_chips(self):
        """Return the chips of this open lead; extend the list of ``super()``.

        A chip is a dict of ``key`` (technical), ``label`` (very short, shown), ``title`` (a sentence, on hover),
        ``tone`` (muted, info, success, warning or danger), ``icon`` (a Font Awesome class, may be missing) and
        ``action`` (a public method of the lead that explains it on click, may be missing).
        """
        self.ensure_one()
        return []

    def _ltc_get_next_step_chips(self, is_open):
        """Return the next planned activity as a chip; an open lead without one says so."""
        day, step = self.ltc_next_step_on, self.ltc_next_step
        if not day:
            return [{
                'key': 'next', 'label': self.env._("No next step"), 'tone': 'muted', 'icon': 'fa-calendar-o',
                'title': self.env._("Nothing is planned with this lead; plan an activity."),
            }] if is_open else []
        shown = format_date(self.env, day)
        is_late = day < fields.Date.context_today(self)
        return [{
            'key': 'next', 'label': step or shown, 'tone': 'danger' if is_late else 'muted', 'icon': 'fa-calendar',
            'title': self.env._(
                "Next step: %(step)s, due %(day)s", step=step or self.env._("planned activity"), day=shown),
        }]
