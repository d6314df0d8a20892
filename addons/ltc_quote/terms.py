"""The terms of an offer that the authority matrix may ask, shared by quotation, template, matrix and contract."""

ACCEPTANCE_METHODS = [
    ('delivery', "On Delivery"),
    ('site', "On Site"),
    ('trial', "After a Trial Run"),
    ('customer', "By the Customer's Own Standard"),
]
BILLING_FREQUENCIES = [
    ('once', "Once"),
    ('milestone', "By Milestone"),
    ('monthly', "Monthly"),
    ('quarterly', "Quarterly"),
    ('yearly', "Yearly"),
]
TERMS = {  # key of the figures: field
    'acceptance_method': 'ltc_acceptance_method',
    'billing_frequency': 'ltc_billing_frequency',
}
