"""The 405 points: each indicator gives exactly its own, and only the best distribution counts."""

import pyoxigraph as ox
import pytest

from graph.mqa import BANDS, INDICATORS, POINTS, TOTAL, Evidence, band, score
from vocab.codelist import CodeList
from vocab.openness import Openness

BASE = "http://localhost:8000/"
ROOT = "<https://ex.test/d/1>"
CSV = "<https://ex.test/d/1/csv>"
DCAT, DCT = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"
AUTHORITY = "http://publications.europa.eu/resource/authority/"
LINKS = {"<https://ex.test/d/1/csv>": True, "<https://ex.test/d/1.csv>": True}
TABLES = Openness.of(BASE)
WHOLE = Evidence(TABLES, is_compliant=True, answers=LINKS)


def parsed(turtle):
    found: dict[str, dict[str, list[str]]] = {}
    for triple in ox.parse(turtle, ox.RdfFormat.TURTLE):
        said = found.setdefault(str(triple.subject), {})
        said.setdefault(triple.predicate.value, []).append(str(triple.object))
    return found


@pytest.fixture
def golden(shared):
    """A description that has everything."""
    return parsed((shared / "reference/golden-dcat-ap.ttl").read_bytes())


@pytest.fixture
def complete():
    """The same in small, of our own."""
    return {
        ROOT: {
            DCAT + "keyword": ['"arbre"@fr'],
            DCAT + "theme": [f"<{AUTHORITY}data-theme/ENVI>"],
            DCT + "spatial": [f"<{AUTHORITY}country/FRA>"],
            DCT + "temporal": ["<https://ex.test/d/1/temporal>"],
            DCT + "accessRights": [f"<{AUTHORITY}access-right/PUBLIC>"],
            DCAT + "contactPoint": ["<https://ex.test/contact>"],
            DCT + "publisher": ["<https://ex.test/ville>"],
            DCT + "issued": ['"2024"^^<http://www.w3.org/2001/XMLSchema#gYear>'],
            DCT + "modified": ['"2025"^^<http://www.w3.org/2001/XMLSchema#gYear>'],
            DCAT + "distribution": [CSV],
        },
        CSV: {
            DCAT + "accessURL": ["<https://ex.test/d/1/csv>"],
            DCAT + "downloadURL": ["<https://ex.test/d/1.csv>"],
            DCT + "format": [f"<{AUTHORITY}file-type/CSV>"],
            DCAT + "mediaType": ["<https://www.iana.org/assignments/media-types/text/csv>"],
            DCT + "license": [f"<{AUTHORITY}licence/ETALAB_2_0>"],
            DCT + "rights": ["<https://ex.test/rights>"],
            DCAT + "byteSize": ['"1"^^<http://www.w3.org/2001/XMLSchema#integer>'],
        },
    }


def test_the_points_are_those_of_the_official_table():
    by_dimension: dict[str, int] = {}
    for each in INDICATORS:
        by_dimension[each.dimension] = by_dimension.get(each.dimension, 0) + each.points
    assert by_dimension == {
        "findability": 100,
        "accessibility": 100,
        "interoperability": 110,
        "reusability": 75,
        "contextuality": 20,
    }
    assert TOTAL == 405


def test_the_golden_catalogue_has_all_that_can_be_measured_without_requests(golden):
    found = score(golden, ROOT, Evidence(TABLES, is_compliant=True))
    assert (found.points, found.measurable) == (325, 325)
    assert found.unmeasured == {"access-url-answers", "download-url-answers"}
    assert found.distribution == CSV


def test_the_golden_catalogue_has_all_points_where_its_links_answer(golden):
    found = score(golden, ROOT, WHOLE)
    assert (found.points, found.measurable, band(found.points)) == (405, 405, "excellent")


def test_a_complete_description_has_all_points(complete):
    assert score(complete, ROOT, WHOLE).points == 405


LOST = {  # what is taken away, and the indicators that go with it
    (ROOT, DCAT + "keyword"): {"keyword"},
    (ROOT, DCAT + "theme"): {"theme"},
    (ROOT, DCT + "spatial"): {"spatial"},
    (ROOT, DCT + "temporal"): {"temporal"},
    (ROOT, DCT + "accessRights"): {"access-rights", "access-rights-vocabulary"},
    (ROOT, DCAT + "contactPoint"): {"contact-point"},
    (ROOT, DCT + "publisher"): {"publisher"},
    (ROOT, DCT + "issued"): {"issued"},
    (ROOT, DCT + "modified"): {"modified"},
    (CSV, DCAT + "accessURL"): {"access-url-answers"},
    (CSV, DCAT + "downloadURL"): {"download-url", "download-url-answers"},
    (CSV, DCT + "format"): {
        "format", "format-vocabulary", "non-proprietary", "machine-readable",
    },
    (CSV, DCAT + "mediaType"): {"media-type", "format-vocabulary"},
    (CSV, DCT + "license"): {"licence", "known-licence"},
    (CSV, DCT + "rights"): {"rights"},
    (CSV, DCAT + "byteSize"): {"byte-size"},
}  # fmt: skip


