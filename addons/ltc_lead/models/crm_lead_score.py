from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.ltc_base.side_fields import SideDatetime, SideInteger, SideSelection

from .ltc_lead_score import SCORE_BANDS

MAX_QUANTITY = 1e6
SCORE_TONES = {'high': 'success', 'medium': 'info', 'low': 'muted'}


class ScoreColumn:
    """A column of the lead's score."""
    side_model = 'ltc.lead.score'
    side_key = 'lead_id'


class ScoreInteger(ScoreColumn, SideInteger):

    def to_sql(self, model, alias):
        return SQL("COALESCE(%s, 0)", super().to_sql(model, alias))  # not scored yet comes after the others


class ScoreSelection(ScoreColumn, SideSelection):
    pass


class ScoreDatetime(ScoreColumn, SideDatetime):
    pass


class CrmLead(models.Model):
    """The two-part score of a lead: what it is, and what its customer does, which fades with time."""
    _inherit = 'crm.lead'

    ltc_score = ScoreInteger(
        string="Score", side_column='score', help="0 to 100: fit and engagement, by the rules of the scorecard.")
    ltc_score_fit = ScoreInteger(string="Fit", side_column='fit', help="Points for what the lead is.")
    ltc_score_engagement = ScoreInteger(
        string="Engagement", side_column='engagement', help="Points for what the customer does; they fade.")
    ltc_score_band = ScoreSelection(SCORE_BANDS, string="Score Band", side_column='band')
    ltc_mql_on = ScoreDatetime(
        string="Qualified by Marketing on", side_column='mql_on',
        help="When the score first reached the threshold of the team.")

    # === AT A GLANCE === #

    @api.model
    def _ltc_get_glance_fields(self):
        return super()._ltc_get_glance_fields() + ['ltc_score', 'ltc_score_band']

    def _ltc_get_glance_chips(self):
        chips = super()._ltc_get_glance_chips()
        if self.ltc_score_band:
            chips.append({
                'key': 'score',
                'label': str(self.ltc_score),
                'title': self.env._("Score %(score)s of 100; click to see each rule", score=self.ltc_score),
                'tone': SCORE_TONES[self.ltc_score_band],
                'icon': 'fa-star-half-o',
                'action': 'action_ltc_explain_score',
            })
        return chips

    # === ACTION METHODS === #

    def action_ltc_explain_score(self):
        """Explain the score line by line, as it is at this moment, beside Odoo's probability."""
        self.ensure_one()
        self.check_access('read')
        if self.active and self.won_status == 'pending':
            self.env['ltc.lead.score'].sudo()._score(self.ids, touch=True)  # what the lines add up to
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Score of %(lead)s", lead=self.display_name),
            'res_model': 'ltc.score.explanation',
            'res_id': self.env['ltc.score.explanation'].create({'lead_id': self.id}).id,
            'view_mode': 'form',
            'views': [(False, 'form')],
            'target': 'new',
        }

    def action_ltc_log_engagement(self, code, quantity=1.0, date=None, note=None):
        """Record that the customer did something; whoever may change the lead may call it, also through the API."""
        self.check_access('write')
        kind = self.env['ltc.engagement.kind'].sudo().search([('code', '=', code), ('source', '=', 'fact')], limit=1)
        if not kind:
            raise UserError(self.env._(
                "There is no engagement of the kind %(code)s to record; choose one of the list.", code=code))
        moment = fields.Datetime.to_datetime(date or False)
        if not 0 < float(quantity) < MAX_QUANTITY or moment and moment > fields.Datetime.now() + timedelta(minutes=5):
            raise UserError(self.env._(
                "%(kind)s is recorded once it happened, with a quantity of more than nothing; correct it.",
                kind=kind.name))
        self._ltc_log_engagement(kind, quantity, date, note)
        return True

    def _ltc_log_engagement(self, kind, quantity=1.0, date=None, note=None):
        """Record a fact on each of these leads; for the server's own traces such as a visit of a page."""
        self.env['ltc.lead.engagement'].sudo().create([{
            'lead_id': lead.id, 'kind_id': kind.id, 'quantity': quantity,
            'date': date or fields.Datetime.now(), 'note': note,
        } for lead in self])

    # === WHAT MAKES A SCORE OLD === #

    def _message_post_after_hook(self, message, msg_vals):
        """What the customer writes and what a colleague ticks off is scored within minutes."""
        if message.mail_activity_type_id or message.message_type == 'email':
            self.env['ltc.lead.score'].sudo()._mark_stale(self.ids)
        return super()._message_post_after_hook(message, msg_vals)

    def _ltc_merge_dependences(self, opportunities, tables):
        if 'ltc_lead_engagement' in tables:
            self.env['ltc.lead.engagement'].sudo()._move(opportunities, self)
        if tables & {'ltc_lead_engagement', 'ltc_lead_score'}:
            self.env['ltc.lead.score'].sudo()._merge(opportunities, self)
        return super()._ltc_merge_dependences(opportunities, tables)

    # === EXPLANATION === #

    def _ltc_get_score_explanation(self):
        """Return how the score of this lead comes about: its rules with their points, and Odoo's probabilities.

        Computed with all rights, for the facts behind the points are the lead's own: reading the lead is enough.
        """
        self.ensure_one()
        if not self.has_access('read'):
            raise AccessError(self.env._("You may not open this lead; ask its salesperson."))
        score_sudo = self.env['ltc.lead.score'].sudo().search([('lead_id', '=', self.id)])
        card_sudo = score_sudo.card_id
        lines = []
        for rule, (points, amount) in (card_sudo._get_points(self) if card_sudo else {}).items():
            if points:
                lines.append(self._prepare_ltc_score_line(rule, points, amount))
        lead_sudo = self.sudo()
        return {
            'score': score_sudo.score, 'fit': score_sudo.fit, 'engagement': score_sudo.engagement,
            'band': score_sudo.band, 'scored_on': score_sudo.scored_on, 'mql_on': score_sudo.mql_on,
            'card': card_sudo.name, 'fit_max': card_sudo.fit_max, 'engagement_max': card_sudo.engagement_max,
            'threshold': lead_sudo.team_id.ltc_mql_score or 50,
            'fit_lines': [line for line in lines if line['part'] == 'fit'],
            'engagement_lines': [line for line in lines if line['part'] == 'engagement'],
            'stage': lead_sudo.stage_id.name, 'stage_probability': lead_sudo.stage_id.ltc_probability,
            'automated_probability': lead_sudo.automated_probability, 'probability': lead_sudo.probability,
            'is_manual': not lead_sudo.is_automated_probability,
        }

    def _prepare_ltc_score_line(self, rule, points, amount):
        return {
            'part': rule.part, 'name': rule.name, 'points': points, 'amount': amount, 'unit': rule.kind_id.unit or '',
            'kind': rule.kind_id.name, 'half_life': rule.kind_id.half_life, 'cap': rule.cap, 'mode': rule.mode,
            'each': rule.points,
        }
