from odoo import models
from odoo.tools.misc import formatLang


class LtcScoreProposal(models.Model):
    """How what was learned reads: one rule a level, that anybody can check."""
    _inherit = 'ltc.score.proposal'

    def _prepare_lines(self, design, outcomes):
        """Return the values of the proposed rules; a level without points is no rule."""
        points = design.get_points(self._get_factor())
        tallies = self._get_tallies(design, outcomes)
        lines = [{
            'name': self.env._("Every lead"), 'part': 'fit', 'sequence': 0, 'lead_count': len(outcomes),
            'points': self._get_base(design, outcomes, range(len(outcomes))),
            'won_share': 100 * sum(outcomes) / len(outcomes),
        }]
        for order, (key, value) in enumerate(sorted(points.items())):
            if value:
                count, won = tallies[key]
                lines.append({
                    **self._prepare_level_values(design, key), 'points': value, 'sequence': order + 1,
                    'lead_count': count, 'won_share': 100 * won / count,
                })
        return lines

    def _get_tallies(self, design, outcomes):
        tallies = {}
        for number, outcome in enumerate(outcomes):
            for key in design._get_keys(number):
                count, won = tallies.get(key, (0, 0))
                tallies[key] = count + 1, won + outcome
        return tallies

    def _prepare_level_values(self, design, key):
        """Return name, part, domain and bounds of the rule that finds this level, or these two levels at once."""
        term, levels = key
        columns, is_coarse = design.terms[term]
        values = {'part': 'fit'}
        names, domain = [], []
        for column, level in zip(columns, levels, strict=True):
            if column.part == 'engagement':
                low, high = column.get_bounds(level, is_coarse)
                values.update({
                    'part': 'engagement', 'kind_id': column.key.kind_id.id,
                    'quantity_from': low or 0.0, 'quantity_to': high or 0.0})
            else:
                domain += self._get_level_domain(column, level, is_coarse)
            names.append(self._get_level_name(column, level, is_coarse))
        return {**values, 'name': self.env._(" and ").join(names), 'domain': repr(domain)}

    def _get_level_domain(self, column, level, is_coarse):
        name = column.key.field_id.name
        if column.is_number:
            low, high = column.get_bounds(level, is_coarse)
            bounds = [(name, '>=', low), (name, '<', high)]
            return [leaf for leaf in bounds if leaf[2] is not None]
        value = column.get_value(level)
        if column.key.field_id.ttype == 'char' and value is not None:
            return [(name, '=ilike', value.replace('\\', '\\\\').replace('%', r'\%').replace('_', r'\_'))]
        return [(name, '=', value if value is not None else False)]

    def _get_level_name(self, column, level, is_coarse):
        label = column.key.display_name
        if column.is_number:
            return self._get_bounds_name(label, *column.get_bounds(level, is_coarse))
        value = column.get_value(level)
        field = self.env['crm.lead']._fields[column.key.field_id.name]
        if value is None and field.type == 'boolean':
            return self.env._("%(field)s: no", field=label)
        if value is None:
            return self.env._("%(field)s: not answered", field=label)
        if field.type == 'boolean':
            return self.env._("%(field)s: yes", field=label)
        if field.type == 'many2one':
            value = self.env[field.comodel_name].browse(value).display_name
        elif field.type == 'selection':
            value = dict(field._description_selection(self.env)).get(value, value)
        return self.env._("%(field)s: %(value)s", field=label, value=value)

    def _get_bounds_name(self, label, low, high):
        low, high = (bound is not None and formatLang(self.env, bound, digits=2 if bound % 1 else 0)
                     for bound in (low, high))
        if not low:
            return self.env._("%(field)s: below %(high)s", field=label, high=high)
        if not high:
            return self.env._("%(field)s: from %(low)s on", field=label, low=low)
        return self.env._("%(field)s: %(low)s to below %(high)s", field=label, low=low, high=high)
