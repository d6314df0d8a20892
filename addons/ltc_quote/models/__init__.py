from . import ltc_flow
from . import account_payment_term
from . import crm_lead
from . import mail_template
from . import sale_order
from . import sale_order_line
from . import payment_transaction
from . import ltc_kpi
