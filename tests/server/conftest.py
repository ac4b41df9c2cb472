"""The real server over the bundled samples, and over a hostile portal, each started once."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest

from graph.snapshot import Snapshot, Snapshots
from graph.store import GraphStore
from ingest.outcome import Options
from ingest.portals import Portal
from ingest.run import harvest, sample_portals

NOW = datetime(2026, 1, 15, tzinfo=UTC)
SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
ADDRESS = "javascript:alert(1)"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Element:
    """An element of a parsed page."""

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name, self.attributes = name, attributes
        self.children: list[Element | str] = []

    @property
    def text(self) -> str:
        parts = (each if isinstance(each, str) else each.text for each in self.children)
        return " ".join("".join(parts).split())

    def all(self, *names: str) -> list["Element"]:
        """The elements below, all or by name, in document order."""
        found = []
        for each in self.children:
            if isinstance(each, Element):
                found += [each] if not names or each.name in names else []
                found += each.all(*names)
        return found


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag):
        assert self._open[-1].name == tag, f"</{tag}> closes <{self._open[-1].name}>"
        self._open.pop()

    def handle_data(self, data):
        self._open[-1].children.append(data)


@pytest.fixture(scope="session")
def parse_page() -> Callable[[str], Element]:
    """A page as a tree; fails where an element is not closed in its turn."""

    def parse(html: str) -> Element:
        page = _Page()
        page.feed(html)
        page.close()
        assert page._open == [page.root], f"<{page._open[-1].name}> is not closed"
        return page.root

    return parse


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """A port of the loopback interface that nothing listens on."""

    def find() -> int:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            return int(listener.getsockname()[1])

    return find


@contextmanager
def started(port: int, *arguments: str | Path, token: str = "") -> Iterator[httpx2.Client]:
    """``jointure`` with these arguments, from when it answers on the port; ended at the end."""
    environment = {name: value for name, value in os.environ.items() if "JOINTURE" not in name}
    environment |= {"JOINTURE_TOKEN": token} if token else {}
    process = subprocess.Popen(
        [sys.executable, "-m", "server.cli", *map(str, arguments), "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        # As a page of another origin asks: the answer has to say that it may be read.
        headers = {"Origin": "https://example.org"}
        address = f"http://localhost:{port}/"
        with httpx2.Client(base_url=address, headers=headers, timeout=30) as client:
            _wait(process, client)
            yield client
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], client: httpx2.Client) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        try:
            client.get("/")
            return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError("the server does not answer")


@pytest.fixture(scope="session")
def start() -> Callable[..., object]:
    return started


def gathered(folder: Path, base: str, portals: list[Portal]) -> None:
    """Harvest the portals into a store and publish it."""
    writer = GraphStore(folder, base)
    outcomes = list(harvest(portals, writer, Options(), lambda: NOW))
    writer.close()
    assert [outcome.error for outcome in outcomes] == [None] * len(portals)


@pytest.fixture(scope="session")
def gather() -> Callable[[Path, str, list[Portal]], None]:
    return gathered


@pytest.fixture(scope="session")
def store(tmp_path_factory, free_port) -> Path:
    """A store of all bundled samples; its base is where ``site`` serves it."""
    folder: Path = tmp_path_factory.mktemp("samples") / "store"
    gathered(folder, f"http://localhost:{free_port()}/", list(sample_portals().values()))
    return folder


@pytest.fixture(scope="session")
def snapshot(store) -> Snapshot:
    return Snapshots(store).current()


@pytest.fixture(scope="session")
def base(store) -> str:
    return Snapshots(store).iris.base


@pytest.fixture(scope="session")
def site(store, base) -> Iterator[httpx2.Client]:
    """A client of the server of ``store``."""
    with started(int(base.rstrip("/").rpartition(":")[2]), "serve", "--store", store) as client:
        yield client


def _poisoned(value, key=""):
    """A sample's entry with markup in every text that says no more than text."""
    if isinstance(value, dict):
        return {name: _poisoned(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_poisoned(each, key) for each in value]
    if not isinstance(value, str) or key in ("dataset_id", "type", "language", "id"):
        return value
    if key in ("url", "references", "license_url", "source_domain_address"):
        return ADDRESS
    return f"{value} {SCRIPT} {IMAGE} {ADDRESS}"


def hostile_portal(folder: Path) -> Portal:
    """Paris, whose every text holds markup, and one description is 63,000 characters of HTML."""
    paris = sample_portals()["paris"]
    entries = json.loads(Path(paris.url.removeprefix("file:")).read_text("utf-8"))
    entries = entries if isinstance(entries, list) else entries["results"]
    poisoned = [_poisoned(entry) for entry in entries[:3]]
    poisoned[0]["attachments"] = [
        {"id": "mauvais", "title": SCRIPT, "mimetype": IMAGE, "url": ADDRESS}
    ]
    cell = f"<p onclick='alert(1)'>Une phrase. {SCRIPT}<a href='{ADDRESS}'>ici</a></p>\n\n"
    poisoned[1]["metas"]["default"]["description"] = (cell * 1000)[:63_000]
    poisoned[2]["dataset_id"] = IMAGE
    sample = folder / "hostile.json"
    sample.write_text(json.dumps(poisoned), "utf-8")
    return replace(
        paris,
        url=f"file:{sample}",
        title=f"Paris {SCRIPT}",
        description=f"Tout {IMAGE}",
    )


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory, free_port) -> Iterator[httpx2.Client]:
    """A client of a server whose one portal writes scripts wherever it can write."""
    folder, port = tmp_path_factory.mktemp("hostile"), free_port()
    gathered(folder / "store", f"http://localhost:{port}/", [hostile_portal(folder)])
    with started(port, "serve", "--store", folder / "store") as client:
        yield client


