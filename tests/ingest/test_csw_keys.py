"""Every element of the captured records shows in a description, is ignored by name, or is said by
another one."""

import tomllib
from importlib.resources import files

import pytest

from ingest.answer import Answer
from ingest.connectors import csw_relations, csw_walk
from ingest.record import Record
from tests.ingest.conftest import Description

PAGES = (
    "geo-ide-ddt24/csw-response-001.xml",
    "geo-ide-ddt24/geoide-iso19139-single-dataset.xml",
    "geoplateforme/geoplateforme-iso19139-IGNF_RPG.xml",
    *(f"geonetwork/geonetwork-iso19139-page-{start}.xml" for start in (1, 3, 5)),
)
CODE = "referenceSystemInfo.referenceSystemIdentifier.code"
CONSTRAINTS = "identificationInfo.resourceConstraints"
THESAURUS = "identificationInfo.descriptiveKeywords.thesaurusName.title"
SAID_OTHERWISE = {
    "contact.role": "the record's own contact, whatever the role",
    f"{CODE}.text": "the link says it",
    f"{CODE}.href": "the text says it",
    f"{CODE}Space": "the link says it",
    f"{CONSTRAINTS}.useConstraints": "of which kind the words beside are",
    f"{CONSTRAINTS}.accessConstraints": "of which kind the words beside are",
    f"{CONSTRAINTS}.otherConstraints.text": "the link says it",
    f"{THESAURUS}.text": "the keywords have links of their own",
    f"{THESAURUS}.href": "the keywords have links of their own",
    "identificationInfo.status": "onGoing, which the EU's table has no word for",
    "distributionInfo.distributor.distributorContact.contactInfo.address.electronicMailAddress":
        "an agent of the model has no address",
}  # fmt: skip


@pytest.fixture
def records(shared):
    """The captured records, as they are described."""
    return [
        payload
        for page in PAGES
        for payload in csw_relations.resolved(
            csw_walk.read(Answer("geo", page, shared / "portals/csw" / page)).records
        )
    ]


@pytest.fixture
def say(connectors, begin):
    """All that is said of a record, and what is complained about."""

    def said(payload):
        reading = begin(csw_walk.identifier(payload) or "x", type="csw")
        connectors["csw"].describe(Record(reading.identifier, payload), reading)
        found = Description(reading)
        return found.triples, {(issue.message, issue.value) for issue in found.issues}

    return said


@pytest.fixture(scope="module")
def is_ignored():
    """Whether the table ignores an element, or an object that it is in."""
    text = files("ingest").joinpath("connectors/csw.toml").read_text("utf-8")
    tables = tomllib.loads(text)

    def ignored(path, classes):
        names = [step for step in path if isinstance(step, str)]
        keys = (".".join(names[:length]) for length in range(1, len(names) + 1))
        if any("ignored" in tables["Dataset"].get(key, "") for key in keys):
            return True
        members = (f"{kind}.{name}" for kind, name in zip(classes, names, strict=False))
        rules = [tables["members"].get(member, "") for member in members]
        return any("ignored" in rule or rule == "picked" for rule in rules)

    return ignored


def leaves(value, path=(), classes=()):
    """The path of each text, with the classes of the objects that it is in."""
    if isinstance(value, dict):
        for key, member in value.items():
            if key not in ("@type", "@related"):
                yield from leaves(member, (*path, key), (*classes, value.get("@type", "")))
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from leaves(member, (*path, number), classes)
    else:
        yield path, classes


def without(value, path):
    """A record without the text at ``path``."""
    step, *rest = path
    if isinstance(value, list):
        members = list(value)
        members[step : step + 1] = [without(value[step], rest)] if rest else []
        return members
    left = {key: member for key, member in value.items() if key != step}
    return {**left, step: without(value[step], rest)} if rest else left


def test_no_element_is_lost_in_silence(records, say, is_ignored):
    shown: dict[str, bool] = {}
    for payload in records:
        whole = say(payload)
        for path, classes in leaves(payload):
            name = ".".join(step for step in path if isinstance(step, str))
            if not shown.get(name) and not is_ignored(path, classes):
                shown[name] = say(without(payload, path)) != whole
    lost = {name for name, is_shown in shown.items() if not is_shown}
    assert lost == set(SAID_OTHERWISE)
