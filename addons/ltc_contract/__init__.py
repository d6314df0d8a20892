from . import controllers
from . import models
from . import wizard

# isort: split
from . import demo  # after the models: it extends one of them
