"""What left its portal, over HTTP: gone, with what it was; and the runs that saw it."""

import json
import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pyoxigraph as ox
import pytest

from graph.snapshot import Snapshots
from graph.store import GraphStore
from ingest import run as harvests
from ingest.outcome import Options
from ingest.portals import Portal, Publisher

FIRST = datetime(2026, 1, 15, 3, 15, tzinfo=UTC)
NAMES = ("arbres", "bancs", "fontaines", "pistes", "parcs", "velos")
GONE, ALIVE = "dataset/ville/velos", "dataset/ville/arbres"
SYNTAXES = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
}
FORMS = [*SYNTAXES, "text/html"]


class Night:
    """A portal of an Opendatasoft city in a file, harvested night after night into one store."""

    def __init__(self, folder, base):
        self.store, self.count = folder / "store", 0
        self._base, self._answer = base, folder / "answer.json"

    def harvest(self, *names):
        """Harvest these datasets, a night after the last time."""
        self._answer.write_text(json.dumps([entry(name) for name in names]), "utf-8")
        portal = Portal(
            "ville", "opendatasoft", f"file:{self._answer}", "Données de la ville", "Tout.",
            Publisher("Toulouse Métropole", "243100518"), "https://data.ville.example/",
            "epci/243100518", site="https://data.ville.example",
        )  # fmt: skip
        at = FIRST + timedelta(days=self.count)
        self.count += 1
        writer = GraphStore(self.store, self._base)
        [outcome] = harvests.harvest([portal], writer, Options(), lambda: at)
        writer.close()
        assert outcome.error is None


def entry(name):
    default = {
        "title": f"Les {name}",
        "description": f"Où sont les {name} de la ville.",
        "publisher": "Direction de la voirie",
        "modified": "2025-12-01",
    }
    return {"dataset_id": name, "metas": {"default": default}, "has_records": True}


@contextmanager
def nights(folder, port, start):
    """A server over the first night's harvest, and the nights that follow."""
    night = Night(folder, f"http://localhost:{port}/")
    night.harvest(*NAMES)
    with start(port, "serve", "--store", night.store) as client:
        yield client, night


@pytest.fixture(scope="module")
def site(tmp_path_factory, free_port, start):
    """A client of a server whose ``velos`` left in the second night."""
    with nights(tmp_path_factory.mktemp("withdrawn"), free_port(), start) as (client, night):
        night.harvest(*NAMES[:-1])
        yield client


@pytest.fixture(scope="module")
def runs(site):
    """The paths of the two runs, the first night's first."""
    answer = get(site, "graph/provenance", "application/n-triples")
    subjects = {
        str(triple.subject).strip("<>")
        for triple in triples(site, answer)
        if triple.predicate.value.endswith("#endedAtTime")
    }
    return sorted(subject.removeprefix(str(site.base_url)) for subject in subjects)


@pytest.fixture
def served(tmp_path, free_port, start):
    """A server of its own, for what changes while it runs."""
    with nights(tmp_path, free_port(), start) as found:
        yield found


def get(client, path, form, **headers):
    return client.get(path, headers={"Accept": form, **headers})


def triples(client, answer):
    """What an answer says; JSON-LD is read with the context that it names."""
    content = answer.content
    form = answer.headers["content-type"].partition(";")[0]
    if form == "application/ld+json":
        context = client.get("context.jsonld").json()["@context"]
        content = json.dumps(json.loads(content) | {"@context": context}).encode()
    return {quad.triple for quad in ox.parse(content, SYNTAXES[form])}


@pytest.mark.parametrize("form", FORMS)
def test_what_was_withdrawn_is_gone_in_every_form(site, form):
    answer = get(site, GONE, form)
    assert answer.status_code == 410
    assert answer.headers["content-type"].partition(";")[0] == form
    assert "Les velos" in answer.text


@pytest.mark.parametrize("suffix", ["ttl", "nt", "rdf", "jsonld", "html"])
def test_what_was_withdrawn_is_gone_by_every_suffix(site, suffix):
    assert site.get(f"{GONE}.{suffix}").status_code == 410


@pytest.mark.parametrize("form", SYNTAXES)
def test_every_syntax_says_what_it_was_that_it_is_withdrawn_and_when(site, runs, form):
    said = triples(site, get(site, GONE, form))
    assert said == triples(site, get(site, GONE, "application/n-triples"))
    iri = f"{site.base_url}{GONE}"
    found = {
        (triple.subject.value.removeprefix(iri), re.split("[/#]", triple.predicate.value)[-1]):
            triple.object.value
        for triple in said if triple.subject.value.startswith(iri)
    }  # fmt: skip
    assert found["", "title"] == "Les velos"
    assert found["", "description"] == "Où sont les velos de la ville."
    assert found["", "identifier"] == "velos"
    assert found["", "landingPage"].startswith("https://data.ville.example/")
    assert found["", "type"] == "http://www.w3.org/ns/dcat#Resource"
    assert found["", "invalidatedAtTime"] == "2026-01-16T03:15:00Z"
    assert found["/record", "status"] == "http://purl.org/adms/status/Withdrawn"
    assert found["/record", "created"] == "2026-01-15T03:15:00Z"
    assert found["/record", "wasGeneratedBy"] == f"{site.base_url}{runs[1]}"
    publishers = {t.object.value for t in said if t.predicate.value.endswith("foaf/0.1/name")}
    assert "Direction de la voirie" in publishers


