"""What is said around a connector's description: CatalogRecord, catalogue, its publisher."""

from graph.issues import Issue
from ingest import agents, describing, portal_entry, spatial
from ingest.legislating import legislate
from ingest.reading import Node, Reading
from ingest.record import Connector, Context, Record
from vocab.gazetteer import gazetteer


def described_record(
    context: Context, connector: Connector, record: Record, root: str, digest: str
) -> Reading:
    """A dataset as its connector describes it, with its CatalogRecord and its membership."""
    reading = Reading(context, root, record.id)
    with reading.isolated("record", record.payload):
        connector.describe(record, reading)
    if not reading.lines:  # nothing of it could be read: it is there all the same, and says so
        reading.membership = "dataset"
        describing.titles(reading, reading.node(root, "Dataset"), ("title", None), ("notes", None))
    spatial.complete(reading)
    portal_entry.complete(reading)
    legislate(reading)
    entry = reading.node(f"{root}/record", "CatalogRecord")
    entry.link("primaryTopic", root)
    entry.add("identifier", record.id)
    entry.link("conformsTo", context.model.code_list("standard")["DCAT-AP"])
    _mark(reading, entry, digest)
    catalog = reading.node(context.iris.catalog(context.portal.name))
    catalog.link(reading.membership, root)
    catalog.link("record", entry.iri)
    return reading


def _mark(reading: Reading, entry: Node, digest: str) -> None:
    """When the record was first seen, when and by which run it was last said anew."""
    context = reading.context
    reading.digest = digest
    reading.mark(entry, "versionInfo", digest)
    reading.mark(entry, "created", context.stamp)
    reading.mark(entry, "generatedAtTime", context.stamp)
    reading.mark(entry, "wasGeneratedBy", context.run)
    if not reading.says(entry, context.model.terms["modified"]):
        reading.mark(entry, "modified", context.today.isoformat())


def described_catalog(
    context: Context, connector: Connector, issues: list[Issue], digest: str
) -> Reading:
    """The catalogue as the registry describes it, with the issues of entries without a name."""
    portal, model = context.portal, context.model
    reading = Reading(context, context.iris.catalog(portal.name), portal.name)
    reading.issues = list(issues)
    catalog = reading.node(reading.root, "Catalog")
    catalog.add("title", portal.title)
    catalog.add("description", portal.description)
    catalog.add("homepage", portal.homepage)
    catalog.add("language", portal.language)
    catalog.link("themeTaxonomy", model.code_list("data-theme").scheme)
    _cover(context, reading, catalog)
    portal_entry.describe_entry(reading, catalog)
    reading.digest = digest
    catalog.add("versionInfo", digest)
    catalog.link("publisher", agents.own(reading).iri)
    connector.services(portal, catalog)
    return reading


def _cover(context: Context, reading: Reading, catalog: Node) -> None:
    territory = gazetteer().by_key(context.portal.territory)
    assert territory is not None  # the registry's are checked
    target, country = spatial.place(reading, territory), spatial.country_of(territory)
    for each in dict.fromkeys((target, country)):
        if each:
            catalog.link("spatial", each)
