"""A server that takes writes, over a store of its own."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

TOKEN = "le-jeton"


class Running:
    """A server that was started, and a client of it that has the token."""

    def __init__(self, folder: Path, port: int, *arguments: str, token: str = TOKEN):
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}/"
        environment = {name: each for name, each in os.environ.items() if "JOINTURE" not in name}
        command = [sys.executable, "-m", "server.cli", "serve", "--store", str(folder)]
        writable = ["--writable"] if token else []
        self.process = subprocess.Popen(
            [*command, *writable, "--no-access-log", *arguments, "--port", str(port)],
            env={**environment, "JOINTURE_TOKEN": token},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.client = httpx2.Client(base_url=self.url, headers=headers, timeout=60)
        self._wait()

    def _wait(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"it ended with {self.process.returncode}"
            try:
                self.client.get("/health")
                return
            except httpx2.TransportError:
                time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def update(self, text, **headers):
        headers = {"Content-Type": "application/sparql-update", **headers}
        return self.client.post("sparql", content=text, headers=headers)

    def put(self, graph, text, media_type="text/turtle", **headers):
        return self.send("PUT", graph, text, media_type, **headers)

    def post(self, graph, text, media_type="text/turtle", **headers):
        return self.send("POST", graph, text, media_type, **headers)

    def send(self, method, graph, text=None, media_type="", **headers):
        named = {name.replace("_", "-"): each for name, each in headers.items()}
        if media_type:
            named["Content-Type"] = media_type
        params = {"default": ""} if graph is None else {"graph": graph}
        return self.client.request(
            method, "graph-store", params=params, content=text, headers=named
        )

    def triples(self, graph):
        """The triples of a graph, as lines of N-Triples; ``None`` where there is no such graph."""
        answer = self.send("GET", graph, Accept="application/n-triples")
        if answer.status_code == 404:
            return None
        assert answer.status_code == 200, answer.text
        return sorted(answer.text.splitlines())

    def ask(self, query):
        accept = {"Accept": "application/sparql-results+json"}
        answer = self.client.post("sparql", data={"query": query}, headers=accept)
        assert answer.status_code == 200, answer.text
        return answer.json()["boolean"]

    def kill(self):
        """End all its processes as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.client.close()

    def close(self):
        self.client.close()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextmanager
def running(*arguments, **named):
    started = Running(*arguments, **named)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.close()


@pytest.fixture(scope="session")
def serve_writable():
    return running


@pytest.fixture(scope="module")
def writable(tmp_path_factory, free_port):
    """A server over a store that was empty at first."""
    with running(tmp_path_factory.mktemp("written") / "store", free_port()) as started:
        yield started
