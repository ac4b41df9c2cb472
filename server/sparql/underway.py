"""A small answer on its way from a worker to where the request was read, without a task."""

import asyncio
import logging
import time
from collections.abc import Callable

from server.sparql.asking import Asked, Asking
from server.workers.admission import Turn
from server.workers.channel import Frame, Kind
from server.workers.patience import Patience

_LOG = logging.getLogger(__name__)
_TURN = 0.5
"""Seconds that a turn is waited for so: on a busy server they all wait."""
Heard = Callable[["Underway", Frame | None], None]
"""Called with a whole answer, or ``None`` where it takes long or is anything else."""


class Underway:
    """A question that is asked while nobody awaits it. ``heard`` is called once; where it is with
    ``None``, the question stays as it is until somebody goes on from ``release``."""

    def __init__(self, asking: Asking, asked: Asked, heard: Heard) -> None:
        self.asked = asked
        self._asking = asking
        self._heard = heard
        self._is_released = False
        self._patience: Patience | None = None
        self._timer: asyncio.TimerHandle | None = None
        loop = asyncio.get_running_loop()
        if asked.turn is not None:
            self._timer = loop.call_later(_TURN, self._tell_nothing)
            asked.turn.add_done_callback(self._in_turn)
        elif not self._begin():
            loop.call_soon(self._tell_nothing)  # nobody has this yet

    @property
    def seconds(self) -> float:
        """For how long it has been so."""
        return time.perf_counter() - self.asked.entered

    def release(self) -> Asked:
        """Say nothing more of it: the question, as far as it has come."""
        self._is_released = True
        if self._timer is not None:
            self._timer.cancel()
        if self._patience is not None:
            self._patience.end()
            self._patience = None  # it holds this
        if self.asked.worker is not None:
            self.asked.worker.line.on_news = None
        return self.asked

    def _tell_nothing(self) -> None:
        if not self._is_released:
            self._heard(self, None)

    def _in_turn(self, _: Turn) -> None:
        # It may have been released between the turn and this.
        if self._timer is not None:
            self._timer.cancel()
        if not self._is_released and not self._begin():
            self._heard(self, None)

    def _begin(self) -> bool:
        asked = self.asked
        worker = self._asking.begin_at_once(asked)
        if worker is None:
            return False
        worker.line.on_news = self._news
        self._patience = Patience(worker, asked.since, asked.seconds, self._tell_nothing)
        return True

    def _news(self) -> None:
        worker = self.asked.worker
        assert worker is not None
        if worker.line.next_kind is not Kind.ANSWER:
            self._heard(self, None)
            return
        frame = worker.line.take()
        self.release()
        self._asking.end(self.asked, is_long=False)
        try:
            self._heard(self, frame)
        except Exception:
            _LOG.exception("an answer could not be given")
            self._heard(self, None)
