"""What a dataset covers, in time and in space, as every connector says it."""

import re
from collections.abc import Iterable
from typing import Any

from ingest.describing import Candidate, text
from ingest.readers import local_day
from ingest.reading import Node, Reading
from vocab.codelist import fold

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


def extent(reading: Reading, node: Node, key: str, geometry: Any) -> None:
    """The rectangle around a GeoJSON geometry (RFC 7946), as dcat:bbox and dcat:centroid."""
    if not isinstance(geometry.get("type", ""), str):
        raise TypeError("the type of a GeoJSON object is text")
    points = list(_points(geometry["coordinates"]))
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        message = f"{key}: not degrees of longitude and latitude (WGS 84)"
        reading.issue("invalid-value", key, f"{west} {south} {east} {north}", message)
        return
    reading.boxes.append((key, (west, south, east, north)))
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
