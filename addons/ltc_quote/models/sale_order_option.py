from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

QUANTITY_DIGITS = 6


class SaleOrder(models.Model):
    """What of a quotation goes together and what is missing, by the option rules; shown while it is typed."""
    _inherit = 'sale.order'

    ltc_option_findings = fields.Json(
        string="Options", compute='_compute_ltc_option_findings', compute_sudo=True, groups='base.group_user')

    @api.depends('state', 'company_id', 'order_line.product_id', 'order_line.product_uom_id',
                 'order_line.product_uom_qty')
    @api.depends_context('lang')
    def _compute_ltc_option_findings(self):
        bound = self.filtered(lambda order: order._ltc_is_open())._ltc_is_gate_active('atb')
        for order in self:
            findings = order._ltc_get_option_findings() if order._ltc_is_open() else []
            is_settled = findings and order in bound and order.id and order._ltc_is_settled()
            order.ltc_option_findings = False if is_settled else findings or False

    # === ACTION METHODS === #

    def action_ltc_add_options(self, product_id):
        """Add to the quotation what is missing of an option; at a line of it that is there already, or as a new line.
        """
        self.ensure_one()
        self.check_access('write')
        if not self._ltc_is_open():
            raise UserError(self.env._("%s is no quotation any more; options are added to quotations.", self.name))
        missing = [
            finding['missing'] for finding in self.sudo()._ltc_get_option_findings()
            if finding['product_id'] == product_id]
        if not missing:
            return False  # somebody was faster
        self._ltc_add_product(self.env['product.product'].browse(product_id), max(missing))
        return False

    def _ltc_add_product(self, product, quantity):
        lines = self._ltc_get_offered_lines().filtered(
            lambda line: line.product_id == product and not line.combo_item_id and not line.is_expense)
        if lines:
            line = lines[-1]
            line.product_uom_qty += product.uom_id._compute_quantity(quantity, line.product_uom_id)
        else:
            self.env['sale.order.line'].create({
                'order_id': self.id, 'product_id': product.id, 'product_uom_qty': quantity,
                'sequence': max(self.order_line.mapped('sequence'), default=10)})

    # === BUSINESS METHODS - MAY IT? === #

    def _ltc_get_submission_blockers(self, code):
        blockers = super()._ltc_get_submission_blockers(code)
        return blockers + self._ltc_get_option_blockers() if code == 'atb' else blockers

    def _ltc_get_offer_blockers(self):
        """Under the gate, what was decided is decided; without, the rules are asked when the offer goes out."""
        free = self - self._ltc_is_gate_active('atb')
        return super()._ltc_get_offer_blockers() + free._ltc_get_option_blockers()

    def _ltc_get_option_blockers(self):
        """Return a sentence for each binding rule that these quotations break; no query where there are no rules."""
        return [
            self.env._("%(quotation)s: %(finding)s", quotation=order.display_name, finding=finding['text'])
            for order in self for finding in order.sudo()._ltc_get_option_findings() if finding['binding']
        ]

    # === FINDINGS === #

    def _ltc_get_option_findings(self):
        """Return what the option rules say of this quotation, what must be mended first.

        :return: dicts of ``kind``, ``binding``, ``text`` and, where one click mends it, ``product_id`` and ``missing``
                 in the product's own unit
        """
        self.ensure_one()
        rules = self.env['ltc.option.rule']._get_cached(self.company_id.id, self.env.lang)
        quantities = self._ltc_get_product_quantities() if rules else {}
        if not quantities:
            return []
        groups = defaultdict(list)
        for rule in rules:
            subjects = [product for product in quantities if self.env['ltc.option.rule']._is_subject(rule, product)]
            if subjects:
                key = (rule.kind, rule.option_product_id, rule.option_categ_id)
                groups[key].append((rule, subjects))
        broken = [
            verdict for (kind, *_option), matches in groups.items()
            if (verdict := self._ltc_judge_option(kind, matches, quantities))
        ]
        named = self._ltc_get_named_products(broken, quantities)
        findings = [self._ltc_prepare_finding(named, *verdict) for verdict in broken]
        return sorted(findings, key=lambda finding: (not finding['binding'], finding['kind'] == 'recommends'))

    def _ltc_get_product_quantities(self):
        """Return {product: quantity in its own unit} of what is offered; an option nobody took yet is none."""
        quantities = defaultdict(float)
        for line in self._ltc_get_offered_lines():
            product = line.product_id
            if product and line.product_uom_qty > 0:
                quantities[product._origin] += line.product_uom_id._compute_quantity(
                    line.product_uom_qty, product.uom_id, round=False)
        return quantities

    @api.model
    def _ltc_get_named_products(self, broken, quantities):
        """Return the products that the findings may name: fetched together, not finding by finding."""
        if not broken:
            return self.env['product.product']
        options = {rule.option_product_id for matches, *_verdict in broken for rule, _subjects in matches} - {False}
        offered = {product.id for product in quantities}
        return self.env['product.product'].with_context(display_default_code=False).browse(options | offered)

    def _ltc_judge_option(self, kind, matches, quantities):
        """Return the verdict on one option, that all rules in ``matches`` are about, or None where they are kept.

        :return: (matches, options offered, how many are missing)

        What several products require each for itself adds up; what is needed once serves all of them.
        """
        first = matches[0][0]
        is_option = self.env['ltc.option.rule']._is_option
        options = [product for product in quantities if is_option(first, product)]
        if kind == 'excludes':
            matches = [
                (rule, [product for product in subjects if product not in options]) for rule, subjects in matches]
            is_broken = bool(options) and any(subjects for _rule, subjects in matches)
            return (matches, options, 0.0) if is_broken else None
        have = sum(quantities[product] for product in options)
        if kind == 'recommends':
            return None if have else (matches, options, first.quantity)
        need = self._ltc_get_needed(matches, quantities)
        if float_compare(have, need, precision_digits=QUANTITY_DIGITS) >= 0:
            return None
        return matches, options, round(need - have, QUANTITY_DIGITS)

    @api.model
    def _ltc_get_needed(self, matches, quantities):
        each = sum(
            rule.quantity * sum(quantities[product] for product in subjects)
            for rule, subjects in matches if rule.is_per_unit)
        return max(each, max((rule.quantity for rule, _subjects in matches if not rule.is_per_unit), default=0.0))

    def _ltc_prepare_finding(self, named, matches, options, missing):
        def name(products):
            ids = [product.id for product in products]
            return named.browse(dict.fromkeys(ids)).with_prefetch(named.ids)

        first = matches[0][0]
        product = named.browse(first.option_product_id or ()).with_prefetch(named.ids)
        category = self.env['product.category'].browse(first.option_categ_id or ())
        options, subjects = name(options), name(subject for _rule, found in matches for subject in found)
        values = {
            'subject': ', '.join(subjects.mapped('display_name')),
            'option': product.display_name or category.display_name,
            'missing': f'{missing:g}',
        }
        return {
            'kind': first.kind,
            'binding': any(rule.is_binding for rule, _subjects in matches) and first.kind != 'recommends',
            'text': ' '.join([
                self._ltc_describe_finding(first.kind, values, options),
                *dict.fromkeys(rule.message for rule, _subjects in matches if rule.message)]),
            'product_id': product.id if missing and product.active and product.sale_ok else False,
            'missing': missing,
        }

    def _ltc_describe_finding(self, kind, values, options):
        if kind == 'excludes':
            values['option'] = ', '.join(product.display_name for product in options)
            return self.env._("%(subject)s cannot be offered together with %(option)s.", **values)
        if kind == 'recommends':
            return self.env._("Worth offering with %(subject)s: %(option)s.", **values)
        return self.env._("%(subject)s requires %(option)s: %(missing)s more.", **values)
