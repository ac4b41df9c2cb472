"""How a source's text is read."""

from zoneinfo import ZoneInfo

import pytest

from ingest.readers import READERS, distinct, html_text, local_day


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<p>Un.</p><p>Deux.</p>", "Un.\nDeux."),
        ("Un<br/>deux<br>trois", "Un\ndeux\ntrois"),
        ("<ul><li>un</li><li>deux</li></ul>", "- un\n\n- deux"),
        ("<b>gras</b> et <i>penché</i>", "gras et penché"),
        ("<p>\n  Un\n  deux\xa0trois </p>", "Un deux trois"),
        ("Vélos &amp; bus &eacute;lectriques", "Vélos & bus électriques"),
        ("<p>a &lt; b</p>", "a < b"),
        ("<p></p><p></p><p></p><p>fin</p>", "fin"),
        ("<h2>Titre</h2>Texte", "Titre\nTexte"),
        ("<p>jamais fermé <b>gras", "jamais fermé gras"),
        ("", ""),
    ],
)
def test_html_is_read_as_text(written, read):
    assert html_text(written) == read


def test_a_text_that_is_no_html_keeps_its_lines():
    assert html_text(" a < b\n\n\n\n  et c > d & e ") == "a < b\n\n\n\n  et c > d & e"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('<a href="https://a.example/x" target="_blank">la page</a>',
         "la page (https://a.example/x)"),
        ('<a href="https://a.example/x">https://a.example/x</a>', "https://a.example/x"),
        ('<a href="https://a.example/">https://a.example</a>', "https://a.example"),
        ('<a href="https://a.example/?a=1&amp;b=2">x</a>', "x (https://a.example/?a=1&b=2)"),
        ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
        ('<a href="https://a.example/"><img src="x.png"></a>', "https://a.example/"),
        ('<a href="javascript:alert(1)">clic</a>', "clic"),
        ("<a>sans adresse</a>", "sans adresse"),
    ],
)  # fmt: skip
def test_a_link_is_followed_by_its_address(written, read):
    assert html_text(written) == read


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<style>p { color: red }</style>",
        '<img src=x onerror="alert(1)">',
        "<svg/onload=alert(1)>",
        "<!-- alert(1) -->",
        '<iframe srcdoc="alert(1)"></iframe>',
    ],
)
def test_nothing_of_a_script_is_left(hostile):
    assert html_text(f"avant {hostile}après") == "avant après"


def test_a_long_description_is_kept_whole():
    paragraph = "<p>Le jeu de données décrit les équipements de la ville.</p>"
    long = paragraph * (63_000 // len(paragraph) + 1)
    assert len(long) >= 63_000
    lines = html_text(long).split("\n")
    assert lines == ["Le jeu de données décrit les équipements de la ville."] * len(lines)
    assert len(lines) == long.count("<p>")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2003-12-31T23:00:00+00:00", "2004-01-01"),
        ("2004-06-30T22:00:00+00:00", "2004-07-01"),
        ("2004-06-30T21:59:59Z", "2004-06-30"),
        ("2004-06-30T23:30:00", "2004-06-30"),
        ("2004-06-30", "2004-06-30"),
        ("2004", "2004"),
        ("Trimestre 3", "Trimestre 3"),
    ],
)
def test_a_moment_is_the_day_that_it_was_in_paris(make_portal, moment, day):
    assert local_day(moment, make_portal()) == day


def test_the_day_is_that_of_the_portals_clock(make_portal):
    reunion = make_portal(timezone=ZoneInfo("Indian/Reunion"))
    assert local_day("2004-06-30T20:30:00Z", reunion) == "2004-07-01"


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:30:00+00:00"])
def test_a_moment_at_the_end_of_time_is_given_back(make_portal, moment):
    portal = make_portal(timezone=ZoneInfo("America/Cayenne" if moment < "1" else "Europe/Paris"))
    assert local_day(moment, portal) == moment


def test_the_first_of_two_spellings_is_kept():
    kept = distinct(["Vélo", "arbre", "velo", "VÉLO", "東", "京"])
    assert sorted(kept) == ["Vélo", "arbre", "京", "東"]


def test_every_reader_gives_a_list_of_texts(make_portal):
    for name, read in READERS.items():
        assert read("x", make_portal()) == ["x"], name
