"""Workers that are asked of a nursery, and whoever asked waits no longer."""

import asyncio
import contextlib
from pathlib import Path

from graph.snapshot import Snapshots
from server.workers.holding import Holding
from server.workers.limits import Limits


def test_a_worker_that_nobody_waits_for_is_let_go(store):
    async def tried():
        folder = Snapshots(store).current().folder.resolve()
        holding = await Holding.begin(
            folder, "http://localhost/", Limits(), memory=False, union=True
        )
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(5):
            asking = asyncio.ensure_future(holding.fork())
            await asyncio.sleep(0)
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asking
        worker = await holding.fork()  # what was asked before has been answered by then
        worker.dismiss()
        await asyncio.sleep(0.1)
        after = len(list(Path("/proc/self/fd").iterdir()))
        holding.end()
        return before, after

    before, after = asyncio.run(tried())
    assert after <= before
