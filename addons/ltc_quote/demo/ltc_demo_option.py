from odoo import api, fields, models


class LtcDemo(models.AbstractModel):
    _inherit = 'ltc.demo'

    @api.model
    def _play_options(self):
        """What belongs to a robot, a price list with a block and a share, and a quotation in the making on it."""
        self.env.ref('base.group_user')._apply_group(self.env.ref('sale.group_discount_per_so_line'))
        self._create_option_rules()
        self._create_selling_guide()
        pricelist = self._create_project_pricelist()
        order = self._as('sales', self.env['sale.order']).create({
            'partner_id': self._find('case_haibin').partner_id.id, 'company_id': self._company().id,
            'team_id': self._find('team').id, 'user_id': self._user('sales').id, 'pricelist_id': pricelist.id,
            'payment_term_id': self.env.ref('account.account_payment_term_30days').id,
            'client_order_ref': "Second berth", 'order_line': [fields.Command.create({
                'product_id': self._find(f'product_{product}').id, 'product_uom_qty': quantity,
            }) for product, quantity in (
                ('robot_200', 2), ('conveyor', 1), ('cabinet', 1), ('installation', 1), ('training', 2))],
        })
        self._keep('order_second_berth', order)

    @api.model
    def _create_option_rules(self):
        def template(key):
            return self._find(f'product_{key}').product_tmpl_id.id

        self.env['ltc.option.rule'].create([{'company_id': self._company().id, **values} for values in (
            {'product_tmpl_id': template('robot_200'), 'option_product_id': self._find('product_cabinet').id,
             'message': "One safety PLC for each robot: it is part of the CE declaration."},
            {'product_tmpl_id': template('robot_80'), 'option_product_id': self._find('product_vision').id,
             'is_per_unit': False, 'is_binding': False, 'message': "Without it the cell needs a positioned infeed."},
            {'product_tmpl_id': template('robot_200'), 'option_product_id': self._find('product_spares').id,
             'kind': 'recommends'},
            {'product_tmpl_id': template('installation'), 'option_product_id': self._find('product_training').id,
             'kind': 'recommends', 'message': "Trained operators are a condition of most acceptances."},
        )])

    @api.model
    def _create_selling_guide(self):
        """From boxes and shifts to robots, conveyors and training."""
        guide = self.env['ltc.selling.guide'].create({
            'name': "Palletising Cell", 'company_id': self._company().id,
            'description': "For lines that stack boxes or bags on pallets: five minutes with the customer."})
        questions = self.env['ltc.selling.guide.question'].create([
            {'guide_id': guide.id, 'sequence': sequence, 'name': name, 'kind': kind, 'hint': hint,
             'is_required': kind != 'several',
             'answer_ids': [fields.Command.create({'name': answer}) for answer in answers]}
            for sequence, name, kind, hint, answers in (
                (10, "How many lines end in the cell?", 'number', "Each line gets a conveyor.", ()),
                (20, "How heavy is the heaviest box?", 'one', "With its content, and with the gripper's 12 kg.", (
                    "Up to 60 kg", "Up to 180 kg")),
                (30, "Do the boxes come in a known position?", 'one', "", ("Always", "Mixed")),
                (40, "What else does the customer want?", 'several', "", (
                    "Installation by us", "Training", "Spare parts for two years")),
            )])
        lines, weight, position, extras = questions
        position.only_after_id = weight.answer_ids[0]
        self.env['ltc.selling.guide.line'].create([
            {'question_id': question.id, 'answer_id': answer and answer.id,
             'product_id': self._find(f'product_{product}').id, 'times_id': times and times.id}
            for question, answer, product, times in (
                (lines, False, 'conveyor', False),
                (weight, weight.answer_ids[0], 'robot_80', False),
                (weight, weight.answer_ids[1], 'robot_200', False),
                (weight, weight.answer_ids[1], 'cabinet', False),
                (position, position.answer_ids[1], 'vision', lines),
                (extras, extras.answer_ids[0], 'installation', False),
                (extras, extras.answer_ids[1], 'training', False),
                (extras, extras.answer_ids[2], 'spares', False),
            )])

    @api.model
    def _create_project_pricelist(self):
        """Training at one price for up to three courses, installation at a share of the machines."""
        common = {'applied_on': '1_product'}
        return self.env['product.pricelist'].create({
            'name': "Projects", 'company_id': self._company().id, 'currency_id': self._company().currency_id.id,
            'item_ids': [fields.Command.create({**common, **values}) for values in (
                {'product_tmpl_id': self._find('product_training').product_tmpl_id.id, 'compute_price': 'ltc_block',
                 'ltc_block_price': 27000.0, 'ltc_block_quantity': 3},
                {'product_tmpl_id': self._find('product_installation').product_tmpl_id.id,
                 'compute_price': 'ltc_share', 'ltc_share_percent': 9.0},
            )]})
