import base64
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.ltc_lead.demo.ltc_demo import CASES, CUSTOMERS
from odoo.addons.ltc_quote.demo.ltc_demo import QUOTATIONS


class LtcDemo(models.AbstractModel):
    _inherit = 'ltc.demo'

    @api.model
    def _play_delivery(self):
        """Signed contracts are handed over, delivered from stock and accepted by their customers."""
        self._backdate_gates()
        self._hire({'delivery': ['stock.group_stock_user', 'project.group_project_manager'],
                    'operations': ['project.group_project_manager']})
        for key in QUOTATIONS:
            if self._reaches(key, 'signed'):
                self._play_handover(key)
            if self._reaches(key, 'delivered'):
                self._deliver(key)
            if self._reaches(key, 'accepted'):
                self._accept(key)
            if self._reaches(key, 'signed'):
                self._backdate(self._find(f'contract_{key}').ltc_flow_id, CASES[key][2])

    @api.model
    def _play_handover(self, key):
        contract = self._as('sales', self._find(f'contract_{key}'))
        self._plan_project(contract.sudo())
        contract.action_open_handover()
        handover = contract.sudo().handover_ids
        handover.fr_user_id = self._user('delivery')
        points = {
            'promises': "Spare parts on site at start-up; a second operator course within the year.",
            'penalties': "0.5 % a week of delay, at most 5 %.",
            'risks': "Crane on site only on weekdays; foundation by the customer.",
        }
        for line in handover.line_ids:
            line.content = line.content or points.get(line.topic, "As in the contract.")
        if self._reaches(key, 'delivered'):
            handover.line_ids.is_explained = True
            self._as('delivery', handover).action_confirm_delivery()
            self._as('finance', handover).action_confirm_finance()
        else:
            handover.line_ids[:3].is_explained = True

    @api.model
    def _plan_project(self, contract):
        order = contract.order_id
        if not order.project_id:
            order.project_id = self.env['project.project'].with_company(contract.company_id).create({
                'name': f'{contract.partner_id.name}: {contract.title}', 'company_id': contract.company_id.id,
                'partner_id': contract.partner_id.id, 'user_id': self._user('delivery').id, 'allow_milestones': True,
                'task_ids': [fields.Command.create({'name': name, 'user_ids': [(4, self._user('delivery').id)]})
                             for name in ("Layout and foundation plan", "Assembly in the hall",
                                          "Transport and installation", "Start-up and operator training")],
            })
        contract._sync_milestones()

    @api.model
    def _deliver(self, key):
        """Ship everything from stock, as the people in delivery do it."""
        pickings = self._find(f'order_{key}').picking_ids
        while pending := pickings.filtered(lambda picking: picking.state not in ('done', 'cancel')):
            picking = self._as('delivery', pending.sorted('id')[0])
            picking.action_assign()
            for move in picking.move_ids:
                move.quantity = move.product_uom_qty
                move.picked = True
            picking.with_context(skip_backorder=True, skip_sms=True).button_validate()

    @api.model
    def _accept(self, key):
        contract = self._find(f'contract_{key}')
        self._as('delivery', contract).action_create_acceptance()
        certificate = self._as('delivery', contract.acceptance_ids)
        today = fields.Date.context_today(self)
        certificate.write({
            'site': f'{contract.partner_id.name}, {contract.partner_id.city}',
            'date_tested': today - timedelta(days=CASES[key][2] // 6),
            'conclusion': "All tests passed at the rated speed; the customer takes the line over.",
        })
        certificate.item_ids.result = 'pass'
        certificate.action_submit()
        certificate.write({
            'signatory_name': CUSTOMERS[key][2], 'signatory_function': "Plant Manager",
            'date_signed': today - timedelta(days=CASES[key][2] // 6),
            'signed_document': base64.b64encode(self._draw_certificate(certificate)),
            'signed_document_name': f'{certificate.name.replace("/", "-")}.pdf',
        })
        certificate.action_accept()

    @api.model
    def _draw_certificate(self, certificate):
        return self._draw_document(
            f'Acceptance Certificate {certificate.name}',
            [f'{certificate.partner_id.name}: {certificate.contract_id.title}', certificate.conclusion],
            [["Item", "Weight", "Result"]] + [
                [item.name, f'{item.weight:g}', "Passed"] for item in certificate.item_ids],
        )
