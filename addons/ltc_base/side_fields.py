from odoo import fields
from odoo.tools import SQL


class SideColumn:
    """A column of another table that reads as one of this table's own: in lists, search, order and groups, at no query.

    For figures that a batch rewrites often: they stay out of the wide rows of the document. ``side_model`` has one row
    for each value of ``side_key``, matched with ``side_on`` of the document; where it has several, ``side_where`` (dict
    of equal values) narrows them and ``side_order`` (a column) says which one is first. Whoever writes that row in a
    running transaction invalidates the field of the document. The model carries ``ltc.side.mixin``, for the field
    cannot be written through the document.
    """
    side_model = ''
    side_column = ''
    side_key = ''
    side_on = 'id'
    side_where = {}
    side_order = ''

    def _setup_attrs__(self, model_class, name):
        result = super()._setup_attrs__(model_class, name)
        self.readonly = True
        self.copy = False
        self.prefetch = False  # only where a view asks for it
        return result

    def update_db(self, model, columns):
        return False  # the column stands elsewhere

    def to_sql(self, model, alias):
        side = model.env[self.side_model]

        def column(name):
            return SQL.identifier('side', name, to_flush=side._fields[name])

        own = SQL.identifier(alias, self.side_on, to_flush=model._fields[self.side_on])
        conditions = [
            SQL("%s = %s", column(self.side_key), own),
            *(SQL("%s = %s", column(name), value) for name, value in self.side_where.items()),
        ]
        first = SQL(" ORDER BY %s, %s LIMIT 1", column(self.side_order), column('id')) if self.side_order else SQL()
        return SQL(
            "(SELECT %s FROM %s AS side WHERE %s%s)", column(self.side_column), SQL.identifier(side._table),
            SQL(" AND ").join(conditions), first)


class SideInteger(SideColumn, fields.Integer):
    """A whole number of the side table."""


class SideSelection(SideColumn, fields.Selection):
    """A selection of the side table."""


class SideDatetime(SideColumn, fields.Datetime):
    """A moment of the side table."""


class SideDate(SideColumn, fields.Date):
    """A day of the side table."""


class SideChar(SideColumn, fields.Char):
    """A text of the side table."""
