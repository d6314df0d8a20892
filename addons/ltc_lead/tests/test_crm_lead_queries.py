from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo.tests import tagged, users

from odoo.addons.ltc_lead.models.crm_lead import CrmLead

from .common import LtcLeadCommon

OVERRIDES = (
    'create', 'write', 'unlink', 'convert_opportunity', '_compute_stage_id', '_compute_company_id',
    '_handle_won_lost', '_merge_opportunity',
)


def _call_super(name):
    return lambda self, *args, **kwargs: getattr(super(CrmLead, self), name)(*args, **kwargs)


@contextmanager
def plain_odoo():
    """Run CRM as if this addon did not extend its methods."""
    with ExitStack() as stack:
        for name in OVERRIDES:
            method = _call_super(name)
            original = getattr(CrmLead, name)
            method.__dict__.update(original.__dict__)
            stack.enter_context(patch.object(CrmLead, name, method))
        yield


@tagged('post_install', '-at_install')
class TestCrmLeadQueries(LtcLeadCommon):
    """Light profile: what our addon costs beside plain Odoo."""

    def _count(self, action):
        self.env.flush_all()
        self.env.invalidate_all()
        self.company.currency_id.mapped('rounding')  # any form with an amount has read it
        before = self.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _compare(self, action):
        """Return (plain Odoo's queries, ours) of ``action``, warmed up on both."""
        with plain_odoo():
            action()
            plain = self._count(action)
        action()
        return plain, self._count(action)

    def _create(self, count, **values):
        return self.env['crm.lead'].create([
            self._prepare_lead_values(name=f"Lead {number}", **values) for number in range(count)])

    @users('ltc_test_sales')
    def test_creating_leads_costs_nothing(self):
        for count in (1, 100):
            plain, ours = self._compare(lambda count=count: self._create(count))
            self.assertEqual(ours, plain, f"{count} leads")

    @users('ltc_test_sales')
    def test_a_hundred_opportunities_cost_no_more_than_one_for_their_cases(self):
        extra = {}
        for count in (1, 100):
            plain, ours = self._compare(lambda count=count: self._create(count, type='opportunity'))
            extra[count] = ours - plain
        self.assertLessEqual(extra[1], 4)
        self.assertLessEqual(extra[100], extra[1] + 1)

    @users('ltc_test_sales')
    def test_converting_costs_no_more_for_many_than_for_one(self):
        for count, limit in ((1, 3), (20, 4)):  # numbers, cases, their logs
            leads = iter([self._create(count) for _turn in range(4)])
            plain, ours = self._compare(lambda leads=leads: next(leads).convert_opportunity(self.customer))
            self.assertLessEqual(ours - plain, limit, f"{count} leads")

    @users('ltc_test_sales')
    def test_moving_and_winning_cost_nothing(self):
        opportunities = self._create(20, type='opportunity')
        stages = [self.stage_proposition.id, self.stage_new.id] * 2
        moves = iter(stages)
        plain, ours = self._compare(lambda: opportunities.write({'stage_id': next(moves)}))
        self.assertLessEqual(ours, plain)

        def win_and_return():
            opportunities.action_set_won()
            opportunities.write({'stage_id': self.stage_new.id})

        plain, ours = self._compare(win_and_return)
        self.assertLessEqual(ours, plain)

    @users('ltc_test_sales')
    def test_losing_costs_one_query(self):
        batches = iter([self._create(20, type='opportunity') for _turn in range(4)])
        plain, ours = self._compare(lambda: next(batches).action_set_lost())
        self.assertLessEqual(ours - plain, 1)

    @users('ltc_test_sales')
    def test_a_form_costs_three_queries_and_a_list_none(self):
        opportunities = self._create(20, type='opportunity')
        opportunity = opportunities[0]
        for xmlid, records, limit in (
            ('crm.crm_lead_view_form', opportunity, 3), ('crm.crm_case_tree_view_oppor', opportunities, 0),
            ('crm.crm_case_kanban_view_leads', opportunities, 0), ('crm.crm_case_tree_view_leads', opportunities, 0),
            ('crm.view_crm_lead_kanban', opportunities, 0),
        ):
            view = self.env.ref(xmlid)
            names = self.env['crm.lead'].get_view(view.id, view.sudo().type)['models']['crm.lead']
            ours = {name: self._get_specification(name) for name in names}
            plain = {name: value for name, value in ours.items() if not name.startswith('ltc_')}
            for specification in (plain, ours):
                self._count(lambda records=records, specification=specification: records.web_read(specification))
            extra = [
                self._count(lambda records=records, specification=specification: records.web_read(specification))
                for specification in (plain, ours)]
            self.assertLessEqual(extra[1] - extra[0], limit, xmlid)

    @users('ltc_test_sales')
    def test_a_form_in_full_costs_three_queries_more_than_in_light(self):
        view = self.env.ref('crm.crm_lead_view_form')
        names = self.env['crm.lead'].get_view(view.id, 'form')['models']['crm.lead']
        specification = {name: self._get_specification(name) for name in names}
        counts = {}
        for profile in ('light', 'full'):
            self._set_profile(profile)
            opportunity = self._create(
                1, type='opportunity', ltc_sr_user_id=self.presales.id, ltc_fr_user_id=self.delivery.id)
            if profile == 'full':
                self._pass_gate(opportunity.sudo(), 'ati')
            opportunity.web_read(specification)  # warm the caches of the registry
            counts[profile] = self._count(lambda record=opportunity: record.web_read(specification))
        self.assertLessEqual(counts['full'] - counts['light'], 3)

    def _get_specification(self, name):
        is_link = self.env['crm.lead']._fields[name].type == 'many2one'
        return {'fields': {'display_name': {}}} if is_link else {}

    @users('ltc_test_manager')
    def test_in_full_a_batch_is_checked_in_a_constant_number_of_queries(self):
        self._set_profile('full')
        counts = {}
        for count in (2, 10):
            opportunities = self._create(
                count, type='opportunity', ltc_sr_user_id=self.presales.id, ltc_fr_user_id=self.delivery.id)
            for opportunity in opportunities:
                self._pass_gate(opportunity.sudo(), 'ati')
            counts[count] = self._count(
                lambda batch=opportunities: batch.write({'stage_id': self.stage_proposition.id}))
        self.assertLessEqual(counts[10], counts[2] + 1)