def test_the_json_tree_has_what_was_the_record_inside_of_what_it_was(site):
    tree = get(site, GONE, "application/ld+json").json()
    assert (tree["@id"], tree["@type"]) == (f"{site.base_url}{GONE}", "Resource")
    assert tree["title"] == {"fr": "Les velos"}
    assert tree["isPrimaryTopicOf"]["status"]["notation"] == "Withdrawn"
    assert tree["isPrimaryTopicOf"]["wasGeneratedBy"]["@type"] == "Activity"


def test_the_page_says_to_people_what_it_was_and_since_when_it_is_gone(site, runs, parse_page):
    page = parse_page(get(site, GONE, "text/html").text)
    assert [each.text for each in page.all("h1")] == ["Les velos"]
    [main] = page.all("main")
    assert "n'est plus dans le catalogue de son portail" in main.text
    assert "Où sont les velos de la ville." in main.text
    shown = dict(
        zip((e.text for e in main.all("dt")), (e.text for e in main.all("dd")), strict=True)
    )
    assert shown["Retiré le"] == "16 janvier 2026"
    assert shown["Première moisson"] == "15 janvier 2026"
    assert shown["Identifiant"] == "velos"
    assert shown["Publié par"] == "Direction de la voirie"
    links = [each.attributes["href"] for each in main.all("a")]
    assert f"{site.base_url}{runs[1]}" in links
    assert f"{site.base_url}catalog/ville" in links


@pytest.mark.parametrize("form", FORMS)
def test_head_says_that_it_is_gone_without_a_body(site, form):
    got, head = (site.request(method, GONE, headers={"Accept": form}) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (410, b"")
    for name in ("content-type", "content-length", "vary", "link"):
        assert head.headers.get(name) == got.headers.get(name), name


@pytest.mark.parametrize("tag", ["*", "its own"])
def test_who_holds_it_is_told_that_it_is_gone_and_not_that_it_is_so_still(site, tag):
    first = get(site, GONE, "text/turtle")
    tag = first.headers["etag"] if tag == "its own" else tag
    again = get(site, GONE, "text/turtle", **{"If-None-Match": tag})
    assert (again.status_code, again.content) == (410, first.content)


def test_the_catalogue_lists_it_no_more(site, parse_page):
    page = parse_page(get(site, "catalog/ville", "text/html").text)
    assert "velos" not in page.text
    assert "Les arbres" in page.text
    assert GONE not in get(site, "catalog/ville", "text/turtle").text
    cells = parse_page(get(site, "", "text/html").text).all("tbody")[0].all("td")
    assert "5" in [each.text for each in cells]


def test_a_query_counts_it_as_no_dataset(site):
    query = "SELECT (COUNT(*) AS ?n) { ?d a <http://www.w3.org/ns/dcat#Dataset> }"
    answer = site.get("sparql", params={"query": query})
    assert answer.json()["results"]["bindings"][0]["n"]["value"] == "5"


def test_its_record_is_there_and_its_files_are_not(site):
    assert get(site, f"{GONE}/record", "text/turtle").status_code == 200
    assert get(site, f"{ALIVE}/distribution/csv", "text/turtle").status_code == 200
    assert get(site, f"{GONE}/distribution/csv", "text/turtle").status_code == 404


@pytest.mark.parametrize("form", FORMS)
def test_a_run_answers_in_every_form(site, runs, form):
    assert len(runs) == 2
    for path in runs:
        answer = get(site, path, form)
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == form
        assert "Moisson de ville" in answer.text


def test_a_run_says_what_it_removed(site, runs):
    for path, added, removed in zip(runs, ("6", "0"), ("0", "1"), strict=True):
        said = triples(site, get(site, path, "application/n-triples"))
        values = {
            t.subject.value: t.object.value for t in said if t.predicate.value.endswith("dqv#value")
        }
        counts = {subject.rpartition("/")[2]: value for subject, value in values.items()}
        assert (counts["added"], counts["removed"]) == (added, removed)


def test_the_page_of_a_dataset_says_when_it_was_first_seen_and_links_the_run(
    site, runs, parse_page
):
    [main] = parse_page(get(site, ALIVE, "text/html").text).all("main")
    shown = dict(
        zip((e.text for e in main.all("dt")), (e.text for e in main.all("dd")), strict=True)
    )
    assert shown["Première moisson"] == shown["Relu le"] == "15 janvier 2026"
    links = [each.attributes["href"] for each in main.all("a")]
    assert f"{site.base_url}{runs[0]}" in links


def test_a_night_that_changed_nothing_leaves_the_tags_and_publishes_its_run(served):
    client, night = served
    tags = {
        path: get(client, path, "text/turtle").headers["etag"] for path in (ALIVE, "catalog/ville")
    }
    before = Snapshots(night.store).current()
    night.harvest(*NAMES)
    after = Snapshots(night.store).current()
    assert (after.number, after.content) == (before.number + 1, before.content)
    for path, tag in tags.items():
        answer = get(client, path, "text/turtle", **{"If-None-Match": tag})
        assert (answer.status_code, answer.headers["etag"]) == (304, tag), path
    provenance = get(client, "graph/provenance", "application/n-triples").text
    assert provenance.count("#endedAtTime") == 2


def test_what_leaves_and_comes_back_is_told_while_the_server_runs(served):
    client, night = served
    first = get(client, GONE, "text/turtle")
    night.harvest(*NAMES[:-1])
    held = {"If-None-Match": first.headers["etag"]}
    assert get(client, GONE, "text/turtle", **held).status_code == 410
    night.harvest(*NAMES)
    answer = get(client, GONE, "text/turtle", **held)
    assert answer.status_code == 200
    assert answer.headers["etag"] != first.headers["etag"]
    assert "2026-01-15T03:15:00Z" in answer.text  # first seen
    assert "invalidatedAtTime" not in answer.text
