"""What a dataset of a DCAT feed covers, in space and in time."""

import pytest

from tests.ingest.dcat_feeds import EU, feeds, of_one


@pytest.fixture
def described(request):
    """Every record of a feed in Turtle, described, by its identifier."""
    return feeds(request)


@pytest.fixture
def said(described):
    """The one dataset of a feed, with what is said of it beside title and description."""
    return of_one(described)


def test_places_by_iri_by_name_and_by_extent(said):
    found = said(
        'dct:spatial <http://id.insee.fr/geo/commune/31555>, "France", "Toulouse centre",'
        ' [ a dct:Location ; skos:prefLabel "Toulouse"@fr ; dcat:bbox'
        ' "POLYGON((1.3 43.5,1.5 43.5,1.5 43.6,1.3 43.5))"^^geo:wktLiteral ], "1.2,43.5,1.4,43.7"'
    )
    assert set(found("", "spatial")) == {
        "http://id.insee.fr/geo/commune/31555", f"{EU}country/FRA", f"{found.root}/spatial",
        f"{found.root}/spatial/toulouse-centre", "http://localhost:8000/place/commune/31555",
    }  # fmt: skip
    assert found.one("/spatial", "bbox").startswith("POLYGON((1.2 43.5,1.5 43.5,1.5 43.7")
    assert found("/spatial", "prefLabel") == ["Toulouse"]
    assert found("/spatial/toulouse-centre", "prefLabel") == ["Toulouse centre"]


def test_an_extent_that_cannot_be_read_is_an_issue(said):
    found = said('dct:spatial [ dcat:bbox "partout" ], "{{extent}}"')
    assert found("", "spatial") == []
    assert found.complaints == {
        ("invalid-value", "dct:spatial"): 1,
        ("invalid-value", "dct:spatial/dcat:bbox"): 1,
    }


@pytest.mark.parametrize(
    "period",
    [
        '[ dcat:startDate "2015-01-01"^^xsd:date ; dcat:endDate "2016-12-31"^^xsd:date ]',
        '[ schema:startDate "2015-01-01T00:00:00" ; schema:endDate "2016-12-31T00:00:00" ]',
        '[ time:hasBeginning [ time:inXSDDate "2015-01-01" ] ;'
        ' time:hasEnd [ time:inXSDDateTime "2016-12-31T00:00:00" ] ]',
        '"2015-01-01/2016-12-31"',
        '"2015-01-01T00:00:00+01:00\n / \n2016-12-31T00:00:00+01:00"'.replace("\n", "\\n"),
    ],
)
def test_periods_as_anyone_writes_them(said, period):
    found = said(f"dct:temporal {period}")
    assert found("/temporal", "startDate") == ["2015-01-01"]
    assert found("/temporal", "endDate") == ["2016-12-31"]
    assert found.issues == []


def test_several_periods_are_all_kept(said):
    found = said(
        'dct:temporal [ dcat:startDate "2015" ; dcat:endDate "2016" ], [ dcat:startDate "2020" ]'
    )
    assert found("/temporal/2015-2016", "startDate") == ["2015"]
    assert found("/temporal/2020", "startDate") == ["2020"]


def test_a_period_that_is_none_is_an_issue(said):
    assert said('dct:temporal "jadis"').complaints == {("invalid-value", "dct:temporal"): 1}
