from . import crm_lead_to_opportunity
from . import ltc_forecast_adjust
from . import ltc_lead_split_edit
from . import ltc_target_copy
from . import crm_lead_lost
from . import ltc_lead_won
