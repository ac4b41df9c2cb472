"""The two servers of the benchmark: ours, and the native one over the same data."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parents[2]
JSON = "application/sparql-results+json"
_LOADING = 600
_ENDING = 30


class Server(NamedTuple):
    """A server that runs: its name, process, port on the loopback, and path of the endpoint."""

    name: str
    pid: int
    port: int
    path: str

    def target(self, query: str, **parameters: str) -> str:
        """The target of a request that asks ``query``."""
        return f"{self.path}?{urlencode({'query': query, **parameters})}"

    def request(self, query: str, accept: str = JSON, **parameters: str) -> bytes:
        """The same as it goes over the wire."""
        target = self.target(query, **parameters)
        return f"GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n".encode()

    def ask(self, query: str, timeout: float = 3600) -> Any:
        """The answer in JSON. Raises ``RuntimeError`` for any other status than 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        connection.request("GET", self.target(query), headers={"Accept": JSON})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{self.name}: {answer.status} {body[:300]!r}")
        return json.loads(body)


@contextlib.contextmanager
def native(store: Path) -> Iterator[Server]:
    """``oxigraph serve-read-only`` over the current snapshot of a store."""
    port = _free_port()
    location = store.resolve() / "current" / "store"
    command = [str(BIN / "oxigraph"), "serve-read-only", "--location", str(location)]
    address = f"127.0.0.1:{port}"
    with _started([*command, "--union-default-graph", "--bind", address], port, "/") as pid:
        yield Server("oxigraph", pid, port, "/query")


@contextlib.contextmanager
def ours(store: Path, *options: str) -> Iterator[Server]:
    """``jointure serve`` over a store, once it answers from where it is to answer."""
    port = _free_port()
    command = [sys.executable, "-m", "server.cli", "serve", "--store", str(store)]
    command += ["--port", str(port), "--no-access-log", *options]
    with _started(command, port, "/ready") as pid:
        yield Server("jointure", pid, port, "/sparql")


@contextlib.contextmanager
def _started(command: list[str], port: int, path: str) -> Iterator[int]:
    environment = {name: value for name, value in os.environ.items() if "JOINTURE" not in name}
    environment["PYTHONPATH"] = str(ROOT)
    with (Path.cwd() / os.devnull).open("wb") as nowhere:
        process = subprocess.Popen(command, env=environment, stdout=nowhere, stderr=nowhere)
    try:
        _wait(process, port, path)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    deadline = time.monotonic() + _LOADING
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", path)
            status = connection.getresponse().status
            connection.close()
            if status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} does not answer")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
