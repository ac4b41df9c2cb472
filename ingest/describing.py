"""What every connector says in the same way: titles, agents, licences, formats, places, periods."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from graph.iris import slug
from ingest.readers import distinct, html_text, local_day
from ingest.record import Node, Reading
from vocab.codelist import fold

Candidate = tuple[str, Any]
"""A source's key and its value."""

_LANGUAGE = re.compile("[a-z]{2}")
_EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[a-zA-Z]{2,}")
_YEARS = re.compile(r"(?:de )?(\d{4})\s*(?:-|–|/|à|a)\s*(\d{4})", re.IGNORECASE)
_SINCE = re.compile(
    r"(?:depuis|à partir de|since)\s+(?:le |l'année |janvier )?(\d{4})", re.IGNORECASE
)
_DURATIONS = {
    "minute": "PT1M", "horaire": "PT1H", "hour": "PT1H", "heure": "PT1H",
    "jour": "P1D", "day": "P1D", "journalier": "P1D", "journaliere": "P1D", "quotidienne": "P1D",
    "semaine": "P7D", "week": "P7D", "hebdomadaire": "P7D",
    "mois": "P1M", "month": "P1M", "mensuelle": "P1M",
    "trimestre": "P3M", "trimestrielle": "P3M", "quarter": "P3M",
    "annee": "P1Y", "year": "P1Y", "annuelle": "P1Y",
}  # fmt: skip


def text(value: Any) -> str:
    """A value as text; a list gives its first member that holds something."""
    if isinstance(value, list):
        return next((found for found in map(text, value) if found), "")
    if isinstance(value, dict):
        raise ValueError("an object where text is expected")
    return "" if value is None else str(value).strip()


def texts(value: Any) -> list[str]:
    """A value as a list of texts without the empty ones."""
    members = value if isinstance(value, list) else [value]
    return [found for found in map(text, members) if found]


def titles(reading: Reading, node: Node, title: Candidate, description: Candidate) -> None:
    """Title and description, each of which DCAT-AP asks for: the other stands in, with an issue."""
    title, of_title = _translated(node, "title", title)
    description, of_description = _translated(node, "description", description)
    name, about = readable(reading, title), html_text(readable(reading, description))
    if not name:
        name = node.iri.rsplit("/", 1)[-1]
        reading.issue("missing", title[0], "", f"{title[0]}: no title; the identifier stands in")
    node.add("title", name, title[0], of_title)
    if not about:
        message = f"{description[0]}: no description; the title stands in"
        reading.issue("missing", description[0], "", message)
    node.add("description", about or name, description[0], of_description if about else of_title)


def _translated(node: Node, term: str, candidate: Candidate) -> tuple[Candidate, str]:
    """A candidate in one language, and which (empty: the record's own); of an object by language
    the other texts are added here."""
    key, value = candidate
    if not isinstance(value, dict) or not value or not all(map(_LANGUAGE.fullmatch, value)):
        return candidate, ""
    texts = {code: text(found) for code, found in value.items() if text(found)}
    first = next((code for code in ("fr", *texts) if code in texts), "")
    for code, found in texts.items():
        if code != first:
            node.add(term, html_text(found), key, code)
    return (key, texts.get(first)), first


def readable(reading: Reading, candidate: Candidate) -> str:
    """A candidate's text; empty, and an issue, where it holds none."""
    with reading.isolated(*candidate):
        return text(candidate[1])
    return ""


def keywords(node: Node, key: str, words: Iterable[str]) -> None:
    """Keywords, once each whatever their case and accents."""
    for word in distinct([part.strip() for each in words for part in each.split(";")]):
        if word:
            node.add("keyword", word, key)


