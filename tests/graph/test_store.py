"""What the writer holds: its base, its lock, and changes by difference."""

import json

import pyoxigraph as ox
import pytest

from graph.difference import Change, Description
from graph.store import GraphStore
from vocab.errors import ConfigError


def changed(store, graphs, *descriptions, shared=b""):
    """Apply descriptions (N-Quads text; None takes away); how many quads that were."""
    said = [(root, text and Description(text)) for root, text in descriptions]
    return store.apply("ville", Change(said, shared)).quads


def about(lines, iri):
    return {line for line in lines if f"<{iri}" in line}


def test_a_store_keeps_the_base_that_it_was_made_with(tmp_path):
    GraphStore(tmp_path, "https://data.example/").close()
    assert GraphStore(tmp_path).iris.base == "https://data.example/"


def test_another_base_is_a_config_error(tmp_path):
    GraphStore(tmp_path, "https://data.example/").close()
    with pytest.raises(ConfigError, match=r"base https://data\.example/, not https://b\.ex"):
        GraphStore(tmp_path, "https://b.example/")


def test_a_folder_of_something_else_is_a_config_error(tmp_path):
    (tmp_path / "jointure.json").write_text(json.dumps({"basis": 1}))
    with pytest.raises(ConfigError, match="is no store of Jointure"):
        GraphStore(tmp_path)


def test_a_second_writer_is_a_config_error(store):
    with pytest.raises(ConfigError, match="cannot be opened for writing"):
        GraphStore(store.folder)


def test_the_digests_are_those_of_catalogue_and_records(loaded, graphs):
    assert loaded.digests("ville") == {
        graphs.catalog: "1",
        graphs.root("arbres"): "1",
        graphs.root("velos"): "1",
    }


def test_what_is_held_already_is_not_written_again(loaded, graphs):
    descriptions = [
        (graphs.root("arbres"), graphs.dataset("arbres")),
        (graphs.catalog, graphs.the_catalog()),
    ]
    assert changed(loaded, graphs, *descriptions) == 0


def test_only_the_difference_is_written(loaded, graphs, read):
    before = read(loaded)
    root = graphs.root("arbres")
    # a title and a title of the CSV go, two come
    assert changed(loaded, graphs, (root, graphs.dataset("arbres", "Arbres"))) == 4
    assert len(before - read(loaded)) == 2


def test_a_second_apply_of_the_same_writes_nothing(loaded, graphs):
    change = (graphs.root("arbres"), graphs.dataset("arbres", "Arbres"))
    changed(loaded, graphs, change)
    assert changed(loaded, graphs, change) == 0


def test_a_changed_catalogue_keeps_its_datasets(loaded, graphs, read):
    changed(loaded, graphs, (graphs.catalog, graphs.the_catalog("Autre titre")))
    lines = read(loaded)
    assert len([line for line in lines if "dcat#dataset>" in line]) == 2
    assert len([line for line in lines if "La ville" in line]) == 0


def test_a_removed_record_takes_its_parts_and_membership(loaded, graphs, read):
    changed(loaded, graphs, (graphs.root("arbres"), None))
    assert about(read(loaded), graphs.root("arbres")) == set()


def test_a_removed_record_leaves_the_others_as_they_were(loaded, graphs, read):
    before = about(read(loaded), graphs.root("velos"))
    changed(loaded, graphs, (graphs.root("arbres"), None))
    assert about(read(loaded), graphs.root("velos")) == before


def test_an_identifier_that_begins_another_is_no_part_of_it(store, graphs, read):
    store.load("ville", graphs.dataset("velos") + graphs.dataset("velos-2") + graphs.the_catalog())
    before = about(read(store), graphs.root("velos-2"))
    changed(store, graphs, (graphs.root("velos"), None))
    assert about(read(store), graphs.root("velos-2")) == before


def test_a_page_that_another_record_refers_to_stays(loaded, graphs, read):
    changed(loaded, graphs, (graphs.root("arbres"), None))
    assert any(line.startswith("<https://ville.example/page>") for line in read(loaded))


def test_a_page_that_nobody_refers_to_any_more_is_swept(loaded, graphs, read):
    changed(loaded, graphs, (graphs.root("arbres"), None), (graphs.root("velos"), None))
    assert not any("https://ville.example/page" in line for line in read(loaded))


def test_a_part_that_went_takes_its_statements(loaded, graphs, read):
    root = graphs.root("arbres")
    extra = f'<{root}> dct:temporal <{root}/temporal> . <{root}/temporal> dct:title "x" .'
    changed(loaded, graphs, (root, graphs.dataset("arbres", more=extra)))
    assert about(read(loaded), f"{root}/temporal") != set()
    changed(loaded, graphs, (root, graphs.dataset("arbres")))
    assert not any("/temporal" in line for line in read(loaded))


