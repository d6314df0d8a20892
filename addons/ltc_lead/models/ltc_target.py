from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

TARGET_KINDS = [
    ('sales', "Sales"),
    ('collection', "Collection"),
]
TARGET_SCOPES = [
    ('company', "Company"),
    ('unit', "Business Unit"),
    ('team', "Sales Team"),
    ('user', "Person"),
]
HOLDERS = {'unit': 'unit_id', 'team': 'team_id', 'user': 'user_id'}
MONTHS = [f'month_{number:02d}' for number in range(1, 13)]


class LtcTarget(models.Model):
    """What a company, a unit, a team or a person is to sell or to collect in a year, month by month."""
    _name = 'ltc.target'
    _description = "Sales or Collection Target"
    _order = 'year desc, kind desc, scope, id'

    name = fields.Char(compute='_compute_name')
    kind = fields.Selection(TARGET_KINDS, required=True, default='sales')
    company_id = fields.Many2one(
        'res.company', required=True, index=True, ondelete='cascade', default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    scope = fields.Selection(TARGET_SCOPES, string="For", required=True, default='user')
    unit_id = fields.Many2one('ltc.business.unit', index='btree_not_null', ondelete='cascade')
    team_id = fields.Many2one(
        'crm.team', string="Sales Team", index='btree_not_null', ondelete='cascade', check_company=True)
    user_id = fields.Many2one(
        'res.users', string="Person", index='btree_not_null', ondelete='cascade', check_company=True,
        domain="[('share', '=', False)]")
    year = fields.Integer(required=True, default=lambda self: self._default_year(), aggregator=None)
    month_01 = fields.Monetary(string="Jan")
    month_02 = fields.Monetary(string="Feb")
    month_03 = fields.Monetary(string="Mar")
    month_04 = fields.Monetary(string="Apr")
    month_05 = fields.Monetary(string="May")
    month_06 = fields.Monetary(string="Jun")
    month_07 = fields.Monetary(string="Jul")
    month_08 = fields.Monetary(string="Aug")
    month_09 = fields.Monetary(string="Sep")
    month_10 = fields.Monetary(string="Oct")
    month_11 = fields.Monetary(string="Nov")
    month_12 = fields.Monetary(string="Dec")
    amount = fields.Monetary(
        string="Whole Year", compute='_compute_amount', inverse='_inverse_amount', store=True,
        help="The months added up. Entered here it is spread over the months, as they are to each other.")

    _holder_uniq = models.UniqueIndex(
        '(company_id, kind, year, scope, COALESCE(unit_id, 0), COALESCE(team_id, 0), COALESCE(user_id, 0))',
        "There is a target of that kind and year for them already; change that one.")
    _year_sane = models.Constraint('CHECK(year BETWEEN 2000 AND 2100)', "Enter the year with four digits.")
    _months_positive = models.Constraint(
        f"CHECK(LEAST({', '.join(MONTHS)}) >= 0)", "A target is an amount from zero on.")

    def _default_year(self):
        return self.env.company._ltc_get_today().year

    @api.depends('scope', 'unit_id', 'team_id', 'user_id', 'company_id')
    def _compute_name(self):
        for target in self:
            target.name = target._get_holder().display_name

    @api.depends(*MONTHS)
    def _compute_amount(self):
        for target in self:
            target.amount = sum(target[month] for month in MONTHS)

    def _inverse_amount(self):
        for target in self:
            target.update(target._spread(target.amount))

    @api.constrains('scope', *HOLDERS.values())
    def _check_scope(self):
        labels = dict(self._fields['scope']._description_selection(self.env))
        for target in self:
            named = [scope for scope, name in HOLDERS.items() if target[name]]
            if named != [target.scope] and not (target.scope == 'company' and not named):
                raise ValidationError(self.env._(
                    "The target of %(year)s is for %(scope)s; name just that one.",
                    year=target.year, scope=labels[target.scope]))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._fit_holder(vals) for vals in vals_list])

    @api.model
    def _fit_holder(self, vals):
        """Return ``vals`` with the scope of the holder that they name, where they name no scope."""
        if 'scope' in vals:
            return vals
        scope = next((scope for scope, name in HOLDERS.items() if vals.get(name)), None)
        return {**vals, 'scope': scope} if scope else vals

    # === BUSINESS METHODS === #

    def _get_holder(self):
        self.ensure_one()
        return self[HOLDERS[self.scope]] if self.scope in HOLDERS else self.company_id

    def _spread(self, amount):
        """Return the months that add up to ``amount``, as they are to each other; the rest goes to the last."""
        self.ensure_one()
        total, currency = sum(self[month] for month in MONTHS), self.currency_id or self.env.company.currency_id
        months = {
            month: currency.round(amount * (self[month] / total if total else 1 / 12)) for month in MONTHS}
        months[MONTHS[-1]] = currency.round(amount - sum(months[month] for month in MONTHS[:-1]))
        return months

    def _copy_to_year(self, year, percent):
        """Create these targets anew for ``year``, changed by ``percent``, where there is none yet."""
        known = {
            (target.company_id, target.kind, target._get_holder())
            for target in self.search([('year', '=', year), ('company_id', 'in', self.company_id.ids)])}
        return self.create([
            target._prepare_copy(year, 1 + percent / 100) for target in self
            if (target.company_id, target.kind, target._get_holder()) not in known])

    def _prepare_copy(self, year, factor):
        return {
            **{name: self[name] for name in ('kind', 'scope')},
            **{name: self[name].id for name in ('company_id', *HOLDERS.values())},
            **{month: self.currency_id.round(self[month] * factor) for month in MONTHS},
            'year': year,
        }

    @api.model
    def _sql_months(self):
        """Return the SQL of one row a target and month: target_id, company_id, kind, scope, holders, month, amount."""
        months = SQL(', ').join(
            SQL("(%s, target.%s)", number, SQL.identifier(name)) for number, name in enumerate(MONTHS, start=1))
        return SQL(
            """SELECT target.id AS target_id, target.company_id, target.kind, target.scope, target.unit_id,
                      target.team_id, target.user_id, make_date(target.year, plan.number, 1) AS month,
                      COALESCE(plan.amount, 0) AS amount
                 FROM ltc_target target CROSS JOIN LATERAL (VALUES %s) AS plan (number, amount)""", months)
