"""The IRIs that are minted: stable for ever."""

import pytest

from graph.iris import Iris, segment, slug
from vocab.errors import ConfigError

IRIS = Iris("http://localhost:8000/")


@pytest.mark.parametrize(
    ("identifier", "encoded"),
    [
        ("les-arbres", "les-arbres"),
        ("jeu@autre-portail", "jeu@autre-portail"),
        ("a/b", "a%2Fb"),
        ("a b?c#d%", "a%20b%3Fc%23d%25"),
        ("été", "%C3%A9t%C3%A9"),
        ("..a", "..a"),
        ("\ud800", "%3F"),
    ],
)
def test_an_identifier_becomes_one_path_segment(identifier, encoded):
    dataset = IRIS.dataset("paris", identifier)
    assert dataset == f"http://localhost:8000/dataset/paris/{encoded}"


@pytest.mark.parametrize("identifier", ["", " ", ".", "..", "...", "x" * 401])
def test_what_can_be_no_segment_is_refused(identifier):
    with pytest.raises(ValueError, match="can name nothing"):
        segment(identifier)


def test_the_longest_identifier_is_kept_whole():
    assert segment("x" * 400) == "x" * 400


def test_a_slug_is_the_folded_name():
    assert slug("Ville de Paris – Voirie & Déplacements") == "ville-de-paris-voirie-deplacements"


def test_a_slug_that_is_cut_differs_by_a_hash():
    one, other = slug("direction " * 20 + "A"), slug("direction " * 20 + "B")
    assert one != other
    assert one[:68] == other[:68]
    assert len(one) <= 80


def test_the_hash_of_a_slug_is_for_ever():
    assert slug("東京都") == "05ef75a88a"


def test_names_without_a_latin_letter_stay_apart():
    assert slug("東京都") != slug("大阪府")


@pytest.mark.parametrize(
    ("minted", "path"),
    [
        (IRIS.catalog("paris"), "catalog/paris"),
        (IRIS.graph("paris"), "graph/paris"),
        (IRIS.agent("217500016"), "agent/217500016"),
        (IRIS.agent("paris", "dvd"), "agent/paris/dvd"),
        (IRIS.place("commune", "75056"), "place/commune/75056"),
        (IRIS.concept("licence", "LOV1"), "concept/licence/LOV1"),
        (IRIS.concept("licence"), "concept/licence"),
    ],
)
def test_every_kind_has_its_place_under_the_base(minted, path):
    assert minted == f"http://localhost:8000/{path}"


@pytest.mark.parametrize("base", ["http://a.example", "ftp://a.example/", "a.example/", "http:///"])
def test_a_base_that_is_none_is_a_config_error(base):
    with pytest.raises(ConfigError, match="the base IRI"):
        Iris(base)
