from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# company, contact, city, subject, days in the pool: cards of a trade fair that nobody has called yet
FAIR = [
    ("Foshan Ceramics", "Liang Bo", "Foshan", "Tile palletizing", 1),
    ("Kunshan Connectors", "Shen Yue", "Kunshan", "Vision check of contact pins", 2),
    ("Xuzhou Cranes", "Hao Qiang", "Xuzhou", "Boom welding cell", 3),
    ("Wuhu Air Conditioners", "Tao Jing", "Wuhu", "Compressor loading", 5),
    ("Shaoxing Dyeing", "Yao Min", "Shaoxing", "Dye drum handling", 6),
    ("Zhenjiang Vinegar", "Cao Rui", "Zhenjiang", "Case packing for glass bottles", 8),
    ("Huizhou Batteries", "Deng Kai", "Huizhou", "Module stacking line", 9),
    ("Yiwu Stationery", "Jiang Mei", "Yiwu", "Pick and pack station", 12),
]
RELEASED = ("Wrong region: the plant is in the north, closer to the Tianjin office.", "No budget before next year.")


class LtcDemo(models.AbstractModel):
    _inherit = 'ltc.demo'

    @api.model
    def _play_pool(self):
        """A public pool for the region: cards of a fair, leads given back, leads that nobody followed up."""
        pool = self._open_pool()
        self._enter_fair(pool)
        self._give_back(pool)
        self._recycle_idle(pool)
        self._claim_some(pool)

    @api.model
    def _open_pool(self):
        pool = self._as('operations', self.env['ltc.lead.pool']).create({
            'name': "East China", 'company_id': self._company().id, 'sequence': 5, 'team_ids': self._find('team').ids,
            'admin_ids': self._user('manager').ids, 'domain': "[('type', '=', 'lead')]", 'day_cap': 5, 'view_cap': 20,
            'holding_cap': 60, 'lock_cap': 3, 'cooldown_days': 30, 'contract_days': 90,
            'rule_ids': [
                fields.Command.create({'name': "30 days without follow-up", 'days': 30, 'warn_days': 5}),
                fields.Command.create({
                    'name': "120 days without an opportunity", 'kind': 'no_opportunity', 'days': 120, 'warn_days': 7,
                    'sequence': 20}),
            ]})
        self._as('operations', self.env['ltc.lead.pool.rule']).create({
            'name': "Opportunity without progress", 'target': 'leader', 'company_id': self._company().id, 'days': 120,
            'warn_days': 7, 'domain': "[('type', '=', 'opportunity'), ('ltc_flow_id.stage', '=', 'opportunity')]"})
        self._keep('pool', pool)
        return pool

    @api.model
    def _enter_fair(self, pool):
        leads = self._as('manager', self.env['crm.lead']).create([{
            'type': 'lead', 'name': subject, 'partner_name': company, 'contact_name': contact, 'city': city,
            'country_id': self.env.ref('base.cn').id, 'phone': f'+86 139 5550 {3100 + number}',
            'email_from': f'{contact.lower().replace(" ", ".")}@{company.split()[0].lower()}.example.com',
            'source_id': self._get_source_id('search_engine'), 'priority': str(number % 3),
            'company_id': self._company().id, 'team_id': self._find('team').id, 'ltc_pool_id': pool.id,
            'description': "<p>Card from the fair in Shanghai; asked for a call back.</p>",
        } for number, (company, contact, city, subject, _days) in enumerate(FAIR)])
        self.env.flush_all()
        for lead, values in zip(leads, FAIR, strict=True):
            self._backdate_lead(lead, values[4] + 2)
            self._backdate_moment(lead, 'ltc_pool_since', values[4])
        leads.sudo().date_open = False

    @api.model
    def _give_back(self, pool):
        """Li Na gives two leads back, each for a reason."""
        leads = self._as('sales', self.env['crm.lead']).search([
            ('type', '=', 'lead'), ('user_id', '=', self._user('sales').id), ('priority', '=', '0')],
            order='create_date desc, id', limit=len(RELEASED))
        for lead, reason in zip(leads, RELEASED, strict=False):
            lead._ltc_release(pool.sudo(False).with_env(lead.env), reason)

    @api.model
    def _recycle_idle(self, pool):
        """Warn the owners of idle leads; of those warned long ago, three fall into the pool."""
        Recycle = self.env['ltc.lead.recycle'].sudo()
        company, rules = self._company(), self.env['ltc.lead.pool.rule'].sudo().search([])
        leads = self.env['crm.lead'].sudo().search([('company_id', '=', company.id), ('type', '=', 'lead')])
        self.env.flush_all()
        self.env.cr.execute(  # the entering of leads by the story is no follow-up of today
            "UPDATE crm_lead SET date_last_stage_update = create_date WHERE id = ANY(%s)", [leads.ids])
        self.env.invalidate_all()
        bounds = min(leads.ids), max(leads.ids)
        Recycle._plan(company, rules, *bounds)
        self._backdate_warnings(Recycle.search([('warned_on', '!=', False)], order='recycle_on, id', limit=3))
        Recycle._plan(company, rules, *bounds)
        Recycle._announce(company, *bounds)
        Recycle._recycle(company, *bounds)

    @api.model
    def _backdate_warnings(self, rows):
        self.env.flush_all()
        self.env.cr.execute(SQL("UPDATE ltc_lead_recycle SET warned_on = %s WHERE id = ANY(%s)",
                                fields.Date.today() - timedelta(days=9), rows.ids))
        rows.invalidate_recordset()

    @api.model
    def _claim_some(self, pool):
        """Li Na looks at two cards of the fair and takes one."""
        cards = self._as('sales', self.env['ltc.pool.lead']).search([('city', 'in', ('Kunshan', 'Wuhu'))], order='id')
        for card in cards:
            card.action_open()
        cards[:1].action_claim()
