"""Imports, learns, approves, scores, inside one database; writes one line of JSON."""
import csv
import io
import json
import math
import re
import sys
import time

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config

from .files import ACTIONS, AMOUNTS, KEYS, OUTCOME, LeadFile

IMPORT_OPTIONS = {
    'has_headers': True, 'separator': ',', 'quoting': '"', 'encoding': 'utf-8', 'advanced': True, 'keep_matches': False,
    'date_format': '%Y-%m-%d', 'datetime_format': '%Y-%m-%d %H:%M:%S', 'float_thousand_separator': ',',
    'float_decimal_separator': '.',
}
IMPORT_LIMIT = 2000
BATCH = 500
TO_LEARN, TO_JUDGE = 'x_edu_learn', 'x_edu_judge'


def get_slug(text):
    return re.sub(r'[^a-z0-9]+', '_', text.lower()).strip('_')


class Bench:

    def __init__(self, env, judged, known):
        self.env = env(context={**env.context, 'tracking_disable': True, 'lang': 'en_US'})
        self.judged, self.known = judged, known
        self.form = [name for name in known[0].form if name in judged[0].form]
        self.amounts = {name: kind for name, kind in AMOUNTS.items() if self.is_in_both(name)}
        self.actions = {name: label for name, label in ACTIONS.items() if self.is_in_both(name)}
        self.seconds = {}
        self.moment = time.monotonic()

    def is_in_both(self, column):
        return column in self.known[0].columns and column in self.judged[0].columns

    def lap(self, what):
        now = time.monotonic()
        self.seconds[what], self.moment = now - self.moment, now
        print(f"{what}: {self.seconds[what]:.1f} s", file=sys.stderr, flush=True)

    def run(self):
        self.make_fields()
        self.import_leads()
        self.lap("import")
        self.close_known()
        self.lap("won and lost")
        self.env['crm.lead']._cron_update_automated_probabilities()
        judged, outcomes = self.get_judged()
        odoo = judged.mapped('automated_probability')
        self.lap("Odoo's predictive probability")
        scores, foretold = {}, {}
        for label, kinds, has_pairs in self.get_candidates():
            proposal = self.learn(label, kinds, has_pairs)
            foretold[label] = proposal.auc
            scores[label] = judged.mapped('ltc_score')
            self.lap(f"{label}: learn, approve, score")
        # by the back-test that the addon itself shows before approval: what is judged has no say in it
        best = max(foretold, key=foretold.get)
        return {**self.get_report(outcomes, odoo, scores, best), 'foretold': foretold, 'best': best,
                'rows': self.get_rows_report(judged, outcomes, odoo, scores, best),
                'left_out': self.get_left_out(), 'seconds': self.seconds}

    def get_candidates(self):
        """Return (label, kinds of engagement, whether pairs are looked at) of the scorecards that are learned."""
        steady = self.kinds.filtered(lambda kind: not kind.code.startswith('x_edu_last_notable_activity'))
        candidates = [("fit alone", self.kinds.browse(), True)]
        if self.kinds:
            candidates += [
                ("fit + engagement, each column by itself", self.kinds, False),
                ("fit + engagement", self.kinds, True),
            ]
        if steady != self.kinds:
            candidates.append(("the same without the last notable activity", steady, True))
        return candidates

    # === DATA === #

    def make_fields(self):
        """Make a field of one's own for each question of the form, and a kind for each engagement."""
        model_id = self.env['ir.model']._get_id('crm.lead')
        self.fields = self.env['ir.model.fields'].create([{
            'model_id': model_id, 'name': f'x_edu_{get_slug(name)[:40]}', 'ttype': 'char',
            'field_description': f'Form: {name}',
        } for name in self.form])
        actions = {
            self.get_code(*action): f'{self.actions[action[0]]}: {action[1]}'
            for file, row in self.get_rows() for action in sorted(self.get_actions(file, row))}
        self.kinds = self.env['ltc.engagement.kind'].create([
            *({'code': code, 'name': name, 'unit': unit} for code, name, unit in self.amounts.values()),
            *({'code': code, 'name': name} for code, name in sorted(actions.items())),
        ])
        sources = {file.get(row, 'Lead Source').lower() for file, row in self.get_rows()} - {''}
        self.load('utm.source', ['id', 'name'], [
            [f'x_edu_source_{get_slug(name)}', name] for name in sorted(sources)])
        self.countries = {country.name.lower(): country.name for country in self.env['res.country'].search([])}

    def get_code(self, column, action):
        return f'x_edu_{get_slug(column)}_{get_slug(action)}'

    def get_actions(self, file, row):
        return {action for action in file.get_actions(row) if action[0] in self.actions}

    def get_rows(self):
        return [(self.known[0], row) for row in self.known[1]] + [(self.judged[0], row) for row in self.judged[1]]

    def import_leads(self):
        for prefix, (file, rows) in ((TO_LEARN, self.known), (TO_JUDGE, self.judged)):
            self.load(
                'crm.lead', ['id', 'name', 'type', 'source_id/id', 'city', 'country_id', *self.fields.mapped('name')],
                [self.get_lead_values(file, row, f'{prefix}_{number}') for number, row in enumerate(rows)])
            self.load(
                'ltc.lead.engagement', ['lead_id/id', 'kind_id/id', 'date', 'quantity'],
                self.get_facts(file, rows, prefix))

    def get_lead_values(self, file, row, key):
        source = file.get(row, 'Lead Source').lower()
        return [
            key, f"Lead {file.get(row, 'Lead Number') or key}", 'lead', source and f'x_edu_source_{get_slug(source)}',
            file.get(row, 'City'), self.countries.get(file.get(row, 'Country').lower(), ''),
            *(file.get(row, name) for name in self.form)]

    def get_facts(self, file, rows, prefix):
        kind_ids = dict(self.kinds.export_data(['code', 'id'])['datas'])
        date = fields.Datetime.to_string(fields.Datetime.subtract(fields.Datetime.now(), minutes=10))
        facts = []
        for number, row in enumerate(rows):
            quantities = {code: file.get_amount(row, column) for column, (code, _name, _unit) in self.amounts.items()}
            quantities.update({self.get_code(*action): 1.0 for action in self.get_actions(file, row)})
            facts += [[f'{prefix}_{number}', kind_ids[code], date, str(quantity)]
                      for code, quantity in quantities.items() if quantity]
        return facts

    def load(self, model, names, rows):
        """Import rows by Odoo's own import, as its dialog does."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(names)
        writer.writerows(rows)
        wizard = self.env['base_import.import'].create({
            'res_model': model, 'file': text.getvalue().encode(), 'file_name': f'{model}.csv', 'file_type': 'text/csv'})
        skip = 0
        while skip is not None:
            answer = wizard.execute_import(names, names, {**IMPORT_OPTIONS, 'skip': skip, 'limit': IMPORT_LIMIT})
            if answer['messages']:
                sys.exit(f"The import into {model} says: {answer['messages'][:3]}")
            skip = answer['nextrow'] or None
            self.env.flush_all()
            self.env.invalidate_all()

    def get_leads(self, prefix, numbers):
        data = self.env['ir.model.data'].search([
            ('model', '=', 'crm.lead'), ('module', '=', '__import__'), ('name', '=like', f'{prefix}_%')])
        by_name = dict(data.mapped(lambda record: (record.name, record.res_id)))
        return self.env['crm.lead'].browse([by_name[f'{prefix}_{number}'] for number in numbers])

    def close_known(self):
        """Win and lose the leads that are learned from, by the buttons."""
        file, rows = self.known
        for outcome, verb in ((1, 'action_set_won'), (0, 'action_set_lost')):
            numbers = [number for number, row in enumerate(rows) if file.get_outcome(row) == outcome]
            leads = self.get_leads(TO_LEARN, numbers)
            for start in range(0, len(leads), BATCH):
                getattr(leads[start:start + BATCH], verb)()
                self.env.flush_all()
                self.env.invalidate_all()
        self.env['ir.cron']._commit_progress()

    # === SCORE === #

    def learn(self, name, kinds, has_pairs):
        proposal = self.env['ltc.score.proposal'].create({
            'name': name, 'company_id': False, 'has_pairs': has_pairs, 'column_ids': [
                *(Command.create({'field_id': field.id}) for field in self.fields),
                *(Command.create({'kind_id': kind.id}) for kind in kinds)]})
        try:
            proposal.action_learn()
        except UserError as error:
            sys.exit(str(error))
        proposal.action_approve()
        self.env['ltc.score.pass']._cron_score()
        return proposal

    def get_judged(self):
        file, rows = self.judged
        return self.get_leads(TO_JUDGE, range(len(rows))), [file.get_outcome(row) for row in rows]

    def get_auc(self, scores, outcomes):
        """Return the AUC over the rows whose outcome the file tells, or ``None``."""
        from odoo.addons.ltc_lead.tools.scorecard import get_auc  # noqa: PLC0415  only where the suite is

        told = [(score, outcome) for score, outcome in zip(scores, outcomes, strict=True) if outcome is not None]
        return get_auc(*zip(*told, strict=True)) if told else None

    def get_report(self, outcomes, odoo, scores, best):
        from odoo.addons.ltc_lead.tools.scorecard import get_lift  # noqa: PLC0415

        chances = [min(max(value / 100, 0.001), 0.999) for value in odoo]
        told = [number for number, outcome in enumerate(outcomes) if outcome is not None]
        aucs = {
            **{label: self.get_auc(values, outcomes) for label, values in scores.items()},
            "best combination of the addon": self.get_auc(scores[best], outcomes),
            "Odoo's predictive probability as it stands": self.get_auc(odoo, outcomes),
            "best combination, Odoo's odds added": self.get_auc(
                [score + 2 * math.log(chance / (1 - chance))
                 for score, chance in zip(scores[best], chances, strict=True)], outcomes),
        }
        known = [self.known[0].get_outcome(row) for row in self.known[1]]
        return {
            'auc': aucs, 'judged': len(outcomes), 'judged_told': len(told),
            'judged_won': sum(outcomes[number] for number in told), 'known': len(known), 'known_won': sum(known),
            'lift': get_lift([scores[best][number] for number in told], [outcomes[number] for number in told])
            if told else [],
        }

    def get_rows_report(self, judged, outcomes, odoo, scores, best):
        """Return what each judged row got, by the key that the file gives it."""
        file, rows = self.judged
        return [{
            'Prospect ID': file.get(row, 'Prospect ID'), 'Lead Number': file.get(row, 'Lead Number'),
            'score': score, 'fit': fit, 'probability': round(chance, 2),
            'converted': '' if outcome is None else outcome,
        } for row, score, fit, chance, outcome in zip(
            rows, scores[best], scores["fit alone"], odoo, outcomes, strict=True)]

    def get_left_out(self):
        """Return the columns that are not looked at: filled after the contact, unknown, or in one file only."""
        both = {*self.form, *self.amounts, *self.actions, *KEYS}
        present = {name: None for file, _rows in (self.known, self.judged) for name in [*file.columns, *file.left_out]}
        return [name for name in present if name not in both]


def split(path_judged, path_known):
    """Return ((file, rows to judge), (file, rows to learn from)); what is learned from has an outcome."""
    judged = LeadFile(path_judged)
    if path_known:
        known = LeadFile(path_known)
        rows, taught = judged.rows, known.rows
    else:
        known = judged
        rows = [row for number, row in enumerate(judged.rows) if number % 10 in (2, 5, 8)]
        taught = [row for number, row in enumerate(judged.rows) if number % 10 not in (2, 5, 8)]
    taught = [row for row in taught if known.get_outcome(row) is not None]
    if not taught:
        sys.exit(f"{path_known or path_judged} tells no outcome (column {OUTCOME}: 1 or 0), so there is nothing to"
                 " learn from; name a file that does with --train.")
    if not rows:
        sys.exit(f"{path_judged} has no row that could be judged.")
    return (judged, rows), (known, taught)


def main(arguments):
    *settings, judged, known = arguments
    files = split(judged, known)
    config.parse_config([*settings, '--log-level=warn'], setup_logging=True)
    with Registry(config['db_name'][0]).cursor() as cr:
        figures = Bench(api.Environment(cr, SUPERUSER_ID, {}), *files).run()
    print(json.dumps(figures))


if __name__ == '__main__':
    main(sys.argv[1:])
