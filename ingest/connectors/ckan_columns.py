"""The columns of a CKAN resource: of the portal's datastore, or of a Table Schema."""

from ingest import columns
from ingest.connectors import ckan_walk
from ingest.describing import text, texts
from ingest.mapping import MappingTable, Values
from ingest.reading import Node, Reading

_DATASTORE = columns.Fields("id", "info.label", "info.notes", "type")
_TABLE_SCHEMA = columns.Fields("name", "title", "description", "type")
_FIELDS, _SCHEMA = "resources.fields", "resources.schema"


def add_columns(table: MappingTable, reading: Reading, node: Node, values: Values) -> None:
    """The columns of a distribution: the datastore's fields, else a Table Schema's, which may be
    no more than a page."""
    if listed := ckan_walk.unpacked(values.get(_FIELDS)):
        columns.described(reading, node, _FIELDS, listed, table, _DATASTORE)
        return
    schema = ckan_walk.unpacked(values[_SCHEMA])
    if not isinstance(schema, dict):
        node.add("conformsTo", text(schema), _SCHEMA)
        return
    table.audit(_SCHEMA, schema, reading)
    listed = schema.get("fields") or []
    of = columns.described(reading, node, f"{_SCHEMA}.fields", listed, table, _TABLE_SCHEMA)
    for name in texts(schema.get("primaryKey")):
        of.add("primaryKey", name, f"{_SCHEMA}.primaryKey")
