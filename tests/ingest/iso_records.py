"""Records of ISO 19139 as plain values, and what the connector ``csw`` says of them."""

from ingest.record import Record
from tests.ingest.conftest import Description

AUTHORITY = "http://publications.europa.eu/resource/authority/"
BASE = "http://localhost:8000/"
INSPIRE = "http://inspire.ec.europa.eu/"
DOWNLOAD = "WWW:DOWNLOAD-1.0-http--download"


def described(connectors, begin, payload, identifier="arbres", **different):
    """A record as the connector describes it."""
    reading = begin(identifier, type="csw", **different)
    connectors["csw"].describe(Record(identifier, payload), reading)
    return Description(reading)


def record(beside=None, citation=None, **members):
    """A record with these members of its identification; ``beside`` are those of the record."""
    return {
        "@type": "MD_Metadata",
        "fileIdentifier": "arbres",
        "identificationInfo": {
            "@type": "MD_DataIdentification",
            "citation": {"@type": "CI_Citation", "title": "Arbres", **(citation or {})},
            "abstract": "Les arbres de la ville.",
            **members,
        },
        **(beside or {}),
    }


def online(address="https://geo.example/arbres.csv", **members):
    """A link."""
    return {"@type": "CI_OnlineResource", "linkage": address, **members}


def distribution(*links, **members):
    """The member of a record that holds its links."""
    options = {"@type": "MD_DigitalTransferOptions", "onLine": list(links)}
    return {"distributionInfo": {"@type": "MD_Distribution", "transferOptions": options, **members}}


def party(role, name="Ville", email="sig@ville.example", **members):
    """Who is responsible for something."""
    found = {"@type": "CI_ResponsibleParty", "role": role, **members}
    if name:
        found["organisationName"] = name
    if email:
        address = {"@type": "CI_Address", "electronicMailAddress": email}
        found["contactInfo"] = {"@type": "CI_Contact", "address": address}
    return found


def parts(description, term):
    """The paths of a dataset's parts, under its IRI."""
    return sorted(iri.removeprefix(description.root) for iri in description("", term))


def service(identifier="svc", beside=None, **members):
    """A record about a service."""
    return {
        "@type": "MD_Metadata",
        "fileIdentifier": identifier,
        "hierarchyLevel": "service",
        "identificationInfo": {
            "@type": "SV_ServiceIdentification",
            "citation": {"@type": "CI_Citation", "title": "Service des arbres"},
            "abstract": "Les arbres en WMS.",
            **members,
        },
        **(beside or {}),
    }
