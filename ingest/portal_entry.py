"""What a portal's entry in the registry says for all its records, where a record says nothing.

The catalogue has the contact point and the statement of rights, once; a dataset without its own
refers to them, and a derivation by the rule ``portal-entry`` says that the source was silent.
"""

from ingest.describing import agent
from ingest.reading import Node, Reading
from ingest.record import Context
from vocab.ntriples import RDF_TYPE

_RULE = "portal-entry"


def describe_entry(reading: Reading, catalog: Node) -> None:
    """The contact point and the statement of rights of a portal, as parts of its ``catalog``."""
    portal = reading.context.portal
    if portal.contact is not None:
        point = catalog.part("contactPoint", "contact", "Kind")
        point.add("fn", portal.contact.name)
        if portal.contact.email:
            point.add("hasEmail", f"mailto:{portal.contact.email}")
        if portal.contact.url:
            point.add("hasURL", portal.contact.url)
    if portal.rights:
        statement = catalog.part("rights", "rights", "RightsStatement")
        statement.add("description", portal.rights)


def complete(reading: Reading) -> None:
    """Give a described record what its portal's entry has for it: the contact point, the
    publisher, who has access (datasets alone), and the rights of each distribution."""
    context, node = reading.context, reading.node(reading.root)
    portal, catalog = context.portal, context.iris.catalog(context.portal.name)
    if portal.contact is not None and not reading.has(node, "contactPoint"):
        point = f"{catalog}/contact"
        node.link("contactPoint", point)
        reading.derive("contactPoint", point, "contact", portal.contact.name, _RULE)
    if portal.publishes and not reading.has(node, "publisher"):
        publisher = agent(reading, portal.publisher.name)
        node.link("publisher", publisher)
        reading.derive("publisher", publisher, "publisher", portal.publisher.name, _RULE)
    if portal.access_rights and not reading.has(node, "accessRights"):
        allowed = context.model.code_list("access-right")[portal.access_rights]
        node.link("accessRights", allowed)
        reading.derive("accessRights", allowed, "access_rights", portal.access_rights, _RULE)
    if portal.rights:
        _grant(reading, context, f"{catalog}/rights")


def _grant(reading: Reading, context: Context, statement: str) -> None:
    """The statement of rights on each distribution that has none."""
    kind = f" {RDF_TYPE} {reading.classes['Distribution']}{reading.end}"
    stated = f" {reading.terms['rights'].predicate} "
    distributions, granted = dict[str, None](), set[str]()
    for line in reading.lines:
        if line.endswith(kind):
            distributions[line.removesuffix(kind)[1:-1]] = None
        elif stated in line:
            granted.add(line.partition(" ")[0][1:-1])
    silent = [each for each in distributions if each not in granted]
    for each in silent:
        reading.node(each).link("rights", statement)
    if silent:
        reading.derive("rights", statement, "rights", context.portal.rights, _RULE)
