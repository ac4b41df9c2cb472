"""The rules of vocab/shapes over descriptions: what is found, and what another engine finds."""

from typing import Any

import pyoxigraph as ox
import pytest

from graph import shapes as under_test
from graph.shapes import FILES, Finding, Shapes, high_value
from tests.graph.shapes_graph import (
    BASE,
    NAMES,
    SH,
    WHOLE,
    counted,
    described,
    engine,
    found_by,
    text_of,
    turtle,
)
from vocab.errors import ConfigError

LAW = "http://data.europa.eu/eli/reg_impl/2023/138/oj"
DCAT = "http://www.w3.org/ns/dcat#"
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
NOWHERE = ox.NamedNode("http://nowhere.example/x")
PREFIXES = "".join(line for line in WHOLE.splitlines(True) if line.startswith("@prefix"))


@pytest.fixture(scope="module")
def whole():
    return turtle(WHOLE)


@pytest.fixture(scope="module")
def ours():
    return {name: Shapes(name) for name in NAMES}


@pytest.fixture(scope="module")
def theirs():
    return {name: engine(name) for name in NAMES}


@pytest.fixture
def found():
    """What the files find in a Turtle text; ``background`` is another."""

    def find(text, *names, background=""):
        graph = described(turtle(PREFIXES + text))
        return list(Shapes(*names).validate(graph, described(turtle(PREFIXES + background))))

    return find


@pytest.fixture
def written(monkeypatch, tmp_path):
    """Shapes of a file made for the test."""
    monkeypatch.setattr(under_test, "files", lambda package: tmp_path)
    (tmp_path / "shapes").mkdir()

    def write(text):
        prefix = f"@prefix sh: <{SH}> . @prefix : <http://ville.example/> .\n"
        (tmp_path / "shapes/own.ttl").write_text(prefix + text, "utf-8")
        return Shapes("own")

    return write


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_found_where_all_is_right(ours, theirs, whole, name):
    assert list(ours[name].validate(described(whole), {})) == []
    assert found_by(theirs[name], whole) == {}


# --- each rule, broken ------------------------------------------------------------------------


def rules(name):
    """Each rule of a file: the class it is about, the rule, its path and what it asks."""
    graph: dict[Any, dict[str, list[Any]]] = {}
    for triple in turtle(text_of(name)):
        said = graph.setdefault(triple.subject, {})
        said.setdefault(triple.predicate.value.removeprefix(SH), []).append(triple.object)
    for said in graph.values():
        for target in said.get("targetClass", ()):
            for rule in said.get("property", ()):
                [path] = graph[rule]["path"]
                if isinstance(path, ox.BlankNode):
                    path = graph[path].get("inversePath", [None])[0]
                    if path is not None:
                        yield target, rule, path, True, graph[rule]
                else:
                    yield target, rule, path, False, graph[rule]


ASKED = ("minCount", "maxCount", "hasValue", "nodeKind", "class", "datatype", "node")
BREAKS = [
    (name, target, rule, path, backwards, component, said[component][0])
    for name in NAMES
    for target, rule, path, backwards, said in rules(name)
    for component in ASKED
    if component in said and not (backwards and component == "nodeKind")  # never a literal
]


def broken(whole, target, path, backwards, component, asked):
    """The whole description with one value that ``component`` cannot let pass."""
    near, far = ("object", "subject") if backwards else ("subject", "object")
    having = {getattr(t, near) for t in whole if t.predicate == path}
    of = {t.subject for t in whole if t.predicate == TYPE and t.object == target}
    focus = min(of & having, key=str)
    own = [t for t in whole if t.predicate == path and getattr(t, near) == focus]
    others = [t for t in whole if t not in own]
    if component == "minCount":
        return focus, others
    value = getattr(own[0], far)
    if component == "maxCount":
        more = ox.Literal("autre", language="en") if isinstance(value, ox.Literal) else NOWHERE
        return focus, [*whole, ox.Triple(focus, path, more)]
    wrong: Any
    if component == "datatype":
        wrong = ox.Literal("x")
    elif component == "nodeKind" and asked.value == SH + "Literal":
        wrong = NOWHERE
    elif component in ("nodeKind", "node") and not backwards:
        wrong = ox.Literal("mots")
    else:
        wrong = NOWHERE
    subject, target = (wrong, focus) if backwards else (focus, wrong)
    return focus, [*others, ox.Triple(subject, path, target)]


