from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.ltc_base.models.ltc_flow import STAGE_RANK
from odoo.addons.ltc_base.models.ltc_gate_approval import PASSING
from odoo.addons.ltc_base.tools import format_record

FLOW_FACTS = {'partner_id': 'partner_id', 'user_id': 'ar_user_id'}  # kept up to date until the contract
FLOW_QUEUE = 'ltc_lead.flow_queue'
POSITION_FIELDS = {'stage_id', 'company_id', 'type', 'team_id'}
LTC_FIELDS_TO_MERGE = [
    'ltc_sr_user_id', 'ltc_fr_user_id', 'ltc_need', 'ltc_decision_chain', 'ltc_competitors',
]


class CrmLead(models.Model):
    _name = 'crm.lead'
    _inherit = ['crm.lead', 'ltc.gate.mixin', 'ltc.owner.mixin', 'ltc.side.mixin']

    _ltc_gate_codes = ('ati',)

    ltc_sr_user_id = fields.Many2one(
        'res.users', string="Solution (SR)", domain="[('share', '=', False)]", check_company=True,
        index='btree_not_null', help="Solution responsible: the quality of the bid and the technical answer.")
    ltc_fr_user_id = fields.Many2one(
        'res.users', string="Fulfilment (FR)", domain="[('share', '=', False)]", check_company=True,
        index='btree_not_null', help="Fulfilment responsible: delivery, acceptance and the customer's satisfaction."
        " Early on this may be the salesperson.")
    ltc_need = fields.Text(string="Need", help="What the customer needs, by when, and how he will judge the result.")
    ltc_decision_chain = fields.Text(
        string="Decision Chain", help="Who uses, who judges, who buys and who decides, and where each of them stands.")
    ltc_competitors = fields.Char(string="Competitors")

    # === COMPUTE METHODS === #

    def _compute_stage_id(self):
        positions = self._ltc_get_positions()
        result = super()._compute_stage_id()
        self._ltc_check_moves(positions)
        return result

    def _compute_company_id(self):
        positions = self._ltc_get_positions()
        result = super()._compute_company_id()
        self._ltc_check_moves(positions)
        return result

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._ltc_check_moves({})
        leads.filtered(lambda lead: lead.type == 'opportunity' and not lead.ltc_flow_id)._ltc_open_flows()
        return leads

    def write(self, vals):
        converting = self._ltc_get_converting(vals)
        converting.filtered(lambda lead: not lead.ltc_flow_id)._ltc_open_flows()
        positions = self._ltc_get_positions() if vals.keys() & POSITION_FIELDS else None
        handed_over = self._ltc_get_handed_over(vals)
        result = super().write(vals)
        converting._ltc_check_qualification()
        if positions is not None:
            self._ltc_check_moves(positions)
        handed_over._ltc_update_flows()
        return result

    def unlink(self):
        flows_sudo = self.sudo().ltc_flow_id  # users only read cases
        result = super().unlink()
        if flows_sudo:
            kept = self.sudo().with_context(active_test=False).search([('ltc_flow_id', 'in', flows_sudo.ids)])
            (flows_sudo - kept.ltc_flow_id).filtered(lambda flow: flow.stage in ('lead', 'opportunity'))._lose()
        return result

    @api.model
    def _ltc_get_server_stamps(self):
        """Return the names of the columns that no client may set, write or preset; extend the set of ``super()``."""
        return set()

    # === WON, LOST, MERGED === #

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        """Let nothing be won without a Go, whatever made it won, and let the case follow a loss or a return."""
        result = super()._handle_won_lost(old_status_by_lead, new_status_by_lead)

        old, new = old_status_by_lead, new_status_by_lead
        won = self.filtered(lambda lead: new[lead.id]['is_won'] and not old.get(lead.id, {}).get('is_won'))
        lost = self.filtered(lambda lead: new[lead.id]['is_lost'] and not old.get(lead.id, {}).get('is_lost'))
        restored = self.filtered(lambda lead: old.get(lead.id, {}).get('is_lost') and not new[lead.id]['is_lost'])
        won._ltc_check_gate('ati')
        lost.sudo().ltc_flow_id._lose_pursued()  # users only read cases
        restored.sudo().ltc_flow_id.filtered(lambda flow: flow.state == 'lost')._reopen()
        return result

    def _merge_get_fields(self):
        return super()._merge_get_fields() + LTC_FIELDS_TO_MERGE

    def _merge_get_fields_specific(self):
        return {
            **super()._merge_get_fields_specific(),
            'ltc_need': lambda fname, leads: '\n\n'.join(dict.fromkeys(filter(None, leads.mapped('ltc_need')))),
        }

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self._ltc_merge_dependences(opportunities, self._ltc_get_merged_tables(opportunities))
        return result

    def _ltc_merge_dependences(self, opportunities, tables):
        """Let what the suite keeps of the merged ``opportunities`` follow to this lead; extend it for each table.

        :param set tables: those that hold something of ``opportunities``; what is not among them needs no query
        """
        self.ensure_one()

    @api.model
    def _ltc_get_merged_tables(self, opportunities):
        """Return the names of the suite's tables that hold something of ``opportunities``: one query for all."""
        columns = self._ltc_get_merge_columns()
        for model, _table, column in columns:
            self.env[model].flush_model([column])
        return {table for table, in self.env.execute_query(SQL(" UNION ALL ").join(
            SQL("SELECT %s WHERE EXISTS (SELECT FROM %s WHERE %s = ANY(%s))",
                table, SQL.identifier(table), SQL.identifier(column), opportunities.ids)
            for _model, table, column in columns))}

    @api.model
    @tools.ormcache()
    def _ltc_get_merge_columns(self):
        """Return (model, table, column) of whatever the suite's models store for a lead."""
        return tuple(
            (name, model._table, field.name)
            for name, model in self.env.registry.items() if name.startswith('ltc.') and model._auto
            and not model._abstract and not model._transient
            for field in model._fields.values()
            if field.type == 'many2one' and field.comodel_name == 'crm.lead' and field.store and field.column_type)

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        """Keep the most advanced case; the others end as lost, and their documents follow."""
        leads_sudo = self._sort_by_confidence_level(reverse=True).sudo()  # as Odoo does: the first one is kept
        flows_sudo = leads_sudo.ltc_flow_id  # users only read cases
        survivor_sudo = max(
            flows_sudo, key=lambda flow: (flow.state == 'open', STAGE_RANK[flow.stage]), default=flows_sudo)
        if survivor_sudo:
            leads_sudo[0].ltc_flow_id = survivor_sudo
        merged = super()._merge_opportunity(
            user_id=user_id, team_id=team_id, auto_unlink=auto_unlink, max_length=max_length)
        (flows_sudo - survivor_sudo)._merge_into(survivor_sudo)
        merged._ltc_update_flows()
        return merged

    # === CONVERSION AND FLOW === #

    def convert_opportunity(self, partner, user_ids=False, team_id=False):
        """Open the cases in one batch; the automatic assignment keeps unqualified leads as leads."""
        unqualified = self.browse()
        if self.env.context.get('ltc_assign_unqualified'):
            unqualified = self.filtered(lambda lead: lead.type == 'lead' and lead._ltc_get_conversion_blockers())
        if unqualified and (user_ids or team_id):
            unqualified._handle_salesmen_assignment(user_ids=user_ids, team_id=team_id)
        qualified = self - unqualified
        if self and not qualified:
            return True
        qualified._ltc_open_missing_flows()
        return super(CrmLead, qualified).convert_opportunity(partner, user_ids=user_ids, team_id=team_id)

    def _ltc_get_converting(self, vals):
        """Return the leads that writing ``vals`` turns into opportunities."""
        if vals.get('type') != 'opportunity':
            return self.browse()
        return self.filtered(lambda lead: lead.type == 'lead')

    def _ltc_check_qualification(self):
        """Raise with everything that is missing unless these leads are fit to be opportunities."""
        blockers = [sentence for lead in self for sentence in lead._ltc_get_conversion_blockers()]
        if blockers:
            raise UserError('\n'.join(blockers))

    def _ltc_get_conversion_blockers(self):
        """Return what keeps this lead from being converted: where ATI is in force, what the qualification lacks."""
        return self._ltc_get_qualification_blockers() if self._ltc_is_gate_active('ati') else []

    def _ltc_get_qualification_blockers(self):
        """Return, as sentences, what is missing for an opportunity; extend the list of ``super()``.

        Asked at the conversion of a lead, and again at the submission to gate ATI.
        """
        self.ensure_one()
        name, blockers = self.display_name, []
        if not (self.partner_id or self.partner_name or self.contact_name):
            blockers.append(self.env._("%(lead)s has no customer; choose the customer or name the contact.", lead=name))
        if not (self.email_from or self.phone):
            blockers.append(self.env._("%(lead)s has neither phone nor email; enter one of them.", lead=name))
        if not (self.ltc_need or '').strip():
            blockers.append(self.env._("%(lead)s does not say what the customer needs; describe the need.", lead=name))
        if self.expected_revenue <= 0:
            blockers.append(self.env._("%(lead)s has no expected revenue; estimate it.", lead=name))
        return blockers

    def _ltc_open_missing_flows(self):
        """Open, in one batch, the cases of those leads that Odoo is about to convert."""
        self.filtered(lambda lead: (
            lead.type == 'lead' and lead.active and lead.won_status != 'won' and not lead.ltc_flow_id
        ))._ltc_open_flows()

    def _ltc_open_flows(self):
        """Open one case a lead; a mass conversion, lead by lead, leaves them to its end or to the next commit."""
        if self and self.env.context.get('ltc_queue_flows'):
            self._ltc_queue_flows()
            return
        flows = self.env['ltc.flow']._open_flows([lead._prepare_ltc_flow_values() for lead in self])
        for lead_sudo, flow in zip(self.sudo(), flows, strict=True):  # no record rule hides one's own hand-off
            lead_sudo.ltc_flow_id = flow

    def _ltc_queue_flows(self):
        precommit = self.env.cr.precommit
        if not precommit.data.get(FLOW_QUEUE):
            precommit.data[FLOW_QUEUE] = set()
            precommit.add(self._ltc_open_queued_flows)
        precommit.data[FLOW_QUEUE].update(self.ids)

    def _ltc_open_queued_flows(self):
        """Open the cases that wait: at the end of the mass conversion, and before every commit on its way."""
        lead_ids = self.env.cr.precommit.data.pop(FLOW_QUEUE, ())
        leads = self.with_context(ltc_queue_flows=False).browse(sorted(lead_ids)).exists()
        leads.filtered(lambda lead: lead.type == 'opportunity' and not lead.ltc_flow_id)._ltc_open_flows()

    def _prepare_ltc_flow_values(self):
        """Return the values of the case that is born with this opportunity."""
        self.ensure_one()
        return {
            **self._prepare_ltc_flow_facts(),
            'company_id': self._ltc_get_company().id,
            'stage': 'opportunity',
            'lead_entered_on': (self.type == 'lead' or self.date_conversion) and self.create_date,
        }

    def _prepare_ltc_flow_facts(self):
        """Return what the opportunity tells its case until the contract takes over."""
        return {
            'partner_id': self.partner_id.id,
            'ar_user_id': self.user_id.id,
            'sr_user_id': self.ltc_sr_user_id.id,
            'fr_user_id': self.ltc_fr_user_id.id,
            'amount': self.expected_revenue,
        }

    def _ltc_get_handed_over(self, vals):
        """Return the opportunities whose customer or salesperson ``vals`` changes: their cases follow."""
        names = FLOW_FACTS.keys() & vals.keys()
        if not names:
            return self.browse()
        return self.filtered(
            lambda lead: lead.ltc_flow_id and any(lead[name].id != (vals[name] or False) for name in names))

    def _ltc_update_flows(self):
        for lead in self:
            flow_sudo = lead.ltc_flow_id.sudo()  # users only read cases
            if flow_sudo and flow_sudo._is_pursued():
                flow_sudo._advance('opportunity', **{
                    fact: lead[name].id for name, fact in FLOW_FACTS.items()})

    # === GATE ATI === #

    @api.model
    def _ltc_get_ahead_domain(self, code):
        if code == 'ati':
            return ~Domain('stage_id', 'any', [('ltc_gate_required', '=', True)]) & Domain('won_status', '!=', 'won')
        return super()._ltc_get_ahead_domain(code)

    def _ltc_get_positions(self):
        """Return {lead id: where it stands}, to tell afterwards which leads have moved."""
        return {lead.id: (lead.stage_id.id, lead.company_id.id, lead.type, lead.team_id.id) for lead in self}

    def _ltc_check_moves(self, positions):
        """Refuse that a lead enters a stage (or the company that it stands in) without the Go which it requires.

        Only moves are checked: whoever stands in the stage already may still be edited, reassigned or lost after
        the figures have left the Go behind.
        """
        entering = self.filtered(lambda lead: (
            lead.id and (lead.stage_id.ltc_gate_required or lead.stage_id.is_won)
            and positions.get(lead.id, ())[:2] != (lead.stage_id.id, lead.company_id.id)))
        entering._ltc_check_gate('ati')

    def _ltc_get_company(self):
        """Return the lead's company; else its team's, its case's, its salesperson's."""
        self.ensure_one()
        lead_sudo = self.sudo()  # teams and colleagues of another company still tell theirs
        return (
            lead_sudo.company_id or lead_sudo.team_id.company_id or lead_sudo.ltc_flow_id.company_id
            or lead_sudo.user_id.company_id or self.env.company
        ).sudo(self.env.su)

    def _ltc_get_team_leader(self):
        return self.team_id.user_id

    def _ltc_get_gate_figures(self, code):
        figures = super()._ltc_get_gate_figures(code)
        if code != 'ati' and not self._ltc_is_own_gate(code):
            return figures
        currency = self._ltc_get_company().currency_id
        return {
            **figures,
            'partner': self.partner_id.id,
            'amount': currency.round(self.expected_revenue),
            'currency': currency.name,
            'recurring': currency.round(self.recurring_revenue_monthly),
            'need': self.ltc_need or '',
            'competitors': self.ltc_competitors or '',
            'ar': self.user_id.id,
            'sr': self.ltc_sr_user_id.id,
            'fr': self.ltc_fr_user_id.id,
        }

    @api.model
    def _ltc_get_figure_labels(self):
        return {
            **super()._ltc_get_figure_labels(),
            'recurring': self.env._("Expected Monthly Revenue"),
            'need': self.env._("Need"),
            'competitors': self.env._("Competitors"),
            'ar': self.env._("Account (AR)"),
            'sr': self.env._("Solution (SR)"),
            'fr': self.env._("Fulfilment (FR)"),
        }

    @api.model
    def _ltc_format_figure(self, key, value):
        if key in ('ar', 'sr', 'fr'):
            return format_record(self.env, 'res.users', value)
        return super()._ltc_format_figure(key, value)

    def _ltc_get_submission_blockers(self, code):
        blockers = super()._ltc_get_submission_blockers(code)
        if code != 'ati':
            return blockers
        name = self.display_name
        if self.type == 'lead':
            blockers.append(self.env._("%(lead)s is still a lead; convert it to an opportunity.", lead=name))
        if self.won_status == 'lost':
            blockers.append(self.env._("%(lead)s is lost; restore it.", lead=name))
        blockers += self._ltc_get_qualification_blockers()
        missing = self._ltc_get_missing_roles()
        if missing:
            blockers.append(self.env._(
                "%(lead)s has an incomplete iron triangle; name the responsible for: %(roles)s.",
                lead=name, roles=', '.join(missing)))
        return blockers

    def _ltc_get_missing_roles(self):
        """Return the labels of the corners of the iron triangle that nobody holds."""
        labels = self._ltc_get_figure_labels()
        corners = {'ar': self.user_id, 'sr': self.ltc_sr_user_id, 'fr': self.ltc_fr_user_id}
        return [labels[corner] for corner, user in corners.items() if not user]

    def _ltc_after_decision(self, review):
        """A Go names the iron triangle of the case."""
        super()._ltc_after_decision(review)
        flow_sudo = self.sudo().ltc_flow_id  # users only read cases
        if review.gate_code != 'ati' or review.decision not in PASSING or not (flow_sudo and flow_sudo._is_pursued()):
            return
        facts = self._prepare_ltc_flow_facts()
        if flow_sudo.stage == 'quote':
            del facts['amount']  # the quotation knows better
        flow_sudo._advance('opportunity', **facts)
