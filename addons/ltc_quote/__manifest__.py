{
    'name': "Lead to Cash: Quotation Decision",
    'summary': "No quotation reaches a customer before it was decided on exactly these figures",
    'version': '19.0.1.0.0',
    'category': 'Sales/Lead to Cash',
    'author': "Lead to Cash contributors",
    'license': 'LGPL-3',
    'depends': ['ltc_lead', 'sale_crm', 'sale_management', 'sale_margin'],
    'data': [
        'security/ir.model.access.csv',
        'security/ltc_quote_security.xml',
        'data/ltc_gate_figure_data.xml',
        'data/ltc_gate_data.xml',
        'data/ltc_kpi_data.xml',
        'data/ltc_data_check_data.xml',
        'views/sale_order_views.xml',
        'views/sale_portal_templates.xml',
        'views/ltc_quote_menus.xml',
    ],
    'demo': [
        'demo/ltc_demo.xml',
    ],
}
