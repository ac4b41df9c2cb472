"""CSW portals (Catalogue Service for the Web 2.0.2) that give ISO 19139: GeoNetwork, GéoIDE and the
Géoplateforme. A record is a dataset (or a series of them), or a data service.

``csw_walk.py`` fetches the records, ``iso19139.py`` makes plain values of them, ``csw.toml`` says
what their elements become.
"""

from collections.abc import Iterator
from typing import Any

from graph.issues import Issue
from ingest import describing
from ingest.connectors import (
    csw_data,
    csw_extent,
    csw_files,
    csw_links,
    csw_parties,
    csw_relations,
    csw_rights,
    csw_services,
    csw_walk,
    iso19139,
)
from ingest.connectors.csw_links import Link
from ingest.connectors.csw_parties import Party
from ingest.connectors.csw_relations import RELATED
from ingest.connectors.iso19139 import Payload, listed, objects, texts, words
from ingest.fetch import Fetcher
from ingest.mapping import MappingTable, Values
from ingest.portals import Portal
from ingest.readers import html_text
from ingest.reading import Node, Reading
from ingest.record import Record
from vocab.codelist import fold
from vocab.context import Model

_ID, _CITATION = "identificationInfo.", "identificationInfo.citation."
_FILES = "distributionInfo."
_PARTIES = ("contact", f"{_ID}pointOfContact", f"{_CITATION}citedResponsibleParty")


