from . import ltc_demo
