"""What the server counts, for Prometheus: names after its conventions, no global registry.

An observation costs a microsecond or two: every series is looked up once, before it is met. What
is a state, and no event, is read when somebody asks.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric

FORMS = ("select", "ask", "construct", "describe", "update", "unknown")
"""Of queries; ``unknown`` where one was refused before its form was known."""
OUTCOMES = (
    *("ok", "cached", "not-modified", "bad-request", "not-acceptable", "refused", "busy"),
    *("timeout", "memory", "rows", "bytes", "died", "left", "stalled", "error"),
)
"""How a query ends. ``left`` is a client that went, ``stalled`` one that did not read, ``busy`` a
queue that was full."""
_KILLED = ("timeout", "memory", "rows", "bytes", "left", "stalled", "died")
"""Outcomes for which a worker ends before its time."""
_TOLD = {
    "syntax-error": "bad-request", "several-queries": "bad-request", "query-too-deep": "died",
    "query-timeout": "timeout", "query-memory": "memory", "query-rows": "rows",
    "query-bytes": "bytes", "query-stalled": "stalled", "service-refused": "refused",
    "queue-full": "busy", "client-queue-full": "busy", "queue-timeout": "busy",
    "worker-died": "died", "no-worker": "died",
}  # fmt: skip
"""How a query ended, by the reason that its client is told."""
ROUTES = ("sparql", "graph-store", "resource", "graph", "page", "operations", "other")
"""Classes of addresses. What is met beyond these lists is counted as the last of them."""

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


@dataclass
class State:
    """What is the case now. Whoever changes it sets it."""

    idle: int = 0
    """Workers that wait for a query."""
    seasoned: int = 0
    """Of these, those that have copied what the others share."""
    busy: int = 0
    """Workers that have one."""
    starting: int = 0
    """Workers that are being made."""
    queued: int = 0
    """Queries that wait for a worker."""
    cache_bytes: int = 0
    snapshot: int = 0
    """The number of the snapshot that is served."""
    published: float = 0.0
    """When it was published: seconds since 1970, 0 where there is none."""
    is_loading: bool = False
    """Whether a snapshot is being loaded into memory."""
    is_in_memory: bool = False
    """Whether queries run in memory."""
    memory_bytes: int = 0
    """What the snapshot takes of it."""


class Metrics:
    """The series of one server, in a registry of its own."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.state = State()
        self._registry = registry = _Registry()
        ProcessCollector(registry=registry)
        queries = _counter(registry, "queries", "Queries, by outcome.", "form", "outcome")
        self._queries = {
            (form, outcome): queries.labels(form, outcome) for form in FORMS for outcome in OUTCOMES
        }
        seconds = Histogram(
            "jointure_query_duration_seconds",
            "From the request of a query to the end of its answer.",
            ["form"],
            registry=registry,
            buckets=_SECONDS,
        )
        self._seconds = {form: seconds.labels(form) for form in FORMS}
        self._waits = Histogram(
            "jointure_queue_wait_seconds",
            "For which a query waited for a worker.",
            registry=registry,
            buckets=_SECONDS,
        )
        kills = _counter(registry, "worker_kills", "Workers ended before time.", "reason")
        self._kills = {reason: kills.labels(reason) for reason in _KILLED}
        self._requests = _counter(registry, "http_requests", "Answers.", "route", "status")
        self._answers: dict[tuple[str, int], Counter] = {}
        self._hits = _counter(registry, "cache_hits", "Answers taken from the cache.")
        self._misses = _counter(registry, "cache_misses", "Answers looked for in vain.")
        self._dropped = _counter(registry, "log_lines_dropped", "Lines of the log not written.")
        _show(registry, self.state, clock)

    def query(self, form: str, outcome: str, seconds: float) -> None:
        """Note the end of a query, ``seconds`` after its request came: one of the ``OUTCOMES``,
        for some of which its worker has been killed."""
        if outcome in self._kills:
            self._kills[outcome].inc()
        form = form if form in self._seconds else FORMS[-1]
        found = self._queries.get((form, outcome)) or self._queries[form, OUTCOMES[-1]]
        found.inc()
        self._seconds[form].observe(seconds)

    def waited(self, seconds: float) -> None:
        """Note how long a query waited for its worker."""
        self._waits.observe(seconds)

    def request(self, route: str, status: int) -> None:
        """Note an answer to a request of any kind."""
        route = route if route in ROUTES else ROUTES[-1]
        found = self._answers.get((route, status))
        if found is None:
            found = self._answers[route, status] = self._requests.labels(route, str(status))
        found.inc()

    def looked_up(self, is_hit: bool) -> None:
        """Note that an answer was looked for in the cache."""
        (self._hits if is_hit else self._misses).inc()

    def log_dropped(self, count: int) -> None:
        """Note ``count`` lines of the access log that were not written."""
        self._dropped.inc(count)

    def text(self, accept: str | None = None) -> tuple[bytes, str]:
        """All series, and their media type: Prometheus's text, or OpenMetrics where preferred."""
        encode, media_type = choose_encoder(accept or "")
        return encode(self._registry), media_type


def outcome_of(ending: str) -> str:
    """How a query ended: one of the ``OUTCOMES`` as it is, or by the reason that its client was
    told."""
    return _TOLD.get(ending, ending)


class _Registry(CollectorRegistry):
    """Without the moment at which each series was made: it says nothing, in a third of the
    lines."""

    def collect(self) -> Iterable[Metric]:
        for metric in super().collect():
            metric.samples = [each for each in metric.samples if not each.name.endswith("_created")]
            yield metric


def _counter(registry: CollectorRegistry, name: str, text: str, *labels: str) -> Counter:
    return Counter(f"jointure_{name}", text, labels, registry=registry)


def _show(registry: CollectorRegistry, state: State, clock: Callable[[], float]) -> None:
    """Gauges that read the state when they are asked."""
    gauges: dict[str, tuple[str, Callable[[], float]]] = {
        "queue_length": ("Queries that wait for a worker.", lambda: state.queued),
        "cache_bytes": ("Size of the cache of answers.", lambda: state.cache_bytes),
        "snapshot_number": ("Number of the snapshot served.", lambda: state.snapshot),
        "snapshot_age_seconds": (
            "Since the snapshot was published.",
            lambda: max(0.0, clock() - state.published) if state.published else 0.0,
        ),
        "snapshot_loading": ("1 while a snapshot is loaded.", lambda: state.is_loading),
        "snapshot_in_memory": ("1 where queries run in memory.", lambda: state.is_in_memory),
        "snapshot_memory_bytes": ("Memory of the snapshot.", lambda: state.memory_bytes),
    }
    for name, (text, read) in gauges.items():
        Gauge(f"jointure_{name}", text, registry=registry).set_function(read)
    workers = Gauge("jointure_workers", "Workers, by state.", ["state"], registry=registry)
    workers.labels("idle").set_function(lambda: state.idle)
    workers.labels("seasoned").set_function(lambda: state.seasoned)
    workers.labels("busy").set_function(lambda: state.busy)
    workers.labels("starting").set_function(lambda: state.starting)