@pytest.mark.parametrize(
    ("name", "target", "rule", "path", "backwards", "component", "asked"),
    BREAKS,
    ids=[f"{rule.value.removeprefix(BASE)}-{part}" for _, _, rule, _, _, part, _ in BREAKS],
)
def test_a_rule_finds_what_breaks_it(
    ours, theirs, whole, name, target, rule, path, backwards, component, asked
):
    focus, graph = broken(whole, target, path, backwards, component, asked)
    findings = list(ours[name].validate(described(graph), {}))
    assert (str(focus), rule.value) in {(each.focus, each.shape) for each in findings}
    assert counted(findings) == found_by(theirs[name], graph)


def test_no_rule_is_left_unbroken():
    assert {name for name, *_ in BREAKS} == set(NAMES)
    assert len(BREAKS) > 300


@pytest.mark.parametrize(
    ("name", "gone", "shape", "severity"),
    [
        ("recommended", {"dataset", "service"}, "recommended/Catalog/member", "Warning"),
        ("hvd", {"license", "rights"}, "hvd/Distribution/legal-information", "Violation"),
        ("hvd", {"license", "rights"}, "hvd/DataService/legal-information", "Violation"),
        ("hvd", {"hasEmail", "hasURL"}, "hvd/Kind/means", "Warning"),
        ("hvd", {"closeMatch"}, "hvd/LicenseDocument/match", "Warning"),
        ("hvd", {"servesDataset", "accessService"}, "hvd/Dataset/service", "Violation"),
    ],
)
def test_a_rule_about_several_properties_finds_that_none_is_there(
    ours, theirs, whole, name, gone, shape, severity
):
    graph = [t for t in whole if t.predicate.value.replace("#", "/").rpartition("/")[2] not in gone]
    findings = list(ours[name].validate(described(graph), {}))
    assert (BASE + "shape/" + shape, severity) in {(each.shape, each.severity) for each in findings}
    assert counted(findings) == found_by(theirs[name], graph)


NO_DATES = [
    '"1er janvier"', '"2024"', ":jour", '"2023-02-29"^^xsd:date', '"2024-1-1"^^xsd:date',
    '"2024-01-01T25:00:00Z"^^xsd:dateTime', '"2024-13"^^xsd:gYearMonth', '"24"^^xsd:gYear',
]  # fmt: skip


@pytest.mark.parametrize("date", NO_DATES)
@pytest.mark.parametrize("name", ["dates", "mandatory"])
def test_what_is_no_date_is_found(found, theirs, name, date):
    text = f":x a dcat:Dataset, dcat:Distribution ; dct:issued {date} ."
    findings = [each for each in found(text, name) if each.path.endswith("issued")]
    assert len(findings) == 1
    if "#g" not in date and ":g" not in date:  # the package leaves years and months unread
        there = found_by(theirs[name], turtle(PREFIXES + text))
        assert counted(findings) == {key: n for key, n in there.items() if "issued" in key[1]}


@pytest.mark.parametrize(
    "date",
    ['"2024-02-29"^^xsd:date', '"2024-02-29+01:00"^^xsd:date', '"-0044-03-15"^^xsd:date',
     '"2024-01-01T24:00:00"^^xsd:dateTime', '"2024-01-01T00:00:00.5Z"^^xsd:dateTime',
     '"2024"^^xsd:gYear', '"12024"^^xsd:gYear', '"2024-12Z"^^xsd:gYearMonth'],
)  # fmt: skip
def test_what_is_a_date_is_not(found, date):
    text = f":x a dcat:Dataset ; dct:issued {date} ; dct:modified {date} ."
    assert found(text, "dates") == []


