"""The front: the ASGI application around all others; what answers by thousands goes a short way.

``/sparql`` and ``/graph-store`` are answered straight from here, the rest by the FastAPI
application (server/app.py).
"""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from server.exchange import BrokenOff, ClientLeft, Exchange
from server.problems import Problem

_LOG = logging.getLogger(__name__)
Handler = Callable[[Exchange], Awaitable[None]]


class Front:
    """Requests to those that answer them, each ended in the one shape of errors."""

    def __init__(self, handlers: Mapping[str, Handler], others: ASGIApp) -> None:
        """``handlers``: by path; one that ends in ``/`` takes all below it."""
        self._handlers = {path: each for path, each in handlers.items() if path[-1] != "/"}
        self._below = [(path, each) for path, each in handlers.items() if path[-1] == "/"]
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._others(scope, receive, send)
            return
        path = scope["path"]
        handler = self._handlers.get(path)
        if handler is None:
            handler = next((each for stem, each in self._below if path.startswith(stem)), None)
        if handler is None:
            await self._others(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send)
        begun = time.perf_counter()
        try:
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
            del begun

    @staticmethod
    async def _tell(exchange: Exchange, problem: Problem) -> None:
        if exchange.status:  # it has begun to answer
            raise BrokenOff from problem
        await exchange.problem(problem.told())
