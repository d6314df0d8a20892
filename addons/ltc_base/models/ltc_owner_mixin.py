from odoo import api, models
from odoo.tools import SQL

from .ltc_owner_log import NO_OWNER_BEFORE, OWNER_QUEUE, OwnerWay


class LtcOwnerMixin(models.AbstractModel):
    """A document whose owners are remembered. Creating it costs nothing, changing owners or importing documents one
    query a transaction.
    """
    _name = 'ltc.owner.mixin'
    _description = "Document with an Owner History"

    _ltc_owner_field = 'user_id'  # the stored many2one to the owner

    @api.model
    def load(self, fields, data):
        """Tell of what is imported that it came to its owner this way."""
        way = self.env.context.get('ltc_owner_way')
        importer = self if isinstance(way, OwnerWay) else self.with_context(ltc_owner_way=OwnerWay.IMPORT)
        return super(LtcOwnerMixin, importer).load(fields, data)

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        if self.env.context.get('ltc_owner_way') is OwnerWay.IMPORT:
            documents._ltc_queue_owners({document.id: NO_OWNER_BEFORE for document in documents}, OwnerWay.IMPORT)
        return documents

    def write(self, vals):
        if self._ltc_owner_field in vals:
            self._ltc_queue_owner_changes(vals[self._ltc_owner_field] or False)
        return super().write(vals)

    def unlink(self):
        ids = self.ids
        result = super().unlink()
        if ids:
            self.env.cr.execute(SQL(
                "DELETE FROM ltc_owner_log WHERE res_model = %s AND res_id = ANY(%s)", self._name, ids))
        return result

    def _ltc_queue_owner_changes(self, user_id):
        """Remember the owners before the write; the history is written before the commit."""
        changes = {
            document.id: document[self._ltc_owner_field].id
            for document in self if document[self._ltc_owner_field].id != user_id
        }
        for owner_id in set(changes.values()):
            self._ltc_queue_owners(
                {res_id: owner for res_id, owner in changes.items() if owner == owner_id},
                self._ltc_get_owner_way(owner_id, user_id))

    @api.model
    def _ltc_queue_owners(self, changes, way):
        """Remember {id: owner before} for the history, which is written before the commit."""
        precommit = self.env.cr.precommit
        if OWNER_QUEUE not in precommit.data:
            precommit.data[OWNER_QUEUE] = {}
            precommit.add(self.env['ltc.owner.log']._write_changes)
        queue = precommit.data[OWNER_QUEUE].setdefault((self._name, self._ltc_owner_field), {})
        for res_id, owner_id in changes.items():
            queue[res_id] = queue[res_id][0] if res_id in queue else owner_id, way.value, self.env.uid

    @api.model
    def _ltc_get_owner_way(self, owner_id, user_id):
        """Return how a document comes from one owner to the next: what the server says, else what can be seen."""
        way = self.env.context.get('ltc_owner_way')
        if isinstance(way, OwnerWay):
            return way
        return OwnerWay.CLAIM if user_id == self.env.uid and not owner_id else OwnerWay.MANUAL

    def action_ltc_view_owners(self):
        """Open the owner history of this document."""
        self.ensure_one()
        self.check_access('read')
        self.env['ltc.owner.log']._write_changes()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('ltc_base.ltc_owner_log_action'),
            'domain': [('res_model', '=', self._name), ('res_id', '=', self.id)],
        }
