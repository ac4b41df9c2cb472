"""SIRET as cells of sheets hold them."""

import pytest

from ingest.siret import is_siren, is_siret, read_siret

RENNES = "21350238800019"


@pytest.mark.parametrize(
    "written",
    [RENNES, " 21350238800019 ", "213 502 388 00019", "'21350238800019",
     "21350238800019.0", "21350238800019,0"],
)  # fmt: skip
def test_a_siret_is_read_through_what_stands_around_it(written):
    assert read_siret(written) == (RENNES, False)
    assert read_siret(written).siren == "213502388"


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("5420021701235", "05420021701235"),  # thirteen: the sheet took a zero
        ("542002101237", "00542002101237"),
    ],
)
def test_leading_zeros_are_put_back_where_the_keys_agree(written, digits):
    assert is_siret(digits)
    assert read_siret(written) == (digits, True)


def test_a_siren_stands_for_its_siret():
    assert read_siret("213502388") == ("213502388", True)
    assert read_siret("213502388").siren == "213502388"


@pytest.mark.parametrize("written", ["2,13501E+13", "2.17E+13", "2,1350238800019E+13", "2e13"])
def test_a_rounded_siret_is_lost(written):
    with pytest.raises(ValueError, match="rounded by a spreadsheet"):
        read_siret(written)


@pytest.mark.parametrize(
    "written",
    ["21350238800018", "31350238800019", "2135023880001", "213502389", "", "néant", "0" * 13,
     "٢1350238800019", "213502388000190"],
)  # fmt: skip
def test_what_is_no_siret_is_refused(written):
    with pytest.raises(ValueError, match="is no SIRET"):
        read_siret(written)


def test_la_poste_has_a_rule_of_its_own():
    assert is_siret("35600000000048")  # its seat: Luhn's key
    assert is_siret("35600000049837")  # an office: the sum of its digits is 45
    assert not is_siret("35600000049838")


def test_a_siren_has_its_key():
    assert is_siren("356000000")
    assert not is_siren("356000001")
    assert not is_siren("35600000A")
