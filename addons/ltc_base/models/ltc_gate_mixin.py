from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from ..tools import format_record


class LtcGateMixin(models.AbstractModel):
    """A document that passes decision gates.

    Whether a gate is passed is computed from the facts at the moment of the move: the last decided round must be a
    Go, and its frozen figures must still be the document's. The inheriting model lists ``_ltc_gate_codes``, says what
    a decision is based on (:meth:`_ltc_get_gate_figures`) and calls :meth:`_ltc_check_gate` at the move.

    What companies add without code, and what holds for every gate, is enforced here in ``create`` and ``write``: the
    guarded conditions of gates of their own, and that nothing under review changes. Line models of a document join in
    through ``ltc.gate.line.mixin``.
    """
    _name = 'ltc.gate.mixin'
    _description = "Document with Decision Gates"
    _inherit = ['ltc.flow.mixin']

    _ltc_gate_codes = ()  # codes of the gates of this model, in the order they are passed

    ltc_review_ids = fields.One2many(
        'ltc.gate.review', 'res_id', string="Gate Reviews", readonly=True, copy=False, bypass_search_access=True,
        groups='base.group_user',
        domain=lambda self: [('res_model', '=', self._name)])
    ltc_gates_ahead = fields.Char(
        string="Gates Ahead", readonly=True, copy=False,
        help="Technical names of the gates that were switched on while this document, which is older, still had their"
        " move before it. The server's own.")
    ltc_gate_summary = fields.Json(compute='_compute_ltc_gate_summary', groups='base.group_user')

    # === HOOKS === #

    def _ltc_get_gate_figures(self, code):
        """Return the dict of everything that gate ``code`` decides on, JSON-able and deterministic.

        Every gated model extends it, for its own codes and for the gates that companies add
        (:meth:`_ltc_is_own_gate`). Standard keys are amount, amount_untaxed, currency (name), margin_percent,
        discount_percent, payment_days, customer_grade, partner and lines (list of lists); numbers are rounded. A
        value that differs later voids the Go, so nothing that moves by itself (today, rates) belongs here.
        """
        self.ensure_one()
        Gate = self.env['ltc.gate']
        return {
            f'field.{name}': Gate._freeze_field(self, name)
            for name in Gate._get_figure_fields(code) if name.split('.')[0] in self._fields
        }

    @api.model
    def _ltc_is_own_gate(self, code):
        """Return whether ``code`` is a gate that a company added on this model without code."""
        return code not in self._ltc_gate_codes

    @api.model
    def _ltc_get_gate_codes(self):
        """Return the codes of all gates of this model: built in, then those that companies added."""
        return [*self._ltc_gate_codes, *self.env['ltc.gate']._get_own_gates(self._name)]

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
            return format_record(self.env, 'res.partner', value)
        if isinstance(value, float):
            return formatLang(self.env, value, digits=0 if value.is_integer() else 2)
        return str(value)

    @api.model
    def _ltc_get_line_columns(self):
        """Return the translated headings of a line of the figures."""
        return []

    @api.model
    def _ltc_format_line(self, line):
        """Return the cells of one line of the figures as strings, one per column."""
        return [str(value) for value in line[:len(self._ltc_get_line_columns())]]

    @api.model
    def _ltc_get_folded_figures(self, figures):
        """Return the keys of what the review folds away while it is unchanged; extend the set of ``super()``."""
        return {'currency'}  # the amounts say it

    def _ltc_get_line_details(self, code):
        """Return what of the lines is shown but neither compared nor for everybody: a dict a line of the figures, in
        their order, with its ``id`` and its ``rank`` on the document. Empty: the lines are shown as the figures are.
        """
        return []

    @api.model
    def _ltc_get_shown_columns(self):
        """Return the translated headings of a line on the review, for the current reader."""
        return self._ltc_get_line_columns()

    @api.model
    def _ltc_format_shown_lines(self, lines, details):
        """Return the cells of each line on the review, as :meth:`_ltc_get_shown_columns` heads them.

        :param list details: of :meth:`_ltc_get_line_details`, a dict a line; empty dicts where none were kept
        """
        return [self._ltc_format_line(line) for line in lines]

    @api.model
    def _ltc_describe_line_changes(self, frozen, today):
        """Return which lines of the figures differ, as part of a sentence; extend it where a line can be named."""
        return self.env._("the lines differ")

    def _ltc_get_company(self):
        """Return the company whose gates bind this document."""
        self.ensure_one()
        return self.company_id or self.env.company

    def _ltc_get_amount_company(self, code):
        """Return the amount for the authority matrix, in company currency at the rate of the document's date."""
        self.ensure_one()
        return self._ltc_get_gate_figures(code).get('amount', 0.0)

    def _ltc_get_authority_figures(self, code):
        """Return the figures that the authority matrix is asked on.

        They may count facts that move by themselves, such as today's cost and price list, and are never less strict
        than the frozen ones; nothing of them is frozen. Extend it where a user types what a level depends on.
        """
        return self._ltc_get_gate_figures(code)

    def _ltc_get_currency(self):
        """Return the currency of the document's amount."""
        self.ensure_one()
        return self.currency_id if 'currency_id' in self._fields else self._ltc_get_company().currency_id

    def _ltc_get_team_leader(self):
        """Return the user who leads this document's team, or an empty recordset (as here)."""
        return self.env['res.users']

    def _ltc_get_submission_blockers(self, code):
        """Return, as sentences, what keeps this document from being submitted; extend the list of ``super()``."""
        return []

    def _ltc_after_decision(self, review):
        """Follow up on a decision (empty here); the document is in sudo, the user is the decider."""

    @api.model
    def _ltc_get_ahead_domain(self, code):
        """Return the documents that still have the move before them which gate ``code`` guards: drafts, offers.

        They are bound by a gate that is switched on later than they were made. Extend it for gates of one's own
        model; at a gate that a company added, what does not match its condition yet.
        """
        guard = self.env['ltc.gate']._get_own_gates(self._name).get(code)
        return Domain.FALSE if guard is None else ~guard

    # === COMPUTE METHODS === #

    @api.depends('create_date', 'ltc_gates_ahead')  # fetched with the form, for they tell which gates bind
    @api.depends_context('lang', 'uid')
    def _compute_ltc_gate_summary(self):
        bound = {code: self._ltc_is_gate_active(code) for code in self._ltc_get_gate_codes()}
        for document in self:
            document.ltc_gate_summary = [
                document._ltc_prepare_gate_card(code)
                for code, documents in bound.items() if document in documents
            ] if document._origin else False

    def _ltc_prepare_gate_card(self, code):
        """Return what the gate banner shows of one gate: its state, the reason, and what can be done."""
        review = self._origin._ltc_get_standing_review(code)
        if review.state in (False, 'withdrawn'):
            withdrawal = review._describe_withdrawal() if review else self.env._("Not submitted yet.")
            state, detail = 'todo', self._ltc_describe_age(code) or withdrawal
        elif review.state == 'returned':
            state, detail = 'returned', self.env._(
                "Returned for rework: %(reason)s", reason=review.reason)
        elif review.state == 'in_review':
            state, detail = 'review', review._describe_waiting()
        else:
            state, detail = review._describe_decision(self.sudo()._origin)
        return {
            'code': code,
            'name': self.env['ltc.gate']._get_name(code, self.env.lang),
            'state': state,
            'label': self._ltc_get_card_labels()[state],
            'detail': detail,
            'review_id': review.id,
            'round': review.round,
            'can_submit': state in ('todo', 'returned', 'stale', 'hold', 'no_go') and self.has_access('write'),
            'active': True,
        }

    @api.model
    def _ltc_get_card_labels(self):
        return {
            'todo': self.env._("To Submit"),
            'review': self.env._("In Review"),
            'returned': self.env._("Returned"),
            'go': self.env._("Go"),
            'conditional': self.env._("Conditional Go"),
            'hold': self.env._("Hold"),
            'no_go': self.env._("No-Go"),
            'stale': self.env._("Changed Since Go"),
        }

    # === CRUD METHODS === #

    def _ltc_drop_flow(self, vals):
        """Drop the gates ahead too: which gates bind an older document is no client's to say."""
        vals = super()._ltc_drop_flow(vals)
        if self.env.su or 'ltc_gates_ahead' not in vals:
            return vals
        return {name: value for name, value in vals.items() if name != 'ltc_gates_ahead'}

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        for code, guard in self.env['ltc.gate']._get_own_gates(self._name).items():
            (documents & documents.sudo().filtered_domain(guard))._ltc_check_gate(code)
        return documents

    def write(self, vals):
        past = self._ltc_get_past(vals)
        with self._ltc_guarded(vals.keys()):
            result = super().write(vals)
        for code, documents in past.items():
            documents._ltc_catch_returned(code)
        return result

    def _ltc_get_past(self, vals):
        """Return {code: those of these documents that are older than the gate and past its move}, as far as a change
        of ``vals`` may take them back before it. No query where no gate is in force.
        """
        if not self.env['ltc.gate']._is_any_in_force():
            return {}
        past = {}
        for code in self._ltc_get_asked_codes():
            ahead = self._ltc_get_ahead_domain(code)
            watched = {condition.field_expr.split('.')[0] for condition in ahead.iter_conditions()}
            if not vals.keys() & (watched | {'company_id'}):
                continue
            unbound = (self - self._ltc_is_gate_active(code)).sudo()
            if unbound and 'company_id' not in vals:  # in another company the gate may be on for a draft as well
                unbound -= unbound.filtered_domain(ahead)
            past[code] = unbound
        return past

    def _ltc_get_asked_codes(self):
        """Return the codes of the gates that moves of these documents wait for: their own; extend it with others."""
        return self._ltc_get_gate_codes()

    def _ltc_catch_returned(self, code):
        """Let gate ``code`` bind those of these documents that came back before its move: an order that is a draft
        again, an opportunity that was taken back.
        """
        for document in self.filtered_domain(self._ltc_get_ahead_domain(code)) if self else self:
            if code in self.env['ltc.gate']._get_activations(document._ltc_get_company().id):
                document.ltc_gates_ahead = f"{document.ltc_gates_ahead or ' '}{code} "

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_review(self):
        review = self._ltc_get_open_reviews()[:1]
        if review:
            raise UserError(self.env._(
                "%(document)s is under review (%(review)s); withdraw the review before you delete it.",
                document=review.document_name, review=review.name))

    @contextmanager
    def _ltc_guarded(self, touched=None):
        """Guard a change of these documents: what is under review stays as it is, and a condition that a gate of the
        company's own guards is met only after a Go. Whoever changes lines does it within this guard too.

        Costs no query where no gate is in force, one where some is.

        :param touched: names of the fields of these documents that are written; None: their lines are
        """
        guards = self.env['ltc.gate']._get_own_gates(self._name)
        outside = {code: self - self.sudo().filtered_domain(guard) for code, guard in guards.items()}
        reviews = self._ltc_get_open_reviews()
        frozen = {
            review: document._ltc_get_gate_figures(review.gate_code)
            for review, document in reviews._get_documents().items()
        }
        yield
        for review, document in reviews._get_documents().items():
            if document._ltc_get_gate_figures(review.gate_code) != frozen[review]:
                raise UserError(self.env._(
                    "%(document)s is under review (%(review)s) and what is decided on cannot change; withdraw the"
                    " review first.", document=review.document_name, review=review.name))
        for code, documents in outside.items():
            inside = documents.sudo().exists().filtered_domain(guards[code])  # the condition may rest on hidden fields
            (documents & inside)._ltc_check_gate(code)

    def _ltc_get_open_reviews(self):
        """Return in sudo the open rounds of these documents; no query where no gate is in force."""
        if not self.env['ltc.gate']._is_any_in_force():
            return self.env['ltc.gate.review'].sudo()
        return self._origin.sudo().ltc_review_ids.filtered(lambda review: review.state == 'in_review')

    # === BUSINESS METHODS - PASSING === #

    def _ltc_is_gate_active(self, code):
        """Return those of these documents that gate ``code`` binds: switched on, and not older than that.

        An older one is bound where it still had the gate's move before it when the gate was switched on.
        """
        Gate = self.env['ltc.gate']

        def is_bound(document):
            since = Gate._get_activations(document._ltc_get_company().id).get(code)
            return since and (
                not document.create_date or document.create_date >= since or document._ltc_has_ahead(code))

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

    def _ltc_get_standing_review(self, code):
        """Return the round at gate ``code`` that this document stands on, or an empty recordset.

        The last one; where that was withdrawn or returned, the decision before it, if the document is as decided
        again. The gate lets it pass by that one.
        """
        self.ensure_one()
        review = self._ltc_get_last_review(code, decided=False)
        decided = review.state in ('withdrawn', 'returned') and self._ltc_get_last_review(code)
        return decided if decided and not decided._get_blockers(self.sudo()) else review

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

    def _ltc_has_ahead(self, code):
        return f' {code} ' in (self.ltc_gates_ahead or '')

    def _ltc_describe_age(self, code):
        """Return, where this document is older than gate ``code``, a sentence that says so, or False."""
        since = self.env['ltc.gate']._get_activations(self._ltc_get_company().id).get(code)
        if not since or not self.create_date or self.create_date >= since or not self._ltc_has_ahead(code):
            return False
        return self.env._(
            "Switched on %(date)s, while this document was open: submit it before its next move.",
            date=format_date(self.env, self._ltc_get_company()._ltc_get_day(since)))

    def _ltc_get_undecided_message(self, code):
        gate_name = self.env['ltc.gate']._get_by_code(code).name
        if self._ltc_describe_age(code):
            return self.env._(
                "%(document)s was open when gate %(gate)s was switched on and needs its decision before its next move;"
                " submit it for review.", document=self.display_name, gate=gate_name)
        return self.env._(
            "%(document)s was not decided at gate %(gate)s; submit it for review.",
            document=self.display_name, gate=gate_name)

    def _ltc_check_gate(self, code):
        """Raise with every reason unless all these documents pass gate ``code``."""
        sentences = [sentence for reasons in self._ltc_get_gate_blockers(code).values() for sentence in reasons]
        if sentences:
            raise UserError('\n'.join(sentences))
