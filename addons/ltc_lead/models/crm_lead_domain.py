from ast import literal_eval

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CrmLead(models.Model):
    """Rules choose their leads by a domain that somebody typed."""
    _inherit = 'crm.lead'

    @api.model
    def _ltc_check_domain(self, domain, name):
        """Raise unless leads can be searched by the text ``domain`` of the rule ``name``."""
        try:
            self.sudo()._search(Domain(literal_eval(domain or '[]'))).select()  # whoever it is for may see less
        except Exception as error:
            raise ValidationError(self.env._(
                "%(name)s cannot search leads by its conditions (%(error)s); correct them.",
                name=name, error=error)) from error
