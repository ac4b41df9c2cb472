"""The territories of udata: zones by their code, or by a name alone."""

import re

from graph.iris import slug
from ingest import spatial
from ingest.reading import Node, Reading

_CODE = re.compile(r"(?:fr|country|country-group|country-subset)[:/].+")
_VALID = "country:…, fr:commune:…, fr:epci:…, fr:departement:…, fr:region:…, fr:arrondissement:…"


def cover(reading: Reading, dataset: Node, key: str, zone: str, name: str = "") -> None:
    """A territory that the dataset covers: ``fr:commune:13055``, ``country:fr``, « Le Havre ».

    ``fr/commune/13055`` and ``fr:region:52@1970-01-09`` are how older versions write codes. What
    no territory can be told of keeps its name. Raises ``ValueError`` where there is neither.
    """
    if not zone and not name:
        raise ValueError("a zone has an id or a name")
    code = zone.partition("@")[0].replace("/", ":") if _CODE.fullmatch(zone) else ""
    if spatial.cover(reading, dataset, key, code or zone, name):
        return
    spot = dataset.part("spatial", f"place/{slug(zone or name)}", "Location")
    if code:
        spot.add("identifier", code)
    if name or not code:
        spot.add("prefLabel", name or zone)
    message = f"{key}: {zone or name!r} is no territory known ({_VALID}); kept as it is"
    reading.issue("unknown-value", key, zone or name, message)
