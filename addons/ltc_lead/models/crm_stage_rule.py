from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError

RULE_FIELDS = {  # what a stage says of the way through the pipeline: what restricts nothing
    'ltc_is_start': True,
    'ltc_is_skippable': True,
    'ltc_is_return_allowed': True,
    'ltc_required_field_ids': False,
    'ltc_is_quotation_required': False,
    'ltc_gate_ids': False,
}
ORDER_FIELDS = {'sequence', 'team_ids'}  # what lies on the way is a matter of the rules, where there are any


class StageRule(NamedTuple):
    """A stage of the pipeline as the moves are checked against it; hashable, for it lives in the cache."""
    stage_id: int
    team_ids: tuple
    is_start: bool
    is_skippable: bool
    is_return_allowed: bool
    required_fields: tuple
    is_quotation_required: bool
    gates: tuple

    def restricts(self):
        """Return whether this stage asks for anything at all."""
        return not (self.is_start and self.is_skippable and self.is_return_allowed) or self.demands()

    def demands(self):
        """Return whether something must be there before an opportunity enters."""
        return bool(self.required_fields or self.is_quotation_required or self.gates)

    def belongs_to(self, team_id):
        """Return whether the stage stands in the pipeline of that team."""
        return not self.team_ids or team_id in self.team_ids


class CrmStage(models.Model):
    """What a stage asks of the opportunities that enter, jump over or leave it. New stages ask for nothing."""
    _name = 'crm.stage'
    _inherit = ['crm.stage', 'ltc.cached.mixin', 'ltc.audit.config.mixin']

    ltc_is_start = fields.Boolean(
        string="May Begin Here", default=True,
        help="New opportunities and converted leads may begin in this stage.")
    ltc_is_skippable = fields.Boolean(
        string="May Be Skipped", default=True,
        help="Unticked: nobody moves past this stage without having stood in it, nor begins behind it.")
    ltc_is_return_allowed = fields.Boolean(
        string="May Move Back", default=True,
        help="Unticked: an opportunity that reached this stage does not return to an earlier one.")
    ltc_required_field_ids = fields.Many2many(
        'ir.model.fields', 'crm_stage_required_field_rel', 'stage_id', 'field_id', string="Mandatory Fields",
        domain="[('model', '=', 'crm.lead'), ('store', '=', True), ('ttype', 'not in', ('one2many', 'binary'))]",
        help="Must be filled in before an opportunity enters or jumps over this stage.")
    ltc_is_quotation_required = fields.Boolean(
        string="Requires a Quotation", help="Entered only with a quotation that was not cancelled.")
    ltc_gate_ids = fields.Many2many(
        'ltc.gate', 'crm_stage_gate_rel', 'stage_id', 'gate_id', string="Gates Passed Before",
        help="Where these gates are in force, the stage is entered after their Go only. A gate of another document"
        " must have been passed by a document of the same case.")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        self._ltc_check_rule_rights([
            name for vals in vals_list for name in RULE_FIELDS.keys() & vals.keys()
            if (vals[name] or False) != RULE_FIELDS[name]])
        return stages

    def write(self, vals):
        self._ltc_check_rule_rights(vals.keys() - (set() if self._ltc_get_rules() else ORDER_FIELDS))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_ruled(self):
        rules = {rule.stage_id: rule for rule in self._ltc_get_rules()}
        if any(rules[stage.id].restricts() for stage in self if stage.id in rules):
            self._ltc_check_rule_rights(RULE_FIELDS)

    def _ltc_check_rule_rights(self, names):
        """Raise when somebody else than sales operations changes what binds the salespeople and their managers."""
        if self.env.su or not (RULE_FIELDS.keys() | ORDER_FIELDS) & set(names):
            return
        if not self.env.user.has_group('ltc_base.group_ltc_operations'):
            raise AccessError(self.env._(
                "%(stages)s: the rules and the order of the stages bind sales managers too; ask sales operations to"
                " change them.",
                stages=', '.join(self.mapped('name')) or self.env._("New stage")))

    def _audit_change(self, change, vals):
        """Only a change of the rules is told, not that a column was folded or dragged."""
        told = {name: value for name, value in vals.items() if value != RULE_FIELDS.get(name, value)} \
            if change == 'created' else {name: value for name, value in vals.items() if name in RULE_FIELDS}
        return super()._audit_change(change, told) if told else None

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache()
    def _ltc_get_rules(self):
        """Return all stages in the order of the pipeline as :class:`StageRule`; empty where none restricts anything.

        No query when cached, so that a database without stage rules pays nothing for its moves.
        """
        rules = tuple(stage._prepare_ltc_rule() for stage in self.sudo().search([]))
        return rules if any(rule.restricts() for rule in rules) else ()

    def _prepare_ltc_rule(self):
        return StageRule(
            self.id, tuple(self.team_ids.ids), self.ltc_is_start, self.ltc_is_skippable, self.ltc_is_return_allowed,
            tuple(self.ltc_required_field_ids.mapped('name')), self.ltc_is_quotation_required,
            tuple((gate.code, gate.model) for gate in self.ltc_gate_ids))

    @api.model
    def _ltc_get_pipeline(self, team_id, stage_id):
        """Return the rules of the stages of a team in order, with that one stage whatever team it belongs to."""
        return [rule for rule in self._ltc_get_rules() if rule.belongs_to(team_id) or rule.stage_id == stage_id]
