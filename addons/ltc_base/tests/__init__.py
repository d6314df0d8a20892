from . import test_authority_rule
from . import test_data_check
from . import test_flow
from . import test_flow_funnel
from . import test_flow_stage
from . import test_gate
from . import test_kpi
from . import test_widgets
