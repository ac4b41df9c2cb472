"""The files of vocab/shapes beside the official ones: the same rules, but for those named here."""

import re
from collections import Counter, defaultdict
from importlib.resources import files
from typing import Any

import pyoxigraph as ox
import pytest

from vocab.context import Model

BASE = "http://localhost:8000/"
SH = "http://www.w3.org/ns/shacl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
NAMES = ("dates", "hvd", "mandatory", "range", "recommended", "vocabularies")
OFFICIAL = {
    "mandatory": ["dcat-ap-3.0.1/shapes.ttl"],
    "range": ["dcat-ap-3.0.1/range.ttl"],
    "recommended": ["dcat-ap-3.0.1/shapes_recommended.ttl"],
    "vocabularies": ["dcat-ap-3.0.1/mdr-vocabularies.shape.ttl"],
    "hvd": [f"dcat-ap-hvd-3.0.0-hvd/hvd-SHACL-{n}.ttl" for n in ("base", "ranges", "usagenotes")],
}
ASKS = {SH + name for name in (
    "class", "datatype", "hasValue", "maxCount", "minCount", "node", "nodeKind", "or", "pattern",
)}  # fmt: skip

COUNTED = ("maxCount", "minCount", "nodeKind")
PUBLISHED = ("Catalog", "Dataset", "DatasetSeries", "DataService")
# What the official files say and ours do not: the class, the property, what is asked of it.
LEFT_OUT = {
    "mandatory": {
        ("Location", "geometry", "maxCount"), ("Location", "geometry", "nodeKind"),
        ("Catalog", "rights", "maxCount"), ("Distribution", "rights", "maxCount"),
        ("Dataset", "spatialResolutionInMeters", "maxCount"),
        ("CatalogRecord", "conformsTo", "maxCount"),
    },
    "range": set(),
    "recommended": set(),
    "vocabularies": {
        ("Checksum", "algorithm", "node"),
        *((name, "publisher", "node") for name in PUBLISHED),
    },
    "hvd": {
        *(("CatalogRecord", "primaryTopic", ask) for ask in ("class", *COUNTED)),
        *(
            ("Catalog", listed, ask)
            for listed in ("dataset", "record", "service")
            for ask in ("class", "nodeKind")
        ),
        ("Distribution", "accessURL", "class"),
        ("DataService", "endpointURL", "class"),
        ("DataService", "endpointDescription", "class"),
        ("Kind", "hasEmail", "class"),
        ("Kind", "hasURL", "class"),
    },
}  # fmt: skip
# What ours say in the place of one of these.
IN_ITS_PLACE = {"vocabularies": {("Checksum", "algorithm", "node")}}


