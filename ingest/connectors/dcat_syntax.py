"""A feed's bytes to triples: in which syntax of RDF they are, and what can be read of broken ones.

Every parser here is lenient about IRIs: it gives them as they stand, relative ones and such that
are none, and ``dcat_iris.py`` reads them. What a parser cannot read is an issue, and it goes on
behind it. A feed that is cut off is a ``SourceError``: nobody knows what would have followed.
"""

import re
from collections.abc import Callable

import pyoxigraph as ox

from graph.issues import Issue
from ingest.answer import Answer, is_html
from ingest.connectors import dcat_json, dcat_xml
from ingest.connectors.dcat_encoding import decoded
from ingest.connectors.dcat_graph import Graph

ACCEPT = (
    "application/rdf+xml, text/turtle, application/ld+json, application/trig, "
    "application/n-triples;q=0.9, application/n-quads;q=0.9, application/json;q=0.8, "
    "application/xml;q=0.7, */*;q=0.1"
)
_XML_START = re.compile(rb"<(?:\?xml|!--|!DOCTYPE|[\w.-]+(?::[\w.-]+)?[\s/>])", re.IGNORECASE)
_JSON_START = re.compile(rb"\{|\[\s*(?:[\[{\"\d-]|null|true|false|\]\s*\Z)")
_N_QUADS = re.compile(
    rb"(?:#[^\n]*\n|\s)*(?:<[^>]*>|_:\S+)\s+<[^>]*>\s+"
    rb"(?:<[^>]*>|_:\S+|\"(?:[^\"\\]|\\.)*\"\S*)\s+(?:<[^>]*>|_:\S+)\s*\."
)
_TEXTS = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "text/x-nquads": ox.RdfFormat.N_QUADS,
    "application/trig": ox.RdfFormat.TRIG,
    "application/x-trig": ox.RdfFormat.TRIG,
    "text/turtle": ox.RdfFormat.TRIG,
    "application/x-turtle": ox.RdfFormat.TRIG,
    "text/n3": ox.RdfFormat.TRIG,
}
"""The syntaxes of text by media type. Turtle is read as TriG, of which it is a part; so is what
has no type."""
_LANGUAGE = re.compile(rb'(?<=["\'])@([A-Za-z]{2,3})_([A-Za-z]{2,4})\b')
_UNKNOWN_PREFIX = re.compile(r"The prefix ([\w.-]*): has not been declared")
_MOST_FAULTS = 1000

Fault = Callable[[SyntaxError], None]


def read(answer: Answer, graph: Graph) -> Graph:
    """Read a page into ``graph``, which notes what had to be repaired.

    Raises ``SourceError`` for a page that is no RDF, is cut off, or defines entities.
    """
    body, issues = decoded(answer)
    graph.repairs[""] = issues
    start = body[:2000].lstrip()
    if not start:
        raise answer.error("an empty answer, RDF is expected")
    if is_html(start):
        raise answer.error("a page for people (HTML), RDF is expected")
    if answer.media_type in _TEXTS:
        _read_text(answer, body, graph)
    elif _XML_START.match(start):
        _read_xml(answer, body, graph)
    elif _JSON_START.match(start):
        document = dcat_json.document(answer, body, issues)
        _load(answer, document, ox.RdfFormat.JSON_LD, graph)
    else:
        _read_text(answer, body, graph)
    if not graph.nodes:
        why = f": {issues[0].message}" if issues else ""
        raise answer.error(f"no RDF in it{why}")
    graph.settle()
    return graph


def _read_xml(answer: Answer, body: bytes, graph: Graph) -> None:
    """RDF/XML: as it is, and where that fails, repaired element by element."""
    dcat_xml.refuse_entities(answer, body)
    first: list[SyntaxError] = []
    if dcat_xml.is_closed(body):
        _parse(body, ox.RdfFormat.RDF_XML, graph, first.append, most=1)
        if not first:
            return
    graph.clear()
    repaired = dcat_xml.repaired(answer, body, graph)
    _load(answer, repaired, ox.RdfFormat.RDF_XML, graph)


def _read_text(answer: Answer, body: bytes, graph: Graph) -> None:
    """Turtle, TriG, N-Triples, N-Quads."""
    syntax = _TEXTS.get(answer.media_type)
    if syntax is None:
        syntax = ox.RdfFormat.N_QUADS if _N_QUADS.match(body) else ox.RdfFormat.TRIG
    first: list[SyntaxError] = []
    _parse(body, syntax, graph, first.append, most=1)
    if not first:
        return
    issues = graph.repairs[""]
    graph.clear()
    _load(answer, _mended_text(body, graph, issues), syntax, graph)


def _mended_text(body: bytes, graph: Graph, issues: list[Issue]) -> bytes:
    """Turtle with its faults that can be told from the text alone: language tags with an
    underscore, well-known prefixes that were not declared."""
    body, count = _LANGUAGE.subn(rb"@\1-\2", body)
    if count:
        message = f"language tags: {count} with an underscore; read with a hyphen"
        issues.append(Issue("shape", "language tags", "", message))
    declared: set[str] = set()
    while missing := _undeclared(body, graph) - declared:
        declared |= missing
        for name in sorted(missing):
            namespace = graph.prefixes.expand(f"{name}:x")[:-1]
            body = f"@prefix {name}: <{namespace}> . ".encode() + body
            message = f"prefix {name}: not declared; read as {namespace}"
            issues.append(Issue("shape", f"prefix {name}", "", message))
    return body


def _undeclared(body: bytes, graph: Graph) -> set[str]:
    """The well-known prefixes that are the first to be missed in a statement."""
    faults: list[SyntaxError] = []
    _parse(body, ox.RdfFormat.TRIG, graph, faults.append, _MOST_FAULTS)
    graph.clear()
    found = {name for fault in faults for name in _UNKNOWN_PREFIX.findall(str(fault))}
    return {name for name in found if graph.prefixes.expand(f"{name}:x")}


def _load(answer: Answer, body: bytes, syntax: ox.RdfFormat, graph: Graph) -> None:
    """Read what can be read; each fault is an issue. Raises ``SourceError`` at a cut."""
    lines = body.rstrip().decode("utf-8", "replace").split("\n")
    end = (len(lines), len(lines[-1]))
    noted: dict[str, Issue] = {}

    def note(fault: SyntaxError) -> None:
        message, number = str(fault), fault.lineno or 0
        if "Unexpected end" in message or (fault.end_lineno or 0, fault.end_offset or 0) > end:
            raise answer.error(f"the feed is cut off: {message}")
        if len(noted) >= _MOST_FAULTS:
            raise answer.error(f"more than {_MOST_FAULTS} faults, the last one: {message}")
        key = f"line {number}" if number else f"fault {len(noted) + 1}"
        value = lines[number - 1].strip() if 0 < number <= len(lines) else ""
        noted.setdefault(key, Issue("shape", key, value, f"{key}: {message}; left out"))

    _parse(body, syntax, graph, note)
    graph.repairs[""].extend(noted.values())


def _parse(body: bytes, syntax: ox.RdfFormat, graph: Graph, fault: Fault, most: int = 0) -> None:
    """Parse, and go on behind each fault; at the most ``most`` of them, where that is not 0."""
    quads, faults = ox.parse(body, syntax, lenient=True), 0
    while True:
        try:
            graph.add(quads)
            return
        except SyntaxError as error:
            fault(error)
            faults += 1
            if faults == most:
                return
