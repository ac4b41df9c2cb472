"""What a dataset covers, in space and in time, as DCAT feeds say it."""

import re
from dataclasses import dataclass, field

from graph.iris import slug
from ingest import coverage, spatial
from ingest.connectors.dcat_geometry import Point, is_geometry, points
from ingest.connectors.dcat_resource import Resource, shown
from ingest.connectors.dcat_terms import Terms
from ingest.connectors.dcat_values import Value
from ingest.describing import Candidate, text
from ingest.isolation import Dropped
from ingest.readers import local_day
from ingest.reading import Node, Reading

_PLACES = ("dct:spatial", "dct:coverage", "dcat:bbox", "locn:geometry", "dc:coverage")
_GEOMETRIES = (
    "dcat:bbox", "locn:geometry", "geo:asWKT", "geo:asGeoJSON", "geo:asGML", "ogc:asWKT",
    "geo:hasGeometry", "schema:box", "schema:geo", "dcat:centroid", "rdf:value",
)  # fmt: skip
_NAMES = (
    "skos:prefLabel", "rdfs:label", "dct:title", "locn:geographicName", "schema:name", "foaf:name",
    "igeo:nom", "skos:altLabel",
)  # fmt: skip
_START = ("dcat:startDate", "schema:startDate", "time:hasBeginning")
_END = ("dcat:endDate", "schema:endDate", "time:hasEnd")
_MOMENTS = (
    "time:inXSDDate", "time:inXSDDateTime", "time:inXSDDateTimeStamp", "time:inXSDgYear",
    "time:inXSDgYearMonth", "time:inDateTime",
)  # fmt: skip
_AUTHORITY = "http://publications.europa.eu/resource/authority/"


@dataclass
class _Extent:
    """The corners of a dataset's geometries, and the names of the places that they are of."""

    corners: list[Point] = field(default_factory=list)
    names: list[tuple[str, str]] = field(default_factory=list)


class CoverageMethods:
    """The methods of the connector for places and periods."""

    _terms: Terms

    def places(self, reading: Reading, dataset: Node, resource: Resource) -> None:
        """The territories: their IRIs, their names, and one rectangle around all geometries."""
        extent = _Extent()
        for key in _PLACES:
            for value in resource.values(key):
                self._place(reading, dataset, resource, key, value, extent)
        if extent.corners:
            geometry = {"coordinates": [list(corner) for corner in extent.corners]}
            coverage.extent(reading, dataset, "dct:spatial", geometry)
        for path, name in extent.names:
            if len(extent.names) == 1:  # the rectangle is that of the one place
                reading.node(f"{reading.root}/spatial").add("prefLabel", name, path)
                spatial.cover(reading, dataset, path, name)
            else:
                _name(reading, dataset, path, name)

    def _place(
        self, reading: Reading, dataset: Node, resource: Resource, key: str, value: Value,
        extent: _Extent,
    ) -> None:  # fmt: skip
        path = resource.path + key
        if value.kind == "typed" and value.tag.endswith("#JSON"):
            value = Value(value.text.strip('"'))
        if value.kind in ("text", "typed"):
            if value.text.strip() and not _measure(reading, path, value.text, extent.corners):
                _name(reading, dataset, path, value.text.strip())
            return
        place = resource.to(value, key)
        self._terms.audit("Location", place, reading)
        if place.iri:
            dataset.add("spatial", place.iri, path)
            spatial.cover(reading, dataset, path, place.iri, place.text(*_NAMES))
        elif value.kind == "iri":
            message = f"{path}: {value.text!r} is no IRI of the web; left out"
            reading.issue("invalid-value", path, value.text, message)
        if place.iri.startswith(_AUTHORITY):
            return  # its table says where it is, and what it is called
        has_geometry = self._geometry(reading, place, extent.corners)
        label = place.text(*_NAMES)
        if label and has_geometry:
            extent.names.append((path, label))
        elif label and not place.iri:
            _name(reading, dataset, path, label)
        for found in place.texts("owl:sameAs", "skos:exactMatch") if not place.iri else ():
            dataset.add("spatial", found, path)

    def _geometry(self, reading: Reading, place: Resource, corners: list[Point]) -> bool:
        """Add the corners of a place; the first of its geometries that can be read is enough."""
        issues: list[tuple[str, str]] = []
        for key in _GEOMETRIES:
            for value in place.values(key):
                if value.kind in ("iri", "node"):
                    if self._geometry(reading, place.to(value, key), corners):
                        return True
                    continue
                try:
                    corners += points(value.text)
                except ValueError as error:
                    issues.append((place.path + key, f"{error}"))
                    continue
                return True
        for path, message in issues:
            reading.issue("invalid-value", path, "", f"{path}: {message}")
        return False

    def periods(self, reading: Reading, dataset: Node, resource: Resource) -> None:
        """The periods covered; several are told apart by their bounds."""
        key = "dct:temporal"
        values = [value for value in resource.values(key) if value.text.strip()]
        for value in values:
            period = resource.to(value, key)
            self._terms.audit("PeriodOfTime", period, reading)
            start, end = (self._moment(period, keys) for keys in (_START, _END))
            words = " ".join(shown(resource, value, key).split())
            if value.kind == "text" and (bounds := _bounds(words)):
                start, end = ((key, bound) for bound in bounds)
            if len(values) == 1:
                coverage.period(reading, dataset, start, end, (key, words))
            elif start[1] or end[1]:
                self._one_of_several(reading, dataset, start, end)
            elif words:
                message = f"{key}: {words!r} is no period that can be told from others"
                reading.issue("invalid-value", key, words, message)

    def _one_of_several(
        self, reading: Reading, dataset: Node, start: Candidate, end: Candidate
    ) -> None:
        portal = reading.context.portal
        days = [(key, local_day(text(moment), portal)) for key, moment in (start, end)]
        name = slug(" ".join(day for _, day in days))
        with reading.droppable(start[0], start[1]):
            part = dataset.part("temporal", f"temporal/{name}", "PeriodOfTime")
            found = [
                part.add(term, day, key)
                for term, (key, day) in zip(("startDate", "endDate"), days, strict=True)
                if day
            ]
            if not any(found):
                raise Dropped

    def _moment(self, period: Resource, keys: tuple[str, ...]) -> tuple[str, str]:
        for key in keys:
            for value in sorted(period.values(key)):
                if value.kind in ("iri", "node"):
                    if found := period.to(value, key).texts(*_MOMENTS):
                        return period.path + key, found[0]
                elif value.text.strip():
                    return period.path + key, value.text.strip()
        return period.path + keys[0], ""


def _measure(reading: Reading, path: str, text: str, corners: list[Point]) -> bool:
    """Whether a text is a geometry; its corners are added."""
    if not is_geometry(text):
        return False
    try:
        corners += points(text)
    except ValueError as error:
        reading.issue("invalid-value", path, text, f"{path}: {error}")
    return True


def _name(reading: Reading, dataset: Node, path: str, name: str) -> None:
    """A place by its name alone: a country by its code list, any other one a part of its own."""
    if spatial.cover(reading, dataset, path, name):
        return
    message = f"{path}: {name!r} names no territory known; kept as it is"
    reading.issue("unknown-value", path, name, message)
    dataset.part("spatial", f"spatial/{slug(name)}", "Location").add("prefLabel", name, path)


def _bounds(text: str) -> tuple[str, str] | None:
    """The two moments of an ISO 8601 interval with moments on both sides."""
    start, slash, end = (part.strip() for part in text.partition("/"))
    if slash and re.match(r"\d{4}-\d\d-\d\d", start) and (not end or re.match(r"\d{4}", end)):
        return start, end
    return None
