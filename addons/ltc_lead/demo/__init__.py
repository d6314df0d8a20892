from . import ltc_demo
from . import ltc_demo_steps
from . import ltc_demo_pool
from . import ltc_demo_score
from . import ltc_demo_sla
from . import ltc_demo_forecast
from . import ltc_demo_rules
