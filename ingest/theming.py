"""Themes of datasets whose portal has none: a keyword that is the name of a theme."""

from collections.abc import Iterable

from ingest.reading import Node, Reading
from vocab.codelist import fold

CONFIDENCE = 0.8
"""A keyword says what a dataset is about less surely than a theme that was chosen from a list."""
_TOO_WIDE = frozenset(
    map(fold, ("open data", "statistiques", "cartographie", "archives", "référentiels", "services"))
)
"""Names of themes that say, as keywords, how the data came to be and not what it is about."""


def keyword_themes(reading: Reading, node: Node, key: str, words: Iterable[str]) -> None:
    """The EU themes that keywords of the source's field ``key`` name, by the rule ``keyword``.

    For portals without themes alone: where a theme was chosen, a keyword adds nothing to it.
    """
    code_list = reading.context.model.code_list("data-theme")
    linked: set[str] = set()
    for word in words:
        if fold(word) in _TOO_WIDE:
            continue
        for theme in code_list.find(word):
            if theme not in linked:
                linked.add(theme)
                node.link("theme", theme)
            reading.derive("theme", theme, key, word, "keyword", CONFIDENCE)
