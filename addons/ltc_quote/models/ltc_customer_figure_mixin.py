from odoo import models

FIGURE_TYPES = ('float', 'monetary')
STAFF = 'ltc_quote.staff'  # users known to be no customers, in the memory of the cursor


class LtcCustomerFigureMixin(models.AbstractModel):
    """Figures that a customer reads on the portal's released pages, and not by the external API."""
    _name = 'ltc.customer.figure.mixin'
    _description = "Figures Withheld from Customers"

    def _has_field_access(self, field, operation):
        # asked for every value that is read, tens of thousands in one long quotation: the cheapest questions come first
        env = self.env
        if field.type in FIGURE_TYPES and not env.su and (
                env.uid not in env.cr.cache.get(STAFF, ()) and self._is_customer()):
            return False
        return super()._has_field_access(field, operation)

    def _is_customer(self):
        """Return whether a customer asks who may read no figures; where no gate is in force, nothing is withheld."""
        if self.env.user.share:
            return self.env['ltc.gate']._is_any_in_force()
        self.env.cr.cache.setdefault(STAFF, set()).add(self.env.uid)
        return False
