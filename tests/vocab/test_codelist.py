"""Code lists: how a value is compared with the spellings of its concepts."""

import pytest

from vocab import codelist
from vocab.codelist import CodeList, fold
from vocab.errors import ConfigError

BASE = "http://localhost:8000/"
CONCEPTS = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<concept/couleur/R> a skos:Concept ; skos:notation "R" ; skos:prefLabel "Rouge"@fr ;
  skos:inScheme <concept/couleur> .
<concept/couleur/B> a skos:Concept ; skos:notation "B" ; skos:prefLabel "Bleu"@fr ;
  skos:inScheme <concept/couleur> .
"""
RED, BLUE = f"{BASE}concept/couleur/R", f"{BASE}concept/couleur/B"


@pytest.fixture
def colours(tmp_path, monkeypatch):
    """A code list of two colours, with the rows that a test writes."""

    def write(*rows, concepts=CONCEPTS):
        (tmp_path / "concepts").mkdir()
        (tmp_path / "codes").mkdir()
        (tmp_path / "concepts/couleur.ttl").write_text(concepts, "utf-8")
        text = "\n".join(["value,notation", *rows, ""])
        (tmp_path / "codes/couleur.csv").write_text(text, "utf-8")
        monkeypatch.setattr(codelist, "files", lambda _: tmp_path)
        return CodeList("couleur", BASE)

    return write


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Énergie, réseaux", "energie reseaux"),
        ("Licence Ouverte v2.0 (Etalab)", "licence ouverte v2 0 etalab"),
        ("ŒUVRE", "œuvre"),
        ("  a--b  ", "A b"),
        ("n°1", "N 1"),
    ],
)
def test_case_accents_and_punctuation_make_no_difference(one, other):
    assert fold(one) == fold(other)


def test_words_make_a_difference():
    assert fold("bimensuel") != fold("bimestriel")


@pytest.mark.parametrize("value", ["vermillon", "VERMILLON", "Rouge", "r", RED])
def test_a_concept_is_found_by_spelling_label_notation_and_iri(colours, value):
    assert colours("Vermillon,R").find(value) == (RED,)


def test_an_unknown_value_means_nothing(colours):
    assert colours("vermillon,R").find("vert") == ()


def test_a_value_that_means_two_concepts_gives_both(colours):
    assert set(colours("violet,R", "violet,B").find("Violet")) == {RED, BLUE}


def test_a_list_that_no_portal_writes_has_no_file_of_spellings(colours, tmp_path):
    listed = colours("vermillon,R")
    (tmp_path / "codes/couleur.csv").unlink()
    assert listed.find("rouge") == (RED,)
    assert listed.find("vermillon") == ()


def test_a_spelling_wins_over_a_label(colours):
    assert colours("Rouge,B").find("rouge") == (BLUE,)


def test_a_spelling_of_no_concept_is_a_config_error(colours):
    with pytest.raises(ConfigError, match=r"codes/couleur.csv: 'V' is no notation.*valid: B, R"):
        colours("vert,V").find("vert")


def test_concepts_that_cannot_be_read_are_a_config_error(colours):
    with pytest.raises(ConfigError, match=r"vocab/concepts/couleur.ttl"):
        colours(concepts="<a> <b>").notations  # noqa: B018


def test_a_concept_is_had_by_its_notation(colours):
    assert colours()["B"] == BLUE


def test_an_unknown_notation_names_the_valid_ones(colours):
    with pytest.raises(ConfigError, match="'V' is no notation of the code list couleur; valid: B"):
        colours()["V"]


def test_concepts_are_under_the_base_of_the_store(colours):
    assert colours().scheme == f"{BASE}concept/couleur"
