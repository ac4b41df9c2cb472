"""The check of one description: its findings by the shapes, its score, the tests of openness."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import pyoxigraph as ox

from graph.iris import Iris
from graph.mqa import PUBLISHER, Evidence, Score, score
from graph.openness import Tests, tests
from graph.reading import Reader, Said
from graph.shapes import Finding, Shapes, high_value
from vocab.openness import Openness

VIOLATION = "Violation"
_UNIT_OF = "http://www.w3.org/ns/org#unitOf"
_NODES_KEPT = 50_000
_FINDINGS_KEPT = 20
_COMPLIANCE = frozenset({"mandatory", "range"})
"""The files of shapes whose Violations cost the points for compliance."""


class Rule(NamedTuple):
    """A rule that did not hold: its shape's IRI, severity, message (English) and file."""

    shape: str
    severity: str
    message: str
    file: str


class Checked(NamedTuple):
    """What the check found of a dataset.

    ``publisher`` is the body (bare IRI; empty where none is stated): a unit counts for the body
    that it is of. ``violations`` are the first twenty findings of that severity.
    """

    iri: str
    publisher: str
    score: Score
    tests: Tests
    counts: Mapping[str, int]
    """How many findings, by severity."""
    violations: tuple[Finding, ...]


class Batch(NamedTuple):
    """What was found of some of a portal's descriptions: of its datasets each, of all of them the
    findings and the descriptions concerned by rule."""

    portal: str
    checked: list[Checked]
    findings: Counter[Rule]
    concerned: Counter[Rule]


class Checker:
    """Checks what one store holds."""

    def __init__(
        self, store: ox.Store, base: str, answers: Mapping[str, bool] | None = None
    ) -> None:
        """``answers``: by link (``<iri>``), whether it answered; ``None`` where none was asked."""
        self._iris = Iris(base)
        self._reader = Reader(store, self._iris)
        self._tables = Openness.of(base)
        self._answers = answers
        self._shapes = Shapes(base=base)
        self._of_high_value = Shapes("hvd", base=base)
        self._sets: dict[frozenset[str], frozenset[str]] = {}
        self._shared = lru_cache(_NODES_KEPT)(self._findings_of_shared)

    def batch(self, portal: str, roots: Iterable[tuple[str, str]]) -> Batch:
        """Check roots of a portal: IRI, and what it is (dataset, service, catalog)."""
        graph = ox.NamedNode(self._iris.graph(portal))
        found = Batch(portal, [], Counter(), Counter())
        for root, kind in roots:
            description = self._reader.described(root, graph)
            findings = list(self._findings(root, description))
            rules = Counter(_rule(each) for each in findings)
            found.findings.update(rules)
            found.concerned.update(rules.keys())
            if kind == "dataset":
                found.checked.append(self._checked(root, description, findings))
        return found

    def _checked(self, root: str, description: dict[str, Said], findings: list[Finding]) -> Checked:
        node = f"<{root}>"
        violations = [each for each in findings if each.severity == VIOLATION]
        is_compliant = not any(each.file in _COMPLIANCE for each in violations)
        evidence = Evidence(self._tables, is_compliant, self._answers)
        return Checked(
            root,
            self._body(description.get(node, {})),
            self._kept(score(description, node, evidence)),
            tests(description, node, self._tables),
            dict(Counter(each.severity for each in findings)),
            tuple(violations[:_FINDINGS_KEPT]),
        )

    def _kept(self, found: Score) -> Score:
        """The score with sets that are shared: there are few, of 100,000 datasets."""
        met = self._sets.setdefault(found.met, found.met)
        unmeasured = self._sets.setdefault(found.unmeasured, found.unmeasured)
        return Score(met, unmeasured, found.distribution)

    def _body(self, said: Said) -> str:
        """The publisher; of a unit (org:unitOf) the body."""
        publisher = next(iter(sorted(said.get(PUBLISHER, ()))), "")
        if not publisher.startswith("<"):
            return ""
        bodies = sorted(self._reader.node(publisher[1:-1]).get(_UNIT_OF, ()))
        return (bodies[0] if bodies else publisher)[1:-1]

    def _findings(self, root: str, description: dict[str, Said]) -> Iterable[Finding]:
        """The findings of a description, and of the shared nodes that it refers to."""
        beside = self._reader.beside(description)
        yield from self._shapes.validate(description, beside)
        if valued := high_value(description):
            led = description | beside | self._reader.leading_to(root)
            yield from self._of_high_value.validate(valued, led)
        for node in beside:
            yield from self._shared(node)

    def _findings_of_shared(self, node: str) -> tuple[Finding, ...]:
        """The findings of an agent, a place, a concept: nothing that has a description here."""
        if node.startswith((f"<{self._iris.dataset_prefix}", f"<{self._iris.catalog('')}")):
            return ()
        description = {node: self._reader.node(node[1:-1])}
        return tuple(self._shapes.validate(description, self._reader.beside(description)))


def _rule(finding: Finding) -> Rule:
    return Rule(finding.shape, finding.severity, finding.message, finding.file)
