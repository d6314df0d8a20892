from . import test_sale_order_gate
from . import test_sale_order_figures
from . import test_sale_order_routes
from . import test_sale_order_mail
from . import test_sale_order_payment
from . import test_sale_order_portal
from . import test_sale_order_flow
from . import test_sale_order_queries
