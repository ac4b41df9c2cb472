"""The processes of a server come and go, and none is left behind."""

import contextlib
import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2

from server.workers.reserve import MOST_SEASONED
from tests.server.workers.watched import HUNGRY, PRODUCT, ROWS, ask, children, server_of, varied


def test_rounds_of_attacks_leave_nothing_behind(limited):
    server = server_of(limited)

    def attack(number):
        try:
            query = varied((PRODUCT, HUNGRY, ROWS)[number % 3], number)
            return ask(limited, query, timeout="0.2").status_code
        except httpx2.TransportError:
            return None

    def held():
        deadline = time.monotonic() + 20
        while f'workers{{state="seasoned"}} {MOST_SEASONED}.0' not in limited.get("metrics").text:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        time.sleep(1.5)
        return len(children(server)), len(list(Path(f"/proc/{server}/fd").iterdir()))

    with ThreadPoolExecutor(4) as threads:
        processes, files = held()
        assert 200 not in set(threads.map(attack, range(40)))
    after = held()
    assert after[0] <= processes + 1
    assert after[1] <= files + 3
    assert ask(limited, "ASK {}").json() == {"head": {}, "boolean": True}


def test_a_killed_worker_or_nursery_is_replaced(limited):
    server = server_of(limited)
    for _ in range(3):
        for child in children(server):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while ask(limited, "ASK {}").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_the_server_goes_and_all_its_processes_with_it(store, free_port, start):
    with start(free_port(), "serve", "--store", store) as client:
        ask(client, "ASK {}")
        server = server_of(client)
        below = children(server)
        assert len(below) >= 2
        runaway = threading.Thread(target=_ignored, args=(client,))
        runaway.start()
        time.sleep(0.5)
        os.kill(server, signal.SIGKILL)
        runaway.join()
        deadline = time.monotonic() + 5
        while any(Path(f"/proc/{pid}/stat").exists() and not _is_zombie(pid) for pid in below):
            assert time.monotonic() < deadline, "processes were left behind"
            time.sleep(0.1)


def _is_zombie(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _ignored(client):
    try:
        json.loads(ask(client, PRODUCT).text)
    except (httpx2.TransportError, ValueError):
        return
