import json

from odoo import api, fields, models


class LtcGateReview(models.Model):
    """The lines of a round beside those of today: in the document's own order, each beside the one that it was.

    The figures hold the lines in an order that moving one up or down does not change, and without what everybody may
    not see. What is shown beyond them is frozen apart, and never compared.
    """
    _inherit = 'ltc.gate.review'

    line_details = fields.Json(
        string="Details of the Lines", readonly=True, prefetch=False, groups=fields.NO_ACCESS,
        help="A dict a line of the figures: id, place on the document, and what of it is shown but not compared.")

    def _prepare_lines_table(self, frozen_lines, today_lines, today_details):
        """Return the lines side by side, or False without any; the document says how a line reads."""
        frozen, today = frozen_lines or [], today_lines or []
        if not frozen and not today:
            return False
        frozen_details, today_details = self._fit_details(frozen, self.line_details), self._fit_details(
            today, today_details)
        pairs = self._pair_lines(frozen, frozen_details, today, today_details)
        Document = self.env[self.res_model]
        shown = Document._ltc_format_shown_lines(*self._flatten(frozen, frozen_details, today, today_details))
        before, after = shown[:len(frozen)], shown[len(frozen):]
        columns = Document._ltc_get_shown_columns()
        return self._drop_empty_columns(columns, [
            self._prepare_line_row(
                was is not None and before[was], now is not None and after[now],
                None not in (was, now) and frozen[was] == today[now], len(columns))
            for was, now in pairs])

    @api.model
    def _drop_empty_columns(self, columns, rows):
        """Return the table without columns that say nothing, such as the amounts of a round of before details."""
        kept = [index for index in range(len(columns)) if any(
            row['cells'][index]['frozen'] or row['cells'][index]['today'] for row in rows)]
        return {
            'columns': [columns[index] for index in kept],
            'rows': [{**row, 'cells': [row['cells'][index] for index in kept]} for row in rows]}

    @api.model
    def _flatten(self, frozen, frozen_details, today, today_details):
        return [*frozen, *today], [*(frozen_details or [{}] * len(frozen)), *(today_details or [{}] * len(today))]

    @api.model
    def _fit_details(self, lines, details):
        """Return the details of ``lines``; nothing for a round of before they were kept."""
        return details if details and len(details) == len(lines) else []

    @api.model
    def _pair_lines(self, frozen, frozen_details, today, today_details):
        """Return [(index of the frozen line or None, index of today's or None)] in the order of the document.

        A line stands beside the one that it was: the same in all, else the same record. Without details, by position.
        """
        if frozen and not frozen_details or today and not today_details:
            count = max(len(frozen), len(today))
            return [(i if i < len(frozen) else None, i if i < len(today) else None) for i in range(count)]
        twins = self._match(
            [(detail['id'], json.dumps(line)) for line, detail in zip(frozen, frozen_details, strict=True)],
            [(detail['id'], json.dumps(line)) for line, detail in zip(today, today_details, strict=True)])
        order = sorted(range(len(frozen)), key=lambda index: frozen_details[index]['rank'])
        added = sorted(set(range(len(today))) - set(twins.values()), key=lambda index: today_details[index]['rank'])
        return [(index, twins.get(index)) for index in order] + [(None, index) for index in added]

    @api.model
    def _match(self, before, after):
        """Return {index: index} of those of ``before`` and ``after``, (id, content) each, that are the same line."""
        twins, free = {}, set(range(len(after)))
        for key in (lambda line: line, lambda line: line[1], lambda line: line[0]):
            waiting = {}
            for index in sorted(free, reverse=True):
                waiting.setdefault(key(after[index]), []).append(index)
            for index, line in enumerate(before):
                if index not in twins and waiting.get(key(line)):
                    twins[index] = waiting[key(line)].pop()
                    free.discard(twins[index])
        return twins

    @api.model
    def _prepare_line_row(self, frozen_cells, today_cells, is_same, width):
        """Return one row of the widget; what is the same was frozen, down to what is not compared."""
        if is_same:
            today_cells = frozen_cells
        state = 'same' if is_same else (
            'changed' if frozen_cells and today_cells else 'removed' if frozen_cells else 'added')
        blank = [''] * width
        return {'state': state, 'cells': [
            {'frozen': before, 'today': after, 'changed': before != after}
            for before, after in zip(frozen_cells or blank, today_cells or blank, strict=True)
        ]}
