from odoo import api, models

SHOWN_CHANGES = 3
PRODUCT, NAME, UOM, QUANTITY, PRICE, DISCOUNT, TAXES = range(7)


def format_number(value):
    return f'{value:,.6f}'.rstrip('0').rstrip('.')


class SaleOrder(models.Model):
    """Which line of a quotation is not the one that was decided on, and in what."""
    _inherit = 'sale.order'

    @api.model
    def _ltc_describe_line_changes(self, frozen, today):
        """Name the first lines that differ and what of them, at no query: the figures themselves say it."""
        before, after = list(frozen), list(today)
        for line in frozen:
            if line in after:
                before.remove(line)
                after.remove(line)
        changes = []
        for line in before:
            twin = self._ltc_find_twin(line, after)
            if twin:
                after.remove(twin)
            changes.append(self._ltc_describe_line_change(line, twin))
        changes += [self.env._("%s is new", self._ltc_name_line(line)) for line in after]
        if len(changes) > SHOWN_CHANGES:
            more = self.env._("and %s more lines", len(changes) - SHOWN_CHANGES)
            changes = [*changes[:SHOWN_CHANGES], more]
        return '; '.join(changes) or super()._ltc_describe_line_changes(frozen, today)

    @api.model
    def _ltc_find_twin(self, line, candidates):
        """Return the line that took the place of ``line``: the same in most of what it is, or None."""
        alike = [other for other in candidates if other[PRODUCT] == line[PRODUCT] or other[NAME] == line[NAME]]
        return max(
            alike, key=lambda other: sum(now == was for now, was in zip(other, line, strict=False)), default=None)

    @api.model
    def _ltc_describe_line_change(self, line, twin):
        name = self._ltc_name_line(line)
        if not twin:
            return self.env._("%s is gone", name)
        parts = []
        for index, column in enumerate(self._ltc_get_line_columns()):
            if line[index:index + 1] == twin[index:index + 1]:
                continue
            label = column['label'] if isinstance(column, dict) else column
            if index in (QUANTITY, PRICE, DISCOUNT):
                label = f'{label} {format_number(line[index])} → {format_number(twin[index])}'
            parts.append(label)
        return self.env._("%(line)s (%(changes)s)", line=name, changes=', '.join(parts))

    @api.model
    def _ltc_name_line(self, line):
        return (line[NAME] or '').split('\n', 1)[0]
