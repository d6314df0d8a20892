from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists

POLICY_FIELDS = [
    'partner_id', 'partner_name', 'contact_name', 'function', 'email_from', 'phone', 'website', 'street', 'city', 'zip',
    'state_id', 'country_id', 'lang_id', 'user_id', 'source_id', 'medium_id', 'campaign_id', 'referred', 'description',
    'expected_revenue', 'date_deadline', 'ltc_vat', 'ltc_industry_id', 'ltc_object', 'ltc_need', 'ltc_constraints',
    'ltc_acceptance_basis', 'ltc_decision_chain', 'ltc_competitors', 'ltc_sr_user_id', 'ltc_fr_user_id',
]
GOOD_PERCENT = 80
POOR_PERCENT = 50
BLANKS = ''.join(filter(str.isspace, map(chr, range(0x3001))))  # what Python strips; PostgreSQL knows fewer of them


class CrmLead(models.Model):
    """How complete a lead is against the field policies of its company, stage and team: stored, to be grouped by."""
    _inherit = 'crm.lead'

    ltc_completeness = fields.Integer(
        string="Completeness (%)", compute='_compute_ltc_completeness', store=True, aggregator='avg',
        help="Filled-in share of the fields that the field policies expect, by weight. 100 where none expects any.")
    ltc_missing = fields.Char(
        string="Missing Fields", compute='_compute_ltc_completeness', store=True, export_string_translation=False)

    _ltc_incomplete_idx = models.Index('(ltc_completeness) WHERE ltc_completeness < 80')

    def _auto_init(self):
        """No policy stands at the installation, so everything is complete: no lead is read for that."""
        if not column_exists(self.env.cr, self._table, 'ltc_completeness'):
            self.env.cr.execute(SQL(
                """ALTER TABLE crm_lead ADD COLUMN ltc_completeness int4 DEFAULT 100, ADD COLUMN ltc_missing varchar;
                   ALTER TABLE crm_lead ALTER COLUMN ltc_completeness DROP DEFAULT"""))
        return super()._auto_init()

    # === COMPUTE METHODS === #

    @api.depends(lambda self: ['type', 'stage_id', 'team_id', 'company_id', *self._ltc_get_policy_fields()])
    def _compute_ltc_completeness(self):
        for lead in self:
            expected = lead._ltc_get_expected_fields()
            missing = [name for name in expected if lead._ltc_is_empty(name)]
            total = sum(weight for weight, _is_needed in expected.values())
            lacking = sum(expected[name][0] for name in missing)
            lead.ltc_completeness = round(100 * (total - lacking) / total) if total else 100
            lead.ltc_missing = ','.join(missing) or False

    @api.model
    def _ltc_get_policy_fields(self):
        """Return the names of the columns that a field policy may expect; extend the list of ``super()``.

        Fields that the company made itself belong to them.
        """
        own = [
            name for name, field in self._fields.items()
            if field.manual and field.store and field.type not in ('one2many', 'many2many', 'binary')]
        return [*POLICY_FIELDS, *own]

    def _ltc_get_expected_fields(self):
        """Return {field: (weight, needed for an opportunity)}; no query when cached."""
        self.ensure_one()
        return self._ltc_get_expected_at(
            self.company_id.id or False, self.type, self.team_id.id or False, self.stage_id.id or False)

    @api.model
    def _ltc_get_expected_at(self, company_id, lead_type, team_id, stage_id):
        expected = self.env['ltc.field.policy']._get_expected(company_id, lead_type, team_id, stage_id)
        return {name: values for name, values in expected.items() if name in self._fields}

    # === ALL AT ONCE === #

    def _ltc_refresh_completeness(self):
        """Bring the share of these leads up to date after a policy changed; only those that differ are written.

        By SQL, one statement for all leads from which the same is expected: nobody changed these leads, so neither who
        wrote them last nor their score is touched. What only Python can judge is computed as ever.
        """
        self.env.flush_all()
        for expected, leads in self._ltc_group_by_expectation():
            empty = {name: self._ltc_sql_is_empty(name) for name in expected}
            if all(empty.values()):
                leads._ltc_write_completeness(expected, empty)
            else:
                for name in ('ltc_completeness', 'ltc_missing'):
                    self.env.add_to_compute(self._fields[name], leads)
                leads.flush_recordset(['ltc_completeness', 'ltc_missing'])

    def _ltc_group_by_expectation(self):
        """Return ({field: (weight, needed)}, leads) for each set of fields that is expected of some of these leads."""
        rows = self.env.execute_query(SQL(
            "SELECT company_id, type, team_id, stage_id, ARRAY_AGG(id) FROM crm_lead WHERE id = ANY(%s)"
            " GROUP BY company_id, type, team_id, stage_id", self.ids))
        groups = {}
        for company_id, lead_type, team_id, stage_id, lead_ids in rows:
            expected = self._ltc_get_expected_at(company_id or False, lead_type, team_id or False, stage_id or False)
            groups.setdefault(tuple(expected.items()), []).extend(lead_ids)
        return [(dict(expected), self.browse(lead_ids)) for expected, lead_ids in groups.items()]

    def _ltc_write_completeness(self, expected, empty):
        total = sum(weight for weight, _is_needed in expected.values())
        lacking = [SQL("CASE WHEN %s THEN %s ELSE 0 END", empty[name], expected[name][0]) for name in expected]
        missing = [SQL("CASE WHEN %s THEN %s END", empty[name], name) for name in expected]
        share = SQL("ROUND(100 * (%s - (%s))::float8 / %s)::int", total, SQL(" + ").join(lacking), total)
        self.env.cr.execute(SQL(
            """UPDATE crm_lead SET ltc_completeness = fresh.share, ltc_missing = fresh.missing
                 FROM (SELECT id, %(share)s AS share, %(missing)s AS missing
                         FROM crm_lead WHERE id = ANY(%(ids)s)) AS fresh
                WHERE crm_lead.id = fresh.id
                  AND (crm_lead.ltc_completeness, crm_lead.ltc_missing) IS DISTINCT FROM (fresh.share, fresh.missing)
            """,
            share=share if total else SQL("100"), ids=self.ids,
            missing=SQL("NULLIF(CONCAT_WS(',', %s), '')", SQL(", ").join(missing)) if missing else SQL("NULL")))
        self.invalidate_recordset(['ltc_completeness', 'ltc_missing'], flush=False)

    @api.model
    def _ltc_sql_is_empty(self, name):
        """Return the SQL of :meth:`_ltc_is_empty` of a column of ``crm_lead``, or nothing: only Python can judge it."""
        field = self._fields[name]
        column = SQL.identifier('crm_lead', name)
        if not field.store or field.translate or field.company_dependent:
            return None
        if field.type in ('char', 'text', 'selection'):
            return SQL("COALESCE(BTRIM(%s, %s), '') = ''", column, BLANKS)
        if field.type in ('integer', 'float', 'monetary'):
            return SQL("COALESCE(%s, 0) = 0", column)
        if field.type == 'boolean':
            return SQL("%s IS NOT TRUE", column)
        return SQL("%s IS NULL", column) if field.type in ('many2one', 'date', 'datetime') else None

    # === QUALIFICATION === #

    def _ltc_get_qualification_blockers(self):
        return super()._ltc_get_qualification_blockers() + self._ltc_get_policy_blockers()

    def _ltc_get_conversion_blockers(self):
        """What a policy calls needed is needed in every profile."""
        return super()._ltc_get_conversion_blockers() or self._ltc_get_policy_blockers()

    def _ltc_get_policy_blockers(self):
        """Return, in one sentence, which needed fields are missing, by the policies of leads and of opportunities."""
        Policy = self.env['ltc.field.policy']
        company_id, *place = self.company_id.id or False, self.team_id.id or False, self.stage_id.id or False
        needed = dict.fromkeys(
            name for lead_type in ('lead', 'opportunity')
            for name, (_weight, is_needed) in Policy._get_expected(company_id, lead_type, *place).items() if is_needed)
        missing = self._ltc_get_missing_labels(needed)
        if not missing:
            return []
        return [self.env._(
            "%(lead)s needs as an opportunity: %(fields)s; fill them in first.", lead=self.display_name,
            fields=', '.join(missing))]

    # === AT A GLANCE === #

    @api.model
    def _ltc_get_glance_fields(self):
        return super()._ltc_get_glance_fields() + ['ltc_completeness', 'ltc_missing']

    def _ltc_get_glance_chips(self):
        chips = super()._ltc_get_glance_chips()
        if self.ltc_missing:
            chips.append({
                'key': 'completeness', 'label': self.env._("%s%%", self.ltc_completeness), 'icon': 'fa-pencil-square-o',
                'tone': self._ltc_get_completeness_tone(),
                'title': self.env._("Missing: %s", ', '.join(self._ltc_get_labels(self.ltc_missing.split(',')))),
            })
        return chips

    def _ltc_get_completeness_tone(self):
        if self.ltc_completeness >= GOOD_PERCENT:
            return 'muted'
        return 'warning' if self.ltc_completeness >= POOR_PERCENT else 'danger'

    @api.model
    def _ltc_get_labels(self, names):
        return [self._fields[name]._description_string(self.env) for name in names if name in self._fields]
