from odoo import api, fields, models
from odoo.tools import format_amount, format_date, format_datetime

from .ltc_gate import FIELD_PREFIX

ELASTIC_FIGURES = {'amount', 'amount_untaxed', 'margin_percent', 'discount_percent', 'lines', 'scope'}
ELASTIC_LISTS = ('lines', 'scope')


def split_line(line):
    """Return (what a line is, its magnitudes); lines of the same thing sort together."""
    return (
        [str(value) for value in line if not isinstance(value, float)],
        [value for value in line if isinstance(value, float)])


class LtcGateReview(models.Model):
    """The frozen figures of a round: compared with the document of today, told and shown."""
    _inherit = 'ltc.gate.review'

    amount_untaxed = fields.Monetary(
        string="Amount without Tax", compute='_compute_amount_untaxed', help="Where the figures tell it.")

    # === COMPUTE METHODS === #

    @api.depends('figures')
    def _compute_amount_untaxed(self):
        for review in self:
            review.amount_untaxed = (review.figures or {}).get('amount_untaxed', 0.0)

    def _compute_is_changed(self):
        documents = self._get_documents()
        for review in self:
            document = documents.get(review)
            review.is_changed = bool(document) and not review._matches(document)

    def _get_documents(self):
        """Return {round: its document} in sudo, read together however many they are; those gone are left out."""
        documents = {}
        for model, reviews in self.grouped('res_model').items():
            if model in self.env:
                existing = self.env[model].sudo().browse(set(reviews.mapped('res_id'))).exists()
                by_id = existing.grouped('id')
                documents |= {review: by_id[review.res_id] for review in reviews if review.res_id in by_id}
        return documents

    @api.depends_context('lang', 'tz', 'uid')
    def _compute_figures_table(self):
        for review in self:
            document = review._get_document()
            today = review._get_today(document) if document else {}
            details = document._ltc_get_line_details(review.gate_code) if document else []
            review.figures_table = {
                'rows': review._prepare_figure_rows(today),
                'lines': review._prepare_lines_table((review.figures or {}).get('lines'), today.get('lines'), details),
            }

    def _prepare_figure_rows(self, today):
        """Return every frozen figure beside today's, formatted; those that are folded away say so."""
        frozen, labels = self.figures or {}, self._get_figure_labels(today)
        folded = self._get_folded_figures()
        return [{
            'label': label,
            'frozen': self._format_figure(key, frozen.get(key), frozen),
            'today': self._format_figure(key, today.get(key), today),
            'changed': frozen.get(key) != today.get(key),
            'kind': 'number' if isinstance(frozen.get(key, today.get(key)), (int, float)) else 'text',
            'folded': key in folded,
        } for key, label in labels.items() if key in frozen or key in today]

    def _get_folded_figures(self):
        """Return the keys of what few readers look for."""
        return self.env[self.res_model]._ltc_get_folded_figures(self.figures or {}) if (
            self.res_model in self.env) else set()

    def _get_figure_labels(self, today):
        """Return {key: label} of the figures, in the order shown; the fields that the gate added come last."""
        if self.res_model not in self.env:
            return {}
        Document = self.env[self.res_model]
        added = sorted(key for key in {*(self.figures or {}), *today} if key.startswith(FIELD_PREFIX))
        labels = {key: self._describe_path(Document, key.removeprefix(FIELD_PREFIX)) for key in added}
        return {**Document._ltc_get_figure_labels(), **labels}

    def _describe_path(self, Document, path):
        """Return the label of a field, or of the fields on the way to it."""
        labels = []
        for name in path.split('.'):
            if name not in Document._fields:
                return path
            labels.append(Document._fields[name]._description_string(self.env))
            if Document._fields[name].relational:
                Document = self.env[Document._fields[name].comodel_name]
        return ' › '.join(labels)

    def _format_figure(self, key, value, figures):
        if value is None or value is False:
            return ''
        if key in ('amount', 'amount_untaxed'):
            currency = self.env['res.currency'].search([('name', '=', figures.get('currency'))], limit=1)
            return format_amount(self.env, value, currency or self.currency_id)
        Document = self.env[self.res_model]
        if key.startswith(FIELD_PREFIX):
            return self._format_field(Document._fields.get(key.removeprefix(FIELD_PREFIX)), value)
        return Document._ltc_format_figure(key, value)

    def _format_field(self, field, value):
        if field is None:
            return ', '.join(map(str, value)) if isinstance(value, list) else str(value)
        if field.relational:
            ids = value if isinstance(value, list) else [value]
            return ', '.join(self.env[field.comodel_name].sudo().browse(ids).exists().mapped('display_name'))
        if field.type == 'selection':
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == 'date':
            return format_date(self.env, value)
        if field.type == 'datetime':
            return format_datetime(self.env, value, dt_format='short')
        return str(value)

    # === COMPARING === #

    def _matches(self, document):
        """Return whether the document's figures of today still are the frozen ones, within the frozen tolerance."""
        return self._is_unchanged(self._get_today(document))

    def _get_today(self, document):
        """Return the figures of today that are compared with the frozen ones.

        A field that the gate's set-up named later was not decided on; one that it names no more still was.
        """
        today = document._ltc_get_gate_figures(self.gate_code)
        frozen, current = (
            {key for key in figures if key.startswith(FIELD_PREFIX)} for figures in (self.figures or {}, today))
        if frozen == current:
            return today
        kept = {key: value for key, value in today.items() if key not in current - frozen}
        return {**kept, **{
            key: self.env['ltc.gate']._freeze_field(document, key.removeprefix(FIELD_PREFIX))
            for key in frozen - current if key.removeprefix(FIELD_PREFIX).split('.')[0] in document._fields}}

    def _is_unchanged(self, today):
        """Return whether ``today``'s figures still stand within the tolerance of this round.

        Keys that tell magnitude (amount, margin, discount) may drift within the tolerance, and so may the quantity,
        price and discount of each line; every other key, and what the lines are, must be equal.
        """
        self.ensure_one()
        frozen = self.figures
        if frozen == today:
            return True
        if not self.tolerance:
            return False
        exact = (frozen.keys() | today.keys()) - ELASTIC_FIGURES
        return (
            all(frozen.get(key) == today.get(key) for key in exact)
            and abs(today.get('amount', 0.0) - frozen.get('amount', 0.0))
            <= abs(frozen.get('amount', 0.0)) * self.tolerance / 100
            and today.get('margin_percent', 0.0) >= frozen.get('margin_percent', 0.0) - self.tolerance
            and today.get('discount_percent', 0.0) <= frozen.get('discount_percent', 0.0) + self.tolerance
            and all(self._is_list_close(frozen.get(key) or [], today.get(key) or []) for key in ELASTIC_LISTS)
        )

    def _is_list_close(self, frozen, today):
        """Return whether the lines of ``today`` are the frozen ones but for magnitudes that moved within the tolerance.

        The magnitudes of a line are its floats; ids, texts and lists of ids say what it is.
        """
        pairs = zip(sorted(map(split_line, frozen)), sorted(map(split_line, today)), strict=False)
        return len(frozen) == len(today) and all(
            is_line == was_line and all(
                abs(after - before) <= (abs(before) * self.tolerance / 100 if before else self.tolerance)
                for before, after in zip(was, now, strict=True))
            for (was_line, was), (is_line, now) in pairs)
