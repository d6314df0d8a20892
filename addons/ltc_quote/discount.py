"""The discount of a whole offer from its list prices, in SQL, so that key figures and analysis count alike.

A price typed lower and a line that deducts are discounts, as in ``sale.order.line._ltc_get_list_amount``. ``line`` is
the alias of the lines in the query.
"""


def get_counted(line):
    """Return the condition on the lines that count: no sections, notes, down payments or re-invoiced costs."""
    return f"{line}.display_type IS NULL AND {line}.is_downpayment IS NOT TRUE AND {line}.is_expense IS NOT TRUE"


def get_listed(line):
    """Return what a line amounts to at list price; 0 for one that deducts."""
    return f"(GREATEST({line}.price_unit, {line}.technical_price_unit, 0) * GREATEST({line}.product_uom_qty, 0))"


def get_net(line):
    """Return what is asked for a line."""
    return f"({line}.price_unit * {line}.product_uom_qty * (1 - COALESCE({line}.discount, 0) / 100))"


def get_percent(line):
    """Return the discount of all the lines of a group together, in percent; 0 where nothing has a price."""
    return (
        f"COALESCE(ROUND((100 * (1 - SUM({get_net(line)}) / NULLIF(SUM({get_listed(line)}), 0)))::numeric, 2), 0)")
