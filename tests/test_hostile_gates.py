"""Nobody makes, changes or deletes a decision but those who may, by any route of the external API."""
from hostile_common import DENIED, HostileCommon

from odoo.fields import Command
from odoo.tests import HttpCase

RECORDS = ('ltc.gate.review', 'ltc.gate.approval', 'ltc.gate.opinion', 'ltc.gate.condition', 'ltc.gate.answer',
           'ltc.gate.activation', 'ltc.flow', 'ltc.flow.log')
CONFIGURATION = ('ltc.gate', 'ltc.gate.check', 'ltc.gate.dimension', 'ltc.authority.rule')
HIDDEN = {  # private methods that would open a gate
    'sale.order': ('_ltc_submit', '_ltc_after_decision', '_ltc_enter_flow', '_validate_order', '_action_confirm',
                   '_ltc_hold_confirmation', '_write', 'sudo', 'with_user', 'with_env', 'flush_recordset'),
    'ltc.gate.review': ('_record_decision', '_after_decision', '_check_may_decide', '_lock'),
    'ltc.gate': ('_get_activations', '_get_by_code'),
    'ltc.flow': ('_close', '_advance', '_open_flows', '_lose'),
    'ltc.contract': ('_sign', '_sign_in_portal', '_after_signature', '_after_transition', '_take_over_order'),
    'ltc.contract.amendment': ('_apply', '_check_transition'),
    'res.company': ('_ltc_sync_gates',),
}


