"""Dates as portals write them."""

import re

import pyoxigraph as ox
import pytest

from vocab.dates import parse
from vocab.ntriples import XSD


@pytest.mark.parametrize(
    ("written", "lexical", "datatype"),
    [
        ("2024-05-31", "2024-05-31", "date"),
        ("2024-05", "2024-05", "gYearMonth"),
        ("2024", "2024", "gYear"),
        (" 2024-02-29\n", "2024-02-29", "date"),
        ("31/05/2024", "2024-05-31", "date"),
        ("1/5/2024", "2024-05-01", "date"),
        ("31-05-2024", "2024-05-31", "date"),
        ("2024-05-31T08:09:10", "2024-05-31T08:09:10", "dateTime"),
        ("2024-05-31 08:09", "2024-05-31T08:09:00", "dateTime"),
        ("2024-05-31T08:09:10Z", "2024-05-31T08:09:10Z", "dateTime"),
        ("2024-05-31T08:09:10+02:00", "2024-05-31T08:09:10+02:00", "dateTime"),
        ("2024-05-31T08:09:10+0200", "2024-05-31T08:09:10+02:00", "dateTime"),
        ("2021-03-01T00:27:54.586057", "2021-03-01T00:27:54.586057", "dateTime"),
    ],
)
def test_every_form_gives_its_literal(written, lexical, datatype):
    assert parse(written) == (lexical, XSD + datatype)


def test_dkan_writes_the_day_of_the_week():
    assert parse("jeu, 19/12/2019 - 03:00") == ("2019-12-19", XSD + "date")


@pytest.mark.parametrize("zone", ["Z", "+00:00", "+0000", "-00:00"])
def test_universal_time_has_one_form(zone):
    assert parse(f"2024-05-31T08:09:10{zone}")[0] == "2024-05-31T08:09:10Z"


@pytest.mark.parametrize(
    ("fraction", "kept"), [(".000", ""), (".500", ".5"), (".0", ""), (".125", ".125")]
)
def test_zeros_at_the_end_of_a_fraction_go(fraction, kept):
    assert parse(f"2024-05-31T08:09:10{fraction}Z")[0] == f"2024-05-31T08:09:10{kept}Z"


@pytest.mark.parametrize(
    "written", ["2024-05-31T08:09:10.500+00:00", "2024-05-31T08:09:10-00:00", "31/05/2024", "2024"]
)
def test_the_store_gives_back_what_was_written(written):
    """Otherwise the difference to what is held would never be empty."""
    lexical, datatype = parse(written)
    literal = ox.Literal(lexical, datatype=ox.NamedNode(datatype))
    node, store = ox.NamedNode("http://a.example/"), ox.Store()
    store.add(ox.Quad(node, node, literal))
    assert [quad.object for quad in store] == [literal]


@pytest.mark.parametrize("slip", ["0004-11-21", "0004", "0999-12-31T00:00:00Z", "21/11/0004"])
def test_a_year_before_1000_is_a_slip_of_the_keyboard(slip):
    with pytest.raises(ValueError, match="before the year 1000"):
        parse(slip)


@pytest.mark.parametrize(
    "impossible",
    ["2024-04-31", "2023-02-29", "2024-13", "2024-00-01", "31/04/2024", "2024-05-31T25:00:00"],
)
def test_a_day_that_does_not_exist_is_refused(impossible):
    with pytest.raises(ValueError, match=re.escape(impossible)):
        parse(impossible)


@pytest.mark.parametrize(
    "text", ["", "1er janvier", "depuis 2015", "2024-5-1", "05/2024", "2024-05-31T08", "20240531"]
)
def test_what_is_no_date_is_told_what_is(text):
    with pytest.raises(ValueError, match="2024-05-31"):
        parse(text)


@pytest.mark.parametrize("zone", ["+15:00", "+02:60", "-99:00"])
def test_a_time_zone_off_the_clock_is_refused(zone):
    with pytest.raises(ValueError, match="time zone"):
        parse(f"2024-05-31T08:09:10{zone}")
