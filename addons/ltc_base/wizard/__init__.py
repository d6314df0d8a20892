from . import ltc_gate_submit
from . import ltc_gate_opinion_give
from . import ltc_gate_decide
from . import ltc_gate_return
from . import ltc_gate_reviewer_add
from . import ltc_gate_condition_fulfil
