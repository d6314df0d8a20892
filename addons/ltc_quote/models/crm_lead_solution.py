from odoo import api, models
from odoo.tools import SQL

from odoo.addons.ltc_base.side_fields import SideInteger

PAPERS = ('ltc.solution', 'ltc.estimate')


class CrmLead(models.Model):
    """From the opportunity to what its quotation rests on: requirement, solutions, estimates."""
    _inherit = 'crm.lead'

    ltc_readiness = SideInteger(
        string="Requirement Ready (%)", side_model='ltc.requirement', side_column='readiness',
        side_key='opportunity_id')

    # === AT A GLANCE === #

    @api.model
    def _ltc_get_glance_fields(self):
        return [*super()._ltc_get_glance_fields(), 'ltc_readiness']

    def _ltc_get_glance_chips(self):
        chips = super()._ltc_get_glance_chips()
        if self.ltc_readiness and self.won_status == 'pending':
            chips.append({
                'key': 'requirement', 'icon': 'fa-list-ul', 'action': 'action_ltc_view_requirement',
                'label': f'{self.ltc_readiness} %', 'tone': 'success' if self.ltc_readiness == 100 else 'warning',
                'title': self.env._(
                    "The requirement is %(percent)s %% ready for an offer.", percent=self.ltc_readiness),
            })
        return chips

    # === ACTION METHODS === #

    def action_ltc_view_requirement(self):
        """Open the requirement sheet of this opportunity, a new one where there is none."""
        self.ensure_one()
        sheet = self.env['ltc.requirement'].search([('opportunity_id', '=', self.id)], limit=1)
        if not sheet and not self.env['ltc.requirement'].has_access('create'):
            return self._ltc_view_papers('ltc_quote.ltc_requirement_action', self.env._("Requirement"))
        return {
            'type': 'ir.actions.act_window', 'res_model': 'ltc.requirement', 'res_id': sheet.id, 'view_mode': 'form',
            'name': self.env._("Requirement"), 'context': {'default_opportunity_id': self.id},
        }

    def action_ltc_view_solutions(self):
        return self._ltc_view_papers('ltc_quote.ltc_solution_action', self.env._("Solutions"))

    def action_ltc_view_estimates(self):
        return self._ltc_view_papers('ltc_quote.ltc_estimate_action', self.env._("Estimates"))

    def action_ltc_view_quotations(self):
        """Open the quotations and orders of this opportunity; a new one starts from it."""
        action = self._ltc_view_papers('ltc_quote.sale_order_action_quotations', self.env._("Quotations"))
        return {**action, 'context': self._prepare_opportunity_quotation_context()}

    def _ltc_view_papers(self, action, name):
        """Return the window action ``action`` on the papers of this opportunity; what is new there belongs to it."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id(action),
            'name': name,
            'path': False,  # the address of all papers is not that of these
            'domain': [('opportunity_id', '=', self.id)],
            'context': {'default_opportunity_id': self.id},
        }

    # === MERGING === #

    def _ltc_merge_dependences(self, opportunities, tables):
        """Let the papers of merged opportunities follow; of several requirement sheets the survivor's is kept."""
        if tables & {'ltc_solution', 'ltc_estimate', 'ltc_requirement'}:
            self._ltc_merge_papers(opportunities)
        return super()._ltc_merge_dependences(opportunities, tables)

    def _ltc_merge_papers(self, opportunities):
        """Submitted papers are frozen for every user, not for the opportunity that they follow: hence SQL."""
        self.ensure_one()
        self.env.flush_all()
        tail = (opportunities - self).ids
        for model in PAPERS:
            self.env.cr.execute(SQL(
                "UPDATE %s SET opportunity_id = %s, ltc_flow_id = %s WHERE opportunity_id = ANY(%s)",
                SQL.identifier(self.env[model]._table), self.id, self.ltc_flow_id.id or None, tail))
            self.env[model].invalidate_model(['opportunity_id', 'ltc_flow_id'])
        Requirement = self.env['ltc.requirement'].sudo()
        if not Requirement.search_count([('opportunity_id', '=', self.id)], limit=1):
            Requirement.search([('opportunity_id', 'in', tail)], limit=1).opportunity_id = self
