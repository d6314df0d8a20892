"""Pools, clocks, scores, hand-overs and forecasts: a salesperson tries to have what is not his, and to write what is
the server's, over the external API.
"""
from datetime import timedelta

from hostile_common import DENIED
from hostile_lead_common import HostileLeadCommon

from odoo import fields
from odoo.tests import HttpCase

SECRETS = ('phone', 'email_from', 'contact_name', 'description', 'ltc_need')
LATER = '2099-01-01 08:00:00'
LONG_AGO = '2001-01-01 08:00:00'


class TestHostileLeads(HostileLeadCommon, HttpCase):
    test_tags = {'standard', 'post_install', 'hostile'}
    test_module = 'ltc_lead'

    def _read_sudo(self, lead, *names):
        self.env.flush_all()
        [values] = lead.sudo().read(names, load=None)
        return values

    # === POOLS: TAKING === #

    def test_what_waits_in_a_pool_is_taken_by_its_rules_only(self):
        lead, own, me = self._create_pooled(), self._create_lead(), self.sales.id
        ids = lead.ids
        with self.untouched(lead, self.foreign):
            self._refuse_all(self.sales, [
                ('crm.lead', 'write', {'ids': ids, 'vals': {'user_id': me}}),
                ('crm.lead', 'web_save', {'ids': ids, 'vals': {'user_id': me}, 'specification': {}}),
                ('crm.lead', 'web_save_multi', {
                    'ids': ids + own.ids, 'vals_list': [{'user_id': me}] * 2, 'specification': {}}),
                ('crm.lead', 'copy', {'ids': ids, 'default': {'user_id': me}}),
                ('crm.lead', 'convert_opportunity', {'ids': ids, 'partner': False, 'user_ids': [me]}),
                ('crm.lead', 'merge_opportunity', {'ids': ids + own.ids, 'user_id': me}),
                ('crm.lead', 'action_set_lost', {'ids': ids}),
                ('crm.lead', 'unlink', {'ids': ids}),
                ('crm.lead', 'write', {'ids': self.foreign.ids, 'vals': {'user_id': me}}),
                ('ltc.pool.lead', 'write', {'ids': ids, 'vals': {'pool_id': False}}),
                ('ltc.lead.pool', 'write', {'ids': self.pool.ids, 'vals': {'day_cap': 0}}),
            ])
            self.call(self.sales, 'crm.lead', 'message_subscribe', ids=lead.ids, partner_ids=self.sales.partner_id.ids)
            self.assertNotIn(self.sales.partner_id, lead.message_partner_ids)
            self._load(self.sales, ['.id', 'user_id/.id'], [str(lead.id), str(me)], pattern="Unknown database id")
            self.refuse(self.outsider, DENIED, 'ltc.pool.lead', 'action_claim', ids=ids)
            self.refuse(self.clerk, DENIED, 'ltc.pool.lead', 'action_claim', ids=ids)
        self.assertTrue(own.exists().active)
        self.call(self.sales, 'ltc.pool.lead', 'action_claim', ids=ids)
        self.assertEqual(lead.user_id, self.sales)

    def test_caps_freeze_and_cool_down_hold_against_one_call_and_many(self):
        self.pool.write({'day_cap': 1, 'freeze_days': 0, 'cooldown_days': 30})
        first, second = self._create_pooled(), self._create_pooled()
        self.refuse(self.sales, "1 leads a day", 'ltc.pool.lead', 'action_claim', ids=(first | second).ids)
        self.call(self.sales, 'ltc.pool.lead', 'action_claim', ids=first.ids)
        self.refuse(self.sales, "1 leads a day", 'ltc.pool.lead', 'action_claim', ids=second.ids)
        self.pool.day_cap = 0
        [release_id] = self.call(self.sales, 'ltc.lead.release', 'create', vals_list=[{
            'lead_ids': [[6, 0, first.ids]], 'pool_id': self.pool.id, 'reason': "Back and forth"}])
        self.call(self.sales, 'ltc.lead.release', 'action_release', ids=[release_id])
        self.refuse(self.sales, "was yours", 'ltc.pool.lead', 'action_claim', ids=first.ids, context={
            'ltc_owner_way': 'assign', 'skip_cooldown': True})
        self.pool.freeze_days = 3
        self.refuse(self.sales, "frozen", 'ltc.pool.lead', 'action_claim', ids=second.ids)
        self.pool.write({'freeze_days': 0, 'holding_cap': 1})
        self._create_lead()
        self.refuse(self.sales, "may hold", 'ltc.pool.lead', 'action_claim', ids=second.ids)

    def test_the_dialogs_of_a_pool_move_nothing_of_others(self):
        lead, theirs = self._create_pooled(), self._create_lead(user_id=self.outsider.id)
        values = {'pool_id': self.pool.id, 'reason': "Mine soon"}
        with self.untouched(lead, theirs, self.foreign):
            [assign_id] = self.call(self.sales, 'ltc.pool.assign', 'create', vals_list=[{'user_id': self.sales.id}])
            self.refuse(self.sales, "Only its administrators assign", 'ltc.pool.assign', 'action_assign',
                        ids=[assign_id], context={'active_model': 'ltc.pool.lead', 'active_ids': lead.ids})
            [assign_id] = self.call(self.keeper, 'ltc.pool.assign', 'create', vals_list=[{'user_id': self.keeper.id}])
            self.refuse(self.keeper, "A colleague was faster", 'ltc.pool.assign', 'action_assign', ids=[assign_id],
                        context={'active_model': 'ltc.pool.lead', 'active_ids': theirs.ids})
            for document in (theirs, self.foreign):
                self.refuse(self.keeper, DENIED, 'ltc.lead.release', 'create', vals_list=[{
                    **values, 'lead_ids': [[6, 0, document.ids]]}])
            self.refuse(self.sales, "Only its administrators put", 'crm.lead', 'create', vals_list=[{
                'name': "Mine", 'ltc_pool_id': self.pool.id}])
            self._load(self.sales, ['name', 'ltc_pool_id/.id'], ["Mine", str(self.pool.id)],
                       pattern="Only its administrators put")
        self.call(self.keeper, 'ltc.pool.assign', 'action_assign', ids=[assign_id], context={
            'active_model': 'ltc.pool.lead', 'active_ids': lead.ids})
        self.assertEqual(lead.user_id, self.keeper)

    def test_no_default_locks_a_lead_or_stamps_it(self):
        names = {'ltc_is_locked': True, 'ltc_pool_since': LONG_AGO,
                 'ltc_reviewed_on': '2099-01-01', 'ltc_reviewed_by_id': self.manager.id,
                 'ltc_protected_until': '2099-01-01', 'ltc_in_conflict': True}
        for name, value in names.items():
            self.call(self.sales, 'ir.default', 'set', model_name='crm.lead', field_name=name, value=value,
                      user_id=True)
        for context in ({}, {f'default_{name}': value for name, value in names.items()}):
            for vals in ({}, {'ltc_is_locked': True, 'ltc_reviewed_on': '2099-01-01'}):
                [lead_id] = self.call(self.sales, 'crm.lead', 'create', vals_list=[{
                    'name': "Forged", 'user_id': self.sales.id, **vals}], context=context)
                lead = self.env['crm.lead'].browse(lead_id)
                self.assertFalse(any(self._read_sudo(lead, *names)[name] for name in names), lead.read(list(names)))
        self.call(self.sales, 'crm.lead', 'write', ids=lead.ids, vals=names | {'ltc_pool_id': False})
        self.assertFalse(any(self._read_sudo(lead, *names)[name] for name in names))
        self.refuse(self.sales, "Only its administrators put leads into", 'crm.lead', 'create', vals_list=[{
            'name': "Forged"}], context={'default_ltc_pool_id': self.pool.id})

    # === POOLS: SEEING === #

    def test_what_a_pool_hides_is_told_on_no_route(self):
        lead, own = self._create_pooled(), self._create_lead(phone="+86 138 5550 1234")
        lead.message_post(body="Ask for 138 5550 1234", message_type='comment')
        lead.activity_schedule('mail.mail_activity_data_call', user_id=self.manager.id, note="138 5550 1234")
        me = [('id', '=', lead.id)]
        calls = [('crm.lead', 'read', {'ids': lead.ids, 'fields': ['phone']}),
                 ('crm.lead', 'web_read', {'ids': lead.ids, 'specification': {'phone': {}}}),
                 ('crm.lead', 'export_data', {'ids': lead.ids, 'fields_to_export': ['phone']}),
                 ('crm.lead', 'action_ltc_reveal_phone', {'ids': lead.ids}),
                 ('crm.lead', 'action_ltc_explain_score', {'ids': lead.ids}),
                 ('crm.lead', 'message_post', {'ids': lead.ids, 'body': "Hello"}),
                 ('ltc.lead.secret', 'search_read', {'domain': []})]
        for name in SECRETS:
            calls += [('ltc.pool.lead', 'read', {'ids': lead.ids, 'fields': [name]}),
                      ('ltc.pool.lead', 'search', {'domain': [(name, 'ilike', '138')]}),
                      ('ltc.pool.lead', 'search', {'domain': [], 'order': name}),
                      ('ltc.pool.lead', 'export_data', {'ids': lead.ids, 'fields_to_export': [name]}),
                      ('ltc.pool.lead', 'formatted_read_group', {
                          'domain': [], 'groupby': [name], 'aggregates': ['__count']})]
        self._refuse_all(self.sales, calls, pattern=f"{DENIED}|security restrictions")
        for model, method, arguments in (
            ('crm.lead', 'search_read', {'domain': me, 'fields': ['phone']}),
            ('crm.lead', 'search_count', {'domain': [*me, ('phone', 'ilike', '5550')]}),
            ('crm.lead', 'name_search', {'name': "Pooled"}),
            ('crm.lead', 'formatted_read_group', {'domain': me, 'groupby': ['phone'], 'aggregates': ['__count']}),
            ('mail.message', 'search_read', {
                'domain': [('model', '=', 'crm.lead'), ('res_id', '=', lead.id)], 'fields': ['body']}),
            ('mail.activity', 'search_read', {'domain': [('res_id', '=', lead.id)], 'fields': ['note']}),
            ('crm.activity.report', 'search_read', {'domain': [('lead_id', '=', lead.id)], 'fields': ['id']}),
            ('ltc.pool.view', 'search_read', {'domain': [('lead_id.phone', 'ilike', '138')], 'fields': ['phone']}),
            ('ltc.owner.log', 'search_read', {'domain': [('res_id', '=', lead.id)], 'fields': ['user_id']}),
        ):
            with self.subTest(model=model, method=method):
                response = self._post(self.sales, model, method, arguments)
                self.assertTrue(response.status_code >= 400 or not response.json(), response.text)
        [shown] = self.call(self.sales, 'crm.lead', 'read', ids=own.ids, fields=['duplicate_lead_ids'])
        self.assertNotIn(lead.id, shown['duplicate_lead_ids'])
        self._refuse_all(self.sales, [
            ('crm.merge.opportunity', 'create', {'vals_list': [{'opportunity_ids': [[6, 0, (lead | own).ids]]}]}),
            ('crm.lead2opportunity.partner', 'create', {'vals_list': [{
                'lead_id': own.id, 'name': 'merge', 'duplicated_lead_ids': [[6, 0, (lead | own).ids]]}]})])

    def test_the_view_quota_holds_and_the_view_is_masked(self):
        self.pool.view_cap = 1
        first, second = self._create_pooled(), self._create_pooled()
        action = self.call(self.sales, 'ltc.pool.lead', 'action_open', ids=first.ids)
        [view] = self.call(self.sales, 'ltc.pool.view', 'read', ids=[action['res_id']], fields=['phone', 'email_from'])
        self.assertEqual((view['phone'], view['email_from']), ('138****1234', 'y***@ruianvalves.example.com'))
        self.refuse(self.sales, "as many as a day allows", 'ltc.pool.lead', 'action_open', ids=second.ids)
        self._refuse_all(self.sales, [
            ('ltc.pool.view', 'create', {'vals_list': [{
                'user_id': self.sales.id, 'lead_id': second.id, 'pool_id': self.pool.id, 'date': '2026-01-01'}]}),
            ('ltc.pool.view', 'write', {'ids': [view['id']], 'vals': {'lead_id': second.id}}),
            ('ltc.pool.view', 'unlink', {'ids': [view['id']]}),
            ('ltc.pool.usage', 'search_read', {'domain': [], 'fields': ['view_count']}),
            ('ltc.pool.view', 'read', {'ids': self.env['ltc.pool.view'].with_user(self.keeper)._open(
                self.env['ltc.pool.lead'].with_user(self.keeper).browse(second.id)).ids, 'fields': ['phone']}),
        ])

    # === WHAT THE SERVER WRITES === #

    def test_no_figure_and_no_moment_is_written_by_hand(self):
        opportunity = self._create_opportunity(date_deadline='2026-01-31')
        before = self._read_sudo(opportunity, *(names := [
            'won_status', 'date_closed', 'date_open', 'date_last_stage_update', 'date_conversion', 'ltc_completeness',
            'ltc_missing', 'ltc_temperature', 'ltc_forecast_category', 'ltc_score', 'ltc_score_band', 'ltc_mql_on',
            'ltc_first_response_on', 'ltc_response_hours', 'ltc_sla_deadline', 'ltc_recycle_on', 'ltc_handover_state',
            'ltc_sql_on', 'ltc_name_key', 'day_close', 'ltc_is_locked', 'automated_probability']))
        forged = {'won_status': 'won', 'date_closed': LONG_AGO, 'date_open': LATER, 'date_last_stage_update': LATER,
                  'date_conversion': LONG_AGO, 'ltc_completeness': 100, 'ltc_missing': "x", 'ltc_temperature': 'hot',
                  'ltc_forecast_category': 'closed', 'ltc_score': 100, 'ltc_score_band': 'high', 'ltc_mql_on': LONG_AGO,
                  'ltc_first_response_on': LONG_AGO, 'ltc_response_hours': 0.1, 'ltc_sla_deadline': LATER,
                  'ltc_recycle_on': '2099-01-01', 'ltc_handover_state': 'accepted', 'ltc_sql_on': LONG_AGO,
                  'ltc_name_key': "x", 'day_close': 1.0, 'ltc_is_locked': True, 'automated_probability': 99.0}
        for name, value in forged.items():
            with self.subTest(name=name):
                self._post(self.sales, 'crm.lead', 'write', {'ids': opportunity.ids, 'vals': {name: value}})
                self.assertEqual(self._read_sudo(opportunity, name)[name], before[name])
        self._post(self.sales, 'crm.lead', 'web_save', {
            'ids': opportunity.ids, 'vals': forged, 'specification': {}})
        self._load(self.sales, ['.id', 'date_closed', 'won_status'], [str(opportunity.id), LONG_AGO, 'won'])
        self.assertEqual(self._read_sudo(opportunity, *names), before)
        [lead_id] = self.call(self.sales, 'crm.lead', 'create', vals_list=[{
            'name': "Born won", 'type': 'opportunity', 'user_id': self.sales.id, **forged}])
        born = self._read_sudo(self.env['crm.lead'].browse(lead_id), *names)
        self.assertEqual((born['won_status'], born['date_closed'], born['ltc_forecast_category']), (
            'pending', False, 'pipeline'))
        self.assertFalse(any(born[name] == forged[name] for name in names if name != 'ltc_completeness'), born)

    def test_no_record_of_the_server_is_made_changed_or_deleted(self):
        lead = self._create_lead()
        self.env['ltc.lead.score']._score(lead.ids)
        snapshot = self.env['ltc.forecast.snapshot']._take(self.company, 'weekly', fields.Date.to_date('2026-01-05'))
        target = self.env['ltc.target'].create({'user_id': self.sales.id, 'year': 2026, 'month_01': 10.0})
        handovers = lead._ltc_hand_over(self.sales, self.team)
        splits = self.env['ltc.lead.split'].search([], limit=1)
        records = [
            self.env['ltc.lead.score'].search([('lead_id', '=', lead.id)]), snapshot, target, handovers, splits,
            self.env['ltc.lead.clock'].search([], limit=1), self.env['ltc.owner.log'].search([], limit=1),
            self.env['ltc.forecast.snapshot.line'].search([], limit=1),
            self.env['ltc.forecast.adjustment'].search([], limit=1), self.env['ltc.lead.conflict'].search([], limit=1),
            self.env['ltc.lead.engagement'].search([], limit=1), self.env['ltc.lead.recycle'].search([], limit=1),
            self.env['ltc.nurture.enrolment'].search([], limit=1), self.env['ltc.lead.touch'].search([], limit=1),
            self.env['ltc.scorecard'].search([], limit=1), self.env['ltc.score.rule'].search([], limit=1),
            self.env['ltc.lead.sla'].search([], limit=1), self.env['ltc.field.policy'].search([], limit=1),
            self.env['ltc.customer.search.log'].search([], limit=1), self.env['ltc.web.submission'].search([], limit=1),
            self.env['ltc.pool.usage'].search([], limit=1), self.env['ltc.audit.log'].search([], limit=1),
        ]
        for record in records:
            ids = record.ids or [1]
            self._refuse_all(self.sales, [
                (record._name, 'write', {'ids': ids, 'vals': {'id': 1}}), (record._name, 'unlink', {'ids': ids}),
                (record._name, 'create', {'vals_list': [{'lead_id': lead.id}]}),
            ], pattern=f"{DENIED}|nobody (writes|changes)")
        for user in (self.manager, self.operations):
            self._refuse_all(user, [
                ('ltc.forecast.snapshot', 'write', {'ids': snapshot.ids, 'vals': {'amount': 1.0}}),
                ('ltc.forecast.snapshot', 'unlink', {'ids': snapshot.ids}),
                ('ltc.lead.handover', 'write', {'ids': handovers.ids, 'vals': {'state': 'accepted'}}),
            ], pattern=f"{DENIED}|nobody")

    # === CLOCKS === #

    def _start_clock(self):
        self.env['ltc.lead.sla'].search([]).active = False
        self.env['ltc.lead.sla'].create({'name': "Fast", 'company_id': self.company.id, 'first_hours': 8.0})
        lead = self._create_lead()
        self.env['ltc.lead.clock']._start_new(lead)
        self.env.flush_all()
        past = fields.Datetime.now() - timedelta(days=3)
        self.env.cr.execute(
            "UPDATE ltc_lead_clock SET started_on = %s, deadline = %s WHERE lead_id = %s", [past, past, lead.id])
        self.env.cr.execute("UPDATE crm_lead SET date_open = %s, create_date = %s WHERE id = %s", [past, past, lead.id])
        self.env.invalidate_all()
        return lead

    def test_dropping_a_lead_and_taking_it_again_stops_no_clock(self):
        lead = self._start_clock()
        deadline, since = lead.ltc_sla_deadline, lead.date_open
        for user in (False, self.sales.id):
            self.call(self.sales, 'crm.lead', 'write', ids=lead.ids, vals={'user_id': user})
            self.assertEqual(lead.ltc_sla_deadline, deadline)
        self.assertEqual(lead.date_open, since, "The recycling counts from when he had it first.")
        self.call(self.manager, 'crm.lead', 'write', ids=lead.ids, vals={'user_id': self.manager.id})
        self.assertGreater(lead.ltc_sla_deadline, deadline, "Whoever takes it over has the whole time.")

    def test_nobody_dates_his_words(self):
        lead = self._start_clock()
        lead.message_subscribe(self.customer.ids)
        values = {'body': "We called.", 'message_type': 'comment', 'subtype_xmlid': 'mail.mt_comment'}
        for moment in (LONG_AGO, LATER):
            message_id = self.call(self.sales, 'crm.lead', 'message_post', ids=lead.ids, date=moment, **values)
            message_id = message_id[0] if isinstance(message_id, list) else message_id
            message = self.env['mail.message'].browse(message_id)
            self._post(self.sales, 'mail.message', 'write', {'ids': message.ids, 'vals': {'date': moment}})
            self.assertLess(abs(message.date - fields.Datetime.now()), timedelta(minutes=5))
        self._post(self.sales, 'mail.message', 'create', {'vals_list': [{
            'model': 'crm.lead', 'res_id': lead.id, 'body': "Called", 'date': LONG_AGO, 'message_type': 'comment'}]})
        self.env.invalidate_all()
        self.assertFalse(self.env['mail.message'].search([
            ('model', '=', 'crm.lead'), ('res_id', '=', lead.id), '|', ('date', '<', '2010-01-01'),
            ('date', '>', '2090-01-01')]))
        self.assertGreater(lead.ltc_first_response_on, fields.Datetime.now() - timedelta(minutes=5))

    # === SCORES === #

    def test_engagement_is_recorded_as_a_fact_and_on_the_own_leads_only(self):
        kind = self.env['ltc.engagement.kind'].search([('source', '=', 'fact')], limit=1) or (
            self.env['ltc.engagement.kind'].create({'name': "Visit", 'code': 'test_visit', 'source': 'fact'}))
        lead = self._create_lead()
        log = {'code': kind.code}
        self.refuse(self.sales, DENIED, 'crm.lead', 'action_ltc_log_engagement', ids=self.foreign.ids, **log)
        for arguments in ({'quantity': -5}, {'date': LATER}):
            self.refuse(self.sales, "happened|positive|more than", 'crm.lead', 'action_ltc_log_engagement',
                        ids=lead.ids, **log, **arguments)
        self.call(self.sales, 'crm.lead', 'action_ltc_log_engagement', ids=lead.ids, **log)
        facts = self.env['ltc.lead.engagement'].search([('lead_id', '=', lead.id)])
        self.assertEqual((facts.quantity, facts.create_uid), (1.0, self.sales))

    # === HAND-OVERS === #

    def test_a_hand_over_is_decided_by_whom_it_was_handed_to(self):
        lead = self._create_lead(user_id=False, ltc_pool_id=False)
        lead._ltc_hand_over(self.env['res.users'], self.team)
        self.env.invalidate_all()  # the activity is on it now
        asked = "was handed to"
        with self.untouched(lead):
            for method in ('action_ltc_accept', 'action_ltc_reject', 'action_ltc_recycle', 'action_set_lost',
                           'action_archive'):
                self.refuse(self.outsider, asked, 'crm.lead', method, ids=lead.ids)
            self.refuse(self.outsider, asked, 'crm.lead', 'write', ids=lead.ids, vals={'type': 'opportunity'})
            self.refuse(self.outsider, asked, 'crm.lead', 'write', ids=lead.ids, vals={
                'type': 'opportunity', 'user_id': self.outsider.id})
            self.refuse(self.outsider, asked, 'crm.lead', 'convert_opportunity', ids=lead.ids, partner=False)
            own = self._create_lead(user_id=self.outsider.id)
            self.refuse(self.outsider, asked, 'crm.lead', 'merge_opportunity', ids=(lead | own).ids)
            reason = self.env.ref('ltc_lead.ltc_lead_reject_reason_no_need')
            [dialog_id] = self.call(self.outsider, 'ltc.lead.return', 'create', vals_list=[{
                'lead_ids': [[6, 0, lead.ids]], 'kind': 'rejected', 'reason_id': reason.id}])
            self.refuse(self.outsider, asked, 'ltc.lead.return', 'action_return', ids=[dialog_id])
        self.assertEqual(lead.ltc_handover_state, 'waiting')
        self.call(self.sales, 'crm.lead', 'action_ltc_accept', ids=lead.ids)
        self.assertEqual((lead.ltc_handover_state, lead.user_id), ('accepted', self.sales))

    # === FORECAST === #

    def test_nobody_speaks_for_another_or_forges_what_was_said(self):
        month = str(self.company._ltc_get_today().replace(day=1))
        own = self._create_opportunity(date_deadline=month)
        Adjustment = 'ltc.forecast.adjustment'
        self.refuse(self.sales, f"{DENIED}|Only", Adjustment, 'say_about_lead', lead_id=self.foreign.id, amount=1.0,
                    note="x")
        for amount in ('nan', 'inf', '1e400', -1, 'much', [1]):
            self.refuse(self.sales, "is no forecast", Adjustment, 'say_about_lead', lead_id=own.id, amount=amount,
                        note="x")
        self.refuse(self.sales, "Only LTC Manager", Adjustment, 'say_about_person', user_id=self.manager.id,
                    month=month, amount=1.0, note="x")
        self.call(self.sales, Adjustment, 'say_about_person', user_id=self.sales.id, month=month, amount=5.0,
                  note="Sure")
        said = self.env[Adjustment].search([('user_id', '=', self.sales.id)], limit=1)
        self.assertEqual((said.amount, said.made_by_id, said.level), (5.0, self.sales, 'owner'))
        self.assertEqual(said.previous_amount, 0.0, "What it stood against is the server's to say.")

    def test_no_dialog_tells_the_figures_of_others(self):
        lead = self._create_opportunity(name="Foreign deal", user_id=self.manager.id, expected_revenue=4711.0)
        for document in (lead, self._create_pooled(expected_revenue=4711.0), self.foreign):
            for model, names in (
                ('ltc.forecast.adjust', ['expected_revenue', 'category', 'level', 'adjustment_ids']),
                ('ltc.lead.split.edit', ['expected_revenue', 'line_ids', 'revenue_total']),
                ('ltc.score.explanation', ['content']),
                ('ltc.nurture.enrol', ['cadence_id']), ('ltc.lead.won', ['note']),
            ):
                with self.subTest(model=model, document=document.name):
                    response = self._post(self.sales, model, 'create', {'vals_list': [{
                        'lead_id': document.id, 'won_reason_id': 1, 'cadence_id': 1,
                    } if model in ('ltc.lead.won',) else {'lead_id': document.id}]})
                    if response.status_code == 200:
                        for name in names:
                            response = self._post(self.sales, model, 'read', {'ids': response.json(), 'fields': [name]}
                                                  ) if name == names[0] else response
                        self.assertNotIn('4711', response.text)
