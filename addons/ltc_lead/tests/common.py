from contextlib import contextmanager
from unittest.mock import patch

from odoo.addons.ltc_base.tests.common import LtcCommon


class CronProgress:
    """What a scheduled action says of its progress, counted as ``ir.cron.progress`` counts it."""

    def __init__(self, enough):
        self.done = self.remaining = 0
        self.told = []  # (processed, remaining) of each commit
        self.enough = enough

    def commit(self, env, processed, remaining):
        env.flush_all()
        self.told.append((processed, remaining))
        self.done += processed
        self.remaining = max(self.remaining - processed, 0) if remaining is None else remaining
        return 60.0 if self.enough is None or self.done < self.enough else 0.0


class LtcLeadCommon(LtcCommon):
    """A sales team with its own pipeline: New, Proposition (gated), Won."""

    role_groups = {
        **LtcCommon.role_groups,
        'sales': 'sales_team.group_sale_salesman,crm.group_use_lead',
        'manager': 'sales_team.group_sale_manager,crm.group_use_lead',
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env['crm.team'].create({
            'name': "LTC Team", 'user_id': cls.manager.id, 'company_id': cls.company.id,
            'use_leads': True, 'use_opportunities': True,
        })
        cls.env['crm.team.member'].create({'crm_team_id': cls.team.id, 'user_id': cls.sales.id})
        cls.stage_new, cls.stage_proposition, cls.stage_won = cls.env['crm.stage'].create([
            {'name': "New", 'sequence': -30, 'team_ids': [cls.team.id]},
            {'name': "Proposition", 'sequence': -20, 'team_ids': [cls.team.id], 'ltc_gate_required': True},
            {'name': "Won", 'sequence': -10, 'team_ids': [cls.team.id], 'is_won': True},
        ])
        cls.customer = cls.env['res.partner'].create({
            'name': "Yangtze Foods", 'is_company': True, 'email': 'buyer@yangtze.example.com',
            'phone': '+86 21 5555 0101',
        })

    @classmethod
    def _prepare_lead_values(cls, **values):
        return {
            'name': "Two filling lines", 'type': 'lead', 'user_id': cls.sales.id, 'team_id': cls.team.id,
            'company_id': cls.company.id, 'partner_id': cls.customer.id, 'expected_revenue': 800000.0,
            'ltc_need': "Two lines of 6,000 bottles per hour, running by spring.", **values,
        }

    @classmethod
    def _create_lead(cls, **values):
        return cls.env['crm.lead'].create(cls._prepare_lead_values(**values))

    @classmethod
    def _create_opportunity(cls, **values):
        return cls._create_lead(**{
            'type': 'opportunity', 'ltc_sr_user_id': cls.presales.id, 'ltc_fr_user_id': cls.delivery.id, **values})

    @contextmanager
    def _cron_progress(self, enough=None):
        """Yield what scheduled actions say of their progress in this block; they commit nothing.

        ``ir.cron`` takes a run that ends with ``remaining`` 0 for fully done: the next one comes after the interval.

        :param enough: when so much is done, the time of the action is over
        """
        progress = CronProgress(enough)

        def commit_progress(cron, processed=0, *, remaining=None, deactivate=False):
            return progress.commit(cron.env, processed, remaining)

        with patch.object(self.registry['ir.cron'], '_commit_progress', commit_progress):
            yield progress
        self.env.invalidate_all()
