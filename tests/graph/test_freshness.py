"""Ages and promises, by the day."""

from datetime import date

import pytest

from graph.freshness import age, punctuality

TODAY = date(2026, 1, 15)
FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/"


@pytest.mark.parametrize(
    ("modified", "found"),
    [("2026-01-15", "30 days"), ("2025-12-16T23:59:59Z", "30 days"), ("2025-12-15", "1 year"),
     ("2025-01-15", "1 year"), ("2025-01-14", "older"), ("2025", "30 days"), ("2025-11", "1 year"),
     ("2024", "older"), ("2027-01-01", "30 days"), ("", "unknown"), ("hier", "unknown"),
     ("2025-02-30", "unknown")],
)  # fmt: skip
def test_the_age_of_a_change(modified, found):
    assert age(modified, TODAY) == found


@pytest.mark.parametrize(
    ("modified", "frequency", "found"),
    [("2026-01-14", "DAILY", "in time"), ("2026-01-13", "DAILY", "late"),
     ("2025-12-15", "MONTHLY", "in time"), ("2025-12-14", "MONTHLY", "late"),
     ("2025-01-15", "ANNUAL", "in time"), ("2024", "ANNUAL", "late"),
     ("1990", "IRREG", "no interval"), ("1990", "", "no interval"), ("", "ANNUAL", "unknown")],
)  # fmt: skip
def test_a_change_beside_the_frequency_that_is_stated(modified, frequency, found):
    assert punctuality(modified, frequency and FREQUENCY + frequency, TODAY) == found
