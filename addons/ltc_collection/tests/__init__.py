from . import test_account_move
from . import test_ltc_contract
from . import test_ltc_due_line
from . import test_ltc_dunning
from . import test_ltc_dunning_hold
from . import test_ltc_dunning_level
from . import test_ltc_dunning_notice
from . import test_ltc_payment_plan_line
