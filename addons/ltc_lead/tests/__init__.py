from . import test_crm_lead_conversion
from . import test_crm_lead_external_api
from . import test_crm_lead_flow
from . import test_crm_lead_gate
from . import test_crm_lead_queries
from . import test_flow_funnel
from . import test_ltc_kpi
