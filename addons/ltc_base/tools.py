import re

from odoo.tools import html2plaintext

BOLD = re.compile(r'</?(?:strong|b|em|i)\b[^>]*>')
HEADING = re.compile(r'<(/?)h[1-6]\b[^>]*>')


def get_plain_text(html):
    """Return what a person reads of ``html``, without the asterisks by which Odoo marks what is bold."""
    return html2plaintext(HEADING.sub(r'<\1p>', BOLD.sub('', html or ''))).strip()


def format_record(env, model_name, record_id):
    """Return the name of a record that frozen figures refer to, and say so when it was deleted or merged since."""
    if not record_id:
        return ''
    record_sudo = env[model_name].sudo().browse(record_id).exists()  # a decision is read with its names
    return record_sudo.display_name if record_sudo else env._("(deleted)")


def get_user_name(user):
    """Return the name of ``user`` in one query: a user's own name is his partner's, and would take two."""
    if not user or user == user.env.user:
        return user.name
    partners = user.env['res.partner'].sudo().with_context(active_test=False)  # a colleague's name is no secret
    return partners.search_fetch([('user_ids', 'in', user.ids)], ['name'], limit=1).name
