from . import test_audit_concurrency
from . import test_audit_log
from . import test_authority_rule
from . import test_flow
from . import test_gate
from . import test_widgets
