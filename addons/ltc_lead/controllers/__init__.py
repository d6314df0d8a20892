from . import web_lead
from . import portal
from . import import_template
