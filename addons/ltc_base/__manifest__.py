{
    'name': "Lead to Cash: Decision Gates and Case Flow",
    'summary': "Decisions that cannot be bypassed and one thread from lead to cash",
    'version': '19.0.1.0.0',
    'category': 'Sales/Lead to Cash',
    'author': "Lead to Cash contributors",
    'license': 'LGPL-3',
    'depends': ['mail', 'base_setup', 'resource'],
    'data': [
        'security/ltc_base_groups.xml',
        'security/ir.model.access.csv',
        'security/ltc_base_security.xml',
        'data/ir_sequence_data.xml',
        'data/mail_activity_type_data.xml',
        'wizard/ltc_gate_submit_views.xml',
        'wizard/ltc_gate_opinion_give_views.xml',
        'wizard/ltc_gate_decide_views.xml',
        'views/ltc_flow_views.xml',
        'views/ltc_gate_views.xml',
        'views/ltc_authority_rule_views.xml',
        'views/ltc_gate_review_views.xml',
        'views/res_config_settings_views.xml',
        'views/ltc_base_menus.xml',
    ],
    'demo': [
        'demo/res_company_demo.xml',
        'demo/res_users_demo.xml',
        'demo/ltc_demo.xml',
    ],
    'assets': {
        'web.assets_backend': [
            'ltc_base/static/src/**/*',
        ],
        'web.assets_unit_tests': [
            'ltc_base/static/tests/**/*.test.js',
        ],
    },
    'application': True,
}
