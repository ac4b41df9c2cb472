"""The official shapes of DCAT-AP 3.0.1 and HVD 3.0.0 over what was harvested, and ours beside."""

import re
from collections import Counter
from functools import lru_cache

import pyoxigraph as ox
import shacl

from graph.shapes import FILES, Shapes, high_value

SH = "http://www.w3.org/ns/shacl#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RESOURCE = "http://www.w3.org/2000/01/rdf-schema#Resource"
PUBLISHER = "http://purl.org/dc/terms/publisher"
NAMES = {
    "mandatory": "shapes.ttl",
    "range": "range.ttl",
    "recommended": "shapes_recommended.ttl",
    "vocabularies": "mdr-vocabularies.shape.ttl",
}
"""The official files of DCAT-AP 3.0.1, by the names of ours."""
HVD = ("base", "ranges", "usagenotes")
DCAT = "http://www.w3.org/ns/dcat#"
API = f"^{DCAT}servesDataset|{DCAT}distribution/{DCAT}accessService"
"""The path of the rule that a high-value dataset has an API."""


class Official:
    """The official files, compiled, with the European tables and the classes that they import."""

    def __init__(self, shared):
        folder = shared / "shapes"
        self.files = {
            name: shacl.Shapes.from_file(str(folder / "dcat-ap-3.0.1" / file))
            for name, file in NAMES.items()
        }
        self.ours = {name: Shapes(name) for name in FILES}
        self._high_value = [
            _with_paths(folder / f"dcat-ap-hvd-3.0.0-hvd/hvd-SHACL-{name}.ttl") for name in HVD
        ]
        self._tables = "".join(map(_schemes, sorted((shared / "vocab/eu").glob("*.ttl"))))
        self._classes = (folder / "background/classes.nt").read_text("utf-8")
        self.found = lru_cache(len(NAMES))(self._found)  # violations and differences ask the same

    def _found(self, name, text):
        """What a file of DCAT-AP 3.0.1 finds in N-Triples, as (path, severity, value)."""
        text += self._tables if name == "vocabularies" else ""
        return [_read(result) for result in self.files[name].validate_text(text, "nt").results]

    def violations(self, name, text):
        """The Violations by path."""
        found = self.found(name, text)
        return Counter(path for path, severity, _ in found if severity == "Violation")

    def of_high_value(self, text):
        """The Violations of HVD 3.0.0, by path, in the part of a graph that is of high value, with
        the classes that RDFS would infer."""
        part = high_value(described(text))
        lines = [
            f"{subject} <{predicate}> {target} .\n"
            for subject, said in part.items()
            for predicate, targets in said.items()
            for target in targets
        ]
        nodes = {line.rpartition(" ")[0].rpartition(" ")[2] for line in lines}
        lines += [f"{node} <{TYPE}> <{RESOURCE}> .\n" for node in nodes if node.startswith("<")]
        known = "".join(lines) + _types(text) + self._tables + self._classes
        focus = set(part)
        return Counter(
            _read(result)[0]
            for shapes in self._high_value
            for result in shapes.validate_text(known, "nt").results
            if result.severity == "Violation" and result.focus_node in focus
        )

    def differences(self, name, text):
        """Where ours find something else than the official file: (path, severity), theirs - ours
        and ours - theirs; but for what ours leave out by name."""
        text_ours = text + (self._tables if name == "vocabularies" else "")
        theirs = Counter(found[:2] for found in self.found(name, text))
        ours = Counter(
            (each.path, each.severity)
            for each in self.ours[name].validate(described(text_ours), {})
        )
        if name == "vocabularies":
            del theirs[PUBLISHER, "Warning"]
        return dict(theirs - ours), dict(ours - theirs)


@lru_cache(1)  # one file after another asks for the same
def described(text):
    """N-Triples as ``Shapes`` reads them."""
    graph: dict[str, dict[str, list[str]]] = {}
    for triple in ox.parse(text, ox.RdfFormat.N_TRIPLES):
        said = graph.setdefault(str(triple.subject), {})
        said.setdefault(triple.predicate.value, []).append(str(triple.object))
    return graph


def _read(result):
    path = re.sub("[<>()]", "", result.path or "")
    return path, result.severity_iri.strip("<>").removeprefix(SH), result.value or ""


def _schemes(path):
    """The schemes and classes of a European table."""
    kept = ("inScheme", "type")
    triples = ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE)
    return "".join(
        f"{triple} .\n"
        for triple in triples
        if re.split("[#/]", triple.predicate.value)[-1] in kept
    )


def _types(text):
    return "".join(line + "\n" for line in text.splitlines() if f" <{TYPE}> " in line)


def _with_paths(path):
    """A file without the property shapes that have no path: engines may refuse it for them."""
    graph = ox.Store()
    graph.load(path.read_bytes(), ox.RdfFormat.TURTLE)
    pathed = {
        quad.subject for quad in graph.quads_for_pattern(None, ox.NamedNode(SH + "path"), None)
    }
    for quad in list(graph.quads_for_pattern(None, ox.NamedNode(SH + "property"), None)):
        if quad.object not in pathed:
            graph.remove(quad)
    text = "".join(f"{quad.triple} .\n" for quad in graph)
    return shacl.Shapes.from_text(text, "nt")
