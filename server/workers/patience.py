"""When a query is one that takes long: told by the clock, and the processor's time it has had."""

import asyncio
from collections.abc import Callable

from server.workers.line import Worker

LONG = 0.02
"""Seconds after which a query takes long, if its worker has not just waited for a processor."""
_WORKED = 0.008
"""Seconds of a processor below which it has: what is quick waits too, where a machine is busy."""
_AGAIN = 0.005
_LATE = 0.25
"""Seconds after which it takes long whatever it waited for."""


class Patience:
    """Calls ``on_long`` once, when the query that a worker has turns out to take long; unless it is
    ended before."""

    def __init__(
        self, worker: Worker, begun: float, seconds: float, on_long: Callable[[], None]
    ) -> None:
        """``begun``: when the worker was asked, by the clock of the event loop; ``seconds``: what
        the query is given in all."""
        self._worker = worker
        self._late = begun + min(_LATE, seconds / 2)
        self._on_long = on_long
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_at(min(begun + LONG, self._late), self._look)

    def _look(self) -> None:
        now = self._loop.time()
        if now >= self._late or self._worker.used() >= _WORKED:
            self._on_long()
        else:
            self._timer = self._loop.call_at(min(now + _AGAIN, self._late), self._look)

    def end(self) -> None:
        """Tell nothing more."""
        self._timer.cancel()
