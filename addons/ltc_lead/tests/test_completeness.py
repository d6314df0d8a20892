from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, users

from odoo.addons.ltc_lead.models import ltc_field_policy

from .common import LtcLeadCommon


@tagged('post_install', '-at_install')
class TestCompleteness(LtcLeadCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ltc.field.policy'].search([]).active = False

    @classmethod
    def _get_field(cls, name):
        return cls.env['ir.model.fields']._get('crm.lead', name)

    @classmethod
    def _create_policy(cls, weights, needed=(), **values):
        return cls.env['ltc.field.policy'].create({
            'name': "Policy", **values, 'line_ids': [(0, 0, {
                'field_id': cls._get_field(name).id, 'weight': weight, 'is_needed': name in needed,
            }) for name, weight in weights.items()]})

    # === THE SHARE === #

    @users('ltc_test_sales')
    def test_without_a_policy_everything_is_complete(self):
        lead = self.env['crm.lead'].create({'name': "Bare"})
        self.assertRecordValues(lead, [{'ltc_completeness': 100, 'ltc_missing': False}])
        self.assertNotIn('completeness', [chip['key'] for chip in lead.ltc_glance or []])

    @users('ltc_test_sales')
    def test_the_share_goes_by_weight_and_the_rest_is_named(self):
        self._create_policy({'ltc_need': 3, 'ltc_competitors': 1, 'date_deadline': 1})
        lead = self._create_lead(ltc_competitors=" ").with_env(self.env)
        self.assertRecordValues(lead, [{'ltc_completeness': 60, 'ltc_missing': 'ltc_competitors,date_deadline'}])
        [chip] = [chip for chip in lead.ltc_glance if chip['key'] == 'completeness']
        self.assertEqual((chip['label'], chip['tone']), ("60%", 'warning'))
        self.assertEqual(chip['title'], "Missing: Competitors, Expected Closing")
        lead.ltc_competitors = "Krones"
        self.assertEqual(lead.ltc_completeness, 80)
        self.assertIn(lead, self.env['crm.lead'].search([('ltc_completeness', '=', 80)]))

    def test_policies_hold_for_their_type_stage_team_and_company_and_add_up(self):
        self._create_policy({'ltc_competitors': 1}, lead_type='opportunity')
        self._create_policy({'date_deadline': 1}, stage_ids=self.stage_proposition.ids)
        other = self.env['crm.team'].create({'name': "Other"})
        self._create_policy({'website': 1}, team_ids=other.ids)
        company = self.env['res.company'].create({'name': "Other"})
        self._create_policy({'website': 1}, company_id=company.id)
        self.assertEqual(self._create_lead(stage_id=self.stage_new.id).ltc_completeness, 100)
        opportunity = self._create_opportunity(stage_id=self.stage_new.id)
        self.assertEqual(opportunity.ltc_missing, 'ltc_competitors')
        opportunity.stage_id = self.stage_proposition
        self.assertEqual(opportunity.ltc_missing, 'ltc_competitors,date_deadline')

    def test_a_change_of_the_policies_reaches_old_leads_and_writes_only_what_changed(self):
        lead = self._create_lead()
        policy = self._create_policy({'ltc_competitors': 1})
        self.assertEqual(self.company.ltc_completeness_cursor, 1)
        self._refresh()
        self.assertRecordValues(lead, [{'ltc_completeness': 0, 'ltc_missing': 'ltc_competitors'}])
        self.assertEqual(self.company.ltc_completeness_cursor, 0)
        stamp = lead.write_date
        self._refresh()
        self.assertEqual(lead.write_date, stamp)
        policy.active = False
        self._refresh()
        self.assertEqual(lead.ltc_completeness, 100)
        policy.active = True
        self.env['ltc.field.policy']._move_cursor(self.company, lead.id + 1)  # killed behind this lead
        self._refresh()
        self.assertEqual(lead.ltc_completeness, 100)
        policy.line_ids.weight = 5
        self._refresh()
        self.assertEqual(lead.ltc_completeness, 0)

    def test_a_pass_that_is_out_of_time_says_that_something_is_left(self):
        self._create_lead()
        self._create_lead()
        self._create_policy({'ltc_competitors': 1})
        Policy = self.env['ltc.field.policy']
        with patch.object(ltc_field_policy, 'CHUNK', 1):
            with self._cron_progress(enough=1) as progress:
                Policy._cron_refresh()
            self.assertEqual((progress.done, progress.remaining), (1, 1))
        with self._cron_progress() as progress:
            Policy._cron_refresh()
        self.assertTrue(progress.done)
        self.assertEqual(progress.remaining, 0)

    def test_the_pass_judges_emptiness_as_the_lead_itself_does(self):
        """By SQL for thousands at once, and by Python when one is written: the same."""
        weights = {'ltc_need': 3, 'ltc_competitors': 1, 'expected_revenue': 2, 'date_deadline': 1, 'website': 1}
        self._create_policy({**weights, 'source_id': 4})
        self._create_policy({'description': 1}, lead_type='opportunity')  # only Python knows what empty markup is
        source = self.env['utm.source'].create({'name': "Fair"})
        leads = self.env['crm.lead'].create([self._prepare_lead_values(**values) for values in (
            {'ltc_need': "\u3000\u00a0\n", 'expected_revenue': 0, 'source_id': source.id},
            {'ltc_need': "\u200b", 'ltc_competitors': " Krones ", 'expected_revenue': 1, 'website': "krones.com"},
            {'ltc_need': False, 'date_deadline': '2026-01-01', 'ltc_competitors': ""},
            {'type': 'opportunity', 'description': "<p><br></p>"},
            {'type': 'opportunity', 'description': "<p>Two lines</p>", 'ltc_need': "Two lines"},
        )])
        names = ['ltc_completeness', 'ltc_missing']
        expected = leads.read(names)
        self.assertEqual(len({row['ltc_missing'] for row in expected}), 5)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET ltc_completeness = -1, ltc_missing = 'x' WHERE id = ANY(%s)", [leads.ids])
        self.env.cr.execute("SELECT MAX(write_date) FROM crm_lead WHERE id = ANY(%s)", [leads[:3].ids])
        [stamp] = self.env.cr.fetchone()
        self._refresh()
        self.assertEqual(leads.read(names), expected)
        self.assertEqual(max(leads[:3].mapped('write_date')), stamp, "nobody has changed these leads")

    def _refresh(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref('ltc_lead.ir_cron_completeness').method_direct_trigger()
        self.env.invalidate_all()

    # === NEEDED FIELDS === #

    def test_in_any_profile_a_needed_field_keeps_a_lead_from_being_converted(self):
        self._create_policy({'ltc_object': 1, 'ltc_industry_id': 1}, needed=['ltc_object'], lead_type='opportunity')
        lead = self._create_lead().with_user(self.sales)
        for convert in (lambda: lead.convert_opportunity(self.customer), lambda: lead.write({'type': 'opportunity'})):
            with self.assertRaisesRegex(UserError, "needs as an opportunity: Object; fill them in first"), \
                    self.env.cr.savepoint():
                convert()
        lead.write({'type': 'opportunity', 'ltc_object': "Two fillers", 'ltc_constraints': "Hall of 180 m²"})
        self.assertRecordValues(lead, [{'ltc_object': "Two fillers", 'ltc_constraints': "Hall of 180 m²"}])

    def test_the_automatic_assignment_keeps_such_a_lead_a_lead(self):
        self._create_policy({'ltc_object': 1}, needed=['ltc_object'])
        lead, complete = self._create_lead(user_id=False), self._create_lead(user_id=False, ltc_object="A line")
        (lead | complete).with_context(ltc_assign_unqualified=True).convert_opportunity(
            False, user_ids=self.sales.ids)
        self.assertEqual((lead | complete).mapped('type'), ['lead', 'opportunity'])
        self.assertEqual((lead | complete).user_id, self.sales)

    def test_what_was_entered_on_the_lead_goes_to_the_customer(self):
        industry = self.env['res.partner.industry'].create({'name': "Beverages"})
        lead = self._create_lead(
            partner_id=False, partner_name="Minjiang", contact_name="Huang Rui", ltc_vat="CN9135",
            ltc_industry_id=industry.id)
        lead._handle_partner_assignment()
        company = lead.partner_id.parent_id
        self.assertRecordValues(company, [{'vat': "CN9135", 'industry_id': industry.id}])

    def test_merging_loses_no_requirement(self):
        first = self._create_lead(ltc_constraints="180 m²", ltc_object="A line")
        second = self._create_lead(ltc_constraints="Before summer")
        merged = (first | second).merge_opportunity()
        for text in ("180 m²", "Before summer"):
            self.assertIn(text, merged.ltc_constraints)
        self.assertEqual(merged.ltc_object, "A line")

    # === WHO SETS IT UP === #

    def test_only_sales_operations_sets_policies_and_only_on_fields_that_people_fill_in(self):
        with self.assertRaises(AccessError):
            self.env['ltc.field.policy'].with_user(self.manager).create({'name': "Mine"})
        with self.assertRaisesRegex(ValidationError, "cannot expect"):
            self._create_policy({'probability': 1})
        form = Form(self.env['ltc.field.policy'].with_user(self.operations))
        form.name = "Ours"
        with form.line_ids.new() as line:
            line.field_id = self._get_field('ltc_need')
        self.assertEqual(form.save().line_ids.weight, 1)

    def test_the_policies_that_come_along_are_off(self):
        for name in ('lead', 'opportunity'):
            policy = self.env.ref(f'ltc_lead.ltc_field_policy_{name}')
            self.assertTrue(policy.line_ids)
            self.assertFalse(policy.active, name)

    @users('ltc_test_sales')
    def test_the_share_costs_no_query(self):
        counts = []
        for _turn in range(2):
            for _warming_up in range(2):
                count = self._count_creation(20)
            counts.append(count)
            self._create_policy({'ltc_need': 3, 'ltc_competitors': 1})
        self.assertLessEqual(counts[1], counts[0])

    def _count_creation(self, count):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.env['crm.lead'].create([self._prepare_lead_values(name=f"Lead {number}") for number in range(count)])
        self.env.flush_all()
        return self.cr.sql_log_count - before

    @users('ltc_test_sales')
    def test_the_report_opens(self):
        self._create_policy({'ltc_need': 1, 'ltc_competitors': 1})
        leads = self.env['crm.lead'].create([
            self._prepare_lead_values(ltc_competitors=competitors) for competitors in (False, "Sidel")])
        action = self.env['ir.actions.act_window']._for_xml_id('ltc_lead.crm_lead_action_completeness')
        for view_id, view_type in action['views']:
            self.env['crm.lead'].get_view(view_id, view_type)
        rows = self.env['crm.lead'].formatted_read_group(
            [('id', 'in', leads.ids)], ['user_id'], ['ltc_completeness:avg'])
        self.assertEqual(
            [(row['user_id'][0], row['ltc_completeness:avg']) for row in rows], [(self.env.uid, 75.0)])
