from enum import Enum

from odoo import api, fields, models
from odoo.tools import SQL

OWNER_QUEUE = 'ltc_base.owner_changes'
NO_OWNER_BEFORE = -1  # in the queue: the document was made in this transaction, and it is told how


class OwnerWay(Enum):
    """How a document came to its owner. Put into the context by server code; what a client sends is only text."""
    CREATED = 'created'
    MANUAL = 'manual'
    CLAIM = 'claim'
    ASSIGN = 'assign'
    RECYCLE = 'recycle'
    IMPORT = 'import'


OWNER_WAYS = [
    ('created', "Created"),
    ('manual', "Handed Over"),
    ('claim', "Claimed"),
    ('assign', "Assigned by Rule"),
    ('recycle', "Recycled"),
    ('import', "Imported"),
]


class LtcOwnerLog(models.Model):
    """Who owned a document from when until when, and how it came to him. Written at its first change of owner on."""
    _name = 'ltc.owner.log'
    _description = "Owner History"
    _order = 'since desc, id desc'
    _rec_name = 'user_id'
    _log_access = False  # since and changed_by_id are the stamps

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field='res_model', required=True, readonly=True)
    company_id = fields.Many2one('res.company', readonly=True, ondelete='cascade')
    user_id = fields.Many2one(
        'res.users', string="Owner", readonly=True, index='btree_not_null', ondelete='set null',
        help="Nobody: it waited in the pool.")
    since = fields.Datetime(string="From", required=True, readonly=True)
    until = fields.Datetime(compute='_compute_until')
    days = fields.Float(compute='_compute_until')
    way = fields.Selection(OWNER_WAYS, string="How", required=True, readonly=True)
    changed_by_id = fields.Many2one('res.users', string="By", readonly=True, ondelete='set null')

    _document_idx = models.Index('(res_model, res_id)')

    @api.depends('since')
    def _compute_until(self):
        """Read, in one query, when the next owner followed."""
        rows = dict(self.env.execute_query(SQL(
            """SELECT * FROM (SELECT id, LEAD(since) OVER (PARTITION BY res_model, res_id ORDER BY since, id)
                                FROM ltc_owner_log
                               WHERE (res_model, res_id) IN (SELECT res_model, res_id FROM ltc_owner_log
                                                              WHERE id = ANY(%s))) AS period
                WHERE id = ANY(%s)""", self.ids, self.ids)))
        for log in self:
            log.until = rows.get(log._origin.id)
            log.days = ((log.until or fields.Datetime.now()) - log.since).total_seconds() / 86400

    # === BUSINESS METHODS === #

    @api.model
    def _write_changes(self):
        """Write the queued changes of this transaction: one statement a model, however many documents.

        The new owner is read from the table, so that what a savepoint took back is not told.
        """
        for (model, field), changes in self.env.cr.precommit.data.pop(OWNER_QUEUE, {}).items():
            self.env[model].flush_model([field])
            self.env.cr.execute(self._prepare_insert(self.env[model], field, changes))

    @api.model
    def _prepare_insert(self, documents, field, changes):
        rows = SQL(', ').join(
            SQL('(%s, %s::int, %s, %s)', res_id, owner or None, way, uid)
            for res_id, (owner, way, uid) in changes.items())
        company = SQL('document.company_id') if 'company_id' in documents._fields else SQL('NULL::int')
        return SQL(
            """
            WITH moved AS (
                SELECT document.id, %(company)s AS company_id, document.create_date, document.create_uid,
                       change.owner AS old_id, document.%(owner)s AS new_id, change.way, change.uid
                  FROM (VALUES %(rows)s) AS change (id, owner, way, uid)
                  JOIN %(table)s document ON document.id = change.id
                 WHERE document.%(owner)s IS DISTINCT FROM change.owner
            )
            INSERT INTO ltc_owner_log (res_model, res_id, company_id, user_id, since, way, changed_by_id)
            SELECT %(model)s, id, company_id, owner_id, since, way, uid
              FROM (SELECT 1 AS rank, id, company_id, old_id AS owner_id, create_date AS since, 'created' AS way,
                           create_uid AS uid
                      FROM moved
                     WHERE old_id IS DISTINCT FROM %(none)s AND NOT EXISTS (SELECT FROM ltc_owner_log known
                                        WHERE known.res_model = %(model)s AND known.res_id = moved.id)
                     UNION ALL
                    SELECT 2, id, company_id, new_id, %(now)s, way, uid FROM moved) AS period
          ORDER BY rank, id
            """,
            company=company, owner=SQL.identifier(field), rows=rows, table=SQL.identifier(documents._table),
            model=documents._name, none=NO_OWNER_BEFORE, now=fields.Datetime.now())
