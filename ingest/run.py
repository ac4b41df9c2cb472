"""Every portal that is asked for, one after the other, then one publication."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import httpx2

from graph.store import GraphStore
from ingest.connectors import CONNECTORS
from ingest.fetch import Fetcher
from ingest.harvest import Harvest, Options, Outcome
from ingest.portals import Portal, bundled_registry, load_portals
from vocab.context import Model

CONCEPT_LISTS = (
    "access-right", "country", "data-theme", "dataset-type", "datatype", "distribution-status",
    "file-type", "frequency", "hvd-category", "issue", "language", "licence", "licence-type",
    "media-type", "planned-availability", "publisher-type", "standard", "status",
)  # fmt: skip
"""The code lists whose concepts stand in the graph ``vocab``, beside all that refers to them."""


def harvest(
    portals: Iterable[Portal],
    store: GraphStore,
    options: Options,
    today: date,
    transport: httpx2.BaseTransport | None = None,
    watch: Callable[[Portal, int], None] = lambda portal, count: None,
) -> Iterator[Outcome]:
    """Harvest the portals in turn, an ``Outcome`` each, and publish what changed at the end.

    Raises ``ConfigError`` before anything starts where our own tables are wrong.
    """
    model = Model(store.iris.base)
    connectors = {name: make(model) for name, make in CONNECTORS.items()}
    if not options.dry_run:
        store.clear_unfinished()
    concepts = (quad for name in CONCEPT_LISTS for quad in model.code_list(name).quads)
    if not options.dry_run:
        store.write_concepts(concepts)
    try:
        for portal in portals:
            connector = connectors[portal.type]

            def walked(count: int, portal: Portal = portal) -> None:
                watch(portal, count)

            run = Harvest(portal, connector, store, model, today, options, walked)
            with Fetcher(portal.name, store.folder / "raw" / portal.name, transport) as fetcher:
                yield run.run(fetcher)
    finally:
        # Also where it is interrupted: what the portals before gave is whole. And what a killed
        # process wrote and did not publish is published now.
        if store.has_unpublished() and not options.dry_run:
            store.publish()


def sample_portals() -> dict[str, Portal]:
    """The bundled portals, read from the bundled samples instead of the web."""
    found = {}
    for name, portal in load_portals(bundled_registry(), CONNECTORS).items():
        sample = Path(str(files("ingest").joinpath(f"samples/{name}.json")))
        if sample.is_file():
            found[name] = replace(portal, url=f"file:{sample}", site=portal.root)
    return found
