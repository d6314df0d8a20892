from odoo import api, fields, models
from odoo.exceptions import AccessError


class LtcDunningHold(models.Model):
    """A due line taken out of dunning: who, when, why and until when. Nobody writes it but the actions."""
    _name = 'ltc.dunning.hold'
    _description = "Dunning Hold"
    _order = 'id desc'
    _rec_name = 'reason'

    line_id = fields.Many2one('account.move.line', string="Due Line", readonly=True, index=True, ondelete='cascade')
    move_id = fields.Many2one(related='line_id.move_id', string="Invoice")
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True, ondelete='cascade')
    reason = fields.Char(required=True, readonly=True)
    date_until = fields.Date(string="Until", readonly=True, help="From the next day on the line is dunned again.")
    held_by_id = fields.Many2one('res.users', required=True, readonly=True)
    held_on = fields.Datetime(required=True, readonly=True)
    released_by_id = fields.Many2one('res.users', readonly=True)
    released_on = fields.Datetime(readonly=True)

    _open_line_uniq = models.UniqueIndex('(line_id) WHERE released_on IS NULL', "The due line is on hold already.")

    def action_release(self):
        """Let the lines be dunned again. The hold itself stays on record."""
        self._check_collector()
        open_holds_sudo = self.filtered(lambda hold: not hold.released_on).sudo()  # nobody may write a hold
        open_holds_sudo.write({
            'released_by_id': self.env.uid,
            'released_on': fields.Datetime.now(),
        })
        open_holds_sudo.flush_recordset()  # a new hold may be placed at once

    @api.model
    def _place(self, lines, reason, date_until=False):
        """Put the due ``lines`` on hold; a line that is held already gets the new reason in a new hold."""
        self._check_collector()
        lines.check_access('read')
        self.search([('line_id', 'in', lines.ids), ('released_on', '=', False)]).action_release()
        return self.sudo().create([{
            'line_id': line.id,
            'company_id': line.company_id.id,
            'reason': reason,
            'date_until': date_until,
            'held_by_id': self.env.uid,
            'held_on': fields.Datetime.now(),
        } for line in lines])

    @api.model
    def _check_collector(self):
        """Only collectors take a line out of dunning or put it back."""
        if not self.env.su and not self.env.user.has_group('ltc_base.group_ltc_collector'):
            raise AccessError(self.env._(
                "Dunning is put on hold and released by collectors only; ask one of them."))
