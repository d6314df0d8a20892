from odoo import api, models
from odoo.tools import formatLang

from .sale_order_changes import PRODUCT, TAXES, UOM


class LineNames:
    """What frozen lines call their products, units and taxes: read at once, however many lines there are."""

    def __init__(self, env, lines):
        self.env = env
        products = self._browse('product.product', (line[PRODUCT] for line in lines))
        self.products = {product.id: product.display_name for product in products}
        self.aliases = {product.id: set() for product in products}
        for lang, _name in env['res.lang'].get_installed():  # a line is written in the language of its customer
            for product in products.with_context(lang=lang):
                self.aliases[product.id].add(product.display_name)
        self.units, self.taxes = (
            {record.id: record.display_name for record in self._browse(model, ids)} for model, ids in (
                ('uom.uom', (line[UOM] for line in lines)),
                ('account.tax', (tax_id for line in lines for tax_id in line[TAXES]))))

    def _browse(self, model, ids):
        records_sudo = self.env[model].sudo().with_context(prefetch_langs=True)  # a decision is read with its names
        return records_sudo.browse({record_id for record_id in ids if record_id}).exists()

    def describe_product(self, product_id, text):
        """Return the product once, and below it what the line says beyond its name."""
        if not product_id:
            return text
        first, _newline, rest = (text or '').partition('\n')
        said = rest if first.strip() in self.aliases.get(product_id, ()) else text
        return '\n'.join(filter(None, [self.products.get(product_id) or self.env._("(deleted)"), said]))


class SaleOrder(models.Model):
    """The lines of a quotation as those who judge it read them: in its order, with what each brings."""
    _inherit = 'sale.order'

    @api.model
    def _ltc_get_folded_figures(self, figures):
        folded = super()._ltc_get_folded_figures(figures) | {'company', 'pricelist', 'fiscal_position'}
        if not figures.get('prepayment'):
            folded.add('prepayment')
        if figures.get('debtor') == figures.get('partner'):
            folded.add('debtor')
        return folded

    def _ltc_get_line_details(self, code):
        """Return place, amount and margin of each line of the figures; the margin is shown as on the quotation."""
        if code != 'atb' and not self._ltc_is_own_gate(code):
            return super()._ltc_get_line_details(code)
        ranks = {line: rank for rank, line in enumerate(self._ltc_get_offered_lines(), start=1)}
        return [{
            'id': line.id,
            'rank': ranks[line],
            'amount': self.currency_id.round(line.price_subtotal),
            'margin': round(line.margin_percent * 100, 2),
        } for _figures, line in self._ltc_get_sorted_lines()]

    @api.model
    def _ltc_sees_costs(self):
        """Return whether the current user sees cost and margin on the lines of a quotation."""
        Line = self.env['sale.order.line'].sudo(False)
        return Line._has_field_access(Line._fields['purchase_price'], 'read')

    @api.model
    def _ltc_get_shown_columns(self):
        numbers = [self.env._("Quantity"), self.env._("Unit Price"), self.env._("Disc. %"), self.env._("Amount")]
        if self._ltc_sees_costs():
            numbers.append(self.env._("Margin (%)"))
        columns = [{'label': label, 'kind': 'number'} for label in numbers]
        return [self.env._("Product"), *columns, self.env._("Taxes")]

    @api.model
    def _ltc_format_shown_lines(self, lines, details):
        names = LineNames(self.env, lines)
        keys = ('amount', 'margin') if self._ltc_sees_costs() else ('amount',)
        return [self._ltc_format_shown_line(line, names, [detail.get(key) for key in keys]) for line, detail in zip(
            lines, details, strict=True)]

    @api.model
    def _ltc_format_shown_line(self, line, names, amounts):
        product_id, name, uom_id, quantity, price_unit, discount, tax_ids = line
        digits = 0 if float(quantity).is_integer() else 2
        return [
            names.describe_product(product_id, name),
            f'{formatLang(self.env, quantity, digits=digits)} {names.units.get(uom_id, "")}'.strip(),
            formatLang(self.env, price_unit, digits=2),
            f'{discount:g}',
            *('' if amount is None else formatLang(self.env, amount, digits=2) for amount in amounts),
            ', '.join(names.taxes[tax_id] for tax_id in tax_ids if tax_id in names.taxes),
        ]
