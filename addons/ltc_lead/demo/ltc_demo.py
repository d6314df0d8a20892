from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# key: customer, city, buyer, phone
CUSTOMERS = {
    'jinghe': ("Jinghe Precision Gears", "Suzhou", "Xu Jun", "+86 512 5550 1101"),
    'beifang': ("Beifang Heavy Machinery", "Shenyang", "Ma Li", "+86 24 5550 1102"),
    'dongfang': ("Dongfang Dairy", "Hohhot", "Hu Bin", "+86 471 5550 1103"),
    'huarun': ("Huarun Pharma Packaging", "Wuhan", "Guo Ying", "+86 27 5550 1104"),
    'xinhe': ("Xinhe Battery", "Ningde", "Lin Tao", "+86 593 5550 1105"),
    'taihu': ("Taihu Paper", "Wuxi", "Shen Lan", "+86 510 5550 1106"),
    'minjiang': ("Minjiang Beverage", "Fuzhou", "Huang Rui", "+86 591 5550 1107"),
    'lingnan': ("Lingnan Ceramics", "Foshan", "Liang Zhen", "+86 757 5550 1108"),
    'yunfeng': ("Yunfeng Logistics", "Kunming", "Duan Hui", "+86 871 5550 1109"),
    'qinling': ("Qinling Auto Parts", "Xi'an", "Cao Peng", "+86 29 5550 1110"),
    'haibin': ("Haibin Shipyard", "Qingdao", "Ding Yu", "+86 532 5550 1111"),
    'zhongyuan': ("Zhongyuan Grain", "Zhengzhou", "Feng Jie", "+86 371 5550 1112"),
    'jiangnan': ("Jiangnan Textile", "Hangzhou", "Qian Yue", "+86 571 5550 1113"),
    'bohai': ("Bohai Fine Chemicals", "Tianjin", "Tian Bo", "+86 22 5550 1114"),
    'bashan': ("Bashan Motors", "Chongqing", "Luo Min", "+86 23 5550 1115"),
}

# key: title, expected revenue, days since it began, need, competitors, how far it goes
CASES = {
    'jinghe': ("Gearbox assembly cell", 620000, 6, "Assemble two gearbox types at 45 seconds a piece, in"
               " the existing hall of 180 m².", "Siasun", 'opportunity'),
    'beifang': ("Palletizing for forged parts", 980000, 12, "Palletize hot forged parts up to 80 kg, three shifts, dust"
                " class IP65.", "KUKA integrator, Estun", 'ati_review'),
    'dongfang': ("Yoghurt cup case packing", 450000, 25, "Pack 240 cups a minute into two case formats, washable.",
                 "", 'ati_hold'),
    'huarun': ("Blister line vision inspection", 380000, 16, "Find missing and broken tablets at 400 blisters a minute,"
               " with audit trail.", "Cognex partner", 'ati_go'),
    'xinhe': ("Cell module stacking line", 1450000, 28, "Stack 12-cell modules to 0.1 mm, 20 modules an hour.",
              "Lead Intelligent", 'quote'),
    'taihu': ("Reel handling robots", 760000, 33, "Move paper reels of 900 kg between slitter and store without manual"
              " lifting.", "", 'atb_review'),
    'minjiang': ("Two palletizing lines", 890000, 41, "Palletize 60 cases a minute on two lines, running before the"
                 " summer season.", "Kawasaki integrator", 'sent'),
    'lingnan': ("Tile sorting with vision", 540000, 48, "Sort tiles into five shades, 90 a minute.", "", 'atc_review'),
    'yunfeng': ("Parcel depalletizing cell", 670000, 56, "Unload mixed pallets at 700 parcels an hour.", "Dorabot",
                'signing'),
    'qinling': ("Brake disc handling", 830000, 75, "Serve six lathes with two robots on a rail.", "", 'signed'),
    'haibin': ("Pipe cutting cell", 720000, 130, "Feed and cut pipes up to DN300 with automatic nesting.", "Messer",
               'delivered'),
    'zhongyuan': ("Bag palletizing", 590000, 160, "Palletize 25 kg bags at 1,200 an hour on two pallet places.", "",
                  'accepted'),
    'jiangnan': ("Yarn package handling", 640000, 150, "Doff and pack yarn packages from eight winders.", "Salvagnini",
                 'amended'),
    'bohai': ("Drum filling and palletizing", 510000, 300, "Fill, cap and palletize 200 l drums in an Ex zone.", "",
              'closed'),
}
REACH = [
    'opportunity', 'ati_review', 'ati_hold', 'ati_go', 'quote', 'atb_review', 'sent', 'atc_review', 'signing',
    'signed', 'delivered', 'accepted', 'amended', 'closed',
]

