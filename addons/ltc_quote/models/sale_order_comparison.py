from odoo import api, fields, models
from odoo.tools import format_amount, format_date, format_datetime, formatLang

from odoo.addons.ltc_base.tools import format_record

SNAPSHOT_MODELS = {
    'partner': 'res.partner',
    'pricelist': 'product.pricelist',
    'payment_term': 'account.payment.term',
    'fiscal_position': 'account.fiscal.position',
}
AMOUNTS = ('amount_untaxed', 'amount_tax', 'amount_total', 'margin', 'subtotal', 'price', 'cost')
NUMBERS = ('margin_percent', 'discount', 'quantity')


class SaleOrder(models.Model):
    """Versions of a quotation side by side, each marked where it differs from the one before."""
    _inherit = 'sale.order'

    def _ltc_open_comparison(self, versions):
        """Return the action that shows ``versions`` of this quotation beside each other and beside today's."""
        self.ensure_one()
        comparison = self.env['ltc.quote.compare'].create(
            {'order_id': self.id, 'version_ids': [fields.Command.set(versions.ids)]})
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Versions of %s", self.name),
            'res_model': 'ltc.quote.compare',
            'res_id': comparison.id,
            'view_mode': 'form',
            'target': 'new',
            'context': {'dialog_size': 'extra-large'},
        }

    def action_compare_ltc_versions(self):
        """Compare the last versions of this quotation with what it says today."""
        self.ensure_one()
        versions = self.env['ltc.quote.version'].search([('order_id', '=', self.id)], limit=3)
        return self._ltc_open_comparison(versions)

    def _ltc_compare_versions(self, versions, with_today=True):
        """Return what the comparison widget shows: columns, terms and lines, every value formatted for the reader.

        Costs and margins are in it for those who may see them, and nowhere else.
        """
        self.ensure_one()
        columns = [version._prepare_column() for version in versions.sorted('number')]
        if with_today:
            columns.append(self._ltc_prepare_today_column())
        for previous, column in zip(columns, columns[1:], strict=False):
            column['previous'] = previous
        return {
            'columns': [{key: column[key] for key in ('title', 'subtitle', 'reason')} for column in columns],
            'rows': self._ltc_compare_terms(columns),
            'lines': self._ltc_compare_lines(columns),
        }

    def _ltc_prepare_today_column(self):
        order_sudo = self.sudo()  # the reader of the quotation; costs follow his own rights
        field = self.env['ltc.quote.version']._fields['costs']
        sees_costs = self.env['ltc.quote.version']._has_field_access(field, 'read')
        return {
            'title': self.env._("Today"),
            'subtitle': '',
            'reason': self.ltc_revision_reason or '',
            'snapshot': order_sudo._ltc_prepare_snapshot(),
            'costs': order_sudo._ltc_prepare_cost_snapshot() if sees_costs else {},
        }

    # === TERMS === #

    @api.model
    def _ltc_get_snapshot_labels(self):
        """Return {key of a snapshot: translated label} of its terms and totals, in the order shown."""
        return {
            'amount_untaxed': self.env._("Amount without Tax"),
            'amount_tax': self.env._("Taxes"),
            'amount_total': self.env._("Amount"),
            'margin': self.env._("Margin"),
            'margin_percent': self.env._("Margin (%)"),
            'validity_date': self.env._("Valid Until"),
            'delivery_date': self.env._("Promised Delivery"),
            'payment_term': self.env._("Payment Terms"),
            'currency': self.env._("Currency"),
            'pricelist': self.env._("Pricelist"),
            'partner': self.env._("Customer"),
            'fiscal_position': self.env._("Fiscal Position"),
            'terms': self.env._("Terms and Conditions"),
        }

    def _ltc_compare_terms(self, columns):
        rows = []
        for key, label in self._ltc_get_snapshot_labels().items():
            values = [{**column['costs'], **column['snapshot']}.get(key) for column in columns]
            if not any(values):
                continue
            texts = [
                self._ltc_format_snapshot(key, value, column) for value, column in zip(values, columns, strict=True)]
            rows.append({
                'label': label,
                'kind': 'number' if key in AMOUNTS + NUMBERS else 'text',
                'cells': [
                    {'text': text, 'changed': bool(index) and values[index] != values[index - 1]}
                    for index, text in enumerate(texts)],
            })
        return rows

    @api.model
    def _ltc_format_snapshot(self, key, value, column):
        """Return a value of a snapshot as a person reads it; extend it for the keys that you add."""
        if value in (None, False, ''):
            return ''
        if key in SNAPSHOT_MODELS:
            return format_record(self.env, SNAPSHOT_MODELS[key], value)
        if key in AMOUNTS:
            return format_amount(self.env, value, self.env['ltc.quote.version']._get_currency(column['snapshot']))
        if key in NUMBERS:
            return formatLang(self.env, value, digits=0 if float(value).is_integer() else 2)
        if key == 'validity_date':
            return format_date(self.env, value)
        if key == 'delivery_date':
            return format_datetime(self.env, value, dt_format='short')
        return str(value)

    # === LINES === #

    def _ltc_compare_lines(self, columns):
        """Return the lines of all columns, one row each; a line that was deleted and written anew is found again."""
        rows = []
        for index, column in enumerate(columns):
            for line in column['snapshot']['lines']:
                self._ltc_find_row(rows, line, index, len(columns))['lines'][index] = line
        names = self._ltc_get_uom_names(columns)
        return [self._ltc_prepare_comparison_row(row['lines'], columns, names) for row in rows]

    @api.model
    def _ltc_find_row(self, rows, line, index, width):
        same = [row for row in rows if not row['lines'][index] and row['id'] == line['id']]
        alike = [
            row for row in rows if not row['lines'][index] and row['what'] == (line.get('product'), line['name'])]
        row = next(iter(same or alike), None)
        if row is None:
            row = {'lines': [None] * width}
            rows.append(row)
        row.update(id=line['id'], what=(line.get('product'), line['name']))
        return row

    @api.model
    def _ltc_get_uom_names(self, columns):
        ids = {line['uom'] for column in columns for line in column['snapshot']['lines'] if line.get('uom')}
        return {uom.id: uom.display_name for uom in self.env['uom.uom'].sudo().browse(ids).exists()}

    def _ltc_prepare_comparison_row(self, lines, columns, names):
        newest = next(line for line in reversed(lines) if line)
        return {
            'name': newest['name'],
            'kind': newest['display_type'] or 'product',
            'cells': [
                self._ltc_prepare_comparison_cell(
                    line, lines[index - 1] if index else None, columns[index], not index, names)
                for index, line in enumerate(lines)],
        }

    def _ltc_prepare_comparison_cell(self, line, before, column, is_first, names):
        """Return one line in one version: its parts, and how it stands to the version before."""
        if not line:
            return {'state': 'removed' if before else 'none', 'parts': []}
        cost = column['costs'].get('lines', {}).get(str(line['id']), {})
        previous = column.get('previous') or {'costs': {}}
        before_cost = previous['costs'].get('lines', {}).get(str((before or {}).get('id')), {})
        now, then = {**line, **cost}, {**(before or {}), **before_cost}
        parts = [{
            'key': key,
            'label': label,
            'text': self._ltc_format_line_part(key, now, column, names),
            'changed': bool(before) and now.get(key) != then.get(key),
        } for key, label in self._ltc_get_line_parts().items()
            if now.get(key) not in (None, False, '', []) or (before and then.get(key))]
        changed = bool(before) and any(
            now.get(key) != then.get(key) for key in {*now, *then} - {'id'})
        state = 'same' if is_first or (before and not changed) else 'changed' if before else 'added'
        return {'state': state, 'parts': parts, 'is_renamed': bool(before) and line['name'] != before['name']}

    @api.model
    def _ltc_get_line_parts(self):
        return {
            'quantity': self.env._("Quantity"),
            'price': self.env._("Price"),
            'discount': self.env._("Discount"),
            'subtotal': self.env._("Subtotal"),
            'cost': self.env._("Cost"),
            'margin_percent': self.env._("Margin (%)"),
        }

    def _ltc_format_line_part(self, key, line, column, names):
        text = self._ltc_format_snapshot(key, line.get(key), column)
        if key == 'quantity':
            return f'{text} {names.get(line.get("uom"), "")}'.strip()
        return f'{text} %' if key in ('discount', 'margin_percent') and text else text
