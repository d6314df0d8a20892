from . import crm_lead_to_opportunity
from . import ltc_customer_search
from . import ltc_lead_conflict_decide
