from . import demo
from . import models
from . import report
from . import wizard


def uninstall_hook(env):
    """Take away what the ORM does not know of; the triggers go with it."""
    env.cr.execute("DROP FUNCTION IF EXISTS ltc_audit_refuse() CASCADE")
