"""A server with limits that are soon reached."""

import time

import pytest

from tests.server.workers.watched import SECONDS


@pytest.fixture(scope="module")
def limited(store, free_port, start):
    """A server with limits that are soon reached."""
    options = {
        "timeout": SECONDS,
        "query-memory": 200,
        "rows": 30_000,
        "result-size": 3,
        "workers": 4,
        "per-client": 4,
        "queue": 4,
        "wait": 1,
        "stall": 2,
        "cache": 0,
    }
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    with start(free_port(), "serve", "--store", store, "--memory", "yes", *words) as client:
        while client.get("ready").status_code != 200:
            time.sleep(0.1)
        yield client
