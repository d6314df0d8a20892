from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain


class LtcDataCheck(models.Model):
    """A sentence on data that should not be so, with the domain that finds it and who puts it right.

    What a rule finds is counted with the rights of whoever looks: nobody learns of records that he may not open.
    """
    _name = 'ltc.data.check'
    _description = "Data Quality Rule"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _mail_post_access = 'read'
    _order = 'sequence, id'

    name = fields.Char(string="Finding", required=True, translate=True)
    remedy = fields.Char(translate=True, help="What to do about it.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    module = fields.Char(string="Addon", readonly=True)
    model_id = fields.Many2one(
        'ir.model', string="Document", required=True, ondelete='cascade', domain="[('transient', '=', False)]")
    model = fields.Char(related='model_id.model', string="Document Model")
    domain = fields.Char(required=True, default="[]", help="Finds the records that should not be so.")
    group_id = fields.Many2one(
        'res.groups', string="Responsible Role", required=True,
        default=lambda self: self.env.ref('ltc_base.group_ltc_operations'))
    user_id = fields.Many2one(
        'res.users', string="Responsible", domain="[('share', '=', False)]", help="Empty: a member of the role.")
    finding_count = fields.Integer(string="Findings", compute='_compute_finding_count')
    has_model_access = fields.Boolean(compute='_compute_finding_count')
    last_count = fields.Integer(string="Findings at the Last Check", readonly=True, copy=False)
    last_checked_on = fields.Datetime(readonly=True, copy=False)

    @api.depends('model_id', 'domain')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_finding_count(self):
        for check in self:
            check.has_model_access = check._is_countable()
            check.finding_count = check._count_findings() if check.has_model_access else 0

    @api.constrains('model_id', 'domain')
    def _check_domain(self):
        for check in self:
            try:
                Domain(check._get_domain()).validate(self.env[check.model])
            except Exception as error:
                raise ValidationError(self.env._(
                    "Rule %(rule)s cannot search %(model)s by its domain (%(error)s); correct it.",
                    rule=check.name, model=check.model_id.name, error=error)) from error

    # === ACTION METHODS === #

    def action_view_findings(self):
        """Open what this rule finds, as far as the user may see it."""
        self.ensure_one()
        if not self._is_countable():
            raise AccessError(self.env._(
                "%(rule)s looks at records that you may not open (%(model)s); ask for the access.",
                rule=self.name, model=self.model_id.sudo().name))
        return {
            'type': 'ir.actions.act_window',
            'name': self.name,
            'res_model': self.model,
            'view_mode': 'list,form',
            'domain': self._get_domain(),
            'context': {'create': False},
        }

    # === BUSINESS METHODS === #

    def _get_domain(self):
        return literal_eval(self.domain or '[]')

    def _is_countable(self):
        self.ensure_one()
        return self.model in self.env and self.env[self.model].has_access('read')

    def _count_findings(self):
        self.ensure_one()
        return self.env[self.model].search_count(self._get_domain())

    def _get_responsible(self):
        """Return the person named, else a member of the role: the administrator only where there is no other."""
        self.ensure_one()
        if self.user_id.active:
            return self.user_id
        members = self.group_id.all_user_ids.filtered(lambda user: user.active and not user.share).sorted('id')
        return (members - self.env.ref('base.user_admin', raise_if_not_found=False))[:1] or members[:1]

    # === CRON === #

    @api.model
    def _cron_check(self):
        """Count every rule once a week and leave one activity for whoever puts it right.

        One rule a step and a commit after each; run twice, the second run only brings the activities up to date.
        """
        checks = self.search([])
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=len(checks))
        for check in checks:
            check._check()
            if not cron._commit_progress(1):
                break

    def _check(self):
        """Count this rule with the eyes of its responsible, and bring the one activity on it up to date."""
        self.ensure_one()
        user = self._get_responsible()
        seen = self.with_user(user).sudo(False).with_context(allowed_company_ids=user.company_ids.ids)
        if not user or not seen._is_countable():
            return
        count = seen._count_findings()
        self.write({'last_count': count, 'last_checked_on': fields.Datetime.now()})
        activities = self.activity_search(['ltc_base.mail_activity_type_data_check'])
        if not count:
            activities.unlink()
            return
        finding = self.with_context(lang=user.lang).name
        values = {
            'summary': self.env._("%(count)s × %(finding)s", count=count, finding=finding), 'user_id': user.id}
        if activities:
            activities[0].write(values)
        else:
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                'ltc_base.mail_activity_type_data_check', **values)
