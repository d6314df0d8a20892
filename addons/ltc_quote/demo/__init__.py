from . import ltc_demo
from . import ltc_demo_solution
from . import ltc_demo_versions
from . import ltc_demo_option
from . import ltc_demo_bid
