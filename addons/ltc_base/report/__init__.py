from . import ltc_gate_report
