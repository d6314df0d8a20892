from odoo import fields, models
from odoo.exceptions import UserError


class LtcGateMixin(models.AbstractModel):
    """How a document is submitted: what must be ready, what is frozen, who will be heard and who decides."""
    _inherit = 'ltc.gate.mixin'

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

    def ltc_submit(self, code, answers=None, note='', urgent=False):
        """Submit this document to gate ``code`` and return the id of the new round.

        :param dict answers: {id of the checklist item: fulfilled}
        :param bool urgent: half the hours allowed
        """
        return self._ltc_submit(code, answers, note, urgent).id

    def _ltc_submit(self, code, answers=None, note='', urgent=False):
        """Freeze the figures in a new round and ask those who must be heard and decide.

        :return: the ``ltc.gate.review``
        """
        self.ensure_one()
        gate = self.env['ltc.gate']._get_by_code(code)
        self._ltc_check_submission(gate)
        answers = self._ltc_read_answers(answers)
        missing = gate.check_ids.filtered(lambda check: check.is_required and not answers.get(check.id))
        if missing:
            raise UserError(self.env._(
                "%(document)s is not ready for gate %(gate)s: %(checks)s; fulfil and tick these points.",
                document=self.display_name, gate=gate.name, checks=', '.join(missing.mapped('name'))))
        # submitters have no create access to reviews: the values are the server's own
        review_sudo = self.env['ltc.gate.review'].sudo().create(
            self._ltc_prepare_review_values(gate, answers, note, urgent))
        review_sudo._audit('submitted', {'figures': review_sudo.figures, 'level': review_sudo.level_name})
        review_sudo._update_desks()
        review_sudo._after_submission()
        return review_sudo.sudo(self.env.su)

    def _ltc_read_answers(self, answers):
        """Return {id of the checklist item: fulfilled} from what a client sent, whatever it sent."""
        try:
            return {int(check_id): bool(fulfilled) for check_id, fulfilled in dict(answers or {}).items()}
        except (TypeError, ValueError) as error:
            raise UserError(self.env._(
                "%s: the answers to the checklist cannot be read; send the id of each item with true or false.",
                self.display_name)) from error

    def _ltc_check_submission(self, gate):
        """Raise with every reason that keeps this document from being submitted to ``gate``."""
        self.check_access('write')
        if not gate or gate.code not in self._ltc_get_gate_codes():
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

    def _ltc_prepare_review_values(self, gate, answers, note, urgent=False):
        """Return the values of a new round: figures, level, deciders and reviewers as they are now."""
        company = self._ltc_get_company()
        document_sudo = self.sudo()  # margin and cost may be hidden from the submitter, not from the decision
        figures = document_sudo._ltc_get_gate_figures(gate.code)
        amount_company = document_sudo._ltc_get_amount_company(gate.code)
        asked = document_sudo._ltc_get_authority_figures(gate.code)
        rule = gate._get_rule(self, asked, amount_company)
        earlier = document_sudo.ltc_review_ids.filtered(lambda review: review.gate_code == gate.code)
        number = len(earlier) + 1
        return {
            **self._ltc_prepare_figure_values(figures, amount_company),
            **self._ltc_prepare_authority_values(gate, rule, urgent),
            'name': f'{gate.code.upper()} {self.display_name} #{number}',
            'gate_id': gate.id,
            'gate_code': gate.code,
            'gate_name': gate.name,
            'res_model': self._name,
            'res_id': self.id,
            'document_name': self.display_name,
            'flow_id': self.ltc_flow_id.id,
            'company_id': company.id,
            'round': number,
            'submitted_by_id': self.env.uid,
            'note': note,
            'tolerance': gate.tolerance,
            'comment_required': gate.comment_required,
            'reasons': document_sudo._ltc_freeze_reasons(gate.code, rule, asked, amount_company),
            'line_details': document_sudo._ltc_get_line_details(gate.code) or False,
            'attachments': document_sudo._ltc_freeze_attachments() if gate.attachment_required else False,
            'opinion_ids': self._ltc_prepare_opinions(gate, rule, figures, earlier.sorted('id')[-1:]),
            'answer_ids': [fields.Command.create({
                'name': check.name, 'is_required': check.is_required, 'is_fulfilled': answers.get(check.id, False),
            }) for check in gate.check_ids],
        }

    def _ltc_freeze_attachments(self):
        """Return [id, name, checksum] of the attachments that the decision rests on; from now on they stay."""
        attachments = self.env['ir.attachment'].search(
            [('res_model', '=', self._name), ('res_id', '=', self.id)], order='id')
        return [[attachment.id, attachment.name, attachment.checksum] for attachment in attachments]

    def _ltc_prepare_figure_values(self, figures, amount_company):
        return {
            'figures': figures,
            'partner_id': figures.get('partner') or False,
            'currency_id': self._ltc_get_currency().id,
            'amount': figures.get('amount', 0.0),
            'amount_company': amount_company,
            'margin_percent': figures.get('margin_percent', 0.0),
            'discount_percent': figures.get('discount_percent', 0.0),
            'payment_days': figures.get('payment_days', 0),
        }

    def _ltc_prepare_authority_values(self, gate, rule, urgent):
        """Return who decides this round, at which level, and until when by the company's working hours."""
        now = fields.Datetime.now()
        hours = (rule.hours or 24.0) / (2 if urgent else 1)
        mode = rule.mode or 'any'
        return {
            'submitted_on': now,
            'is_urgent': urgent,
            'deadline': self._ltc_get_company()._ltc_plan_hours(hours, now),
            'rule_id': rule.id,
            'level': rule.level,
            'level_name': rule.name or self.env._("Fallback"),
            'mode': mode,
            'distinct_people': rule.distinct_people,
            'approval_ids': self._ltc_prepare_approvals(self._ltc_get_places(gate, rule)),
        }

    def _ltc_prepare_approvals(self, places):
        first = min(place['stage'] for place in places)
        lanes = set()  # those whose first place was seen
        commands = []
        for sequence, place in enumerate(places, start=1):
            commands.append(fields.Command.create({
                **{name: place[name] for name in ('stage', 'lane', 'chain', 'name', 'escalate_days')},
                'sequence': sequence,
                'candidate_ids': [fields.Command.set(place['users'].ids)],
                'is_turn': place['stage'] == first and place['lane'] not in lanes,
            }))
            lanes.add(place['lane'])
        return commands

    def _ltc_get_places(self, gate, rule):
        """Return the places of the deciders (:meth:`ltc.authority.rule._get_places`), none of them empty, or raise."""
        submitter = self.env.user
        places = rule._get_places(self, submitter) if rule else [
            rule._prepare_place(gate._get_fallback_users(self._ltc_get_company()) - submitter)]
        if places and all(place['users'] for place in places):
            return places
        if rule.distinct_people and len(places) > 1:
            raise UserError(self.env._(
                "%(document)s cannot be submitted to gate %(gate)s: level %(level)s is decided by %(count)s different"
                " people, and there are fewer; ask sales operations to name them.", document=self.display_name,
                gate=gate.name, level=rule.name, count=len(places)))
        raise UserError(self.env._(
            "%(document)s cannot be submitted to gate %(gate)s: nobody but you may decide it; ask sales"
            " operations to complete the authority matrix.", document=self.display_name, gate=gate.name))

    def _ltc_prepare_opinions(self, gate, rule, figures, last_review):
        """Return the opinions to hear; those of the last round that still hold are kept."""
        company, submitter = self._ltc_get_company(), self.env.user
        asked = {
            dimension.kind: (dimension._get_candidates(company, submitter), dimension)
            for dimension in gate.dimension_ids
        }
        for kind, questioners in rule._get_questioners(self, submitter).items():
            candidates, dimension = asked.get(kind, (questioners, gate.dimension_ids.browse()))
            asked[kind] = (candidates | questioners, dimension)
        return [
            fields.Command.create(
                self._ltc_prepare_opinion_values(gate, kind, candidates, dimension, figures, last_review))
            for kind, (candidates, dimension) in asked.items()
        ]

    def _ltc_prepare_opinion_values(self, gate, kind, candidates, dimension, figures, last_review):
        is_required = dimension.is_required if dimension else True
        if not candidates and is_required:
            raise UserError(self.env._(
                "%(document)s cannot be submitted to gate %(gate)s: nobody but you may give the %(kind)s"
                " opinion; ask sales operations to name a reviewer.", document=self.display_name, gate=gate.name,
                kind=dict(self.env['ltc.gate.opinion']._fields['kind']._description_selection(self.env))[kind]))
        kept = last_review.opinion_ids.filtered(
            lambda opinion: opinion.kind == kind and not opinion.added_by_id and opinion._is_kept(figures)
            and opinion.given_by_id in candidates)[:1]  # not the submitter's own, nor that of somebody who left
        return {
            'kind': kind,
            'is_required': is_required,
            'candidate_ids': [fields.Command.set(candidates.ids)],
            'inputs': dimension._get_inputs() if dimension else False,
            **(kept._prepare_kept_values() if kept else {}),
        }
