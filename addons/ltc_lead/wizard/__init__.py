from . import crm_lead_to_opportunity
from . import ltc_lead_release
from . import ltc_pool_assign
from . import ltc_score_explanation
from . import ltc_lead_hand_over
from . import ltc_lead_return
from . import ltc_customer_search
from . import ltc_lead_conflict_decide