def themes(reading: Reading, node: Node, key: str, labels: Iterable[str]) -> None:
    """The portal's own themes, as concepts of its own scheme, and the EU themes they mean."""
    iris, portal = reading.context.iris, reading.context.portal
    scheme = iris.concept(f"theme-{portal.name}")
    eu_themes = reading.context.model.code_list("data-theme")
    for label in labels:
        own = reading.node(f"{scheme}/{slug(label)}", "Concept", graph="vocab")
        own.name("prefLabel", label)
        own.link("inScheme", scheme)
        in_scheme = reading.node(scheme, "ConceptScheme", graph="vocab")
        in_scheme.name("title", f"Thèmes : {portal.title}")
        node.link("theme", own.iri)
        for concept in eu_themes.find(label):
            own.link("closeMatch", concept)
        node.add("theme", label, key)


def agent(reading: Reading, name: str) -> str:
    """The IRI of the agent of this name: the portal's publisher, or one of the portal's own."""
    iris, portal = reading.context.iris, reading.context.portal
    if fold(name) == fold(portal.publisher.name):
        return iris.agent(portal.publisher.siren)
    node = reading.node(iris.agent(portal.name, slug(name)), "Agent", graph="agents")
    node.name("name", re.sub(r"\s+", " ", name))
    return node.iri


def contact(reading: Reading, node: Node, name: str, email: Candidate, url: str = "") -> None:
    """A contact point, where there is something to reach it by or a name to ask for."""
    address = text(email[1]).removeprefix("mailto:").strip(" ;,.")
    if address and not _EMAIL.fullmatch(address):
        message = f"{email[0]}: {address!r} is no e-mail address"
        reading.issue("invalid-value", email[0], address, message)
        address = ""
    if not (name or address or url):
        return
    point = node.part("contactPoint", "contact", "Kind")
    point.add("fn", name or address)
    if address:
        point.add("hasEmail", f"mailto:{address}", email[0])
    if url:
        point.add("hasURL", url)


@dataclass(frozen=True)
class Licence:
    """What may be done with a dataset's distributions: a licence, and words about rights."""

    licence: str = ""
    rights: str = ""

    def grant(self, distribution: Node) -> None:
        """Say it on a distribution (DCAT-AP 3.0.1: one licence, one statement of rights)."""
        if self.licence:
            distribution.link("license", self.licence)
        if self.rights:
            distribution.link("rights", self.rights)


def licence(reading: Reading, candidates: Iterable[Candidate], words: Iterable[str]) -> Licence:
    """The licence that the first known candidate names; unknown ones become words about rights.

    No version is ever supposed: « Licence Ouverte » alone is a concept of its own.
    """
    code_list = reading.context.model.code_list("licence")
    given = [(key, text(value)) for key, value in candidates if text(value)]
    known = next((found for _, value in given for found in code_list.find(value)), "")
    statements = [word for word in words if word]
    if given and not known:
        key, value = given[0]
        message = f"{key}: {value!r} is not in the code list licence; kept as dct:rights"
        reading.issue("unknown-value", key, value, message)
        statements = [*dict.fromkeys(value for _, value in given), *statements]
    if not statements:
        return Licence(known)
    rights = reading.node(f"{reading.root}/rights", "RightsStatement")
    rights.add("description", " ; ".join(statements))
    return Licence(known, rights.iri)


def file_format(reading: Reading, node: Node, candidates: Iterable[Candidate], url: str) -> str:
    """Format and media type of a distribution: declared format, media type, then the extension.

    Gives the notation of the EU file type, empty where none is known.
    """
    file_types = reading.context.model.code_list("file-type")
    media_types = reading.context.model.code_list("media-type")
    given = [(key, _media_type(text(value))) for key, value in candidates if text(value)]
    suffix = PurePosixPath(urlsplit(url).path).suffix.lstrip(".") if "//" in url else ""
    found = media = ""
    for key, value in [*given, ("extension of the URL", suffix if len(suffix) < 9 else "")]:
        types = file_types.find(value)
        found = found or next(iter(types), "")
        media = media or next(iter(media_types.find(value)), "")
        if key == (given[0][0] if given else "") and not types and not media:
            message = f"{key}: {value!r} is not in the code lists file-type and media-type"
            reading.issue("unknown-value", key, value, message)
    media = media or file_types.media_types.get(found, "")
    if found:
        node.link("format", found)
    if media:
        node.link("mediaType", media)
    return found.rsplit("/", 1)[-1]


