"""What tests of all rooms share: the captured payloads, a store, a portal and a server for it."""

import json
import os
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from graph.snapshot import Snapshots
from graph.store import GraphStore
from ingest.portals import Portal, Publisher

BASE = "http://localhost:8000/"
os.environ["JOINTURE_PLACES"] = "no"  # the territories of France take seconds: tests say where
SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/portals/*/expected.ttl anew"
    )


@pytest.fixture(scope="session")
def shared():
    """The captured payloads and shapes, which are beside the checkout and not part of it."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is absent: the captured payloads are not part of the checkout")
    return SHARED


@pytest.fixture
def store(tmp_path):
    return GraphStore(tmp_path / "store", BASE)


@pytest.fixture
def read():
    """What a store holds, published, as N-Quads lines."""

    def lines(store):
        store.publish()
        return {str(quad) for quad in Snapshots(store.folder).current().store}

    return lines


@pytest.fixture
def make_portal():
    """A portal of Toulouse, with what a test needs otherwise."""

    def make(**different):
        values = {
            "name": "ville",
            "type": "opendatasoft",
            "url": "https://data.ville.example",
            "title": "Données de la ville",
            "description": "Les données publiques de la ville.",
            "publisher": Publisher("Toulouse Métropole", "243100518"),
            "homepage": "https://data.ville.example/",
            "territory": "epci/243100518",
        }
        return Portal(**{**values, **different})

    return make


class PortalServer:
    """A portal on the loopback: what is answered by path, and every request that came.

    An answer is JSON values, or ``str`` or ``bytes`` that go out as they are; a function of the
    query (of a POST: of its body) gives one; a pair is a status and one. All other paths are 404.
    ``fault`` is given every request but those for robots.txt, and says whether it has answered.
    """

    def __init__(self):
        self.answers: dict[str, Any] = {}
        self.requests: list[tuple[str, Any, dict[str, str]]] = []
        self.fault: Callable[[BaseHTTPRequestHandler], bool] = lambda handler: False
        portal = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.reply(dict(parse_qsl(urlsplit(self.path).query)))

            def do_POST(self):
                self.reply(self.rfile.read(int(self.headers["Content-Length"])))

            def reply(self, asked):
                path = urlsplit(self.path).path
                portal.requests.append((path, asked, dict(self.headers)))
                if path != "/robots.txt" and portal.fault(self):
                    return
                status, body = portal.answer(path, asked)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def answer(self, path, asked):
        found = self.answers.get(path, (404, {"error": "no such path"}))
        found = found(asked) if callable(found) else found
        status, body = found if isinstance(found, tuple) else (200, found)
        if isinstance(body, str):
            body = body.encode()
        return status, body if isinstance(body, bytes) else json.dumps(body).encode()

    def queries(self, path):
        return [query for asked, query, _ in self.requests if asked == path]

    def close(self):
        if not self._thread.is_alive():
            return
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server():
    running = PortalServer()
    yield running
    running.close()
