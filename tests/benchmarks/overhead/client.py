"""What the web client asks the server for when somebody opens a view.

Follows ``extractFieldsFromArchInfo`` and ``getFieldsSpec`` of ``web/static/src/model/relational_model/utils.js``. What
only JavaScript knows, the fields that a widget reads beside its own, stands in the two tables below.
"""
import ast

from lxml import etree

from odoo.tests.form import get_static_context
from odoo.tools.safe_eval import safe_eval

ACTIVITY = [
    'activity_exception_decoration', 'activity_exception_icon', 'activity_state', 'activity_summary',
    'activity_type_icon', 'activity_type_id',
]
DEPENDENCIES = {  # widget: fields of the same record
    'list_activity': ACTIVITY,
    'kanban_activity': ACTIVITY,
    'statusbar_duration': ['duration_tracking'],
    'analytic_distribution': ['analytic_precision'],
    'image': ['write_date'],
    'sol_product_many2one': [
        'is_configurable_product', 'product_type', 'service_tracking', 'product_template_attribute_value_ids',
        'translated_product_name',
    ],
    'qty_at_date_widget': [
        'display_qty_widget', 'free_qty_today', 'forecast_expected_date', 'is_mto', 'move_ids', 'qty_available_today',
        'qty_to_deliver', 'scheduled_date', 'virtual_available_at_date', 'warehouse_id',
    ],
}
RELATED = {  # widget: fields of the records in it
    'many2many_binary': ['name', 'mimetype'],
    'x2many_buttons': ['display_name'],
}
X2MANY = ('one2many', 'many2many')


class Screen:
    """A window action as its user has opened it: views loaded, fields known, ready to read."""

    def __init__(self, env, action_xmlid, view_types):
        action = env['ir.actions.act_window']._for_xml_id(action_xmlid)
        known = {'uid': env.uid, 'allowed_company_ids': env.companies.ids, 'context': {}}
        context = safe_eval(action['context'] or '{}', known)
        context = {key: value for key, value in context.items() if not key.startswith('search_default_')}
        self.model = env[action['res_model']].with_context(bin_size=True, **context)
        self.domain = safe_eval(action['domain'] or '[]', known)
        view_ids = {view_type: view_id for view_id, view_type in action['views']}
        views = self.model.get_views(
            [(view_ids.get(view_type, False), view_type) for view_type in view_types],
            {'toolbar': True, 'action_id': action['id'], 'load_filters': True},
        )
        self.archs = {name: etree.fromstring(view['arch']) for name, view in views['views'].items()}
        self.specs = {name: specification(_active_fields(self.model, arch)) for name, arch in self.archs.items()}

    def read_form(self, record):
        return record.with_env(self.model.env).web_read(self.specs['form'])

    def read_list(self, limit=80):
        arch = self.archs['list']
        return self.model.web_search_read(
            self.domain, self.specs['list'], limit=limit, order=arch.get('default_order') or None, count_limit=10001,
        )


def specification(active_fields):
    spec = {}
    for name, active in active_fields.items():
        spec[name] = {}
        if active['type'] in X2MANY and active['related'] is not None and not active['invisible']:
            spec[name]['fields'] = specification(active['related'])
            spec[name].update({key: active[key] for key in ('context', 'limit', 'order') if active[key]})
        elif active['type'] in ('many2one', 'reference'):
            spec[name]['fields'] = {} if active['invisible'] else {'display_name': {}}
            if active['context'] and not active['invisible']:
                spec[name]['context'] = active['context']
    for active in active_fields.values():
        if active['type'] == 'properties' and active['definition_record'] in spec:
            spec[active['definition_record']].setdefault('fields', {})['display_name'] = {}
    return spec


def _active_fields(model, arch):
    active_fields = {}
    depth = arch.xpath('count(ancestor-or-self::field)')
    for node in arch.xpath(f'.//field[count(ancestor::field) = {depth}]'):
        _merge(active_fields, {node.get('name'): _active_field(model, node)})
        _add_dependencies(active_fields, model, node.get('widget'))
    for node in arch.xpath(f'.//widget[count(ancestor::field) = {depth}]'):
        _add_dependencies(active_fields, model, node.get('name'))
    return active_fields


def _active_field(model, node):
    field = model._fields[node.get('name')]
    active = {
        'type': field.type,
        'invisible': any(node.get(name) in ('True', '1') for name in ('invisible', 'column_invisible')),
        'context': get_static_context(node.get('context') or '{}'),
        'definition_record': getattr(field, 'definition_record', None),
        'related': None, 'limit': None, 'order': None,
    }
    if field.type in X2MANY:
        active['related'] = _related_fields(model.env[field.comodel_name], node, active)
    return active


def _related_fields(comodel, node, active):
    """Return the fields of the records shown in ``node``: those of its widget, or of its list or kanban."""
    widget = node.get('widget') or ''
    options = ast.literal_eval(node.get('options') or '{}')
    names = RELATED.get(widget)
    if 'tags' in widget:
        names = ['display_name', *filter(None, [options.get('color_field')])]
    if names:
        return {name: _plain(comodel, name) for name in names}
    views = {child.tag: child for child in node}
    view = views.get('list') if views.get('list') is not None else views.get('kanban')
    if view is None:
        return {}
    active['limit'] = int(view.get('limit') or 40)
    active['order'] = view.get('default_order')
    related = _active_fields(comodel, view)
    if 'form' in views:  # its fields come along unseen, for the onchanges
        for name, hidden in _active_fields(comodel, views['form']).items():
            related.setdefault(name, {**hidden, 'invisible': True})
    return related


def _plain(model, name):
    return {
        'type': model._fields[name].type, 'invisible': False, 'context': None, 'related': None, 'limit': None,
        'order': None, 'definition_record': None,
    }


def _add_dependencies(active_fields, model, widget):
    for name in DEPENDENCIES.get(widget, ()):
        if name in model._fields:
            _merge(active_fields, {name: _plain(model, name)})


def _merge(active_fields, others):
    """Add fields; one that stands several times in a view is invisible when it is so everywhere."""
    for name, other in others.items():
        active = active_fields.setdefault(name, other)
        if active is not other:
            active['invisible'] = active['invisible'] and other['invisible']
            if other['related']:
                active['related'] = active['related'] or {}
                _merge(active['related'], other['related'])
                active['limit'] = active['limit'] or other['limit']
