"""The law on high-value datasets is said of all that a dataset is given by."""

import pytest

from ingest.legislating import legislate

LAW = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
OTHER = "http://data.europa.eu/eli/reg/2016/679/oj"
CATEGORY = "http://data.europa.eu/bna/c_ac64a52d"


@pytest.fixture
def reading(begin):
    """A dataset with two distributions, one of them by a service; another's service."""
    reading = begin()
    dataset = reading.node(reading.root, "Dataset")
    dataset.link("hvdCategory", CATEGORY)
    dataset.part("contactPoint", "contact", "Kind")
    dataset.part("distribution", "distribution/1", "Distribution")
    second = dataset.part("distribution", "distribution/2", "Distribution")
    second.part("accessService", "service/2", "DataService")
    reading.node(f"{reading.root}/service/autre", "DataService")
    return reading


def said(reading, path, term):
    start = f"<{reading.root}{path}> {reading.terms[term].predicate} <"
    lines = [line for line in reading.lines if line.startswith(start)]
    return [line[len(start) :].partition(">")[0] for line in lines]


def test_the_law_is_said_of_distributions_and_their_services(reading):
    reading.node(reading.root).add("applicableLegislation", LAW)
    legislate(reading)
    for path in ("/distribution/1", "/distribution/2", "/service/2"):
        assert said(reading, path, "applicableLegislation") == [LAW]
    assert said(reading, "/service/2", "hvdCategory") == [CATEGORY]
    assert said(reading, "/service/2", "contactPoint") == [f"{reading.root}/contact"]
    assert said(reading, "/service/autre", "applicableLegislation") == []
    assert said(reading, "/distribution/1", "hvdCategory") == []


def test_what_is_said_already_is_not_said_twice(reading):
    reading.node(reading.root).add("applicableLegislation", LAW)
    service = reading.node(f"{reading.root}/service/2")
    service.add("applicableLegislation", LAW)
    service.link("hvdCategory", "http://data.europa.eu/bna/c_b79e35eb")
    legislate(reading)
    assert said(reading, "/service/2", "applicableLegislation") == [LAW]
    assert said(reading, "/service/2", "hvdCategory") == ["http://data.europa.eu/bna/c_b79e35eb"]


@pytest.mark.parametrize("law", [None, OTHER])
def test_no_other_law_is_said_of_more_than_the_portal_says(reading, law):
    if law:
        reading.node(reading.root).add("applicableLegislation", law)
    lines = list(reading.lines)
    legislate(reading)
    assert reading.lines == lines
