from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.ltc_base.models.ltc_owner_log import OwnerWay

CONFLICT_STATES = [
    ('open', "To Decide"),
    ('decided', "Decided"),
    ('lapsed', "Lapsed"),
]
MATCH_KINDS = [
    ('vat', "Same Tax ID"),
    ('name', "Same Company Name"),
    ('phone', "Same Phone"),
    ('domain', "Same Email Domain"),
    ('customer', "Same Customer"),
]
DECISIONS = [
    ('keep', "The owner keeps the customer"),
    ('hand_over', "The newcomer takes over"),
    ('share', "Both go on"),
    ('merge', "Merge the two"),
]
ORIGINS = [
    ('entered', "Entered"),
    ('asked', "Asked For"),
    ('pass', "Found by the Nightly Check"),
]
MANAGERS = 'sales_team.group_sale_manager,ltc_base.group_ltc_operations'


class LtcLeadConflict(models.Model):
    """Two people on one customer. Both see that, and of each other the team only; a manager decides, once and for good.

    Made by the server alone (:meth:`_open`), decided by :meth:`action_decide`; nobody has the right to change one.
    """
    _name = 'ltc.lead.conflict'
    _description = "Lead Conflict"
    _order = 'state DESC, id DESC'

    name = fields.Char(string="Customer", required=True, readonly=True)
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    state = fields.Selection(CONFLICT_STATES, default='open', required=True, readonly=True)
    match = fields.Selection(MATCH_KINDS, string="Recognised By", required=True, readonly=True)
    origin = fields.Selection(ORIGINS, string="Found", required=True, readonly=True)

    is_former = fields.Boolean(
        string="Of a Former Customer", readonly=True, help="One of the two leads is about somebody else since.")

    lead_id = fields.Many2one(
        'crm.lead', string="Lead of the Newcomer", readonly=True, index='btree_not_null', ondelete='set null',
        groups=MANAGERS)
    user_id = fields.Many2one(
        'res.users', string="Newcomer", readonly=True, index='btree_not_null', ondelete='set null', groups=MANAGERS)
    team_id = fields.Many2one('crm.team', string="Team ID of the Newcomer", readonly=True, groups=MANAGERS)
    team_name = fields.Char(string="Team of the Newcomer", readonly=True)

    holder_lead_id = fields.Many2one(
        'crm.lead', string="Lead of the Owner", readonly=True, index='btree_not_null', ondelete='set null',
        groups=MANAGERS)
    holder_partner_id = fields.Many2one(
        'res.partner', string="Customer of the Owner", readonly=True, index='btree_not_null', ondelete='set null',
        groups=MANAGERS)
    holder_registration_id = fields.Many2one(
        'ltc.lead.registration', string="Registration of a Channel Partner", readonly=True, index='btree_not_null',
        ondelete='set null', groups=MANAGERS)
    holder_id = fields.Many2one(
        'res.users', string="Owner", readonly=True, index='btree_not_null', ondelete='set null', groups=MANAGERS)
    holder_team_id = fields.Many2one('crm.team', string="Team ID of the Owner", readonly=True, groups=MANAGERS)
    holder_team_name = fields.Char(string="Team of the Owner", readonly=True)

    decision = fields.Selection(DECISIONS, readonly=True)
    reason = fields.Text(readonly=True)
    decided_by_id = fields.Many2one('res.users', readonly=True, ondelete='restrict')
    decided_on = fields.Datetime(readonly=True)
    can_decide = fields.Boolean(compute='_compute_can_decide')
    decider_note = fields.Char(compute='_compute_can_decide', help="Why the user cannot decide it.")

    _pair_uniq = models.UniqueIndex(
        "(COALESCE(lead_id, -user_id), COALESCE(holder_lead_id, 0), COALESCE(holder_partner_id, 0),"
        " COALESCE(holder_registration_id, 0)) WHERE state = 'open'"
        " AND COALESCE(holder_lead_id, holder_partner_id, holder_registration_id) IS NOT NULL",
        "These two are in conflict already.")
    _open_idx = models.Index("(company_id, id) WHERE state = 'open'")

    @api.depends('state')
    @api.depends_context('uid')
    def _compute_can_decide(self):
        for conflict in self:
            conflict.decider_note = conflict.state == 'open' and conflict._get_decider_blocker(self.env.user)
            conflict.can_decide = conflict.state == 'open' and not conflict.decider_note

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_nobody(self):
        raise UserError(self.env._(
            "%s stays on record; decide it instead of deleting it.", ', '.join(self.mapped('display_name'))))

    # === OPENING === #

    @api.model
    def _open(self, rows, origin):
        """Record conflicts found by :meth:`_match` in one statement; a pair that is open already is left alone.

        The server signs them: by who created it the owner would learn who the newcomer is.

        :param list[dict] rows: values of the columns
        :return: the new conflicts in sudo
        """
        if not rows:
            return self.sudo()
        now = fields.Datetime.now()
        names = sorted(rows[0])
        values = SQL(', ').join(
            SQL('(%s)', SQL(', ').join(self._sql_fact(name, row[name]) for name in names)) for row in rows)
        inserted = self.env.execute_query(SQL(
            """INSERT INTO ltc_lead_conflict (state, origin, create_uid, create_date, write_uid, write_date, %s)
               SELECT 'open', %s, %s, %s::timestamp, %s, %s::timestamp, fact.* FROM (VALUES %s) AS fact
                   ON CONFLICT DO NOTHING RETURNING id""",
            SQL(', ').join(map(SQL.identifier, names)), origin, SUPERUSER_ID, now, SUPERUSER_ID, now, values))
        conflicts_sudo = self.sudo().browse(conflict_id for conflict_id, in inserted)
        conflicts_sudo._mark_leads()
        return conflicts_sudo

    @api.model
    def _sql_fact(self, name, value):
        return SQL('%s::int' if self._fields[name].type == 'many2one' else '%s', value or None)

    def _mark_leads(self):
        """Bring the mark on the leads of both sides up to date; only leads whose mark changes are written."""
        self.flush_model()
        leads_sudo = self.sudo().lead_id | self.sudo().holder_lead_id
        if not leads_sudo:
            return
        self.env.cr.execute(SQL(
            """UPDATE crm_lead lead SET ltc_in_conflict = mark.is_open
                 FROM (SELECT l.id, EXISTS (
                           SELECT FROM ltc_lead_conflict c
                            WHERE c.state = 'open' AND (c.lead_id = l.id OR c.holder_lead_id = l.id)) AS is_open
                         FROM crm_lead l WHERE l.id = ANY(%s)) AS mark
                WHERE mark.id = lead.id AND lead.ltc_in_conflict IS DISTINCT FROM mark.is_open""", leads_sudo.ids))
        leads_sudo.invalidate_recordset(['ltc_in_conflict'])

    def _lapse(self):
        """Close what has lost its object: a lead of it is being deleted."""
        self.write({'state': 'lapsed'})
        self._mark_leads()

    def _tell_owners(self, get_sentence):
        """Tell both sides of each conflict one sentence, each in his language.

        It names the customer and the teams, nothing else: ``get_sentence`` gets the conflict in that language. The
        server says it, for the author would be the newcomer.
        """
        Thread = self.env['mail.thread'].with_user(SUPERUSER_ID)
        for conflict_sudo in self.sudo():
            people = conflict_sudo.user_id | conflict_sudo.holder_id
            for lang, users in people.filtered('active').grouped('lang').items():
                told_sudo = conflict_sudo.with_context(lang=lang)
                Thread.with_context(lang=lang).message_notify(
                    partner_ids=users.partner_id.ids, subject=conflict_sudo.display_name,
                    body=get_sentence(told_sudo), model=self._name, res_id=conflict_sudo.id)

    def _tell_opened(self):
        self._tell_owners(lambda told: told.env._(
            "%(customer)s is worked on by two: team %(team)s and team %(other)s. A sales manager decides; until then"
            " agree with your manager before you call.", customer=told.name, team=told.team_name or "–",
            other=told.holder_team_name or "–"))

    # === DECIDING === #

    def action_open_decision(self):
        """Open the dialog in which a manager decides."""
        self.ensure_one()
        self._check_decider()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Decide: %s", self.name),
            'res_model': 'ltc.lead.conflict.decide',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_conflict_id': self.id},
        }

    def action_decide(self, decision, reason):
        """Decide these conflicts for good: who goes on with the customer, and why."""
        self.check_access('read')
        self.lock_for_update()
        for conflict in self:
            conflict._check_decider()
            if decision not in dict(DECISIONS) or not (reason or '').strip():
                raise UserError(self.env._(
                    "%s is decided with a decision and a reason; give both.", conflict.display_name))
            conflict._get_apply_methods()[decision](conflict.sudo())  # the leads of both may be out of a rule's reach
        self.sudo().write({
            'state': 'decided', 'decision': decision, 'reason': reason, 'decided_by_id': self.env.uid,
            'decided_on': fields.Datetime.now()})
        self._mark_leads()
        self.env['ltc.audit.log']._append([{
            'kind': 'conflict', 'document': conflict, 'company': conflict.company_id,
            'values': {'decision': decision, 'reason': reason, 'customer': conflict.name},
        } for conflict in self])
        self._tell_owners(lambda told: told.env._(
            "%(customer)s, team %(team)s and team %(other)s: %(decision)s. Reason: %(reason)s", customer=told.name,
            team=told.team_name or "–", other=told.holder_team_name or "–", reason=told.reason,
            decision=dict(self._fields['decision']._description_selection(told.env))[decision]))
        return True

    def _check_decider(self):
        self.ensure_one()
        if self.state == 'lapsed':
            raise UserError(self.env._("%s has lapsed, for a lead of it is gone; there is nothing to decide.",
                                       self.display_name))
        if self.state != 'open':
            raise UserError(self.env._(
                "%(conflict)s was decided by %(user)s; a decision stands.", conflict=self.display_name,
                user=self.sudo().decided_by_id.name))
        blocker = self._get_decider_blocker(self.env.user)
        if blocker:
            raise AccessError(blocker)

    def _get_decider_blocker(self, user):
        """Return why ``user`` may not decide this conflict, or nothing: a manager decides, and not on his own case."""
        if self.env.su:
            return ''
        if not any(user.has_group(group) for group in MANAGERS.split(',')):
            return self.env._("%s is decided by a sales manager; ask yours.", self.display_name)
        if user in (self.sudo().user_id, self.sudo().holder_id):
            return self.env._(
                "%s is your own; another sales manager decides it.", self.display_name)
        return ''

    @api.model
    def _get_apply_methods(self):
        """Return {decision: method that carries it out on one conflict in sudo}."""
        return {
            'keep': lambda conflict: conflict._hand_over(
                conflict.lead_id, conflict.holder_lead_id.user_id or conflict.holder_id,
                conflict.holder_lead_id.team_id or conflict.holder_team_id),
            'hand_over': lambda conflict: conflict._take_over(),
            'share': lambda conflict: None,
            'merge': lambda conflict: conflict._merge(),
        }

    def _hand_over(self, documents, user, team):
        """Give leads or a customer to ``user``; what is already his stays untouched."""
        documents = documents.filtered(lambda document: document.user_id != user)
        if documents and user:
            values = {'user_id': user.id}
            if documents._name == 'crm.lead' and team:
                values['team_id'] = team.id
            documents.with_context(ltc_owner_way=OwnerWay.MANUAL).write(values)

    def _take_over(self):
        if not self.user_id:
            raise UserError(self.env._(
                "%s has no newcomer who could take over; hand the lead to somebody first.", self.display_name))
        self._hand_over(self.holder_lead_id, self.user_id, self.team_id)
        self._hand_over(self.holder_partner_id, self.user_id, self.team_id)
        self._hand_over(self.holder_registration_id.lead_id, self.user_id, self.team_id)

    def _merge(self):
        leads = self.lead_id | self.holder_lead_id
        if len(leads) < 2:
            raise UserError(self.env._(
                "%s has no second lead to merge with; let the owner keep it, or hand it over.", self.display_name))
        owner = self.holder_lead_id.user_id
        merged = leads._merge_opportunity(
            user_id=owner.id, team_id=self.holder_lead_id.team_id.id, auto_unlink=False)
        (leads - merged).action_archive()  # kept, so that the conflict still shows what it was about
