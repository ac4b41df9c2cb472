"""The files of the code lists, read without the code that they are tested for."""

import csv
import io
import re
import unicodedata
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox
import pytest

BASE = "http://localhost:8000/"
AUTHORITY = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCT = "http://purl.org/dc/terms/"
DCAT_MEDIA_TYPE = "http://www.w3.org/ns/dcat#mediaType"
XSD_STRING = ox.NamedNode("http://www.w3.org/2001/XMLSchema#string")
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

CLASSES = {
    "access-right": DCT + "RightsStatement",
    "checksum-algorithm": "http://spdx.org/rdf/terms#ChecksumAlgorithm",
    "country": DCT + "Location",
    "data-theme": SKOS + "Concept",
    "dataset-type": SKOS + "Concept",
    "datatype": "http://www.w3.org/ns/csvw#Datatype",
    "distribution-status": SKOS + "Concept",
    "file-type": DCT + "MediaTypeOrExtent",
    "fix": SKOS + "Concept",
    "frequency": DCT + "Frequency",
    "hvd-category": SKOS + "Concept",
    "harvest": SKOS + "Concept",
    "issue": SKOS + "Concept",
    "key": "http://www.w3.org/1999/02/22-rdf-syntax-ns#Property",
    "language": DCT + "LinguisticSystem",
    "licence": DCT + "LicenseDocument",
    "licence-type": SKOS + "Concept",
    "media-type": DCT + "MediaType",
    "planned-availability": SKOS + "Concept",
    "publisher-type": SKOS + "Concept",
    "quality": SKOS + "Concept",
    "rule": SKOS + "Concept",
    "standard": DCT + "Standard",
    "status": SKOS + "Concept",
}
LISTS = sorted(CLASSES)
SEVERAL_MEANINGS = {"data-theme"}

# Names of our lists in the European tables, where they differ.
EU_TABLE = {
    "licence-type": "adms-licencetype",
    "publisher-type": "adms-publishertype",
    "status": "adms-status",
}
NOT_EUROPEAN = {
    "checksum-algorithm",
    "datatype",
    "fix",
    "harvest",
    "issue",
    "key",
    "media-type",
    "quality",
    "rule",
    "standard",
}
UNSPELT = {"fix", "issue", "quality", "rule"}
"""Lists that we alone write: no portal, so no spellings."""

SHARED = Path(__file__).resolve().parents[3] / "shared" / "vocab"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the European tables of ../shared are not at hand"
)


def fold(value):
    decomposed = unicodedata.normalize("NFKD", value)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def triples(name):
    path = files("vocab").joinpath("concepts", f"{name}.ttl")
    return list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=BASE))


def concepts(name):
    """IRI -> {predicate: [object, …]} of everything that has a notation."""
    described: dict[str, dict[str, list[ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples(name):
        described[triple.subject.value][triple.predicate.value].append(triple.object)
    return {iri: facts for iri, facts in described.items() if SKOS + "notation" in facts}


def notation(facts):
    (value,) = facts[SKOS + "notation"]
    return value.value


def rows(name):
    if name in UNSPELT:
        return []
    text = files("vocab").joinpath("codes", f"{name}.csv").read_text("utf-8")
    return [(row["value"], row["notation"]) for row in csv.DictReader(io.StringIO(text))]


def names(name):
    """Folded notation, IRI or label -> the notations that answer to it without any CSV row."""
    found = defaultdict(set)
    for iri, facts in concepts(name).items():
        for text in (iri, notation(facts), *(label.value for label in facts[SKOS + "prefLabel"])):
            found[fold(text)].add(notation(facts))
    return found


def resolve(name, value):
    folded = fold(value)
    return names(name)[folded] | {code for text, code in rows(name) if fold(text) == folded}


def stems(folder, suffix):
    entries = files("vocab").joinpath(folder).iterdir()
    return sorted(e.name.removesuffix(suffix) for e in entries if e.name.endswith(suffix))
