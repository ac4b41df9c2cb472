"""How a harvest is asked for, and what comes of it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ingest.answer import SourceError

Progress = Callable[[int, int | None], None]
"""Called with the number of records that were walked so far, and how many there are in all where
the portal announces it."""


@dataclass(frozen=True)
class Options:
    """How to harvest.

    ``full`` describes every record again, ``limit`` ends the walk early (and removes nothing),
    ``accept_loss`` lets any number of datasets go, ``dry_run`` writes nothing, ``replay`` reads the
    raw answers of the last whole walk and asks the portal for nothing.
    """

    full: bool = False
    limit: int | None = None
    accept_loss: bool = False
    dry_run: bool = False
    replay: bool = False


@dataclass
class Outcome:
    """What a harvest did to a portal's graph: counts of records, quads written, issues by kind."""

    portal: str
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    quads: int = 0
    issues: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    error: SourceError | None = None

    @property
    def counts(self) -> dict[str, int]:
        """The counts by the notation of the code list ``harvest``."""
        return {
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
            "unchanged": self.unchanged,
            "quads": self.quads,
        }
