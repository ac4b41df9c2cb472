"""The server put together: the front, the pool of workers behind it, and their life."""

import gc
import logging

from starlette.types import Receive, Scope, Send

from graph.snapshot import Snapshots
from server.app import create_app
from server.front import Front, Handler
from server.http.access import Log
from server.http.compression import Compression
from server.http.cors import Cors
from server.http.exchange import BrokenOff
from server.http.forwarded import Proxies
from server.http.shortcut import Done, Fields, Prepared
from server.metrics import Metrics
from server.operations import Operations
from server.settings import Settings
from server.sparql.cache import Cache, Kept
from server.sparql.endpoint import Endpoint
from server.sparql.graph_store import PATH, GraphStoreProtocol
from server.sparql.query import Queries
from server.sparql.remote import Allowed
from server.sparql.underway import Underway
from server.sparql.updating import Updates
from server.workers.pool import Pool
from server.workers.writing import Writing

_ASKED = b"/sparql?"


def _is_news(record: logging.LogRecord) -> bool:
    """An answer that is broken off on purpose is told by the access log; it is no error of ours."""
    return not (record.exc_info and isinstance(record.exc_info[1], BrokenOff))


def _writing(settings: Settings, base: str, pool: Pool) -> Writing | None:
    return Writing(settings, base, pool) if settings.token else None


class Served:
    """The ASGI application with its pool: started and ended with the server (ASGI's lifespan)."""

    def __init__(self, settings: Settings) -> None:
        """Raises ``ConfigError``."""
        snapshots = Snapshots(settings.store)
        snapshots.current()
        self._settings = settings
        self.pool = Pool(
            settings.store.resolve(),
            snapshots.iris.base,
            settings.limits,
            memory=settings.memory,
            union=settings.is_union,
        )
        self.writing = _writing(settings, snapshots.iris.base, self.pool)
        self._metrics = Metrics()
        self._log = Log(settings.access_log)
        self._cache = Cache(settings.cache)
        self._operations = Operations(self.pool, self._cache, self._metrics, self._log)
        self._front = self._framed(snapshots)
        logging.getLogger("uvicorn.error").addFilter(_is_news)

    def _framed(self, snapshots: Snapshots) -> Front:
        settings = self._settings
        self._queries = queries = Queries(
            self.pool,
            self._cache,
            Allowed(settings.allow_remote),
            self._metrics,
            is_union=settings.is_union,
        )
        writing, update = self.writing, None
        if writing is not None:
            update = Updates(writing, snapshots.iris.base, settings.token)
        graphs = GraphStoreProtocol(snapshots, self.pool, queries, settings, writing)
        handlers: dict[str, Handler] = {
            "/sparql": Endpoint(snapshots, queries, settings, update),
            PATH: graphs,
            f"{PATH}/": graphs,
            "/health": self._operations.health,
            "/ready": self._operations.ready,
            "/metrics": self._operations.metrics,
        }
        others = Cors(Compression(create_app(snapshots)))
        return Front(handlers, others, Proxies(settings.trusted_proxies), self._log, self._metrics)

    def shortcut(
        self, target: bytes, fields: Fields, client: str, done: Done
    ) -> Prepared | Underway | None:
        """The answer to a query, for the HTTP server to give where it was read: one that is kept,
        or comes from a worker soon."""
        if not target.startswith(_ASKED) or b"#" in target:
            return None

        def heard(underway: Underway, kept: Kept | None) -> None:
            if kept is None:
                done(None)
                return
            self._front.note_short(kept, fields, client, "ok", underway.seconds)
            done(kept.prepared)

        found = self._queries.at_once(target[len(_ASKED) :], fields, client, heard)
        if not isinstance(found, Kept):
            return found
        self._front.note_short(found, fields, client, "cached", 0.0)
        return found.prepared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or begin and end with the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._front(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self.pool.start()
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": repr(error)})
            return
        gc.collect()
        gc.freeze()  # what is there now stays: it is not looked through again and again
        # A whole collection waits for a quarter as much as the last one found: nothing from now on.
        gc.collect()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if self.writing is not None:
            self.writing.close()
        await self.pool.close()
        self._log.close()
        await send({"type": "lifespan.shutdown.complete"})
