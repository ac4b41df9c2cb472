"""How the names of French territories are compared: folded, articles and kinds of bodies apart."""

import re
from functools import lru_cache

from vocab.codelist import fold

_fold = fold.__wrapped__
"""Without its memory: all names of the gazetteer would drive all others out."""
_SAINT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_ARTICLES = frozenset(("le", "la", "les", "l"))
_LINKS = _ARTICLES | {"de", "du", "des", "d", "et"}
_KINDS = frozenset((
    "cc", "ca", "cu", "communaute", "communautes", "commune", "communes", "agglomeration",
    "agglo", "urbaine", "urbain", "metropole", "eurometropole", "intercommunalite", "epci",
))  # fmt: skip
"""Words for what kind of EPCI a body is: sources leave them out, or write another."""
_ARTICLE = r"(?:de la|de l|du|des|de|d)"
_COUNCIL = r"conseil (?:departemental|general)"
_LEVELS = (
    ("commune", rf"(?:ville|commune|mairie|municipalite) {_ARTICLE}"),
    ("departement", rf"(?:{_COUNCIL}|departement) {_ARTICLE}|departement"),
    ("region", rf"(?:conseil regional|region)(?: {_ARTICLE})?"),
    ("epci", r"(?:cc|ca|cu)|communaute (?:de communes|d agglomeration|urbaine)|eurometropole"),
)
_PREFIXES = tuple((level, re.compile(rf"(?:{words}) (?=\S)")) for level, words in _LEVELS)


def _words(name: str) -> list[str]:
    words = _fold(re.sub(r"\([^)]*\)", " ", name)[:200].replace("œ", "oe")).split()
    return [_SAINT.get(word, word) for word in words]


def exact_key(name: str) -> str:
    """A name without accents, case, hyphens and parentheses; « St » is « Saint »."""
    return " ".join(_words(name))


def loose_key(name: str, level: str = "") -> str:
    """A name without its article too; of an EPCI without its kind, whatever the order."""
    words = _words(name)
    if level in ("epci", "ept"):
        return " ".join(sorted(word for word in words if word not in _KINDS | _LINKS))
    while words and words[0] in _ARTICLES:
        del words[0]
    return " ".join(words)


@lru_cache(maxsize=4096)
def split_level(name: str) -> tuple[str, str]:
    """The level that a name says (« Ville de Paris », « Département du Var ») and the rest."""
    folded = exact_key(name)
    for level, prefix in _PREFIXES:
        if found := prefix.match(folded):
            return level, folded if level == "epci" else folded[found.end() :]
    return "", folded