class TestHostileDecisions(HostileCommon, HttpCase):
    test_tags = {'standard', 'post_install', 'hostile'}
    test_module = 'ltc_collection'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_quotation()
        cls.review = cls._submit(cls.order, 'atb').sudo()

    # === FORGING === #

    def test_nobody_writes_the_records_of_a_decision(self):
        attackers = (self.sales, self.manager, self.director, self.operations, self.clerk)
        with self.untouched(self.order):
            for model in RECORDS:
                record_id = self.env[model].sudo().search([], limit=1).id or 1
                for user in attackers:
                    with self.subTest(model=model, user=user.login):
                        self._try_to_write(user, model, record_id)

    def _try_to_write(self, user, model, record_id):
        self.refuse(user, DENIED, model, 'create', vals_list=[{'name': "Go"}])
        self.refuse(user, DENIED, model, 'write', ids=[record_id], vals={'create_uid': user.id})
        self.refuse(user, f"{DENIED}|history", model, 'unlink', ids=[record_id])

    def test_nor_by_the_routes_of_forms_copies_and_imports(self):
        values = {'state': 'decided', 'decision': 'go'}
        with self.untouched(self.order):
            for user in (self.sales, self.manager, self.clerk):
                ids = self.review.ids
                self.refuse(user, DENIED, 'ltc.gate.review', 'web_save', ids=ids, vals=values, specification={})
                self.refuse(user, DENIED, 'ltc.gate.review', 'web_save', vals=values, specification={})
                self.refuse(user, DENIED, 'ltc.gate.review', 'web_save_multi', ids=ids, vals_list=[values],
                            specification={})
                self.refuse(user, DENIED, 'ltc.gate.review', 'copy', ids=ids, default=values)
                self.refuse(user, DENIED, 'ltc.gate.review', 'name_create', name="Go")
                self._try_to_import(user)

    def _try_to_import(self, user):
        response = self._post(user, 'ltc.gate.review', 'load', {
            'fields': ['.id', 'state', 'decision'], 'data': [[str(self.review.id), 'decided', 'go']]})
        if response.status_code == 200:
            self.assertFalse(response.json()['ids'])
            self.assertRegex(response.json()['messages'][0]['message'], "not allowed")

    def test_nor_through_the_document(self):
        forged = {'gate_id': self.review.gate_id.id, 'gate_code': 'atb', 'res_model': 'sale.order', 'decision': 'go',
                  'state': 'decided'}
        other = self._create_released_quotation().sudo().ltc_review_ids
        commands = {
            'create': [Command.CREATE, 0, forged], 'update': [Command.UPDATE, self.review.id, {'decision': 'go'}],
            'delete': [Command.DELETE, self.review.id, 0], 'unlink': [Command.UNLINK, self.review.id, 0],
            'link': [Command.LINK, other.id, 0], 'clear': [Command.CLEAR, 0, 0], 'set': [Command.SET, 0, other.ids],
        }
        for name, command in commands.items():
            with self.subTest(command=name), self.untouched(self.order):
                self.refuse(self.sales, DENIED, 'sale.order', 'write', ids=self.order.ids, vals={
                    'ltc_review_ids': [command]})
                self.refuse(self.sales, DENIED, 'sale.order', 'web_save', ids=self.order.ids, vals={
                    'ltc_review_ids': [command]}, specification={})
        self.refuse(self.sales, DENIED, 'sale.order', 'create', vals_list=[
            self._prepare_plain_values(ltc_review_ids=[commands['create']])])

    def _prepare_plain_values(self, **values):
        return {'partner_id': self.customer.id, 'order_line': [
            [0, 0, {'product_id': self.line_product.id, 'product_uom_qty': 1}]], **values}

    def test_private_methods_stay_private(self):
        with self.untouched(self.order):
            for model, methods in HIDDEN.items():
                for method in methods:
                    with self.subTest(model=model, method=method):
                        self.refuse(self.sales, "cannot be called remotely", model, method, ids=[1])

    # === PRESETTING === #

    def test_a_saved_default_presets_no_decision(self):
        for model, name, value in (
            ('ltc.gate.review', 'state', 'decided'), ('ltc.gate.review', 'decision', 'go'),
            ('ltc.gate.review', 'decided_by_id', self.manager.id), ('ltc.gate.opinion', 'state', 'given'),
            ('ltc.gate.opinion', 'verdict', 'agree'), ('ltc.gate.approval', 'decision', 'go'),
        ):
            self.call(self.sales, 'ir.default', 'set', model_name=model, field_name=name, value=value, user_id=True)
        self._assert_the_round_is_open({})

    def test_a_context_key_presets_no_decision(self):
        self._assert_the_round_is_open({
            'default_state': 'decided', 'default_decision': 'go', 'default_verdict': 'agree', 'uid': 1, 'su': True,
            'default_decided_by_id': self.manager.id, 'default_decided_on': '2026-01-01 00:00:00', 'skip_ltc': True,
            'default_ltc_flow_id': 1, 'install_mode': True, 'import_file': True, 'tracking_disable': True,
            'mail_notrack': True, 'active_test': False, 'tz': 'Etc/GMT+12', 'force_company': 1, 'bin_size': True,
        })

    def _assert_the_round_is_open(self, context):
        order = self._create_quotation()
        review_id = self.call(self.sales, 'sale.order', 'ltc_submit', ids=order.ids, code='atb',
                              answers=self._get_answers('atb'), context=context)
        review = self.env['ltc.gate.review'].browse(review_id)
        self.assertEqual((review.state, review.decision, review.decided_by_id.id), ('in_review', False, False))
        self.assertEqual(set(review.opinion_ids.mapped('state')), {'pending'})
        self.assertFalse(any(review.approval_ids.mapped('decision')))
        for method in ('action_quotation_sent', 'action_quotation_send', 'action_confirm'):
            self.refuse(self.sales, order.name, 'sale.order', method, ids=order.ids, context=context)
        self.assertEqual(order.state, 'draft')

    # === CONFIGURATION === #

    def test_only_sales_operations_configures(self):
        for user in (self.sales, self.manager, self.director, self.clerk):
            for model in CONFIGURATION:
                with self.subTest(model=model, user=user.login):
                    self._try_to_write(user, model, self.env[model].sudo().search([], limit=1).id)
            for values in ({'ltc_profile': 'light'}, {'name': "Mine"}):
                self.refuse(user, DENIED, 'res.company', 'write', ids=self.company.ids, vals=values)
        self.assertEqual(self.company.ltc_profile, 'full')

    def test_nobody_puts_himself_among_the_deciders(self):
        deciders = self.env.ref('ltc_base.group_ltc_decision')
        for user in (self.sales, self.manager):
            self.refuse(user, DENIED, 'res.groups', 'write', ids=deciders.ids, vals={'user_ids': [[4, user.id]]})
            self.refuse(user, DENIED, 'res.users', 'write', ids=user.ids, vals={'group_ids': [[4, deciders.id]]})
            self.refuse(user, DENIED, 'ir.actions.server', 'create', vals_list=[{
                'name': "Go", 'state': 'code', 'model_id': self.env['ir.model']._get_id('sale.order'),
                'code': "records.sudo().write({'state': 'sale'})"}])
        self.assertNotIn(self.sales | self.manager, deciders.all_user_ids)

    def test_a_gate_is_not_taken_away_from_before_a_stage(self):
        for stage in (self.stage_proposition, self.stage_won):
            self.refuse(self.manager, "ask sales operations", 'crm.stage', 'write', ids=stage.ids,
                        vals={'ltc_gate_required': False})
            self.refuse(self.manager, "ask sales operations", 'crm.stage', 'unlink', ids=stage.ids)
            self.assertTrue(stage.ltc_gate_required)
