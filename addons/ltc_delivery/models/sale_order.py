from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    def _compute_project_ids(self):
        """Show reviewers, who read orders without being sales, the projects that they may see.

        Odoo searches them by a field that only sales may read, and refuses the whole form.
        """
        if self.env.su or self.env.user.has_group('sales_team.group_sale_salesman'):
            return super()._compute_project_ids()
        super(SaleOrder, self.sudo())._compute_project_ids()
        for order in self:
            projects = order.sudo().project_ids.sudo(False)._filtered_access('read')
            order.project_ids = projects
            order.project_count = len(projects.filtered('active'))

    def _ltc_get_stock_lines(self):
        """Return the lines whose goods leave the warehouse.

        By the product, which a contract freezes; the delivery method of a line can be written by any client.
        """
        return self._ltc_get_commercial_lines().filtered(
            lambda line: line.product_id.type == 'consu' and line.product_uom_qty > 0)

    def _ltc_get_service_lines(self):
        """Return the service lines that an acceptance delivers."""
        return self._ltc_get_commercial_lines().filtered(
            lambda line: line.product_id.type == 'service' and line.qty_delivered_method in ('manual', 'milestones'))

    def _ltc_get_undelivered_lines(self):
        """Return the lines whose goods are not all with the customer, counted from the transfers.

        ``qty_delivered`` itself can be typed over RPC, so it proves nothing.
        """
        lines = self.sudo()._ltc_get_stock_lines()
        delivered = lines._prepare_qty_delivered()
        return lines.filtered(
            lambda line: line.product_uom_id.compare(delivered.get(line, 0.0), line.product_uom_qty) < 0)

    def _ltc_get_done_deliveries(self):
        return self.picking_ids.filtered(
            lambda picking: picking.state == 'done' and picking.location_dest_id.usage == 'customer')

    def _ltc_check_handover(self):
        """Raise with every reason that keeps the delivery of these orders from starting."""
        contracts_sudo = self.sudo().ltc_contract_id.filtered(lambda contract: contract.state == 'signed')
        blockers = contracts_sudo._get_handover_blockers()  # whoever delivers need not see contracts
        sentences = self.sudo()._ltc_get_unordered_blockers() + [
            sentence for reasons in blockers.values() for sentence in reasons]
        if sentences:
            raise UserError('\n'.join(sentences))

    def _ltc_on_goods_moved(self):
        """Hand what was delivered or came back on to the payment plan and the case."""
        orders_sudo = self.sudo()  # a warehouse worker sees neither contracts nor cases
        orders_sudo.ltc_contract_id.filtered(lambda contract: contract.state == 'signed')._refresh_delivery()
        delivered = orders_sudo.filtered(lambda order: order.ltc_flow_id and order._ltc_is_delivered())
        delivered.ltc_flow_id._advance('acceptance')

    def _ltc_is_delivered(self):
        """Return whether the goods are with the customer: proved under a contract, else as Odoo says, at no query."""
        self.ensure_one()
        if self.ltc_contract_id.state == 'signed':
            return not self._ltc_get_undelivered_lines()
        return self.delivery_status == 'full'
