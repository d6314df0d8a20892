from . import test_authority_rule
from . import test_flow
from . import test_flow_funnel
from . import test_flow_stage
from . import test_gate
from . import test_widgets
from . import test_kpi
