"""One query's time: its limit, its priority, and the watch over its client."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from types import TracebackType

from server.http.exchange import Exchange
from server.workers.line import Worker
from server.workers.patience import Patience


class Run:
    """The clock of a query that a worker has, and what kills it: while it is entered.

    A query that takes long gives way to quicker ones, and its client is watched for leaving. The
    time that the client takes to read does not count.
    """

    def __init__(
        self,
        exchange: Exchange,
        worker: Worker,
        seconds: float,
        on_long: Callable[[], Worker] | None = None,
        begun: float | None = None,
    ) -> None:
        """``on_long`` is called where the query goes on for long, and says which worker has it
        from then on; ``begun``: when it was sent, by the clock of the event loop, where that is
        not now."""
        self._exchange = exchange
        self.worker = worker
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._begun = self._loop.time() if begun is None else begun
        self._end = self._begun + seconds
        self._patience: Patience | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._on_long = on_long
        self.is_long = False

    def __enter__(self) -> "Run":
        self._patience = Patience(self.worker, self._begun, self._seconds, self.grow_long)
        return self

    def _start(self) -> None:
        self._timer = self._loop.call_at(self._end, self._time_out)

    def _time_out(self) -> None:
        self.worker.kill("timeout")

    def grow_long(self) -> None:
        """Treat the query as one that takes long, from now on."""
        if self.is_long:
            return
        self.is_long = True
        if self._on_long is not None:
            self.worker = self._on_long()
        self.worker.give_way()
        self._exchange.leaving.add_done_callback(self._client_left)
        self._stop()
        self._start()

    def _client_left(self, _: object) -> None:
        if self._timer is not None:
            self.worker.kill("left")

    def _stop(self) -> None:
        if self._patience is not None:
            self._patience.end()
        if self._timer is not None:
            self._timer.cancel()

    @contextlib.contextmanager
    def waiting_for_client(self) -> Iterator[None]:
        """The clock stands still meanwhile."""
        self.grow_long()
        self._stop()
        begun = self._loop.time()
        try:
            yield
        finally:
            self._end += self._loop.time() - begun
            self._start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()
        self._timer = self._patience = None
