"""What portals' own themes mean, and the words that say nothing."""

import csv
import io
from importlib.resources import files

import pytest

from tests.vocab.lists import AUTHORITY, BASE, concepts, fold, notation, resolve
from vocab import themes
from vocab.codelist import CodeList
from vocab.context import Model
from vocab.errors import ConfigError

THEME = f"{AUTHORITY}data-theme/"
FOLDER = files("vocab").joinpath("codes/themes")
PORTALS = themes.with_themes()


def table(path):
    return list(csv.DictReader(io.StringIO(files("vocab").joinpath(path).read_text("utf-8"))))


@pytest.fixture(scope="module")
def model():
    return Model(BASE)


def test_no_two_lists_are_the_same():
    """A portal with the words of another names it in its entry."""
    texts = [FOLDER.joinpath(f"{portal}.csv").read_text("utf-8") for portal in PORTALS]
    assert "datasud" in PORTALS
    assert len(set(texts)) == len(texts) == len(list(FOLDER.iterdir()))


@pytest.mark.parametrize("portal", PORTALS)
def test_a_portals_rows_lead_to_themes_that_the_general_list_does_not_give(portal):
    """A row that says what data-theme.csv says is not needed."""
    known = {notation(facts) for facts in concepts("data-theme").values()}
    rows = table(f"codes/themes/{portal}.csv")
    assert rows
    for row in rows:
        assert row["notation"] in known
        assert resolve("data-theme", row["value"]) != {row["notation"]}


def test_a_portals_own_list_is_of_that_portal_only(model):
    label = "SE DEPLACER"
    assert model.themes_of("datasud").find(label) == (f"{THEME}TRAN",)
    assert model.themes_of("paris").find(label) == ()
    assert model.themes_of("datasud") is model.themes_of("datasud")


def test_a_label_may_mean_two_themes_and_an_unknown_one_is_an_error(tmp_path, monkeypatch, model):
    folder = tmp_path / "codes" / "themes"
    folder.mkdir(parents=True)
    (folder / "ville.csv").write_text("value,notation\nVivre,ENVI\nVivre,SOCI\n", "utf-8")
    (folder / "autre.csv").write_text("value,notation\nVivre,VIE\n", "utf-8")
    monkeypatch.setattr(themes, "files", lambda _: tmp_path)
    code_list = model.code_list("data-theme")
    found = themes.PortalThemes("ville", code_list)
    assert found.find("vivre") == (f"{THEME}ENVI", f"{THEME}SOCI")
    with pytest.raises(ConfigError, match=r"autre\.csv.*'VIE'"):
        themes.PortalThemes("autre", code_list)


@pytest.mark.parametrize("row", table("absent.csv"), ids=lambda row: row["value"])
def test_what_says_nothing_is_no_spelling_of_a_concept(row):
    assert resolve(row["list"], row["value"]) == set()
    assert row["why"]
    assert CodeList(row["list"], BASE).says_nothing(row["value"].upper())


def test_rows_of_what_says_nothing_are_unique():
    rows = [(row["list"], fold(row["value"])) for row in table("absent.csv")]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("value", ["csv", "licence ouverte", ""])
def test_a_value_is_something(value):
    assert not CodeList("file-type", BASE).says_nothing(value)
