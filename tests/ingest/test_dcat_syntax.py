"""The syntaxes of a DCAT feed, and texts that are broken in every way that was met."""

import json

import pyoxigraph as ox
import pytest

from ingest.answer import SourceError
from tests.ingest.dcat_feeds import PREFIXES, dataset, parsing, repaired, xml

DCT = "http://purl.org/dc/terms/"
DCAT = "http://www.w3.org/ns/dcat#"
TWO = PREFIXES + dataset(1, "; dct:publisher [ foaf:name 'Voirie' ]") + dataset(2)


@pytest.fixture
def parsed(request):
    """The graph of a feed's bytes."""
    return parsing(request)


@pytest.fixture
def titles(parsed):
    """The titles of the datasets of a feed, and what had to be repaired."""
    return repaired(parsed)


def written(format):
    quads = list(ox.parse(TWO, ox.RdfFormat.TURTLE))
    if format in (ox.RdfFormat.TRIG, ox.RdfFormat.N_QUADS):
        graph = ox.NamedNode("http://d.example/graph")
        quads = [ox.Quad(each.subject, each.predicate, each.object, graph) for each in quads]
        return ox.serialize(quads, format=format)
    return ox.serialize([quad.triple for quad in quads], format=format)


SYNTAXES = (
    ox.RdfFormat.RDF_XML, ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.N_TRIPLES,
    ox.RdfFormat.N_QUADS, ox.RdfFormat.JSON_LD,
)  # fmt: skip


@pytest.mark.parametrize("format", SYNTAXES, ids=lambda each: each.name)
@pytest.mark.parametrize("is_declared", [True, False])
def test_every_syntax_says_the_same(parsed, format, is_declared):
    graph = parsed(written(format), format.media_type if is_declared else "")
    datasets = {name: f"jeu-{name[-1]}" for name in graph.datasets()}
    assert datasets == {"http://d.example/1": "jeu-1", "http://d.example/2": "jeu-2"}
    reference = parsed(TWO, "text/turtle")
    for name in datasets:
        assert graph.record(name, datasets) == reference.record(name, datasets)
    assert graph.repairs == {"": []}


def test_the_content_is_believed_where_the_media_type_is_general(titles):
    for media_type in ("application/xml", "text/plain", "application/octet-stream"):
        assert titles(xml("<dct:title>T</dct:title>"), media_type)[0] == {"T", "Sauf"}
        assert titles(TWO, media_type)[0] == {"Jeu 1", "Jeu 2"}


@pytest.mark.parametrize(
    "body", ["", " \n", "<html><body>Erreur</body></html>", "a;b;c\n1;2;3\n", "[]", "{}", "3"]
)
def test_what_is_no_rdf_is_no_feed(parsed, body):
    with pytest.raises(SourceError):
        parsed(body)


