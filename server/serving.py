"""The HTTP server around the application: granian, in a process of its own."""

import os
from pathlib import Path

from fastapi import FastAPI
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from graph.snapshot import Snapshots
from server.app import create_app

_STORE = "JOINTURE_STORE"


def application() -> FastAPI:
    """The application over the store that the environment names: granian's workers call it."""
    return create_app(Snapshots(Path(os.environ[_STORE])))


def serve(store: Path, host: str, port: int) -> None:
    """Serve until a signal ends it."""
    os.environ[_STORE] = str(store.resolve())
    Server(
        "server.serving:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,  # a query that overflows the engine's stack ends its process
        websockets=False,
    ).serve()
