"""How a DCAT feed is walked: Hydra in all its forms, and what makes a feed whole."""

from importlib import resources
from pathlib import Path

import pytest

from tests.ingest.dcat_feeds import PREFIXES, dataset, describe, walk

HYDRA = "http://www.w3.org/ns/hydra/core#"


@pytest.fixture
def portal(server, make_portal):
    return make_portal(type="dcat", url=f"{server.url}/feed.ttl")


@pytest.fixture
def walked(portal, connectors, open_fetcher):
    return lambda: walk(portal, connectors, open_fetcher)


def page(*numbers, next="", total="", of="hydra:next"):
    """A page of datasets, and what it says of the next one."""
    listed = f"; dcat:dataset {', '.join(f'd:{number}' for number in numbers)}" if numbers else ""
    said = f"<> a hydra:PartialCollectionView ; {of} {next} ." if next else ""
    count = f"; hydra:totalItems {total}" if total else ""
    return f"{PREFIXES} d:c a dcat:Catalog, hydra:Collection {count} {listed} . {said}\n" + "".join(
        map(dataset, numbers)
    )


def paged(server, **different):
    """Three pages of two, two and one datasets."""

    def answer(query):
        number = int(query.get("page", "1"))
        next = different.get("next", "<?page={}>") if number < 3 else different.get("last", "")
        numbers = {1: (1, 2), 2: (3, 4), 3: (5,)}[number]
        of = different.get("of", "hydra:next")
        link = next.format(number + 1, url=server.url)
        return page(*numbers, next=link, total=different.get("total", "5"), of=of)

    server.answers["/feed.ttl"] = answer


@pytest.mark.parametrize(
    "different",
    [
        {},
        {"total": ""},
        {"total": '"5"'},
        {"next": '"?page={}"'},
        {"next": '"{url}/feed.ttl?page={}"'},
        {"next": "<{url}/feed.ttl?page={}>"},
        {"next": '" {url}/feed.ttl?page={} "'},
        {"of": "hydra:nextPage"},
        {"of": "hydra:nextPage", "next": '"{url}/feed.ttl?page={}"'},
    ],
)
def test_pages_are_followed_to_the_last(server, walked, different):
    paged(server, **different)
    found = walked()
    assert found.ids == [f"jeu-{number}" for number in (1, 2, 3, 4, 5)]
    assert found.issues == []
    assert [query.get("page") for query in server.queries("/feed.ttl")] == [None, "2", "3"]


def test_rdf_is_asked_for(server, walked):
    paged(server)
    walked()
    [headers] = {headers["Accept"] for path, _, headers in server.requests if "feed" in path}
    assert headers.startswith("application/rdf+xml, text/turtle, application/ld+json")


def test_a_feed_that_is_harvested_again_has_not_changed(server, portal, run, held):
    paged(server)
    assert run(portal).added == 5
    again = run(portal)
    assert (again.unchanged, again.quads) == (5, 0)
    assert held() == {f"jeu-{number}" for number in range(1, 6)}


@pytest.mark.parametrize("total", ["4", "6", '"beaucoup"', "-1"])
def test_a_count_that_does_not_hold_is_no_feed(server, portal, run, held, total):
    paged(server)
    run(portal)
    paged(server, total=total)
    outcome = run(portal)
    assert outcome.error is not None
    assert len(held()) == 5


@pytest.mark.parametrize("last", ["<?page=2>", "<?page=3>", '"{url}/feed.ttl"'])
def test_pages_that_come_round_again_are_no_feed(server, portal, run, last):
    paged(server, last=last, total="")
    assert "come round again" in str(run(portal).error)


def test_a_page_that_repeats_under_another_address_is_no_feed(server, portal, run):
    server.answers["/feed.ttl"] = lambda query: page(1, 2, next=f"<?page={len(server.requests)}>")
    assert "repeats" in str(run(portal).error)


@pytest.mark.parametrize("next", ["<ftp://d.example/2>", "<file:///etc/passwd>", '"javascript:1"'])
def test_the_next_page_is_on_the_web(server, portal, run, next):
    server.answers["/feed.ttl"] = page(1, next=next)
    assert "no address of the web" in str(run(portal).error)


def test_a_page_that_fails_is_no_feed(server, portal, run, held):
    paged(server, next="<autre?page={}>")
    assert run(portal).error is not None
    assert held() == set()


def test_a_dataset_on_two_pages_counts_once(server, walked):
    server.answers["/feed.ttl"] = lambda query: (
        page(2, 3, total="3") if query else page(1, 2, next="<?page=2>", total="3")
    )
    assert walked().ids == ["jeu-1", "jeu-2", "jeu-2", "jeu-3"]  # the harvest keeps the first


