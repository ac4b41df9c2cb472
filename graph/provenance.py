"""The runs: each harvest of a portal as a ``prov:Activity`` (PROV-O) in ``graph/provenance``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import pyoxigraph as ox

from graph.iris import Iris
from vocab.dates import moment
from vocab.ntriples import RDF_TYPE, XSD, iri, literal

_PROV = "http://www.w3.org/ns/prov#"
_DQV = "http://www.w3.org/ns/dqv#"
_SCHEMA = "http://schema.org/"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"


@dataclass(frozen=True)
class Run:
    """One harvest of one portal.

    ``counts`` are by the notation of the code list ``harvest`` (records added, changed, removed,
    unchanged; quads written), ``issues`` by that of the code list ``issue``. ``version`` is the
    digest of the mapping, ``source`` the portal's address, ``error`` why it failed (empty: done).
    """

    portal: str
    source: str
    started: datetime
    ended: datetime
    version: str
    counts: Mapping[str, int]
    issues: Mapping[str, int]
    error: str = ""

    def nquads(self, iris: Iris) -> bytes:
        """The run, its measurements (DQV) and its agent as N-Quads of the graph provenance."""
        graph = f"<{iris.graph('provenance')}>"
        return "".join(
            f"{subject} {predicate} {target} {graph} .\n"
            for subject, predicate, target in self._statements(iris)
        ).encode()

    def _statements(self, iris: Iris) -> Iterator[tuple[str, str, str]]:
        run, agent = f"<{iris.run(self.portal, self.started)}>", f"<{iris.agent('jointure')}>"
        status = "FailedActionStatus" if self.error else "CompletedActionStatus"
        yield run, RDF_TYPE, f"<{_PROV}Activity>"
        yield run, f"<{_RDFS}label>", literal(f"Moisson de {self.portal}", language="fr")
        yield run, f"<{_PROV}startedAtTime>", _moment(self.started)
        yield run, f"<{_PROV}endedAtTime>", _moment(self.ended)
        yield run, f"<{_PROV}wasAssociatedWith>", agent
        yield run, "<http://purl.org/dc/terms/subject>", f"<{iris.catalog(self.portal)}>"
        yield run, "<http://www.w3.org/2002/07/owl#versionInfo>", literal(self.version)
        yield run, f"<{_SCHEMA}actionStatus>", f"<{_SCHEMA}{status}>"
        if self.source.startswith("http"):
            yield run, f"<{_PROV}used>", iri(self.source)
        if self.error:
            yield run, f"<{_RDFS}comment>", literal(self.error, language="en")
        yield agent, RDF_TYPE, f"<{_PROV}SoftwareAgent>"
        yield agent, "<http://xmlns.com/foaf/0.1/name>", literal("Jointure", language="fr")
        metrics = {iris.concept("harvest", name): count for name, count in self.counts.items()}
        metrics |= {iris.concept("issue", kind): count for kind, count in self.issues.items()}
        for concept, count in metrics.items():
            measure = f"{run[:-1]}/measure/{concept.rsplit('/', 1)[-1]}>"
            yield run, f"<{_DQV}hasQualityMeasurement>", measure
            yield measure, RDF_TYPE, f"<{_DQV}QualityMeasurement>"
            yield measure, f"<{_DQV}isMeasurementOf>", f"<{concept}>"
            yield measure, f"<{_DQV}value>", literal(str(count), datatype=XSD + "integer")


def _moment(at: datetime) -> str:
    return literal(moment(at), datatype=XSD + "dateTime")


_LAST = """
PREFIX dct: <http://purl.org/dc/terms/> PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX schema: <http://schema.org/>
SELECT ?catalog ?ended ?status
WHERE {
  { SELECT ?catalog (MAX(?at) AS ?ended)
    WHERE { ?any a prov:Activity ; dct:subject ?catalog ; prov:endedAtTime ?at }
    GROUP BY ?catalog }
  ?run dct:subject ?catalog ; prov:endedAtTime ?ended ; schema:actionStatus ?status }"""


def last_runs(store: ox.Store, iris: Iris) -> dict[str, str]:
    """When each portal was last harvested (an xsd:dateTime), and whether that failed, by name."""
    solutions = store.query(_LAST, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    found = {}
    for row in solutions:
        portal = row["catalog"].value.removeprefix(iris.catalog(""))
        failed = " (failed)" if str(row["status"]).endswith("FailedActionStatus>") else ""
        found[portal] = f"{row['ended'].value}{failed}"
    return found
