"""What the hostile tests of leads share: a pool, its keeper, a colleague of another team."""
from hostile_common import DENIED, HostileCommon

from odoo.tests import new_test_user


class HostileLeadCommon(HostileCommon):
    """A salesperson in the team, a colleague outside it, the keeper of the pool: plain salespeople all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ltc.lead.pool'].search([]).active = False
        cls.outsider, cls.keeper = (
            new_test_user(
                cls.env, f'ltc_test_{name}', groups='sales_team.group_sale_salesman,crm.group_use_lead',
                name=f"LTC {name.title()}", company_id=cls.company.id, company_ids=[(6, 0, cls.company.ids)],
                lang='en_US')
            for name in ('outsider', 'keeper'))
        cls.sales.group_ids += cls.env.ref('base.group_allow_export')
        cls.pool = cls.env['ltc.lead.pool'].create({
            'name': "East China", 'company_id': cls.company.id, 'team_ids': cls.team.ids, 'admin_ids': cls.keeper.ids})
        cls.foreign = cls._create_lead(name="Foreign", user_id=cls.manager.id, expected_revenue=4711.0)

    @classmethod
    def _create_pooled(cls, **values):
        return cls._create_lead(**{
            'name': "Pooled", 'partner_id': False, 'partner_name': "Ruian Valves", 'contact_name': "Ye Fan",
            'phone': "+86 138 5550 1234", 'email_from': "ye.fan@ruianvalves.example.com", 'description': "Call Monday",
            'ltc_pool_id': cls.pool.id, **values})

    def _refuse_all(self, user, calls, pattern=DENIED):
        for model, method, arguments in calls:
            with self.subTest(model=model, method=method, arguments=arguments):
                self.refuse(user, pattern, model, method, **arguments)

    def _load(self, user, fields, *rows, pattern=None, **arguments):
        """Import rows; with a ``pattern`` they are refused with such sentences and nothing is created."""
        result = self.call(user, 'crm.lead', 'load', fields=fields, data=[list(row) for row in rows], **arguments)
        if pattern:
            self.assertFalse(result['ids'], result)
            self.assertRegex('\n'.join(message['message'] for message in result['messages']), f'(?i){pattern}')
        return result
