"""What is open, against the European table of file types."""

import csv

import pytest

from vocab.codelist import CodeList
from vocab.openness import Openness

BASE = "http://localhost:8000/"
AUTHORITY = "http://publications.europa.eu/resource/authority/"


@pytest.fixture(scope="module")
def tables():
    return Openness.of(BASE)


def codes(nodes):
    return {node.rpartition("/")[2].rstrip(">") for node in nodes}


@pytest.mark.parametrize(
    ("column", "table"),
    [("nonproprietary", "non_proprietary"), ("machine_readable", "machine_readable")],
)
def test_the_flags_are_those_of_the_european_table(shared, tables, column, table):
    with (shared / "vocab/eu_file_types_2024-09.tsv").open(encoding="utf-8") as file:
        flagged = {row["code"] for row in csv.DictReader(file, delimiter="\t") if row[column]}
    ours = set(CodeList("file-type", BASE).notations)
    assert codes(getattr(tables, table)) == flagged & ours
    assert len(flagged & ours) > 15


def test_every_media_type_is_registered(shared, tables):
    lines = (shared / "vocab/iana-media-types.txt").read_text("utf-8").splitlines()
    registered = {line.strip().lower() for line in lines}
    ours = {node.partition("media-types/")[2].rstrip(">").lower() for node in tables.media_types}
    assert len(ours) > 50
    assert ours <= registered


def test_a_licence_is_known_where_it_is_of_the_european_table(tables):
    assert f"<{AUTHORITY}licence/ETALAB_2_0>" in tables.known_licences
    assert f"<{BASE}concept/licence/LO-1.0>" not in tables.known_licences
    assert f"<{BASE}concept/licence/LO>" not in tables.known_licences


@pytest.mark.parametrize(
    ("code", "is_open", "is_lawful"),
    [("ETALAB_2_0", True, True), ("ODC_BL", True, True), ("CC_BY_4_0", True, False),
     ("CC_BYSA_4_0", True, False), ("CC0", True, False), ("CC_BYNC_4_0", False, False),
     ("CC_BYND_4_0", False, False), ("CC_BYNCND_4_0", False, False)],
)  # fmt: skip
def test_open_and_allowed_by_the_law_are_two_things(tables, code, is_open, is_lawful):
    node = f"<{AUTHORITY}licence/{code}>"
    assert (node in tables.open_licences, node in tables.lawful_licences) == (is_open, is_lawful)


def test_the_first_licence_ouverte_is_open_and_lawful(tables):
    node = f"<{BASE}concept/licence/LO-1.0>"
    assert node in tables.open_licences & tables.lawful_licences
