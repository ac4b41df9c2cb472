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


def test_a_nursery_in_memory_asks_for_huge_pages_beside_what_it_is_told(store, monkeypatch):
    async def tried(in_memory):
        folder = Snapshots(store).current().folder.resolve()
        holding = await Holding.begin(
            folder, "http://localhost/", Limits(), memory=in_memory, union=True
        )
        worker = await holding.fork()
        environment = Path(f"/proc/{worker.pid}/environ").read_bytes()
        worker.dismiss()
        holding.end()
        await asyncio.sleep(0.1)
        assert b"glibc.malloc.perturb=0" in environment
        return b"glibc.malloc.hugetlb=1" in environment

    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.perturb=0")
    assert not asyncio.run(tried(False))
    assert asyncio.run(tried(True))
