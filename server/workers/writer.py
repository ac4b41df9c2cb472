"""The writer: a process that makes one change after another, and may be killed at any instant.

Each is one transaction, published before it is answered: what was answered outlives a kill of
everything, and what was not is written whole or not at all. The store's lock is given up when
there is nothing to do, for a harvest to have it.
"""

import faulthandler
import gc
import json
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from graph.store import GraphStore
from server.http.problems import Problem, Unavailable
from server.sparql import changes
from server.sparql.changes import Rules
from server.sparql.remote import Allowed
from server.workers.channel import Channel, Frame, Kind
from server.workers.worker import confine, too_much_memory
from vocab.context import Model
from vocab.errors import ConfigError

_IDLE = 2.0
"""Seconds without a change after which the lock is given up."""
_LEAVE = 60.0
"""Seconds more after which the process ends."""
_GRACE = 2.0
"""Seconds of processor time above the limit that the process ends itself at."""
_RETRY = 30


class Writer:
    """The process: its socket, and the store while it is open."""

    def __init__(self, connected: socket.socket, settings: dict[str, Any]) -> None:
        self._socket = connected
        self._channel = Channel(connected)
        self._settings = settings
        self._rules = Rules(
            Allowed(settings["allow_remote"]),
            frozenset(settings["writable_graphs"]),
            Model(settings["base"]).prefixes,
        )
        self._store: GraphStore | None = None

    def run(self) -> None:
        """Make changes until there are none, or the other side is gone. Its first word is a HEAD:
        it is ready; its last an END: a change that crosses it on the way has not begun."""
        self._channel.send(Kind.HEAD, {})
        while self._is_asked():
            frame = self._channel.receive()
            if frame is None:
                return
            self._answer(frame)
        self._channel.send(Kind.END, {})

    def _is_asked(self) -> bool:
        """Wait for a change; without the lock, where it takes time to come."""
        if select.select([self._socket], [], [], _IDLE)[0]:
            return True
        if self._store is not None:
            self._store.close()
            self._store = None
        gc.collect()
        return bool(select.select([self._socket], [], [], _LEAVE)[0])

    def _answer(self, frame: Frame) -> None:
        signal.setitimer(signal.ITIMER_PROF, frame.head["seconds"] + _GRACE)
        try:
            said = self._made(frame)
        except Problem as problem:
            self._channel.send(Kind.PROBLEM, problem.told())
        except MemoryError:
            self._channel.send(Kind.PROBLEM, too_much_memory().told())
        except ConfigError as error:
            self._channel.send(Kind.PROBLEM, _busy(error).told())
        except OSError as error:
            self._channel.send(Kind.PROBLEM, _failed(error).told())
        else:
            self._channel.send(Kind.ANSWER, said)
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _opened(self) -> GraphStore:
        if self._store is None:
            self._store = GraphStore(Path(self._settings["folder"]))
        if self._store.is_half_harvested():
            raise Unavailable(
                "a harvest was ended before it had published what it wrote, and a change would"
                " publish half of it: harvest again first",
                reason="store-unfinished",
                retry=_RETRY,
            )
        return self._store

    def _made(self, frame: Frame) -> dict[str, Any]:
        """Make a change, and publish it; a HEAD says that from here on it is made."""
        store, job = self._opened(), frame.head
        is_new = False
        if job["do"] == "update":
            changes.update(store, self._rules, job, frame.body.decode())
        else:
            does = {"replace": changes.replace, "merge": changes.merge, "drop": changes.drop}
            is_new = does[job["do"]](store, self._rules, job, frame.body)
        signal.setitimer(signal.ITIMER_PROF, 0)
        self._channel.send(Kind.HEAD, {})
        return {"number": store.publish(), "new": is_new}


def _busy(error: ConfigError) -> Unavailable:
    return Unavailable(
        f"nothing can be written while another process does: {error}",
        reason="store-busy",
        retry=_RETRY,
    )


def _failed(error: OSError) -> Unavailable:
    return Unavailable(
        f"the store cannot be written: {error.strerror or error}",
        reason="store-failed",
        retry=_RETRY,
    )


def main() -> None:
    """``python -m server.workers.writer FD``: the settings come as the first frame's head."""
    connected = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the serving process's to act upon
    faulthandler.enable()  # its last words tell an overflow of the stack
    line = connected.makefile("rb", buffering=0).readline()
    settings = json.loads(line)
    confine(settings["memory"])
    Writer(connected, settings).run()


if __name__ == "__main__":
    main()
