from . import ltc_gate_submit
from . import ltc_gate_opinion_give
from . import ltc_gate_decide