# --- what is read, and how it is said -----------------------------------------------------------


def test_a_finding_says_what_is_wrong_where(found):
    [finding] = found(":x a foaf:Agent ; foaf:name :nom .", "mandatory")
    assert finding == Finding(
        "<http://ville.example/x>",
        "http://xmlns.com/foaf/0.1/name",
        "<http://ville.example/nom>",
        "Violation",
        f"{BASE}shape/mandatory/Agent/name",
        "Agent: name (foaf:name): required, a literal.",
        "mandatory",
    )


def test_messages_are_in_french_as_well():
    shapes = Shapes("mandatory", language="fr", base="https://graphe.example/")
    [finding] = shapes.validate(described(turtle(f"{PREFIXES} :x a foaf:Agent .")), {})
    assert finding.message == "Agent : nom (foaf:name) : obligatoire, un littéral."
    assert finding.shape == "https://graphe.example/shape/mandatory/Agent/name"


def test_all_files_but_that_of_high_value_are_read_unless_named(found):
    text = ":x a dcat:Dataset ; dct:issued 'hier' ; dct:language :fr ; dct:title 't' ."
    assert {each.file for each in found(text)} == set(FILES) == set(NAMES) - {"hvd"}


def test_the_background_is_read_and_is_not_checked(found):
    text = ":x a foaf:Agent ; foaf:name 'x' ; dct:type :genre ."
    beside = ":genre a skos:Concept . :y a foaf:Agent ."
    assert [each.path for each in found(text, "range")] == ["http://purl.org/dc/terms/type"]
    assert found(text, "range", "mandatory", background=beside) == []


def test_a_node_of_both_is_one_node(found):
    text, beside = ":x foaf:name 'x' .", ":x a foaf:Agent ; foaf:name 'x' ; dct:type :a ."
    assert found(text, "mandatory", background=beside) == []
    [finding] = found(":x dct:type :b .", "mandatory", background=beside)
    assert finding.path.endswith("/type")


def test_what_leads_to_a_node_is_looked_for_in_the_background_too(found):
    series = ":s a dcat:DatasetSeries ; dct:title 's' ; dct:description 's' ."
    assert [each.path for each in found(series, "mandatory")] == [f"^{DCAT}inSeries"]
    assert found(series, "mandatory", background=":d dcat:inSeries :s .") == []
    assert found(f"{series} :d dcat:inSeries :s .", "mandatory") == []


def test_backgrounds_are_not_mixed_up():
    shapes = Shapes("mandatory")
    series = described(turtle(
        f"{PREFIXES} :s a dcat:DatasetSeries ; dct:title 's' ; dct:description 's' ."
    ))  # fmt: skip
    beside = described(turtle(f"{PREFIXES} :d dcat:inSeries :s ."))
    backgrounds: list[dict[str, dict[str, list[str]]]] = [{}, beside, {}, beside]
    numbers = [len(list(shapes.validate(series, each))) for each in backgrounds]
    assert numbers == [1, 0, 1, 0]


def test_a_value_said_in_two_graphs_is_one_value():
    graph = {"<http://a.example/x>": {
        TYPE.value: ["<http://xmlns.com/foaf/0.1/Agent>"] * 2,
        "http://xmlns.com/foaf/0.1/name": ['"x"'],
        "http://purl.org/dc/terms/type": ["<http://a.example/t>"] * 2,
    }}  # fmt: skip
    assert list(Shapes("mandatory").validate(graph, {})) == []


