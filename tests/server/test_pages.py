"""The pages, as a person and a browser meet them."""

from itertools import pairwise
from urllib.parse import urldefrag, urljoin

import pytest

from ingest.run import sample_portals

DATASET, CATALOG = "dataset/toulouse/arbres-urbains", "catalog/toulouse"
PAGES = [
    "", "sparql", f"{CATALOG}.html", f"{DATASET}.html", f"{DATASET}/distribution/csv.html",
    f"{DATASET}/column/genre.html", f"{DATASET}/record.html", "agent/243100518.html",
    "place/epci/243100518.html", "graph/toulouse.html",
]  # fmt: skip
LOADED = {"script", "img", "iframe", "object", "embed", "audio", "video", "source"}


@pytest.fixture
def page(site, parse_page):
    """The page at a path, parsed."""

    def get(path):
        answer = site.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 200, path
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        return parse_page(answer.text)

    return get


def hrefs(page):
    return [each.attributes["href"] for each in page.all("a", "link")]


def test_the_front_page_lists_the_catalogues_and_three_questions(page):
    main = page("").all("main")[0]
    assert len(main.all("tbody")[0].all("tr")) == len(sample_portals())
    assert "Toulouse Métropole Open Data" in main.all("tbody")[0].text
    queries = [href for href in hrefs(main) if href.startswith("/sparql?query=")]
    assert len(queries) == 3


def test_a_dataset_shows_its_title_description_and_publisher(page):
    found = page(f"{DATASET}.html")
    assert [each.text for each in found.all("h1")] == ["Arbres urbains"]
    text = found.all("main")[0].text
    assert "jardiniers de Toulouse" in text
    assert "Publié par" in [each.text for each in found.all("dt")]
    assert "Toulouse Métropole" in found.all("dl")[0].text
    assert "Licence" in text


def test_a_dataset_lists_its_distributions_with_their_addresses(page):
    files = page(f"{DATASET}.html").all("table")[0]
    rows = files.all("tbody")[0].all("tr")
    assert len(rows) > 5
    exported = "https://data.toulouse-metropole.fr/api/explore/v2.1/catalog/datasets/arbres-urbains"
    assert f"{exported}/exports/csv" in hrefs(files)


def test_a_dataset_lists_its_columns_in_their_order(page):
    rows = page(f"{DATASET}.html").all("table")[1].all("tbody")[0].all("tr")
    assert [row.all("code")[0].text for row in rows][:4] == ["id", "genre", "espece", "nom_commun"]
    height = next(row for row in rows if row.all("code")[0].text == "hauteur")
    assert "Hauteur" in height.text
    assert [each.text for each in height.all("td")].count("m") == 1


def test_a_catalogue_lists_all_its_datasets_by_title(page, snapshot, base):
    found = page(f"{CATALOG}.html")
    rows = [row for row in found.all("tr") if row.all("td")]
    titles = [row.all("a")[0].text for row in rows]
    assert len(titles) == snapshot.index.catalog(base + CATALOG).datasets
    first = [title[0].lower() for title in titles if title[0].isascii()]
    assert first == sorted(first)
    assert len(set(titles)) == len(titles)


def test_a_long_catalogue_is_paged(tmp_path, free_port, gather, start, many_datasets, parse_page):
    port = free_port()
    gather(tmp_path / "store", f"http://localhost:{port}/", [many_datasets(tmp_path, 230)])
    with start(port, "serve", "--store", tmp_path / "store") as client:
        path, seen, pages = CATALOG + ".html", [], 0
        while path:
            answer = parse_page(client.get(path).text)
            rows = [row for row in answer.all("tr") if row.all("td")]
            seen += [row.all("a")[0].attributes["href"] for row in rows]
            following = [a for a in answer.all("a") if a.attributes.get("rel") == "next"]
            # The address of the catalogue is negotiated: the client asks for a page.
            client.headers["Accept"] = "text/html"
            path, pages = following[0].attributes["href"] if following else "", pages + 1
        assert pages == 3
        assert len(seen) == len(set(seen)) == 230
        unknown = client.get(f"{CATALOG}.html?page=4")
        assert unknown.status_code in (400, 404)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole(page, path):
    found = page(path)
    html = found.all("html")
    assert [each.attributes["lang"] for each in html] == ["fr"]
    assert len(found.all("title")) == len(found.all("h1")) == len(found.all("main")) == 1
    assert found.all("h1")[0].text
    identifiers = [each.attributes["id"] for each in found.all() if "id" in each.attributes]
    assert len(set(identifiers)) == len(identifiers)
    assert all(each.all("caption") for each in found.all("table"))
    levels = [int(each.name[1]) for each in found.all("h1", "h2", "h3")]
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("path", PAGES)
def test_every_lang_attribute_names_a_language(page, path):
    languages = [each.attributes["lang"] for each in page(path).all() if "lang" in each.attributes]
    assert set(languages) <= {"fr", "en", "de", "es", "it"}


def test_every_page_has_a_title_of_its_own(page):
    titles = [page(path).all("title")[0].text for path in PAGES]
    assert len(set(titles)) == len(titles), titles


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_elsewhere_and_runs_no_script(page, base, path):
    found = page(path)
    assert not found.all(*LOADED)
    for each in found.all("link"):
        if each.attributes["rel"] in ("stylesheet", "icon"):
            assert urljoin(base, each.attributes["href"]).startswith(base)
    assert not [name for each in found.all() for name in each.attributes if name.startswith("on")]
    assert not [each for each in found.all() if "style" in each.attributes]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_forbids_scripts(site, path):
    headers = site.get(path, headers={"Accept": "text/html"}).headers
    policy = dict(each.strip().partition(" ")[::2] for each in
                  headers["content-security-policy"].split(";"))  # fmt: skip
    assert policy["default-src"] == "'none'"
    assert "script-src" not in policy
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_every_internal_link_answers(site, page, base, path):
    targets = {urldefrag(urljoin(base + path, href)).url for href in hrefs(page(path))}
    internal = {target for target in targets if target.startswith(base)}
    assert len(internal) >= 3
    failing = {
        target for target in internal
        if site.get(target, headers={"Accept": "text/html, */*;q=0.1"}).status_code != 200
    }  # fmt: skip
    assert not failing


def test_the_links_of_a_page_to_its_data_are_of_the_types_they_name(site, page):
    links = [
        each.attributes for each in page(f"{DATASET}.html").all("link")
        if each.attributes["rel"] == "alternate"
    ]  # fmt: skip
    assert len(links) >= 3
    for each in links:
        answer = site.get(each["href"])
        assert answer.headers["content-type"].partition(";")[0] == each["type"]
