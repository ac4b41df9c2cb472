"""Every portal that is asked for, side by side, then one publication."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from graph.provenance import Run
from graph.store import GraphStore
from ingest.answer import SourceError
from ingest.connectors import CONNECTORS
from ingest.digest import mapping_version
from ingest.fetch import Fetcher, Limits
from ingest.harvest import Harvest
from ingest.outcome import Options, Outcome
from ingest.politeness import Hosts
from ingest.portals import Portal, bundled_registry, load_portals
from ingest.raw import RawAnswers
from ingest.record import Connector, Context
from vocab.context import Model
from vocab.errors import ConfigError

log = logging.getLogger("jointure.harvest")

CONCEPT_LISTS = (
    "access-right",
    "checksum-algorithm",
    "country",
    "data-theme",
    "dataset-type",
    "datatype",
    "distribution-status",
    "file-type",
    "fix",
    "frequency",
    "harvest",
    "hvd-category",
    "issue",
    "key",
    "language",
    "licence",
    "licence-type",
    "media-type",
    "planned-availability",
    "publisher-type",
    "quality",
    "rule",
    "standard",
    "status",
)
"""The code lists whose concepts stand in the graph ``vocab``, beside all that refers to them."""


Watch = Callable[[Portal, int, int | None], None]
"""Called with a portal, the records walked so far, and how many it has where it says so."""
_AT_ONCE = 8
"""Portals that are harvested side by side at the most."""


@dataclass(frozen=True)
class Network:
    """How portals are reached: a transport, the hosts and their clock, limits, and the contact
    that we give."""

    transport: httpx2.BaseTransport | None = None
    hosts: Hosts = field(default_factory=Hosts)
    limits: Limits = field(default_factory=Limits)
    contact: str = ""


def harvest(
    portals: Iterable[Portal],
    store: GraphStore,
    options: Options,
    now: Callable[[], datetime],
    network: Network | None = None,
    watch: Watch = lambda portal, count, total: None,
) -> Iterator[Outcome]:
    """Harvest the portals side by side, an ``Outcome`` each as it ends, and publish what changed.

    Raises ``ConfigError`` before anything starts where our own tables are wrong.
    """
    model, portals = Model(store.iris.base), list(portals)
    connectors = {kind: CONNECTORS[kind](model) for kind in {each.type for each in portals}}
    run = _Run(store, model, connectors, options, now, network or Network(), watch)
    store.recover(dry=options.dry_run)
    if not options.dry_run:
        store.write_concepts(quad for name in CONCEPT_LISTS for quad in model.code_list(name).quads)
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="portal")
    try:
        for done in as_completed([pool.submit(run.one, portal) for portal in portals]):
            yield done.result()
    finally:
        # Also where it is interrupted: what the portals before gave is whole. And what a killed
        # process wrote and did not publish is published now.
        run.stopped.set()
        pool.shutdown(cancel_futures=True)
        if store.has_unpublished() and not options.dry_run:
            store.publish()


@dataclass(frozen=True)
class _Run:
    """What the harvests of one command share."""

    store: GraphStore
    model: Model
    connectors: Mapping[str, Connector]
    options: Options
    now: Callable[[], datetime]
    network: Network
    watch: Watch
    stopped: threading.Event = field(default_factory=threading.Event)

    def one(self, portal: Portal) -> Outcome:
        """Harvest one portal and note the run. A walk that was gone on with and does not come to
        a whole listing, because the portal changed meanwhile, is walked once more from its start.
        """
        started = self.now()
        outcome, is_resumed = self._isolated(portal, started)
        if outcome.error is not None and outcome.error.is_of_content and is_resumed:
            outcome, _ = self._isolated(portal, started)
        ended = self.now()
        outcome.seconds = (ended - started).total_seconds()
        if not self.options.dry_run:
            self.store.note_run(
                Run(
                    portal.name,
                    portal.root,
                    started,
                    ended,
                    mapping_version()[:16],
                    outcome.counts,
                    outcome.issues,
                    str(outcome.error or ""),
                )
            )
        return outcome

    def _isolated(self, portal: Portal, started: datetime) -> tuple[Outcome, bool]:
        """What goes wrong with one portal, whatever it is, is no matter of the others."""
        try:
            return self._walked(portal, started)
        except ConfigError:
            raise
        except Exception as error:
            log.exception("%s: an error of our own", portal.name)
            what = f"an error of our own: {type(error).__name__}: {error}"
            failure = SourceError(portal.name, portal.url, what)
            return Outcome(portal.name, error=failure), False

    def _walked(self, portal: Portal, started: datetime) -> tuple[Outcome, bool]:
        context = Context(portal, self.store.iris, self.model, started)
        with ExitStack() as stack:
            folder = self.store.folder / "raw" / portal.name
            if self.options.dry_run and not self.options.replay:
                folder = Path(stack.enter_context(TemporaryDirectory(prefix="jointure-raw-")))
            source = f"{portal.type} {portal.url} {portal.filter}"
            raw = RawAnswers(folder, source, started, self.options.replay)
            fetcher = stack.enter_context(self._fetcher(portal, raw))
            harvest = Harvest(
                context,
                self.connectors[portal.type],
                self.store,
                self.options,
                partial(self._progress, portal),
            )
            outcome = harvest.run(fetcher)
            if outcome.error is None and self.options.limit is None:
                raw.end()
            elif outcome.error is not None and outcome.error.is_of_content:
                raw.forget()
        return outcome, raw.is_resumed

    def _fetcher(self, portal: Portal, raw: RawAnswers) -> Fetcher:
        network = self.network
        contact = network.contact or self.store.iris.base
        return Fetcher(portal, raw, network.transport, network.hosts, network.limits, contact)

    def _progress(self, portal: Portal, count: int, total: int | None) -> None:
        if self.stopped.is_set():
            raise SourceError(portal.name, portal.url, "interrupted")
        self.watch(portal, count, total)


def sample_portals() -> dict[str, Portal]:
    """The bundled portals, read from the bundled samples instead of the web."""
    found = {}
    for name, portal in load_portals(bundled_registry(), CONNECTORS).items():
        for sample in sorted(Path(str(files("ingest").joinpath("samples"))).glob(f"{name}.*")):
            found[name] = replace(portal, url=f"file:{sample}", site=portal.root)
    return found