# company, contact, city, subject, source, days old, stars
LEADS = [
    ("Ruian Valve Works", "Ye Fan", "Ruian", "Robot loading for two machining centres", 'search_engine', 1, '2'),
    ("Chengdu Aero Components", "He Xin", "Chengdu", "Deburring cell for turbine housings", 'search_engine', 2, '3'),
    ("Hengshui Rubber Seals", "Bai Lu", "Hengshui", "Vision check of sealing rings", 'newsletter', 2, '1'),
    ("Yantai Wine Estates", "Yu Shan", "Yantai", "Case packing for three bottle formats", 'search_engine', 3, '1'),
    ("Nanning Sugar", "Wei Kang", "Nanning", "Palletizing 50 kg bags", 'mailing', 3, '0'),
    ("Zhuhai Home Appliances", "Peng Qi", "Zhuhai", "Compressor handling on the final line", 'search_engine', 4, '2'),
    ("Changzhou Solar", "Jin Hao", "Changzhou", "Framing line for solar modules", 'linkedin', 5, '3'),
    ("Datong Mining Tools", "Shi Lei", "Datong", "Welding positioner with robot", 'search_engine', 5, '0'),
    ("Jinhua Power Tools", "Mao Ting", "Jinhua", "Automatic screwdriving station", 'newsletter', 6, '1'),
    ("Baoding Wind Blades", "Qiu Ning", "Baoding", "Sanding robot for blade roots", 'linkedin', 7, '2'),
    ("Zibo Glassware", "Fang Yi", "Zibo", "Hot end handling of tumblers", 'search_engine', 8, '0'),
    ("Wenzhou Locks", "Lu Dan", "Wenzhou", "Polishing cell for lock bodies", 'mailing', 8, '1'),
    ("Guiyang Medical Devices", "Tang Wen", "Guiyang", "Clean-room syringe assembly", 'search_engine', 9, '3'),
    ("Luoyang Bearings", "Kong De", "Luoyang", "Ring gauging and sorting", 'newsletter', 10, '2'),
    ("Nantong Marine Paint", "Gu Yan", "Nantong", "Can filling line", 'search_engine', 11, '0'),
    ("Harbin Cold Chain", "Song Ge", "Harbin", "Freezer store depalletizing", 'linkedin', 12, '1'),
    ("Xiamen Optics", "Chen Su", "Xiamen", "Lens tray handling", 'search_engine', 13, '2'),
    ("Weifang Diesel", "Sun Bo", "Weifang", "Cylinder head loading", 'search_engine', 14, '1'),
    ("Hefei Display", "Wu Tong", "Hefei", "Panel cassette transport", 'newsletter', 15, '3'),
    ("Yichang Fertilizer", "Xie An", "Yichang", "Truck loading system", 'mailing', 17, '0'),
    ("Dalian Food Ports", "Yuan Li", "Dalian", "Frozen fish box palletizing", 'search_engine', 18, '1'),
    ("Zhanjiang Steel Wire", "Ou Jing", "Zhanjiang", "Coil strapping and labelling", 'linkedin', 20, '0'),
    ("Linyi Furniture", "Meng Fei", "Linyi", "Panel stacking robot", 'search_engine', 21, '1'),
    ("Handan Castings", "Pan Shu", "Handan", "Fettling cell", 'search_engine', 23, '0'),
    ("Quanzhou Shoes", "Cai Lin", "Quanzhou", "Sole gluing robots", 'newsletter', 26, '1'),
    ("Taizhou Pumps", "Dai Rong", "Taizhou", "Pump test bench automation", 'search_engine', 29, '2'),
    ("Liuzhou Forklifts", "Qin Ou", "Liuzhou", "Mast welding line", 'linkedin', 33, '0'),
    ("Anshan Refractories", "Nie Chao", "Anshan", "Brick setting robot", 'search_engine', 38, '0'),
    ("Haikou Coconut Drinks", "Fu Mei", "Haikou", "Shrink wrapper and palletizer", 'mailing', 44, '1'),
    ("Lanzhou Petrochem Parts", "An Kai", "Lanzhou", "Flange drilling cell", 'search_engine', 52, '0'),
]


