"""udata portals (API v1 and CSV exports), data.gouv.fr first: what an entry says of its dataset.

``udata_walk.py`` fetches the entries, ``udata.toml`` says what their keys become;
``udata_agents.py`` and ``udata_files.py`` describe who publishes, and the resources.
"""

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

from graph.iris import segment
from graph.issues import Issue
from ingest import coverage, describing, spatial
from ingest.connectors import udata_zones
from ingest.connectors.udata_agents import Agents, of_body
from ingest.connectors.udata_entry import Entries
from ingest.connectors.udata_files import REGULATION, Distributions, is_high_value, landing_page
from ingest.connectors.udata_walk import Walk, identifier
from ingest.describing import text, texts
from ingest.fetch import Fetcher
from ingest.mapping import MappingTable, Values
from ingest.markdown import markdown_text
from ingest.portals import Portal
from ingest.reading import Node, Reading
from ingest.record import Record
from ingest.theming import keyword_themes
from vocab.codelist import fold
from vocab.context import Model

log = logging.getLogger("jointure.udata")

_HOLE = re.compile(r"\{\{\s*\w+\s*\}\}")
"""What a template leaves where nothing was put in: « {{description}} »."""
_NO_FREQUENCY = frozenset({"unknown", "aucune"})
"""What the forms of udata, and of a portal that it harvests, have where nobody chose."""
_ORIGINS = ("harvest.remote_url", "harvest.uri", "harvest.ods_url")
_MEANS = {"harvest.backend": "", "harvest.source_id": "source "}
"""How the portal harvested, and the words before it."""
_SOURCES = ("harvest.ckan_source", "extras.Source", "extras.dcat.provenance")
_NAMES = ("harvest.remote_id", "harvest.dct_identifier", "harvest.uri", "harvest.ckan_name")
_ISSUED = ("harvest.issued_at", "harvest.created_at", "extras.issued", "created_at")
_MODIFIED = ("harvest.modified_at", "extras.modified", "last_update", "last_modified")


