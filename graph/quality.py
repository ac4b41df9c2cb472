"""The check as linked data: measurements (DQV) and validation results in ``graph/quality``.

A measurement says a metric and a value; all that have the same value share it, so that the graph
holds a statement for each and not five. A dataset has its score, the points of each dimension and
the tests of openness that its description answers; a catalogue and a publisher the mean score.
The graph is derived: it can be dropped, and ``jointure check`` makes it anew.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from graph.check import PortalCheck
from graph.checking import VIOLATION, Checked
from graph.iris import Iris
from graph.issues import SH
from graph.mqa import band
from graph.tally import Tally, by_publisher, tally
from vocab.dates import moment
from vocab.ntriples import RDF_TYPE, XSD, literal

_DQV = "http://www.w3.org/ns/dqv#"
_PROV = "http://www.w3.org/ns/prov#"
_HAS = f"<{_DQV}hasQualityMeasurement>"
_CHUNK = 200_000
"""Lines of a chunk: some 40 MB."""
_TRUTH = {"yes": "true", "no": "false"}

Lines = Iterator[str]


class Quality:
    """Writes checks as N-Quads. ``ended`` is when the check ended (UTC)."""

    def __init__(self, iris: Iris, ended: datetime) -> None:
        self._iris = iris
        self._ended = ended
        self._graph = f"<{iris.graph('quality')}>"
        self._measured: set[str] = set()

    def chunks(self, checks: Sequence[PortalCheck]) -> Iterator[bytes]:
        """The whole graph in chunks; the last line says that it is whole."""
        lines: list[str] = []
        for line in self._lines(checks):
            lines.append(line)
            if len(lines) == _CHUNK:
                yield "".join(lines).encode()
                lines = []
        yield "".join(lines).encode()

    def _lines(self, checks: Sequence[PortalCheck]) -> Lines:
        for each in checks:
            for checked in each.datasets:
                yield from self._dataset(checked)
            catalog = f"<{self._iris.catalog(each.name)}>"
            yield from self._mean(catalog, tally(each.datasets))
            yield from self._report(each)
        datasets = (checked for each in checks for checked in each.datasets)
        for publisher, figures in by_publisher(datasets).items():
            if publisher:
                yield from self._mean(f"<{publisher}>", figures)
        graph = self._graph
        yield self._line(graph, RDF_TYPE, f"<{_DQV}QualityMetadata>")
        at = literal(moment(self._ended), datatype=XSD + "dateTime")
        yield self._line(graph, f"<{_PROV}generatedAtTime>", at)

    def _dataset(self, checked: Checked) -> Lines:
        node = f"<{checked.iri}>"
        points = checked.score.points
        yield from self._measurement(node, "score", str(points), "integer", band(points))
        for name, value in checked.score.dimensions.items():
            yield from self._measurement(node, f"{name}-points", str(value), "integer")
        for name, answer in checked.tests._asdict().items():
            if answer in _TRUTH:
                yield from self._measurement(node, name, _TRUTH[answer], "boolean")

    def _mean(self, node: str, figures: Tally) -> Lines:
        if figures.datasets:
            mean = f"{figures.mean:.1f}".removesuffix(".0")
            yield from self._measurement(node, "mean-score", mean, "decimal", figures.band)

    def _measurement(
        self, node: str, metric: str, value: str, datatype: str, band_name: str = ""
    ) -> Lines:
        """That a node has a measurement, and once, what that measurement is."""
        measurement = f"<{self._iris.quality(metric, value)}>"
        yield self._line(node, _HAS, measurement)
        if measurement in self._measured:
            return
        self._measured.add(measurement)
        concept = f"<{self._iris.concept('quality', metric)}>"
        yield self._line(measurement, RDF_TYPE, f"<{_DQV}QualityMeasurement>")
        yield self._line(measurement, f"<{_DQV}isMeasurementOf>", concept)
        yield self._line(measurement, f"<{_DQV}value>", literal(value, datatype=XSD + datatype))
        if band_name:
            found = f"<{self._iris.concept('quality', band_name)}>"
            yield self._line(measurement, "<http://purl.org/dc/terms/type>", found)

    def _report(self, check: PortalCheck) -> Lines:
        """A validation report (SHACL, section 3.6) of a portal: the Violations alone."""
        report = f"<{self._iris.quality('report', check.name)}>"
        violations = [each for checked in check.datasets for each in checked.violations]
        is_broken = any(rule.severity == VIOLATION for rule in check.findings)
        yield self._line(report, RDF_TYPE, f"<{SH}ValidationReport>")
        yield self._line(
            report, "<http://purl.org/dc/terms/subject>", f"<{self._iris.catalog(check.name)}>"
        )
        truth = "false" if is_broken else "true"
        yield self._line(report, f"<{SH}conforms>", literal(truth, datatype=XSD + "boolean"))
        for number, finding in enumerate(violations, 1):
            node = f"{report[:-1]}/{number}>"
            said: Iterable[tuple[str, str]] = (
                (RDF_TYPE, f"<{SH}ValidationResult>"),
                (f"<{SH}focusNode>", finding.focus),
                (f"<{SH}resultSeverity>", f"<{SH}Violation>"),
                (f"<{SH}sourceShape>", f"<{finding.shape}>"),
                (f"<{SH}resultMessage>", literal(finding.message, language="en")),
            )
            yield self._line(report, f"<{SH}result>", node)
            for predicate, target in said:
                yield self._line(node, predicate, target)
            if finding.value:
                yield self._line(node, f"<{SH}value>", finding.value)
            if finding.path and not finding.path.startswith("^"):
                yield self._line(node, f"<{SH}resultPath>", f"<{finding.path}>")

    def _line(self, subject: str, predicate: str, target: str) -> str:
        return f"{subject} {predicate} {target} {self._graph} .\n"
