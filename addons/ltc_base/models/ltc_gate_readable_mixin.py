from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

READ_ALL_GROUP = 'ltc_base.group_ltc_reviewer'


class LtcGateReadableMixin(models.AbstractModel):
    """A round or a part of it: it holds figures of a document, so it is read by whoever may read that document.

    Record rules cannot say so, for documents of many models stand behind one table. Reviewers read every round of
    their companies, as gates ask them about any.
    """
    _name = 'ltc.gate.readable.mixin'
    _description = "Part of a Gate Review"

    @api.model
    def _get_readable_domain(self):
        """Return the domain of the records that a user who is no reviewer may read; the models extend it."""
        return Domain('review_id', 'in', self.env['ltc.gate.review']._search([]))

    @api.model
    def _is_all_readable(self):
        return self.env.su or self.env.user.has_group(READ_ALL_GROUP)

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs):
        if not bypass_access and not self._is_all_readable():
            domain = Domain(domain) & self._get_readable_domain()
        return super()._search(domain, offset, limit, order, bypass_access=bypass_access, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        allowed = self - result[0] if result else self
        if not allowed.ids or self._is_all_readable():
            return result
        forbidden = allowed - self.browse(self._search([('id', 'in', allowed.ids)]))
        if not forbidden:
            return result
        forbidden += result[0] if result else self.browse()
        return forbidden, forbidden._make_unreadable_error

    def _make_unreadable_error(self):
        return AccessError(self.env._(
            "%(kind)s %(ids)s belongs to a document that you may not open; ask its owner to show it to you.",
            kind=self._description, ids=', '.join(map(str, self.ids[:6]))))
