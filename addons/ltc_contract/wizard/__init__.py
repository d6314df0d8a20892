from . import ltc_contract_sign
