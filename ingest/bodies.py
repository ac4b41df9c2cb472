"""Which body a source means: by its SIREN, else by its name and that of the portal.

A name is read only where it is that of one body: a city and its metropolis, or two communes of one
name, are two, and then there is no answer. A service (« Direction de la Voirie - Ville de Paris »)
is no body: it is a unit of one (ORG, ``org:unitOf``).
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ingest.portals import Portal
from vocab.bodies import Bodies, Body, core, core_of_epci, known_bodies
from vocab.codelist import fold
from vocab.gazetteer import Territory, gazetteer


class Answer(NamedTuple):
    """A body, and how sure that is (0 to 1); whether the name is that of a unit of it.

    ``rule`` is a notation of the code list rule: body-siren, body-name or body-unit. ``number`` is
    a SIREN that the source gives and that is not this body's.
    """

    body: Body
    rule: str
    confidence: float
    is_unit: bool = False
    number: str = ""


class _Named(NamedTuple):
    """A body that a name means. ``confidence`` is a judgement that orders the ways of knowing; on
    the labelled samples (tests/ingest/bodies) none of them was wrong."""

    body: Body
    confidence: float


_LONGEST = 300
"""Characters of a name that are read."""
_QUALIFIED = 0.95
"""A name with the kind of body in it: Ville de …, Conseil départemental de …"""
_BARE = 0.85
"""A territory's name alone."""
_SMALLEST = 5000
"""Inhabitants of the smallest commune whose name, a single word, is read without « Ville de »:
smaller ones share theirs with firms (Avril, Hermes, Still)."""

_ARTICLE = r"(?:(?:(?:de la|de l|du|des|de|d) )?)"
_COMMUNE = re.compile(r"(?:la )?(?:ville|mairie|commune|municipalite) (?:(du|des|de|d) )?(.+)")
_OF_TERRITORY = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (rf"(?:le )?(?:conseil (?:departemental|general)|departement|cd|cg) {_ARTICLE}(.+)",
         "departement"),
        (r"(.+) le departement", "departement"),
        (rf"(?:la |le )?(?:region|conseil regional) {_ARTICLE}(.+)", "region"),
        (r"(?:ddtm?|direction departementale (?:et )?des territoires?(?: et de la mer)?) "
         rf"{_ARTICLE}(.+)", "ddt"),
        (r"(?:dreal|dealm?|drieat|direction regionale (?:et interdepartementale )?de l "
         r"environnement de l amenagement et (?:du logement|des transports)) "
         rf"{_ARTICLE}(.+)", "dreal"),
    )
)  # fmt: skip
_NATURES = (
    (re.compile(r"\bcommunaute (?:de )?communes\b|^cc "), {"CC"}),
    (re.compile(r"\bcommunaute urbaine\b|^cu "), {"CU", "METRO"}),
    (re.compile(r"\b(?:agglomeration|agglo)\b|^ca "), {"CA", "CU", "METRO"}),
    (re.compile(r"\b(?:euro)?metropole\b"), {"CA", "CU", "METRO", "MET69"}),
)
"""The natures of EPCI that a word for one may mean; they grow: an agglomeration, a metropolis."""
_NOISE = re.compile(r"\b(?:(?:portail )?open ?data|donnees ouvertes)\b")
_PARENTHESES = re.compile(r"\s*\(([^)]*)\)")
_BETWEEN = re.compile(r"\s+[-–—|/:•]\s+|\s+\((?=[A-ZÉ])|\)\s*$|\)\s+")
_SERVICE = re.compile(
    r"(?:directions?|services?|mission|delegation|pole|bureau|cellule|division|unite|cabinet|"
    r"secretariat general|sous direction|departement|police municipale|archives municipales|"
    r"(?:bibliotheques?|musees?) municipa(?:le?s?|ux))\b.*"
)
_OF_STATE = re.compile(
    r".*\b(?:departementa|regiona|interdepartementa|interregiona|interminister|nationa|academi|"
    r"zonal|generale)\w*\b.*"
)
"""Directions that are no city's: départementales, régionales, interministérielles …"""
_OF_THE_CITY = re.compile(r"(.+?) (?:de la|de l) ((?:ville|mairie|commune) (?:du|des|de|d) .+)")
_ACRONYM = re.compile(r"[A-Z][A-Za-z]{1,6}")


def identify(portal: Portal, name: str, siren: str = "") -> Answer | None:
    """The body that a portal means by a ``name`` and a checked ``siren``, either of them empty."""
    bodies = known_bodies()
    name = name[:_LONGEST]
    named = _read(bodies, portal, name)
    if not siren:
        if named is not None:
            return Answer(named.body, "body-name", named.confidence)
        return _unit(bodies, portal, name)
    body = bodies.get(siren)
    if body is not None:
        return Answer(body, "body-siren", 1.0)
    if siren == portal.publisher.siren:
        return Answer(own_body(portal), "body-siren", 1.0)
    if named is not None and named.confidence >= _QUALIFIED and named.body.siren != siren:
        # A number of nobody known beside the name of a known body: data.gouv.fr gave a region that
        # of an association of its name.
        return Answer(named.body, "body-name", 0.8, number=siren)
    return None


def own_body(portal: Portal) -> Body:
    """The portal's publisher, as the tables have it, else as the registry does."""
    own = portal.publisher
    return known_bodies().get(own.siren) or Body(own.siren, own.name, own.type)


