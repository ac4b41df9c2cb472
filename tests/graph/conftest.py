"""A small portal's graph, written as a harvest writes it."""

import pyoxigraph as ox
import pytest

BASE = "http://localhost:8000/"
GRAPH = f"{BASE}graph/ville"
CATALOG = f"{BASE}catalog/ville"
PREFIXES = f"""
@base <{BASE}> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""


class Graphs:
    """Turtle in, N-Quads of a graph out."""

    graph, catalog = GRAPH, CATALOG

    def nquads(self, turtle, name="ville"):
        graph = ox.NamedNode(f"{BASE}graph/{name}")
        triples = ox.parse(PREFIXES + turtle, ox.RdfFormat.TURTLE)
        return "".join(f"{quad.triple} {graph} .\n" for quad in triples).encode()

    def root(self, identifier):
        return f"{BASE}dataset/ville/{identifier}"

    def dataset(self, identifier, title="Un jeu", more="", digest="1"):
        """A dataset with a record, a distribution and a page, and its place in the catalogue."""
        root = self.root(identifier)
        return self.nquads(f"""
            <{root}> a dcat:Dataset ; dct:title "{title}"@fr ;
              dcat:distribution <{root}/distribution/csv> ;
              dcat:landingPage <https://ville.example/page> .
            <https://ville.example/page> a foaf:Document .
            <{root}/distribution/csv> a dcat:Distribution ; dct:title "CSV de {title}"@fr .
            <{root}/record> a dcat:CatalogRecord ; owl:versionInfo "{digest}" .
            <{CATALOG}> dcat:dataset <{root}> ; dcat:record <{root}/record> .
            {more}""")

    def the_catalog(self, title="La ville"):
        return self.nquads(
            f'<{CATALOG}> a dcat:Catalog ; dct:title "{title}"@fr ;'
            f' dct:description "Ses données"@fr ; owl:versionInfo "1" .'
        )


@pytest.fixture
def graphs():
    return Graphs()


@pytest.fixture
def loaded(store, graphs):
    """A store that holds the datasets ``arbres`` and ``velos``."""
    quads = graphs.dataset("arbres") + graphs.dataset("velos") + graphs.the_catalog()
    store.load("ville", quads)
    store.recover(anew=True)
    return store
