from . import mail_compose_message
from . import ltc_version_reject
from . import ltc_gate_submit
from . import ltc_gate_decide
from . import ltc_quote_compare
from . import ltc_quote_concede
from . import ltc_quote_credit
from . import ltc_quote_revise
