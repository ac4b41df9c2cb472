"""The JSON-LD that is published: a tree, framed against the context at its published address."""

import json
import socket

import pyoxigraph as ox
import pytest
from pyld.jsonld import JsonLdError

from graph.description import describe
from server import framing

DATASET = "dataset/toulouse/arbres-urbains"


@pytest.fixture
def frame(snapshot, base, monkeypatch):
    """The tree of a resource, made without any network."""

    def refuse(*_):
        raise AssertionError("the network was used")

    def tree(path):
        triples = describe(snapshot.store, base + path)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        monkeypatch.setattr(socket.socket, "connect", refuse)
        kind = path.partition("/")[0]
        return json.loads(framing.framed(triples, base + path, kind, f"{base}context.jsonld"))

    return tree


def listed(value):
    return value if isinstance(value, list) else [value]


def test_the_context_is_the_published_address(frame, base):
    assert frame(DATASET)["@context"] == f"{base}context.jsonld"


def test_the_context_is_published(site):
    answer = site.get("context.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    assert set(answer.json()) == {"@context"}


@pytest.mark.parametrize(
    ("path", "kind"),
    [(DATASET, "Dataset"), ("catalog/paris", "Catalog"), ("agent/243100518", "Agent")],
)
def test_the_root_is_the_resource_with_its_class(frame, base, path, kind):
    tree = frame(path)
    assert tree["@id"] == base + path or tree.get("id") == base + path
    assert kind in listed(tree.get("@type", tree.get("type")))


def test_a_title_is_a_map_of_languages(frame):
    assert frame(DATASET)["title"] == {"fr": "Arbres urbains"}


def test_keywords_of_a_language_are_a_list_whatever_their_number(frame):
    keywords = frame(DATASET)["keyword"]
    assert set(keywords) == {"fr"}
    assert "essences" in keywords["fr"]


def test_distributions_are_nested_with_their_titles(frame):
    distributions = frame(DATASET)["distribution"]
    assert len(distributions) > 5
    assert all(isinstance(each, dict) and each["title"] for each in distributions)
    assert any("downloadURL" in each for each in distributions)


def test_columns_are_nested_with_their_names(frame):
    columns = frame(DATASET)["tableSchema"]["column"]
    assert {"genre", "espece", "hauteur"} <= {each["columnName"] for each in columns}


def test_a_publisher_is_nested_with_its_name(frame):
    publisher = listed(frame(DATASET)["publisher"])[0]
    assert "Toulouse" in json.dumps(publisher["name"], ensure_ascii=False)


def test_every_key_is_a_term_of_the_context(frame, site):
    terms = set(site.get("context.jsonld").json()["@context"])

    def keys(value):
        if isinstance(value, list):
            return set().union(*map(keys, value)) if value else set()
        if not isinstance(value, dict) or "@value" in value:
            return set()
        below = (keys(each) for name, each in value.items() if name != "@context")
        return set(value).union(*below)

    languages = {"fr", "en", "@none"}
    named = {key for key in keys(frame(DATASET)) if not key.startswith("@")} - languages
    assert named <= terms, named - terms


def test_a_catalogue_lists_its_datasets(frame, snapshot, base):
    tree = frame("catalog/toulouse")
    link = ox.NamedNode("http://www.w3.org/ns/dcat#dataset")
    catalog = ox.NamedNode(f"{base}catalog/toulouse")
    held = {quad.object.value for quad in snapshot.store.quads_for_pattern(catalog, link, None)}
    nested = {each if isinstance(each, str) else each["@id"] for each in tree["dataset"]}
    assert nested == held


def test_what_the_server_sends_is_what_is_framed(frame, site):
    assert site.get(f"{DATASET}.jsonld").json() == frame(DATASET)


def test_another_context_is_never_fetched(snapshot, base, monkeypatch):
    called = []
    monkeypatch.setattr(socket.socket, "connect", lambda *to: called.append(to))
    elsewhere = {"@context": "http://127.0.0.1:1/context.jsonld"}
    monkeypatch.setattr(framing, "_frame", lambda kind: elsewhere)
    triples = describe(snapshot.store, base + DATASET)
    with pytest.raises(JsonLdError, match="context"):
        framing.framed(triples, base + DATASET, "dataset", f"{base}context.jsonld")
    assert called == []
