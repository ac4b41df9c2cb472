"""DCAT feeds for tests: Turtle with its prefixes, and what the connector makes of a feed."""

from typing import NamedTuple

from graph.issues import Issue
from ingest.answer import Answer
from ingest.connectors.dcat_graph import Graph
from ingest.connectors.dcat_syntax import read
from ingest.reading import Reading
from ingest.record import Record
from tests.ingest.conftest import Description

EU = "http://publications.europa.eu/resource/authority/"
PREFIXES = f"""
@prefix adms: <http://www.w3.org/ns/adms#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix geodcatap: <http://data.europa.eu/930/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix locn: <http://www.w3.org/ns/locn#> . @prefix org: <http://www.w3.org/ns/org#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix schema: <http://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix spdx: <http://spdx.org/rdf/terms#> .
@prefix time: <http://www.w3.org/2006/time#> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix d: <http://d.example/> .
@prefix eu: <{EU}> .
"""
RDF_XML = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/">%s</rdf:RDF>'
)


class Walked(NamedTuple):
    """What a walk gave: the records, and the issues in the place of records."""

    records: list[Record]
    issues: list[Issue]

    @property
    def ids(self):
        return [record.id for record in self.records]

    @property
    def complaints(self):
        return [(issue.kind, issue.key) for issue in self.issues]


def walk(portal, connectors, open_fetcher):
    """Every entry of a portal's feed."""
    with open_fetcher(portal) as fetcher:
        entries = list(connectors["dcat"].records(portal, fetcher))
    return Walked(
        [entry for entry in entries if isinstance(entry, Record)],
        [entry for entry in entries if isinstance(entry, Issue)],
    )


def describe(portal, connectors, open_fetcher, begin, **different):
    """Every record of a portal's feed, described, by its identifier; and the other issues."""
    walked = walk(portal, connectors, open_fetcher)
    found = {}
    for record in walked.records:
        reading: Reading = begin(record.id, type="dcat", url=portal.url, site=portal.site)
        connectors["dcat"].describe(record, reading)
        found[record.id] = Description(reading)
    return found, walked.issues


def feeds(request):
    """A function that writes a feed and gives its records, described, by their identifiers."""
    connectors, make_portal, open_fetcher, begin, folder = (
        request.getfixturevalue(name)
        for name in ("connectors", "make_portal", "open_fetcher", "begin", "tmp_path")
    )

    def described(text, suffix="ttl"):
        path = folder / f"feed.{suffix}"
        path.write_text(PREFIXES + text if suffix == "ttl" else text, "utf-8")
        portal = make_portal(type="dcat", url=f"file:{path}", site="https://data.ville.example")
        return describe(portal, connectors, open_fetcher, begin)[0]

    return described


def of_one(described):
    """A function that gives the one dataset of a feed, with what is said of it beside title and
    description, and further statements."""
    return lambda text, more="": described(dataset(1, f"; {text}" if text else "") + more)["jeu-1"]


def parsing(request):
    """A function that gives the graph of a feed's bytes, as a portal answers them."""
    prefixes = request.getfixturevalue("connectors")["dcat"]._terms.prefixes
    path = request.getfixturevalue("tmp_path") / "feed"

    def graph(body, media_type="", charset=""):
        path.write_bytes(body if isinstance(body, bytes) else body.encode())
        answer = Answer("ville", "http://d.example/feed", path, media_type, charset)
        return read(answer, Graph(prefixes, answer.address))

    return graph


def repaired(parsed):
    """A function that gives the titles of a feed's datasets, and what had to be repaired."""

    def found(body, *said):
        graph = parsed(body, *said)
        titles = {text for name in graph.datasets() for text in graph.texts(name, "dct:title")}
        issues = [issue for issues in graph.repairs.values() for issue in issues]
        return titles, [(issue.kind, issue.key) for issue in issues]

    return found


def xml(inside):
    """RDF/XML of two datasets: one with what is ``inside``, one that is right."""
    return RDF_XML % (
        f'<dcat:Dataset rdf:about="http://d.example/1">{inside}</dcat:Dataset>'
        '<dcat:Dataset rdf:about="http://d.example/9"><dct:title>Sauf</dct:title></dcat:Dataset>'
    )


def distribution(text, name="d:csv"):
    """A distribution, in Turtle."""
    return f"{name} a dcat:Distribution ; {text} .\n"


def dataset(number, text=""):
    """A dataset with what DCAT-AP asks for, in Turtle."""
    return (
        f'd:{number} a dcat:Dataset ; dct:title "Jeu {number}"@fr ;'
        f' dct:description "Un jeu."@fr ; dct:identifier "jeu-{number}" {text} .\n'
    )
