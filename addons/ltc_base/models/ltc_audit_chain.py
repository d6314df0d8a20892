from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

GENESIS = ''  # what stands as the previous hash in the first entry of a chain


class LtcAuditChain(models.Model):
    """The head of a company's audit chain: how many entries there are, and the hash of the last one.

    The row is taken before entries are numbered, in the transaction of the decision that they record: nothing is
    logged that did not happen, and nothing happens that is not logged. Transactions are REPEATABLE READ here. A second
    one that appends to the same chain waits for the first, then fails to serialise, since the row that it saw is
    history; Odoo's ``retrying`` repeats the request on a fresh snapshot. So a chain cannot fork, at the price that two
    decisions of one company at the very same moment cost the later one a repetition. Whoever appends should do so
    late in the transaction, and a cron in small commits.
    """
    _name = 'ltc.audit.chain'
    _description = "Head of an Audit Chain"
    _order = 'company_id'
    _rec_name = 'company_id'
    _log_access = False

    company_id = fields.Many2one('res.company', required=True, readonly=True, ondelete='restrict')
    number = fields.Integer(string="Entries", required=True, readonly=True)
    hash = fields.Char(string="Head Hash", required=True, readonly=True)

    _company_uniq = models.UniqueIndex('(company_id)', "The company has an audit chain already.")

    def init(self):
        self.env['ltc.audit.log']._create_refusing_function()
        self.env.cr.execute(SQL("""
            DROP TRIGGER IF EXISTS ltc_audit_chain_forward ON ltc_audit_chain;
            CREATE TRIGGER ltc_audit_chain_forward BEFORE UPDATE ON ltc_audit_chain FOR EACH ROW
                WHEN (NEW.number < OLD.number OR NEW.company_id <> OLD.company_id)
                EXECUTE FUNCTION ltc_audit_refuse();
            DROP TRIGGER IF EXISTS ltc_audit_chain_keep ON ltc_audit_chain;
            CREATE TRIGGER ltc_audit_chain_keep BEFORE DELETE ON ltc_audit_chain FOR EACH ROW
                EXECUTE FUNCTION ltc_audit_refuse();
            DROP TRIGGER IF EXISTS ltc_audit_chain_truncate ON ltc_audit_chain;
            CREATE TRIGGER ltc_audit_chain_truncate BEFORE TRUNCATE ON ltc_audit_chain
                EXECUTE FUNCTION ltc_audit_refuse();
        """))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse()
        return super().create(vals_list)

    def write(self, vals):
        self._refuse()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_nobody(self):
        self._refuse()

    def _refuse(self):
        raise UserError(self.env._(
            "The head of an audit chain moves only with its entries; nobody changes it by hand."))

    # === BUSINESS METHODS === #

    @api.model
    def _reserve(self, counts):
        """Take the heads of some chains for this transaction and reserve numbers behind them.

        :param dict counts: {company id: how many entries follow}
        :return: {company id: (last number before them, its hash)}
        """
        rows = SQL(', ').join(
            SQL('(%s, %s, %s)', company_id, counts[company_id], GENESIS) for company_id in sorted(counts))
        self.env.cr.execute(SQL("""
            INSERT INTO ltc_audit_chain AS chain (company_id, number, hash) VALUES %s
            ON CONFLICT (company_id) DO UPDATE SET number = chain.number + EXCLUDED.number
            RETURNING company_id, number, hash
        """, rows), log_exceptions=False)  # to fail and be repeated is no error
        return {
            company_id: (number - counts[company_id], head) for company_id, number, head in self.env.cr.fetchall()}

    @api.model
    def _advance(self, hashes):
        """Write the hashes of the new last entries: {company id: hash}."""
        rows = SQL(', ').join(SQL('(%s, %s)', company_id, head) for company_id, head in hashes.items())
        self.env.cr.execute(SQL("""
            UPDATE ltc_audit_chain AS chain SET hash = tip.hash
              FROM (VALUES %s) AS tip (company_id, hash) WHERE chain.company_id = tip.company_id
        """, rows))
        self.invalidate_model(['number', 'hash'])

    @api.model
    def _get_heads(self, companies):
        """Return {company id: (number, hash)} as the database holds them."""
        rows = self.env.execute_query(SQL(
            "SELECT company_id, number, hash FROM ltc_audit_chain WHERE company_id = ANY(%s)", companies.ids))
        return {company_id: (number, head) for company_id, number, head in rows}
