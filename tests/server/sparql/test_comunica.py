"""Comunica (``@comunica/query-sparql``) against the endpoint, in a process of its own."""

import json
import shutil
import subprocess

import pyoxigraph as ox
import pytest
from rdflib.namespace import DCAT, DCTERMS

from ingest.run import sample_portals

PREFIXES = f"PREFIX dcat: <{DCAT}> PREFIX dct: <{DCTERMS}>\n"
CATALOGS = f"{PREFIXES} SELECT ?c ?t {{ ?c a dcat:Catalog ; dct:title ?t }} ORDER BY ?c"
TITLES = f"{PREFIXES} CONSTRUCT {{ ?c dct:title ?t }} {{ ?c a dcat:Catalog ; dct:title ?t }}"

pytestmark = pytest.mark.slow


@pytest.fixture
def titles(base):
    """The title of each catalogue."""
    return {f"{base}catalog/{name}": portal.title for name, portal in sample_portals().items()}


def values(body):
    """The catalogues and titles of a JSON answer."""
    rows = json.loads(body)["results"]["bindings"]
    return {row["c"]["value"]: row["t"]["value"] for row in rows}


@pytest.fixture(scope="module")
def comunica(tmp_path_factory, site):
    """What Comunica answers, of a source, in a format; installed where it can be."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("comunica")
    install = ["npm", "install", "--no-audit", "--no-fund", "@comunica/query-sparql"]
    (folder / "package.json").write_text("{}")
    try:
        done = subprocess.run(install, cwd=folder, capture_output=True, timeout=400, text=True)
    except subprocess.TimeoutExpired:
        pytest.skip("npm does not come to an end")
    if done.returncode:
        pytest.skip(f"npm cannot install Comunica: {done.stderr[-500:]}")

    def asked(query, form, kind="sparql@"):
        source = f"{kind}{site.base_url}sparql"
        command = ["node_modules/.bin/comunica-sparql", source, "-q", query, "-t", form]
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    return asked


@pytest.mark.parametrize("kind", ["sparql@", ""])
def test_comunica_selects(comunica, titles, kind):
    """Told that it is an endpoint, and finding it out from the service description."""
    assert values(comunica(CATALOGS, "application/sparql-results+json", kind)) == titles


def test_comunica_asks_and_constructs(comunica, titles):
    said = comunica(f"{PREFIXES} ASK {{ ?c a dcat:Catalog }}", "application/sparql-results+json")
    assert json.loads(said)["boolean"] is True
    body = comunica(TITLES, "application/n-triples")
    found = {quad.object.value for quad in ox.parse(body, ox.RdfFormat.N_TRIPLES)}
    assert found == set(titles.values())


def test_comunica_names_a_graph(comunica, base):
    where = f"GRAPH <{base}graph/paris> {{ ?c a dcat:Catalog ; dct:title ?t }}"
    query = f"{PREFIXES} SELECT ?c ?t {{ {where} }}"
    found = values(comunica(query, "application/sparql-results+json"))
    assert set(found) == {f"{base}catalog/paris"}