def _media_type(value: str) -> str:
    return value.partition(";")[0].strip() if "/" in value else value


def period(
    reading: Reading, node: Node, start: Candidate, end: Candidate, words: Candidate
) -> None:
    """The time covered (dct:temporal): two moments as days of the portal's clock, or a phrase."""
    portal, model = reading.context.portal, reading.context.model
    bounds = [(start[0], text(start[1])), (end[0], text(end[1]))]
    phrase = text(words[1])
    if phrase and not any(value for _, value in bounds):
        bounds = [(words[0], value) for value in _bounds_of(phrase)]
        if not any(value for _, value in bounds):
            message = f"{words[0]}: {phrase!r} is no period: 2004-2022, 2015, depuis 2015, ISO/ISO"
            reading.issue("invalid-value", words[0], phrase, message)
            return
    dates: list[tuple[str, str]] = []
    for name, (key, value) in zip(("startDate", "endDate"), bounds, strict=True):
        if not value:
            continue
        try:
            [day] = model.terms[name].nodes(local_day(value, portal))
            dates.append((name, day))
        except ValueError as error:
            reading.issue("invalid-value", key, value, f"{key}: {error}")
    if len(dates) == 2 and dates[0][1][:5] > dates[1][1][:5]:
        keys = ", ".join(dict.fromkeys(key for key, _ in bounds))
        words_of = f"{bounds[0][1]} – {bounds[1][1]}"
        reading.issue(
            "invalid-value", keys, words_of, f"{keys}: {words_of!r} ends before it begins"
        )
        return
    if dates:
        node = node.part("temporal", "temporal", "PeriodOfTime")
        for name, day in dates:
            node.state(model.terms[name].predicate, day)


def _bounds_of(phrase: str) -> tuple[str, str]:
    if years := _YEARS.fullmatch(phrase):
        return years.group(1), years.group(2)
    if since := _SINCE.fullmatch(phrase):
        return since.group(1), ""
    if "/" in phrase and (parts := phrase.split("/")) and len(parts) == 2 and "-" in parts[0]:
        return parts[0].strip(), parts[1].strip()
    if re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", phrase):
        return phrase, phrase
    return "", ""


def duration(value: str) -> str:
    """The xsd:duration that a word for a grain means (jour, mensuelle, year); empty for others."""
    return _DURATIONS.get(fold(value), "")


def place(reading: Reading, node: Node, level: str, code: str, label: str) -> None:
    """A territory that the dataset covers, by its official code."""
    spot = reading.node(reading.context.iris.place(level, code), "Location", graph="places")
    spot.add("identifier", code)
    if level in ("commune", "departement", "region"):
        spot.add("codeINSEE", code)
    if label:
        spot.name("prefLabel", label)
    node.link("spatial", spot.iri)


def extent(reading: Reading, node: Node, key: str, geometry: Any) -> None:
    """The rectangle around a GeoJSON geometry (RFC 7946), as dcat:bbox and dcat:centroid."""
    points = list(_points(geometry["coordinates"]))
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        message = f"{key}: not degrees of longitude and latitude (WGS 84)"
        reading.issue("invalid-value", key, f"{west} {south} {east} {north}", message)
        return
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    ring = ",".join(f"{x:.6g} {y:.6g}" for x, y in corners)
    spot = node.part("spatial", "spatial", "Location")
    spot.add("bbox", f"POLYGON(({ring}))", key)
    spot.add("centroid", f"POINT({(west + east) / 2:.6g} {(south + north) / 2:.6g})", key)


def _points(coordinates: Any) -> Iterable[tuple[float, float]]:
    if not isinstance(coordinates, list):
        raise TypeError("coordinates are lists of numbers")
    if isinstance(coordinates[0], (int, float)):
        yield float(coordinates[0]), float(coordinates[1])
        return
    for member in coordinates:
        yield from _points(member)


def statement(reading: Reading, node: Node, key: str, words: str) -> None:
    """How the data came to be (dct:provenance), in the portal's words."""
    node = node.part("provenance", "provenance", "ProvenanceStatement")
    node.add("label", html_text(words), key)