def _read(bodies: Bodies, portal: Portal, name: str) -> _Named | None:
    """The one body that has this name."""
    folded = fold(name)
    if not folded:
        return None
    if folded == fold(portal.publisher.name):
        return _Named(own_body(portal), 1.0)
    words = " ".join(_NOISE.sub(" ", fold(_PARENTHESES.sub(" ", name))).split())
    for key in ((portal.name, folded), ("", folded), ("", words)):
        if (alias := bodies.aliases.get(key)) is not None:
            body = bodies.get(alias) if alias else None
            return None if body is None else _Named(body, 0.98)
    within = {portal.territory, *_between_parentheses(bodies, name)}
    for read in (_of_territory, _commune_called, _epci_called):
        found = read(bodies, words, within)
        if found is not None:
            return found
    return None


def _between_parentheses(bodies: Bodies, name: str) -> Iterator[str]:
    """The territory that a name says between parentheses: « Faugères (07) », « (34600) »,
    « Saint-Denis (La Réunion) »."""
    for inside in _PARENTHESES.findall(name):
        code = inside.strip().upper()
        if re.fullmatch(r"\d{2}|2[AB]|97\d|\d{5}", code):
            yield f"departement/{code[: 3 if code.startswith('97') else 2]}"
        elif body := bodies.of_territory("departement").get(core(inside)):
            yield body.territory


def _of_territory(bodies: Bodies, words: str, _: set[str]) -> _Named | None:
    for pattern, kind in _OF_TERRITORY:
        if found := pattern.fullmatch(words):
            body = bodies.of_territory(kind).get(core(found[1]))
            if body is not None:
                return _Named(body, _QUALIFIED)
    return None


def _commune_called(bodies: Bodies, words: str, within: set[str]) -> _Named | None:
    """A commune, by « Ville de … »; by its name alone where no EPCI has the same."""
    if found := _COMMUNE.fullmatch(words):
        article = {"du": "le ", "des": "les "}.get(found[1] or "", "")
        return _of(bodies, _one(bodies.communes(article + found[2]), within), _QUALIFIED)
    commune = _one(bodies.communes(words), within)
    if commune is None or core_of_epci(words) in bodies.epci:
        return None
    if " " not in words and (commune.population or 0) < _SMALLEST:
        return None
    return _of(bodies, commune, _BARE)


def _of(bodies: Bodies, territory: Territory | None, confidence: float) -> _Named | None:
    body = None if territory is None else bodies.of(territory)
    return None if body is None else _Named(body, confidence)


def _one(found: list[Territory], within: set[str]) -> Territory | None:
    """The one commune of a name, of several the one that is in a territory of ``within``."""
    if len(found) > 1:
        places = gazetteer()
        outer = [each for key in within if (each := places.by_key(key)) and key != "country/FRA"]
        found = [each for each in found if any(places.is_within(each, of) for of in outer)]
    return found[0] if len(found) == 1 else None


def _epci_called(bodies: Bodies, words: str, _: set[str]) -> _Named | None:
    """An EPCI, by its name with or without the word for its kind."""
    found = bodies.epci.get(core_of_epci(words), [])
    natures = next((natures for word, natures in _NATURES if word.search(words)), None)
    if natures is None:
        # Without that word the name has to be one that no commune, and no other EPCI, has.
        is_told = len(found) == 1 and " " in words and not bodies.communes(words)
        return _of(bodies, found[0], _BARE) if is_told else None
    fitting = [each for each in found if each.nature in natures]
    return _of(bodies, fitting[0], _QUALIFIED) if len(fitting) == 1 else None


def _unit(bodies: Bodies, portal: Portal, name: str) -> Answer | None:
    """The body that a name is a unit of: it names one beside a service; or it names a service
    alone, on the portal of a city, whose it then is."""
    parts = [part.strip() for part in _BETWEEN.split(name) if part and part.strip()]
    if len(parts) == 1 and (found := _OF_THE_CITY.fullmatch(fold(name))):
        parts = [found[1], found[2]]
    named = [_read(bodies, portal, part) for part in parts]
    of = {each.body for each in named if each is not None}
    others = [part for part, each in zip(parts, named, strict=True) if each is None]
    services = [part for part in others if _SERVICE.fullmatch(fold(part))]
    if any(part not in services and not _ACRONYM.fullmatch(part) for part in others):
        return _portals_own(bodies, named, others)
    if services and len(of) == 1:
        return Answer(of.pop(), "body-unit", 0.95, is_unit=True)
    if services and not of and _is_city(portal) and not any(map(_is_of_state, services)):
        return Answer(own_body(portal), "body-unit", 0.9, is_unit=True)
    return None


def _portals_own(
    bodies: Bodies, named: Iterable[_Named | None], others: Iterable[str]
) -> Answer | None:
    """A body beside the name of its portal: « Département … - Haute-Garonne Open Data »."""
    found = [each for each in named if each is not None]
    if len(found) == 1 and all(_NOISE.search(fold(other)) for other in others):
        return Answer(found[0].body, "body-name", 0.9)
    return None


def _is_city(portal: Portal) -> bool:
    """Whether a portal is one body's own: a metropolis's has the services of its communes too, a
    region's and the State's have everybody's."""
    return portal.territory.startswith("commune/") and portal.publisher.type == "LocalAuthority"


def _is_of_state(service: str) -> bool:
    return bool(_OF_STATE.fullmatch(fold(service)))
