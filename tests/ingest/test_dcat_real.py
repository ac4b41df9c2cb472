"""The captured DCAT feeds: every record of every one goes in, and nothing is lost in silence."""

from collections import Counter
from typing import NamedTuple

import pytest

from tests.ingest.conftest import Description
from tests.ingest.dcat_feeds import EU, describe

RECORDS = {
    "dcat/apur-cassini-esri.jsonld": 71,
    "dcat/bnodes.jsonld": 3,
    "dcat/ckan.jsonld": 100,
    "dcat/ckan.rdf": 100,
    "dcat/ckan.ttl": 100,
    "dcat/evian.json": 8,
    "dcat/flat.jsonld": 3,
    "dcat/nested.jsonld": 1,
    "dcat/paged-collection-1.jsonld": 3,
    "dcat/paged-collection-2.jsonld": 1,
    "dcat/partial-collection-1.jsonld": 3,
    "dcat/partial-collection-2.jsonld": 1,
    "dcat/series.xml": 1,
    "dcat/sig.oreme.rdf": 1,
    "dcat/statbel_opendata_subset.ttl": 10,
    "dcat/udata.xml": 3,  # two datasets, and the service of both
    "dcat/malformed/fpsbosabudget.xml": 3,
    "dcat/malformed/oreme-geonetwork-two-iris.xml": 1,
    "dcat/malformed/rennes-ods-frequency-as-iri.rdf": 2,  # one is a service
    "opendatasoft/capatlantique-dcat-export.rdf": 2,  # one is a service
    "opendatasoft/rennes-dcat-export.rdf": 27,
}


class Feed(NamedTuple):
    """What became of a feed: the descriptions by identifier, and the issues of no record."""

    descriptions: dict[str, Description]
    issues: Counter[tuple[str, str]]

    @property
    def complaints(self):
        """How many records have an issue of each kind and key."""
        return sum(
            (Counter(set(found.complaints)) for found in self.descriptions.values()), Counter()
        )


@pytest.fixture
def feed(shared, connectors, make_portal, open_fetcher, begin):
    """A captured feed, described."""

    def described(name):
        portal = make_portal(
            type="dcat",
            url=f"file:{shared / 'portals' / name}",
            site="https://data.ville.example",
        )
        found, issues = describe(portal, connectors, open_fetcher, begin)
        return Feed(found, Counter((issue.kind, issue.key) for issue in issues))

    return described


@pytest.mark.parametrize("name", RECORDS)
def test_every_record_goes_in(feed, name):
    found = feed(name)
    assert len(found.descriptions) == RECORDS[name]
    for description in found.descriptions.values():
        assert description("", "title")
        assert description("", "description") or description("", "endpointURL")


@pytest.mark.parametrize("name", RECORDS)
def test_no_property_is_lost_in_silence(feed, name):
    kinds = {kind for kind, _ in feed(name).complaints}
    assert "unknown-key" not in kinds


def test_every_captured_feed_is_read(shared):
    captured = {
        path.relative_to(shared / "portals").as_posix()
        for folder, pattern in (("dcat", "**/*.*"), ("opendatasoft", "*.rdf"))
        for path in (shared / "portals" / folder).glob(pattern)
    }
    assert captured == set(RECORDS)


def test_three_syntaxes_of_one_feed_say_the_same(feed):
    turtle, rdf_xml, json_ld = (feed(f"dcat/ckan.{suffix}") for suffix in ("ttl", "rdf", "jsonld"))
    for name, description in turtle.descriptions.items():
        for other in (rdf_xml, json_ld):
            assert other.descriptions[name].triples == description.triples
            assert other.descriptions[name].issues == description.issues
    assert turtle.issues == rdf_xml.issues == json_ld.issues == {("missing", "hydra:next"): 1}


def test_ckan(feed):
    found = feed("dcat/ckan.ttl")
    assert found.complaints == {
        ("repaired-iri", "dcat:distribution/dcat:accessURL"): 94,
        ("missing", "dct:description"): 25,
        ("repaired-iri", "dcat:landingPage"): 13,
        ("invalid-value", "dcat:landingPage"): 9,
        ("unknown-value", "dcat:distribution/dct:format"): 5,
        ("unknown-value", "dct:accrualPeriodicity"): 2,
        ("missing", "dct:publisher"): 2,
        ("unknown-value", "dct:language"): 1,
        ("unknown-value", "dcat:theme"): 1,
        ("unknown-value", "dct:publisher/dct:type"): 1,
    }
    one = found.descriptions["a4a6570b-d91d-4bdd-af18-d7beca65c37f"]
    assert one.one("/temporal", "startDate") == "2016-12-05"
    assert one.one("", "version") == "1.0"
    assert one.one("/contact", "hasEmail") == "mailto:wu3@example.com"
    assert len(one("", "distribution")) == 2


def test_arcgis_hub(feed):
    found = feed("dcat/evian.json")
    parking = found.descriptions["f6565516d1354383b25793e630cf3f2b_5"]
    assert parking("", "description") == [
        "Emplacement et description des stationnement vélos à Evian-les-Bains"
    ]
    assert parking("", "accessRights") == [f"{EU}access-right/PUBLIC"]
    assert parking.one("/spatial", "bbox").startswith("POLYGON((6.5735 46.3912,6.6069 46.3912")
    assert len(parking("", "distribution")) == 6
    licences = {
        licence
        for iri in parking("", "distribution")
        for licence in parking(iri.removeprefix(parking.root), "license")
    }
    assert licences == {f"{EU}licence/ETALAB_2_0"}  # by the address in the words of the licence
    assert found.complaints == {
        ("missing", "dct:description"): 3,
        ("invalid-value", "dct:spatial"): 3,
        ("unknown-value", "dct:license"): 1,  # « Licence Etalab » in a sentence, no address
    }