def test_shared_nodes_are_added_and_never_taken_away(loaded, graphs, read):
    agent = graphs.nquads('<agent/ville/dvd> foaf:name "DVD"@fr .', "agents")
    assert changed(loaded, graphs, shared=agent) == 1
    assert changed(loaded, graphs, shared=agent) == 0
    changed(loaded, graphs, (graphs.root("arbres"), None))
    assert agent.decode().removesuffix(" .\n") in {str(line) for line in read(loaded)}


def test_a_new_name_of_a_shared_node_replaces_the_old_one(loaded, graphs, read):
    old, new = (
        graphs.nquads(f'<agent/ville/dvd> foaf:name "{name}"@fr .', "agents")
        for name in ("DVD", "Direction de la voirie")
    )
    changed(loaded, graphs, shared=old)
    assert changed(loaded, graphs, shared=new) == 2
    held = {str(line) for line in read(loaded)}
    assert new.decode().removesuffix(" .\n") in held
    assert old.decode().removesuffix(" .\n") not in held


def test_what_is_written_is_noted_until_it_is_published(store, graphs):
    store.publish()
    assert not store.has_unpublished()
    changed(store, graphs, shared=graphs.nquads('<agent/a> foaf:name "A"@fr .', "agents"))
    assert store.has_unpublished()
    store.publish()
    assert not store.has_unpublished()


def test_a_graph_is_cleared_whole_and_alone(loaded, graphs, read):
    other = '<dataset/autre/x> dct:title "x" .'
    loaded.load("autre", graphs.nquads(other, "autre"))
    loaded.clear("ville")
    assert len(read(loaded)) == 1


def test_the_graph_of_a_killed_first_load_is_cleared(store, graphs, read):
    store.load("ville", graphs.dataset("arbres"))  # the catalogue comes last, and did not
    assert store.recover() == ["ville"]
    assert read(store) == set()


def test_finished_and_shared_graphs_are_not_cleared(loaded, graphs, read):
    loaded.load("agents", graphs.nquads('<agent/1> foaf:name "A" .', "agents"))
    before = read(loaded)
    assert loaded.recover() == []
    assert read(loaded) == before


def part_of(graph):
    return f"<http://a.example/s> <http://a.example/p> <http://a.example/o> <{graph}> .".encode()


def test_a_users_graph_is_no_first_load(loaded):
    mine = [loaded.iris.graph("mine"), "http://a.example/g"]
    for graph in mine:
        text = f"INSERT DATA {{ GRAPH <{graph}> {{ <s> <p> 1 }} }}"
        loaded.update(text, "http://a.example/", is_replayable=True)
    loaded.publish()
    assert loaded.recover(anew=True) == []
    loaded.load("autre", part_of(loaded.iris.graph("autre")))
    loaded.close()
    opened = GraphStore(loaded.folder)  # after a kill
    assert opened.recover() == ["autre"]
    assert set(mine) < opened.graph_names()
    assert opened.iris.graph("autre") not in opened.graph_names()


def test_a_portal_that_was_published_and_is_loaded_in_part_is_cleared(loaded):
    loaded.publish()
    loaded.clear("ville")
    loaded.load("ville", part_of(loaded.iris.graph("ville")))
    assert loaded.recover() == ["ville"]


def test_concepts_are_written_once(store, graphs, read):

    text = '<http://a.example/c> <http://www.w3.org/2004/02/skos/core#prefLabel> "C"@fr .'
    quads = list(ox.parse(text, ox.RdfFormat.TURTLE))
    assert store.write_concepts(quads) == 1
    assert store.write_concepts(quads) == 0
    assert all("graph/vocab" in line for line in read(store))


def test_text_that_looks_like_sparql_is_text(loaded, graphs, read):
    nasty = '} } ; DROP ALL ; # \\\\ \\" <http://x>'
    root = graphs.root("arbres")
    changed(loaded, graphs, (root, graphs.dataset("arbres", nasty)))
    assert changed(loaded, graphs, (root, graphs.dataset("arbres", nasty))) == 0
    assert len(about(read(loaded), graphs.root("velos"))) > 0


def test_graphs_of_users_are_no_unfinished_loads(store):
    graph = ox.NamedNode("http://example.org/g")
    store.update(f"INSERT DATA {{ GRAPH {graph} {{ <a:s> <a:p> 1 }} }}", "a:", is_replayable=True)
    store.publish()
    assert store.recover() == []
    assert not store.has_unpublished()
    assert store.graph_names() == {graph.value}


def test_a_load_that_was_killed_is_half_a_harvest_an_update_is_not(store):
    store.update("CREATE GRAPH <http://example.org/g>", "a:", is_replayable=True)
    assert not store.is_half_harvested()
    store.load("ville", b"")
    assert store.is_half_harvested()
    store.publish()
    assert not store.is_half_harvested()
