"""How a DCAT feed is walked: page by page (Hydra), and then again, record by record.

All pages are fetched and looked through before the first record is given: only then it is known
which identifiers are shared, which datasets are described nowhere, and that the feed is whole. A
page is parsed twice for that, which costs less than describing what is in it; a feed of one page
is parsed once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from graph.issues import Issue
from ingest.answer import Answer
from ingest.connectors.dcat_graph import DATASET, Graph
from ingest.connectors.dcat_iris import Prefixes
from ingest.connectors.dcat_names import dataset_names, distinct_names
from ingest.connectors.dcat_syntax import ACCEPT, read
from ingest.fetch import Fetcher
from ingest.listing import Listing
from ingest.portals import Portal
from ingest.record import Record

_NEXT = ("hydra:next", "hydra:nextPage")
_TOTAL = "hydra:totalItems"
_MOST_PAGES = 10_000


@dataclass
class _Survey:
    """What was seen of a feed, over all of its pages."""

    listing: Listing
    pages: list[Answer] = field(default_factory=list)
    claims: dict[str, list[str]] = field(default_factory=dict)
    listed: dict[str, str] = field(default_factory=dict)
    described: set[str] = field(default_factory=set)
    is_announced: bool = False

    def note(self, answer: Answer, graph: Graph) -> None:
        """Note a page. Raises ``SourceError`` for one that repeats what was there before."""
        self.pages.append(answer)
        if totals := _totals(answer, graph):
            self.is_announced = True
            self.listing.announced(answer, max(totals))
        names = {graph.stable_name(name): name for name in graph.datasets()}
        self.listing.page(answer, names, str)
        for name in (*names.values(), *graph.services()):
            self.claims.setdefault(graph.stable_name(name), list(dataset_names(graph, name)))
        for name, key in graph.listed().items():
            self.listed.setdefault(graph.stable_name(name), key)
        self.described.update(filter(graph.is_described, map(graph.stable_name, graph.listed())))

    def missing(self) -> dict[str, str]:
        """What the feed names as its own and describes on no page."""
        return {name: key for name, key in self.listed.items() if name not in self.described}

    def prove(self) -> None:
        """Raises ``SourceError`` where fewer or more came than the feed announced. A dataset that
        is listed and not described did come: it is an issue, and none of the records."""
        missing = [name for name, key in self.missing().items() if key == DATASET]
        if self.is_announced and self.listing.received < self.listing.total:
            self.listing.page(self.pages[-1], missing, str)
        if self.is_announced:
            self.listing.prove(self.pages[-1])


def records(portal: Portal, fetcher: Fetcher, prefixes: Prefixes) -> Iterator[Record | Issue]:
    """Every record of a feed. Raises ``SourceError`` where it is not whole.

    A ``file:`` is the whole of what was recorded: its count is not proved, and a next page is
    read where it is beside it.
    """
    fetcher.is_ordered = False  # a feed says nothing of its order
    survey = _Survey(Listing(fetcher))
    walk = _Walk(portal, fetcher, prefixes)
    graph = None
    for answer, graph in walk.pages():
        survey.note(answer, graph)
    if not walk.is_file:
        survey.prove()
    yield from walk.issues
    for name, key in survey.missing().items() if not walk.issues else ():
        message = f"{key}: named by the feed and described nowhere in it; left out"
        yield Issue("missing", key, name, message)
    identifiers = distinct_names(survey.claims)
    for answer in survey.pages:
        if graph is None or len(survey.pages) > 1:
            graph = walk.graph(answer)
        for name in (*graph.datasets(), *graph.services()):
            payload = graph.record(name, identifiers)
            yield Record(identifiers[graph.stable_name(name)], payload)
        yield from graph.repairs_of_no_record()


class _Walk:
    """The pages of one feed, in the order that it gives them."""

    def __init__(self, portal: Portal, fetcher: Fetcher, prefixes: Prefixes) -> None:
        self._portal = portal
        self._fetcher = fetcher
        self._prefixes = prefixes
        self.is_file = portal.url.startswith("file:")
        self.issues: list[Issue] = []

    def pages(self) -> Iterator[tuple[Answer, Graph]]:
        """Each page and its triples. Raises ``SourceError`` where they come round again."""
        address, seen = self._portal.url, set[str]()
        while address:
            seen.add(address)
            answer = self._fetcher.get(address, accept=ACCEPT)
            graph = self.graph(answer)
            yield answer, graph
            address = self._next(answer, graph)
            if address in seen:
                raise answer.error(f"the pages come round again: the next one is {address}")
            if len(seen) >= _MOST_PAGES:
                raise answer.error(f"more than {_MOST_PAGES} pages")

    def graph(self, answer: Answer) -> Graph:
        """The triples of a page."""
        base = f"{self._portal.root}/" if self.is_file else answer.address
        return read(answer, Graph(self._prefixes, base))

    def _next(self, answer: Answer, graph: Graph) -> str:
        """The address of the next page; empty on the last one."""
        found = sorted({text for name in graph.nodes for key in _NEXT
                        for text in graph.texts(name, key)} - {""})  # fmt: skip
        if not found:
            return ""
        address = urljoin(answer.address, found[0].strip())
        if not self.is_file:
            if urlsplit(address).scheme not in ("http", "https"):
                raise answer.error(f"the next page is at no address of the web: {found[0]!r}")
            return address
        beside = answer.path.parent / Path(urlsplit(found[0]).path).name
        is_own = found[0].startswith(self._portal.root) or "://" not in found[0]
        if is_own and beside.is_file():
            return f"file:{beside}"
        message = f"hydra:next: {found[0]} is no file beside this one; what is in it is all"
        self.issues.append(Issue("missing", "hydra:next", found[0], message))
        return ""


def _totals(answer: Answer, graph: Graph) -> list[int]:
    """The counts that a page announces. Raises ``SourceError`` for one that is none."""
    found = {text for name in graph.nodes for text in graph.texts(name, _TOTAL)}
    try:
        return [int(text) for text in found]
    except ValueError:
        raise answer.error(f"{_TOTAL}: the count announced is no number: {found}") from None
