"""Leads, merges, gates that a company adds, and the audit log: the ways around that lie beside the quotation."""
from hostile_common import DENIED, HostileCommon

from odoo.fields import Command
from odoo.tests import HttpCase

UNDECIDED = "was not decided"
KEPT = f"{DENIED}|append|by hand|stands as it was made|stays for good|refused"


class TestHostileCases(HostileCommon, HttpCase):
    test_tags = {'standard', 'post_install', 'hostile'}
    test_module = 'ltc_collection'

    def _refuse_write(self, pattern, record, values, **arguments):
        return self.refuse(self.sales, pattern, record._name, 'write', ids=record.ids, vals=values, **arguments)

    # === OPPORTUNITIES === #

    def test_no_opportunity_is_won_or_quoted_without_a_go(self):
        opportunity = self._create_opportunity()
        values = {'name': "Mine", 'type': 'opportunity', 'team_id': self.team.id}
        with self.untouched(opportunity):
            for stage in (self.stage_proposition, self.stage_won):
                self._refuse_write(UNDECIDED, opportunity, {'stage_id': stage.id})
                self._refuse_write(UNDECIDED, opportunity, {
                    'stage_id': stage.id, 'expected_revenue': 1.0, 'ltc_need': "Less"})
                self.refuse(self.sales, UNDECIDED, 'crm.lead', 'create', vals_list=[{**values, 'stage_id': stage.id}])
                self.refuse(self.sales, UNDECIDED, 'crm.lead', 'create', vals_list=[values], context={
                    'default_stage_id': stage.id})
            for method in ('action_set_won', 'action_set_won_rainbowman', 'action_new_quotation'):
                self.refuse(self.sales, UNDECIDED, 'crm.lead', method, ids=opportunity.ids)
            self.refuse(self.sales, UNDECIDED, 'sale.order', 'create', vals_list=[{
                'partner_id': self.customer.id, 'opportunity_id': opportunity.id}])

    def test_what_ati_decided_is_not_won_on_other_figures(self):
        opportunity = self._create_opportunity()
        self._pass_gate(opportunity, 'ati')
        for values in ({'expected_revenue': 9999999.0}, {'ltc_need': "Something else"}, {'user_id': self.manager.id},
                       {'ltc_sr_user_id': self.delivery.id}, {'ltc_competitors': "All of them"}):
            with self.attempt(**values), self.untouched(opportunity):
                self._refuse_write("is not what was decided", opportunity, {**values, 'stage_id': self.stage_won.id})

    def test_a_detour_through_a_light_company_wins_nothing(self):
        light = self.env['res.company'].create({'name': "Light"})
        (self.sales | self.presales | self.delivery).company_ids += light
        self.team.company_id = False
        opportunity = self._create_opportunity()
        self.stage_won.ltc_gate_required = False
        context = {'allowed_company_ids': (light | self.company).ids}
        self.call(self.sales, 'crm.lead', 'write', ids=opportunity.ids, vals={'company_id': light.id}, context=context)
        self.call(self.sales, 'crm.lead', 'action_set_won', ids=opportunity.ids, context=context)
        with self.untouched(opportunity):
            for values in ({'company_id': self.company.id}, {'company_id': False}):
                self._refuse_write(UNDECIDED, opportunity, values, context=context)

    def test_merging_carries_no_go_to_more_revenue(self):
        small, big = self._create_opportunity(expected_revenue=1000.0), self._create_opportunity(
            expected_revenue=9000000.0, ltc_need="Everything")
        self._pass_gate(small, 'ati')
        self.call(self.sales, 'crm.lead', 'write', ids=small.ids, vals={'stage_id': self.stage_proposition.id})
        history = self._get_history(small)
        [wizard_id] = self.call(self.sales, 'crm.merge.opportunity', 'create', vals_list=[{
            'opportunity_ids': [[6, 0, (small | big).ids]], 'user_id': self.sales.id, 'team_id': self.team.id}])
        self._post(self.sales, 'crm.merge.opportunity', 'action_merge', {'ids': [wizard_id]})
        merged = (small | big).exists()
        if len(merged) == 1:
            self.refuse(self.sales, "is not what was decided|was not decided", 'crm.lead', 'action_set_won',
                        ids=merged.ids)
        reviews = self.env['ltc.gate.review'].search([('res_model', '=', 'crm.lead'), ('res_id', '=', small.id)])
        self.assertEqual(self._read_all(reviews), history[0])

    # === RECORDS THAT GO === #

    def test_a_customer_merged_away_voids_the_go_with_a_sentence(self):
        twin = self.env['res.partner'].create({'name': "Yangtze Foods Twin", 'is_company': True})
        pricelist = self.env['product.pricelist'].create({'name': "Soon Gone"})
        order = self._create_released_quotation(partner_id=twin.id, pricelist_id=pricelist.id)
        order.pricelist_id = False
        self.env.flush_all()
        pricelist.unlink()
        figures = order.sudo().ltc_review_ids.figures
        self.env['base.partner.merge.automatic.wizard']._merge((twin | self.customer).ids, self.customer)
        self.assertEqual(order.sudo().ltc_review_ids.figures, figures, "What was frozen stays.")
        self.assertEqual(order.partner_id, self.customer)
        sentence = self.refuse(self.sales, "is not what was decided", 'sale.order', 'action_quotation_send',
                               ids=order.ids)
        self.assertIn("(deleted)", sentence)
        [card] = self.call(self.sales, 'sale.order', 'read', ids=order.ids, fields=['ltc_gate_summary'])
        self.assertEqual(card['ltc_gate_summary'][0]['state'], 'stale')
        self.call(self.manager, 'ltc.gate.review', 'read', ids=order.sudo().ltc_review_ids.ids,
                  fields=['figures_table', 'is_changed'])

    # === GATES OF A COMPANY'S OWN === #

    def _create_own_gate(self, **values):
        gate = self.env['ltc.gate'].with_user(self.operations).create({
            'name': "Strategic Deal", 'model_id': self.env['ir.model']._get_id('crm.lead'), 'profile': 'own',
            'guard_domain': "[('priority', '=', '3')]", 'company_ids': [Command.set(self.company.ids)],
            'rule_ids': [Command.create({'name': "Director", 'user_ids': [Command.set(self.director.ids)]})], **values})
        self.env.flush_all()
        return gate

    def test_a_gate_of_the_companys_own_holds_on_every_route(self):
        gate = self._create_own_gate()
        opportunity = self._create_opportunity()
        plain = {'name': "Mine", 'type': 'opportunity'}
        values = {**plain, 'team_id': self.team.id, 'priority': '3'}
        with self.untouched(opportunity):
            self._refuse_write(UNDECIDED, opportunity, {'priority': '3'})
            self._refuse_write(UNDECIDED, opportunity, {'priority': '3'}, context={
                'tracking_disable': True, 'import_file': True, 'skip_ltc': True, 'active_test': False})
            self.refuse(self.sales, UNDECIDED, 'crm.lead', 'web_save', ids=opportunity.ids, specification={}, vals={
                'priority': '3'})
            self.refuse(self.sales, UNDECIDED, 'crm.lead', 'create', vals_list=[values])
            self.refuse(self.sales, UNDECIDED, 'crm.lead', 'copy', ids=opportunity.ids, default={'priority': '3'})
            self.refuse(self.sales, UNDECIDED, 'crm.lead', 'create', vals_list=[plain], context={
                'default_priority': '3'})
            self.call(self.sales, 'ir.default', 'set', model_name='crm.lead', field_name='priority', value='3',
                      user_id=True)
            self.refuse(self.sales, UNDECIDED, 'crm.lead', 'create', vals_list=[plain])
            answer = self.call(self.sales, 'crm.lead', 'load', fields=['.id', 'priority'], data=[
                [str(opportunity.id), '3']])
            self.assertFalse(answer['ids'])
            self.assertRegex(answer['messages'][0]['message'], UNDECIDED)
            for user in (self.sales, self.manager, self.director):
                for model, ids, change in (
                    ('ltc.gate', gate.ids, {'guard_domain': "[('id', '=', 0)]"}),
                    ('ltc.gate', gate.ids, {'company_ids': [[5, 0, 0]]}),
                    ('ltc.authority.rule', gate.rule_ids.ids, {'user_ids': [[6, 0, user.ids]]}),
                ):
                    self.refuse(user, DENIED, model, 'write', ids=ids, vals=change)
        self._pass_gate(opportunity, gate.code, self.sales)
        with self.untouched(opportunity):
            self._refuse_write("is not what was decided", opportunity, {'priority': '3', 'expected_revenue': 7.0})
        self.call(self.sales, 'crm.lead', 'write', ids=opportunity.ids, vals={'priority': '3'})
        self.assertEqual(opportunity.priority, '3')

    def test_lines_lead_round_no_gate_of_the_companys_own(self):
        self._create_own_gate(
            name="Big Order", model_id=self.env['ir.model']._get_id('sale.order'),
            guard_domain="[('order_line', 'any', ['|', ('product_uom_qty', '>=', 9), ('price_unit', '>', 500000)])]")
        order = self._create_quotation()
        line = order.order_line[0]
        with self.untouched(order):
            for model, ids, values in (
                ('sale.order', order.ids, {'order_line': [[1, line.id, {'product_uom_qty': 9}]]}),
                ('sale.order', order.ids, {'order_line': [[0, 0, {
                    'product_id': self.line_product.id, 'product_uom_qty': 9}]]}),
                ('sale.order.line', line.ids, {'product_uom_qty': 9}),
                ('sale.order.line', line.ids, {'price_unit': 999999.0}),
            ):
                self.refuse(self.sales, UNDECIDED, model, 'write', ids=ids, vals=values)
            self.refuse(self.sales, UNDECIDED, 'sale.order.line', 'create', vals_list=[{
                'order_id': order.id, 'product_id': self.line_product.id, 'product_uom_qty': 9}])

    # === AUDIT LOG, SUPERIORS === #

    def test_nobody_writes_the_audit_log(self):
        self._submit(self._create_quotation(), 'atb')
        log = self.env['ltc.audit.log'].search([], limit=1)
        before = self._read_all(log)
        for user in (self.sales, self.manager, self.auditor, self.operations, self.clerk):
            self.refuse(user, KEPT, 'ltc.audit.log', 'create', vals_list=[{'name': "Mine"}])
            for values in ({'name': "Mine"}, {'hash': 'x'}, {'payload': '{}'}):
                self.refuse(user, KEPT, 'ltc.audit.log', 'write', ids=log.ids, vals=values)
            self.refuse(user, KEPT, 'ltc.audit.log', 'unlink', ids=log.ids)
            self.refuse(user, "cannot be called remotely", 'ltc.audit.log', '_append', entries=[])
            self.refuse(user, KEPT, 'ltc.audit.chain', 'write', ids=[1], vals={'hash': 'x'})
        self.assertEqual(self._read_all(log), before)

    def test_nobody_chooses_his_own_superior(self):
        for user in (self.sales, self.manager):
            self.refuse(user, DENIED, 'res.users', 'write', ids=user.ids, vals={'ltc_superior_id': self.auditor.id})
            self.assertFalse(user.ltc_superior_id)
