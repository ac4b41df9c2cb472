"""What the captured catalogues of ``../shared/portals`` score, once harvested: the MQA's points.

    python bench/quality.py [--only NAME]

Each capture is harvested by the entry of the bundled registry that it was captured from, or, of a
portal that has none, by one that says nothing for its datasets. No request is made: whether links
answer is not measured, and 325 of the 405 points are. Printed: a table of the mean of each, and of
the indicators that its datasets do not meet, with the points that each costs the mean. A peer is
printed beside it where the portal made a DCAT export of its own: the same score of that export, as
it stands.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from graph.check import PortalCheck, check
from graph.data import Description
from graph.iris import Iris
from graph.mqa import POINTS, Evidence, score
from graph.shapes import Shapes
from graph.snapshot import Snapshots
from graph.store import GraphStore
from ingest.connectors import CONNECTORS
from ingest.outcome import Options
from ingest.portals import Portal, Publisher, bundled_registry, load_portals
from ingest.run import harvest
from vocab.openness import Openness

BASE = "http://localhost:8000/"
CAPTURES = Path(__file__).resolve().parents[2] / "shared" / "portals"
FEED = Portal(
    name="feed",
    type="dcat",
    url="",
    title="Catalogue",
    description="Un catalogue de données ouvertes.",
    publisher=Publisher("Rennes Métropole", "243500139"),
    homepage="https://data.rennesmetropole.fr/",
    territory="epci/243500139",
    site="https://data.rennesmetropole.fr",
)
SOURCES = {
    "paris-2023": ("paris", "opendatasoft/paris-v2.1-2023-10-03.json"),
    "culture-2023": ("culture", "opendatasoft/culture-v1-search.json"),
    "datasud-2021": ("datasud", "ckan/datasud-package_search-2021.json"),
    "datasud-2025": ("datasud", "ckan/datasud-package_search-2025.json"),
    "datagouv-api": ("datagouv", "udata/datasets-api1.jsonl"),
    "datagouv-paris": ("datagouv-paris", "udata/export-dataset-opendata.paris.fr.csv"),
    "datagouv-toulouse": (
        "datagouv-toulouse",
        "udata/export-dataset-data.toulouse-metropole.fr.csv",
    ),
    "datagouv-strasbourg": ("datagouv-strasbourg", "udata/export-dataset-data.strasbourg.eu.csv"),
    "datagouv-marseille": ("datagouv", "udata/export-dataset-org-ville-de-marseille.csv"),
    "datagouv-ampmetropole": ("datagouv", "udata/export-dataset-data.ampmetropole.fr.csv"),
    "datagouv-datasud": ("datagouv", "udata/export-dataset-www.datasud.fr.csv"),
    "datagouv-culture": ("datagouv", "udata/export-dataset-data.culture.gouv.fr.csv"),
    "rennes-dcat": ("", "opendatasoft/rennes-dcat-export.rdf"),
    "capatlantique-dcat": ("", "opendatasoft/capatlantique-dcat-export.rdf"),
    "scdl-example": ("brocas", "scdl/exemple-valide.csv"),
    "geoplateforme": ("geoplateforme", "csw/geoplateforme/geoplateforme-iso19139-IGNF_RPG.xml"),
}
"""The captures: the bundled entry of each (none: a plain feed), and its file."""
_MOST = 6
_DISTRIBUTION = "http://www.w3.org/ns/dcat#distribution"
_DATASET = "<http://www.w3.org/ns/dcat#Dataset>"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def portals(names: Iterable[str]) -> list[Portal]:
    """The entries that the captures are harvested by, under the captures' names."""
    bundled = load_portals(bundled_registry(), CONNECTORS)
    return [
        replace(
            bundled.get(entry, FEED),
            name=name,
            url=f"file:{CAPTURES / path}",
            site=bundled.get(entry, FEED).root,
            filter="",
        )
        for name, (entry, path) in SOURCES.items()
        if name in names
    ]


def lacking(found: Iterable[frozenset[str]]) -> str:
    """What is not met, with the points that it costs the mean, most first."""
    sets = list(found)
    counts = Counter(name for each in sets for name in each)
    costs = {name: POINTS[name] * count / len(sets) for name, count in counts.items()}
    most = sorted(costs, key=lambda name: -costs[name])[:_MOST]
    return ", ".join(f"{name} {costs[name]:.1f}" for name in most if costs[name] >= 0.05)


def row(checked: PortalCheck) -> str:
    """A line of the table."""
    scores = [each.score for each in checked.datasets]
    mean = sum(each.points for each in scores) / len(scores)
    missed = lacking(frozenset(POINTS) - each.met - each.unmeasured for each in scores)
    return f"| {checked.name} | {len(scores)} | {mean:.1f} | {missed} |"


def exported(path: Path) -> str:
    """A portal's own DCAT export, as it stands: the mean of its datasets."""
    data: dict[str, dict[str, list[str]]] = {}
    for quad in ox.parse(path=str(path), base_iri="https://example.org/"):
        said = data.setdefault(str(quad.subject), {})
        said.setdefault(quad.predicate.value, []).append(str(quad.object))
    roots = [node for node, said in data.items() if _DATASET in said.get(_TYPE, ())]
    shapes, tables = Shapes("mandatory", "range"), Openness.of(BASE)
    points = [_points(data, root, shapes, tables) for root in roots]
    return f"{sum(points) / len(points):.1f} of {len(points)} datasets"


def _points(data: Description, root: str, shapes: Shapes, tables: Openness) -> int:
    nodes = [root, *data[root].get(_DISTRIBUTION, ())]
    parts: Mapping[str, Mapping[str, list[str]]] = {
        node: {name: list(said) for name, said in data[node].items()}
        for node in nodes
        if node in data
    }
    broken = any(each.severity == "Violation" for each in shapes.validate(parts, data))
    return score(parts, root, Evidence(tables, is_compliant=not broken)).points


def main() -> None:
    """Harvest, check, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=SOURCES, action="append")
    names = parser.parse_args().only or list(SOURCES)
    with tempfile.TemporaryDirectory() as folder:
        store = GraphStore(Path(folder), BASE)
        outcomes = list(harvest(portals(names), store, Options(), lambda: datetime.now(UTC)))
        store.close()
        for outcome in outcomes:
            if outcome.error:
                print(f"{outcome.portal}: {outcome.error}")
        snapshot = Snapshots(Path(folder)).current()
        found = {each.name: each for each in check(snapshot, Iris(BASE))}
        print("| capture | datasets | mean of 325 | what costs most |\n|---|---:|---:|---|")
        for name in names:
            if name in found:
                print(row(found[name]))
    for name in ("rennes-dcat", "capatlantique-dcat"):
        if name in names:
            print(f"{name}, the portal's own export as it stands: {exported_or_not(name)}")


def exported_or_not(name: str) -> str:
    """The export's mean, or that a strict parser refuses it."""
    try:
        return exported(CAPTURES / SOURCES[name][1])
    except SyntaxError as error:
        return f"not readable ({error})"


if __name__ == "__main__":
    main()
