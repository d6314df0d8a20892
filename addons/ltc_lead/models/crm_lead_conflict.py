from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

CUSTOMER = {'partner_id', 'partner_name', 'ltc_vat'}
WATCHED = {'partner_id', 'partner_name', 'email_from', 'phone', 'ltc_vat', 'user_id', 'company_id', 'active', 'type'}
TOLD_AT_ONCE = 10  # a larger import is not announced lead by lead
MERGING = object()  # no client can put this into the context


class CrmLead(models.Model):
    """A lead whose customer somebody else works on already: noticed when it is entered and when it changes."""
    _inherit = 'crm.lead'

    ltc_in_conflict = fields.Boolean(
        string="In Conflict", readonly=True, copy=False,
        help="Somebody else works on this customer; a sales manager has to decide.")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._ltc_watch_conflicts()
        return leads

    def write(self, vals):
        customers = self._ltc_get_customers() if vals.keys() & CUSTOMER else {}
        result = super().write(vals)
        if customers:
            self._ltc_leave_conflicts(customers)
        if vals.keys() & WATCHED:
            self._ltc_watch_conflicts()
        return result

    def unlink(self):
        marked = self.sudo().filtered('ltc_in_conflict')
        if marked:
            self.env['ltc.lead.conflict'].sudo().search([
                ('state', '=', 'open'), '|', ('lead_id', 'in', marked.ids), ('holder_lead_id', 'in', marked.ids),
            ])._lapse()
        return super().unlink()

    @api.model
    def _ltc_get_server_stamps(self):
        return super()._ltc_get_server_stamps() | {'ltc_in_conflict'}

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        """What is merged is one lead afterwards; the two halves are no conflict meanwhile."""
        leads = self.with_context(ltc_merging=MERGING)
        merged = super(CrmLead, leads)._merge_opportunity(
            user_id=user_id, team_id=team_id, auto_unlink=auto_unlink, max_length=max_length)
        return merged.with_env(self.env)

    # === ACTION METHODS === #

    def action_ltc_view_conflicts(self):
        """Open the conflicts of this lead, as far as the user may see them."""
        self.ensure_one()
        self.check_access('read')
        conflicts_sudo = self.env['ltc.lead.conflict'].sudo().search([
            '|', ('lead_id', '=', self.id), ('holder_lead_id', '=', self.id)])
        return {
            **self.env['ir.actions.act_window']._for_xml_id('ltc_lead.ltc_lead_conflict_action'),
            'domain': [('id', 'in', conflicts_sudo.ids)],
            'context': {},
        }

    # === BUSINESS METHODS === #

    def _ltc_get_customers(self):
        """Return {lead: by what its customer is recognised}; nothing where nobody watches."""
        if not self.env['res.company']._ltc_get_conflict_policies():
            return {}
        return {
            lead: (lead.partner_id.commercial_partner_id, lead.ltc_name_key, lead.ltc_vat_key) for lead in self.sudo()}

    def _ltc_leave_conflicts(self, customers):
        """Who is known of the customer that these leads had until now is nobody of the one that they have."""
        others = [
            lead.id for lead, customer in self._ltc_get_customers().items()
            if any(old and old != new for old, new in zip(customers[lead], customer, strict=True))]
        if others:  # what was unknown until now says nothing: a lead that gets its customer record is about the same
            self.env['ltc.lead.conflict'].sudo().search(
                ['|', ('lead_id', 'in', others), ('holder_lead_id', 'in', others)]).is_former = True

    def _ltc_watch_conflicts(self):
        """Notice, in one query a company, the leads whose customer is somebody else's; nothing where nobody watches.

        Blocking refuses a salesperson; a manager and the server are let through, and the conflict is recorded.
        """
        policies = self.env['res.company']._ltc_get_conflict_policies()
        if not policies or self.env.context.get('ltc_merging') is MERGING:
            return
        Conflict = self.env['ltc.lead.conflict']
        lead_ids = defaultdict(list)
        for lead in self:
            company_id = lead._ltc_get_company().id
            if company_id in policies and lead.active:
                lead_ids[company_id].append(lead.id)
        for company_id, ids in lead_ids.items():
            policy, kinds = policies[company_id]
            rows = Conflict._match_leads(ids, company_id, kinds)
            if rows and policy == 'block' and not self._ltc_may_enter_conflicts():
                raise UserError('\n'.join(self.browse(row['lead_id'])._ltc_get_conflict_message(row) for row in rows))
            self._ltc_warn_of_pooled(Conflict._filter_pooled(rows))
            conflicts_sudo = Conflict._open(Conflict._filter_held(rows), 'entered')
            if 0 < len(conflicts_sudo) <= TOLD_AT_ONCE:
                conflicts_sudo._tell_opened()
                self._ltc_warn_of_conflicts(conflicts_sudo)

    @api.model
    def _ltc_may_enter_conflicts(self):
        return self.env.su or self.env.user.has_group('sales_team.group_sale_manager')

    def _ltc_get_conflict_message(self, row):
        """Return what a salesperson may know: the customer as he wrote it, how it was recognised, and the team."""
        if self.env['ltc.lead.conflict']._filter_pooled([row]):
            return self._ltc_get_pooled_message(row)
        kinds = dict(self.env['ltc.lead.conflict']._fields['match']._description_selection(self.env))
        return self.env._(
            "%(lead)s: %(customer)s is worked on already by team %(team)s (%(match)s); ask for a decision in"
            " Customer Check.", lead=self.name, customer=row['name'], team=row['holder_team_name'] or "–",
            match=kinds[row['match']])

    @api.model
    def _ltc_get_pooled_message(self, row):
        pool_sudo = self.env['crm.lead'].sudo().browse(row['holder_lead_id']).ltc_pool_id  # its name is no secret
        return self.env._(
            "%(customer)s waits in the public pool %(pool)s already; claim it there.", customer=row['name'],
            pool=pool_sudo.name)

    def _ltc_warn_of_pooled(self, rows):
        """Tell the one who entered leads whose customer waits in a public pool; nobody has to decide."""
        if not 0 < len(rows) <= TOLD_AT_ONCE or self.env.su or not self.env.user.active:
            return
        self.env.user._bus_send('simple_notification', {
            'type': 'warning', 'title': self.env._("In a Public Pool"), 'sticky': True,
            'message': '\n'.join(self._ltc_get_pooled_message(row) for row in rows)})

    def _ltc_warn_of_conflicts(self, conflicts_sudo):
        """Show the one who entered the lead a note on his screen; work goes on."""
        if self.env.su or not self.env.user.active:
            return
        self.env.user._bus_send('simple_notification', {
            'type': 'warning', 'title': self.env._("Lead Conflict"), 'sticky': True,
            'message': '\n'.join(self.env._(
                "%(customer)s is worked on already by team %(team)s. A sales manager decides.",
                customer=conflict.name, team=conflict.holder_team_name or "–") for conflict in conflicts_sudo),
        })

    # === AT A GLANCE === #

    @api.model
    def _ltc_get_glance_fields(self):
        return super()._ltc_get_glance_fields() + ['ltc_in_conflict']

    def _ltc_get_glance_chips(self):
        chips = super()._ltc_get_glance_chips()
        if self.ltc_in_conflict:
            chips.append({
                'key': 'conflict', 'label': self.env._("Conflict"), 'tone': 'danger', 'icon': 'fa-exclamation-triangle',
                'title': self.env._("Somebody else works on this customer too; a sales manager decides."),
                'action': 'action_ltc_view_conflicts',
            })
        return chips