class Csw:
    """The connector ``csw``. A portal's ``url`` is the endpoint, its ``filter`` a CQL text."""

    def __init__(self, model: Model) -> None:
        """Raises ``ConfigError`` where the table says what the model does not know."""
        self._table = MappingTable("csw.toml", model, self)
        self._members: dict[str, Any] = self._table.tables["members"]
        self._file_types = model.code_list("file-type")

    def records(self, portal: Portal, fetcher: Fetcher) -> Iterator[Record | Issue]:
        """See ``Connector.records``."""
        for payload in csw_relations.resolved(csw_walk.records(portal, fetcher)):
            if isinstance(payload, Issue):
                yield payload
                continue
            identifier = csw_walk.identifier(payload)
            if not csw_walk.is_metadata(payload):
                message = f"{payload['@type']}: no record of ISO 19139 (MD_Metadata); left out"
                yield Issue("shape", str(payload["@type"]), identifier, message)
            elif not identifier:
                message = "fileIdentifier: a record without identifier can have no IRI; left out"
                yield Issue("missing", "fileIdentifier", str(payload), message)
            elif iso19139.is_service(payload) and self._endpoint(payload) is None:
                key = f"{_ID}containsOperations"
                message = f"{identifier}: a service without any address is no service; left out"
                yield Issue("missing", key, identifier, message)
            else:
                yield Record(identifier, payload)

    def _endpoint(self, payload: Payload) -> csw_services.Endpoint | None:
        return csw_services.endpoint(payload, self._file_types)

    def describe(self, record: Record, reading: Reading) -> None:
        """See ``Connector.describe``."""
        payload = _of_one_resource(record.payload, reading)
        reading.language = iso19139.language_tag(words(payload.get("language"))) or reading.language
        if not iso19139.is_service(payload):
            dataset = reading.node(reading.root, "Dataset")
            self._table.apply("Dataset", payload, dataset, reading)
            csw_data.page_on_the_portal(reading, dataset)
            return
        reading.membership = "service"
        service = reading.node(reading.root, "DataService")
        self._table.apply("DataService", payload, service, reading)
        if found := self._endpoint(payload):
            csw_services.serve(service, found)

    def services(self, portal: Portal, catalog: Node) -> None:
        """See ``Connector.services``: the CSW is the catalogue's, not the data's: none."""

    def title(self, reading: Reading, node: Node, values: Values) -> None:
        """Title and description."""
        keys = f"{_CITATION}title", f"{_ID}abstract"
        title, abstract = (
            (key, iso19139.by_language(values.get(key), reading.language)) for key in keys
        )
        describing.titles(reading, node, title, abstract)

    def alternative(self, _: Reading, dataset: Node, values: Values) -> None:
        """Other titles."""
        titles = texts(values.get(f"{_CITATION}title"))
        for each in texts(values.get(f"{_CITATION}alternateTitle")):
            if fold(each) not in map(fold, titles):
                titles.append(each)
                dataset.add("alternative", each)

    def notes(self, _: Reading, dataset: Node, values: Values) -> None:
        """What else is said in words: purpose, credit, supplemental information."""
        for value in values.values():
            for each in texts(value):
                dataset.add("comment", html_text(each))

    def record_itself(self, reading: Reading, _: Node, values: Values) -> None:
        """The record's own date and language."""
        entry = reading.node(f"{reading.root}/record")
        for key, term in (("dateStamp", "modified"), ("language", "language")):
            if found := words(values.get(key)):
                entry.add(term, found, key)

    def level(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Whether it is a series of datasets."""
        csw_data.add_level(reading, dataset, texts(values["hierarchyLevel"]))

    def dates(self, reading: Reading, dataset: Node, values: Values) -> None:
        """When the data was made, published, revised."""
        csw_data.add_dates(reading, dataset, self._objects(reading, values, f"{_CITATION}date"))

    def identifiers(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Identifiers that the data has beside that of its record."""
        found = self._objects(reading, values, f"{_CITATION}identifier")
        csw_data.add_identifiers(reading, dataset, found)

    def address(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The address of the data itself."""
        for found in texts(values["dataSetURI"]):
            csw_data.add_address(reading, dataset, "dataSetURI", found)

    def frequency(self, reading: Reading, dataset: Node, values: Values) -> None:
        """How often the data is maintained."""
        found = self._objects(reading, values, f"{_ID}resourceMaintenance")
        csw_data.add_frequency(dataset, found)

    def resolution(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The distance between two places that the data tells apart."""
        found = self._objects(reading, values, f"{_ID}spatialResolution")
        csw_data.add_resolution(reading, dataset, found)

    def keywords(self, reading: Reading, node: Node, values: Values) -> None:
        """Keywords, and the themes and high-value categories among them."""
        found = self._objects(reading, values, f"{_ID}descriptiveKeywords")
        csw_data.add_keywords(node, found)

    def reference_systems(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The coordinate reference systems, standards that the data conforms to."""
        found = self._objects(reading, values, "referenceSystemInfo")
        csw_data.add_reference_systems(reading, dataset, found)

    def quality(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Lineage, and what the data was found to conform to."""
        found = self._objects(reading, values, "dataQualityInfo")
        csw_data.add_quality(reading, dataset, found)

    def extent(self, reading: Reading, dataset: Node, values: Values) -> None:
        """What the data covers."""
        found = self._objects(reading, values, csw_extent.KEY)
        csw_extent.cover(reading, dataset, found)

    def relations(self, reading: Reading, dataset: Node, values: Values) -> None:
        """What the dataset is part of or associated with, where the portal has it."""
        parents = texts(values.get("parentIdentifier"))
        for reference, target in values.get(RELATED, {}).items():
            key = "parentIdentifier" if reference in parents else f"{_ID}aggregationInfo"
            csw_relations.relate(reading, dataset, key, reference, target)

    def parties(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Publisher, contacts, and everybody else."""
        others = self._published(reading, dataset, values)
        csw_parties.attribute(reading, dataset, others)

    def service_parties(self, reading: Reading, service: Node, values: Values) -> None:
        """Publisher and contacts; the model gives a service nobody else."""
        csw_parties.leave_out(reading, self._published(reading, service, values))

    def _published(self, reading: Reading, node: Node, values: Values) -> list[Party]:
        """Say publisher and contacts; who is not the publisher."""
        groups = {key: self._objects(reading, values, key) for key in _PARTIES}
        key = f"{_FILES}distributor"
        groups[key] = [
            party
            for each in self._objects(reading, values, key)
            for party in objects(each.get("distributorContact"))
        ]
        of_record = csw_parties.parties("contact", groups.pop("contact"))
        of_resource = [
            party for key, found in groups.items() for party in csw_parties.parties(key, found)
        ]
        csw_parties.reach(reading, node, of_resource, of_record)
        return csw_parties.publish(reading, node, of_resource, of_record)

    def distributions(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Distributions with their licence, pages, and who may use the data."""
        rights = csw_rights.rights(reading, self._objects(reading, values, csw_rights.KEY))
        csw_rights.allow(reading, dataset, rights)
        links = self._links(reading, values)
        csw_files.add_pages(dataset, links)
        formats = [
            each
            for key in (csw_files.FORMATS, f"{_ID}resourceFormat")
            for each in self._objects(reading, values, key)
        ]
        for distributor in objects(values.get(f"{_FILES}distributor")):
            formats += objects(distributor.get("distributorFormat"))
        names = [name for each in formats if (name := words(each.get("name")))]
        status = csw_files.status(reading, words(values.get(f"{_ID}status")))
        made = csw_files.distribute(reading, dataset, links, names, status)
        csw_rights.grant(reading, made, rights)

    def service_links(self, reading: Reading, service: Node, values: Values) -> None:
        """The pages about a service, its licence, and who may use it."""
        rights = csw_rights.rights(reading, self._objects(reading, values, csw_rights.KEY))
        csw_rights.allow(reading, service, rights)
        csw_files.add_pages(service, self._links(reading, values))
        csw_rights.grant(reading, [service], rights)

    def coupled(self, reading: Reading, service: Node, values: Values) -> None:
        """The datasets that a service gives."""
        csw_services.couple(reading, service, values.get(RELATED, {}))

    def _links(self, reading: Reading, values: Values) -> list[Link]:
        options = self._objects(reading, values, f"{_FILES}transferOptions")
        for distributor in objects(values.get(f"{_FILES}distributor")):
            options += objects(distributor.get("distributorTransferOptions"))
        found = [online for each in options for online in objects(each.get("onLine"))]
        return csw_links.links(reading, f"{_FILES}transferOptions.onLine", found)

    def _objects(self, reading: Reading, values: Values, key: str) -> list[Payload]:
        """The objects of a property; an issue for what is none, and for each member of them that
        the table knows nothing of."""
        found = []
        for each in listed(values.get(key)):
            if isinstance(each, dict) and "@type" in each:
                self._audit(each, reading)
                found.append(each)
            else:
                message = f"{key}: an object is expected, not a reference or a text; left out"
                reading.issue("shape", key, each, message)
        return found

    def _audit(self, found: Payload, reading: Reading) -> None:
        kind = found["@type"]
        members = {name: value for name, value in found.items() if name != "@type"}
        self._table.audit(kind, members, reading)
        for name, value in members.items():
            if self._members.get(f"{kind}.{name}") == "read":
                for each in objects(value):
                    if "@type" in each:
                        self._audit(each, reading)


def _of_one_resource(payload: Payload, reading: Reading) -> Payload:
    """The record with one identification, the first, and all distributions in one."""
    found, distributions = dict(payload), objects(payload.get("distributionInfo"))
    for number, each in enumerate(listed(payload.get("identificationInfo"))):
        if number == 0:
            found["identificationInfo"] = each
        else:
            message = "identificationInfo: a record is about one resource, the first is kept"
            reading.issue("duplicate", "identificationInfo", each, message)
    if len(distributions) > 1:
        names = dict.fromkeys(name for each in distributions for name in each)
        found["distributionInfo"] = {
            name: [value for each in distributions for value in listed(each.get(name))]
            for name in names
        }
    return found
