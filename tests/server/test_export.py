"""``jointure export``: the snapshot as RDF files that hold the same triples."""

import subprocess
import sys
from functools import cache

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from graph.writing import restored
from server.cli import commands

DCT = "http://purl.org/dc/terms/"
FORMATS = ["nq", "trig", "ttl", "nt", "rdf", "jsonld"]


@pytest.fixture(scope="module")
def export(store):
    """The bytes that the command writes; asked once for each form."""

    @cache
    def written(*arguments):
        done = CliRunner().invoke(commands, ["export", "--store", str(store), *arguments])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout_bytes

    return written


def quads(content, form):
    return set(ox.parse(content, ox.RdfFormat.from_extension(form)))


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_holds_every_triple(export, snapshot, form):
    expected = {restored(quad.triple) for quad in snapshot.store}
    assert {quad.triple for quad in quads(export("--format", form), form)} == expected


@pytest.mark.parametrize("form", ["nq", "trig"])
def test_the_dataset_formats_keep_the_graphs(export, snapshot, form):
    found = quads(export("--format", form), form)
    held = list(snapshot.store)
    assert {quad.graph_name for quad in found} == {quad.graph_name for quad in held}
    assert {(quad.triple, quad.graph_name) for quad in found} == {
        (restored(quad.triple), quad.graph_name) for quad in held
    }


@pytest.mark.parametrize("form", FORMATS)
def test_a_portal_alone_is_whole(export, snapshot, base, form):
    graph = ox.NamedNode(f"{base}graph/culture")
    quads_held = snapshot.store.quads_for_pattern(None, None, None, graph)
    held = {restored(quad.triple) for quad in quads_held}
    triples = {quad.triple for quad in quads(export("--portal", "culture", "--format", form), form)}
    assert held <= triples
    other = ox.NamedNode(f"{base}catalog/paris")
    assert not any(triple.subject == other for triple in triples)


def test_a_portal_carries_the_agents_concepts_and_places_it_refers_to(export, snapshot, base):
    content = export("--portal", "culture", "--format", "nt")
    triples = {quad.triple for quad in quads(content, "nt")}
    described = {triple.subject for triple in triples}
    shared = {
        quad.subject
        for name in ("agents", "places", "vocab")
        for quad in snapshot.store.quads_for_pattern(
            None, None, None, ox.NamedNode(f"{base}graph/{name}")
        )
    }
    referred = {triple.object for triple in triples if isinstance(triple.object, ox.NamedNode)}
    assert len(shared & referred) > 20
    assert shared & referred <= described


def test_a_portal_leaves_what_it_does_not_refer_to(export, base):
    triples = {quad.triple for quad in quads(export("--portal", "culture", "--format", "nt"), "nt")}
    toulouse = ox.NamedNode(f"{base}agent/243100518")
    assert not any(triple.subject == toulouse for triple in triples)


def test_the_process_writes_the_same_to_its_standard_output(export, store):
    form = ["--format", "nt", "--portal", "culture"]
    command = [sys.executable, "-m", "server.cli", "export", "--store", str(store), *form]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert sorted(done.stdout.splitlines()) == sorted(export(*form).splitlines())


def test_the_output_option_writes_a_file(export, tmp_path):
    path = tmp_path / "culture.ttl"
    assert export("--portal", "culture", "--format", "ttl", "--output", str(path)) == b""
    found = quads(path.read_bytes(), "ttl")
    assert any(quad.predicate.value == f"{DCT}title" for quad in found)
