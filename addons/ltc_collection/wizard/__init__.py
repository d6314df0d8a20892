from . import ltc_dunning_hold_place
