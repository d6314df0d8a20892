from datetime import timedelta

import pytz

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from .ltc_gate import PROFILES
from .ltc_seat_mixin import OFFICERS


class ResCompany(models.Model):
    _inherit = 'res.company'

    ltc_profile = fields.Selection(PROFILES, string="Lead-to-Cash Profile", required=True, default='light')
    ltc_cfo_id = fields.Many2one(
        'res.users', string="CFO", domain=[('share', '=', False)],
        help="Takes the CFO's seats of the authority matrix. Nobody: the group that the seat names decides instead.")
    ltc_general_manager_id = fields.Many2one(
        'res.users', string="General Manager", domain=[('share', '=', False)],
        help="Takes the general manager's seats of the authority matrix. Nobody: the group that the seat names decides"
        " instead.")

    @api.constrains('ltc_cfo_id', 'ltc_general_manager_id')
    def _check_ltc_officers(self):
        (self.ltc_cfo_id | self.ltc_general_manager_id)._ltc_check_participants()

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.filtered(lambda company: company.ltc_profile != 'light')._ltc_sync_gates()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if 'ltc_profile' in vals:
            self._ltc_sync_gates()
        if vals.keys() & set(OFFICERS.values()):
            self.env.registry.clear_cache()  # levels are kept with the names of those who decide
        audited = sorted(vals.keys() & self._ltc_get_audited_fields())
        if audited and self.env.registry.ready:
            self.env['ltc.audit.log']._append([{
                'kind': 'configuration', 'document': company, 'company': company,
                'values': {'change': 'changed', 'values': {name: str(company[name]) for name in audited}},
            } for company in self])
        return result

    @api.model
    def _ltc_get_audited_fields(self):
        """Return the names of the fields that decisions rest on: the audit log keeps every change. Extend the set."""
        return {'ltc_profile', 'ltc_cfo_id', 'ltc_general_manager_id'}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_audited(self):
        chain_sudo = self.env['ltc.audit.chain'].sudo().search([('company_id', 'in', self.ids)], limit=1)
        if chain_sudo:
            raise UserError(self.env._(
                "%(company)s has entries in the audit log and cannot be deleted; archive the company instead.",
                company=chain_sudo.company_id.name))

    @api.private
    def _ltc_sync_gates(self):
        """Put in force the gates that each company's profile asks for, and the others out of force.

        A gate that stays in force keeps its date: documents created from then on are bound by it, and older ones that
        still had its move before them.
        """
        Activation = self.env['ltc.gate.activation'].sudo()
        gates = self.env['ltc.gate'].sudo().search([])
        existing = {
            (activation.company_id, activation.gate_id): activation
            for activation in Activation.search([('company_id', 'in', self.ids)])
        }
        wanted = {
            (company, gate) for company in self for gate in gates
            if gate._is_wanted(company)
        }
        for pair, activation in existing.items():
            if pair not in wanted:
                activation.unlink()
        Activation.create([
            {'company_id': company.id, 'gate_id': gate.id}
            for company, gate in wanted if (company, gate) not in existing
        ])._catch_documents()

    # === TIME === #

    @api.private
    def _ltc_get_today(self):
        """Return today's date where the company is: neither a nightly run in UTC nor a client's time zone shifts it."""
        return self._ltc_get_day(fields.Datetime.now())

    @api.private
    def _ltc_get_day(self, moment):
        """Return the date of ``moment``, a datetime in UTC, where the company is."""
        return fields.Datetime.context_timestamp(self.with_context(tz=self._ltc_get_zone()), moment).date()

    @api.private
    @tools.ormcache('self.id')
    def _ltc_get_zone(self):
        """Return the name of the time zone where the company is: of its own address, else of its calendar."""
        self.ensure_one()
        company_sudo = self.sudo()
        return company_sudo.partner_id.tz or company_sudo.resource_calendar_id.tz or 'UTC'

    def cache_invalidation_fields(self):
        return super().cache_invalidation_fields() | {'partner_id', 'resource_calendar_id'}

    @api.private
    def _ltc_plan_hours(self, hours, start):
        """Return the moment ``hours`` working hours after ``start`` (before it when negative), by this calendar."""
        self.ensure_one()
        calendar = self.sudo().resource_calendar_id
        planned = calendar and calendar.plan_hours(hours, pytz.utc.localize(start), compute_leaves=True)
        if not planned:  # nobody works in the time looked at: hours of the clock
            return start + timedelta(hours=hours)
        return planned.astimezone(pytz.utc).replace(tzinfo=None)

    @api.private
    def _ltc_count_hours(self, start, end):
        """Return the working hours between two moments by this calendar."""
        self.ensure_one()
        calendar = self.sudo().resource_calendar_id
        if not calendar:
            return max((end - start).total_seconds(), 0.0) / 3600
        return calendar.get_work_hours_count(start, end, compute_leaves=True)
