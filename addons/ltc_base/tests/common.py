from odoo.tests import TransactionCase, new_test_user

ROLES = {
    'sales': 'base.group_user,ltc_base.group_ltc_user',
    'manager': 'base.group_user,ltc_base.group_ltc_user',
    'presales': 'base.group_user,ltc_base.group_ltc_presales',
    'delivery': 'base.group_user,ltc_base.group_ltc_delivery',
    'finance': 'base.group_user,ltc_base.group_ltc_finance,ltc_base.group_ltc_commercial',
    'legal': 'base.group_user,ltc_base.group_ltc_legal',
    'collector': 'base.group_user,ltc_base.group_ltc_collector',
    'director': 'base.group_user,ltc_base.group_ltc_decision',
    'operations': 'base.group_user,ltc_base.group_ltc_operations',
    'auditor': 'base.group_user,ltc_base.group_ltc_auditor',
}


class LtcCommon(TransactionCase):
    """One user a role; each floor adds its core groups through :attr:`role_groups`."""

    role_groups = {}  # {role: extra group xmlids, comma separated}; subclasses extend with {**Base.role_groups, …}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, 'tracking_disable': False, 'no_reset_password': True})
        cls.company = cls.env.company
        for role, groups in ROLES.items():
            extra = cls.role_groups.get(role)
            setattr(cls, role, new_test_user(
                cls.env, f'ltc_test_{role}', groups=f'{groups},{extra}' if extra else groups,
                company_id=cls.company.id, company_ids=[(6, 0, cls.company.ids)], name=f'LTC {role.title()}',
                lang='en_US'))

    @classmethod
    def _set_profile(cls, profile, company=None):
        (company or cls.company).ltc_profile = profile

    def _get_owner_costs(self, documents):
        """Return how many queries the history of another owner takes: of one document, then of all of them."""
        costs = []
        for batch, user in ((documents[:1], self.manager), (documents, self.director)):
            batch.user_id = user
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env['ltc.owner.log']._write_changes()
            costs.append(self.env.cr.sql_log_count - before)
        return costs

    def _run_follow_up(self):
        """Let the job remind, escalate and call, without the commits that a test has not."""
        self.patch(self.registry['ir.cron'], '_commit_progress', lambda cron, *args, **kw: 60.0)
        self.env['ltc.gate.review']._cron_follow_up()

    @classmethod
    def _submit(cls, document, code, user=None):
        """Submit ``document`` with the whole checklist ticked, as ``user`` (its salesperson by default)."""
        user = user or ('user_id' in document._fields and document.user_id) or cls.sales
        gate = cls.env['ltc.gate']._get_by_code(code)
        answers = {check.id: True for check in gate.check_ids}
        return document.with_user(user)._ltc_submit(code, answers).sudo(False)

    @classmethod
    def _hear(cls, review, verdict='agree'):
        """Let the first candidate of each dimension give the opinion."""
        for opinion in review.sudo().opinion_ids.filtered(lambda opinion: opinion.state == 'pending'):
            opinion.with_user(opinion.candidate_ids[:1]).sudo(False).action_give(verdict, comment="Seen.")

    @classmethod
    def _decide(cls, review, decision='go', **values):
        """Decide as the frozen deciders, as many as the mode asks for."""
        review_sudo = review.sudo()
        while review_sudo.state == 'in_review':
            decider = review_sudo._get_turn_seats()[:1].candidate_ids[:1]
            review.with_user(decider).sudo(False).action_decide(decision, **values)
            review_sudo.invalidate_recordset()

    @classmethod
    def _pass_gate(cls, document, code, user=None, decision='go', **values):
        """Take ``document`` through gate ``code`` by the real actions; return the round."""
        review = cls._submit(document, code, user)
        cls._hear(review)
        cls._decide(review, decision, **values)
        return review
