from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user
from odoo.tools import SQL

from .common import LtcLeadCommon


class LtcPoolCommon(LtcLeadCommon):
    """A pool of the sales team with an administrator who is a plain salesperson, and a colleague outside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ltc.lead.pool'].search([]).active = False
        groups = 'sales_team.group_sale_salesman,crm.group_use_lead'
        cls.colleague, cls.keeper, cls.outsider = (
            new_test_user(cls.env, f'ltc_pool_{name}', groups=group, name=f"Pool {name.title()}")
            for name, group in (
                ('colleague', 'sales_team.group_sale_salesman_all_leads,crm.group_use_lead'),
                ('keeper', groups), ('outsider', groups)))
        cls.env['crm.team.member'].create({'crm_team_id': cls.team.id, 'user_id': cls.colleague.id})
        (cls.sales | cls.colleague).group_ids += cls.env.ref('base.group_allow_export')
        cls.pool = cls.env['ltc.lead.pool'].create({
            'name': "East China", 'company_id': cls.company.id, 'team_ids': cls.team.ids, 'admin_ids': cls.keeper.ids})

    @classmethod
    def _create_pooled(cls, **values):
        return cls._create_lead(**{
            'partner_id': False, 'partner_name': "Ruian Valves", 'contact_name': "Ye Fan", 'phone': "+86 138 5550 1234",
            'email_from': "Ye Fan <ye.fan@ruianvalves.example.com>", 'street': "8 Lake Road", 'city': "Ruian",
            'description': "Call on Monday", 'ltc_pool_id': cls.pool.id, **values})

    def _see(self, lead, user):
        return self.env['ltc.pool.lead'].with_user(user).browse(lead.ids)

    def _get_ways(self, lead):
        self.env.cr.flush()  # as a commit does
        return self.env['ltc.owner.log'].search(
            [('res_model', '=', 'crm.lead'), ('res_id', '=', lead.id)], order='since, id').mapped('way')

    def _age(self, lead, days, *names):
        """Let the moments of ``lead`` be so many days ago; the server stamps them, so by SQL."""
        self.env.flush_all()
        moment = fields.Datetime.now() - timedelta(days=days)
        for name in names or ('create_date', 'date_open', 'date_last_stage_update'):
            self.env.cr.execute(SQL(
                "UPDATE crm_lead SET %s = %s WHERE id = ANY(%s)", SQL.identifier(name), moment, lead.ids))
        lead.invalidate_recordset()

    def _claim(self, lead, user):
        return self._see(lead, user).action_claim()

    def _assert_refused(self, sentence, lead, user):
        with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
            self._claim(lead, user)


class LtcRecycleCommon(LtcPoolCommon):
    """One rule: thirty days without follow-up, warned three days before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['ltc.lead.pool.rule'].search([]).active = False
        cls.rule = cls.env['ltc.lead.pool.rule'].create({
            'name': "30 days without follow-up", 'pool_id': cls.pool.id, 'kind': 'no_follow_up', 'days': 30,
            'warn_days': 3})

    def setUp(self):
        super().setUp()
        self.patch(self.registry['ir.cron'], '_commit_progress', lambda cron, *args, **kw: 60.0)

    def _run(self, days=0):
        """Let the daily pass run, so many days from now."""
        self.env.flush_all()
        with freeze_time(fields.Datetime.now() + timedelta(days=days)):
            self.env['ltc.lead.recycle']._cron_recycle()
        self.env.invalidate_all()

    def _age_messages(self, lead, days):
        for message in self.env['mail.message'].search([('model', '=', 'crm.lead'), ('res_id', '=', lead.id)]):
            message.date -= timedelta(days=days)

    def _get_warnings(self, lead):
        return lead.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref('ltc_lead.mail_activity_type_recycle'))
