"""What did not hold in a source: counted, kept in the graph, shown on the portal's pages."""

from dataclasses import dataclass
from typing import Literal

from graph.iris import Iris
from vocab.ntriples import RDF_TYPE, literal

Kind = Literal[
    "unknown-key", "unknown-value", "invalid-value", "repaired-iri", "missing", "shape", "duplicate"
]

SH = "http://www.w3.org/ns/shacl#"
_LONGEST_VALUE = 200


@dataclass(frozen=True)
class Issue:
    """A key, a value or a shape of a record that did not hold; the rest of the record went in.

    ``kind`` is a concept of ``vocab/concepts/issue.ttl``, ``key`` the source's own path, ``value``
    its text (cut at 200 characters), ``message`` says what would be valid.
    """

    kind: Kind
    key: str
    value: str
    message: str

    def statements(self, iris: Iris, focus: str, number: int) -> list[tuple[str, str, str]]:
        """The issue as a SHACL validation result about ``focus`` (SHACL, section 3.6.2).

        ``focus`` is the IRI of the dataset or catalogue; the subject is its part
        ``issue/{number}``. Each statement is subject, predicate and object as N-Triples text.
        """
        node = f"<{focus}/issue/{number}>"
        of_catalog = focus.startswith(iris.catalog(""))
        owner = f"<{focus}>" if of_catalog else f"<{focus}/record>"
        found = [
            (owner, f"<{SH}result>", node),
            (node, RDF_TYPE, f"<{SH}ValidationResult>"),
            (node, f"<{SH}focusNode>", f"<{focus}>"),
            (node, f"<{SH}resultSeverity>", f"<{SH}Warning>"),
            (node, f"<{SH}sourceConstraint>", f"<{iris.concept('issue', self.kind)}>"),
            (node, f"<{SH}resultMessage>", literal(self.message, language="en")),
            (node, "<http://schema.org/propertyID>", literal(self.key)),
        ]
        if self.value:
            found.append((node, f"<{SH}value>", literal(self.value[:_LONGEST_VALUE])))
        return found
