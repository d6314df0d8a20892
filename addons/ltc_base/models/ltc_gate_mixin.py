from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class LtcGateMixin(models.AbstractModel):
    """A document that passes decision gates.

    Whether a gate is passed is computed from the facts at the moment of the move: the last decided round must be a
    Go, and its frozen figures must still be the document's. The inheriting model lists ``_ltc_gate_codes``, says what
    a decision is based on (:meth:`_ltc_get_gate_figures`) and calls :meth:`_ltc_check_gate` at the move.
    """
    _name = 'ltc.gate.mixin'
    _description = "Document with Decision Gates"
    _inherit = ['ltc.flow.mixin']

    _ltc_gate_codes = ()  # codes of the gates of this model, in the order they are passed

    ltc_review_ids = fields.One2many(
        'ltc.gate.review', 'res_id', string="Gate Reviews", readonly=True, copy=False, bypass_search_access=True,
        domain=lambda self: [('res_model', '=', self._name)])
    ltc_gate_summary = fields.Json(compute='_compute_ltc_gate_summary')

    # === HOOKS === #

    def _ltc_get_gate_figures(self, code):
        """Return the dict of everything that gate ``code`` decides on, JSON-able and deterministic.

        Every gated model overrides it. Standard keys are amount, amount_untaxed, currency (name), margin_percent,
        discount_percent, payment_days, customer_grade, partner and lines (list of lists); numbers are rounded. A
        value that differs later voids the Go, so nothing that moves by itself (today, rates) belongs here.
        """
        self.ensure_one()
        return {}

    @api.model
    def _ltc_get_figure_labels(self):
        """Return {key of the figures: translated label}, in the order shown; extend the dict of ``super()``."""
        return {
            'partner': self.env._("Customer"),
            'amount': self.env._("Amount"),
            'amount_untaxed': self.env._("Amount without Tax"),
            'currency': self.env._("Currency"),
            'margin_percent': self.env._("Margin (%)"),
            'discount_percent': self.env._("Deepest Discount (%)"),
            'payment_days': self.env._("Payment Days"),
            'customer_grade': self.env._("Customer Grade"),
        }

    @api.model
    def _ltc_format_figure(self, key, value):
        """Return the figure as a person reads it; extend for keys that hold ids."""
        if key == 'partner':
            return self.env['res.partner'].sudo().browse(value).display_name
        return str(value)

    @api.model
    def _ltc_get_line_columns(self):
        """Return the translated headings of a line of the figures."""
        return []

    @api.model
    def _ltc_format_line(self, line):
        """Return the cells of one line of the figures as strings, one per column."""
        return [str(value) for value in line[:len(self._ltc_get_line_columns())]]

    def _ltc_get_company(self):
        """Return the company whose gates bind this document."""
        self.ensure_one()
        return self.company_id or self.env.company

    def _ltc_get_amount_company(self, code):
        """Return the amount for the authority matrix, in company currency at the rate of the document's date."""
        self.ensure_one()
        return self._ltc_get_gate_figures(code).get('amount', 0.0)

    def _ltc_get_currency(self):
        """Return the currency of the document's amount."""
        self.ensure_one()
        return self.currency_id if 'currency_id' in self._fields else self._ltc_get_company().currency_id

    def _ltc_get_submission_blockers(self, code):
        """Return, as sentences, what keeps this document from being submitted; extend the list of ``super()``."""
        return []

    def _ltc_after_decision(self, review):
        """Follow up on a decision (empty here); the document is in sudo, the user is the decider."""

    # === COMPUTE METHODS === #

    @api.depends_context('lang', 'uid')
    def _compute_ltc_gate_summary(self):
        bound = {code: self._ltc_is_gate_active(code) for code in self._ltc_gate_codes}
        for document in self:
            document.ltc_gate_summary = [
                document._ltc_prepare_gate_card(code)
                for code, documents in bound.items() if document in documents
            ] if document._origin else False

    def _ltc_prepare_gate_card(self, code):
        """Return what the gate banner shows of one gate: its state, the reason, and what can be done."""
        gate = self.env['ltc.gate']._get_by_code(code)
        review = self._origin._ltc_get_last_review(code, decided=False)
        if review.state in (False, 'withdrawn'):
            state, detail = 'todo', self.env._("Not submitted yet.")
        elif review.state == 'in_review':
            state, detail = 'review', review._describe_waiting()
        else:
            state, detail = review._describe_decision(self.sudo()._origin)
        return {
            'code': code,
            'name': gate.name,
            'state': state,
            'label': self._ltc_get_card_labels()[state],
            'detail': detail,
            'review_id': review.id,
            'round': review.round,
            'can_submit': state in ('todo', 'stale', 'hold', 'no_go') and self.has_access('write'),
            'active': True,
        }

    @api.model
    def _ltc_get_card_labels(self):
        return {
            'todo': self.env._("To Submit"),
            'review': self.env._("In Review"),
            'go': self.env._("Go"),
            'conditional': self.env._("Conditional Go"),
            'hold': self.env._("Hold"),
            'no_go': self.env._("No-Go"),
            'stale': self.env._("Changed Since Go"),
        }

    # === BUSINESS METHODS - PASSING === #

    def _ltc_is_gate_active(self, code):
        """Return those of these documents that gate ``code`` binds: switched on, and not older than that."""
        Gate = self.env['ltc.gate']

        def is_bound(document):
            since = Gate._get_activations(document._ltc_get_company().id).get(code)
            return since and (not document.create_date or document.create_date >= since)

        return self.filtered(is_bound).with_prefetch(self._prefetch_ids)  # asked one by one, fetched at once

    def _ltc_get_last_review(self, code, decided=True):
        """Return the last round of gate ``code`` on this document, or an empty recordset.

        Reads through the one2many, so that a loop over documents costs what one document costs.

        :param bool decided: only decided rounds count
        """
        self.ensure_one()
        reviews_sudo = self.sudo().ltc_review_ids  # whoever moves the document need not see its reviews
        return reviews_sudo.filtered(
            lambda review: review.gate_code == code and (not decided or review.state == 'decided')
        ).sorted('id')[-1:].with_prefetch(reviews_sudo._prefetch_ids)

    def _ltc_get_gate_blockers(self, code):
        """Return {document id: sentences that keep it from passing gate ``code``}; an empty list lets it pass.

        A constant number of queries for any number of documents, none where the gate is not in force.
        """
        blockers = {document.id: [] for document in self}
        for document in self._ltc_is_gate_active(code):
            review = document._ltc_get_last_review(code)
            blockers[document.id] = (
                review._get_blockers(document.sudo()) if review else [document._ltc_get_undecided_message(code)])
        return blockers

    def _ltc_get_undecided_message(self, code):
        return self.env._(
            "%(document)s was not decided at gate %(gate)s; submit it for review.",
            document=self.display_name, gate=self.env['ltc.gate']._get_by_code(code).name)

    def _ltc_check_gate(self, code):
        """Raise with every reason unless all these documents pass gate ``code``."""
        sentences = [sentence for reasons in self._ltc_get_gate_blockers(code).values() for sentence in reasons]
        if sentences:
            raise UserError('\n'.join(sentences))

    # === BUSINESS METHODS - SUBMITTING === #

    def action_ltc_submit(self, code):
        """Open the dialog that submits this document to gate ``code``."""
        self.ensure_one()
        gate = self.env['ltc.gate']._get_by_code(code)
        self._ltc_check_submission(gate)
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Submit to %s", gate.name),
            'res_model': 'ltc.gate.submit',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_gate_id': gate.id, 'default_res_model': self._name, 'default_res_id': self.id},
        }

    def ltc_submit(self, code, answers=None, note=''):
        """Submit this document to gate ``code`` and return the id of the new round.

        :param dict answers: {id of the checklist item: fulfilled}
        """
        return self._ltc_submit(code, answers, note).id

    def _ltc_submit(self, code, answers=None, note=''):
        """Freeze the figures in a new round and ask those who must be heard and decide.

        :return: the ``ltc.gate.review``
        """
        self.ensure_one()
        gate = self.env['ltc.gate']._get_by_code(code)
        self._ltc_check_submission(gate)
        answers = {int(check_id): bool(fulfilled) for check_id, fulfilled in (answers or {}).items()}
        missing = gate.check_ids.filtered(lambda check: check.is_required and not answers.get(check.id))
        if missing:
            raise UserError(self.env._(
                "%(document)s is not ready for gate %(gate)s: %(checks)s; fulfil and tick these points.",
                document=self.display_name, gate=gate.name, checks=', '.join(missing.mapped('name'))))
        # submitters have no create access to reviews: the values are the server's own
        review_sudo = self.env['ltc.gate.review'].sudo().create(self._ltc_prepare_review_values(gate, answers, note))
        review_sudo._notify_next()
        return review_sudo.sudo(self.env.su)

    def _ltc_check_submission(self, gate):
        """Raise with every reason that keeps this document from being submitted to ``gate``."""
        self.check_access('write')
        if not gate or gate.code not in self._ltc_gate_codes:
            raise UserError(self.env._("%s does not pass through that gate.", self.display_name))
        names = {'document': self.display_name, 'gate': gate.name}
        if not self._ltc_is_gate_active(gate.code):
            raise UserError(self.env._(
                "Gate %(gate)s is not in force for %(document)s; there is nothing to submit.", **names))
        if self._ltc_get_last_review(gate.code, decided=False).state == 'in_review':
            raise UserError(self.env._("%(document)s is under review at gate %(gate)s already.", **names))
        if not self._ltc_get_gate_blockers(gate.code)[self.id]:
            raise UserError(self.env._("%(document)s passed gate %(gate)s already.", **names))
        blockers = self._ltc_get_submission_blockers(gate.code)
        if gate.attachment_required and not self._ltc_has_attachment():
            blockers.append(self.env._("%(document)s needs an attachment for gate %(gate)s; attach it.", **names))
        if blockers:
            raise UserError('\n'.join(blockers))

    def _ltc_has_attachment(self):
        return bool(self.env['ir.attachment'].sudo().search_count(
            [('res_model', '=', self._name), ('res_id', '=', self.id)], limit=1))

    def _ltc_prepare_review_values(self, gate, answers, note):
        """Return the values of a new round: figures, level, deciders and reviewers as they are now."""
        company = self._ltc_get_company()
        document_sudo = self.sudo()  # margin and cost may be hidden from the submitter, not from the decision
        figures = document_sudo._ltc_get_gate_figures(gate.code)
        amount_company = document_sudo._ltc_get_amount_company(gate.code)
        rule = gate._get_rule(figures, amount_company, company)
        rounds = len(document_sudo.ltc_review_ids.filtered(lambda review: review.gate_code == gate.code))
        now = fields.Datetime.now()
        return {
            'name': f'{gate.code.upper()} {self.display_name} #{rounds + 1}',
            'gate_id': gate.id,
            'gate_code': gate.code,
            'gate_name': gate.name,
            'res_model': self._name,
            'res_id': self.id,
            'document_name': self.display_name,
            'flow_id': self.ltc_flow_id.id,
            'partner_id': figures.get('partner') or False,
            'company_id': company.id,
            'currency_id': self._ltc_get_currency().id,
            'round': rounds + 1,
            'submitted_by_id': self.env.uid,
            'submitted_on': now,
            'deadline': now + timedelta(hours=rule.hours or 24.0),
            'note': note,
            'tolerance': gate.tolerance,
            'figures': figures,
            'amount': figures.get('amount', 0.0),
            'amount_company': amount_company,
            'margin_percent': figures.get('margin_percent', 0.0),
            'discount_percent': figures.get('discount_percent', 0.0),
            'payment_days': figures.get('payment_days', 0),
            'rule_id': rule.id,
            'level': rule.level,
            'level_name': rule.name or self.env._("Fallback"),
            'mode': rule.mode or 'any',
            'approval_ids': self._ltc_prepare_approvals(gate, rule, company),
            'opinion_ids': self._ltc_prepare_opinions(gate, company),
            'answer_ids': [fields.Command.create({
                'name': check.name, 'is_required': check.is_required, 'is_fulfilled': answers.get(check.id, False),
            }) for check in gate.check_ids],
        }

    def _ltc_prepare_approvals(self, gate, rule, company):
        submitter = self.env.user
        deciders = (
            rule._get_deciders(company, submitter) if rule else gate._get_fallback_users(company) - submitter)
        if not deciders:
            raise UserError(self.env._(
                "%(document)s cannot be submitted to gate %(gate)s: nobody but you may decide it; ask sales"
                " operations to complete the authority matrix.", document=self.display_name, gate=gate.name))
        return [
            fields.Command.create({'user_id': user.id, 'sequence': sequence})
            for sequence, user in enumerate(deciders, start=1)
        ]

    def _ltc_prepare_opinions(self, gate, company):
        commands = []
        for dimension in gate.dimension_ids:
            candidates = dimension._get_candidates(company, self.env.user)
            if not candidates and dimension.is_required:
                raise UserError(self.env._(
                    "%(document)s cannot be submitted to gate %(gate)s: nobody but you may give the %(kind)s"
                    " opinion; ask sales operations to name a reviewer.", document=self.display_name, gate=gate.name,
                    kind=dict(dimension._fields['kind']._description_selection(self.env))[dimension.kind]))
            commands.append(fields.Command.create({
                'kind': dimension.kind,
                'is_required': dimension.is_required,
                'candidate_ids': [fields.Command.set(candidates.ids)],
            }))
        return commands
