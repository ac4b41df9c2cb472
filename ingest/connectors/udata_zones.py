"""The territories of udata: zones by their code, or by a name alone."""

import re

from graph.iris import slug
from ingest import coverage
from ingest.reading import Node, Reading

_CODE = re.compile(r"(?:fr|country|country-group|country-subset)[:/].+")
_LEVELS = frozenset({"commune", "epci", "departement", "region"})


def cover(reading: Reading, dataset: Node, key: str, zone: str, name: str = "") -> None:
    """A territory that the dataset covers: ``fr:commune:13055``, ``country:fr``, « Le Havre ».

    ``fr/commune/13055`` and ``fr:region:52@1970-01-09`` are how older versions write codes. Of a
    name alone no code is made up: it stays a name. Raises ``ValueError`` where there is neither.
    """
    code = zone.partition("@")[0].replace("/", ":") if _CODE.fullmatch(zone) else ""
    country, _, rest = code.partition(":")
    level, _, number = rest.partition(":")
    if countries := reading.context.model.code_list("country").find(code or zone):
        dataset.link("spatial", countries[0])
    elif country == "fr" and level in _LEVELS and number:
        coverage.place(reading, dataset, level, number, name)
    elif not zone and not name:
        raise ValueError("a zone has an id or a name")
    else:
        spot = dataset.part("spatial", f"place/{slug(zone or name)}", "Location")
        if code:
            spot.add("identifier", code)
            message = f"{key}: {zone!r} is no {', '.join(sorted(_LEVELS))} of France; kept as it is"
            reading.issue("unknown-value", key, zone, message)
        if name or not code:
            spot.add("prefLabel", name or zone)
