from odoo import api, fields, models

# customer, contact, phone, email, need, amount, how it ends
REGISTRATIONS = [
    ("Nanchang Aluminium Profiles", "Zou Lei", "+86 791 5550 3101", "zou.lei@ncap.example.com",
     "Saw, deburr and stack profiles of 6 m, two shifts.", 420000, 'approved'),
    ("Changzhou Solar", "Jin Hao", "+86 519 5550 3102", "jin.hao@changzhou.example.com",
     "Framing line for solar modules, second hall.", 880000, 'submitted'),
    ("Wuhu Wiper Systems", "Ruan Yi", "+86 553 5550 3103", "ruan.yi@wuhu.example.com",
     "Screw and test wiper motors, 12 seconds a piece.", 350000, 'submitted'),
    ("Qinling Auto Parts", "Cao Peng", "+86 29 5550 1110", "cao.peng@qinling.example.com",
     "Second cell for brake discs.", 300000, 'rejected'),
]
NEEDED = {  # of the running cases: what, within which limits, judged how
    'jinghe': ("One assembly cell, two gearbox types", "180 m², existing hall, no crane", "45 seconds over one shift"),
    'beifang': ("Palletizing cell for forged parts", "IP65, parts of 400 °C", "Three shifts without a stop"),
    'xinhe': ("Stacking line, 12-cell modules", "Clean zone, dew point -40 °C", "Cpk 1.67 over 500 modules"),
    'minjiang': ("Two palletizing lines", "Running before the summer season", ""),
}


class LtcDemo(models.AbstractModel):
    _inherit = 'ltc.demo'

    @api.model
    def _play_rules(self):
        """The pipeline has rules, the data is expected to be complete, and two colleagues meet at one customer."""
        self.env['ltc.field.policy'].with_context(active_test=False).search([]).write({
            'active': True, 'company_id': self._company().id})
        self.env['ltc.field.policy.line'].search([]).is_needed = False  # the story was told before the policy
        self._fill_in_templates()
        self._play_stage_rules()
        self._play_conflicts()
        self._play_web_form()
        self._play_registrations()
        self.env['crm.lead'].with_context(active_test=False).search(
            [('company_id', '=', self._company().id)])._ltc_refresh_completeness()

    @api.model
    def _fill_in_templates(self):
        for key, (thing, constraints, basis) in NEEDED.items():
            self._find(f'case_{key}').sudo().write({
                'ltc_object': thing, 'ltc_constraints': constraints, 'ltc_acceptance_basis': basis})

    @api.model
    def _play_stage_rules(self):
        """Key accounts have a stage of their own that nobody skips; the other pipelines are left as they are."""
        team = self.env['crm.team'].create({
            'name': "Key Accounts", 'company_id': self._company().id, 'user_id': self._user('manager').id})
        survey = self.env['crm.stage'].create({
            'name': "Site Survey", 'sequence': 2, 'team_ids': team.ids, 'ltc_is_skippable': False,
            'ltc_required_field_ids': self.env['ir.model.fields']._get('crm.lead', 'ltc_object').ids,
            'requirements': "Measure the hall, take photographs, name the plant manager."})
        opportunity = self._as('manager', self.env['crm.lead']).create({
            'type': 'opportunity', 'name': "Body shop, four stations", 'partner_name': "Bashan Motors",
            'company_id': self._company().id, 'team_id': team.id, 'user_id': self._user('manager').id,
            'expected_revenue': 2600000, 'ltc_object': "Four welding stations with positioners",
            'ltc_need': "Weld 40 body parts an hour in two shifts.",
            'date_deadline': fields.Date.add(fields.Date.context_today(self), days=120)})
        opportunity.stage_id = survey

    @api.model
    def _play_conflicts(self):
        """A manager enters what sales works on already; one conflict is decided, one waits, one is asked for."""
        self._company().ltc_conflict_policy = 'warn'
        Lead = self._as('manager', self.env['crm.lead'])
        leads = Lead.create([{
            'type': 'lead', 'name': subject, 'partner_name': company, 'company_id': self._company().id,
            'team_id': self._find('team').id, 'user_id': self._user('manager').id, 'phone': phone,
        } for subject, company, phone in (
            ("Second palletizer, called at the fair", "MINJIANG BEVERAGE CO., LTD.", "+86 591 5550 1299"),
            ("Sorting tiles, asked by email", "Lingnan Ceramics Group", "+86 757 5550 1277"),
        )])
        conflict = self.env['ltc.lead.conflict'].search([('lead_id', '=', leads[0].id)], limit=1)
        if conflict:
            self._as('operations', conflict).action_decide(
                'share', "Two plants with budgets of their own; sales leads, the manager helps.")

    @api.model
    def _play_web_form(self):
        """The website posts; somebody writes twice."""
        form = self._as('operations', self.env['ltc.web.form']).create({
            'name': "Contact form of the website", 'company_id': self._company().id, 'team_id': self._find('team').id,
            'allowed_origins': 'https://www.huachen.example.com', 'required_names': 'company need',
            'source_id': self._get_source_id('search_engine')})
        form.action_generate_key()
        Submission = self.env['ltc.web.submission'].sudo().with_company(self._company())
        for number, (company, contact, email, need) in enumerate((
            ("Yangzhou Toothbrush", "Hang Min", "hang.min@yztb.example.com", "Pick and pack brushes, 200 a minute"),
            ("Yangzhou Toothbrush", "Hang Min", "hang.min@yztb.example.com", "And blister sealing, please call"),
            ("Zhoushan Seafood", "Bao Qi", "bao.qi@zsseafood.example.com", "Palletizing at -25 °C"),
        )):
            Submission._receive(form.sudo(), {
                'partner_name': company, 'contact_name': contact, 'email_from': email, 'ltc_need': need,
            }, f'demo-web-{number}')

    @api.model
    def _play_registrations(self):
        """An agent registers customers; one is protected, one was ours already, two wait."""
        agency = self.env['res.partner'].create({
            'name': "Jiangxi Automation Agency", 'is_company': True, 'ltc_is_channel': True, 'city': "Nanchang",
            'country_id': self.env.ref('base.cn').id, 'company_id': self._company().id})
        self._keep('channel_partner', agency)
        for customer, contact, phone, email, need, amount, ending in REGISTRATIONS:
            registration = self._as('manager', self.env['ltc.lead.registration']).create({
                'partner_id': agency.id, 'company_id': self._company().id, 'customer': customer,
                'contact_name': contact, 'phone': phone, 'email': email, 'need': need, 'amount': amount})
            if ending == 'approved':
                registration.action_approve()
            elif ending == 'rejected':
                registration.reason = "We have delivered there for a year; the contract runs."
                registration.action_reject()
        self.env.flush_all()
        self.env['ltc.lead.registration'].search([('partner_id', '=', agency.id), ('state', '=', 'approved')]).write({
            'date_until': fields.Date.add(fields.Date.context_today(self), days=24)})
