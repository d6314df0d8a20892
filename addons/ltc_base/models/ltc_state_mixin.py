from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .ltc_fact_mixin import get_own_defaults


class LtcStateMixin(models.AbstractModel):
    """A document of our own whose ``state`` moves only along a declared table; the check sits in ``write``.

    The inheriting model declares ``state`` (with a default, ``copy=False``), ``_transitions`` and, where it keeps
    who and when, ``_server_stamps``.
    """
    _name = 'ltc.state.mixin'
    _description = "Document with Guarded States"

    _transitions = {}  # {(state, target): xmlid of the group that may move it, or False for anybody with access}
    _server_stamps = ()  # names of fields that no client may set

    @api.model
    def default_get(self, fields):
        """No client presets a stamp: neither in the context nor by a saved default."""
        stamps = [name for name in fields if name in self._server_stamps]
        defaults = super().default_get([name for name in fields if name not in stamps])
        return {**defaults, **get_own_defaults(self, stamps)}

    @api.model_create_multi
    def create(self, vals_list):
        first_state = self._fields['state'].default(self)  # later states are reached by a move
        return super().create([{**self._drop_stamps(vals), 'state': first_state} for vals in vals_list])

    def write(self, vals):
        """Judge a move on what the document says, and again on what it says once the other values are written."""
        vals = self._drop_stamps(vals)
        if 'state' not in vals:
            return super().write(vals)
        moving = self.filtered(lambda document: document.state != vals['state'])
        moving._check_transitions(vals['state'])
        facts = {name: value for name, value in vals.items() if name != 'state'}
        if facts:
            super().write(facts)
            moving._check_transitions(vals['state'])
        return super().write({'state': vals['state']})

    def _check_transitions(self, target):
        for document in self:
            document._check_transition(target)

    def _drop_stamps(self, vals):
        if self.env.su or not self._server_stamps:
            return vals
        return {name: value for name, value in vals.items() if name not in self._server_stamps}

    def _check_transition(self, target):
        """Raise unless this document may move to ``target``: the table, then who, then the facts."""
        self.ensure_one()
        move = (self.state, target)
        if move not in self._transitions:
            raise UserError(self.env._(
                "%(document)s is %(state)s and cannot become %(target)s; follow the steps of the document.",
                document=self.display_name, state=self._get_state_label(self.state),
                target=self._get_state_label(target)))
        group = self._transitions[move]
        if group and not self.env.su and not self.env.user.has_group(group):
            raise AccessError(self.env._(
                "%(document)s may be made %(target)s only by %(group)s; ask one of them.",
                document=self.display_name, target=self._get_state_label(target),
                group=self.env.ref(group).sudo().display_name))
        blockers = self._get_transition_blockers(target)
        if blockers:
            raise UserError('\n'.join(blockers))

    def _get_state_label(self, state):
        return dict(self._fields['state']._description_selection(self.env)).get(state, state)

    def _get_transition_blockers(self, target):
        """Return, as sentences, what still keeps this document from ``target``. Extend the list of ``super()``."""
        return []