class Rules:
    """The rules of some files, without the names and words that each gives them."""

    def __init__(self, *documents):
        self.graph: dict[Any, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        for number, document in enumerate(documents):
            for triple in ox.parse(document, ox.RdfFormat.TURTLE, base_iri=BASE):
                subject, target = (
                    ox.BlankNode(f"{node.value}x{number}")
                    if isinstance(node, ox.BlankNode)
                    else node
                    for node in (triple.subject, triple.object)
                )
                held = self.graph[subject][triple.predicate.value]
                if target not in held:  # files name the same shapes
                    held.append(target)

    def __iter__(self):
        """(class, path, what is asked, of what, severity) of every rule with a target."""
        for node, said in list(self.graph.items()):
            for target in said[SH + "targetClass"]:
                for shape in [node, *said[SH + "property"]]:
                    path = self.path(self.graph[shape][SH + "path"])
                    [severity] = self.graph[shape][SH + "severity"] or [
                        ox.NamedNode(SH + "Violation")
                    ]
                    for ask, value in self.asked(shape):
                        if shape == node or path:  # a property shape without a path asks nothing
                            yield local(target.value), path, ask, value, local(severity.value)

    def asked(self, shape):
        for ask in ASKS & self.graph[shape].keys():
            for value in self.graph[shape][ask]:
                yield ask.removeprefix(SH), self.meaning(ask, value)

    def meaning(self, ask, value):
        if ask == SH + "or":
            return frozenset(map(self.shape, self.listed(value)))
        if ask == SH + "node":
            return self.shape(value)
        # A dot that stands for itself, in ours.
        return value.value.replace("\\", "").removesuffix("#").replace("^http.*://", "^https?://")

    def shape(self, node):
        said = self.graph[node]
        nested = frozenset(map(self.shape, said[SH + "property"]))
        asked = frozenset(self.asked(node))
        # One that does nothing but ask for another is that other.
        inner = [value for ask, value in asked if ask == "node"]
        if asked and len(asked) == len(inner) == 1 and not nested and not said[SH + "path"]:
            return inner[0]
        return self.path(said[SH + "path"]), asked, nested

    def path(self, nodes):
        if not nodes:
            return ""
        [node] = nodes
        if isinstance(node, ox.NamedNode):
            return local(node.value)
        said = self.graph[node]
        if RDF + "first" in said:
            return "/".join(self.path([each]) for each in self.listed(node))
        if SH + "inversePath" in said:
            return "^" + self.path(said[SH + "inversePath"])
        [alternatives] = said[SH + "alternativePath"]
        return "|".join(self.path([each]) for each in self.listed(alternatives))

    def listed(self, node):
        while node.value != RDF + "nil":
            yield self.graph[node][RDF + "first"][0]
            [node] = self.graph[node][RDF + "rest"]


def local(iri):
    return re.split(r"[/#]", iri)[-1]


def text_of(name):
    return files("vocab").joinpath(f"shapes/{name}.ttl").read_bytes()


@pytest.fixture(scope="module")
def official(shared):
    return {
        name: Rules(*((shared / "shapes" / path).read_bytes() for path in paths))
        for name, paths in OFFICIAL.items()
    }


@pytest.mark.parametrize("name", OFFICIAL)
def test_the_rules_are_the_official_ones_but_for_those_left_out_by_name(official, name):
    ours, theirs = Counter(set(Rules(text_of(name)))), Counter(set(official[name]))
    assert {rule[:3] for rule in theirs - ours} == LEFT_OUT[name]
    assert {rule[:3] for rule in ours - theirs} == IN_ITS_PLACE.get(name, set())


def test_the_dates_are_those_that_the_official_file_means(official):
    """Where it says sh:shape, which is no term of SHACL."""
    graph = official["mandatory"].graph
    meant = {
        (local(said[SH + "targetClass"][0].value), local(graph[each][SH + "path"][0].value))
        for said in list(graph.values())
        for each in said[SH + "property"]
        if graph[each][SH + "shape"]
    }
    [date] = {
        official["mandatory"].shape(node)
        for said in list(graph.values())
        for node in said[SH + "shape"]
    }
    rules = list(Rules(text_of("dates")))
    assert {(target, path) for target, path, *_ in rules} == meant
    assert {rule[2:] for rule in rules} == {("node", date, "Violation")}
    assert len(meant) == 5


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_says_in_two_languages_what_it_asks(name):
    graph = Rules(text_of(name)).graph
    asking = {
        node for node, said in graph.items()
        if isinstance(node, ox.NamedNode) and ASKS & said.keys()
    }  # fmt: skip
    assert asking
    for node in asking:
        words = graph[node][SH + "message"]
        assert sorted(each.language for each in words) == ["en", "fr"], node
    said = [each.value for node in asking for each in graph[node][SH + "message"]]
    assert len(set(said)) > 0.9 * len(said)


@pytest.mark.parametrize("name", NAMES)
def test_the_names_are_ours(name):
    subjects = {
        triple.subject.value
        for triple in ox.parse(text_of(name), ox.RdfFormat.TURTLE, base_iri=BASE)
        if isinstance(triple.subject, ox.NamedNode)
    }
    assert {each for each in subjects if not each.startswith(f"{BASE}shape/{name}")} == set()


@pytest.mark.parametrize("name", NAMES)
def test_classes_and_properties_are_under_the_models_namespaces(name):
    namespaces = tuple(Model(BASE).prefixes.values())
    named = {
        triple.object.value
        for triple in ox.parse(text_of(name), ox.RdfFormat.TURTLE, base_iri=BASE)
        if triple.predicate.value in {SH + each for each in ("path", "class", "targetClass")}
        and isinstance(triple.object, ox.NamedNode)
    }
    assert named
    assert {each for each in named if not each.startswith(namespaces)} == set()


def test_what_is_left_out_is_said_in_the_files():
    said = "".join(text_of(name).decode() for name in NAMES)
    for words in (
        "locn:geometry", "dct:rights", "dcat:spatialResolutionInMeters", "dct:conformsTo",
        "sh:shape", "deprecateduris.ttl", "no sh:path", "xsd:nonNegativeInteger", "GeoNames",
        "corporate bodies", "rdfs:Resource", "https://spdx.org", "StatusRestrictionADMS",
    ):  # fmt: skip
        assert words in said, words
