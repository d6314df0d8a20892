from odoo import api, models


class LtcAuditConfigMixin(models.AbstractModel):
    """A rule of the decisions: who changes it, and to what, is told to the audit log."""
    _name = 'ltc.audit.config.mixin'
    _description = "Audited Configuration"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record, vals in zip(records, vals_list, strict=True):
            record._audit_change('created', vals)
        return records

    def write(self, vals):
        result = super().write(vals)
        self._audit_change('changed', vals)
        return result

    @api.ondelete(at_uninstall=False)
    def _audit_unlink(self):
        self._audit_change('deleted', {})

    def _audit_change(self, change, vals):
        """Append one entry a record; what an installation brings along is no change."""
        if not self.env.registry.ready:
            return
        self.env['ltc.audit.log']._append([{
            'kind': 'configuration',
            'document': record,
            'company': record._get_audit_company(),
            'values': {'change': change, 'values': {name: str(vals[name]) for name in sorted(vals)}},
        } for record in self])

    def _get_audit_company(self):
        """Return the company in whose chain the change is logged."""
        return ('company_id' in self._fields and self.company_id) or self.env.company