@pytest.mark.parametrize("place", LOST, ids=lambda place: place[1].rpartition("/")[2])
def test_what_is_not_said_costs_its_points_and_no_others(complete, place):
    subject, predicate = place
    del complete[subject][predicate]
    found = score(complete, ROOT, WHOLE)
    assert set(POINTS) - found.met == LOST[place]
    assert found.points == 405 - sum(POINTS[name] for name in LOST[place])


OTHER = {  # another value, and the indicators that it does not meet
    (CSV, DCT + "format", f"<{AUTHORITY}file-type/XLSX>"): {"non-proprietary"},
    (CSV, DCT + "format", f"<{AUTHORITY}file-type/SHP>"): {"non-proprietary"},
    (CSV, DCT + "format", f"<{AUTHORITY}file-type/ZIP>"): {"machine-readable"},
    (CSV, DCT + "format", f"<{AUTHORITY}file-type/GTFS>"): {"non-proprietary", "machine-readable"},
    (CSV, DCT + "format", "<https://ex.test/csv>"): {
        "format-vocabulary", "non-proprietary", "machine-readable",
    },
    (CSV, DCAT + "mediaType", "<https://ex.test/text/csv>"): {"format-vocabulary"},
    (CSV, DCT + "license", "<https://ex.test/licence>"): {"known-licence"},
    (CSV, DCT + "license", f"<{BASE}concept/licence/LO-1.0>"): {"known-licence"},
    (CSV, DCT + "license", f"<{AUTHORITY}licence/ODC_BL>"): set(),
    (ROOT, DCT + "accessRights", '"public"'): {"access-rights-vocabulary"},
}  # fmt: skip


@pytest.mark.parametrize("change", OTHER, ids=lambda change: change[2].rpartition("/")[2])
def test_a_value_outside_its_table_costs_what_the_table_gives(complete, change):
    subject, predicate, value = change
    complete[subject][predicate] = [value]
    assert set(POINTS) - score(complete, ROOT, WHOLE).met == OTHER[change]


def test_a_violation_costs_the_points_of_compliance(complete):
    found = score(complete, ROOT, Evidence(TABLES, is_compliant=False, answers=LINKS))
    assert set(POINTS) - found.met == {"compliance"}
    unknown = score(complete, ROOT, Evidence(TABLES, answers=LINKS))
    assert (unknown.points, unknown.measurable) == (375, 375)


def test_a_link_that_does_not_answer_costs_its_points(complete):
    answers = LINKS | {"<https://ex.test/d/1.csv>": False}
    found = score(complete, ROOT, Evidence(TABLES, True, answers))
    assert set(POINTS) - found.met == {"download-url-answers"}
    assert found.measurable == 405


def test_a_link_that_was_not_asked_is_not_measured(complete):
    answers = {"<https://ex.test/d/1/csv>": True}
    found = score(complete, ROOT, Evidence(TABLES, True, answers))
    assert found.unmeasured == {"download-url-answers"}
    assert (found.points, found.measurable) == (375, 375)


def test_only_the_best_distribution_counts(complete):
    pdf = "<https://ex.test/d/1/a-pdf>"
    complete[ROOT][DCAT + "distribution"].insert(0, pdf)
    complete[pdf] = {
        DCAT + "accessURL": ["<https://ex.test/d/1/pdf>"],
        DCT + "format": [f"<{AUTHORITY}file-type/PDF>"],
    }
    found = score(complete, ROOT, WHOLE)
    assert (found.points, found.distribution) == (405, CSV)


def test_points_of_two_distributions_are_not_added_up(complete):
    other = "<https://ex.test/d/1/other>"
    complete[ROOT][DCAT + "distribution"].append(other)
    complete[other] = {DCT + "license": complete[CSV].pop(DCT + "license")}
    assert set(POINTS) - score(complete, ROOT, WHOLE).met == {"licence", "known-licence"}


@pytest.mark.parametrize("name", ["issued", "modified"])
def test_a_date_counts_once_of_the_dataset_or_of_its_distribution(complete, name):
    complete[CSV][DCT + name] = complete[ROOT][DCT + name]
    assert score(complete, ROOT, WHOLE).points == 405
    del complete[ROOT][DCT + name]
    assert score(complete, ROOT, WHOLE).points == 405


def test_a_dataset_that_says_nothing_has_no_points():
    found = score({}, ROOT, Evidence(TABLES, is_compliant=False))
    assert (found.points, found.measurable, found.distribution) == (0, 325, "")
    assert band(found.points) == "bad"


@pytest.mark.parametrize(
    ("points", "name"),
    [(405, "excellent"), (351, "excellent"), (350.9, "good"), (221, "good"), (220, "sufficient"),
     (121, "sufficient"), (120, "bad"), (0, "bad")],
)  # fmt: skip
def test_the_bands(points, name):
    assert band(points) == name
    assert name in {band_name for _, band_name in BANDS}


def test_each_indicator_dimension_and_band_has_its_words():
    notations = CodeList("quality", BASE).notations
    named = {each.name for each in INDICATORS} | {each.dimension for each in INDICATORS}
    assert named | {name for _, name in BANDS} <= set(notations)
