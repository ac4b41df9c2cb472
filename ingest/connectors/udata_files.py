"""The resources of a udata dataset as distributions: the methods of ``[Distribution]``."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from graph.iris import segment, slug
from ingest import describing, distributing
from ingest.connectors.udata_entry import BLANK_NODE, Entries
from ingest.describing import Candidate, Licence, text, texts
from ingest.isolation import Dropped
from ingest.mapping import MappingTable, Values
from ingest.markdown import markdown_text
from ingest.reading import Node, Reading
from vocab.context import Model

HIGH_VALUE = "hvd"
"""The tag, and the badge, of a high-value dataset."""
REGULATION = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
"""Implementing Regulation (EU) 2023/138, which lists the high-value datasets."""
_ALGORITHMS = frozenset({"md5", "sha1", "sha256", "sha384", "sha512"})
_LICENCES = ("license", "extras.dcat.license")
_RIGHTS = (
    "extras.licenseText", "extras.licence", "extras.access_constraints", "extras.dcat.rights",
    "extras.dcat.accessRights", "access_type_reason", "access_type_reason_category",
    "authorization_request_url",
)  # fmt: skip
_SCHEMAS = "https://schema.data.gouv.fr/"


class Distributions:
    """What a dataset's resources become. The connector has ``_table``, ``_entries`` and ``_model``
    of its own."""

    _table: MappingTable
    _entries: Entries
    _model: Model

    def resources(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Every resource as a distribution, or every format where no more is known of them; their
        licence, and the dataset's access rights."""
        for access in _texts(reading, values, "access_type"):
            known = self._table.tables["access"].get(access, access)
            dataset.add("accessRights", known, "access_type")
        given, words = self._terms(reading, values)
        listed, announced = values.get("resources"), values.get("resources_count")
        added: list[tuple[Node, Any]] = []
        if listed is not None:
            added = self._add_resources(reading, dataset, listed)
            if isinstance(announced, int) and announced > len(listed):
                message = f"resources: resources_count says {announced}, {len(listed)} are listed"
                reading.issue("missing", "resources", announced, message)
        elif announced or (announced is None and "resources_formats" in values):
            added = self._add_formats(reading, dataset, values, bool(given or words))
        if not added:
            for _, found in given[:1]:
                message = f"resources: none, and so no distribution has the licence {found!r}"
                reading.issue("missing", "resources", found, message)
            return
        licence = describing.licence(reading, given, words) if given or words else Licence()
        legislation = REGULATION if is_high_value(values) else ""
        for node, resource in added:
            self._own(resource, licence).grant(node)
            if legislation:
                _legislate(reading, node, legislation)

    def _terms(self, reading: Reading, values: Values) -> tuple[list[Candidate], list[str]]:
        """What may name the licence, and words about rights."""
        given = [
            (key, found)
            for key in _LICENCES
            for found in _texts(reading, values, key)
            if not self._model.code_list("licence").says_nothing(found)
        ]
        words = [found for key in _RIGHTS for found in _texts(reading, values, key)]
        for audience in values.get("access_audiences") or ():
            with reading.isolated("access_audiences", audience):
                self._table.audit("access_audiences", audience, reading)
                words.append(f"{text(audience['role'])} : {text(audience['condition'])}")
        return given, words

    def _add_formats(
        self, reading: Reading, dataset: Node, values: Values, has_terms: bool
    ) -> list[tuple[Node, Any]]:
        """A distribution of the dataset's page for every format: what an export without resources
        tells. DCAT: a landing page is the access URL where no better one is known."""
        formats: dict[str, str] = {}
        for name in _texts(reading, values, "resources_formats"):
            if name == BLANK_NODE:
                message = "resources_formats: the name of a blank node is no format; left out"
                reading.issue("invalid-value", "resources_formats", "", message)
            else:
                formats.setdefault(slug(name), name)
        if not formats and has_terms:
            formats = {"page": ""}
        added: list[tuple[Node, Any]] = []
        page = landing_page(reading, values)
        for path, name in formats.items():
            with reading.droppable("page", page):
                node = dataset.part("distribution", f"distribution/{path}", "Distribution")
                if not node.add("accessURL", page, "page"):
                    raise Dropped
                if name:
                    _add_format(reading, node, name)
                added.append((node, {}))
        return added

    def _add_resources(
        self, reading: Reading, dataset: Node, listed: Iterable[Any]
    ) -> list[tuple[Node, Any]]:
        added: dict[str, tuple[Node, Any]] = {}
        for resource in listed:
            with reading.droppable("resources", resource):
                if _is_about(dataset, resource):
                    continue
                name = segment(text(resource.get("id")) or slug(text(resource.get("url"))))
                if name in added:
                    message = f"resources.id: a second resource {name!r}; left out"
                    reading.issue("duplicate", "resources.id", name, message)
                    continue
                node = dataset.part("distribution", f"distribution/{name}", "Distribution")
                described = self._entries.told_apart(resource)
                self._table.apply("Distribution", described, node, reading, prefix="resources.")
                added[name] = node, resource
        return [*added.values()]

    def _own(self, resource: dict[str, Any], licence: Licence) -> Licence:
        """The dataset's licence; the one that a resource had at its source where there is none."""
        extras = resource.get("extras")
        dcat = extras.get("dcat") if isinstance(extras, dict) else None
        if licence.licence or not isinstance(dcat, dict) or isinstance(dcat.get("license"), dict):
            return licence
        known = self._model.code_list("licence")
        found = (concept for name in texts(dcat.get("license")) for concept in known.find(name))
        return Licence(next(found, ""), licence.rights)

    def resource_title(self, _: Reading, node: Node, values: Values) -> None:
        """A distribution's title and description."""
        if title := text(values.get("resources.title")):
            node.add("title", title)
        if about := text(values.get("resources.description")):
            node.add("description", markdown_text(about))

    def address(self, reading: Reading, node: Node, values: Values) -> None:
        """Where the resource is. The permanent link leads to whatever the address is today."""
        for key in ("resources.latest", "resources.url"):
            found = describing.readable(reading, (key, values.get(key)))
            if found and node.add("accessURL", found, key):
                return
        message = "resources.url: a resource without address is none; left out"
        reading.issue("missing", "resources.url", values.get("resources.url"), message)
        raise Dropped

    def format(self, reading: Reading, node: Node, values: Values) -> None:
        """Format and media type; the address of a file, or the data service that it is."""
        url = text(values.get("resources.url"))
        given = [(key, values.get(key)) for key in ("resources.format", "resources.mime")]
        file_type = distributing.file_format(reading, node, given, url)
        is_api = not file_type and text(values.get("resources.type")) == "api"
        is_file = text(values.get("resources.filetype")) == "file"
        if url and (is_api or file_type in distributing.SERVICES):
            title = text(values.get("resources.title"))
            distributing.add_service(reading, node, url, "resources.url", title)
        elif url and (is_file or file_type not in distributing.PAGES):
            node.add("downloadURL", url, "resources.url")

    def resource_dates(self, _: Reading, node: Node, values: Values) -> None:
        """Dates of the resource, those of its source first."""
        for term, keys in (
            ("issued", ("harvest.issued_at", "harvest.created_at", "published", "created_at")),
            ("modified", ("harvest.modified_at", "last_modified")),
        ):
            for key in (f"resources.{key}" for key in keys):
                if text(values.get(key)) and node.add(term, text(values[key]), key):
                    break

    def checksum(self, reading: Reading, node: Node, values: Values) -> None:
        """The checksum, of the algorithm that is named where SPDX has it."""
        key = "resources.checksum"
        self._table.audit(key, values[key], reading)
        named = text(values[key].get("type")).lower()
        digits = text(values[key].get("value"))
        known = named if named in _ALGORITHMS else ""
        distributing.add_checksum(reading, node, f"{key}.value", digits, known)

    def schema(self, reading: Reading, node: Node, values: Values) -> None:
        """The schema that the data follows: its page on schema.data.gouv.fr, or its address."""
        for key, found in values.items():
            self._table.audit(key, found, reading)
            held = found if isinstance(found, dict) else {"name": found}
            name, url = text(held.get("name")), text(held.get("url"))
            if url or name.startswith(("http://", "https://")):
                node.add("conformsTo", url or name, key)
            elif name:
                node.add("conformsTo", f"{_SCHEMAS}{quote(name)}/", key)


