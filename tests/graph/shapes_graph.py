"""Graphs as ``Shapes`` reads them, and the same rules read by another engine."""

import re
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox
import shacl

BASE = "http://localhost:8000/"
SH = "http://www.w3.org/ns/shacl#"
NAMES = ("mandatory", "recommended", "range", "vocabularies", "dates", "hvd")
WHOLE = Path(__file__).with_name("whole.ttl").read_text("utf-8")


def turtle(text):
    """The triples of a Turtle document."""
    return list(ox.parse(text, ox.RdfFormat.TURTLE, base_iri=BASE))


def described(triples):
    """The mapping that ``Shapes.validate`` takes."""
    graph: dict[str, dict[str, list[str]]] = {}
    for triple in triples:
        said = graph.setdefault(str(triple.subject), {})
        said.setdefault(triple.predicate.value, []).append(str(triple.object))
    return graph


def text_of(name):
    return files("vocab").joinpath(f"shapes/{name}.ttl").read_text("utf-8")


def engine(name):
    """The package ``shacl`` with one of our files."""
    return shacl.Shapes.from_turtle(text_of(name), base=BASE)


def found_by(engine, triples):
    """What the package finds, as ``counted`` gives ours."""
    text = "\n".join(f"{triple} ." for triple in triples)
    return Counter(
        (
            result.focus_node,
            re.sub("[<>()]", "", result.path or ""),
            result.value or "",
            result.severity_iri.strip("<>").removeprefix(SH),
            result.source_shape.strip("<>"),
        )
        for result in engine.validate_text(text, "nt").results
    )


def counted(findings):
    """How often each finding is there, without the words of it."""
    return Counter(
        (each.focus, each.path, each.value, each.severity, each.shape) for each in findings
    )
