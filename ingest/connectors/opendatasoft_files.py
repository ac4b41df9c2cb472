"""The files of an Opendatasoft dataset: every export format, the API, every attachment."""

from typing import Any, NamedTuple
from urllib.parse import quote

from graph.iris import segment
from ingest import describing, distributing
from ingest.connectors.opendatasoft_walk import API
from ingest.describing import text, texts
from ingest.isolation import Dropped
from ingest.mapping import Values
from ingest.readers import html_text
from ingest.reading import Node, Reading
from vocab.context import Model

SERVICE = "service/explore"
"""The Explore API, a part of the portal's catalogue."""
_PROCESSED = "metas.default.data_processed"


class _Export(NamedTuple):
    """A format that the platform exports records in; IRIs, empty where there is none."""

    name: str
    title: str
    feature: str
    format: str
    media_type: str
    package: str


class Files:
    """What makes distributions; ``exports`` is the table ``[exports]`` of the connector."""

    def __init__(self, model: Model, exports: dict[str, dict[str, str]]) -> None:
        """Raises ``ConfigError`` where the table names a format that no code list knows."""
        self._exports = [_export(model, name, how) for name, how in exports.items()]

    def add_exports(
        self, reading: Reading, dataset: Node, values: Values, licence: describing.Licence
    ) -> None:
        """A distribution for every format that the dataset's features allow, and the API."""
        portal, features = reading.context.portal, texts(values.get("features"))
        address = f"{portal.root}{API}/datasets/{quote(reading.identifier, safe='')}"
        for export in self._exports:
            if export.feature and export.feature not in features:
                continue
            node = dataset.part("distribution", f"distribution/{export.name}", "Distribution")
            node.add("title", export.title)
            node.add("accessURL", f"{address}/exports/{export.name}")
            node.add("downloadURL", f"{address}/exports/{export.name}")
            for term, target in (
                ("format", export.format),
                ("mediaType", export.media_type),
                ("packageFormat", export.package),
            ):
                if target:
                    node.link(term, target)
            if text(values.get(_PROCESSED)):
                node.add("modified", text(values[_PROCESSED]), _PROCESSED)
            licence.grant(node)
        self._add_api(reading, dataset, f"{address}/records", licence)

    def _add_api(
        self, reading: Reading, dataset: Node, address: str, licence: describing.Licence
    ) -> None:
        iris, name = reading.context.iris, reading.context.portal.name
        service = f"{iris.catalog(name)}/{SERVICE}"
        node = dataset.part("distribution", "distribution/api", "Distribution")
        node.add("title", "API Explore v2.1")
        node.add("accessURL", address)
        distributing.file_format(reading, node, [("format", "JSON")], "")
        node.link("accessService", service)
        licence.grant(node)
        reading.node(service).link("servesDataset", dataset.iri)

    def add_attachment(
        self,
        reading: Reading,
        dataset: Node,
        kind: str,
        attachment: dict[str, Any],
        licence: describing.Licence,
        seen: set[str],
    ) -> None:
        """A distribution for an attachment; ``kind`` is the key that lists it, ``seen`` the names
        of those before."""
        root = reading.context.portal.root
        identifier, address = text(attachment.get("id")), text(attachment.get("url"))
        if not (identifier or address):
            message = f"{kind}: one without id and url leads nowhere; left out"
            reading.issue("missing", kind, attachment, message)
            raise Dropped
        if not address.startswith(("http://", "https://")):
            # The platform names a file of its own, odsfile://…: served under the identifier.
            address = (
                f"{root}{API}/datasets/{quote(reading.identifier, safe='')}"
                f"/{kind}/{quote(identifier, safe='')}"
            )
        name = f"distribution/{kind.rstrip('s')}-{segment(identifier or address)}"
        if name in seen:
            message = f"{kind}.id: a second one {identifier or address!r}; left out"
            reading.issue("duplicate", f"{kind}.id", identifier or address, message)
            raise Dropped
        seen.add(name)
        node = dataset.part("distribution", name, "Distribution")
        node.add("title", text(attachment.get("title")) or identifier or address)
        if about := text(attachment.get("description")):
            node.add("description", html_text(about))
        node.add("accessURL", address, f"{kind}.url")
        node.add("downloadURL", address, f"{kind}.url")
        media = (f"{kind}.mimetype", attachment.get("mimetype"))
        distributing.file_format(reading, node, [media], text(attachment.get("title")) or address)
        licence.grant(node)


def _export(model: Model, name: str, how: dict[str, str]) -> _Export:
    file_types, media_types = model.code_list("file-type"), model.code_list("media-type")
    found = file_types[how["format"]] if "format" in how else ""
    package = media_types[how["packageFormat"]] if "packageFormat" in how else ""
    title = how.get("title") or name.upper()
    media = file_types.media_types.get(found, "")
    return _Export(name, f"Export {title}", how.get("feature", ""), found, media, package)
