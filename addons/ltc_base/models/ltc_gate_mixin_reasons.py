from odoo import models


class LtcGateMixin(models.AbstractModel):
    """Why a level decides: the limits that the document crosses, and what else whoever judges it should know.

    Asked on the very figures that chose the level, so that the words can never differ from the decision; frozen with
    the round in every language of the database, for a reader of any of them.
    """
    _inherit = 'ltc.gate.mixin'

    # === HOOKS === #

    def _ltc_get_reason_facts(self, code):
        """Return facts that the notes tell beside the figures, asked once for all languages; extend the dict."""
        return {}

    def _ltc_get_review_notes(self, code, figures):
        """Return, as sentences, what else the reviewers should know; extend the list of ``super()``.

        :param dict figures: those of the authority matrix, with ``amount_company`` and :meth:`_ltc_get_reason_facts`
        """
        return []

    def _ltc_describe_amount_trigger(self, level, figures):
        currency = self._ltc_get_company().currency_id
        return self.env._(
            "amount %(amount)s from %(limit)s", amount=currency.format(figures['amount_company']),
            limit=currency.format(level.amount_above))

    def _ltc_describe_margin_trigger(self, level, figures):
        return self.env._(
            "margin %(percent)g %% below %(limit)g %%", percent=figures['margin_percent'], limit=level.margin_below)

    def _ltc_describe_discount_trigger(self, level, figures):
        return self.env._(
            "deepest discount %(percent)g %% above %(limit)g %%", percent=figures['discount_percent'],
            limit=level.discount_above)

    def _ltc_describe_payment_days_trigger(self, level, figures):
        return self.env._(
            "%(days)s payment days, more than %(limit)s", days=figures['payment_days'],
            limit=level.payment_days_above)

    def _ltc_describe_customer_grade_trigger(self, level, figures):
        return self.env._("customer grade %(grade)s", grade=figures.get('customer_grade'))

    # === BUSINESS METHODS === #

    def _ltc_describe_trigger(self, key, level, figures):
        """Return, in words, why ``level`` decides: the figure beside the limit that it crosses."""
        describe = getattr(self, f'_ltc_describe_{key}_trigger', None)
        return describe(level, figures) if describe else level._describe_limit(key)

    def _ltc_freeze_reasons(self, code, rule, figures, amount_company):
        """Return {language: {'reasons': [...], 'notes': [...]}} of the level that ``figures`` chose."""
        facts = {**figures, 'amount_company': amount_company, **self._ltc_get_reason_facts(code)}
        fired = rule._get_fired(figures, amount_company) if rule else []
        return {
            lang: self.with_context(lang=lang)._ltc_prepare_reasons(code, rule.with_context(lang=lang), fired, facts)
            for lang, _name in self.env['res.lang'].get_installed()}

    def _ltc_prepare_reasons(self, code, rule, fired, facts):
        return {
            'reasons': [self._ltc_describe_trigger(key, rule, facts) for key in fired],
            'notes': self._ltc_get_review_notes(code, facts),
        }