def test_datasets_that_are_only_named_are_issues(server, walked):
    server.answers["/feed.ttl"] = (
        page(1, total="2") + "d:c dcat:dataset d:perdu . d:r foaf:primaryTopic d:autre ."
    )
    found = walked()
    assert found.ids == ["jeu-1"]
    named = {(issue.key, issue.value) for issue in found.issues}
    assert named == {
        ("dcat:dataset", "http://d.example/perdu"),
        ("foaf:primaryTopic", "http://d.example/autre"),
    }


def test_a_dataset_that_is_only_named_counts_as_received(server, portal, run):
    server.answers["/feed.ttl"] = page(1, total="2") + "d:c dcat:dataset d:perdu ."
    outcome = run(portal)
    assert (outcome.error, outcome.added, outcome.issues["missing"]) == (None, 1, 1)


def test_a_dataset_may_be_named_on_another_page_than_it_is_described_on(server, walked):
    server.answers["/feed.ttl"] = lambda query: (
        page(2) if query else page(1, next="<?page=2>") + "d:c dcat:dataset d:2 ."
    )
    assert walked().issues == []


def test_what_is_a_dataset(server, walked):
    server.answers["/feed.ttl"] = (
        page(1)
        + 'd:c dcat:dataset d:sans-classe . d:sans-classe dct:title "T" .'
        + 'd:serie a dcat:DatasetSeries ; dct:title "S" .'
        + "d:nomme a dcat:Dataset . d:1 dct:relation d:nomme ."
        + 'd:autre a dcat:Catalog, dcat:Dataset ; dct:title "C" .'
    )
    assert sorted(walked().ids) == ["jeu-1", "sans-classe", "serie"]


def test_relative_iris_are_relative_to_the_address(server, walked):
    text = '@base <> . <jeux/1> a dcat:Dataset ; dct:title "T" ; dcat:landingPage <#page> .'
    server.answers["/feed.ttl"] = PREFIXES + text.replace("@base <> . ", "")
    [record] = walked().records
    root = record.payload["root"]
    assert root == f"{server.url}/jeux/1"
    assert list(record.payload["nodes"][root]["dcat:landingPage"]) == [
        f"<{server.url}/feed.ttl#page"
    ]
    assert record.payload["repairs"] == []


# --- files ----------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path, make_portal, connectors, open_fetcher):
    """A feed in files; the first one is the portal's."""

    def written(**pages):
        for name, text in pages.items():
            (tmp_path / f"{name}.ttl").write_text(text, "utf-8")
        portal = make_portal(
            type="dcat",
            url=f"file:{tmp_path / next(iter(pages))}.ttl",
            site="https://data.ville.example",
        )
        return walk(portal, connectors, open_fetcher)

    return written


def test_a_next_page_beside_the_file_is_read(files):
    found = files(un=page(1, next="<deux.ttl>", total="9"), deux=page(2))
    assert found.ids == ["jeu-1", "jeu-2"]
    assert found.issues == []


def test_a_copy_of_the_portals_next_page_beside_the_file_is_read(files):
    found = files(un=page(1, next='"https://data.ville.example/catalogue/deux.ttl"'), deux=page(2))
    assert found.ids == ["jeu-1", "jeu-2"]


@pytest.mark.parametrize("next", ["<deux.ttl>", '"http://d.example/feed?page=2"', "<../un.ttl>"])
def test_a_file_is_the_whole_of_what_was_recorded(files, next):
    text = page(1, next=next, total="9") + "d:c dcat:dataset d:2 ."
    if ".." in next:  # a page above is not beside: its name is, and that is the file itself
        text = text.replace("../un.ttl", "../ailleurs.ttl")
    found = files(un=text)
    assert found.ids == ["jeu-1"]
    assert found.complaints == [("missing", "hydra:next")]


def test_relative_iris_of_a_file_are_relative_to_the_site(files):
    found = files(un=PREFIXES + '</jeux/1> a dcat:Dataset ; dct:title "T" .')
    assert found.records[0].payload["root"] == "https://data.ville.example/jeux/1"


def test_the_bundled_sample_goes_in(make_portal, connectors, open_fetcher, begin):
    sample = Path(str(resources.files("ingest").joinpath("samples/grenoble.ttl")))
    site = "https://data.metropolegrenoble.fr"
    portal = make_portal(type="dcat", url=f"file:{sample}", site=site)
    found, issues = describe(portal, connectors, open_fetcher, begin)
    assert len(found) == 12
    assert issues == [issue for each in found.values() for issue in each.issues] == []