class LtcDemo(models.AbstractModel):
    _inherit = 'ltc.demo'

    @api.model
    def _play_lead(self):
        """Leads come in; the better ones become opportunities, and gate ATI decides on them."""
        self._hire({'sales': ['sales_team.group_sale_salesman', 'crm.group_use_lead'],
                    'manager': ['sales_team.group_sale_manager', 'crm.group_use_lead'],
                    'operations': ['sales_team.group_sale_manager', 'crm.group_use_lead'],
                    'presales': ['sales_team.group_sale_salesman_all_leads']})
        self._backdate_gates()
        self._keep('team', self.env['crm.team'].create({
            'name': "Industry Sales", 'company_id': self._company().id, 'user_id': self._user('manager').id,
            'use_leads': True, 'use_opportunities': True,
            'crm_team_member_ids': [fields.Command.create({'user_id': self._user(role).id})
                                    for role in ('sales', 'manager')],
        }))
        self._enter_leads()
        for key in CASES:
            self._play_opportunity(key)
        self._lose_some()

    @api.model
    def _hire(self, groups_by_role):
        for role, groups in groups_by_role.items():
            self._user(role).group_ids = [fields.Command.link(self.env.ref(group).id) for group in groups]

    @api.model
    def _reaches(self, key, step):
        """Return whether the story of case ``key`` goes at least as far as ``step``."""
        reach = CASES[key][5]
        if reach == 'ati_hold':
            return step in ('opportunity', 'ati_review', 'ati_hold')
        return REACH.index(reach) >= REACH.index(step)

    @api.model
    def _enter_leads(self):
        Lead = self._as('manager', self.env['crm.lead'])
        leads = Lead.create([{
            'type': 'lead', 'name': subject, 'partner_name': company, 'contact_name': contact, 'city': city,
            'country_id': self.env.ref('base.cn').id, 'phone': f'+86 138 5550 {2000 + number}',
            'email_from': f'{contact.lower().replace(" ", ".")}@{company.split()[0].lower()}.example.com',
            'source_id': self._get_source_id(source),
            'priority': stars, 'team_id': self._find('team').id, 'company_id': self._company().id,
            'user_id': self._user('sales' if number % 3 else 'manager').id,
        } for number, (company, contact, city, subject, source, _age, stars) in enumerate(LEADS)])
        self.env.flush_all()
        for lead, values in zip(leads, LEADS, strict=True):
            self._backdate_lead(lead, values[5])

    @api.model
    def _get_source_id(self, source):
        record = self.env.ref(f'utm.utm_source_{source}', raise_if_not_found=False)
        return record.id if record else False

    @api.model
    def _backdate_lead(self, lead, age):
        """Let the lead be as old as the story says; the creation date is the server's, so it is set in SQL."""
        created = fields.Datetime.now() - timedelta(days=age, hours=lead.id % 9)
        self.env.cr.execute("UPDATE crm_lead SET create_date = %s, date_open = %s WHERE id = %s",
                            [created, created + timedelta(hours=5), lead.id])
        lead.invalidate_recordset(['create_date', 'date_open'])

    @api.model
    def _backdate_moment(self, lead, name, days):
        """Set a moment that the server stamps to some days ago."""
        self.env.flush_all()
        moment = fields.Datetime.now() - timedelta(days=max(days, 0))
        self.env.cr.execute(SQL(
            "UPDATE crm_lead SET %s = %s WHERE id = %s", SQL.identifier(name), moment, lead.id))
        lead.invalidate_recordset([name])

    @api.model
    def _lose_some(self):
        """Some opportunities are lost, each for a reason."""
        leads = self._as('manager', self.env['crm.lead']).search(
            [('type', '=', 'lead'), ('company_id', '=', self._company().id)], order='create_date, id', limit=3)
        for lead, reason in zip(leads, ('competitor', 'delivery', 'postponed'), strict=False):
            age = (fields.Datetime.now() - lead.create_date).days
            lead.write({'expected_revenue': 300000 + 1000 * (lead.id % 100), 'user_id': self._user('sales').id,
                        'ltc_need': "Automate the station and pay back within two years."})
            lead.convert_opportunity(False)
            self._backdate_moment(lead, 'date_conversion', age - 2)
            lead.action_set_lost(lost_reason_id=self.env.ref(f'ltc_lead.lost_reason_{reason}').id)
            self._backdate_moment(lead, 'date_closed', age // 2)
            self._backdate(lead.sudo().ltc_flow_id, age)

    @api.model
    def _play_opportunity(self, key):
        title, revenue, age, need, competitors, _reach = CASES[key]
        customer = self._create_customer(key)
        lead = self._as('sales', self.env['crm.lead']).create({
            'type': 'lead', 'name': title, 'partner_id': customer.id, 'expected_revenue': revenue,
            'company_id': self._company().id, 'team_id': self._find('team').id, 'user_id': self._user('sales').id,
            'ltc_need': need, 'ltc_competitors': competitors, 'priority': '2',
            'date_deadline': fields.Date.context_today(self) + timedelta(days=60 - age // 4),
        })
        self.env.flush_all()
        self._backdate_lead(lead, age)
        lead.convert_opportunity(customer)
        self._backdate_moment(lead, 'date_conversion', age - 1)
        lead.write({'ltc_sr_user_id': self._user('presales').id, 'ltc_fr_user_id': self._user('delivery').id,
                    'ltc_decision_chain': f"{customer.child_ids[:1].name} (purchasing) prepares, the plant manager"
                                          " decides; production supports us."})
        self._keep(f'case_{key}', lead)
        self._decide_ati(key, lead)
        self._backdate(lead.sudo().ltc_flow_id, age)
        if CASES[key][5] == 'ati_review':
            self._let_wait(lead.sudo().ltc_review_ids)

    @api.model
    def _return_once(self, lead):
        """Presales wants to know more before anybody decides."""
        review = self._submit(lead, 'ati', note="Urgent for the customer.")
        opinion = review.opinion_ids.filtered(lambda opinion: opinion.kind == 'technical')
        reviewer = (opinion.candidate_ids & self._get_people())[:1]
        review.with_user(reviewer).sudo(False).action_return("The cycle time and the weight of the parts are missing.")
        lead.sudo().activity_ids.filtered(lambda activity: activity.summary == review.name).action_feedback(
            feedback="Added to the need.")

    @api.model
    def _let_wait(self, review):
        """Nobody answered in time: the round was reminded of, and the next level is called."""
        submitted_on = self._get_working_moment(fields.Datetime.now() - timedelta(days=8))
        review.write({
            'submitted_on': submitted_on,
            'deadline': review.company_id._ltc_plan_hours(review.rule_id.hours, submitted_on)})
        review._remind()
        review._escalate()

    @api.model
    def _create_customer(self, key):
        name, city, buyer, phone = CUSTOMERS[key]
        domain = f"{key}.example.com"
        customer = self.env['res.partner'].create({
            'name': name, 'is_company': True, 'city': city, 'country_id': self.env.ref('base.cn').id, 'phone': phone,
            'email': f'office@{domain}', 'user_id': self._user('sales').id, 'company_id': self._company().id,
            'child_ids': [fields.Command.create({
                'name': buyer, 'function': "Purchasing Manager", 'phone': phone,
                'email': f'{buyer.lower().replace(" ", ".")}@{domain}', 'company_id': self._company().id})],
        })
        self._keep(f'customer_{key}', customer)
        return customer

    @api.model
    def _decide_ati(self, key, lead):
        if not self._reaches(key, 'ati_review'):
            return
        if CASES[key][5] == 'closed':
            self._return_once(lead)
        review = self._submit(lead, 'ati', note="First visit done, budget confirmed by the plant manager.")
        if CASES[key][5] == 'ati_review':
            review.opinion_ids[:1].with_user(review.opinion_ids[:1].candidate_ids[:1]).sudo(False).action_give(
                'conditional', "Feasible with the HC-200; the gripper needs a trial.", "Scale on hot parts.")
            return
        self._hear(review, {'technical': ('agree', "Within our standard range.", "")})
        if CASES[key][5] == 'ati_hold':
            self._decide(review, 'hold', reason="The budget is decided after the board meeting.",
                         hold_until=fields.Date.context_today(self) + timedelta(days=30))
        else:
            self._decide(review, 'go', minutes="Fits the strategy for the region; team named.")
            stage = self.env.ref('crm.stage_lead3', raise_if_not_found=False)
            if stage:
                lead.stage_id = stage
