"""``/graph-store``: the SPARQL 1.1 Graph Store HTTP Protocol.

A graph is named by ``?graph=IRI`` or ``?default``, or by the request's own address below
``/graph-store/`` (section 4). What is got of the default graph is what queries see of it: the union
of all graphs, unless the server was started with ``--no-union-default-graph``; what is put into it
or deleted is the store's own.
"""

import asyncio
import re
import uuid
from typing import Any

import pyoxigraph as ox

from graph.snapshot import Snapshots
from server.http.codings import decoded
from server.http.exchange import Exchange
from server.http.problems import BadRequest, MethodNotAllowed, NotFound
from server.settings import Settings
from server.sparql import documents
from server.sparql.changes import check_graph
from server.sparql.protocol import Operation, parameters
from server.sparql.query import Queries
from server.sparql.updating import check_token
from server.workers.pool import Pool
from server.workers.writing import Writing

PATH = "/graph-store"
_READING = "GET, HEAD, OPTIONS"
_WRITING = "GET, HEAD, PUT, POST, DELETE, OPTIONS"
_DOES = {"PUT": "replace", "POST": "merge", "DELETE": "drop"}
_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_TAG = re.compile(r'(W/)?"(\d+)-[^"]*"')


class GraphStoreProtocol:
    """The graphs of the store, over HTTP."""

    def __init__(
        self,
        snapshots: Snapshots,
        pool: Pool,
        queries: Queries,
        settings: Settings,
        writing: Writing | None = None,
    ) -> None:
        """``writing``: who makes the changes, where any are to be made."""
        self._snapshots = snapshots
        self._pool = pool
        self._queries = queries
        self._settings = settings
        self._writing = writing
        self._prefix = snapshots.iris.graph("")

    async def __call__(self, exchange: Exchange) -> None:
        """Answer a request. Raises a ``Problem``, ``ClientLeft`` and ``BrokenOff``."""
        method = exchange.method
        allow = {"Allow": _READING if self._writing is None else _WRITING}
        if method == "OPTIONS":
            accepted = {} if self._writing is None else {"Accept-Post": documents.READ}
            await exchange.answer(204, allow | accepted)
        elif method in ("GET", "HEAD"):
            await self._get(exchange, _required(_named(exchange)))
        elif self._writing is None or method not in _DOES:
            said = "the graphs are read-only here" if method in _DOES else "not answered here"
            raise MethodNotAllowed(f"{method}: {said}", allow)
        else:
            await self._change(exchange, self._writing)

    async def _get(self, exchange: Exchange, graph: str | None) -> None:
        """Section 5.2: a query, with the limits, formats and codings of one."""
        key = (
            PATH,
            graph,
            exchange.header("accept"),
            exchange.header("accept-encoding"),
            "read",
        )
        await self._queries.refresh()
        kept = self._queries.kept(key)
        if kept is not None:
            await self._queries.give(exchange, kept)
            return
        if graph is not None and not await self._has(graph):
            raise NotFound(f"there is no graph <{graph}>", reason="no-graph")
        operation = Operation(False, _ALL, [] if graph is None else [graph], [], 0)
        await self._queries.answer(exchange, operation, key)

    async def _has(self, graph: str) -> bool:
        """Whether the current snapshot has a graph of this name, which may be empty."""
        snapshot = await asyncio.to_thread(self._snapshots.current)
        if snapshot.number != self._pool.number:
            await self._pool.catch_up()
        return await asyncio.to_thread(snapshot.store.contains_named_graph, ox.NamedNode(graph))

    async def _change(self, exchange: Exchange, writing: Writing) -> None:
        """Sections 5.3 to 5.5."""
        check_token(exchange, self._settings.token)
        named, minted, body = _named(exchange), "", b""
        job: dict[str, Any] = {}
        if not named and exchange.method == "POST":
            # The graph store itself: a graph is made, and named (section 5.5).
            minted = f"{exchange.root}{PATH[1:]}/{uuid.uuid4().hex}"
            named = [minted]
        graph = _required(named)
        if graph is not None:
            check_graph(graph, self._prefix, frozenset(self._settings.writable_graphs))
        if exchange.method != "DELETE":
            job["type"], body = await self._document(exchange)
        job |= {
            "do": _DOES[exchange.method],
            "graph": graph,
            "base": graph or f"{exchange.root}{PATH[1:]}",
            "if_match": _tags(exchange.header("if-match"), is_strong=True),
            "if_none_match": _tags(exchange.header("if-none-match"), is_strong=False),
        }
        said = await writing.make(exchange, job, body)
        exchange.outcome = "ok"
        status, headers = 204, {}
        if said["new"]:
            status, headers = 201, {"Location": minted or _location(exchange, graph)}
        await exchange.answer(status, headers)

    async def _document(self, exchange: Exchange) -> tuple[str, bytes]:
        """The document that is sent: its Content-Type, and itself."""
        header = exchange.header("content-type") or ""
        documents.known(header)
        if exchange.header("content-range") is not None:
            raise BadRequest("a part of a document cannot be written (RFC 9110, section 14.5)")
        coding = exchange.header("content-encoding")
        limit = self._settings.limits.body
        return header, await decoded(exchange.chunks(), coding, limit)


def _named(exchange: Exchange) -> list[str | None]:
    """The graphs that a request names; ``None`` is the default graph."""
    query = exchange.query_string
    given = parameters(query)
    said = [None if name == "default" else value for name, value in given if name in _NAMES]
    if exchange.path.rstrip("/") == PATH:
        found: list[str | None] = said
    elif said:
        raise BadRequest(
            "the address is itself a graph's name, and graph= or default names another",
            reason="several-graphs",
        )
    else:
        raw: bytes = exchange.scope.get("raw_path") or exchange.path.encode()
        path = raw.decode("latin-1").lstrip("/")
        found = [f"{exchange.root}{path}" + (f"?{query.decode('latin-1')}" if query else "")]
    if len(found) > 1:
        raise BadRequest(
            "one graph is expected: graph=IRI, or default, not several", reason="several-graphs"
        )
    for graph in found:
        if graph is not None and not _is_iri(graph):
            raise BadRequest(
                f"{graph!r} names no graph: it is no absolute IRI (Graph Store HTTP Protocol,"
                " section 4.2)",
                reason="no-iri",
            )
    return found


_NAMES = ("graph", "default")


def _required(named: list[str | None]) -> str | None:
    if not named:
        raise BadRequest(
            "which graph? graph=IRI names one, default the default graph", reason="no-graph-named"
        )
    return named[0]


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _location(exchange: Exchange, graph: str | None) -> str:
    """Where the graph is to be had: the address that was asked."""
    query = exchange.query_string.decode("latin-1")
    path = exchange.path.rstrip("/")
    return f"{exchange.root}{PATH[1:]}?{query}" if path == PATH else graph or exchange.root


def _tags(header: str | None, *, is_strong: bool) -> list[str] | None:
    """The snapshots that the entity tags of a precondition speak of (RFC 9110, sections 13.1.1
    and 13.1.2: If-Match compares strongly), ``*`` among them; ``None`` without the header."""
    if header is None:
        return None
    if header.strip() == "*":
        return ["*"]
    return [number for weak, number in _TAG.findall(header) if not (weak and is_strong)]
