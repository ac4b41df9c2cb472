"""Catalogues of the Socle Commun des Données Locales: a CSV file, a dataset a row.

``scdl_walk.py`` reads the file, ``scdl.toml`` says what its columns become.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from graph.iris import slug
from graph.issues import Issue
from ingest import coverage, describing, distributing, spatial
from ingest.connectors import scdl_walk
from ingest.fetch import Fetcher
from ingest.mapping import MappingTable, Values
from ingest.portals import Portal, Publisher
from ingest.readers import distinct
from ingest.reading import Node, Reading
from ingest.record import Record
from ingest.siret import read_siret
from vocab.codelist import fold
from vocab.context import Model

_PRODUCERS = ("producteur_nom", "nom_orga", "producteur")
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
"""Where the OGC names the coordinate reference systems of EPSG."""
_BETWEEN_LINKS = re.compile(r"[\s;,]+(?=https?://)")


class _Body(NamedTuple):
    """A body as a row names it; ``siren`` is empty where the row has no SIRET that holds."""

    name: str = ""
    siren: str = ""


class Scdl:
    """The connector ``scdl``. A portal's ``url`` is the CSV file's own."""

    def __init__(self, model: Model) -> None:
        """Raises ``ConfigError`` where the table says what the model does not know."""
        self._table = MappingTable("scdl.toml", model, self)

    def records(self, portal: Portal, fetcher: Fetcher) -> Iterator[Record | Issue]:
        """See ``Connector.records``."""
        answer = fetcher.get(portal.url, accept="text/csv")
        for row in scdl_walk.rows(answer, self._table.tables["Dataset"]):
            if isinstance(row, Issue):
                yield row
            elif identifier := scdl_walk.identifier(row):
                yield Record(identifier, row)
            else:
                message = "id: a row without ID and title can have no IRI; left out"
                yield Issue("missing", "id", str(row), message)

    def describe(self, record: Record, reading: Reading) -> None:
        """See ``Connector.describe``."""
        dataset = reading.node(reading.root, "Dataset")
        producer = next((name for key in _PRODUCERS if (name := record.payload.get(key))), "")
        reading.body = (producer, "")
        if not record.payload.keys() & {"id", "nom_orga"}:
            message = "id: none; the title and the producer's name stand in for it"
            reading.issue("missing", "id", "", message)
        self._table.apply("Dataset", record.payload, dataset, reading)

    def services(self, portal: Portal, catalog: Node) -> None:
        """See ``Connector.services``: a file has none."""

    def title(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Title and description."""
        title, description = ((key, values.get(key)) for key in (scdl_walk.REQUIRED, "description"))
        describing.titles(reading, dataset, title, description)

    def themes(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Themes, free words; a comma is part of one (« Transports, Déplacements »)."""
        describing.themes(reading, dataset, "theme", _parts(values["theme"], ";"))

    def keywords(self, _: Reading, dataset: Node, values: Values) -> None:
        """Keywords: between semicolons, between commas in the State's."""
        for key, value in values.items():
            describing.keywords(dataset, key, _parts(value, ";" if ";" in value else ","))

    def place(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The territory by its name, within the producer's own, and its grain in words."""
        name = values.get("couv_spat_nom") or values.get("couv_geo", "")
        grain = values.get("couv_spat_maille", "")
        if not name:
            message = f"couv_spat_nom: no name, and {grain!r} alone is no place"
            reading.issue("missing", "couv_spat_nom", "", message)
            return
        key = "couv_spat_nom" if "couv_spat_nom" in values else "couv_geo"
        is_known = spatial.cover(reading, dataset, key, name)
        if not is_known:
            message = f"{key}: {name!r} names no territory known; kept as it is"
            reading.issue("unknown-value", key, name, message)
        if is_known and not grain:
            return
        spot = dataset.part("spatial", "spatial", "Location")
        spot.add("prefLabel", name, key)
        if grain:
            spot.add("comment", f"Maille : {grain}", "couv_spat_maille")

    def period(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The period covered."""
        start, end = ((key, values.get(key)) for key in ("couv_temp_debut", "couv_temp_fin"))
        coverage.period(reading, dataset, start, end, ("", None))

    def publisher(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The producer, else the body whose catalogue it is; and the service that makes the data.

        A body of the catalogue that is neither that producer nor the portal's own contributes.
        """
        key = next((each for each in _PRODUCERS if each in values), _PRODUCERS[0])
        siret = "siret_orga" if key == "nom_orga" else "producteur_siret"
        producer = self._body(reading, values, key, siret)
        owner = self._body(reading, values, "coll_nom", "coll_siret")
        if producer.siren and producer.siren == owner.siren:
            if fold(producer.name) != fold(owner.name):
                message = f"{key}: the SIREN is that of {owner.name!r}, and so is the name kept"
                reading.issue("duplicate", key, producer.name, message)
            producer = owner
        first = producer if producer.name else owner
        if not first.name:
            return
        if first is not producer:
            key, siret = "coll_nom", "coll_siret"
        number = (siret, values.get(siret, ""))
        told = describing.publish(reading, dataset, (key, first.name), first.siren, number)
        publisher = told.iri
        own = reading.context.portal.publisher
        if owner.name and not any(_are_one(owner, each) for each in (first, own)):
            dataset.link("contributor", describing.agent(reading, *owner))
        if other := values.get("id_alt_orga"):  # an association's number in its own register
            reading.node(publisher, graph="agents").add("identifier", other, "id_alt_orga")
        if service := values.get("service"):
            path = slug(f"{first.name} {service}")
            unit = reading.context.iris.agent(reading.context.portal.name, path)
            node = reading.node(unit, "Agent", "OrganizationalUnit", graph="agents")
            node.name("name", service)
            node.link("unitOf", publisher)
            dataset.link("creator", unit)

    def _body(self, reading: Reading, values: Values, name: str, siret: str) -> _Body:
        """The body that two columns name."""
        written = values.get(siret, "")
        if written and name not in values:
            message = f"{siret}: a SIRET without {name} names no body"
            reading.issue("missing", siret, written, message)
        if not written or name not in values:
            return _Body(values.get(name, ""))
        try:
            found = read_siret(written)
        except ValueError as error:
            reading.issue("invalid-value", siret, written, f"{siret}: {error}")
            return _Body(values[name])
        if found.restored:
            message = f"{siret}: {written!r} is no SIRET of 14 digits; read as {found.digits}"
            reading.issue("invalid-value", siret, written, message)
        return _Body(values[name], found.siren)

    def contact(self, reading: Reading, dataset: Node, values: Values) -> None:
        """Whom to ask: the service by its address, or the portal that distributes by its name."""
        name = values.get("service") or values.get("nom_orga", "")
        if service := values.get("contact_service"):
            describing.contact(reading, dataset, name, ("contact_service", service))
        # The schema has every row name persons, as those to ask where no service is there to be
        # asked. With a service they are left out on purpose: their addresses are personal data.
        elif persons := values.get("contact_personne"):
            for address in _parts(persons, ";,"):
                mail, path = ("contact_personne", address), f"contact-{slug(address)}"
                describing.contact(reading, dataset, name, mail, path=path)
        if distributor := values.get("diffuseur"):
            describing.contact(
                reading, dataset, distributor, ("", None), path="contact-distributor"
            )

    def languages(self, _: Reading, dataset: Node, values: Values) -> None:
        """The languages of the data."""
        for code in _parts(values["lang"], ";,"):
            dataset.add("language", code, "lang")

    def projection(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The coordinate reference systems, by their EPSG codes (GeoDCAT-AP: dct:conformsTo)."""
        for code in _parts(values["projection"], ";,"):
            if found := re.fullmatch(r"(?:EPSG:)?(\d{4,5})", code, re.IGNORECASE):
                dataset.add("conformsTo", _EPSG + found[1], "projection")
            else:
                message = f"projection: {code!r} is no code of EPSG, for example 2154"
                reading.issue("unknown-value", "projection", code, message)

    def origin(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The information system that the data come out of."""
        words = f"Système d'information : {values['si']}"
        describing.statement(reading, dataset, "si", words)

    def resource_count(self, reading: Reading, _: Node, values: Values) -> None:
        """How many files there are: not how many formats, and in no property of DCAT."""
        for key, value in values.items():
            if not re.fullmatch(r"\d+(?:[.,]0+)?", value):
                reading.issue("invalid-value", key, value, f"{key}: {value!r} is no number")

    def distributions(self, reading: Reading, dataset: Node, values: Values) -> None:
        """The page, and a distribution there for each format.

        A row gives no file's address, so none of them is a download. Without a format there is one
        all the same, which the licence is of.
        """
        address, *further = _BETWEEN_LINKS.split(values.get("url", ""))
        if not address or not dataset.add("landingPage", address, "url"):
            message = "url: no address, and so no distribution for the formats and the licence"
            reading.issue("missing", "url", address, message)
            return
        for page in further:
            dataset.add("page", page, "url")
        licence = describing.licence(reading, [("licence", values.get("licence"))], ())
        key = next(
            (each for each in ("format_ressources", "format", "formats") if each in values), ""
        )
        formats = distinct(_parts(values.get(key, ""), ";,"))
        for name in formats or [""]:
            part = f"distribution/{slug(name) if name else 'page'}"
            node = dataset.part("distribution", part, "Distribution")
            node.add("accessURL", address, "url")
            # The address is of one format's file at the most where there are several.
            suffix_of = address if len(formats) < 2 else ""
            distributing.file_format(reading, node, [(key, name)], suffix_of)
            licence.grant(node)


def _are_one(body: _Body, other: _Body | Publisher) -> bool:
    if body.siren and other.siren:
        return body.siren == other.siren
    return fold(body.name) == fold(other.name)


def _parts(value: str, separators: str) -> list[str]:
    """The parts of a cell between any of the separators, without the empty ones."""
    return [part for each in re.split(f"[{separators}]", value) if (part := each.strip())]
