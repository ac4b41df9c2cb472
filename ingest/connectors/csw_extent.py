"""Where and when (ISO 19115, EX_Extent): each place a Location of its own, the time a period."""

from collections.abc import Iterable
from typing import NamedTuple

from graph.iris import slug
from ingest import coverage, spatial
from ingest.connectors.iso19139 import Payload, objects, texts, words
from ingest.reading import Node, Reading

KEY = "identificationInfo.extent"
_BOX = f"{KEY}.geographicElement"
_TIME = f"{KEY}.temporalElement"
_HALF = 180
"""Degrees: a rectangle that is wider the other way round crosses the antimeridian."""


class _Box(NamedTuple):
    west: float
    east: float
    south: float
    north: float

    @property
    def corners(self) -> str:
        """West, south, east and north."""
        return f"{self.west:.6g} {self.south:.6g} {self.east:.6g} {self.north:.6g}"

    @property
    def ring(self) -> str:
        corners = (
            (self.west, self.south),
            (self.east, self.south),
            (self.east, self.north),
            (self.west, self.north),
            (self.west, self.south),
        )
        return ",".join(f"{x:.6g} {y:.6g}" for x, y in corners)

    @property
    def centre(self) -> str:
        return f"{(self.west + self.east) / 2:.6g} {(self.south + self.north) / 2:.6g}"


def cover(reading: Reading, dataset: Node, extents: Iterable[Payload]) -> None:
    """What a dataset covers, in space and in time."""
    moments: list[Payload] = []
    for extent in extents:
        _place(reading, dataset, extent)
        for element in objects(extent.get("temporalElement")):
            moments += objects(element.get("extent"))
    for number, moment in enumerate(moments):
        if number:
            message = f"{_TIME}: one period is kept, the first"
            reading.issue("duplicate", _TIME, " – ".join(_bounds(moment)), message)
            continue
        start, end = _bounds(moment)
        with reading.isolated(_TIME, moment):
            coverage.period(reading, dataset, (_TIME, start), (_TIME, end), ("", None))


def _bounds(moment: Payload) -> tuple[str, str]:
    """The ends of a gml:TimePeriod, or twice a gml:TimeInstant (GML 3.2, section 14.2)."""
    if instant := words(moment.get("timePosition")):
        return instant, instant
    ends = []
    for name, position in (("begin", "beginPosition"), ("end", "endPosition")):
        inner = objects(moment.get(name))
        ends.append(words(moment.get(position)) or words([i.get("timePosition") for i in inner]))
    return ends[0], ends[1]


def _place(reading: Reading, dataset: Node, extent: Payload) -> None:
    """The places of one extent: those with a code of INSEE or of a country, and a Location of its
    own for each rectangle, or for the name alone."""
    # The words beside a time alone are about that time.
    is_of_time = "temporalElement" in extent and "geographicElement" not in extent
    label = "" if is_of_time else words(extent.get("description"))
    identifiers: list[str] = []
    boxes: list[_Box] = []
    for element in objects(extent.get("geographicElement")):
        for each in objects(element.get("geographicIdentifier")):
            identifiers += [code for code in texts(each.get("code")) if code]
        if "westBoundLongitude" in element:
            with reading.isolated(_BOX, element):
                boxes += _boxes(reading, element)
    own = [code for code in identifiers if not _is_known(reading, dataset, code)]
    if label and len(own) == len(
        identifiers
    ):  # its own Location keeps what the words and rectangles are
        spatial.cover(reading, dataset, f"{KEY}.description", label)
    reading.boxes += [(_BOX, (box.west, box.south, box.east, box.north)) for box in boxes]
    spots: list[_Box | None] = [*boxes] or [None] * bool(label or own)
    for box in spots:
        is_alone = len(boxes) < 2 and (own or label)
        path = [*own, label, "" if box is None or is_alone else box.corners]
        name = slug(" ".join(filter(None, path)))
        spot = dataset.part("spatial", f"spatial/{name}", "Location")
        if label:
            spot.add("prefLabel", label, f"{KEY}.description")
        for code in own:
            spot.add("identifier", code, f"{_BOX}.geographicIdentifier.code")
        if box:
            spot.add("bbox", f"POLYGON(({box.ring}))", _BOX)
            spot.add("centroid", f"POINT({box.centre})", _BOX)


def _is_known(reading: Reading, dataset: Node, code: str) -> bool:
    """Link the territory of a code; whether there is one."""
    return spatial.cover(reading, dataset, f"{_BOX}.geographicIdentifier.code", code)


def _boxes(reading: Reading, element: Payload) -> list[_Box]:
    """The rectangle of an EX_GeographicBoundingBox (degrees, WGS 84), none where it is none."""
    sides = ("westBoundLongitude", "eastBoundLongitude", "southBoundLatitude", "northBoundLatitude")
    said = [words(element.get(side)).replace(",", ".") for side in sides]
    west, east, south, north = map(float, said)
    if not (max(abs(west), abs(east)) <= _HALF and -90 <= south <= north <= 90):
        message = f"{_BOX}: west, east, south and north are no degrees (WGS 84): {' '.join(said)}"
        reading.issue("invalid-value", _BOX, " ".join(said), message)
        return []
    if west - east > _HALF:
        message = f"{_BOX}: it crosses the antimeridian, which a rectangle cannot; left out"
        reading.issue("invalid-value", _BOX, " ".join(said), message)
        return []
    if west > east:
        message = f"{_BOX}: west lies east of east; read the other way round"
        reading.issue("invalid-value", _BOX, " ".join(said), message)
        west, east = east, west
    return [_Box(west, east, south, north)]
