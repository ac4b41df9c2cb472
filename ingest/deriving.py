"""What a value was derived from: the source's field, its text, and the rule that read it.

A derivation (PROV-O, section 3.3) is one node in ``graph/provenance`` for all records of a portal
whose same field says the same text, and a record says it in one statement: what a mapping did is
queried and counted, and no dataset is cluttered with it. How a value was come to is told in the
words of SSSOM (its slots ``mapping_justification`` and ``confidence``).
"""

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from vocab.ntriples import RDF_TYPE, XSD, literal

if TYPE_CHECKING:
    from ingest.reading import Reading
    from ingest.record import Context

_PROV = "http://www.w3.org/ns/prov#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SSSOM = "https://w3id.org/sssom/"
_QUALIFIED = f"<{_PROV}qualifiedDerivation>"
_LONGEST = 200
"""Characters of the source's text that are kept."""


class Derivation(NamedTuple):
    """That ``value``, an IRI, is what ``property`` (an IRI) has for the ``text`` of a source's
    field ``key``, by ``rule``, a notation of the code list ``rule``; ``confidence`` is from 0 to 1.
    """

    property: str
    value: str
    key: str
    text: str
    rule: str
    confidence: float = 1.0

    def iri(self, context: "Context") -> str:
        """Its IRI, the same in each harvest."""
        told = "\x1f".join(map(str, self)).encode("utf-8", "replace")
        name = hashlib.blake2b(told, digest_size=8).hexdigest()
        return context.iris.derivation(context.portal.name, name)

    def statements(self, context: "Context") -> Iterator[tuple[str, str]]:
        """Predicates and objects as N-Triples text."""
        yield RDF_TYPE, f"<{_PROV}Derivation>"
        yield f"<{_RDF}predicate>", f"<{self.property}>"
        yield f"<{_RDF}object>", f"<{self.value}>"
        yield "<http://schema.org/propertyID>", literal(self.key)
        yield f"<{_RDF}value>", literal(self.text[:_LONGEST])
        rule = context.model.code_list("rule")[self.rule]
        yield f"<{_SSSOM}mapping_justification>", f"<{rule}>"
        confidence = literal(f"{self.confidence:g}", datatype=XSD + "decimal")
        yield f"<{_SSSOM}confidence>", confidence
        yield (
            "<http://purl.org/dc/terms/isPartOf>",
            f"<{context.iris.catalog(context.portal.name)}>",
        )


def line(reading: "Reading", derivation: Derivation, owner: str) -> str:
    """The statement that leads from ``owner``, an IRI, to a derivation, which is described once.

    Raises ``ConfigError`` for an unknown rule.
    """
    context = reading.context
    target = context.derivations.get(derivation)
    if target is None:
        target = context.derivations[derivation] = derivation.iri(context)
        end = f"<{context.iris.graph('provenance')}> .\n"
        for predicate, value in derivation.statements(context):
            reading.share(f"<{target}> {predicate} {value} {end}")
    return f"<{owner}> {_QUALIFIED} <{target}>{reading.end}"