@pytest.mark.parametrize("format", SYNTAXES, ids=lambda each: each.name)
def test_a_feed_that_is_cut_off_is_no_feed(parsed, format):
    body = written(format).rstrip()
    for length in (len(body) - 1, len(body) - 20, len(body) * 2 // 3):
        cut = body[:length]
        if format.name in ("N-Triples", "N-Quads") and cut.endswith((b".", b"\n")):
            continue  # what ends with a line says nothing of the next
        with pytest.raises(SourceError):
            parsed(cut, format.media_type)


def test_a_bad_statement_of_turtle_is_an_issue_and_the_rest_is_read(titles):
    body = PREFIXES + dataset(1) + "d:2 dct:title oops ; a dcat:Dataset .\n" + dataset(3)
    found, issues = titles(body)
    assert found == {"Jeu 1", "Jeu 3"}
    assert [kind for kind, _ in issues] == ["shape"]


def test_a_bad_line_of_n_triples_is_an_issue_and_the_rest_is_read(titles):
    lines = written(ox.RdfFormat.N_TRIPLES).decode().splitlines(keepends=True)
    body = "".join([*lines[:2], "<http://d.example/1> <oops .\n", *lines[2:]])
    found, issues = titles(body, "application/n-triples")
    assert found == {"Jeu 1", "Jeu 2"}
    assert issues == [("shape", "line 3")]


def test_language_tags_with_an_underscore_are_mended(titles):
    body = PREFIXES + 'd:1 a dcat:Dataset ; dct:title "T"@fr_FR ; dct:identifier "1" .'
    assert titles(body) == ({"T"}, [("shape", "language tags")])


def test_well_known_prefixes_of_turtle_need_not_be_declared(titles):
    body = '@prefix d: <http://d.example/> . d:1 a dcat:Dataset ; dcterms:title "T" .'
    found, issues = titles(body)
    assert found == {"T"}
    assert set(issues) == {("shape", "prefix dcat"), ("shape", "prefix dcterms")}


def test_faults_without_end_are_no_feed(parsed):
    with pytest.raises(SourceError, match="faults"):
        parsed(PREFIXES + "d:1 dct:title oops .\n" * 2000)


# --- JSON-LD --------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [150, 100_000])
def test_json_without_end_is_refused(parsed, depth):
    body = f'{{"{DCT}relation":' * depth + "1" + "}" * depth
    with pytest.raises(SourceError):
        parsed(body, "application/ld+json")


def test_an_inline_context(titles):
    body = {
        "@context": {"@vocab": DCT, "dcat": DCAT, "id": "@id", "type": "@type"},
        "@graph": [{"id": "http://d.example/1", "type": "dcat:Dataset", "title": "T"}],
    }
    assert titles(json.dumps(body)) == ({"T"}, [])


@pytest.mark.parametrize(
    "address",
    [
        "https://semiceu.github.io/DCAT-AP/releases/3.0.1/context/dcat-ap.jsonld",
        "https://raw.example/SEMICeu/DCAT-AP/releases/2.1.1/dcat-ap_2.1.1.jsonld",
    ],
)
def test_the_context_of_dcat_ap_is_bundled(parsed, address):
    body = {
        "@context": [address, {"ex": "http://e.example/"}],
        "@id": "http://d.example/1",
        "@type": "Dataset",
        "title": {"fr": "Arbres", "en": "Trees"},
        "datasetDistribution": [{"@type": "Distribution", "accessURL": "http://d.example/a"}],
        "releaseDate": "2020-01-01",
        "licence": "https://spdx.org/licenses/etalab-2.0",
    }
    graph = parsed(json.dumps(body))
    assert sorted(graph.texts("http://d.example/1", "dct:title")) == ["Arbres", "Trees"]
    assert graph.texts("http://d.example/1", "dct:issued") == ["2020-01-01"]
    [distribution] = graph.texts("http://d.example/1", "dcat:distribution")
    assert graph.texts(distribution, "dcat:accessURL") == ["http://d.example/a"]


def test_data_json_needs_no_context(titles):
    body = {"dataset": [{"identifier": "1", "title": "T", "modified": "2024-01-01"}]}
    assert titles(json.dumps(body)) == ({"T"}, [])


def test_data_json_with_a_context_that_nobody_knows(titles):
    body = {"@context": "https://ailleurs.example/c.jsonld", "dataset": [{"title": "T"}]}
    assert titles(json.dumps(body)) == ({"T"}, [("unknown-value", "@context")])


def test_a_context_is_never_fetched(parsed, server):
    body = {"@context": f"{server.url}/c.jsonld", "@id": "http://d.example/1", "title": "T"}
    with pytest.raises(SourceError, match="none is fetched"):
        parsed(json.dumps(body))
    nested = [{"@id": "http://d.example/1", f"{DCT}relation": body}]
    with pytest.raises(SourceError, match="none is fetched"):
        parsed(json.dumps(nested))
    assert server.requests == []


def test_a_value_that_is_none_is_an_issue_and_the_rest_is_read(titles):
    of = {"@type": f"{DCAT}Dataset"}
    body = [
        {"@id": "http://d.example/1", f"{DCT}title": {"@value": {"a": 1}}, **of},
        {"@id": "http://d.example/2", f"{DCT}title": "T", **of},
    ]
    found, issues = titles(json.dumps(body))
    assert found == {"T"}
    assert [kind for kind, _ in issues] == ["shape"]


def test_control_characters_in_json_are_an_issue(titles):
    body = f'[{{"@id": "http://d.example/1", "@type": "{DCAT}Dataset", "{DCT}title": "a\tb"}}]'
    assert titles(body) == ({"a\tb"}, [("shape", "control characters")])
