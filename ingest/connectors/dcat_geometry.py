"""Extents as feeds write them: WKT, GeoJSON, GML envelopes, boxes of four numbers.

All become points of longitude and latitude (WGS 84), whose rectangle is the dataset's extent.
"""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

Point = tuple[float, float]

_NUMBER = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_WKT = re.compile(
    r"(?:<(?P<crs>[^>]*)>\s*)?(?:SRID=(?P<srid>\d+);)?\s*"
    r"(?P<kind>MULTI\w+|POINT|LINESTRING|POLYGON|TRIANGLE|GEOMETRYCOLLECTION|ENVELOPE|BBOX|BOX)"
    r"\s*(?:Z|M|ZM)?\s*\((?P<body>.*)\)",
    re.IGNORECASE | re.DOTALL,
)
_BOX = re.compile(rf"\s*{_NUMBER}(?:\s*[,; ]\s*{_NUMBER}){{3}}\s*")
_CORNER = re.compile(rf"<(?:\w+:)?(?:lower|upper)Corner>\s*({_NUMBER})[\s,]+({_NUMBER})")
_SRS = re.compile(r"srsName\s*=\s*[\"']([^\"']*)")
_LIMIT = re.compile(rf"(north|south|east|west)limit\s*=\s*({_NUMBER})", re.IGNORECASE)
_LONGITUDE_FIRST = re.compile(r"|.*CRS:?84", re.IGNORECASE)
_LATITUDE_FIRST = re.compile(r".*EPSG.*\b4326", re.IGNORECASE)


def points(text: str) -> list[Point]:
    """The points of a geometry. Raises ``ValueError`` where a text is none, or of a reference
    system other than WGS 84."""
    text = html.unescape(text).strip()
    if text.startswith(("{", "[")):
        return list(_of_json(_json(text)))
    if found := _WKT.fullmatch(text):
        return _of_wkt(found)
    if corners := _CORNER.findall(text):
        srs = _SRS.search(text)
        return _ordered(srs[1] if srs else "", [(float(x), float(y)) for x, y in corners])
    if _BOX.fullmatch(text):
        west, south, east, north = map(float, re.findall(_NUMBER, text))
        return [(west, south), (east, north)]
    limits = {side.lower(): float(number) for side, number in _LIMIT.findall(text)}
    if len(limits) == 4:
        return [(limits["west"], limits["south"]), (limits["east"], limits["north"])]
    raise ValueError(f"{text[:80]!r} is no geometry: WKT, GeoJSON, GML or west,south,east,north")


def is_geometry(text: str) -> bool:
    """Whether a text looks like one, whether or not it can be read."""
    text = html.unescape(text).strip()
    return bool(
        text.startswith(("{", "["))
        or _WKT.fullmatch(text)
        or _CORNER.search(text)
        or _BOX.fullmatch(text)
        or _LIMIT.search(text)
    )


def _json(text: str) -> Any:
    for spelled in (text, text.replace("'", '"')):  # Statbel writes its GeoJSON as Python would
        try:
            return json.loads(spelled)
        except (ValueError, RecursionError):
            continue
    raise ValueError(f"{text[:80]!r} is no GeoJSON")


def _of_json(geometry: Any) -> Iterator[Point]:
    if isinstance(geometry, dict):
        for key in ("coordinates", "geometry", "geometries", "features", "bbox"):
            if geometry.get(key):
                yield from _of_json(geometry[key])
                return
        raise ValueError("an object without coordinates")
    if not isinstance(geometry, list) or not geometry:
        raise ValueError("coordinates are lists of numbers")
    if all(isinstance(number, (int, float)) for number in geometry) and len(geometry) > 1:
        half = len(geometry) // 2 if len(geometry) in (4, 6) else len(geometry)
        for start in range(0, len(geometry), half):
            yield float(geometry[start]), float(geometry[start + 1])
        return
    for member in geometry:
        yield from _of_json(member)


def _of_wkt(found: re.Match[str]) -> list[Point]:
    numbers = [list(map(float, re.findall(_NUMBER, pair))) for pair in found["body"].split(",")]
    flat = [number for pair in numbers for number in pair]
    if found["kind"].upper() == "ENVELOPE" and len(flat) == 4:
        west, east, north, south = flat  # Catalogue Services 2.0.2, CQL: so ordered
        return [(west, south), (east, north)]
    if found["kind"].upper() in ("BBOX", "BOX") and len(flat) == 4:
        return [(flat[0], flat[1]), (flat[2], flat[3])]
    if any(len(pair) < 2 for pair in numbers):
        raise ValueError("a point has two coordinates")
    reference = found["crs"] or (
        f"EPSG:{found['srid']}" if found["srid"] not in (None, "4326") else ""
    )
    return _ordered(reference, [(pair[0], pair[1]) for pair in numbers])


def _ordered(reference: str, found: list[Point]) -> list[Point]:
    """The points with longitude first: a reference system is named with the order of its axes
    (GeoSPARQL, WKT literals), and EPSG:4326 has latitude first; CRS 84, and no name, have not."""
    if _LONGITUDE_FIRST.fullmatch(reference.rstrip("/")):
        return found
    if _LATITUDE_FIRST.fullmatch(reference):
        return [(x, y) for y, x in found]
    raise ValueError(f"the coordinate reference system {reference[:80]} is not read")
