"""The law on high-value datasets, which holds for all that a dataset is given by."""

from graph.shapes import HIGH_VALUE
from ingest.reading import Reading


def legislate(reading: Reading) -> None:
    """Say of each distribution of a high-value dataset, and of each service that gives access to
    one, that the regulation holds for it; of a service the categories and whom to ask as well.

    Portals say it of the dataset; DCAT-AP HVD 3.0.0 asks for it on all of them.
    """
    terms = reading.terms
    law = f"<{reading.root}> {terms['applicableLegislation'].predicate} {HIGH_VALUE}{reading.end}"
    if law not in reading.lines:
        return
    distributions = _objects(reading, f"<{reading.root}>", "distribution")
    services = [
        service for each in distributions for service in _objects(reading, each, "accessService")
    ]
    for target in dict.fromkeys((*distributions, *services)):
        node = reading.node(target[1:-1])
        if HIGH_VALUE not in _objects(reading, target, "applicableLegislation"):
            node.add("applicableLegislation", HIGH_VALUE[1:-1])
    for target in dict.fromkeys(services):
        node = reading.node(target[1:-1])
        for name in ("hvdCategory", "contactPoint"):
            if not _objects(reading, target, name):
                for found in _objects(reading, f"<{reading.root}>", name):
                    node.link(name, found[1:-1])


def _objects(reading: Reading, subject: str, term: str) -> list[str]:
    """The nodes that a node leads to by a term, as N-Triples text."""
    start = f"{subject} {reading.terms[term].predicate} "
    return [
        line[len(start) : -len(reading.end)] for line in reading.lines if line.startswith(start)
    ]
