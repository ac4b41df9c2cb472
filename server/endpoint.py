"""``/sparql``: the SPARQL 1.1 Protocol, and the service description."""

from collections.abc import Awaitable, Callable, Hashable

from server import pages
from server.description import describe_service
from server.exchange import Exchange
from server.negotiation import choose
from server.problems import BadRequest, Forbidden, MethodNotAllowed
from server.protocol import Operation, read
from server.query import Queries
from server.workers.limits import Limits
from vocab.context import Model

METHODS = "GET, HEAD, POST, QUERY, OPTIONS"
Updating = Callable[[Exchange, Operation], Awaitable[None]]


class Endpoint:
    """Queries, and updates where there is somebody to make them."""

    def __init__(
        self, model: Model, queries: Queries, limits: Limits, update: Updating | None = None
    ) -> None:
        self._model = model
        self._queries = queries
        self._limits = limits
        self._update = update

    async def __call__(self, exchange: Exchange) -> None:
        """Answer a request. Raises a ``Problem``, ``ClientLeft`` and ``BrokenOff``."""
        method = exchange.method
        key: Hashable = None
        if method == "GET":
            key = self._key(exchange, exchange.query_string)
            if (kept := self._queries.kept(key)) is not None:
                await self._queries.give(exchange, kept)
                return
        elif method == "OPTIONS":
            await exchange.answer(204, {"Allow": METHODS})
            return
        elif method not in ("HEAD", "POST", "QUERY"):
            raise MethodNotAllowed(f"{method} is not answered here", {"Allow": METHODS})
        operation = await read(exchange, self._limits.query, self._limits.body)
        if operation is None:
            await self._say_what_it_is(exchange)
        elif operation.is_update:
            await self._make(exchange, operation)
        else:
            exchange.query = operation.text
            key = key or self._key(exchange, operation._replace(seconds=0))
            await self._queries.answer(exchange, operation, key)

    @staticmethod
    def _key(exchange: Exchange, asked: Hashable) -> Hashable:
        """All of a request that its answer depends on."""
        return (
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
        if choose(accept, ["text/turtle", pages.HTML]) == pages.HTML:
            page = pages.editor(self._model).encode()
            headers = {**pages.SECURITY, "Content-Type": f"{pages.HTML}; charset=utf-8"}
            await exchange.answer(200, {**headers, "Vary": "Accept"}, page)
            return
        is_writable = self._update is not None
        headers, body = describe_service(exchange, self._model, is_writable=is_writable)
        await exchange.answer(200, headers, body)


