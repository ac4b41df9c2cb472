"""The HTTP server around an ASGI application: uvicorn, with the bounds of ``connection``."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from server.http.shortcut import ShortProtocol

KEEP_ALIVE = 75
"""Seconds that an idle connection is kept: longer than the minute of the usual reverse proxies,
so that it is they who close, and none of their requests meets a closing connection."""
BACKLOG = 2048


def serve(app: Any, host: str, port: int, grace: float) -> None:
    """Serve ``app`` until SIGTERM or SIGINT, then return.

    What is being answered at that moment has ``grace`` seconds to end. Raises ``SystemExit`` where
    the address cannot be had or the application's start-up fails.
    """
    Server(configured(app, host, port, grace)).run()


def configured(app: Any, host: str, port: int, grace: float) -> uvicorn.Config:
    """How uvicorn is run. It reads no header of proxies (``forwarded`` does), writes no log of
    requests (``access`` does), and names neither itself nor its version."""
    return uvicorn.Config(
        app,
        host,
        port,
        http=ShortProtocol,
        loop="uvloop" if importlib.util.find_spec("uvloop") else "asyncio",
        ws="none",
        lifespan="on",
        interface="asgi3",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE,
        # uvicorn's annotation has whole seconds; it passes them to asyncio.wait_for.
        timeout_graceful_shutdown=grace,  # type: ignore[arg-type]
    )


class Server(uvicorn.Server):
    """uvicorn's server; a signal ends ``run``, and is not raised again after it: what the caller
    has to put in order is put in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals end the server for as long as this lasts."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()