@pytest.fixture(scope="session")
def many_datasets() -> Callable[[Path, int], Portal]:
    """Toulouse, its first dataset as many times as asked, under identifiers of their own."""

    def make(folder: Path, count: int) -> Portal:
        toulouse = sample_portals()["toulouse"]
        entry = json.loads(Path(toulouse.url.removeprefix("file:")).read_text("utf-8"))[0]
        sample = folder / "many.json"
        entries = [{**entry, "dataset_id": f"jeu-{number}"} for number in range(count)]
        sample.write_text(json.dumps(entries), "utf-8")
        return replace(toulouse, url=f"file:{sample}")

    return make


@pytest.fixture(scope="session")
def harvested_samples(tmp_path_factory: pytest.TempPathFactory, store: Path) -> Path:
    """A store of the bundled samples, published, that a test may write to."""
    folder = tmp_path_factory.mktemp("samples") / "copy"
    return Path(shutil.copytree(store, folder, symlinks=True))


def _clock(month: int) -> Callable[[], datetime]:
    return lambda: NOW.replace(month=month)


@pytest.fixture(scope="session")
def harvested_twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of one portal, harvested again a month later: one dataset came, one went."""
    folder = tmp_path_factory.mktemp("twice")
    sample = sample_portals()["toulouse"]
    entries = json.loads(Path(sample.url.removeprefix("file:")).read_text("utf-8"))
    for month, those in ((1, entries[:8]), (2, entries[1:9])):
        path = folder / "entries.json"
        path.write_text(json.dumps(those), "utf-8")
        writer = GraphStore(folder / "store", "http://localhost:8000/")
        portal = replace(sample, url=f"file:{path}")
        [outcome] = harvest([portal], writer, Options(), _clock(month))
        writer.close()
        assert outcome.error is None
    return folder / "store"


@pytest.fixture
def harvest_into() -> Callable[[Path, Portal], None]:
    """Harvest a portal into a store of the usual base."""
    return lambda folder, portal: gathered(folder, "http://localhost:8000/", [portal])