def landing_page(reading: Reading, values: Values) -> str:
    """The dataset's page: the one that is given, else the one that its identifier leads to."""
    root = reading.context.portal.root
    return text(values.get("page")) or f"{root}/datasets/{quote(reading.identifier, safe='')}/"


def is_high_value(values: Values) -> bool:
    """Whether the publisher says that it is a high-value dataset."""
    tags, badges = values.get("tags"), values.get("badges")
    if isinstance(tags, list) and HIGH_VALUE in tags:
        return True
    return isinstance(badges, list) and any(
        isinstance(each, dict) and each.get("kind") == HIGH_VALUE for each in badges
    )


def _texts(reading: Reading, values: Values, key: str) -> list[str]:
    if key not in values:
        return []
    with reading.isolated(key, values[key]):
        return texts(values[key])
    return []


def _legislate(reading: Reading, node: Node, legislation: str) -> None:
    """A law on a distribution, and on the service that gives access to it."""
    node.add("applicableLegislation", legislation)
    if reading.has(node, "accessService"):
        name = node.iri.rsplit("/", 1)[-1]
        service = reading.node(f"{reading.root}/service/{name}")
        service.add("applicableLegislation", legislation)


def _add_format(reading: Reading, node: Node, name: str) -> None:
    """The format by the portal's word for it, which is the title where no code list has it."""
    key, model = "resources_formats", reading.context.model
    found = model.formats.find(name)
    for term, target in (
        ("format", found.file_type),
        ("mediaType", found.media_type),
        ("packageFormat", found.package),
        ("compressFormat", found.compression),
    ):
        if target:
            node.link(term, target)
    if found.file_type:
        reading.derive("format", found.file_type, key, name, "code-list")
    if found.is_known:
        return
    node.add("title", name)
    if not model.code_list("file-type").says_nothing(name):
        message = f"{key}: {name!r} is not in the code lists file-type and media-type"
        reading.issue("unknown-value", key, name, message)


def _is_about(dataset: Node, resource: dict[str, Any]) -> bool:
    """Whether a resource is about the data, and none of it: then the dataset leads to it."""
    term = {"documentation": "page", "code": "relation"}.get(text(resource.get("type")))
    address = text(resource.get("latest")) or text(resource.get("url"))
    return term is not None and dataset.add(term, address, "resources.url")
