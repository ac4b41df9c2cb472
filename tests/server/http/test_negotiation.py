"""Content negotiation: RFC 9110, section 12.5.1."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.http.negotiation import choose

TURTLE, HTML, JSON_LD = "text/turtle", "text/html", "application/ld+json"
OFFERED = [TURTLE, HTML, JSON_LD]


@pytest.mark.parametrize("accept", [None, "", "  ", ",", "*/*"])
def test_without_a_wish_the_first_that_is_offered_is_chosen(accept):
    assert choose(accept, OFFERED) == TURTLE


def test_the_first_that_is_offered_wins_among_equals():
    assert choose(f"{JSON_LD}, {HTML}", OFFERED) == HTML


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("text/turtle;q=0.2, text/html;q=0.8", HTML),
        ("text/turtle;q=0.899, text/html;q=0.9", HTML),
        ("text/turtle; q=0.5 , application/ld+json ;q=0.6", JSON_LD),
        ("text/html;q=0.001", HTML),
        ("text/turtle;Q=0.1, text/html;q=0.2", HTML),
    ],
)
def test_the_highest_quality_wins(accept, chosen):
    assert choose(accept, OFFERED) == chosen


@pytest.mark.parametrize("accept", ["text/turtle;q=0", "text/turtle;q=0.000", "*/*;q=0"])
def test_quality_zero_is_never_chosen(accept):
    assert choose(accept, [TURTLE]) is None


def test_quality_zero_takes_one_type_out_of_a_wildcard():
    assert choose("*/*, text/turtle;q=0", OFFERED) == HTML
    assert choose("text/*;q=0, */*", OFFERED) == JSON_LD


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("text/*;q=0.9, text/turtle;q=0.1", HTML),
        ("*/*;q=0.9, text/*;q=0.1", JSON_LD),
        ("*/*;q=1, text/turtle;q=0.1, text/html;q=0.2, application/*;q=0.1", HTML),
    ],
)
def test_the_more_specific_range_gives_the_quality_whatever_the_order(accept, chosen):
    assert choose(accept, OFFERED) == chosen
    assert choose(",".join(reversed(accept.split(","))), OFFERED) == chosen


def test_a_wildcard_of_a_type_takes_that_type_only():
    assert choose("application/*", OFFERED) == JSON_LD
    assert choose("image/*", OFFERED) is None


def test_media_types_are_compared_without_case():
    assert choose("Application/LD+JSON", OFFERED) == JSON_LD


def test_parameters_of_a_range_are_no_quality():
    assert choose("text/html;charset=utf-8;q=0.1, text/turtle;q=0.2", OFFERED) == TURTLE
    assert choose('application/ld+json;profile="a;q=0"', OFFERED) == JSON_LD


@pytest.mark.parametrize("version", ["1.2", '"1.2-basic"', "1.1"])
def test_the_version_of_rdf_takes_nothing_out_of_a_range(version):
    assert choose(f"text/turtle; version={version}, text/html;q=0.1", OFFERED) == TURTLE


def test_a_comma_within_a_quoted_parameter_ends_no_range():
    assert choose('application/ld+json;profile="a,b";q=0.1, text/html', OFFERED) == HTML
    assert choose('application/ld+json;profile="a,text/html,b"', OFFERED) == JSON_LD


@pytest.mark.parametrize("quality", ["much", "", "-1", "nan", "0,5"])
def test_a_quality_that_is_no_number_is_never_better_than_one_that_is(quality):
    assert choose(f"text/turtle;q={quality}, text/html;q=0.1", OFFERED) == HTML


@pytest.mark.parametrize(
    "garbage", ["turtle", "/", ";", "text/", ";q=1", "💥", "*", "text/turtle/x"]
)
def test_what_is_no_media_range_matches_nothing(garbage):
    assert choose(garbage, OFFERED) is None
    assert choose(f"{garbage}, text/html", OFFERED) == HTML


def test_nothing_that_is_offered_will_do():
    assert choose("image/png, text/csv;q=0.5", OFFERED) is None


def test_a_browser_gets_the_page():
    firefox = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert choose(firefox, OFFERED) == HTML


@pytest.mark.parametrize(
    "accept",
    [
        "text/html;charset=utf-8",
        'text/html; charset="UTF-8"',
        "TEXT/HTML;CHARSET=iso-8859-1",
        "text/html; q=0.5; v=1",
        "text/html;level=1;q=0.9, text/html;q=0.1",
    ],
)
def test_parameters_that_take_nothing_out(accept):
    assert choose(accept, OFFERED) == HTML


@pytest.mark.parametrize("accept", ["text/html;level=1", "text/*;level=1", "*/*;a=b"])
def test_a_range_with_a_parameter_that_is_not_offered_matches_nothing(accept):
    assert choose(accept, OFFERED) is None
    assert choose(f"{accept}, text/html;q=0.1", OFFERED) == HTML


def test_a_parameter_that_is_offered_is_matched_and_is_more_specific():
    offered = ["text/html", "text/html;level=1"]
    assert choose("text/html;level=1", offered) == "text/html;level=1"
    assert choose("text/html, text/html; level=1;q=0.2", offered) == "text/html"
    assert choose("text/html;q=0.1, text/html; LEVEL=1;q=0.2", offered) == "text/html;level=1"


def test_the_specificity_of_parameters_gives_the_quality():
    assert choose("text/turtle, text/turtle;charset=utf-8;q=0.1, text/html;q=0.5", OFFERED) == HTML


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("text/turtle;q=.3, text/html;q=0.4", HTML),
        ("text/turtle;q=1.000, text/html;q=0.999", TURTLE),
        ("text/turtle;q=0.8999, text/html;q=0.9", HTML),
        ("text/turtle;q=0., text/html;q=0.001", HTML),
        ("text/html;q=5", HTML),
        ("text/html;q=much", HTML),
    ],
)
def test_weights_are_understood_as_they_are_meant(accept, chosen):
    assert choose(accept, OFFERED) == chosen


def test_a_list_without_end_is_read_in_no_time_and_not_kept():
    accept = "a/b;q=0.1," * 6000
    started = time.perf_counter()
    assert choose(accept, OFFERED * 10) is None
    assert time.perf_counter() - started < 0.1


@given(st.text(alphabet='abz*/;,=q01."\\ \t', max_size=80))
def test_whatever_is_asked_there_is_an_answer(accept):
    assert choose(accept, OFFERED) in [*OFFERED, None]
