"""Every value that a rule read says what it was read from."""

from datetime import UTC, datetime

import pyoxigraph as ox
import pytest

from graph.snapshot import Snapshots
from ingest import run as harvests
from ingest.deriving import Derivation
from ingest.outcome import Options
from ingest.reading import Reading
from ingest.record import Context
from vocab.context import Model
from vocab.errors import ConfigError

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
DERIVED = """
PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX schema: <http://schema.org/> PREFIX sssom: <https://w3id.org/sssom/>
SELECT ?property ?value ?key ?text ?rule (COUNT(DISTINCT ?record) AS ?records)
WHERE {
  ?record prov:qualifiedDerivation ?derivation .
  ?derivation a prov:Derivation ; rdf:predicate ?property ; rdf:object ?value ;
    schema:propertyID ?key ; rdf:value ?text ; sssom:mapping_justification ?rule }
GROUP BY ?property ?value ?key ?text ?rule"""


@pytest.fixture
def reading(make_portal, store):
    context = Context(make_portal(), store.iris, Model(store.iris.base), NOW)
    return Reading(context, context.iris.dataset("ville", "arbres"), "arbres")


@pytest.fixture
def derivations(make_portal, store, shared):
    """How many records of Paris lead to each derivation."""
    path = shared / "portals/opendatasoft/paris-v2.1-2023-10-03.json"
    portal = make_portal(type="opendatasoft", url=f"file:{path}", site="https://ville.example")
    [outcome] = harvests.harvest([portal], store, Options(), lambda: NOW)
    assert outcome.error is None
    held = Snapshots(store.folder).current().store
    solutions = held.query(DERIVED, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    return {
        (
            *(row[name].value.rpartition("/")[2] for name in ("property", "value", "rule")),
            row["key"].value,
            row["text"].value,
        ): int(row["records"].value)
        for row in solutions
    }


def test_a_licence_says_the_words_it_was_read_from(derivations):
    words = "http://opendatacommons.org/licenses/odbl/"
    read = "license", "ODC_BL", "code-list", "metas.default.license_url", words
    assert derivations[read] == 490


def test_a_frequency_says_the_words_it_was_read_from(derivations):
    read = {key[4]: key[1] for key in derivations if key[0] == "accrualPeriodicity"}
    assert read["annuelle"] == "ANNUAL"
    assert read["semestrielle"] == "ANNUAL_2"


def test_a_record_says_a_derivation_once(reading):
    node = reading.node(reading.root, "Dataset")
    node.add("license", "lov2", "licence")
    lines = len(reading.lines)
    reading.derive("license", reading.lines[1].split()[2][1:-1], "licence", "lov2", "code-list")
    assert len(reading.lines) == lines
    assert sum("qualifiedDerivation" in line for line in reading.lines) == 1


def test_what_the_source_wrote_as_the_very_iri_is_not_derived(reading):
    iri = "http://publications.europa.eu/resource/authority/licence/ETALAB_2_0"
    reading.node(reading.root, "Dataset").add("license", iri, "licence")
    assert not any("qualifiedDerivation" in line for line in reading.lines)


def test_a_part_that_is_taken_back_takes_its_derivation_along(reading):
    node = reading.node(reading.root, "Dataset")
    with reading.isolated("licence", "lov2"):
        node.add("license", "lov2", "licence")
        raise ValueError("a payload of another shape")
    node.add("license", "lov2", "licence")
    assert sum("qualifiedDerivation" in line for line in reading.lines) == 1


def test_another_rule_is_another_derivation(reading):
    context = reading.context
    said = Derivation(
        "http://purl.org/dc/terms/spatial", "http://p", "territory", "Paris", "place-name"
    )
    assert said.iri(context) == said.iri(context)
    assert said.iri(context) != said._replace(rule="place-code").iri(context)
    assert said.iri(context) != said._replace(confidence=0.5).iri(context)


def test_an_unknown_rule_is_an_error_of_ours(reading):
    with pytest.raises(ConfigError, match="code-list"):
        reading.derive("license", "http://example.org/l", "licence", "lov2", "guess")
