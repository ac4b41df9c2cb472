"""Identifiers that portals give, as IRIs that are asked for over HTTP."""

import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import httpx2
import pyoxigraph as ox
import pytest

from ingest.run import sample_portals

IDENTIFIERS = [
    "plan", "plan.ttl", "plan.ttl.html", "écoles 2024", "a/b", "50%", "100%25", "q?x=1#y", "été.nt",
    "a+b&c=d", "record", "A'(b)*!", "日本",
]  # fmt: skip
"""``plan`` and ``plan.ttl`` are both there: the suffix of one is the name of the other."""


@pytest.fixture(scope="module")
def odd_site(tmp_path_factory, free_port, gather, start):
    folder, port = tmp_path_factory.mktemp("odd"), free_port()
    toulouse = sample_portals()["toulouse"]
    entry = json.loads(Path(toulouse.url.removeprefix("file:")).read_text("utf-8"))[0]
    sample = folder / "odd.json"
    sample.write_text(json.dumps([{**entry, "dataset_id": each} for each in IDENTIFIERS]), "utf-8")
    portal = replace(toulouse, url=f"file:{sample}")
    gather(folder / "store", f"http://localhost:{port}/", [portal])
    with start(port, "serve", "--store", folder / "store") as client:
        yield client


def identifier_of(answer, iri):
    """The identifier that a Turtle description gives its resource."""
    assert answer.status_code == 200, f"{iri}: {answer.text}"
    assert answer.headers["content-type"].startswith("text/turtle")
    for quad in ox.parse(answer.content, ox.RdfFormat.TURTLE):
        if quad.subject.value == iri and quad.predicate.value.endswith("/terms/identifier"):
            return quad.object.value
    return None


@pytest.fixture
def iris(odd_site):
    """The IRI of each identifier, as the store knows it."""
    query = """PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>
        SELECT ?iri ?identifier { ?iri a dcat:Dataset ; dct:identifier ?identifier }"""
    rows = odd_site.get("sparql", params={"query": query}).json()["results"]["bindings"]
    return {row["identifier"]["value"]: row["iri"]["value"] for row in rows}


def raw(site, target, accept):
    """A GET of exactly this target: nothing is normalised on the way."""
    url = httpx2.URL(site.base_url).copy_with(raw_path=target.encode())
    return site.get(url, headers={"Accept": accept})


def test_every_identifier_is_minted_and_told_apart(iris):
    assert sorted(iris) == sorted(IDENTIFIERS)
    assert len(set(iris.values())) == len(IDENTIFIERS)


@pytest.mark.parametrize("identifier", IDENTIFIERS)
def test_the_iri_answers_as_it_is_written(odd_site, iris, identifier):
    target = iris[identifier].removeprefix(str(odd_site.base_url).rstrip("/"))
    found = identifier_of(raw(odd_site, target, "text/turtle"), iris[identifier])
    assert found == identifier


@pytest.mark.parametrize("identifier", IDENTIFIERS)
def test_its_suffix_answers_too(odd_site, iris, identifier):
    target = iris[identifier].removeprefix(str(odd_site.base_url).rstrip("/"))
    taken = f"{identifier}.ttl" in IDENTIFIERS
    if not taken:
        answer = raw(odd_site, f"{target}.ttl", "text/html")
        assert identifier_of(answer, iris[identifier]) == identifier


def test_an_identifier_wins_over_a_suffix(odd_site, iris):
    target = iris["plan"].removeprefix(str(odd_site.base_url).rstrip("/"))
    assert identifier_of(raw(odd_site, f"{target}.ttl", "text/turtle"), iris["plan.ttl"])
    page = raw(odd_site, f"{target}.ttl", "text/html")
    assert page.headers["content-location"] == f"{iris['plan.ttl']}.html"


@pytest.mark.parametrize("identifier", ["écoles 2024", "日本", "plan", "A'(b)*!"])
def test_an_iri_is_found_however_its_octets_are_spelled(odd_site, iris, identifier):
    # RFC 3986, section 6.2.2: %c3 is %C3, %70 is p.
    spellings = {
        re.sub("%..", lambda octet: octet.group().lower(), quote(identifier, safe="")),
        quote(identifier, safe=""),
        "".join(f"%{octet:02X}" for octet in identifier.encode()),
    }
    for spelling in spellings:
        answer = raw(odd_site, f"/dataset/toulouse/{spelling}", "text/turtle")
        assert identifier_of(answer, iris[identifier]) == identifier, spelling


def test_a_path_that_is_no_iri_is_not_found(odd_site):
    for target in ("/dataset/toulouse/a|b", "/dataset/<x>", "/graph/a^b", "/dataset/%zz"):
        assert raw(odd_site, target, "text/turtle").status_code == 404, target
