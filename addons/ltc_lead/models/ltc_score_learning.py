import math

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.scorecard import get_auc, get_calibration, get_lift, is_held_out, round_amount
from ..tools.scorecard_design import Column, Design

OUTCOMES_MAX = 20_000
AUC_SUSPECT = 0.85  # one column alone that knows so much was probably filled by whoever knew the outcome
FILLED_SUSPECT = 0.70


class LtcScoreProposal(models.Model):
    """How points are learned: a logistic regression on levels, tried on three leads in ten that it has not seen."""
    _inherit = 'ltc.score.proposal'

    def _learn(self):
        self.ensure_one()
        lead_ids, outcomes = self._read_outcomes()
        self._check_outcomes(outcomes)
        columns = self._read_columns(lead_ids)
        aside = [number for number, lead_id in enumerate(lead_ids) if is_held_out(lead_id)]
        known = sorted(set(range(len(lead_ids))) - set(aside))
        proof = self._try(columns, outcomes, known, aside)
        warnings = self._get_warnings(columns, outcomes, aside, lead_ids)
        design = Design(columns, outcomes, range(len(lead_ids)), self.has_pairs)
        lines = self._prepare_lines(design, outcomes)
        self._write_columns(columns, warnings, design)
        self.line_ids.unlink()
        self.write({
            **proof, 'state': 'ready', 'learned_on': fields.Datetime.now(), 'outcome_count': len(outcomes),
            'won_count': sum(outcomes), 'line_ids': [Command.create(values) for values in lines],
        })

    # === WHAT IS KNOWN === #

    def _get_outcome_domain(self):
        domain = Domain('won_status', 'in', ('won', 'lost'))
        if self.company_id:
            domain &= Domain(self.env['ltc.kpi']._get_lead_company_domain(self.company_id))
        if self.team_id:
            domain &= Domain('team_id', '=', self.team_id.id)
        if self.date_from:
            domain &= Domain('date_closed', '>=', self.date_from)
        return domain

    def _read_outcomes(self):
        """Return the ids of the leads whose outcome is known, the latest ones, and 1 for each that was won."""
        self.env.flush_all()
        leads = self.env['crm.lead'].with_context(active_test=False)
        query = leads._search(self._get_outcome_domain(), order='date_closed desc, id desc', limit=OUTCOMES_MAX)
        rows = self.env.execute_query(query.select(SQL("crm_lead.id"), SQL("crm_lead.won_status")))
        rows.sort()
        return [lead_id for lead_id, _status in rows], [int(status == 'won') for _lead_id, status in rows]

    def _check_outcomes(self, outcomes):
        won, few = sum(outcomes), self.outcomes_min // 4
        if not self.column_ids:
            raise UserError(self.env._(
                "%(proposal)s has nothing to learn from; add fields or engagement.", proposal=self.name))
        if len(outcomes) < self.outcomes_min or won < few or len(outcomes) - won < few:
            raise UserError(self.env._(
                "%(proposal)s finds %(won)s won and %(lost)s lost leads, too few to learn from: %(count)s are needed,"
                " %(few)s of each sort. Widen team, company or time, or wait.",
                proposal=self.name, won=won, lost=len(outcomes) - won, count=self.outcomes_min, few=few))

    def _read_columns(self, lead_ids):
        """Return the columns with their values of these leads: fields as they are, engagement as it was at the end."""
        columns = self._read_field_columns(lead_ids)
        kinds = self.column_ids.kind_id
        if kinds:
            amounts = self.env.execute_query(self.env['ltc.scorecard']._sql_amounts(
                kinds, lead_ids, SQL("COALESCE(crm_lead.date_closed, %s::timestamp)", fields.Datetime.now())))
            amount_by_lead = {row[0]: row[1:] for row in amounts}
            for order, kind in enumerate(kinds):
                record = self.column_ids.filtered(lambda column, kind=kind: column.kind_id == kind)[:1]
                values = [round_amount(amount_by_lead[lead_id][order]) if lead_id in amount_by_lead else 0.0
                          for lead_id in lead_ids]
                columns.append(Column(record, 'engagement', values, True))
        return columns

    def _read_field_columns(self, lead_ids):
        records = self.column_ids.filtered('field_id')
        if not records:
            return []
        leads = self.env['crm.lead'].with_context(active_test=False)
        query = leads._search([('id', 'in', lead_ids)], order='id')
        rows = self.env.execute_query(query.select(
            *(leads._field_to_sql('crm_lead', record.field_id.name, query) for record in records)))
        columns = []
        for record, values in zip(records, zip(*rows, strict=True), strict=True):
            is_number = record.field_id.ttype in ('integer', 'float', 'monetary')
            if is_number:
                values = [float(value or 0) for value in values]
            elif record.field_id.ttype == 'char':
                values = [(value or '').strip().lower() for value in values]
            columns.append(Column(record, 'fit', list(values), is_number))
        return columns

    # === THE PROOF === #

    def _try(self, columns, outcomes, known, aside):
        """Learn from seven leads in ten, score the other three, and return how well won and lost were told apart."""
        design = Design(columns, outcomes, known, self.has_pairs)
        points, base = design.get_points(self._get_factor()), self._get_base(design, outcomes, known)
        scores = [design.get_score(number, points, base) for number in aside]
        came = [outcomes[number] for number in aside]
        fit = [column for column in columns if column.part == 'fit']
        if not fit or len(fit) == len(columns):
            auc_fit = get_auc(scores, came) if fit else 0.0
        else:
            alone = Design(fit, outcomes, known, self.has_pairs)
            points_fit, base_fit = alone.get_points(self._get_factor()), self._get_base(alone, outcomes, known)
            auc_fit = get_auc([alone.get_score(number, points_fit, base_fit) for number in aside], came)
        return {
            'auc': get_auc(scores, came) or 0.0, 'auc_fit': auc_fit or 0.0,
            'result': {
                'known': len(known), 'aside': len(aside), 'won': sum(came), 'lift': get_lift(scores, came),
                'calibration': get_calibration(
                    [self._get_chance(score, sum(outcomes) / len(outcomes)) for score in scores], came),
            },
        }

    def _get_factor(self):
        return self.doubling / math.log(2)

    def _get_base(self, design, outcomes, numbers):
        """Return the points of every lead: the average one, by its odds, comes to 50."""
        share = sum(outcomes[number] for number in numbers) / len(numbers)
        return round(50 + self._get_factor() * (design.intercept - math.log(share / (1 - share))))

    def _get_chance(self, score, share):
        return 1 / (1 + math.exp(-((score - 50) / self._get_factor() + math.log(share / (1 - share)))))

    # === LEAKS === #

    def _get_warnings(self, columns, outcomes, aside, lead_ids):
        """Return {column: (AUC alone, warning)}: what knows too much was often filled when the outcome was known."""
        warnings = {}
        late = self._get_late_shares()
        for column in columns:
            alone = Design([column], outcomes, range(len(outcomes)))
            points = alone.get_points(100)
            came = [outcomes[number] for number in aside]
            auc = get_auc([sum(points[key] for key in alone._get_keys(number) if key in points)
                           for number in aside], came) or 0.5
            filled = [int(value not in (None, False, '', 0.0)) for value in column.values]
            told = get_auc(filled, outcomes) or 0.5
            warnings[column] = auc, self._get_warning(column, auc, told, late.get(column.key.field_id.id, 0.0))
        return warnings

    def _get_warning(self, column, auc, told, late):
        if auc > AUC_SUSPECT:
            return self.env._(
                "Alone it tells won from lost nearly always (AUC %(auc)s): is it filled when the outcome is known?",
                auc=f"{auc:.2f}")
        if late > 0.5:
            return self.env._(
                "%(share)s %% of its first values were entered after the conversion or the outcome.",
                share=round(late * 100))
        if column.part == 'fit' and not FILLED_SUSPECT > told > 1 - FILLED_SUSPECT:
            return self.env._("It is filled mostly on one side of the outcome: who fills it, and when?")
        return False

    def _get_late_shares(self):
        """Return {field id: share of its first values, as far as they are tracked, that came after the fact}."""
        field_ids = self.column_ids.field_id.ids
        if not field_ids:
            return {}
        return dict(self.env.execute_query(SQL(
            """SELECT value.field_id,
                      AVG(CASE WHEN message.date >= COALESCE(lead.date_conversion, lead.date_closed)
                               THEN 1.0 ELSE 0.0 END)::float
                 FROM mail_tracking_value value
                 JOIN mail_message message ON message.id = value.mail_message_id AND message.model = 'crm.lead'
                 JOIN crm_lead lead ON lead.id = message.res_id
                WHERE value.field_id = ANY(%s) AND COALESCE(value.old_value_char, '') = ''
                  AND COALESCE(value.old_value_integer, 0) = 0 AND COALESCE(value.old_value_float, 0) = 0
             GROUP BY value.field_id HAVING COUNT(*) >= 20""", field_ids)))

    def _write_columns(self, columns, warnings, design):
        points = design.get_points(self._get_factor())
        for column in columns:
            own = [value for (term, _levels), value in points.items() if column in design.terms[term][0]]
            auc, warning = warnings[column]
            filled = sum(value not in (None, False, '', 0.0) for value in column.values)
            column.key.write({
                'auc': auc, 'warning': warning, 'filled_share': 100 * filled / len(column.values),
                'points_range': max([0, *own]) - min([0, *own]),
            })
