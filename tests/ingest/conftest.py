"""A payload described, and a portal harvested, as the command line does it but for the clock."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import httpx2
import pyoxigraph as ox
import pytest

from graph.iris import Iris
from ingest.connectors import CONNECTORS
from ingest.fetch import Fetcher
from ingest.harvest import Harvest
from ingest.outcome import Options
from ingest.politeness import Hosts
from ingest.raw import RawAnswers
from ingest.reading import Reading
from ingest.record import Context, Record
from vocab.context import Model

BASE = "http://localhost:8000/"
CONTACT = "https://jointure.example/"
NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def model():
    return Model(BASE)


@pytest.fixture(scope="session")
def connectors(model):
    return {name: make(model) for name, make in CONNECTORS.items()}


class Description:
    """What a reading said, by node and term; ``path`` is the part's, under the dataset's IRI."""

    def __init__(self, reading: Reading) -> None:
        self.root, self.issues = reading.root, reading.issues
        self._model = reading.context.model
        lines = [*reading.lines, *reading.shared]
        self.text = "".join(lines)
        self.triples = {quad.triple for quad in ox.parse(self.text, ox.RdfFormat.N_QUADS)}

    def nodes(self, path: str, term: str) -> list[Any]:
        predicate = self._model.terms[term].iri
        subject = path if path.startswith("http") else self.root + path
        found = (
            triple.object
            for triple in self.triples
            if triple.subject.value == subject and triple.predicate.value == predicate
        )
        return sorted(found, key=str)

    def __call__(self, path: str, term: str) -> list[str]:
        return [node.value for node in self.nodes(path, term)]

    def one(self, path: str, term: str) -> str:
        [value] = self(path, term)
        return value

    @property
    def complaints(self) -> Counter[tuple[str, str]]:
        """How many issues there are of each kind and key."""
        return Counter((issue.kind, issue.key) for issue in self.issues)


@pytest.fixture
def begin(make_portal, model):
    """An empty reading of a portal's record, for functions that write into one."""

    def start(identifier="jeu", **different):
        portal = make_portal(**different)
        context = Context(portal, Iris(BASE), model, NOW)
        return Reading(context, context.iris.dataset(portal.name, identifier), identifier)

    return start


@pytest.fixture
def describe(connectors, begin):
    """A payload as its connector describes it."""

    def described(type, payload, **different):
        identifier = str(payload.get("dataset_id") or payload.get("id"))
        reading = begin(identifier, type=type, **different)
        connectors[type].describe(Record(identifier, payload), reading)
        return Description(reading)

    return described


@pytest.fixture
def pauses():
    """The pauses that the fetcher would have made."""
    return []


@pytest.fixture
def open_fetcher(tmp_path, pauses):
    """A fetcher of a portal, that does not wait between tries."""

    def opened(portal, **different):
        folder = tmp_path / f"raw{len(list(tmp_path.glob('raw*')))}"
        folder.mkdir()
        raw = RawAnswers(folder, portal.url, NOW)
        # No certificate is asked for on the loopback, and none is read.
        transport = httpx2.HTTPTransport(verify=False)
        return Fetcher(
            portal, raw, transport, Hosts(sleep=pauses.append), contact=CONTACT, **different
        )

    return opened


@pytest.fixture
def run(store, model, connectors, open_fetcher):
    """Harvest a portal into the store, without waiting between tries."""

    def harvest(portal, **options):
        context = Context(portal, store.iris, model, NOW)
        work = Harvest(context, connectors[portal.type], store, Options(**options))
        with open_fetcher(portal) as fetcher:
            return work.run(fetcher)

    return harvest


@pytest.fixture
def recorded(make_portal, tmp_path):
    """A portal whose answer is in a file."""

    def write(answer, **different):
        path = tmp_path / "answer.json"
        path.write_text(answer if isinstance(answer, str) else json.dumps(answer), "utf-8")
        site = "https://data.ville.example"
        return make_portal(**{"url": f"file:{path}", "site": site, **different})

    return write


@pytest.fixture
def held(store):
    """The datasets that the store holds of the portal ``ville``."""

    def datasets():
        return {
            iri.removeprefix(f"{BASE}dataset/ville/")
            for iri in store.digests("ville")
            if "/dataset/" in iri
        }

    return datasets
