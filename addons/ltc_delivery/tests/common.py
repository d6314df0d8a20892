import base64

from odoo.fields import Command

from odoo.addons.ltc_contract.tests.common import LtcContractCommon

SCAN = base64.b64encode(b'%PDF-1.4 signed')


class LtcDeliveryCommon(LtcContractCommon):
    """Signed contracts over goods, training and installation, and the people who hand over, deliver and accept."""

    role_groups = {
        **LtcContractCommon.role_groups,
        'delivery': 'stock.group_stock_user,project.group_project_user',
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.installation = cls.env['product.product'].create({
            'name': "Installation", 'type': 'service', 'list_price': 8000.0, 'taxes_id': [Command.clear()],
            'service_tracking': 'project_only', 'service_policy': 'delivered_milestones', 'invoice_policy': 'delivery',
        })
        cls.filling_head = cls.env['product.product'].create({
            'name': "Filling Head", 'type': 'consu', 'list_price': 3000.0, 'taxes_id': [Command.clear()],
        })

    @classmethod
    def _sell(cls, products=None, **values):
        """Return the signed contract over {product: quantity}, by the real steps."""
        products = products or {cls.line_product: 2, cls.training: 1}
        quotation = cls._create_quotation(order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': quantity})
            for product, quantity in products.items()
        ], **values)
        contract = cls._create_contract(quotation)
        contract.acceptance_criteria = "6,000 bottles per hour for four hours."
        cls._sign(cls._send_to_sign(contract))
        return contract.sudo(False).with_env(cls.env)

    @classmethod
    def _confirm_handover(cls, contract, release=True):
        """Take the handover of ``contract`` through both confirmations, and the advance with it."""
        contract._create_handovers()
        handover = contract.handover_ids
        handover.line_ids.is_explained = True
        handover.with_user(cls.delivery).action_confirm_delivery()
        handover.with_user(cls.finance).action_confirm_finance()
        if release:
            handover.with_user(cls.finance).action_release_advance("The customer's bank confirmed the transfer.")
        return handover

    @classmethod
    def _deliver(cls, order, quantities=None, user=None):
        """Validate the open transfers of ``order``: all, or ``quantities`` {product: quantity} with a backorder."""
        pickings = order.picking_ids.filtered(lambda picking: picking.state not in ('done', 'cancel'))
        for move in pickings.move_ids:
            move.quantity = (quantities or {}).get(move.product_id, 0 if quantities else move.product_uom_qty)
        pickings = pickings.with_user(user or cls.delivery).with_context(skip_backorder=True)
        pickings.button_validate()
        return pickings.sudo(False).with_env(cls.env)

    @classmethod
    def _get_node_on(cls, contract, trigger):
        return contract.plan_line_ids.filtered(lambda node: node.trigger == trigger)[:1]

    @classmethod
    def _create_acceptance(cls, contract, trigger='acceptance', **values):
        """Return a certificate for the contract's node of that trigger, with every item passed."""
        acceptance = cls.env['ltc.acceptance'].with_user(cls.delivery).create({
            'contract_id': contract.id,
            'plan_line_id': cls._get_node_on(contract, trigger).id,
            'kind': 'sat',
            **values,
        })
        acceptance.item_ids.result = 'pass'
        return acceptance

    @classmethod
    def _sign_on_paper(cls, acceptance, **values):
        acceptance.write({
            'signatory_name': "Ms Lin", 'date_signed': '2026-03-01', 'signed_document': SCAN,
            'signed_document_name': 'certificate.pdf', **values,
        })

    @classmethod
    def _accept(cls, contract, trigger='acceptance', **values):
        """Return the accepted certificate of the contract's node of that trigger."""
        acceptance = cls._create_acceptance(contract, trigger, **values)
        acceptance.action_submit()
        cls._sign_on_paper(acceptance)
        acceptance.action_accept()
        return acceptance
