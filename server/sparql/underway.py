"""A small answer on its way from a worker to where the request was read, without a task."""

import asyncio
import time
from collections.abc import Callable

from server.sparql.asking import Asking, Begun
from server.workers.channel import Frame, Kind
from server.workers.run import LONG

Heard = Callable[[Frame | None], None]
"""Called with a whole answer, or ``None`` where it takes long or is anything else."""


class Underway:
    """A question that a worker has, and nobody awaits. ``heard`` is called once at the most; where
    it is with ``None``, the question is still asked until somebody goes on from ``release``."""

    def __init__(self, asking: Asking, begun: Begun, heard: Heard) -> None:
        self.begun = begun
        self._asking = asking
        self._heard = heard
        self._began = time.perf_counter()
        self._timer = asyncio.get_running_loop().call_later(LONG, heard, None)
        begun.worker.line.on_news = self._news

    @property
    def seconds(self) -> float:
        """For how long it has been so."""
        return time.perf_counter() - self._began

    def release(self) -> Begun:
        """Say nothing more of it: the question that a worker has."""
        self._timer.cancel()
        self.begun.worker.line.on_news = None
        return self.begun

    def _news(self) -> None:
        line = self.begun.worker.line
        if line.next_kind is Kind.ANSWER:
            frame = line.take()
            self.release()
            self._asking.end(self.begun, is_long=False)
            self._heard(frame)
        elif line.is_lost or line.next_kind is not None:
            self._heard(None)
