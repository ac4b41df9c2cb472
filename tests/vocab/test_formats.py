"""What a declared format means, and what a file is put into."""

import pytest

from tests.vocab.lists import AUTHORITY, BASE, IANA
from vocab.context import Model

FILE_TYPE = f"{AUTHORITY}file-type/"
ZIP, GZIP = f"{IANA}application/zip", f"{IANA}application/gzip"


@pytest.fixture(scope="module")
def find():
    formats = Model(BASE).formats
    return lambda *values: formats.find(*values)


@pytest.mark.parametrize(
    ("values", "file_type", "package", "compression"),
    [
        (("shp.zip",), "SHP", ZIP, ""),
        (("ZIP (CSV)",), "CSV", ZIP, ""),
        (("csv.gz",), "CSV", "", GZIP),
        (("geojson.gz",), "GEOJSON", "", GZIP),
        (("sql.tar.gz",), "SQL", "", GZIP),
        (("SHP", "application/zip"), "SHP", ZIP, ""),
        (("shapefile", "zip"), "SHP", ZIP, ""),
        (("zip",), "ZIP", "", ""),
        (("tar.gz",), "TAR_GZ", "", ""),
        (("base.tar.gz",), "TAR_GZ", "", ""),
        (("données zippées.zip",), "ZIP", "", ""),
        (("2.zip",), "ZIP", "", ""),
        (("csv",), "CSV", "", ""),
        (("Excel", "xlsx"), "XLSX", "", ""),
        (("Excel", "xls"), "XLS", "", ""),
        (("xls", "xlsx"), "XLS", "", ""),
        (("Word", "docx"), "DOCX", "", ""),
    ],
)
def test_file_type_and_what_it_is_in(find, values, file_type, package, compression):
    found = find(*values)
    assert found.file_type == FILE_TYPE + file_type
    assert (found.package, found.compression) == (package, compression)
    assert found.is_known


@pytest.mark.parametrize("value", ["wu", "gtfs-rt", "api", "csv et pdf"])
def test_what_is_not_known_is_not_guessed(find, value):
    assert find(value)[:3] == ("", "", False)
