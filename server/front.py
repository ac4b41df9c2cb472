"""The front: the ASGI application around all others; what answers by thousands goes a short way.

``/sparql``, ``/graph-store`` and the operations are answered straight from here, the rest by the
FastAPI application (server/app.py).
"""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.app import KINDS
from server.http import cors
from server.http.access import Log
from server.http.exchange import BrokenOff, ClientLeft, Exchange
from server.http.forwarded import Proxies
from server.http.problems import Problem
from server.http.shortcut import Fields
from server.metrics import Metrics, outcome_of
from server.sparql.cache import Kept

_LOG = logging.getLogger(__name__)
_METHODS = (*cors.METHODS, "QUERY", "PUT", "DELETE")
_ROUTES = {
    "": "page", "sparql": "sparql", "graph-store": "graph-store", "graph": "graph", "web": "page",
    "context.jsonld": "page", "health": "operations", "ready": "operations",
    "metrics": "operations",
    **dict.fromkeys(KINDS, "resource"),
}  # fmt: skip
Handler = Callable[[Exchange], Awaitable[None]]


class Front:
    """Requests to those that answer them, each ended in the one shape of errors, and noted."""

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        others: ASGIApp,
        proxies: Proxies,
        log: Log,
        metrics: Metrics,
    ) -> None:
        """``handlers``: by path; one that ends in ``/`` takes all below it."""
        self._handlers = {path: each for path, each in handlers.items() if path[-1] != "/"}
        self._below = [(path, each) for path, each in handlers.items() if path[-1] == "/"]
        self._others = others
        self._proxies = proxies
        self._log = log
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        exchange = Exchange(scope, receive, send)
        self._place(exchange)
        handler = self._handler(exchange.path)
        try:
            if handler is None:
                await self._others(scope, receive, self._watching(exchange, send))
            elif not await self._is_preflight(exchange):
                await handler(exchange)
        except Problem as problem:
            await self._tell(exchange, problem)
        except ClientLeft:
            exchange.outcome = "left"
        except BrokenOff:
            raise
        except Exception:
            _LOG.exception("%s %s", exchange.method, exchange.path)
            await self._tell(exchange, Problem("The server met an error of its own."))
        finally:
            exchange.close()
            self._note(exchange, time.perf_counter() - exchange.begun)

    def _handler(self, path: str) -> Handler | None:
        handler = self._handlers.get(path)
        if handler is None:
            handler = next((each for stem, each in self._below if path.startswith(stem)), None)
        return handler

    def _place(self, exchange: Exchange) -> None:
        """Who asks, and where the client sees this server."""
        scope, peer = exchange.scope, exchange.client
        host = exchange.header("host") or "localhost"
        fields = scope["headers"]
        exchange.client = self._proxies.client(peer, fields)
        scheme, host, prefix = self._proxies.public(peer, fields, scope["scheme"], host)
        exchange.root = f"{scheme}://{host or 'localhost'}{prefix}/"

    @staticmethod
    def _watching(exchange: Exchange, send: Send) -> Send:
        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
            else:
                exchange.size += len(message.get("body", b""))
            await send(message)

        return watched

    @staticmethod
    async def _is_preflight(exchange: Exchange) -> bool:
        """Answer a CORS preflight, where it is one."""
        if exchange.method != "OPTIONS":
            return False
        fields = cors.preflight(exchange.scope["headers"], _METHODS)
        if fields is None:
            return False
        own = [each for each in fields if each not in cors.HEADERS]  # exchange adds those
        await exchange.start(204, {name.decode(): value.decode() for name, value in own})
        await exchange.end()
        return True

    @staticmethod
    async def _tell(exchange: Exchange, problem: Problem) -> None:
        if exchange.status:  # it has begun to answer
            raise BrokenOff from problem
        await exchange.problem(problem.told())

    def note_short(
        self, kept: Kept, fields: Fields, client: str, outcome: str, seconds: float
    ) -> None:
        """Note a query that was answered without coming here."""
        self._metrics.request("sparql", 200)
        self._metrics.query(kept.form, outcome, seconds)
        agents = (value for name, value in fields if name == b"user-agent")
        self._log.note(
            method="GET",
            path="/sparql",
            status=200,
            sent=len(kept.body),
            seconds=seconds,
            client=client,
            query=kept.query,
            outcome=outcome,
            agent=next(agents, b"").decode("latin-1"),
        )

    def _note(self, exchange: Exchange, seconds: float) -> None:
        path, outcome = exchange.path, outcome_of(exchange.outcome)
        route = _ROUTES.get(path.split("/", 2)[1], "other")
        self._metrics.request(route, exchange.status)
        if exchange.form:
            self._metrics.query(exchange.form, outcome, seconds)
        self._log.note(
            method=exchange.method,
            path=path,
            status=exchange.status,
            sent=exchange.size,
            seconds=seconds,
            client=exchange.client,
            query=exchange.query or None,
            outcome=outcome,
            reason=exchange.outcome if exchange.status >= 400 else "",
            agent=exchange.header("user-agent") or "",
        )
