"""Opendatasoft portals (Explore API v2.1, search API v1): what an entry says of its dataset.

``opendatasoft_walk.py`` fetches the entries, ``opendatasoft.toml`` says what their keys become.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from graph.iris import segment
from graph.issues import Issue
from ingest import columns, coverage, describing, spatial
from ingest.connectors import opendatasoft_walk
from ingest.connectors.opendatasoft_files import SERVICE, Files
from ingest.describing import text, texts
from ingest.fetch import Fetcher
from ingest.isolation import SURPRISES
from ingest.mapping import MappingTable, Values
from ingest.portals import Portal
from ingest.reading import Node, Reading
from ingest.record import Record
from vocab.codelist import fold
from vocab.context import Model

_DEFAULT, _DCAT, _INSPIRE = "metas.default.", "metas.dcat.", "metas.inspire."
_FIELDS = columns.Fields("name", "label", "description", "type")
_BETWEEN_LINKS = re.compile(r"[\s;,]+(?=https?://)")
_TERRITORIAL = frozenset(
    {"adresse", "point", "parcelle", "iris", "quartier", "commune", "epci", "departement", "region"}
)

_REFERENCES = "fr_40_… (région), fr_60_… (département), fr_70_… (EPCI), fr_80_… (commune)"


class Opendatasoft:
    """The connector ``opendatasoft``."""

    def __init__(self, model: Model) -> None:
        """Raises ``ConfigError`` where the table says what the model does not know."""
        self._table = MappingTable("opendatasoft.toml", model, self)
        self._files = Files(model, self._table.tables["exports"])

    def records(self, portal: Portal, fetcher: Fetcher) -> Iterator[Record | Issue]:
        """See ``Connector.records``."""
        for entry in opendatasoft_walk.entries(portal, fetcher):
            identifier = entry.get("dataset_id") if isinstance(entry, dict) else None
            if isinstance(identifier, str) and identifier.strip():
                yield Record(identifier, entry)
            else:
                message = "dataset_id: an entry without identifier can have no IRI; left out"
                yield Issue("missing", "dataset_id", str(entry), message)

    def describe(self, record: Record, reading: Reading) -> None:
        """See ``Connector.describe``."""
        dataset = reading.node(reading.root, "Dataset")
        reading.language = _language(record.payload) or reading.language
        reading.body = (_publisher(record.payload), "")
        self._table.apply("Dataset", record.payload, dataset, reading)
        root = reading.context.portal.root
        dataset.add("landingPage", f"{root}/explore/dataset/{quote(record.id, safe='')}/")

    def services(self, portal: Portal, catalog: Node) -> None:
        """See ``Connector.services``: the Explore API, one for the whole portal."""
        service = catalog.part("service", SERVICE, "DataService")
        service.add("title", f"API Explore v2.1 : {portal.title}")
        service.add("endpointURL", f"{portal.root}/api/explore/v2.1")
        service.add("endpointDescription", f"{portal.root}/api/explore/v2.1/swagger.json")
        service.link("publisher", catalog.context.iris.agent(portal.publisher.siren))

    def title(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Title and description."""
        title, description = f"{_DEFAULT}title", f"{_DEFAULT}description"
        describing.titles(
            reading, dataset, (title, values.get(title)), (description, values.get(description))
        )

    def themes(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Themes of the portal and of INSPIRE."""
        for key, value in values.items():
            describing.themes(reading, dataset, key, texts(value))

    def keywords(self, _: Reading, dataset: Node, values: Values) -> None:
        """Keywords."""
        for key, value in values.items():
            describing.keywords(dataset, key, texts(value))

    def publisher(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The publisher by its name, often a service of the city."""
        for key, value in values.items():
            describing.publisher(reading, dataset, key, texts(value))

    def creator(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The creator by its name."""
        for name in (found for value in values.values() for found in texts(value)):
            dataset.link("creator", describing.agent(reading, name))

    def contributor(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The contributor by its name."""
        for name in (found for value in values.values() for found in texts(value)):
            dataset.link("contributor", describing.agent(reading, name))

    def contact(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The contact points: of the DCAT template, and of INSPIRE's."""
        for path, name, email in (
            ("contact", f"{_DCAT}contact_name", f"{_DCAT}contact_email"),
            ("contact-inspire", f"{_INSPIRE}contact_individual_name", f"{_INSPIRE}contact_email"),
        ):
            mail = (email, values.get(email))
            describing.contact(reading, dataset, text(values.get(name)), mail, path=path)

    def places(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The territories: ``fr_80_75056`` is a commune by its INSEE code, ``world_fr`` France."""
        key = f"{_DEFAULT}geographic_reference"
        references = texts(values.get(key))
        labels = texts(values.get(f"{_DEFAULT}territory"))
        if references and labels and len(labels) != len(references):
            message = f"{key}: {len(references)} codes for {len(labels)} names of territory"
            reading.issue("shape", key, labels, message)
            labels = []
        for reference, label in zip(references, labels or [""] * len(references), strict=False):
            if not spatial.cover(reading, dataset, key, reference, label):
                message = f"{key}: {reference!r} is no territory known: world_fr, {_REFERENCES}"
                reading.issue("unknown-value", key, reference, message)
        if not references:
            self._named(reading, dataset, f"{_DEFAULT}territory", labels)

    def bbox(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The extent, a GeoJSON Feature."""
        for key, feature in values.items():
            if not isinstance(feature.get("type", ""), str):
                raise TypeError("the type of a GeoJSON object is text")
            coverage.extent(reading, dataset, key, feature["geometry"])

    def spatial(self, reading: Reading, dataset: Node, values: Values) -> None:
        """A free text about the place: the name of a territory, where it is one."""
        for key, value in values.items():
            self._named(reading, dataset, key, texts(value))

    def _named(self, reading: Reading, dataset: Node, key: str, names: list[str]) -> None:
        for name in names:
            if not spatial.cover(reading, dataset, key, name):
                message = f"{key}: {name!r} names no territory known"
                reading.issue("unknown-value", key, name, message)

    def temporal(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The period covered."""
        start, end = f"{_DCAT}temporal_coverage_start", f"{_DCAT}temporal_coverage_end"
        words = f"{_DCAT}temporal"
        coverage.period(
            reading, dataset, (start, values.get(start)), (end, values.get(end)),
            (words, values.get(words)),
        )  # fmt: skip

    def granularity(self, reading: Reading, dataset: Node, values: Values) -> None:
        """A grain of time, where the word is one."""
        for key, value in values.items():
            if fold(text(value)) in _TERRITORIAL:
                continue  # a grain of territory: DCAT has no property for it
            if length := coverage.duration(text(value)):
                dataset.add("temporalResolution", length, key)
            else:
                message = f"{key}: {text(value)!r} is no grain of time known"
                reading.issue("unknown-value", key, text(value), message)

    def references(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Pages about the dataset; what is no address is kept as a comment."""
        for key, value in values.items():
            parts = (part for found in texts(value) for part in _BETWEEN_LINKS.split(found))
            for found in filter(None, map(str.strip, parts)):
                if found.startswith(("http://", "https://")):
                    dataset.add("page", found, key)
                else:
                    dataset.add("comment", found, key)

    def federation(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Where a federated dataset comes from (PROV-O: prov:wasDerivedFrom)."""
        address = text(values.get(f"{_DEFAULT}source_domain_address"))
        domain = text(values.get(f"{_DEFAULT}source_domain"))
        original = text(values.get(f"{_DEFAULT}source_dataset"))
        host = (address or domain).removeprefix("https://").removeprefix("http://").strip("/")
        if "." in host and original:
            source = f"https://{host}/explore/dataset/{quote(original, safe='')}/"
            dataset.add("wasDerivedFrom", source, f"{_DEFAULT}source_domain_address")
        where = text(values.get(f"{_DEFAULT}source_domain_title")) or domain
        if where:
            describing.statement(reading, dataset, f"{_DEFAULT}source_domain", f"Fédéré : {where}")

    def other_identifier(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The platform's own identifier, and INSPIRE's."""
        for key, value in values.items():
            name = f"identifier/{segment(text(value))}"
            other = dataset.part("otherIdentifier", name, "Identifier")
            other.add("notation", text(value), key)

    def provenance(self, reading: Reading, dataset: Node, values: Values) -> None:
        """What is said of the data's quality and making."""
        words = "\n".join(text(value) for value in values.values())
        describing.statement(reading, dataset, ", ".join(values), words)

    def record(self, reading: Reading, _: Node, values: Values) -> None:
        """When the entry was last changed."""
        for key, value in values.items():
            reading.node(f"{reading.root}/record").add("modified", text(value), key)

    def distributions(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Every export format, every attachment, the API; their licence and access rights."""
        for key in ("has_records", "has_attachments", "attachments_count"):
            if isinstance(values.get(key), dict | list):
                message = f"{key}: a number, or true or false, is expected"
                reading.issue("shape", key, values[key], message)
        candidates = [
            (key, values.get(key)) for key in (f"{_DEFAULT}license_url", f"{_DEFAULT}license")
        ]
        attributions = texts(values.get(f"{_DEFAULT}attributions"))
        licence = describing.licence(reading, candidates, attributions)
        rights = f"{_DCAT}accessRights"
        visibility = text(values.get("visibility") or values.get(f"{_DEFAULT}visibility"))
        if text(values.get(rights)):
            dataset.add("accessRights", text(values[rights]), rights)
        elif visibility in ("", "domain", "public"):
            # The catalogue is read without an account: what it lists is public.
            dataset.add("accessRights", "PUBLIC")
        else:
            dataset.add("accessRights", "RESTRICTED")
        if values.get("has_records"):
            self._files.add_exports(reading, dataset, values, licence)
        for kind in ("attachments", "alternative_exports"):
            seen: set[str] = set()
            for attachment in values.get(kind) or []:
                with reading.droppable(kind, attachment):
                    self._table.audit(kind, attachment, reading)
                    self._files.add_attachment(reading, dataset, kind, attachment, licence, seen)
        announced = values.get("attachments_count") or int(bool(values.get("has_attachments")))
        if announced and not values.get("attachments"):
            message = f"attachments: {announced} announced by attachments_count, none listed"
            reading.issue("missing", "attachments", announced, message)

    def columns(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Every column, in its order (CSV on the Web: csvw:Schema, csvw:Column)."""
        columns.described(
            reading, dataset, "fields", values["fields"], self._table, _FIELDS, _annotated
        )

    def grain(self, _: Reading, column: Node, values: Values) -> None:
        """The grain of a column of dates."""
        for key, value in values.items():
            columns.grain(column, key, text(value))

    def key(self, reading: Reading, column: Node, _: Values) -> None:
        """The column is the table's key."""
        reading.node(f"{reading.root}/schema").add("primaryKey", column.iri.rsplit("/", 1)[-1])


def _annotated(field: dict[str, Any]) -> dict[str, Any]:
    """A column with its annotations by name; a bare one (``id``, ``facet``) is true.

    Versions write ``{"unit": ["m"]}``, ``[{"name": "unit", "args": ["m"]}]`` or a single one.
    """
    found = field.get("annotations")
    if isinstance(found, dict) and "name" in found:
        found = [found]
    if isinstance(found, list):
        found = {each["name"]: each.get("args") for each in found if "name" in each}
    annotations = {name: args or True for name, args in (found or {}).items()}
    return {**field, "annotations": annotations}


def _publisher(payload: Any) -> str:
    """The name of who publishes, in an entry of any shape; empty where there is none."""
    try:
        return text(payload["metas"]["default"]["publisher"])
    except SURPRISES:
        return ""


def _language(payload: dict[str, Any]) -> str:
    """The language that an entry declares, where it is one code; empty otherwise."""
    found = payload.get("metas")
    for step in ("default", "language"):
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, str) and re.fullmatch("[a-z]{2}", found) else ""
