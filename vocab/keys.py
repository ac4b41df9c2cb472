"""Keys: what a column's values can be joined on, as far as its name, title, type … say it."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from vocab.codelist import CodeList, fold
from vocab.errors import ConfigError

RULES_FILE = "keys.toml"
DECLARED, IN_WORDS, BY_NAME = 1.0, 0.9, 0.5
"""The grades of a proposal: the source's own datatype (or annotation) says it; its title or
description says it in words, and nothing contradicts; its name alone does."""

_LONGEST_TITLE = 7
"""A title of more words is a sentence (a survey's question), and may speak of anything."""
_BEGINNING, _FIRST = 8, 3
"""Words of a description: where a name's key is confirmed, and where it is named by itself."""
_LONGEST_TERM = 4
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ARTICLES = "a", "au", "d", "de", "des", "du", "l", "la", "le", "les", "of", "the", "un", "une"
_SEVERAL = frozenset({"et", "ou", "and", "or"})
"""Words that tell of two things in one column."""
_LISTS = ("declared", "terms", "short", "ends", "datatypes", "short_datatypes", "not", "never")


class Proposal(NamedTuple):
    """A key proposed for a column: the concept's IRI; the rule (a notation of the code list
    ``rule``) and the text that it read; a grade, ``DECLARED``, ``IN_WORDS`` or ``BY_NAME``."""

    key: str
    rule: str
    text: str
    confidence: float


class _Key:
    """The rules of one key, their words cut as those of a column are."""

    def __init__(self, rules: Mapping[str, list[str]], datatypes: CodeList) -> None:
        def types(name: str) -> frozenset[str]:
            return frozenset(datatypes[each] for each in rules.get(name, ()))

        self.declared = types("declared")
        self.datatypes = types("datatypes")
        self.short_datatypes = types("short_datatypes") or self.datatypes
        self.terms = _spelled(rules.get("terms", ()))
        self.short = _spelled(rules.get("short", ()))
        self.ends = frozenset(rules.get("ends", ()))
        self.never = frozenset(rules.get("never", ()))
        self.contradicting = frozenset(rules.get("not", ())) | self.never


class Keys:
    """The rules of ``vocab/keys.toml``, asked for the key of a column.

    A rule abstains where two fields of a column contradict each other: better no key than a wrong
    one, for what is joined on it is wrong as well.
    """

    def __init__(self, keys: CodeList, datatypes: CodeList) -> None:
        """Raises ``ConfigError`` where a rule names no key, datatype or list that there is."""
        source = files("vocab").joinpath(RULES_FILE).read_text("utf-8")
        self._keys: dict[str, _Key] = {}
        for notation, rules in tomllib.loads(source).items():
            for name in rules:
                if name not in _LISTS:
                    message = f"vocab/{RULES_FILE}: [{notation}] {name}; valid: {', '.join(_LISTS)}"
                    raise ConfigError(message)
            self._keys[keys[notation]] = _Key(rules, datatypes)
        self._declared = {each: key for key, of in self._keys.items() for each in of.declared}
        self._terms = _by_words((of.terms, key) for key, of in self._keys.items())
        self._short = _by_words((of.short, key) for key, of in self._keys.items())
        self.propose = lru_cache(maxsize=16384)(self._propose)
        """The key of a column by its name, title, description and the IRI of its datatype (empty
        where it has none): see ``Proposal``. ``None`` where nothing proposes one, or two do."""

    def _propose(
        self, name: str, title: str = "", description: str = "", datatype: str = ""
    ) -> Proposal | None:
        if declared := self._declared.get(datatype):
            return Proposal(declared, "column-datatype", datatype, DECLARED)
        named, titled, about = _words(name), _words(title), _words(description)[:_BEGINNING]
        read = [
            Proposal(key, "column-title", title, IN_WORDS) for key in self._titles(named, titled)
        ]
        read += [
            Proposal(key, "column-description", description, IN_WORDS)
            for key in self._descriptions(named, about)
        ]
        if not titled or "".join(titled) == "".join(named):
            read += [
                Proposal(key, "column-name", name, BY_NAME) for key in self._names(named, datatype)
            ]
        found = next(iter(read), None)
        if found is None or len({each.key for each in read}) > 1:
            return None
        key = self._keys[found.key]
        if datatype and datatype not in key.datatypes:
            return None
        told = {*named, *titled}
        contradicted = (key.contradicting | _SEVERAL) & told or key.never & set(about)
        return None if contradicted else found

    def _titles(self, named: list[str], titled: list[str]) -> set[str]:
        """The keys of which the title speaks: by a term, or a short form of what the name says."""
        if len(titled) > _LONGEST_TITLE:
            return set()
        found = self._in(titled)
        if "".join(titled) != "".join(named):
            short = self._short.get(tuple(titled), set())
            found |= short & (self._in(named) | self._short.get(tuple(named), set()))
        return found

    def _descriptions(self, named: list[str], about: list[str]) -> set[str]:
        """The keys that the description names first, or confirms where the name may be one."""
        confirmed = self._in(named) | self._short.get(tuple(named), set())
        return self._in(about[:_FIRST]) | (self._in(about) & confirmed)

    def _names(self, named: list[str], datatype: str) -> set[str]:
        found = self._in(named)
        for key in self._short.get(tuple(named), set()):
            if not datatype or datatype in self._keys[key].short_datatypes:
                found.add(key)
        for key, of in self._keys.items():
            if named and named[-1] in of.ends and datatype in of.short_datatypes:
                found.add(key)
        return found

    def _in(self, words: list[str]) -> set[str]:
        """The keys whose terms stand in the words, without those that other words contradict."""
        found: set[str] = set()
        for start in range(len(words)):
            for stop in range(start + 1, min(start + _LONGEST_TERM, len(words)) + 1):
                found |= self._terms.get(tuple(words[start:stop]), set())
        return {key for key in found if not self._keys[key].contradicting & set(words)}


def _words(text: str) -> list[str]:
    """The words of a name or text: ``codeInsee`` has two; articles and the like are left out."""
    return [word for word in fold(_CAMEL.sub(" ", text)).split() if word not in _ARTICLES]


def _spelled(terms: Iterable[str]) -> frozenset[tuple[str, ...]]:
    """Terms as words, and as the one word that they are written as, too."""
    apart = [tuple(_words(term)) for term in terms]
    return frozenset([*apart, *(("".join(words),) for words in apart)])


def _by_words(
    spelled: Iterable[tuple[frozenset[tuple[str, ...]], str]],
) -> dict[tuple[str, ...], set[str]]:
    found: dict[tuple[str, ...], set[str]] = {}
    for terms, key in spelled:
        for words in terms:
            found.setdefault(words, set()).add(key)
    return found
