from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

# login, name, title
SELLERS = {
    'north': ("Wu Qiang", "Account Manager North"),
    'west': ("Deng Lei", "Account Manager West"),
}
# customer, title, amount, salesperson, months ahead, day, own category
PIPELINE = [
    ("Ruihe Appliances", "Compressor line loading", 1280000, 'north', 0, 24, 'commit'),
    ("Huatai Foundry", "Core handling robots", 860000, 'north', 0, 27, 'best_case'),
    ("Lanhai Seafood", "Box palletizing", 540000, 'west', 0, 26, 'commit'),
    ("Tianshan Cement", "Bag truck loading", 1120000, 'west', 1, 12, 'most_likely'),
    ("Ruihe Appliances", "Vision check of housings", 430000, 'north', 1, 18, 'commit'),
    ("Yuehai Pharma", "Carton end-of-line", 980000, 'sales', 0, 28, 'most_likely'),
    ("Yuehai Pharma", "Second carton line", 990000, 'sales', 2, 20, False),
    ("Gaoxin Optics", "Lens polishing cell", 710000, 'sales', 1, 15, 'commit'),
    ("Huatai Foundry", "Fettling cell two", 640000, 'north', 2, 22, False),
    ("Minfeng Flour", "Sack palletizing", 470000, 'west', 2, 10, 'best_case'),
    ("Chuanxi Brewery", "Keg depalletizing", 1560000, 'west', 3, 16, False),
    ("Gaoxin Optics", "Clean-room transport", 1340000, 'sales', 4, 14, False),
    ("Tianshan Cement", "Palletizing tower", 1730000, 'manager', 1, 21, 'best_case'),
]
# customer, title, amount, salesperson, months ago (0: this one), share of the amount that was forecast
HISTORY = [
    ("Lanhai Seafood", "Fillet tray loading", 480000, 'west', 0, 1.0),
    ("Gaoxin Optics", "Washing line handling", 560000, 'sales', 0, 1.0),
    ("Huatai Foundry", "Sand core transport", 390000, 'north', 0, 0.9),
    ("Ruihe Appliances", "Press line loading", 910000, 'north', 1, 1.1),
    ("Lanhai Seafood", "Case erector and packer", 520000, 'west', 1, 0.8),
    ("Yuehai Pharma", "Blister feeding", 760000, 'sales', 1, 1.05),
    ("Huatai Foundry", "Mould cleaning cell", 680000, 'north', 2, 1.3),
    ("Chuanxi Brewery", "Crate palletizing", 1090000, 'west', 2, 0.95),
    ("Gaoxin Optics", "Tray stacking", 450000, 'sales', 2, 0.9),
    ("Minfeng Flour", "Small bag line", 390000, 'west', 3, 1.25),
    ("Yuehai Pharma", "Vial inspection", 830000, 'sales', 3, 1.0),
    ("Ruihe Appliances", "Door hanging robot", 610000, 'north', 3, 0.7),
]
TARGETS = {'sales': 14000000, 'north': 15000000, 'west': 13000000, 'manager': 6000000}
COMPETITORS = {
    'Siasun': ("Strong service network in the north", "Long delivery times"),
    'Estun': ("Price", "Little experience with heavy parts"),
    'KUKA integrator': ("Brand, references in automotive", "Expensive engineering"),
    'Kawasaki integrator': ("Fast cells for packaging", "No local spare parts"),
}
# name, position, role, attitude, influence, relationship, attended by
CHAINS = {
    'jinghe': [
        ("Xu Jun", "Purchasing Manager", 'purchasing', 'neutral', '3', '2', 'sales'),
        ("Fan Qi", "Head of Production", 'user', 'champion', '3', '4', 'sales'),
        ("Yao Ming De", "Process Engineer", 'technical', 'sceptic', '4', '1', False),
    ],
    'xinhe': [
        ("Lin Tao", "Purchasing Manager", 'purchasing', 'supporter', '2', '3', 'sales'),
        ("Zheng Hong", "Plant Director", 'executive', 'supporter', '5', '3', 'manager'),
        ("Su Wei", "Equipment Engineer", 'technical', 'champion', '4', '4', 'presales'),
        ("Jiang Ping", "Controller", 'finance', 'neutral', '2', '1', 'finance'),
    ],
}


