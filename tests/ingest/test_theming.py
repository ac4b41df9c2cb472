"""Keywords that name themes, where a portal has no themes."""

import pytest

from ingest.theming import keyword_themes

THEME = "http://publications.europa.eu/resource/authority/data-theme/"


@pytest.fixture
def read(begin):
    """The themes that keywords name, and the shared statements about their derivations."""

    def themes(*words):
        reading = begin()
        keyword_themes(reading, reading.node(reading.root), "tags", words)
        of = reading.terms["theme"].predicate
        rows = (line.split(" ", 2) for line in reading.lines)
        found = [row[2].partition(">")[0].rpartition("/")[2] for row in rows if row[1] == of]
        return found, "".join(reading.shared), reading.issues

    return themes


def test_a_keyword_that_names_a_theme_is_one(read):
    found, shared, _ = read("velo", "Stationnement", "rue-de-rivoli", "budget")
    assert sorted(found) == ["ECON", "GOVE", "TRAN"]
    assert '"velo"' in shared
    assert "concept/rule/keyword>" in shared
    assert '"0.8"^^' in shared


def test_a_keyword_that_names_none_is_no_issue(read):
    assert read("rue-de-rivoli", "2019") == ([], "", [])


@pytest.mark.parametrize("word", ["open-data", "Open Data", "statistiques", "archives"])
def test_a_keyword_of_how_the_data_came_to_be_names_none(read, word):
    assert read(word) == ([], "", [])


def test_two_keywords_of_one_theme_are_two_derivations_of_it(read):
    found, shared, _ = read("velo", "vélo", "bus", "transport")
    assert found == ["TRAN"]
    assert shared.count("#Derivation>") == 3
