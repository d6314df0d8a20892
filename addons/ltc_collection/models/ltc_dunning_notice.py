from odoo import api, fields, models

NOTICE_RESULTS = [
    ('queued', "Mail Queued"),
    ('no_email', "No Email Address"),
    ('no_mail', "Without Mail"),
]


class LtcDunningNotice(models.Model):
    """What a customer gets in one run: a single reminder that lists every due line dunned in it."""
    _name = 'ltc.dunning.notice'
    _description = "Payment Reminder"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'date desc, id desc'
    _mail_post_access = 'read'  # what the customer answered is noted by people who cannot edit the reminder

    partner_id = fields.Many2one(
        'res.partner', string="Customer", readonly=True, required=True, index=True, ondelete='restrict')
    company_id = fields.Many2one('res.company', readonly=True, required=True, index=True)
    level_id = fields.Many2one(
        'ltc.dunning.level', string="Highest Level", readonly=True, required=True, ondelete='restrict')
    date = fields.Date(readonly=True, required=True)
    dunning_ids = fields.One2many('ltc.dunning', 'notice_id', string="Due Lines", readonly=True)
    user_id = fields.Many2one('res.users', string="Responsible", compute='_compute_user_id', compute_sudo=True)
    recipient_ids = fields.Many2many(
        'res.partner', string="Recipients", compute='_compute_recipient_ids', compute_sudo=True)
    result = fields.Selection(NOTICE_RESULTS, readonly=True)

    @api.depends('partner_id', 'level_id')
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = f'{notice.partner_id.name}: {notice.level_id.name}'

    @api.depends('dunning_ids.ar_user_id')
    def _compute_user_id(self):
        """Who the customer may answer to: the account responsible, or else the collector."""
        for notice in self:
            notice.user_id = notice.dunning_ids.ar_user_id[:1] or notice.company_id._ltc_get_collector()

    @api.depends('dunning_ids.move_id.partner_id.email', 'partner_id.email')
    def _compute_recipient_ids(self):
        """The invoices' own contacts as far as they have an address, or else the customer."""
        for notice in self:
            contacts = notice.dunning_ids.move_id.partner_id.filtered('email')
            notice.recipient_ids = contacts or notice.partner_id.filtered('email')

    def action_view_invoices(self):
        """Open the invoices that this reminder is about."""
        self.ensure_one()
        return self.dunning_ids.move_id._get_records_action(name=self.env._("Invoices"))

    def _get_totals(self):
        """Return [(currency, open amount)] of the lines listed, for the mail."""
        self.ensure_one()
        return [
            (currency, sum(dunnings.mapped('amount_residual')))
            for currency, dunnings in self.dunning_ids.grouped('currency_id').items()
        ]

    # === NOTIFICATION === #

    def _notify(self):
        """Queue the mails and schedule the activities of these fresh reminders."""
        with_template = self.filtered('level_id.template_id')
        mailed = with_template.filtered('recipient_ids')
        (self - with_template).result = 'no_mail'
        (with_template - mailed).result = 'no_email'
        mailed.result = 'queued'
        for template, notices in mailed.grouped(lambda notice: notice.level_id.template_id).items():
            template.send_mail_batch(notices.ids, force_send=False)
        mail_cron = self.env.ref('mail.ir_cron_mail_scheduler_action', raise_if_not_found=False)
        if mailed and mail_cron:
            mail_cron._trigger()
        self._schedule_activities()

    def _schedule_activities(self):
        """Tell the people inside: as the level asks, and always the collector when there is no address to mail to."""
        vals_list = [vals for notice in self for vals in notice._prepare_activity_values()]
        # no mail about each activity: they stand in the user's activity menu
        self.env['mail.activity'].with_context(mail_activity_quick_update=True).create(vals_list)

    def _prepare_activity_values(self):
        self.ensure_one()
        users = self.env['res.users']
        levels = self.dunning_ids.level_id
        if any(levels.mapped('is_ar_informed')):
            users |= self.dunning_ids.filtered('level_id.is_ar_informed').ar_user_id or self.user_id
        if self.result == 'no_email' or any(levels.mapped('is_collector_informed')):
            users |= self.company_id._ltc_get_collector() or self.user_id
        return [{
            'res_model_id': self.env['ir.model']._get_id(self._name),
            'res_id': self.id,
            'activity_type_id': self.env.ref('ltc_collection.mail_activity_type_collect').id,
            'summary': self._get_activity_summary(),
            'user_id': user.id,
            'date_deadline': self.date,
            'automated': True,
        } for user in users.filtered('active')]

    def _get_activity_summary(self):
        if self.result == 'no_email':
            return self.env._(
                "%(customer)s has no email address for the reminder; call, or add the address.",
                customer=self.partner_id.name)
        return self.env._(
            "%(customer)s: %(level)s, up to %(days)s days overdue", customer=self.partner_id.name,
            level=self.level_id.name, days=max(self.dunning_ids.mapped('days_overdue')))