def test_apur_has_downloads_without_access(feed):
    found = feed("dcat/apur-cassini-esri.jsonld")
    distributions = [
        (description, iri.removeprefix(description.root))
        for description in found.descriptions.values()
        for iri in description("", "distribution")
    ]
    assert len(distributions) == 418
    assert all(description(part, "accessURL") for description, part in distributions)
    assert found.complaints == {
        ("unknown-value", "dct:license"): 71,
    }


def test_udata(feed):
    found = feed("dcat/udata.xml")
    one = found.descriptions["bureau-de-vote-vanves"]
    assert one("", "qualifiedAttribution") == [
        f"{one.root}/attribution/distributor-ville-de-vanves"
    ]
    assert len(one("", "distribution")) == 4
    assert set(found.descriptions["v2.1"]("", "servesDataset")) == {
        found.descriptions[name].root
        for name in ("bureau-de-vote-vanves", "vfe_public_219200755_20240506")
    }
    assert found.complaints == {("missing", "dcat:distribution/dct:rights"): 2}


def test_statbel_speaks_four_languages(feed):
    found = feed("dcat/statbel_opendata_subset.ttl")
    one = found.descriptions["NodeID1546"]
    assert {title.language for title in one.nodes("", "title")} == {"en", "fr", "nl"}
    assert len({word.language for word in one.nodes("", "keyword")}) == 3
    assert one.one("/contact", "fn")
    assert len(one("", "distribution")) == 2
    assert f"{EU}data-theme/ECON" in one("", "theme")
    assert found.complaints == {("unknown-value", "dct:license"): 10}


def test_a_series_of_geonetwork(feed):
    [one] = feed("dcat/series.xml").descriptions.values()
    assert len(one("", "distribution")) == 2
    assert len({service for iri in one("", "distribution")
                for service in one(iri.removeprefix(one.root), "accessService")}) == 2  # fmt: skip
    assert one.one("/record", "modified") == "2025-05-16T09:41:56.279358Z"
    assert one.one("/spatial", "bbox").startswith("POLYGON((1.4 50,2.36 50,2.36 51.1")
    assert one.one("/temporal", "endDate") == "2014-01-30"
    assert one.issues == []


def test_geonetwork_lists_other_iris_than_it_describes(feed):
    found = feed("dcat/sig.oreme.rdf")
    assert found.issues == {("missing", "dcat:dataset"): 1, ("missing", "foaf:primaryTopic"): 1}
    [one] = found.descriptions.values()
    assert one("", "publisher")[0].endswith("/umr-geosciences-montpellier-gm")
    assert one("", "modified") == ["2022-02-14"]


def test_opendatasoft(feed):
    found = feed("opendatasoft/rennes-dcat-export.rdf")
    assert sum(len(each("", "distribution")) for each in found.descriptions.values()) == 272
    assert found.complaints == {
        ("repaired-iri", "dct:spatial"): 5,
        ("repaired-iri", "dct:coverage"): 5,
        ("missing", "dct:creator"): 3,
        ("unknown-value", "dct:license"): 1,
        ("unknown-value", "dcat:distribution/dct:license"): 1,
    }
    places = [each("", "spatial") for each in found.descriptions.values()]
    rennes = [each for each in places if any(one.endswith("place/commune/35238") for one in each)]
    assert len(rennes) == 5  # the portal writes rdf:resource="Rennes"


# --- feeds that do not parse ----------------------------------------------------------------------


def test_a_period_without_its_node(feed):
    found = feed("dcat/malformed/fpsbosabudget.xml")
    assert found.complaints == {("shape", "dct:temporal"): 3}
    assert found.issues == {}
    one = found.descriptions["fpsbosa-bb-budget-2025"]
    assert one.one("/temporal", "startDate") == "2025-01-01"
    assert one.one("/temporal", "endDate") == "2025-06-30"
    assert one("", "hvdCategory") == ["http://data.europa.eu/bna/c_4ac557e7"]
    assert len(one("", "distribution")) == 2


def test_two_iris_in_one_and_texts_beside_iris(feed):
    found = feed("dcat/malformed/oreme-geonetwork-two-iris.xml")
    assert found.issues == {("missing", "foaf:primaryTopic"): 1}
    one = found.descriptions["0c456d2d-9548-4a2a-94ef-231d9d890ce2"]
    assert one.complaints[("shape", "dcat:theme")] == 9
    assert one.complaints[("shape", "dct:license")] == 2
    assert one.complaints[("repaired-iri", "rdf:about")] == 1
    assert one.complaints[("missing", "dcat:distribution")] == 4
    assert one("", "wasDerivedFrom") == [
        "https://sig.oreme.org/geonetwork/srv/resources/datasets/"
        "0c456d2d-9548-4a2a-94ef-231d9d890ce2"
    ]
    assert one.one("/spatial", "bbox").startswith("POLYGON((3.98198 44.0531")
    assert one.one("/temporal", "startDate") == "2004-11-03"


def test_words_in_the_place_of_iris(feed):
    one, _ = feed("dcat/malformed/rennes-ods-frequency-as-iri.rdf").descriptions.values()
    assert one("", "accrualPeriodicity") == [f"{EU}frequency/CONT"]
    assert one("/spatial/france-entiere-et-hors-territoire", "prefLabel")
    assert one.complaints == {
        ("unknown-value", "dct:coverage"): 1,
        ("unknown-value", "dct:spatial"): 1,
        ("repaired-iri", "dct:accrualPeriodicity"): 1,
        ("repaired-iri", "dct:coverage"): 1,
        ("repaired-iri", "dct:spatial"): 1,
        ("missing", "dct:creator"): 1,
    }
