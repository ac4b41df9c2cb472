"""What a dataset covers in space: territories of the COG, each with how it was told.

In this order: an explicit code, an IRI, a name within the territory of the body or the portal
(``locating.py``), a country (the EU's table), a bounding box, the portal's entry. Each territory
has the EU's country beside it, which European portals know and our own IRIs they do not; the rule
``place-country`` tells that statement from a source's own, so that no dataset of a commune passes
for one of all France.
"""

import csv
import io
from functools import cache
from importlib.resources import files

from ingest.locating import Located, body_territory, locate
from ingest.reading import Node, Reading
from vocab.gazetteer import Territory, gazetteer

_WITH_CODE = frozenset((
    "commune", "departement", "region", "arrondissement", "arrondissement-municipal",
    "commune-deleguee", "commune-associee", "collectivite",
))  # fmt: skip
"""The levels whose code is one of INSEE's; that of an EPCI is a SIREN."""
_AUTHORITY = "http://publications.europa.eu/resource/authority/country/"
_FRANCE = f"{_AUTHORITY}FRA"
_FITS = 0.9
"""What a bounding box and that of a territory share, of what they cover together."""

Box = tuple[float, float, float, float]
"""West, south, east and north, in degrees (WGS 84)."""


def cover(reading: Reading, node: Node, key: str, text: str, label: str = "") -> bool:
    """Say that ``node`` covers the territory that a source's ``text`` names, or the ``label``
    beside a code that is no territory's of today; whether one was told."""
    reading.has_place = True
    body, siren = reading.body
    for given in (text, label):
        if not given:
            continue
        if found := locate(given[:1000], body, siren, reading.context.portal.territory):
            _say(reading, node, key, given, found)
            return True
        if country := _country(reading, given):
            _say_country(reading, node, key, given, country)
            return True
    return False


def _country(reading: Reading, text: str) -> str:
    """A country of the EU's table, unless the name is that of several territories of France."""
    countries = reading.context.model.code_list("country").find(text)
    return countries[0] if countries and not gazetteer().by_name(text) else ""


def _say_country(reading: Reading, node: Node, key: str, text: str, country: str) -> None:
    if territory := gazetteer().by_iri(country):  # an overseas one, and a région of France
        _say(reading, node, key, text, Located(territory, "code-list", 1.0))
        return
    reading.has_territory = True
    _link(reading, node, country)
    reading.derive("spatial", country, key, text, "code-list")


def _say(reading: Reading, node: Node, key: str, text: str, found: Located) -> None:
    reading.has_territory = True
    territory = found.territory
    target = place(reading, territory)
    _link(reading, node, target)
    reading.derive("spatial", target, key, text, found.rule, found.confidence)
    country = country_of(territory)
    if country != target and country:
        _link(reading, node, country)
        reading.derive("spatial", country, key, territory.key, "place-country")


def _link(reading: Reading, node: Node, target: str) -> None:
    """State it once, however many places a source names."""
    said = (node.iri, f"spatial {target}")
    if reading.single.setdefault(said, len(reading.lines)) == len(reading.lines):
        node.link("spatial", target)


@cache
def country_of(territory: Territory) -> str:
    """The EU's country of a territory: France, or that of an overseas collectivité."""
    overseas = gazetteer().by_code("collectivite", territory.departement or territory.code)
    if overseas is None:
        return _FRANCE
    matches = gazetteer().matches(overseas)
    return next((each for each in matches if each.startswith(_AUTHORITY)), "")


def place(reading: Reading, territory: Territory) -> str:
    """The IRI of a territory, described in ``graph/places`` as the whole COG describes it."""
    if territory.level == "country":
        return _FRANCE
    target = reading.context.iris.place(territory.level, territory.code)
    if target not in reading.context.named:
        reading.context.named.add(target)
        spot = reading.node(target, "Location", graph="places")
        spot.add("identifier", territory.code)
        if territory.level in _WITH_CODE:
            spot.add("codeINSEE", territory.code)
        spot.add("prefLabel", territory.name, language="fr")
    return target


def complete(reading: Reading) -> None:
    """Where a dataset's source names no territory that can be told: the one that its bounding box
    is that of; where the source says nothing at all, the publisher's own or the portal's, if its
    entry ``covers``."""
    if reading.membership != "dataset" or reading.has_territory:
        return
    node, portal = reading.node(reading.root), reading.context.portal
    if reading.boxes:
        found = [fitting(box) for _, box in reading.boxes]
        for (key, box), territory in zip(reading.boxes, found, strict=True):
            if territory and all(other == territory for other in found):
                words = " ".join(f"{degrees:.6g}" for degrees in box)
                _say(reading, node, key, words, Located(territory, "place-bbox", 0.8))
    elif portal.covers and not reading.has_place and not reading.has(node, "spatial"):
        _say_own(reading, node)


def _say_own(reading: Reading, node: Node) -> None:
    """The territory of the body that publishes, if it lies in the portal's; else the portal's."""
    portal, places = reading.context.portal, gazetteer()
    own, body = places.by_key(portal.territory), body_territory(*reading.body)
    if own is None:
        return
    if body is not None and body != own and places.is_within(body, own):
        words = reading.body[0] or reading.body[1]
        _say(reading, node, "publisher", words, Located(body, "place-body", 0.6))
    else:
        found_by = Located(own, "portal-entry", 0.5)
        _say(reading, node, "territory", portal.territory, found_by)


def fitting(box: Box) -> Territory | None:
    """The one territory whose bounding box is about the same; ``None`` for any other box."""
    fits = [territory for territory, other in _boxes() if _shared(box, other) >= _FITS]
    return fits[0] if len(fits) == 1 else None


@cache
def _boxes() -> tuple[tuple[Territory, Box], ...]:
    text = files("vocab").joinpath("places/boxes.csv").read_text("utf-8")
    found = []
    for level, code, *degrees in list(csv.reader(io.StringIO(text)))[1:]:
        territory = gazetteer().by_code(level, code)
        assert territory is not None
        west, south, east, north = map(float, degrees)
        found.append((territory, (west, south, east, north)))
    return tuple(found)


def _shared(one: Box, other: Box) -> float:
    """The part of the area of two boxes' union that is in both (the Jaccard index)."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (_area(one) + _area(other) - both)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
