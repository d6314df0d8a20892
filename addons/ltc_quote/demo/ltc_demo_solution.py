from datetime import timedelta

from odoo import api, fields, models

# case: object, performance, site, acceptance, budget from, to, weeks until delivery
REQUIREMENTS = {
    'jinghe': ("Two gearbox types, 14 and 22 kg.", "45 seconds a piece, two shifts.",
               "Hall of 180 m², floor load 2 t/m².", "", 0, 0, 0),
    'huarun': ("Blisters of three formats.", "400 blisters a minute, no defect passed in 10,000.",
               "Clean room class D.", "Test with 20 marked blisters a format.", 300000, 420000, 26),
    'xinhe': ("Cell modules of 12 cells, 2.1 kg a cell.", "20 modules an hour, 0.1 mm.",
              "Dry room, dew point -40 °C.", "Four hours without an error at full speed.", 1200000, 1500000, 30),
    'taihu': ("Paper reels up to 900 kg, 1.2 m.", "40 reels an hour.", "Between slitter 3 and store.",
              "Two shifts at 38 reels an hour.", 650000, 800000, 24),
    'minjiang': ("Cases of PET bottles, three formats.", "60 cases a minute on each line.",
                 "Hall 2, ceiling 4.8 m.", "Eight hours at 57 cases a minute, availability 97 %.", 800000, 950000, 18),
}
# case: summary, what is not included, cost basis (kind, description, quantity, cost), price, target margin
SOLUTIONS = {
    'huarun': ("Vision station after the cooling section, four cameras, rejecter and audit trail.",
               "The customer's MES is connected by the customer.",
               [('material', "Cameras, optics, lighting", 4, 18000), ('labour', "Image processing", 400, 180),
                ('subcontract', "Validation documents", 1, 36000)], 380000, 35),
    'xinhe': ("Two stacking cells with six-axis robots, vision alignment and laser height check, one conveyor loop.",
              "Cells are supplied on trays; the dry room stays with the customer.",
              [('material', "Robots HC-80", 4, 107000), ('material', "Vision stations", 2, 73000),
               ('material', "Conveyors and cabinets", 1, 194000), ('labour', "Assembly and start-up", 600, 190),
               ('travel', "Engineers on site", 30, 900)], 1240000, 25),
    'taihu': ("Two palletizing robots with reel grippers on a shared rail, one conveyor to the store.",
              "Foundations and power supply by the customer.",
              [('material', "Robots HC-200", 2, 188000), ('material', "Conveyor and cabinet", 1, 97000),
               ('labour', "Assembly and start-up", 220, 190)], 770000, 25),
    'minjiang': ("A robot HC-200 on each of the two lines, one pallet conveyor, common safety fence.",
                 "Pallet wrapping stays as it is.",
                 [('material', "Robots HC-200", 2, 188000), ('material', "Conveyors and cabinets", 1, 194000),
                  ('labour', "Assembly and start-up", 240, 190)], 840000, 22),
}


class LtcDemo(models.AbstractModel):
    _inherit = 'ltc.demo'

    @api.model
    def _play_solution(self):
        """Before anything is quoted: requirements, solutions that a colleague approved, and their estimates."""
        self._company().write({
            'ltc_design_days': 30, 'ltc_assembly_days': 45, 'ltc_commissioning_days': 14, 'ltc_target_margin': 25.0})
        for key in REQUIREMENTS:
            self._play_requirement(key)
        for key in SOLUTIONS:
            self._play_solution_of(key)

    @api.model
    def _play_requirement(self, key):
        subject, performance, site, acceptance, budget_min, budget_max, weeks = REQUIREMENTS[key]
        today = fields.Date.context_today(self)
        self._as('sales', self.env['ltc.requirement']).create({
            'opportunity_id': self._find(f'case_{key}').id, 'object': subject, 'performance': performance,
            'site_constraints': site, 'acceptance_criteria': acceptance, 'is_acceptance_clear': bool(acceptance),
            'budget_min': budget_min, 'budget_max': budget_max,
            'date_delivery_from': weeks and today + timedelta(weeks=weeks - 4),
            'date_delivery_to': weeks and today + timedelta(weeks=weeks),
            'safety': "CE and GB standards, fence with light curtains.", 'feasibility': 'feasible' if weeks else False,
        })

    @api.model
    def _play_solution_of(self, key):
        """The SR draws it up, delivery approves; the estimate of huarun still waits for finance."""
        summary, limits, lines, price, margin = SOLUTIONS[key]
        solution = self._as('presales', self.env['ltc.solution']).create({
            'opportunity_id': self._find(f'case_{key}').id, 'summary': f'<p>{summary}</p>', 'exclusions': limits,
            'user_id': self._user('presales').id,
            'reviewer_ids': [fields.Command.set(self._user('delivery').ids)],
            'line_ids': [fields.Command.create({
                'sequence': number, 'kind': kind, 'name': name, 'quantity': quantity, 'unit_cost': cost,
            }) for number, (kind, name, quantity, cost) in enumerate(lines)],
        })
        self._keep(f'solution_{key}', solution)
        solution.action_submit()
        self._as('delivery', solution).action_approve("Cycle time simulated.")
        estimate = solution.env['ltc.estimate'].browse(solution.action_create_estimate()['res_id'])
        estimate.write({'price': price, 'target_margin': margin, 'note': "Standard robots, special grippers."})
        estimate.action_submit()
        self._keep(f'estimate_{key}', estimate)
        if key != 'huarun':
            self._as('finance', estimate).action_approve()

    @api.model
    def _play_price_rules(self):
        """How far sales may go alone; a second version of one solution is in the making."""
        manager = self.env.ref('sales_team.group_sale_manager')
        common = {'company_id': self._company().id, 'currency_id': self._company().currency_id.id}
        self.env['ltc.price.rule'].create([{**common, **values} for values in (
            {'name': "Everything: 5 % free", 'use_max_discount': True, 'max_discount': 5,
             'use_floor_margin': True, 'floor_margin': 18},
            {'name': "Sales managers: 10 % free", 'use_max_discount': True, 'max_discount': 10, 'group_id': manager.id},
            {'name': "Grade A customers: 8 % free", 'use_max_discount': True, 'max_discount': 8, 'customer_grade': 'A'},
            {'name': "HC-80: floor price", 'use_floor_price': True, 'floor_price': 145000,
             'product_tmpl_id': self._find('product_robot_80').product_tmpl_id.id},
            {'name': "HC-200: floor price", 'use_floor_price': True, 'floor_price': 255000,
             'product_tmpl_id': self._find('product_robot_200').product_tmpl_id.id},
        )])
        self._find('order_xinhe').commitment_date = fields.Datetime.now() + timedelta(days=60)
        self._as('presales', self._find('solution_xinhe')).action_new_version()
