"""Nothing that a portal writes runs as script on our pages; the graph still holds its words."""

from urllib.parse import urljoin

import pyoxigraph as ox
import pytest

from server.pages import link, paragraphs

ACTIVE = {
    "script", "img", "iframe", "object", "embed", "svg", "math", "base", "template", "video",
    "audio", "applet", "portal",
}  # fmt: skip
SCHEMES = ("http://", "https://", "ftp://", "mailto:", "/", "#", "?")
DESCRIPTIONS = "SELECT ?o { ?s <http://purl.org/dc/terms/description> ?o }"


@pytest.fixture(scope="module")
def minted(hostile_site):
    """The address of every resource and graph of the hostile portal."""
    query = "SELECT DISTINCT ?s { { ?s ?p ?o } UNION { GRAPH ?s { } } }"
    rows = hostile_site.get("sparql", params={"query": query}).json()["results"]["bindings"]
    base = str(hostile_site.base_url)
    return sorted({row["s"]["value"] for row in rows if row["s"]["value"].startswith(base)})


@pytest.fixture(scope="module")
def pages(hostile_site, minted, parse_page):
    """Every page of the site, parsed: an element that is not closed in its turn fails already."""
    addresses = ["", "sparql", *(f"{iri}.html" for iri in minted)]
    found = {}
    for address in addresses:
        answer = hostile_site.get(address, headers={"Accept": "text/html"})
        assert answer.status_code == 200, address
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        found[address] = parse_page(answer.text)
    return found


def test_the_hostile_texts_reach_the_pages(pages):
    assert len(pages) > 50
    shown = "\n".join(page.text for page in pages.values())
    assert "<script>alert(1)</script>" in shown
    assert '"><img src=x onerror=alert(1)>' in shown


def test_no_page_has_an_element_that_runs_or_loads(pages):
    active = {
        (address, each.name)
        for address, page in pages.items()
        for each in page.all()
        if each.name in ACTIVE
    }
    assert not active


def test_no_element_has_an_event_handler_or_a_style(pages):
    found = {
        (address, name)
        for address, page in pages.items()
        for each in page.all()
        for name in each.attributes
        if name.startswith("on") or name in ("style", "srcdoc", "formaction")
    }
    assert not found


def test_every_address_on_a_page_has_the_scheme_of_a_link(pages):
    found = {
        (address, each.attributes[name])
        for address, page in pages.items()
        for each in page.all()
        for name in ("href", "src", "action")
        if name in each.attributes and not each.attributes[name].startswith(SCHEMES)
    }
    assert not found


def test_the_identifier_that_is_markup_has_a_page(pages, hostile_site):
    markup = [address for address in pages if address.endswith("alert%281%29%3E.html")]
    assert len(markup) == 1
    home = str(hostile_site.base_url)
    listed = pages[f"{home}catalog/paris.html"].all("a")
    addresses = {urljoin(home, each.attributes["href"]) for each in listed}
    assert markup[0].removesuffix(".html") in addresses


def test_the_graph_holds_the_words_as_text(hostile_site):
    answer = hostile_site.get("sparql", params={"query": "SELECT ?o { ?s ?p ?o }"})
    texts = [row["o"]["value"] for row in answer.json()["results"]["bindings"]]
    assert any("<script>alert(1)</script>" in text for text in texts)
    assert any('"><img src=x onerror=alert(1)>' in text for text in texts)


def test_a_description_of_63000_characters_is_kept_and_shown(hostile_site, pages):
    rows = hostile_site.get("sparql", params={"query": DESCRIPTIONS}).json()["results"]["bindings"]
    longest = max((row["o"]["value"] for row in rows), key=len)
    assert longest.count("Une phrase.") > 500
    shown = [page for page in pages.values() if page.text.count("Une phrase.") > 500]
    assert shown


@pytest.mark.parametrize("suffix", ["ttl", "rdf", "jsonld", "nt"])
def test_every_representation_of_the_hostile_dataset_can_be_read(hostile_site, minted, suffix):
    syntax = {"ttl": ox.RdfFormat.TURTLE, "rdf": ox.RdfFormat.RDF_XML, "nt": ox.RdfFormat.N_TRIPLES}
    for iri in (each for each in minted if "%3Cimg" in each):
        answer = hostile_site.get(f"{iri}.{suffix}")
        assert answer.status_code == 200
        read = (
            answer.json() if suffix == "jsonld" else list(ox.parse(answer.content, syntax[suffix]))
        )
        assert read


def test_an_address_that_is_asked_for_is_no_markup_in_the_answer(hostile_site):
    markup = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
    for path in (f"none/{markup}", f"dataset/{markup}", f"sparql?query={markup}",
                 f"catalog/paris.html?page={markup}"):  # fmt: skip
        answer = hostile_site.get(path, headers={"Accept": "text/html"})
        assert answer.status_code in (400, 404)
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "JAVASCRIPT:alert(1)", " javascript:alert(1)", "java\tscript:x",
        "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "//evil/",
    ],
)  # fmt: skip
def test_an_address_of_another_scheme_is_text(address, parse_page):
    assert not parse_page(str(link(address))).all("a")
    assert not parse_page(str(link(address, "https://example.org/"))).all("a")


@pytest.mark.parametrize(
    "text",
    [
        'https://a.example/"onmouseover="alert(1)',
        "https://a.example/'><script>alert(1)</script>",
        "https://a.example/<b>",
        "https://a.example/&quot;onclick=alert(1)",
    ],
)
def test_an_address_within_a_text_leads_out_of_no_attribute(text, parse_page):
    found = parse_page(str(paragraphs(text)))
    assert {each.name for each in found.all()} <= {"p", "a", "br"}
    assert all(set(each.attributes) <= {"href", "rel"} for each in found.all())
    assert found.text == text
