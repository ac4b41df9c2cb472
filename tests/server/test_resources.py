"""Every IRI that we mint answers, in every representation, with the same triples."""

import json
import re

import pyoxigraph as ox
import pytest

SUFFIXES = {
    "html": "text/html",
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "rdf": "application/rdf+xml",
    "nt": "application/n-triples",
}
SYNTAXES = {
    "ttl": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
    "nt": ox.RdfFormat.N_TRIPLES,
}
KINDS = [
    "dataset", "dataset/distribution", "dataset/column", "dataset/record", "dataset/schema",
    "dataset/contact", "dataset/issue", "dataset/service", "catalog", "catalog/service", "agent",
    "place", "concept", "graph",
]  # fmt: skip
DATASET = "dataset/toulouse/arbres-urbains"


def kind_of(path):
    """``dataset/paris/x/column/y`` is of the kind ``dataset/column``."""
    parts = path.split("/")
    part = {"dataset": 3, "catalog": 2}.get(parts[0], len(parts))
    return f"{parts[0]}/{parts[part]}" if len(parts) > part else parts[0]


@pytest.fixture(scope="session")
def minted(snapshot, base):
    """The paths of all that the store describes, by kind, and of its graphs."""
    nodes = {quad.subject.value for quad in snapshot.store}
    nodes |= {graph.value for graph in snapshot.store.named_graphs()}
    found: dict[str, list[str]] = {}
    for iri in sorted(nodes):
        if iri.startswith(base):
            path = iri.removeprefix(base)
            found.setdefault(kind_of(path), []).append(path)
    return found


@pytest.fixture
def triples_of(site):
    """The triples of a representation; JSON-LD is read with the context that it names."""
    context = site.get("context.jsonld").json()["@context"]

    def read(path, suffix):
        content = site.get(f"{path}.{suffix}").content
        if suffix == "jsonld":
            tree = json.loads(content)
            if isinstance(tree, dict) and isinstance(tree.get("@context"), str):
                tree["@context"] = context
            content = json.dumps(tree).encode()
        return {quad.triple for quad in ox.parse(content, SYNTAXES[suffix])}

    return read


def test_the_samples_have_every_kind(minted):
    assert set(KINDS) <= set(minted)


@pytest.mark.parametrize("most", [40, pytest.param(None, marks=pytest.mark.slow)])
def test_every_subject_of_the_store_answers(site, minted, most):
    paths = [path for found in minted.values() for path in found[:most]]
    assert len(paths) > (400 if most else 2000)
    failing = {path for path in paths if site.head(f"{path}.nt").status_code != 200}
    assert not failing


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_suffix_gives_its_representation(site, minted, kind, suffix):
    for path in minted[kind][:3]:
        answer = site.get(f"{path}.{suffix}")
        assert answer.status_code == 200, path
        assert answer.headers["content-type"].partition(";")[0] == SUFFIXES[suffix]


@pytest.mark.parametrize("kind", KINDS)
def test_every_rdf_representation_holds_the_same_triples(minted, triples_of, base, kind):
    for path in (minted[kind][0], minted[kind][-1]):
        expected = triples_of(path, "nt")
        assert kind == "graph" or any(each.subject.value == base + path for each in expected)
        for suffix in ("ttl", "rdf", "jsonld"):
            assert triples_of(path, suffix) == expected, f"{path}.{suffix}"


def test_a_description_holds_all_that_the_store_says_of_it(triples_of, snapshot, base):
    node = ox.NamedNode(base + DATASET)
    held = {quad.triple for quad in snapshot.store.quads_for_pattern(node, None, None)}
    assert held <= triples_of(DATASET, "ttl")


def test_a_description_names_the_classes_and_labels_of_its_neighbours(triples_of, base):
    triples = triples_of(DATASET, "ttl")
    described = {triple.subject for triple in triples}
    theme = ox.NamedNode("http://publications.europa.eu/resource/authority/data-theme/ENVI")
    assert theme in described
    assert ox.NamedNode(f"{base}agent/243100518") in described


