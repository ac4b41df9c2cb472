"""How the server is set: what ``jointure serve`` was told."""

from pathlib import Path
from typing import NamedTuple

from server.workers.limits import Limits


class Settings(NamedTuple):
    """How the server is to be; see ``jointure serve --help``."""

    store: Path
    limits: Limits = Limits()
    memory: str = "auto"
    is_union: bool = True
    cache: int = 64 << 20
    allow_remote: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    access_log: bool = True
    token: str = ""
    writable_graphs: tuple[str, ...] = ()
