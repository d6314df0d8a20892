from . import ltc_due_line
