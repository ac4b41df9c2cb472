"""``/sparql``: the SPARQL 1.1 Protocol, and the service description."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable

import pyoxigraph as ox

from graph.snapshot import Snapshots
from server import pages
from server.http.exchange import Exchange
from server.http.negotiation import choose
from server.http.problems import BadRequest, Forbidden, MethodNotAllowed, NotAcceptable
from server.http.shortcut import TAKEN_UP
from server.settings import Settings
from server.sparql import description, evaluation
from server.sparql.description import Service
from server.sparql.protocol import Operation, read
from server.sparql.query import Queries, described, key_of
from server.sparql.updating import has_token
from vocab.context import Model

METHODS = "GET, HEAD, POST, QUERY, OPTIONS"
_VARY = {"Vary": "Accept"}
_PREFIXES = {
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "formats": "http://www.w3.org/ns/formats/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}
Updating = Callable[[Exchange, Operation], Awaitable[None]]


class Endpoint:
    """Queries, and updates where there is somebody to make them."""

    def __init__(
        self,
        snapshots: Snapshots,
        queries: Queries,
        settings: Settings,
        update: Updating | None = None,
    ) -> None:
        self._snapshots = snapshots
        self._model = Model(snapshots.iris.base)
        self._queries = queries
        self._settings = settings
        self._limits = settings.limits
        self._update = update

    async def __call__(self, exchange: Exchange) -> None:
        """Answer a request. Raises a ``Problem``, ``ClientLeft`` and ``BrokenOff``."""
        taken_up = exchange.scope.get("extensions", {}).get(TAKEN_UP)
        if taken_up is not None:
            await self._queries.follow(exchange, taken_up["asked"])
            return
        method = exchange.method
        await self._queries.refresh()
        key: Hashable = None
        if method in ("GET", "HEAD"):
            key = self._key(exchange, exchange.query_string)
            if (kept := self._queries.kept(key)) is not None:
                await self._queries.give(exchange, kept)
                return
        elif method == "OPTIONS":
            await exchange.answer(204, {"Allow": METHODS})
            return
        elif method not in ("POST", "QUERY"):
            raise MethodNotAllowed(f"{method} is not answered here", {"Allow": METHODS})
        operation = await read(exchange, self._limits.query, self._longest_update(exchange))
        if operation is None:
            await self._say_what_it_is(exchange)
        elif operation.is_update:
            await self._make(exchange, operation)
        else:
            exchange.query = operation.text
            asked = (
                operation.text,
                *map(tuple, (operation.default_graphs, operation.named_graphs)),
            )
            key = key or self._key(exchange, asked)
            await self._queries.answer(exchange, operation, key)

    def _longest_update(self, exchange: Exchange) -> int:
        """Only who has the token is read for longer than a query is."""
        if self._update is None or not has_token(exchange, self._settings.token):
            return self._limits.query
        return self._limits.body

    @staticmethod
    def _key(exchange: Exchange, asked: Hashable) -> Hashable:
        """All of a request that its answer depends on."""
        return key_of(
            asked,
            exchange.header("accept"),
            exchange.header("accept-encoding"),
            exchange.method in ("GET", "HEAD"),
        )

    async def _make(self, exchange: Exchange, operation: Operation) -> None:
        if self._update is None:
            raise Forbidden(
                "this endpoint is read-only: it answers queries, not updates", reason="read-only"
            )
        await self._update(exchange, operation)

    async def _say_what_it_is(self, exchange: Exchange) -> None:
        """A request without a query: the service description (SPARQL 1.1 Service Description,
        section 2), and for a browser the editor."""
        if exchange.method not in ("GET", "HEAD"):
            raise BadRequest("the parameter query is missing", reason="no-query")
        accept = exchange.header("accept")
        offered = [*evaluation.GRAPHS, pages.HTML]
        chosen = choose(accept, offered)
        if chosen is None:
            raise NotAcceptable(f"none of {accept}; there are {', '.join(offered)}", _VARY)
        if chosen == pages.HTML:
            page = pages.editor(self._model).encode()
            await exchange.answer(200, {**_VARY, **described({"type": chosen})}, page)
            return
        names = await asyncio.to_thread(self._graph_names)
        service = Service(
            f"{exchange.root}sparql",
            f"{exchange.root}graph-store",
            self._settings.is_union,
            bool(self._settings.token),
            bool(self._settings.allow_remote),
            self._settings.limits,
        )
        triples = description.described(service, names)
        body = ox.serialize(triples, format=evaluation.GRAPHS[chosen], prefixes=_PREFIXES)
        assert body is not None
        await exchange.answer(200, {**_VARY, **described({"type": chosen})}, body)

    def _graph_names(self) -> list[str]:
        names = self._snapshots.current().store.named_graphs()
        return sorted(name.value for name in names if isinstance(name, ox.NamedNode))
