from odoo import fields, models


class LtcDunningLevel(models.Model):
    """How long after the due date a customer is reminded, in which words, and who is told inside."""
    _name = 'ltc.dunning.level'
    _description = "Dunning Level"
    _order = 'days, id'

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', index='btree_not_null',
        help="Empty: for every company that has no levels of its own.")
    days = fields.Integer(
        string="Days After Due", required=True, default=7,
        help="The reminder goes out when the instalment has been overdue for this many days.")
    template_id = fields.Many2one(
        'mail.template', string="Mail Template", domain=[('model', '=', 'ltc.dunning.notice')], ondelete='restrict',
        default=lambda self: self.env.ref('ltc_collection.mail_template_dunning_notice', raise_if_not_found=False),
        help="Rendered in the customer's language. Empty: no mail, only the activities below.")
    message = fields.Text(
        translate=True, help="What the mail says above the list of overdue instalments, in the customer's language.")
    is_ar_informed = fields.Boolean(
        string="Activity for the AR", help="The account responsible gets an activity to talk to the customer.")
    is_collector_informed = fields.Boolean(string="Activity for the Collector")

    _days_positive = models.Constraint('CHECK(days > 0)', "A dunning level starts at least one day after the due date.")
    _company_days_uniq = models.UniqueIndex(
        '(COALESCE(company_id, 0), days) WHERE active', "There is a dunning level for that day already.")
