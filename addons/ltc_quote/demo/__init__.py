from . import ltc_demo
from . import ltc_demo_versions