def test_a_catalogue_names_its_datasets_and_does_not_describe_them(triples_of, base):
    triples = triples_of("catalog/toulouse", "ttl")
    dataset = ox.NamedNode(base + DATASET)
    assert any(triple.object == dataset for triple in triples)
    assert not any(triple.subject == dataset for triple in triples)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "text/turtle"),
        ("*/*", "text/turtle"),
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/ld+json"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/n-triples", "application/n-triples"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("text/turtle;q=0.3, application/rdf+xml;q=0.6", "application/rdf+xml"),
    ],
)
def test_an_iri_is_negotiated(site, accept, expected):
    answer = site.get(DATASET, headers={} if accept is None else {"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == expected


def test_a_negotiated_answer_names_the_representation_and_the_others(site, base):
    answer = site.get(DATASET, headers={"Accept": "application/ld+json"})
    assert answer.headers["content-location"] == f"{base}{DATASET}.jsonld"
    assert "accept" in answer.headers["vary"].lower()
    links = re.findall(r'<([^>]+)>; rel="alternate"; type="([^"]+)"', answer.headers["link"])
    assert dict(links) == {
        f"{base}{DATASET}.{suffix}": media_type for suffix, media_type in SUFFIXES.items()
    }


def test_a_type_that_is_not_there_is_406_and_lists_those_that_are(site):
    answer = site.get(DATASET, headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    assert "text/turtle" in answer.json()["detail"]


@pytest.mark.parametrize("path", [f"{DATASET}.ttl", DATASET, "catalog/paris", "agent/243100518.nt"])
def test_an_unchanged_representation_is_304(site, path):
    first = site.get(path)
    again = site.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    for name in ("etag", "vary", "content-location"):
        assert again.headers[name] == first.headers[name]


@pytest.mark.parametrize("spelling", ['"other", {}', "W/{}", "*", '{} , W/"x"'])
def test_if_none_match_takes_lists_weak_tags_and_a_star(site, spelling):
    tag = site.get(f"{DATASET}.ttl").headers["etag"]
    answer = site.get(f"{DATASET}.ttl", headers={"If-None-Match": spelling.format(tag)})
    assert answer.status_code == 304


def test_another_tag_is_answered_in_full(site):
    answer = site.get(f"{DATASET}.ttl", headers={"If-None-Match": '"0-ttl"'})
    assert answer.status_code == 200


def test_representations_have_tags_of_their_own(site):
    tags = {site.get(f"{DATASET}.{suffix}").headers["etag"] for suffix in SUFFIXES}
    assert len(tags) == len(SUFFIXES)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_head_gives_the_headers_of_get(site, suffix):
    got, head = site.get(f"{DATASET}.{suffix}"), site.head(f"{DATASET}.{suffix}")
    assert head.status_code == 200
    assert head.content == b""
    for name in ("content-type", "content-length", "etag", "vary", "link"):
        assert head.headers.get(name) == got.headers.get(name), name


@pytest.mark.parametrize(
    "path",
    [
        "dataset/toulouse/none", "dataset/none/arbres-urbains", "dataset/toulouse", "dataset/",
        "catalog/none", "agent/000000000", "place/commune/00000", "concept/none/x", "graph/none",
        "graph/none.ttl", "none", f"{DATASET}.pdf", f"{DATASET}.ttl.ttl", f"{DATASET}/",
        "dataset/toulouse/%00", "dataset/toulouse/%C3", "dataset/toulouse/a%20b", "dataset/a|b^`",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_404_in_the_one_shape_of_errors(site, path):
    answer = site.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_no_answer_names_a_file_or_a_line_of_ours(site):
    for path in ("dataset/toulouse/none", "sparql?query=x", "catalog/paris.html?page=x"):
        assert ".py" not in site.get(path).text


def test_a_catalogue_is_paged_from_1_to_the_last(site):
    for page in ("0", "2", "x", "-1"):
        answer = site.get("catalog/paris.html", params={"page": page})
        assert answer.status_code == 400, page
    assert site.get("catalog/paris.html", params={"page": "1"}).status_code == 200
