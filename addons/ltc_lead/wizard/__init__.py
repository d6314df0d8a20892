from . import crm_lead_to_opportunity
from . import ltc_score_explanation
