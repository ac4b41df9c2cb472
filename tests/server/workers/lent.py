"""Workers of a store's snapshot, lent to a test without a server."""

import asyncio

from graph.snapshot import Snapshots
from server.workers.holding import Holding
from server.workers.limits import Limits
from server.workers.reserve import Reserve

JOB = {
    "default_graphs": (), "named_graphs": (), "names_dataset": False, "page": False, "calls": False,
    "accept": "text/csv", "coding": "identity", "rows": 0, "size": 0, "seconds": 60,
}  # fmt: skip


def tried(store, trial, *, in_memory=True):
    """What a trial finds with a reserve of the store's workers, two of which are ready."""

    async def run():
        folder = Snapshots(store).current().folder.resolve()
        limits = Limits()
        holding = await Holding.begin(
            folder, "http://localhost/", limits, memory=in_memory, union=True
        )
        workers = Reserve(limits)
        try:
            workers.use(holding, [await holding.fork(), await holding.fork()])
            return await trial(workers)
        finally:
            await workers.close()
            holding.end()
            await asyncio.sleep(0.1)  # for the sockets to be closed

    return asyncio.run(run())
