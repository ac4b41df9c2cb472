"""Parts of a description that go in whole or not at all, whatever shape a payload has."""

from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.reading import Reading

SURPRISES = (
    TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError,
)  # fmt: skip
"""What reading a payload of any shape may raise."""


class Dropped(Exception):
    """A part of a description cannot stand, and an issue says why: see ``Reading.droppable``."""


class Part:
    """See ``Reading.isolated``. Dozens are entered for every record, and a generator behind
    ``contextmanager`` takes four times as long."""

    __slots__ = ("_is_droppable", "_key", "_mark", "_reading", "_value")

    def __init__(
        self, reading: "Reading", key: str, value: object, is_droppable: bool = False
    ) -> None:
        self._reading = reading
        self._key = key
        self._value = value
        self._is_droppable = is_droppable
        self._mark = len(reading.lines)

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if isinstance(error, SURPRISES):
            self._reading.surprised(self._mark, self._key, self._value, error)
            return True
        if self._is_droppable and isinstance(error, Dropped):
            self._reading.take_back(self._mark)
            return True
        return False
