"""Checksums of distributions: the algorithm is one of SPDX, or it is an issue."""

import pytest

from ingest.distributing import add_checksum

SPDX = "https://spdx.org/rdf/terms#checksumAlgorithm_"
MD5 = "d41d8cd98f00b204e9800998ecf8427e"


@pytest.fixture
def added(begin):
    def add(digits, named=""):
        reading = begin()
        file = reading.node(f"{reading.root}/distribution/1", "Distribution")
        add_checksum(reading, file, "hash", digits, named)
        start = f"<{file.iri}/checksum> {reading.terms['algorithm'].predicate} <"
        found = [line[len(start) :].partition(">")[0] for line in reading.lines if start in line]
        return found, [issue.kind for issue in reading.issues]

    return add


@pytest.mark.parametrize(
    "named",
    ["", "md5", "MD5", "checksumAlgorithm_md5", f"{SPDX}md5", f"http:{SPDX[6:]}md5"],
)
def test_an_algorithm_is_read_however_it_is_spelled(added, named):
    assert added(MD5, named) == ([f"{SPDX}md5"], [])


def test_families_are_told_apart(added):
    digits = "00" * 32
    assert added(digits) == added(digits, "SHA-256") == ([f"{SPDX}sha256"], [])
    assert added(digits, "SHA3-256") == ([f"{SPDX}sha3_256"], [])


@pytest.mark.parametrize(("digits", "named"), [(MD5, "crc32"), ("zz", "md5"), ("00", "")])
def test_what_is_no_checksum_is_an_issue(added, digits, named):
    assert added(digits, named) == ([], ["invalid-value"])
