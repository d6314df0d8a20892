from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare

SPLIT_KINDS = [
    ('revenue', "Revenue"),
    ('overlay', "Overlay"),
]


class LtcLeadSplit(models.Model):
    """Who is credited with which share of an opportunity. Without revenue rows its salesperson has it all.

    Revenue shares add up to 100 %; overlay shares (presales, a second region) come on top and may add up to more.
    All shares of an opportunity are changed at once, by ``ltc.lead.split.edit``.
    """
    _name = 'ltc.lead.split'
    _description = "Credit Split"
    _order = 'lead_id, kind desc, percent desc, id'
    _rec_name = 'user_id'

    lead_id = fields.Many2one('crm.lead', string="Opportunity", required=True, readonly=True, ondelete='cascade')
    user_id = fields.Many2one('res.users', string="Salesperson", required=True, readonly=True, index=True)
    kind = fields.Selection(SPLIT_KINDS, required=True, readonly=True, default='revenue')
    percent = fields.Float(string="Share (%)", digits=(5, 2), required=True, readonly=True)
    company_id = fields.Many2one(related='lead_id.company_id')
    currency_id = fields.Many2one(related='lead_id.company_currency')
    amount = fields.Monetary(compute='_compute_amount')

    _person_uniq = models.UniqueIndex(
        '(lead_id, user_id, kind)', "A person has one share of a kind in an opportunity; add the shares up.")
    _percent_positive = models.Constraint(
        'CHECK(percent > 0 AND percent <= 100)', "A share is more than nothing and at most 100 %.")

    @api.depends('percent', 'lead_id.expected_revenue')
    def _compute_amount(self):
        for split in self:
            split.amount = split.lead_id.expected_revenue * split.percent / 100

    @api.constrains('lead_id', 'kind', 'percent')
    def _check_total(self):
        totals = self._read_group(
            [('lead_id', 'in', self.lead_id.ids), ('kind', '=', 'revenue')], ['lead_id'], ['percent:sum'])
        for lead, total in totals:
            if float_compare(total, 100, precision_digits=2):
                raise ValidationError(self.env._(
                    "The revenue shares of %(opportunity)s add up to %(total)s %%; let them add up to 100 %%.",
                    opportunity=lead.display_name, total=f'{total:g}'))

    @api.model
    def _replace(self, lead, shares):
        """Let ``shares`` (user id, kind, percent) be all the shares of ``lead``; the caller may write the lead."""
        lead.check_access('write')
        if lead.type != 'opportunity':
            raise UserError(self.env._(
                "%(lead)s is still a lead; convert it before its revenue is shared.", lead=lead.display_name))
        splits_sudo = self.sudo()  # shares are changed at once only, so nobody has a right to single rows
        before = splits_sudo.search([('lead_id', '=', lead.id)])
        told = before._describe()
        before.unlink()
        after = splits_sudo.create([
            {'lead_id': lead.id, 'user_id': user_id, 'kind': kind, 'percent': percent}
            for user_id, kind, percent in shares])
        if told != after._describe():
            lead._message_log(body=self.env._(
                "Credit: %(before)s → %(after)s", before=told or '–', after=after._describe() or '–'))

    def _describe(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        return ', '.join(f'{split.user_id.name} {split.percent:g} % ({kinds[split.kind]})' for split in self.sorted(
            lambda split: (split.kind != 'revenue', -split.percent, split.id)))
