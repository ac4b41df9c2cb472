"""A small answer on its way from a worker to where the request was read, without a task."""

import asyncio
import time
from collections.abc import Callable

from server.sparql.asking import Asked, Asking
from server.workers.admission import Turn
from server.workers.channel import Frame, Kind
from server.workers.run import LONG

Heard = Callable[[Frame | None], None]
"""Called with a whole answer, or ``None`` where it takes long or is anything else."""


class Underway:
    """A question that is asked while nobody awaits it. ``heard`` is called once at the most; where
    it is with ``None``, the question stays as it is until somebody goes on from ``release``."""

    def __init__(self, asking: Asking, asked: Asked, heard: Heard) -> None:
        self._asking = asking
        self._asked = asked
        self._heard = heard
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(LONG, heard, None)
        if asked.turn is None:
            # Where no worker is idle, that is for the next turn of the loop: nobody has this yet.
            if not self._begin():
                loop.call_soon(heard, None)
        else:
            asked.turn.add_done_callback(self._in_turn)

    @property
    def seconds(self) -> float:
        """For how long it has been so."""
        return time.perf_counter() - self._asked.entered

    def release(self) -> Asked:
        """Say nothing more of it: the question, as far as it has come."""
        self._timer.cancel()
        if self._asked.turn is not None:
            self._asked.turn.remove_done_callback(self._in_turn)
        if self._asked.worker is not None:
            self._asked.worker.line.on_news = None
        return self._asked

    def _in_turn(self, _: Turn) -> None:
        if not self._begin():
            self._heard(None)

    def _begin(self) -> bool:
        worker = self._asking.begin_at_once(self._asked)
        if worker is not None:
            worker.line.on_news = self._news
        return worker is not None

    def _news(self) -> None:
        worker = self._asked.worker
        assert worker is not None
        if worker.line.next_kind is Kind.ANSWER:
            frame = worker.line.take()
            self.release()
            self._asking.end(self._asked, is_long=False)
            self._heard(frame)
        else:
            self._heard(None)
