"""What stays of a record that left its portal: that it was, what it was, since when it is not."""

from collections.abc import Iterable

import pyoxigraph as ox

from graph.difference import CREATED, Withdrawal
from graph.iris import Iris
from vocab.dates import moment

_DCAT, _DCT = "http://www.w3.org/ns/dcat#", "http://purl.org/dc/terms/"
_PROV, _XSD = "http://www.w3.org/ns/prov#", "http://www.w3.org/2001/XMLSchema#"
_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
STATUS = ox.NamedNode("http://www.w3.org/ns/adms#status")
WITHDRAWN = ox.NamedNode("http://purl.org/adms/status/Withdrawn")
_COMMENT = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#comment")
_KEPT = frozenset(
    ox.NamedNode(iri)
    for iri in (
        *(_DCT + name for name in ("title", "description", "identifier", "publisher")),
        *(_DCT + name for name in ("issued", "modified")),
        _DCAT + "landingPage",
    )
)
"""What is kept of the dataset itself: enough to know what it was."""


def tombstone(
    iris: Iris, root: str, held: Iterable[ox.Quad], graph: ox.NamedNode, withdrawal: Withdrawal
) -> set[ox.Quad]:
    """The quads that take the place of those held of ``root``.

    The dataset is no ``dcat:Dataset`` any more, so that nobody counts it, and in no catalogue; what
    was its record says that it is withdrawn (ADMS). It is no ``dcat:CatalogRecord`` either: one has
    to be about a Catalog, Dataset or DataService (DCAT-AP 3.0.1).
    """
    dataset, record = ox.NamedNode(root), ox.NamedNode(f"{root}/record")
    since = ox.Literal(moment(withdrawal.moment), datatype=ox.NamedNode(_XSD + "dateTime"))
    portal = root.removeprefix(iris.dataset_prefix).partition("/")[0]
    kept = {
        quad
        for quad in held
        if (quad.subject == dataset and quad.predicate in _KEPT)
        or (quad.subject == record and quad.predicate == CREATED)
    }
    said = (
        (dataset, _RDF_TYPE, ox.NamedNode(_DCAT + "Resource")),
        (dataset, ox.NamedNode(_DCT + "isPartOf"), ox.NamedNode(iris.catalog(portal))),
        (dataset, ox.NamedNode(_PROV + "invalidatedAtTime"), since),
        (record, _RDF_TYPE, ox.NamedNode(_PROV + "Entity")),
        (record, ox.NamedNode("http://xmlns.com/foaf/0.1/primaryTopic"), dataset),
        (record, STATUS, WITHDRAWN),
        (record, _COMMENT, ox.Literal(withdrawal.reason, language="en")),
        (record, ox.NamedNode(_DCT + "modified"), since),
        (record, ox.NamedNode(_PROV + "generatedAtTime"), since),
        (record, ox.NamedNode(_PROV + "wasGeneratedBy"), ox.NamedNode(withdrawal.run)),
    )
    return kept | {ox.Quad(subject, said_of, value, graph) for subject, said_of, value in said}
