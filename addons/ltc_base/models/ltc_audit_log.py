import hashlib
import json
from collections import Counter, defaultdict
from datetime import date, datetime

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

AUDIT_KINDS = [
    ('submitted', "Submitted"),
    ('opinion', "Opinion Given"),
    ('reviewer_added', "Reviewer Added"),
    ('seat_decided', "One Decider Decided"),
    ('limited', "Decision Limited"),
    ('decided', "Decided"),
    ('withdrawn', "Withdrawn"),
    ('returned', "Returned for Rework"),
    ('reminded', "Reminded"),
    ('escalated', "Escalated"),
    ('hold_resumed', "Hold Resumed"),
    ('condition_done', "Condition Fulfilled"),
    ('delegation', "Delegation"),
    ('configuration', "Configuration Changed"),
]
SEALED = (  # in this order they make the hash of an entry
    'company_id', 'number', 'kind', 'name', 'res_model', 'res_id', 'document_name', 'flow_id', 'user_id',
    'on_behalf_of_id', 'moment', 'payload', 'previous_hash',
)
VERIFY_CHUNK = 5000


class LtcAuditLog(models.Model):
    """Append-only log of decisions; every entry carries the hash of the one before it, one chain a company.

    Entries are made by :meth:`_append` alone. The ORM refuses everything else to everybody, and a trigger refuses
    UPDATE, DELETE and TRUNCATE to whoever comes by SQL; who disables the trigger is found by the verification
    (``ltc.audit.check``). A new column of this model must do without a default value: it could not be filled in.
    """
    _name = 'ltc.audit.log'
    _description = "Audit Log"
    _order = 'id desc'
    _rec_names_search = ['name', 'document_name']
    _log_access = False  # user_id and moment are the stamps, and they are sealed

    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='restrict')
    number = fields.Integer(string="No.", required=True, readonly=True, aggregator=None)
    kind = fields.Selection(
        AUDIT_KINDS, string="What Happened", required=True, readonly=True,
        help="Addons add theirs with an ondelete policy that keeps the entries: lambda entries: None.")
    name = fields.Char(string="In Words", readonly=True)
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(string="Document ID", model_field='res_model', readonly=True)
    document_name = fields.Char(string="Document", readonly=True)
    flow_id = fields.Many2one(
        'ltc.flow', string="LTC Case", readonly=True, ondelete='restrict', index='btree_not_null')
    user_id = fields.Many2one('res.users', required=True, readonly=True, ondelete='restrict', index=True)
    on_behalf_of_id = fields.Many2one(
        'res.users', readonly=True, ondelete='restrict', index='btree_not_null')
    moment = fields.Datetime(required=True, readonly=True)
    payload = fields.Text(
        string="Facts (JSON)", required=True, readonly=True, help="Canonical: keys sorted, no blanks, UTF-8.")
    payload_table = fields.Html(string="Facts", compute='_compute_payload_table', sanitize=False)
    previous_hash = fields.Char(required=True, readonly=True)
    hash = fields.Char(required=True, readonly=True, help="SHA-256 of this entry and of the hash before it.")

    _number_uniq = models.UniqueIndex('(company_id, number)', "The audit chain has an entry of that number already.")
    _document_idx = models.Index('(res_model, res_id)')

    def init(self):
        self._create_refusing_function()
        self.env.cr.execute(SQL("""
            DROP TRIGGER IF EXISTS ltc_audit_log_keep ON ltc_audit_log;
            CREATE TRIGGER ltc_audit_log_keep BEFORE UPDATE OR DELETE ON ltc_audit_log FOR EACH ROW
                EXECUTE FUNCTION ltc_audit_refuse();
            DROP TRIGGER IF EXISTS ltc_audit_log_truncate ON ltc_audit_log;
            CREATE TRIGGER ltc_audit_log_truncate BEFORE TRUNCATE ON ltc_audit_log
                EXECUTE FUNCTION ltc_audit_refuse();
        """))

    @api.model
    def _create_refusing_function(self):
        self.env.cr.execute(SQL("""
            CREATE OR REPLACE FUNCTION ltc_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege',
                    MESSAGE = TG_OP || ' on ' || TG_TABLE_NAME || ' is refused: the audit log is append-only';
            END $$
        """))

    # === COMPUTE METHODS === #

    @api.depends('number', 'kind', 'document_name')
    @api.depends_context('lang')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for entry in self:
            entry.display_name = ' '.join(filter(None, [
                f'#{entry.number}', kinds.get(entry.kind, entry.kind), entry.document_name]))

    @api.depends('payload')
    def _compute_payload_table(self):
        for entry in self:
            facts = json.loads(entry.payload) if entry.payload else {}
            entry.payload_table = bool(facts) and _render_facts(facts)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse(self.env._(
            "Nobody writes the audit log by hand; an entry is made by the decision that it records."))
        return super().create(vals_list)

    def write(self, vals):
        self._refuse(self.env._("Audit entry %s stands as it was made; nobody changes it.", self[:1].display_name))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_nobody(self):
        self._refuse(self.env._("Audit entry %s stays for good; nobody deletes it.", self[:1].display_name))

    def _refuse(self, sentence):
        raise UserError(sentence)

    # === ACTION METHODS === #

    def action_verify(self):
        """Verify the chains of the companies that the user works in, and tell the result."""
        self.check_access('read')
        return self.env['ltc.audit.check']._check_companies(self.env.companies)._notify()

    def action_open_document(self):
        """Open the document that the entry is about; the user's own access decides."""
        self.ensure_one()
        document = self.res_model in self.env and self.env[self.res_model].browse(self.res_id or 0).exists()
        if not document:
            raise UserError(self.env._(
                "%(document)s does not exist any more; the entry tells what it was.",
                document=self.document_name or self.display_name))
        return document._get_records_action()

    # === BUSINESS METHODS === #

    @api.model
    def _append(self, events):
        """Append one entry an event; a constant number of queries for any batch.

        :param list[dict] events: ``kind`` (of :data:`AUDIT_KINDS`), ``document`` (one record, or nothing),
            ``company`` (that of the user when missing), ``values`` (JSON-able facts), ``on_behalf_of`` (user, when
            somebody stood in for another), ``name`` (a sentence)
        :return: the entries, in the order of ``events``
        """
        if not events:
            return self
        vals_list = [self._prepare_entry_values(event) for event in self._share_prefetch(events)]
        Chain = self.env['ltc.audit.chain']
        heads = Chain._reserve(Counter(vals['company_id'] for vals in vals_list))
        for vals in vals_list:
            number, previous_hash = heads[vals['company_id']]
            vals.update(number=number + 1, previous_hash=previous_hash)
            vals['hash'] = self._digest(vals)
            heads[vals['company_id']] = vals['number'], vals['hash']
        entries = self._insert(vals_list)
        Chain._advance({company_id: head for company_id, (_number, head) in heads.items()})
        return entries

    @api.model
    def _insert(self, vals_list):
        """Write the entries past the ORM, which refuses them to everybody."""
        names = (*SEALED, 'hash')
        rows = SQL(', ').join(SQL('%s', tuple(vals[name] for name in names)) for vals in vals_list)
        inserted = self.env.execute_query(SQL(
            "INSERT INTO ltc_audit_log (%s) VALUES %s RETURNING id",
            SQL(', ').join(map(SQL.identifier, names)), rows))
        return self.browse(entry_id for entry_id, in inserted)

    @api.model
    def _share_prefetch(self, events):
        """Let the documents of one model be read at once, however they were collected."""
        ids = defaultdict(list)
        for event in events:
            if event.get('document'):
                ids[event['document']._name].extend(event['document'].ids)
        return [
            {**event, 'document': event['document'].sudo().with_prefetch(ids[event['document']._name])}
            if event.get('document') else event for event in events
        ]

    @api.model
    def _prepare_entry_values(self, event):
        document = event.get('document')
        return {
            'company_id': (event.get('company') or self.env.company).id,
            'kind': event['kind'],
            'name': event.get('name') or None,
            'res_model': document._name if document else None,
            'res_id': document.id if document else None,
            'document_name': (document.display_name or None) if document else None,
            'flow_id': self._get_document_flow(document).id or None,
            'user_id': self.env.uid,
            'on_behalf_of_id': (event.get('on_behalf_of') or self.env['res.users']).id or None,
            'moment': fields.Datetime.now(),
            'payload': _canonical(event.get('values') or {}),
        }

    @api.model
    def _get_document_flow(self, document):
        """Return the case of a document of any model, or an empty recordset."""
        for name in ('ltc_flow_id', 'flow_id'):
            if document and name in document._fields:
                return document[name]
        return self.env['ltc.flow']

    @api.model
    def _digest(self, values):
        """Return the hash of an entry from its column values, those of a dict of ``create`` or of a row."""
        sealed = [values[name] for name in SEALED]
        return hashlib.sha256(_canonical(sealed).encode()).hexdigest()

    @api.model
    def _iterate_rows(self, company):
        """Yield the rows of a chain in order, in chunks: as the database holds them, past the cache."""
        last = (0, 0)
        columns = SQL(', ').join(map(SQL.identifier, ('id', 'hash', *SEALED)))
        while True:
            rows = self.env.execute_query_dict(SQL(
                """SELECT %s FROM ltc_audit_log WHERE company_id = %s AND (number, id) > (%s, %s)
                    ORDER BY number, id LIMIT %s""", columns, company.id, *last, VERIFY_CHUNK))
            yield from rows
            if len(rows) < VERIFY_CHUNK:
                return
            last = rows[-1]['number'], rows[-1]['id']


def _canonical(value):
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(',', ':'), allow_nan=False, default=_as_text)


def _as_text(value):
    if isinstance(value, datetime):
        return fields.Datetime.to_string(value)
    if isinstance(value, date):
        return fields.Date.to_string(value)
    raise TypeError(f"{type(value).__name__} is no fact for the audit log")


def _render_facts(facts):
    """Return the facts as a table, nested ones as tables within."""
    if isinstance(facts, dict):
        rows = Markup().join(
            Markup('<tr><th class="text-muted fw-normal w-25">%s</th><td>%s</td></tr>') % (key, _render_facts(value))
            for key, value in facts.items())
        return Markup('<table class="table table-sm mb-0"><tbody>%s</tbody></table>') % rows
    if isinstance(facts, list) and not any(isinstance(value, (dict, list)) for value in facts):
        return Markup('%s') % ' · '.join(str(value) for value in facts)
    if isinstance(facts, list):
        return Markup().join(Markup('<div>%s</div>') % _render_facts(value) for value in facts)
    return Markup('%s') % ('' if facts is None else facts)
