from odoo import models


class CrmTeamMember(models.Model):
    """Who is in a team decides which pools he sees, and that is cached."""
    _name = 'crm.team.member'
    _inherit = ['crm.team.member', 'ltc.cached.mixin']
    _ltc_cached_fields = ('crm_team_id', 'user_id', 'active')  # not his share of the leads
