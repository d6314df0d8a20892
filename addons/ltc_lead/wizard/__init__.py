from . import crm_lead_to_opportunity
from . import ltc_lead_hand_over
from . import ltc_lead_return
from . import ltc_nurture_enrol