class Udata(Agents, Distributions):
    """The connector ``udata``.

    Without a ``filter`` the whole portal is read from its CSV exports; with one, from its API:
    ``organization=…``, ``tag=…``, ``schema=…``, joined by ``&``. A ``file:`` is an export of the
    datasets, a folder of exports, a page of the API, or its objects one a line.
    """

    def __init__(self, model: Model) -> None:
        """Raises ``ConfigError`` where the table says what the model does not know."""
        self._model = model
        self._table = MappingTable("udata.toml", model, self)
        self._entries = Entries(self._table.tables)
        code_list = model.code_list("hvd-category")
        tags: list[str] = self._table.tables["categories"]["tags"]
        self._categories = {tag: concept for tag in tags for concept in code_list.find(tag)}

    def records(self, portal: Portal, fetcher: Fetcher) -> Iterator[Record | Issue]:
        """See ``Connector.records``. Drafts and deleted datasets are no part of a catalogue."""
        hidden = 0
        for entry in Walk(portal, fetcher, self._entries, self._table.tables).entries():
            if isinstance(entry, Record | Issue):
                yield entry
            elif not (name := identifier(entry)):
                message = "id: an entry without identifier can have no IRI; left out"
                yield Issue("missing", "id", str(entry), message)
            elif entry.get("deleted") or entry.get("private") is True:
                hidden += 1
            else:
                yield Record(name, entry)
        if hidden:
            log.info("%s: %d drafts and deleted datasets left out", portal.name, hidden)

    def describe(self, record: Record, reading: Reading) -> None:
        """See ``Connector.describe``."""
        dataset = reading.node(reading.root, "Dataset")
        payload = self._entries.lifted(record.payload, reading)
        reading.body = of_body(payload.get("organization"))
        self._table.apply("Dataset", payload, dataset, reading)

    def services(self, portal: Portal, catalog: Node) -> None:
        """See ``Connector.services``: the API is the catalogue's, not the data's: none."""

    def title(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Title and description (Markdown, kept as it is)."""
        about = values.get("description")
        if isinstance(about, str) and _HOLE.fullmatch(about.strip()):
            about = None
        title = ("title", values.get("title"))
        describing.titles(reading, dataset, title, ("description", about), read=markdown_text)

    def landing_page(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The dataset's page."""
        dataset.add("landingPage", landing_page(reading, values), "page")

    def keywords(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Keywords, and the themes that they name, as udata has none; of a high-value dataset the
        law and the categories."""
        tags = texts(values.get("tags"))
        for tag in tags:
            dataset.add("keyword", tag, "tags")
        keyword_themes(reading, dataset, "tags", tags)
        for words in self.badges(reading, "badges", values.get("badges")):
            dataset.add("keyword", words, "badges")
        if is_high_value(values):
            dataset.add("applicableLegislation", REGULATION)
            for tag in tags:
                if tag in self._categories:
                    dataset.link("hvdCategory", self._categories[tag])

    def dates(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Dates of the dataset, those of its source first, and of its entry in the catalogue."""
        record = reading.node(f"{reading.root}/record")
        listed = ["internal.created_at_internal"]
        if "harvest.domain" not in values:  # otherwise created_at is a day of the source
            listed.append("created_at")
        for node, term, keys in (
            (dataset, "issued", _ISSUED),
            (dataset, "modified", _MODIFIED),
            (record, "issued", listed),
            (record, "modified", ("last_modified",)),
        ):
            for key in keys:
                if key in values and node.add(term, text(values[key]), key):
                    break

    def archived(self, reading: Reading, _: Node, values: Values) -> None:
        """The entry of an archived dataset is deprecated (ADMS), and says since when and why."""
        record = reading.node(f"{reading.root}/record")
        record.link("status", self._model.code_list("status")["Deprecated"])
        day = text(values.get("archived") or values.get("harvest.archived_at"))[:10]
        why = text(values.get("harvest.archived"))
        words = f"Archivé sur le portail{f' le {day}' if day[:1].isdigit() else ''}"
        record.add("description", f"{words} : {why}" if why else words, language="fr")

    def frequency(self, reading: Reading, dataset: Node, values: Values) -> None:
        """How often the data is updated; ``unknown``, which the form begins with, says nothing."""
        known: dict[str, str] = self._table.tables["frequencies"]
        for key, value in values.items():
            found = text(value.get("id") if isinstance(value, dict) else value)
            if fold(found) in _NO_FREQUENCY:
                continue
            if found in known:
                frequency = self._model.code_list("frequency")[known[found]]
                dataset.link("accrualPeriodicity", frequency)
                reading.derive("accrualPeriodicity", frequency, key, found, "portal-list")
                break
            if dataset.add("accrualPeriodicity", found, key):
                break

    def themes(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Themes that the source had, a word or a JSON list of words."""
        for key, value in values.items():
            describing.themes(reading, dataset, key, texts(_unpacked(value)))

    def origin(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Where the portal itself took the dataset from: its address and names there, and how."""
        said = {key: text(value) for key, value in values.items() if key not in _SOURCES}
        domain = said.get("harvest.domain", "")
        for key in _ORIGINS:
            if key in said and said[key].startswith(("http://", "https://")):
                dataset.add("wasDerivedFrom", said[key], key)
        for key in _NAMES:
            if key in said:
                self._identify(reading, dataset, key, said[key], domain)
        how = [f"{word}{said[key]}" for key, word in _MEANS.items() if key in said]
        words = [f"Moissonné sur {domain}"] if domain else ["Moissonné"] if how else []
        if how:
            words[0] += f" ({', '.join(how)})"
        for key in _SOURCES:
            if key in values:
                words += [f"Source : {found}" for found in texts(values[key])]
        if words:
            described = dataset.part("provenance", "provenance", "ProvenanceStatement")
            described.add("label", "\n".join(words), "harvest", "fr")

    def other_identifier(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Identifiers given elsewhere."""
        for key, value in values.items():
            for found in texts(value):
                self._identify(reading, dataset, key, found)

    def _identify(
        self, reading: Reading, dataset: Node, key: str, name: str, agency: str = ""
    ) -> None:
        with reading.isolated(key, name):
            path = f"identifier/{segment(name)}"
            other = dataset.part("otherIdentifier", path, "Identifier")
            other.add("notation", name, key)
            if agency:
                other.add("schemaAgency", agency)

    def references(self, _: Reading, dataset: Node, values: Values) -> None:
        """Pages about the dataset; what is no address is kept as a comment."""
        for key, value in values.items():
            for found in texts(value):
                is_link = found.startswith(("http://", "https://"))
                dataset.add("page" if is_link else "comment", found, key)

    def temporal(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The period covered."""
        start, end = "temporal_coverage.start", "temporal_coverage.end"
        bounds = (start, values.get(start)), (end, values.get(end))
        coverage.period(reading, dataset, *bounds, ("", None))

    def extent(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The extent, GeoJSON; the source's own where the portal has none."""
        key = next(key for key in ("spatial.geom", "extras.spatial") if key in values)
        coverage.extent(reading, dataset, key, _unpacked(values[key]))

    def spatial_uri(self, reading: Reading, dataset: Node, values: Values) -> None:
        """A territory by its IRI; the source's own stays beside ours."""
        for key, value in values.items():
            for found in texts(value):
                dataset.add("spatial", found, key)
                spatial.cover(reading, dataset, key, found)

    def zones(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The territories: by their code (``fr:commune:13055``), or by a name alone."""
        for key, value in values.items():
            for zone in value if isinstance(value, list) else [value]:
                with reading.isolated(key, zone):
                    held = zone if isinstance(zone, dict) else {"id": zone}
                    udata_zones.cover(
                        reading, dataset, key, text(held.get("id")), text(held.get("name"))
                    )


def _unpacked(value: Any) -> Any:
    """What a string of JSON holds; any other value itself."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        return json.loads(value)
    return value
