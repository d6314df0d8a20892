from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LtcQuoteCommon


@tagged('post_install', '-at_install')
class TestStageQuotation(LtcQuoteCommon):

    def test_a_stage_that_requires_a_quotation_takes_any_that_was_not_cancelled(self):
        self.stage_proposition.write({'ltc_gate_required': False, 'ltc_is_quotation_required': True})
        opportunity = self._create_opportunity(stage_id=self.stage_new.id).with_user(self.sales)
        quotation = self._create_quotation(opportunity_id=opportunity.id)
        quotation.action_cancel()
        with self.assertRaisesRegex(UserError, "has no quotation, and stage Proposition requires one"), \
                self.env.cr.savepoint():
            opportunity.stage_id = self.stage_proposition
        self._create_quotation(opportunity_id=opportunity.id)
        opportunity.stage_id = self.stage_proposition
