"""Lexical forms of XSD datatypes (XML Schema 1.1, part 2)."""

import pytest

from graph.datatypes import has_datatype
from vocab.ntriples import XSD

RIGHT = {
    "date": ["2024-02-29", "2000-02-29Z", "-0044-03-15", "12024-01-31+14:00"],
    "dateTime": ["2024-01-01T00:00:00", "2024-12-31T23:59:59.999-11:30", "2024-01-01T24:00:00Z"],
    "gYear": ["2024", "0044", "-0044", "12024", "2024Z"],
    "gYearMonth": ["2024-12", "2024-01+02:00"],
    "decimal": ["1", "-1.5", "+.5", "2.", "007"],
    "duration": ["P1Y", "-P1M2D", "PT0.5S", "P1YT1H", "P0D"],
    "hexBinary": ["", "0a1B", "FF"],
    "nonNegativeInteger": ["0", "+12", "-0", "00012"],
    "integer": ["-1", "+1", "12"],
}
WRONG = {
    "date": [
        " 2024-01-01 ",
        "2023-02-29",
        "1900-02-29",
        "2024-04-31",
        "24-01-01",
        "2024-1-1",
        "2024-01-01+15:00",
    ],
    "dateTime": ["2024-01-01", "2024-01-01T24:00:01", "2024-01-01T12:60:00", "2024-01-01 00:00:00"],
    "gYear": ["24", "02024", "2024-01", "x"],
    "gYearMonth": ["2024-13", "2024-00", "2024"],
    "decimal": ["1,5", "1e3", "", "INF", "."],
    "duration": ["P", "PT", "1Y", "P1H", "P1.5Y", "PT.5S"],
    "hexBinary": ["0", "0g", "0 1"],
    "nonNegativeInteger": ["-1", "1.0", "", "douze"],
    "integer": ["1.0", "--1"],
}


def cases(table):
    return [(name, form) for name, forms in table.items() for form in forms]


@pytest.mark.parametrize(("name", "form"), cases(RIGHT))
def test_forms_that_are_one(name, form):
    assert has_datatype(XSD + name)(f'"{form}"^^<{XSD}{name}>')


@pytest.mark.parametrize(("name", "form"), cases(WRONG))
def test_forms_that_are_none(name, form):
    assert not has_datatype(XSD + name)(f'"{form}"^^<{XSD}{name}>')


@pytest.mark.parametrize(
    "value",
    ['"2024"', '"2024"@fr', f'"2024"^^<{XSD}integer>', f"<2024^^<{XSD}gYear>", "_:2024"],
)
def test_what_is_of_no_or_another_type(value):
    assert not has_datatype(XSD + "gYear")(value)


def test_a_datatype_that_is_not_known_is_said():
    with pytest.raises(KeyError):
        has_datatype("http://www.opengis.net/ont/geosparql#wktLiteral")
