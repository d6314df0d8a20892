{
    'name': "Lead to Cash: Leads and Opportunities",
    'summary': "Qualification, the birth of the case, the iron triangle and gate ATI in CRM",
    'version': '19.0.1.0.0',
    'category': 'Sales/Lead to Cash',
    'author': "Lead to Cash contributors",
    'license': 'LGPL-3',
    'depends': ['ltc_base', 'crm'],
    'data': [
        'security/ltc_lead_groups.xml',
        'security/ltc_kpi_groups.xml',
        'security/ir.model.access.csv',
        'security/crm_lead_security.xml',
        'data/crm_stage_data.xml',
        'data/ltc_gate_figure_data.xml',
        'data/ltc_gate_data.xml',
        'data/ltc_kpi_data.xml',
        'data/ltc_data_check_data.xml',
        'views/crm_lead_views.xml',
        'views/crm_stage_views.xml',
        'views/ltc_lead_menus.xml',
    ],
    'demo': [
        'demo/ltc_demo.xml',
    ],
    'assets': {
        'web.assets_backend': [
            'ltc_lead/static/src/**/*',
        ],
        'web.assets_unit_tests': [
            'ltc_lead/static/tests/**/*.test.js',
        ],
        'web.assets_tests': [
            'ltc_lead/static/tests/tours/**/*',
        ],
    },
}