class LtcDemo(models.AbstractModel):
    _inherit = 'ltc.demo'

    @api.model
    def _play_forecast(self):
        """Three salespeople and their manager forecast; some months are over, the present one is under way."""
        for key, (name, title) in SELLERS.items():
            self._hire_seller(key, name, title)
        self._set_targets()
        won = [self._win_before(*deal) for deal in HISTORY]
        for months in (3, 2, 1, 0):
            self._keep_month(months, [(lead, deal) for lead, deal in zip(won, HISTORY, strict=True)
                                      if deal[4] == months])
        leads = [self._open_deal(*deal) for deal in PIPELINE]
        self._keep_week()
        self._move_on(leads)
        self._speak(leads)
        self._know_people()

    @api.model
    def _seller(self, key):
        return self._find(f'seller_{key}') if key in SELLERS else self._user(key)

    @api.model
    def _hire_seller(self, key, name, title):
        user = self.env['res.users'].with_context(no_reset_password=True).create({
            'name': name, 'login': f'ltc_sales_{key}', 'password': f'ltc_sales_{key}', 'function': title,
            'email': f'{name.lower().replace(" ", ".")}@huachen.example.com', 'tz': 'Asia/Shanghai',
            'company_id': self._company().id, 'company_ids': [Command.set(self._company().ids)],
            'ltc_superior_id': self._user('manager').id,
            'group_ids': [Command.link(self.env.ref(group).id) for group in (
                'base.group_user', 'sales_team.group_sale_salesman', 'crm.group_use_lead')],
        })
        self._keep(f'seller_{key}', user)
        self.env['crm.team.member'].create({'crm_team_id': self._find('team').id, 'user_id': user.id})

    @api.model
    def _set_targets(self):
        year = fields.Date.context_today(self).year
        Target = self._as('manager', self.env['ltc.target'])
        company = {'company_id': self._company().id}
        for target_year in (year, year + 1):
            Target.create([
                {**company, 'scope': 'user', 'user_id': self._seller(key).id, 'year': target_year, 'amount': amount}
                for key, amount in TARGETS.items()
            ] + [
                {**company, 'scope': 'company', 'year': target_year, 'amount': 50000000},
                {**company, 'scope': 'team', 'team_id': self._find('team').id, 'year': target_year,
                 'amount': sum(TARGETS.values())},
                {**company, 'kind': 'collection', 'scope': 'company', 'year': target_year, 'amount': 26000000},
                {**company, 'kind': 'collection', 'scope': 'user', 'user_id': self._user('sales').id,
                 'year': target_year, 'amount': 9000000},
            ])

    @api.model
    def _prepare_deal(self, customer, title, amount, key):
        Partner = self.env['res.partner']
        partner = Partner.search([('name', '=', customer), ('company_id', '=', self._company().id)], limit=1)
        partner = partner or Partner.create({
            'name': customer, 'is_company': True, 'country_id': self.env.ref('base.cn').id,
            'phone': f'+86 21 5550 {3300 + Partner.search_count([]) % 600}',
            'email': f'office@{customer.split()[0].lower()}.example.com', 'company_id': self._company().id})
        return {
            'type': 'opportunity', 'name': title, 'partner_id': partner.id, 'expected_revenue': amount,
            'company_id': self._company().id, 'team_id': self._find('team').id, 'user_id': self._seller(key).id,
            'ltc_need': "Replace manual work of two shifts and pay back within two years.",
            'ltc_sr_user_id': self._user('presales').id, 'ltc_fr_user_id': self._user('delivery').id,
        }

    @api.model
    def _win_before(self, customer, title, amount, key, months, _share):
        """A deal from before the gate: taken over from the old system, and won some months ago."""
        lead = self._as('manager', self.env['crm.lead']).create(self._prepare_deal(customer, title, amount, key))
        self.env.flush_all()
        self._backdate_lead(lead, 500)
        reason = ('solution', 'relationship', 'reference', 'delivery')[months % 4]
        lead.write({'ltc_won_reason_id': self.env.ref(f'ltc_lead.ltc_won_reason_{reason}').id})
        lead.action_set_won()
        now = fields.Datetime.now()
        closed = now.replace(day=20, hour=6) - relativedelta(months=months)
        if not months:
            closed = now - timedelta(days=min(now.day - 1, 8))
        self._backdate_moment(lead, 'date_closed', (now - closed).days)
        self._backdate(lead.sudo().ltc_flow_id, 500)
        return lead

    @api.model
    def _keep_month(self, months, deals):
        """What was forecast when a month that is over began: rows and persons as the server keeps them."""
        month = fields.Date.context_today(self).replace(day=1) - relativedelta(months=months)
        company = self._company()
        snapshot = self.env['ltc.forecast.snapshot'].sudo().create({
            'company_id': company.id, 'kind': 'locked', 'date': month, 'taken_on': fields.Datetime.now()})
        for lead, (_customer, _title, amount, _key, _months, share) in deals:
            self.env.cr.execute(SQL(
                """INSERT INTO ltc_forecast_snapshot_line (snapshot_id, company_id, lead_id, lead_ref, user_id, team_id,
                          category, kind, amount, forecast, basis, date_close)
                   SELECT %(snapshot)s, %(company)s, id, id, user_id, team_id, 'commit', 'revenue', %(amount)s,
                          %(amount)s, %(amount)s, %(day)s FROM crm_lead WHERE id = %(lead)s""",
                snapshot=snapshot.id, company=company.id, amount=amount * share, day=month + timedelta(days=19),
                lead=lead.id))
        snapshot._insert_persons()
        snapshot._seal()
        self._backdate_snapshot(snapshot, fields.Datetime.to_datetime(month) + timedelta(hours=1))

    @api.model
    def _backdate_snapshot(self, snapshot, moment):
        self.env.cr.execute(SQL(
            "UPDATE ltc_forecast_snapshot SET taken_on = %s, date = %s WHERE id = %s", moment,
            moment.date() if snapshot.kind == 'locked' else moment.date() - timedelta(days=moment.weekday()),
            snapshot.id))
        snapshot.invalidate_recordset()

    @api.model
    def _open_deal(self, customer, title, amount, key, months, day, category):
        today = fields.Date.context_today(self)
        closing = today.replace(day=1) + relativedelta(months=months, day=day)
        lead = self._as('manager', self.env['crm.lead']).create({
            **self._prepare_deal(customer, title, amount, key), 'date_deadline': closing,
            'ltc_forecast_override': category, 'priority': '1'})
        self.env.flush_all()
        age = 20 + (lead.id * 7) % 45
        self._backdate_lead(lead, age)
        qualified = self.env.ref('crm.stage_lead2', raise_if_not_found=False)
        if qualified and months < 3:
            lead.stage_id = qualified
        self._backdate_moment(lead, 'date_last_stage_update', age // 3)
        self._backdate(lead.sudo().ltc_flow_id, age)
        return lead

    @api.model
    def _keep_week(self):
        snapshot = self.env['ltc.forecast.snapshot']._take(
            self._company(), 'weekly', fields.Date.context_today(self) - timedelta(days=7))
        self._backdate_snapshot(snapshot, fields.Datetime.now() - timedelta(days=6))

    @api.model
    def _move_on(self, leads):
        """Since last week: one grew, one shrank, one was pushed into the next month, one became sure."""
        leads[0].expected_revenue = 1400000
        leads[5].expected_revenue = 920000
        leads[1].date_deadline += timedelta(days=24)
        leads[3].ltc_forecast_override = 'commit'

    @api.model
    def _speak(self, leads):
        """Owners and the manager say what they expect, and two share a deal."""
        month = fields.Date.context_today(self).replace(day=1)
        Adjustment = self.env['ltc.forecast.adjustment']
        north, west = self._seller('north'), self._seller('west')
        Adjustment.with_user(north).with_company(self._company()).say_about_lead(
            leads[0].id, 1300000, "Without the optional second gripper.")
        self._as('manager', Adjustment).say_about_lead(leads[2].id, 500000, "They will ask for a discount.")
        Adjustment.with_user(north).with_company(self._company()).say_about_person(
            north.id, month, 1500000, "A spare part order comes on top.")
        self._as('manager', Adjustment).say_about_person(
            north.id, month, 1350000, "I count on the line, not on the spare parts.")
        self._as('sales', Adjustment).say_about_person(
            self._user('sales').id, month, 900000, "Yuehai signs before the board meeting.")
        self.env['ltc.lead.split']._replace(self._as('manager', leads[3]), [
            (west.id, 'revenue', 70.0), (north.id, 'revenue', 30.0), (self._user('presales').id, 'overlay', 50.0)])

    @api.model
    def _know_people(self):
        """Who decides at two customers, and against whom we compete."""
        Contact = self._as('manager', self.env['ltc.decision.contact'])
        for key, people in CHAINS.items():
            Contact.create([{
                'lead_id': self._find(f'case_{key}').id, 'name': name, 'function': function, 'role': role,
                'attitude': attitude, 'influence': influence, 'relationship': relationship,
                'user_id': self._user(who).id if who else False,
            } for name, function, role, attitude, influence, relationship, who in people])
        competitors = self._as('manager', self.env['ltc.competitor']).create([
            {'name': name, 'strengths': strengths, 'weaknesses': weaknesses}
            for name, (strengths, weaknesses) in COMPETITORS.items()])
        lost = self.env['crm.lead'].with_context(active_test=False).search([
            ('company_id', '=', self._company().id), ('type', '=', 'opportunity'), ('won_status', '=', 'lost')])
        for number, lead in enumerate(lost):
            lead.write({'ltc_winner_id': competitors[number % len(competitors)].id, 'ltc_price_gap': 4 + 3 * number})
