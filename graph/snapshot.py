"""The readers' side: the published snapshot, reopened when another is made current."""

import threading
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from graph.folder import CONTENT, held_base
from graph.index import Index
from graph.iris import Iris
from vocab.errors import ConfigError


@dataclass(frozen=True)
class Snapshot:
    """A published state of the store: read only, unchanging.

    ``number`` counts them, ``folder`` holds it; ``content`` is the number of the first one that
    says the same of all but the runs, and an HTTP validator of all but the runs.
    """

    number: int
    folder: Path
    content: int
    store: ox.Store
    index: Index


class Snapshots:
    """The current snapshot of a store folder. A request keeps the one it began with."""

    def __init__(self, folder: Path, base: str | None = None) -> None:
        """Raises ``ConfigError`` where there is no store, or one of another base."""
        self.folder = folder
        held = held_base(folder)
        if base is not None and base != held:
            raise ConfigError(f"the store {folder} was made with the base {held}, not {base}")
        self.iris = Iris(held)
        self._lock = threading.Lock()
        self._open: Snapshot | None = None

    def current(self) -> Snapshot:
        """The snapshot that is current now. Raises ``ConfigError`` before the first publication."""
        try:
            number = int((self.folder / "current").readlink().name)
        except (OSError, ValueError) as error:
            raise ConfigError(f"{self.folder} has published nothing yet: harvest first") from error
        held = self._open
        if held is not None and held.number == number:
            return held
        with self._lock:
            if self._open is None or self._open.number != number:
                folder = self.folder / "published" / str(number)
                store = ox.Store.read_only(str(folder / "store"))
                content = int((folder / CONTENT).read_text("utf-8"))
                index = Index(folder / "index.sqlite")
                self._open = Snapshot(number, folder, content, store, index)
            return self._open
