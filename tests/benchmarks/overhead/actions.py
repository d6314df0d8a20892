"""The standard actions that are counted.

Each function prepares what its action needs and yields the action itself, ready to be called: only that call is
counted. What stands after the ``yield`` makes sure that the action took place.
"""
from odoo.tests import Form

from .client import Screen

ACTIONS = []  # (label, kind, function)


def action(label, kind='action'):
    def register(prepare):
        ACTIONS.append((label, kind, prepare))
        return prepare
    return register


# === LEAD === #

@action("lead: create 1")
def create_lead(company):
    leads = company.as_user(company.sales)['crm.lead']
    values = company.lead_values(1)
    yield lambda: leads.create(values)


@action("lead: create 100 in one call")
def create_100_leads(company):
    leads = company.as_user(company.sales)['crm.lead']
    values = company.lead_values(100)
    yield lambda: leads.create(values)


@action("opportunity: create 1")
def create_opportunity(company):
    leads = company.as_user(company.sales)['crm.lead']
    values = company.lead_values(1, type='opportunity')
    yield lambda: leads.create(values)


@action("opportunity: create 100 in one call")
def create_100_opportunities(company):
    leads = company.as_user(company.sales)['crm.lead']
    values = company.lead_values(100, type='opportunity')
    yield lambda: leads.create(values)


@action("lead: convert")
def convert_lead(company):
    lead = company.as_user(company.sales)['crm.lead'].create(company.lead_values(1))
    yield lambda: lead.convert_opportunity(lead.partner_id)
    assert lead.type == 'opportunity'


@action("lead: convert by the wizard")
def convert_lead_by_wizard(company):
    lead = company.as_user(company.sales)['crm.lead'].create(company.lead_values(1))
    wizard = lead.env['crm.lead2opportunity.partner'].with_context(
        active_model='crm.lead', active_id=lead.id, active_ids=lead.ids)
    yield lambda: wizard.create({'name': 'convert', 'action': 'exist'}).action_apply()


@action("opportunity: write stage")
def write_stage(company):
    opportunity = company.new_opportunities(1)
    stage = opportunity.stage_id.search([('is_won', '=', False), ('id', '!=', opportunity.stage_id.id)], limit=1)
    yield lambda: opportunity.write({'stage_id': stage.id})


@action("opportunity: won")
def win(company):
    yield company.new_opportunities(1).action_set_won


@action("opportunity: lost")
def lose(company):
    opportunity = company.new_opportunities(1)
    yield lambda: opportunity.action_set_lost()


# === QUOTATION AND ORDER === #

@action("quotation: create, 10 lines")
def create_quotation(company):
    orders = company.as_user(company.sales)['sale.order']
    values = company.order_values()
    yield lambda: orders.create(values)


@action("quotation of an opportunity: create, 10 lines")
def create_quotation_of_opportunity(company):
    opportunity = company.new_opportunities(1)
    values = company.order_values(opportunity)
    yield lambda: opportunity.env['sale.order'].create(values)


@action("quotation: product of a line (onchange)")
def choose_product(company):
    form = Form(company.new_orders(company.new_opportunities(1)))
    line = form.order_line.new()
    yield lambda: setattr(line, 'product_id', company.products[0])


@action("quotation: confirm 1")
def confirm(company):
    order = company.new_orders([None])
    yield order.action_confirm
    assert order.picking_ids.state == 'assigned', order.picking_ids.state


@action("quotation of an opportunity: confirm 1")
def confirm_of_opportunity(company):
    yield company.new_orders(company.new_opportunities(1)).action_confirm


@action("quotation of an opportunity: confirm 20 in one call")
def confirm_20(company):
    yield company.new_orders(company.new_opportunities(20)).action_confirm


@action("transfer: validate")
def validate_transfer(company):
    picking = company.new_confirmed_orders(1).picking_ids.with_env(company.as_user(company.stock))
    yield picking.button_validate
    assert picking.state == 'done', "a wizard asks something first"


# === INVOICE AND CASH === #

@action("order: create invoice")
def create_invoice(company):
    yield company.new_confirmed_orders(1)._create_invoices


@action("invoice: post 1")
def post(company):
    yield company.new_invoices(1).with_env(company.as_user(company.accounting)).action_post


@action("invoice: post 20 in one call")
def post_20(company):
    yield company.new_invoices(20).with_env(company.as_user(company.accounting)).action_post


@action("invoice: register payment")
def register_payment(company):
    invoice = company.new_invoices(1).with_env(company.as_user(company.accounting))
    invoice.action_post()
    wizards = company.payment_wizard(invoice)
    yield lambda: wizards.create({}).action_create_payments()
    assert invoice.payment_state == 'paid', invoice.payment_state


# === SCREENS === #

def _screen(company, user, xmlid, *view_types):
    """Open the screen once: the web client keeps the views, the server its caches."""
    key = (xmlid, view_types)
    if key not in company.screens:
        company.screens[key] = Screen(company.as_user(user), xmlid, view_types)
    return company.screens[key]


@action("form: lead", 'form')
def open_lead(company):
    screen = _screen(company, company.sales, 'crm.crm_lead_action_pipeline', 'form')
    record = company.order.opportunity_id
    yield lambda: screen.read_form(record)


@action("form: order", 'form')
def open_order(company):
    screen = _screen(company, company.sales, 'sale.action_orders', 'form')
    record = company.order
    yield lambda: screen.read_form(record)


@action("form: invoice", 'form')
def open_invoice(company):
    screen = _screen(company, company.accounting, 'account.action_move_out_invoice', 'form')
    record = company.order.invoice_ids
    yield lambda: screen.read_form(record)


@action("form: customer", 'form')
def open_customer(company):
    screen = _screen(company, company.sales, 'account.res_partner_action_customer', 'form')
    record = company.partner()
    yield lambda: screen.read_form(record)


@action("form: transfer", 'form')
def open_transfer(company):
    screen = _screen(company, company.stock, 'stock.action_picking_tree_all', 'form')
    record = company.order.picking_ids
    yield lambda: screen.read_form(record)


@action("list of 80: leads", 'list')
def list_leads(company):
    yield _screen(company, company.sales, 'crm.crm_lead_action_pipeline', 'list', 'search').read_list


@action("list of 80: orders", 'list')
def list_orders(company):
    yield _screen(company, company.sales, 'sale.action_orders', 'list', 'search').read_list


@action("list of 80: invoices", 'list')
def list_invoices(company):
    yield _screen(company, company.accounting, 'account.action_move_out_invoice', 'list', 'search').read_list


@action("list of 80: customers", 'list')
def list_customers(company):
    yield _screen(company, company.sales, 'account.res_partner_action_customer', 'list', 'search').read_list
