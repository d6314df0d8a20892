from . import crm_lead
from . import crm_lead_glance
from . import crm_stage
from . import crm_team
from . import ltc_flow
from . import ltc_kpi
from . import ltc_flow_funnel
from . import ltc_data_scope
