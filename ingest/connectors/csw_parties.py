"""Who is responsible for what (ISO 19115, CI_ResponsibleParty and its roles), as DCAT says it."""

from collections.abc import Iterable
from typing import NamedTuple

from graph.iris import slug
from ingest import describing
from ingest.connectors import csw_links
from ingest.connectors.iso19139 import Payload, objects, texts, words
from ingest.reading import Node, Reading

_ROLES = "http://inspire.ec.europa.eu/metadata-codelist/ResponsiblePartyRole/"
_QUALIFIED = frozenset(
    {"custodian", "distributor", "owner", "principalInvestigator", "processor", "resourceProvider",
     "user"}
)  # fmt: skip
"""The roles that have an IRI and no property of their own (GeoDCAT-AP 3.0.0, section on agents)."""
_PUBLISHING = ("publisher", "owner")
"""The roles that make a publisher, the best first."""
_DIRECT = {
    "author": "creator",
    "coAuthor": "creator",
    "originator": "creator",
    "contributor": "contributor",
    "collaborator": "contributor",
}
"""The roles that have a property of their own."""


class Party(NamedTuple):
    """A body or a person with a role; ``key`` is where in the record it is said."""

    key: str
    name: str
    role: str
    emails: list[str]
    url: str


def parties(key: str, found: Iterable[Payload]) -> list[Party]:
    """The parties of a property."""
    listed = []
    for each in found:
        names = (words(each.get(name)) for name in ("organisationName", "individualName"))
        emails, url = [], ""
        for contact in objects(each.get("contactInfo")):
            for address in objects(contact.get("address")):
                emails += texts(address.get("electronicMailAddress"))
            for online in objects(contact.get("onlineResource")):
                url = url or words(online.get("linkage"))
        name = next(filter(None, names), "") or words(each.get("positionName"))
        role = words(each.get("role")).rpartition("/")[2]
        listed.append(Party(key, " ".join(name.split()), role, emails, url))
    return listed


def publish(
    reading: Reading, node: Node, of_resource: list[Party], of_record: list[Party]
) -> list[Party]:
    """The publisher: who has that role, else the owner, else the record's own contact. Gives those
    who are not it."""
    for role in _PUBLISHING:
        chosen = [party for party in of_resource if party.role == role and party.name]
        if chosen:
            break
    else:
        chosen = [party for party in of_record if party.name][:1]
    key = chosen[0].key if chosen else ""
    describing.publisher(reading, node, key, [party.name for party in chosen])
    return [party for party in of_resource if party not in chosen]


def reach(reading: Reading, node: Node, of_resource: list[Party], of_record: list[Party]) -> None:
    """The contact points: those named as such, else whom the record names for itself."""
    asked = [party for party in of_resource if party.role in ("pointOfContact", "")]
    for party in asked or of_record:
        url = party.url if csw_links.leads_somewhere(party.url) else ""
        for email in party.emails or [""]:
            path = f"contact/{slug(email or party.name or party.url)}"
            where = f"{party.key}.contactInfo.address.electronicMailAddress"
            describing.contact(reading, node, party.name, (where, email), url, path)


def attribute(reading: Reading, dataset: Node, of_resource: Iterable[Party]) -> None:
    """Everybody else: creators, contributors, and the other roles by their INSPIRE names."""
    for party in of_resource:
        key = f"{party.key}.role"
        if party.role in ("pointOfContact", "") or not party.name:
            continue
        if party.role in _DIRECT:
            dataset.link(_DIRECT[party.role], describing.agent(reading, party.name))
        elif party.role in _QUALIFIED:
            path = f"attribution/{slug(party.role)}-{slug(party.name)}"
            attribution = dataset.part("qualifiedAttribution", path, "Attribution")
            attribution.link("agent", describing.agent(reading, party.name))
            attribution.add("hadRole", f"{_ROLES}{party.role}", key)
        else:
            message = f"{key}: {party.role!r} is no role that DCAT or INSPIRE knows ({party.name})"
            reading.issue("unknown-value", key, party.role, message)


def leave_out(reading: Reading, of_resource: Iterable[Party]) -> None:
    """Note those who have a role that a data service of DCAT-AP has no property for."""
    for party in of_resource:
        if party.role not in ("pointOfContact", "") and party.name:
            key = f"{party.key}.role"
            message = f"{key}: a data service has no {party.role} ({party.name}); left out"
            reading.issue("unknown-value", key, party.role, message)
