"""Markdown keeps its lines; what belongs to HTML is read."""

import pytest

from ingest.markdown import markdown_text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("# Titre\n\n* un\n* deux\n", "# Titre\n\n* un\n* deux"),
        ("Voir <https://a.example/x?a=1&b=2>.\nFin", "Voir https://a.example/x?a=1&b=2.\nFin"),
        ("Écrire à <opendata@ville.example>", "Écrire à opendata@ville.example"),
        ("Voirie &amp; parcs\nl&#39;été &lt; 5", "Voirie & parcs\nl'été < 5"),
        ("?a=1&copy=2&lang=fr", "?a=1&copy=2&lang=fr"),
        ("si x < 3 et y > 2", "si x < 3 et y > 2"),
        ("<p>Un</p><p>Deux&nbsp;!</p>", "Un\nDeux !"),
        ("Un <br> deux <a href='https://a.example'>là</a>", "Un\ndeux là (https://a.example)"),
        ("<script>alert(1)</script><b>gras</b>", "gras"),
        ("", ""),
    ],
)
def test_a_text_is_read(written, read):
    assert markdown_text(written) == read
