"""When a query takes long: by the processor's time that its worker has had."""

import asyncio

from server.workers.line import Worker
from server.workers.patience import Patience


class Idler(Worker):
    """A worker that has had so much of a processor (a fake: only what it says of that)."""

    def __init__(self, used):
        self._said = used

    def used(self):
        return self._said


def waited(used, seconds=60.0, *, ended_after=None):
    """Seconds until a query takes long whose worker has had so much; ``None`` within 0.4 s."""

    async def wait():
        loop = asyncio.get_running_loop()
        long = loop.create_future()
        begun = loop.time()
        patience = Patience(Idler(used), begun, seconds, lambda: long.set_result(loop.time()))
        if ended_after is not None:
            loop.call_later(ended_after, patience.end)
        try:
            return await asyncio.wait_for(long, 0.4) - begun
        except TimeoutError:
            return None

    return asyncio.run(wait())


def test_a_query_that_works_takes_long_soon():
    assert 0.02 <= waited(used=0.01) < 0.1


def test_one_that_waits_for_a_processor_takes_long_later():
    assert 0.25 <= waited(used=0.002) < 0.35


def test_it_is_told_well_before_its_time_is_up():
    assert 0.1 <= waited(used=0.0, seconds=0.2) < 0.2


def test_what_is_ended_tells_nothing():
    assert waited(used=1.0, ended_after=0.005) is None
    assert waited(used=0.0, ended_after=0.1) is None
