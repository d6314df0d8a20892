from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class LtcGuideRun(models.TransientModel):
    """A walk through a selling guide, page by page; the products reach the quotation at the end, all or none."""
    _name = 'ltc.guide.run'
    _description = "Guided Selling"

    order_id = fields.Many2one('sale.order', required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(related='order_id.company_id')
    has_replies = fields.Boolean(compute='_compute_has_replies')
    guide_id = fields.Many2one(
        'ltc.selling.guide', domain="[('company_id', 'in', [False, company_id]), ('question_ids', '!=', False)]")
    description = fields.Text(related='guide_id.description')
    question_id = fields.Many2one('ltc.selling.guide.question', string="Page", readonly=True)
    question_name = fields.Char(related='question_id.name')
    hint = fields.Char(related='question_id.hint')
    kind = fields.Selection(related='question_id.kind')
    answer_id = fields.Many2one('ltc.selling.guide.answer', domain="[('question_id', '=', question_id)]")
    answer_ids = fields.Many2many(
        'ltc.selling.guide.answer', string="Answers", domain="[('question_id', '=', question_id)]")
    number = fields.Float(digits='Product Unit')
    reply_ids = fields.One2many('ltc.guide.reply', 'run_id', readonly=True)
    is_done = fields.Boolean(readonly=True)
    progress = fields.Char(compute='_compute_progress')
    product_ids = fields.One2many('ltc.guide.product', 'run_id', readonly=True)

    @api.depends('question_id', 'guide_id', 'is_done')
    def _compute_progress(self):
        for run in self:
            questions = run.guide_id.question_ids
            run.progress = run.question_id in questions and self.env._(
                "Question %(number)s of at most %(total)s",
                number=len(run.reply_ids) + 1, total=len(run.reply_ids) + len(run._get_coming_questions()))

    @api.depends('reply_ids')
    def _compute_has_replies(self):
        for run in self:
            run.has_replies = bool(run.reply_ids)

    # === ACTION METHODS === #

    def action_next(self):
        """Keep the answer of this page and go to the next one, or to the products."""
        self.ensure_one()
        if not self.guide_id:
            raise UserError(self.env._("Choose a selling guide to begin with."))
        if self.question_id:
            self._keep_reply()
        return self._go_on()

    def action_back(self):
        """Take the last answer back and ask it again."""
        self.ensure_one()
        reply = self.reply_ids[-1:]
        if reply:
            self.write({
                'question_id': reply.question_id.id, 'is_done': False, 'number': reply.number,
                'answer_id': reply.answer_ids[:1].id, 'answer_ids': [Command.set(reply.answer_ids.ids)],
                'product_ids': [Command.clear()], 'reply_ids': [Command.delete(reply.id)]})
        else:
            self.write({'question_id': False})
        return self._reopen()

    def action_apply(self):
        """Add the products to the quotation, each at its list's price; what is there already grows."""
        self.ensure_one()
        if not self.is_done:
            raise UserError(self.env._("Answer the questions to their end; then the products can be added."))
        order = self.order_id
        if not order._ltc_is_open():
            raise UserError(self.env._("%s is no quotation any more; guides add to quotations.", order.name))
        for line in self.product_ids:
            order._ltc_add_product(line.product_id, line.quantity)
        return {'type': 'ir.actions.act_window_close'}

    # === PAGES === #

    def _keep_reply(self):
        question = self.question_id
        answers = {'one': self.answer_id, 'several': self.answer_ids}.get(question.kind, self.answer_id.browse())
        answers &= question.answer_ids
        if question.kind == 'number' and self.number < 0:
            raise UserError(self.env._("“%s” is answered by a number from 0 on.", question.name))
        if question.is_required and not (answers or question.kind == 'number' and self.number):
            raise UserError(self.env._("Answer “%s” to go on.", question.name))
        self.env['ltc.guide.reply'].create({
            'run_id': self.id, 'question_id': question.id, 'answer_ids': [Command.set(answers.ids)],
            'number': self.number if question.kind == 'number' else 0.0})

    def _go_on(self):
        question = self._get_open_questions()[:1]
        self.write({
            'question_id': question.id, 'is_done': not question, 'answer_id': False, 'answer_ids': [Command.clear()],
            'number': 0.0})
        if not question:
            products = self._get_products()
            prices = self._get_prices(products)
            self.product_ids = [
                Command.clear(), *(
                    Command.create({'product_id': product.id, 'quantity': quantity, 'price_unit': prices[product.id]})
                    for product, quantity in products.items())]
        return self._reopen()

    def _get_open_questions(self):
        """Return the questions still to ask: not answered, and not waiting for an answer that was not given."""
        given, answered = self.reply_ids.answer_ids, self.reply_ids.question_id
        return self.guide_id.question_ids.filtered(
            lambda question: question not in answered
            and (not question.only_after_id or question.only_after_id in given))

    def _get_coming_questions(self):
        """Return the questions that may still be asked: the open ones, and those that wait for one of them."""
        given, answered = self.reply_ids.answer_ids, self.reply_ids.question_id
        coming = answered.browse()
        for question in self.guide_id.question_ids - answered:
            after = question.only_after_id
            if not after or after in given or after.question_id in coming:
                coming += question
        return coming

    def _get_products(self):
        """Return {product: quantity} of everything that the answers add."""
        numbers = {reply.question_id: reply.number for reply in self.reply_ids if reply.question_id.kind == 'number'}
        products = defaultdict(float)
        for reply in self.reply_ids:
            for line in reply.question_id.line_ids:
                is_answered = bool(reply.answer_ids or reply.number)
                if line.answer_id in reply.answer_ids if line.answer_id else is_answered:
                    products[line.product_id] += line._get_quantity(numbers)
        return {product: quantity for product, quantity in products.items() if quantity > 0}

    def _get_prices(self, products):
        """Return {id of a product: its unit price at the quotation's price list}; 0 for what is a share of the others.

        :param dict products: {product: quantity}
        """
        order, prices = self.order_id.with_company(self.order_id.company_id), {}
        for quantity in set(products.values()):  # few numbers, many products
            alike = self.env['product.product'].union(*(
                product for product, number in products.items() if number == quantity)).with_company(order.company_id)
            prices.update(order.pricelist_id._compute_price_rule(
                alike, quantity, currency=order.currency_id, date=order.date_order))
        shares = self.env['product.pricelist.item'].browse(
            {rule_id for _price, rule_id in prices.values() if rule_id}).filtered(
                lambda rule: rule.compute_price == 'ltc_share')
        return {product_id: 0.0 if rule_id in shares.ids else price for product_id, (price, rule_id) in prices.items()}

    def _reopen(self):
        return {
            'type': 'ir.actions.act_window',
            'name': self.guide_id.name or self.env._("Guided Selling"),
            'res_model': self._name,
            'res_id': self.id,
            'view_mode': 'form',
            'target': 'new',
        }


class LtcGuideReply(models.TransientModel):
    """An answer that was given on the way."""
    _name = 'ltc.guide.reply'
    _description = "Reply in Guided Selling"
    _order = 'id'

    run_id = fields.Many2one('ltc.guide.run', required=True, index=True, ondelete='cascade')
    question_id = fields.Many2one('ltc.selling.guide.question', required=True, ondelete='cascade')
    answer_ids = fields.Many2many('ltc.selling.guide.answer')
    number = fields.Float(digits='Product Unit')


class LtcGuideProduct(models.TransientModel):
    """What the answers add to the quotation, shown before it is added."""
    _name = 'ltc.guide.product'
    _description = "Product of Guided Selling"
    _order = 'id'

    run_id = fields.Many2one('ltc.guide.run', required=True, index=True, ondelete='cascade')
    product_id = fields.Many2one('product.product', required=True, readonly=True, ondelete='cascade')
    quantity = fields.Float(digits='Product Unit', readonly=True)
    uom_id = fields.Many2one(related='product_id.uom_id', string="Unit")
    currency_id = fields.Many2one(related='run_id.order_id.currency_id')
    price_unit = fields.Monetary(string="Unit Price", readonly=True)
    amount = fields.Monetary(compute='_compute_amount', help="At the quotation's price list.")

    @api.depends('price_unit', 'quantity')
    def _compute_amount(self):
        for line in self:
            line.amount = line.price_unit * line.quantity
