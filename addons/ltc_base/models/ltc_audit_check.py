import logging

from odoo import api, fields, models

from .ltc_audit_chain import GENESIS

_logger = logging.getLogger(__name__)

CHECK_STATES = [
    ('unbroken', "Unbroken"),
    ('broken', "Broken"),
]


class LtcAuditCheck(models.Model):
    """One verification of a company's audit chain: every hash computed anew, the end compared with the head.

    The last good verification is an anchor: a chain that was rewritten whole, head included, no longer holds the
    hash that stood there. The hash goes to the server's log as well, out of the database's reach.
    """
    _name = 'ltc.audit.check'
    _description = "Verification of the Audit Log"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'id desc'
    _rec_name = 'company_id'
    _mail_post_access = 'read'  # whoever deals with a break says so, and writes nothing else

    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='restrict')
    checked_on = fields.Datetime(string="Verified On", required=True, readonly=True)
    user_id = fields.Many2one('res.users', string="Verified By", required=True, readonly=True)
    state = fields.Selection(CHECK_STATES, string="Result", required=True, readonly=True)
    number = fields.Integer(string="Sound Entries", required=True, readonly=True, aggregator=None)
    hash = fields.Char(string="Hash of the Last Sound Entry", readonly=True)
    message = fields.Char(string="First Break", readonly=True)

    # === ACTION METHODS === #

    def action_verify(self):
        """Verify the chains of the companies that the user works in, and tell the result."""
        return self.env['ltc.audit.log'].action_verify()

    # === CRON METHODS === #

    @api.model
    def _cron_verify(self):
        """Verify every chain, one commit a company; what is broken reaches people."""
        companies = self._get_audited_companies()
        cron = self.env['ir.cron']
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            self._check_companies(company)
            if not cron._commit_progress(1):
                break

    @api.model
    def _get_audited_companies(self):
        """Return the companies with a chain, those first whose last verification is the oldest."""
        companies = self.env['ltc.audit.chain'].sudo().search([]).company_id | self.sudo().search([]).company_id
        last = dict(self.sudo()._read_group([], ['company_id'], ['checked_on:max']))
        return companies.sorted(lambda company: (company in last, last.get(company) or 0, company.id))

    # === BUSINESS METHODS === #

    @api.model
    def _check_companies(self, companies):
        """Verify the chains of these companies, record the results and tell people of a break."""
        heads = self.env['ltc.audit.chain']._get_heads(companies)
        checks_sudo = self.sudo().create([  # nobody has the right to forge a verification
            self._prepare_check_values(company, heads.get(company.id, (0, GENESIS))) for company in companies])
        for check_sudo in checks_sudo:
            _logger.info("Audit chain of company %s: %s entries, hash %s, %s", check_sudo.company_id.id,
                         check_sudo.number, check_sudo.hash, check_sudo.state)
        checks_sudo.filtered(lambda check: check.state == 'broken')._alert()
        return checks_sudo.sudo(self.env.su)

    @api.model
    def _prepare_check_values(self, company, head):
        number, last_hash, message = self._find_break(company, head)
        return {
            'company_id': company.id,
            'checked_on': fields.Datetime.now(),
            'user_id': self.env.uid,
            'state': 'broken' if message else 'unbroken',
            'number': number,
            'hash': last_hash,
            'message': message,
        }

    @api.model
    def _find_break(self, company, head):
        """Walk along the chain up to the first break.

        :param tuple head: (number, hash) of the last entry there should be
        :return: (number of the last sound entry, its hash, a sentence on the first break or False)
        """
        anchor = self.sudo().search([('company_id', '=', company.id), ('state', '=', 'unbroken')], limit=1)
        number, last_hash = 0, GENESIS
        for row in self.env['ltc.audit.log']._iterate_rows(company):
            message = self._explain_break(row, number + 1, last_hash, anchor)
            if message:
                return number, last_hash, message
            number, last_hash = row['number'], row['hash']
        return number, last_hash, self._explain_end(number, last_hash, head, anchor)

    @api.model
    def _explain_break(self, row, number, previous_hash, anchor):
        """Return what is wrong with the row that should be entry ``number``, or False."""
        if row['number'] != number:
            return self.env._(
                "Entry %(number)s is missing: entry %(next)s follows where it stood.",
                number=number, next=row['number'])
        if row['hash'] != self.env['ltc.audit.log']._digest(row):
            return self.env._("Entry %(number)s was altered: its hash does not match what it says.", number=number)
        if row['previous_hash'] != previous_hash:
            return self.env._("Entry %(number)s was replaced: it does not continue the one before it.", number=number)
        if number == anchor.number and row['hash'] != anchor.hash:
            return self._explain_rewriting(anchor)
        return False

    @api.model
    def _explain_end(self, number, last_hash, head, anchor):
        """Return what is wrong with the end of the chain, or False."""
        if number < head[0]:
            return self.env._(
                "The end was cut off: the chain has %(head)s entries and only %(number)s are there.",
                head=head[0], number=number)
        if (number, last_hash) != head:
            return self.env._(
                "The end was forged: entry %(number)s is not the last one that the chain knows.", number=number)
        return self._explain_rewriting(anchor) if number < anchor.number else False

    @api.model
    def _explain_rewriting(self, anchor):
        return self.env._(
            "The chain was rewritten: entry %(number)s is not the one that was verified on %(moment)s.",
            number=anchor.number, moment=fields.Datetime.to_string(anchor.checked_on))

    # === BUSINESS METHODS - TELL === #

    def _notify(self):
        """Return the client action that tells these results."""
        broken = self.filtered(lambda check: check.state == 'broken')
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'danger' if broken else 'success',
                'title': self.env._("The audit log is broken") if broken else self.env._("The audit log is unbroken"),
                'message': '\n'.join(check._describe() for check in broken or self),
                'sticky': bool(broken),
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'},
            },
        }

    def _describe(self):
        self.ensure_one()
        if self.state == 'broken':
            return self.env._(
                "%(company)s: %(message)s", company=self.company_id.name, message=self.message)
        return self.env._(
            "%(company)s: %(number)s entries verified.", company=self.company_id.name, number=self.number)

    def _alert(self):
        """Put the break on the desks of sales operations and of the auditors, once as long as nobody dealt with it."""
        for check in self:
            _logger.error("Audit chain of company %s is broken: %s", check.company_id.id, check.message)
            users = check._get_alerted_users()
            for user in users:
                check.activity_schedule(
                    'mail.mail_activity_data_todo', user_id=user.id, summary=self.env._("The audit log is broken"),
                    note=check.message)
            check.message_post(
                body=check._describe(), subject=self.env._("The audit log is broken"),
                partner_ids=users.partner_id.ids)

    def _get_alerted_users(self):
        """Return who must hear of the break and does not have it on the desk yet."""
        self.ensure_one()
        groups = self.env.ref('ltc_base.group_ltc_operations') | self.env.ref('ltc_base.group_ltc_auditor')
        earlier = self.search([('company_id', '=', self.company_id.id), ('state', '=', 'broken')])
        return groups._ltc_get_members(self.company_id) - earlier.activity_ids.user_id
