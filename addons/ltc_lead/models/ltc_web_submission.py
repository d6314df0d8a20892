import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, plaintext2html

OUTCOMES = [
    ('created', "New Lead"),
    ('added', "Added to a Lead"),
    ('trapped', "Trapped as a Robot"),
]
KEPT_DAYS = 400


class LtcWebSubmission(models.Model):
    """What came in through a web form, and what became of it. Made by the server alone."""
    _name = 'ltc.web.submission'
    _description = "Web-Lead Submission"
    _order = 'id desc'
    _rec_name = 'reference'

    form_id = fields.Many2one('ltc.web.form', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='form_id.company_id', store=True, readonly=True, index=True)
    reference = fields.Char(required=True, readonly=True, help="What the sender was told.")
    idempotency_key = fields.Char(readonly=True)
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    lead_id = fields.Many2one('crm.lead', readonly=True, index='btree_not_null', ondelete='set null')

    _idempotency_uniq = models.UniqueIndex(
        '(form_id, idempotency_key) WHERE idempotency_key IS NOT NULL', "This submission has come in already.")
    _reference_uniq = models.UniqueIndex('(reference)', "That reference is in use already.")

    @api.model
    def _receive(self, form_sudo, lead_values, reference, idempotency_key=False):
        """Make a lead of what came in, or add it to the lead that the same visitor made before.

        :return: the submission in sudo, and whether it is one that came in before under the same key
        """
        sent_before = self._claim(form_sudo, reference, idempotency_key)
        if sent_before:
            return sent_before, True
        lead_sudo = self._find_lead(form_sudo, lead_values)
        outcome = 'added' if lead_sudo else 'created'
        if lead_sudo:
            self._add_to_lead(lead_sudo, form_sudo, lead_values)
            lead_sudo._ltc_add_touch(form_sudo.source_id, form_sudo.medium_id, form_sudo.campaign_id, way='web')
        else:
            lead_sudo = self._create_lead(form_sudo, lead_values)
        submission_sudo = self.sudo().search([('reference', '=', reference)])
        submission_sudo.write({'lead_id': lead_sudo.id, 'outcome': outcome})
        self._log_engagement(lead_sudo, form_sudo)
        return submission_sudo, False

    @api.model
    def _log_engagement(self, lead_sudo, form_sudo):
        """Whoever writes to us shows interest, each time: it counts in the score of the lead."""
        kind_sudo = self.env['ltc.engagement.kind'].sudo().search(
            [('code', '=', 'web_form'), ('source', '=', 'fact')], limit=1)
        if kind_sudo:  # not archived
            lead_sudo._ltc_log_engagement(kind_sudo, note=form_sudo.name)

    @api.model
    def _claim(self, form_sudo, reference, idempotency_key):
        """Take the idempotency key, or return who has it. Two at once: the second waits, is repeated and finds it."""
        now = fields.Datetime.now()
        inserted = self.env.execute_query(SQL(
            """INSERT INTO ltc_web_submission (form_id, company_id, reference, idempotency_key, outcome, create_uid,
                                               create_date, write_uid, write_date)
               VALUES (%s, %s, %s, %s, 'created', %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id""",
            form_sudo.id, form_sudo.company_id.id, reference, idempotency_key or None, self.env.uid, now, self.env.uid,
            now))
        if inserted:
            return self.sudo()
        return self.sudo().search([
            ('form_id', '=', form_sudo.id), ('idempotency_key', '=', idempotency_key)], limit=1)

    @api.model
    def _find_lead(self, form_sudo, lead_values):
        """Return the open lead that the same email or phone made through any form of this company lately.

        Two posts of one visitor at the same moment make one lead.
        """
        Lead = self.env['crm.lead'].sudo()
        if not form_sudo.duplicate_days:
            return Lead
        probe = Lead.new({name: lead_values.get(name) for name in ('email_from', 'phone')} | {
            'company_id': form_sudo.company_id.id, 'country_id': form_sudo.company_id.country_id.id})
        keys = [
            (name, '=', probe[name]) for name in ('email_normalized', 'phone_sanitized') if probe[name]]
        if not keys:
            return Lead
        self.env['ltc.web.hit']._meet({
            'visitor:' + hashlib.sha256(f'{form_sudo.company_id.id}:{value}'.encode()).hexdigest()
            for _name, _operator, value in keys})
        return Lead.search([
            *['|'] * (len(keys) - 1), *keys, ('company_id', 'in', [form_sudo.company_id.id, False]),
            ('won_status', '=', 'pending'),
            ('create_date', '>=', fields.Datetime.now() - timedelta(days=form_sudo.duplicate_days)),
        ], order='id DESC', limit=1)

    @api.model
    def _create_lead(self, form_sudo, lead_values):
        """Enter the lead with the defaults of the form; nobody becomes its owner by chance."""
        return self.env['crm.lead'].sudo().with_company(form_sudo.company_id).create({
            'name': lead_values.get('partner_name') or lead_values.get('contact_name')
            or lead_values.get('email_from') or lead_values.get('phone'),
            **self._prepare_texts(lead_values),
            'type': 'lead',
            'company_id': form_sudo.company_id.id,
            'country_id': form_sudo.company_id.country_id.id,
            'team_id': form_sudo.team_id.id,
            'user_id': form_sudo.user_id.id,
            'source_id': form_sudo.source_id.id,
            'medium_id': form_sudo.medium_id.id,
            'campaign_id': form_sudo.campaign_id.id,
            'tag_ids': [fields.Command.set(form_sudo.tag_ids.ids)],
        })

    @api.model
    def _prepare_texts(self, lead_values):
        """No markup comes in from outside: what goes into an HTML field is text."""
        return {**lead_values, **(
            {'description': plaintext2html(lead_values['description'])} if lead_values.get('description') else {})}

    @api.model
    def _add_to_lead(self, lead_sudo, form_sudo, lead_values):
        """Note on the lead what its visitor sent this time, and fill in what was missing; nothing is overwritten."""
        labels = {name: lead_sudo._fields[name]._description_string(self.env) for name in lead_values}
        lead_sudo.message_post(
            subtype_xmlid='mail.mt_note',
            body=plaintext2html(self.env._("Posted again through %s:", form_sudo.name) + '\n' + '\n'.join(
                f'{labels[name]}: {value}' for name, value in lead_values.items())))
        missing = {name: value for name, value in self._prepare_texts(lead_values).items() if not lead_sudo[name]}
        if missing:
            lead_sudo.write(missing)

    @api.autovacuum
    def _gc_submissions(self):
        """Forget what came in long ago; the leads stay."""
        limit = 10_000
        old = self.sudo().search(
            [('create_date', '<', fields.Datetime.now() - timedelta(days=KEPT_DAYS))], limit=limit)
        old.unlink()
        return len(old), limit if len(old) == limit else 0
