from . import mail_compose_message
from . import ltc_version_reject
