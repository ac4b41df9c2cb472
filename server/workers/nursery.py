"""The nursery: a process of one thread that holds a snapshot, and forks the workers that answer.

In memory, the workers share its pages; on disk it holds nothing, and each worker opens the
snapshot. The serving process cannot fork them itself: it has threads. The nursery speaks by
packets over a control socket; what it forks it hands over as file descriptors: the worker's
socket, and a pidfd to kill it by. It ends when the serving process does.
"""

import contextlib
import json
import os
import select
import signal
import socket
import sys
import warnings
from pathlib import Path
from typing import Any, NoReturn

import pyoxigraph as ox

from graph.memory import Memory, load
from server.workers.worker import Served, confine, data_size, work
from vocab.context import Model

_WORDS = 2000
"""Bytes of a worker's last words that are read: what happened comes first, where it did after."""


class Nursery:
    """What the process holds, and its children."""

    def __init__(self, control: socket.socket, settings: dict[str, Any]) -> None:
        self._control = control
        self._settings = settings
        self._model = Model(settings["base"])
        self._folder = Path()
        self._memory: Memory | None = None
        self._words: dict[int, int] = {}
        self._is_retiring = False

    def run(self) -> None:
        """Serve until the other side is gone, or it is retired and its last worker has ended."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        os.set_blocking(reading, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while not (self._is_retiring and not self._words):
            ready, _, _ = select.select([self._control.fileno(), reading], [], [])
            if reading in ready:
                os.read(reading, 4096)
                self._reap()
            if self._control.fileno() in ready:
                try:
                    packet = self._control.recv(1 << 16)
                except ConnectionResetError:
                    return
                if not packet:
                    return
                self._do(json.loads(packet))

    def _do(self, asked: dict[str, Any]) -> None:
        what = asked["do"]
        if what == "fork":
            self._fork()
        elif what == "next":
            self._next(Path(asked["folder"]))
        elif what == "retire":
            self._is_retiring = True

    def hold(self, folder: Path) -> None:
        """Hold a snapshot: loaded, where it is to be in memory."""
        self._folder = folder
        if self._settings["memory"]:
            self._memory = load(folder)

    def _tell(self, said: dict[str, Any], descriptors: list[int] | None = None) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # run() will see it
            socket.send_fds(self._control, [json.dumps(said).encode()], descriptors or [])

    def _fork(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        words = os.memfd_create("last-words")
        pid = os.fork()
        if not pid:
            theirs.close()
            self._become_worker(ours, words)
        ours.close()
        self._words[pid] = words
        descriptor = os.pidfd_open(pid)
        said = {"did": "fork", "pid": pid, "number": int(self._folder.name)}
        self._tell(said, [theirs.fileno(), descriptor])
        os.close(descriptor)
        theirs.close()

    def _become_worker(self, connected: socket.socket, words: int) -> NoReturn:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._control.close()
        os.dup2(words, 2)
        code = 1
        try:
            memory = self._settings["limits"]["query_memory"]
            confine(memory)
            store = self._memory.store if self._memory else _opened(self._folder)
            work(connected, Served(store, self._model, self._settings["union"], memory))
            code = 0
        finally:
            os._exit(code)  # nothing of the parent's is ended twice, nor freed page by page

    def _next(self, folder: Path) -> None:
        """Go on to a later snapshot: on disk at once, in memory as a fork that catches up."""
        if self._memory is None:
            self._folder = folder
            self._tell({"did": "next"})
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid:
            ours.close()
            self._tell({"did": "next", "pid": pid}, [theirs.fileno()])
            theirs.close()
            return
        theirs.close()
        self._control.close()
        self._control = ours
        for words in self._words.values():
            os.close(words)
        self._words = {}
        code = 1
        try:
            if self._memory.advance(folder):
                self._folder = folder
                self._tell({"did": "ready"})
                self.run()
                code = 0
        finally:
            os._exit(code)

    def _reap(self) -> None:
        """Take note of the workers that ended, and tell why where one ended by a signal."""
        while self._words:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            words = self._words.pop(pid, None)
            if words is None:
                continue  # a successor
            said = os.pread(words, _WORDS, 0)
            os.close(words)
            code = os.waitstatus_to_exitcode(status)
            if not self._is_retiring:
                text = said.decode("utf-8", "replace")
                self._tell({"did": "end", "pid": pid, "code": code, "words": text})


def _opened(folder: Path) -> ox.Store:
    return ox.Store.read_only(str(folder / "store"))


def main() -> None:
    """``python -m server.workers.nursery FD``: the settings come as the first packet."""
    # The engine keeps threads after a bulk load, which wait and hold nothing: a fork is safe.
    warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the serving process's to act upon
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    settings = json.loads(control.recv(1 << 16))
    nursery = Nursery(control, settings)
    nursery.hold(Path(settings["folder"]))
    nursery._tell({"did": "ready", "data": data_size()})
    nursery.run()


if __name__ == "__main__":
    main()