def test_a_size_is_right_as_the_engine_keeps_it(found):
    size = ":x a dcat:Distribution ; dcat:accessURL :f ; dcat:byteSize {} ."
    kept, below = '"12"^^xsd:integer', '"-12"^^xsd:integer'
    assert found(size.format(kept), "mandatory") == []
    for wrong in (below, '"12"', '"12"^^xsd:decimal', '"x"^^xsd:nonNegativeInteger'):
        [finding] = found(size.format(wrong), "mandatory")
        assert finding.path == f"{DCAT}byteSize"


def test_blank_nodes_are_resources_and_no_concepts(found):
    text = ":x a dcat:Dataset ; dct:title 't' ; dct:description 't' ; dcat:theme [] ; dct:type [] ."
    assert [each.path for each in found(text, "mandatory")] == [f"{DCAT}theme"]


def test_high_value_is_what_the_regulation_is_said_of_and_what_that_refers_to(whole):
    part = high_value(described(whole))
    names = {each[1:-1].removeprefix("http://ville.example/") for each in part}
    assert {"arbres", "arbustes", "serie", "csv", "api", "contact", "licence"} <= names
    assert not {"catalogue", "annexe", "notice", "origine"} & names
    assert list(Shapes("hvd").validate(part, {})) == []


def test_a_service_and_no_other_dataset_is_of_high_value(found):
    text = f"""
    :x a dcat:Dataset ; dcatap:applicableLegislation <{LAW}> ; dct:relation :y ; dct:license :l .
    :y a dcat:Dataset . :s a dcat:DataService ; dcat:servesDataset :x ; dcat:contactPoint :k .
    :k a vcard:Kind . :z a dcat:Dataset ; dcat:contactPoint :j . :j a vcard:Kind ."""
    part = high_value(described(turtle(PREFIXES + text)))
    assert {each[-2] for each in part} == {"x", "s", "k"}
    for none in (f":x a dcat:Distribution ; dcatap:applicableLegislation <{LAW}> .", ""):
        assert high_value(described(turtle(PREFIXES + none + ":y a dcat:Dataset ."))) == {}


# --- files that cannot be ------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_a_config_error():
    with pytest.raises(ConfigError, match=r"vocab/shapes/nulle-part\.ttl"):
        Shapes("nulle-part")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (":s sh:targetClass :C ; sh:closed true .", r"own\.ttl: <.*/s>: sh:closed is no component"),
        (
            ":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:uniqueLang true ] .",
            "sh:uniqueLang",
        ),
        (":s sh:targetClass :C ; sh:minCount 1 .", "without sh:path"),
        (
            ":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:property [ sh:path :q ] ] .",
            "sh:node",
        ),
        (
            ":s sh:targetClass :C ; sh:property [ sh:path [ sh:zeroOrMorePath :p ] ] .",
            "no path known",
        ),
        (":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:nodeKind sh:Any ] .", "sh:nodeKind"),
        (":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:datatype :d ] .", "sh:datatype"),
        (":s sh:targetClass :C ; sh:severity :grave .", "no severity"),
        (":s sh:targetClass :C ; sh:node :s .", "leads back to itself"),
        (":s sh:targetClass", r"vocab/shapes/own\.ttl"),
    ],
)
def test_what_is_not_known_is_a_config_error(written, text, why):
    with pytest.raises(ConfigError, match=why):
        written(text)


def test_paths_of_several_steps(written):
    shapes = written(
        ":s sh:targetClass :C ; sh:property [ sh:minCount 2 ; sh:path"
        " [ sh:alternativePath ( [ sh:inversePath :p ] ( :q :r ) ) ] ] ."
    )
    graph = described(turtle(f"{PREFIXES} :x a :C ; :q :y . :y :r :z . :w :p :x ."))
    assert list(shapes.validate(graph, {})) == []
    graph = described(turtle(f"{PREFIXES} :x a :C ; :q :y . :y :r :z ."))
    assert [
        each.path.replace("http://ville.example/", ":") for each in shapes.validate(graph, {})
    ] == ["^:p|:q/:r"]
