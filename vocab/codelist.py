"""Code lists: what portals write, and the concept it means."""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

import pyoxigraph as ox

from vocab.errors import ConfigError

SKOS = "http://www.w3.org/2004/02/skos/core#"
_NOTATION = ox.NamedNode(SKOS + "notation")
_IN_SCHEME = ox.NamedNode(SKOS + "inScheme")
_PREF_LABEL = ox.NamedNode(SKOS + "prefLabel")
_DCAT_MEDIA_TYPE = ox.NamedNode("http://www.w3.org/ns/dcat#mediaType")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """``text`` without accents, case and punctuation: how a value is compared with a code list."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


@dataclass(frozen=True)
class CodeList:
    """One SKOS concept scheme with the spellings of its concepts that portals use.

    ``vocab/concepts/NAME.ttl`` holds the concepts (``skos:notation`` is the code) and
    ``vocab/codes/NAME.csv`` the spellings: a column ``value``, a column ``notation``. A value that
    means two concepts has two rows; a list that no portal writes has no such file. IRIs relative in
    the Turtle are under ``base``.
    """

    name: str
    base: str

    @cached_property
    def quads(self) -> list[ox.Quad]:
        """The concepts as RDF, for the graph that publishes them. Raises ``ConfigError``."""
        path = files("vocab").joinpath(f"concepts/{self.name}.ttl")
        try:
            text = path.read_bytes()
            return list(ox.parse(text, ox.RdfFormat.TURTLE, base_iri=self.base))
        except (OSError, SyntaxError) as error:
            raise ConfigError(f"vocab/concepts/{self.name}.ttl: {error}") from error

    @cached_property
    def notations(self) -> dict[str, str]:
        """The IRI of each concept by its ``skos:notation``."""
        return {
            quad.object.value: quad.subject.value
            for quad in self.quads
            if quad.predicate == _NOTATION
            and isinstance(quad.subject, ox.NamedNode)
            and isinstance(quad.object, ox.Literal)
        }

    @cached_property
    def scheme(self) -> str:
        """The IRI of the concept scheme; the first, where a list draws on two."""
        return next(
            quad.object.value
            for quad in self.quads
            if quad.predicate == _IN_SCHEME and isinstance(quad.object, ox.NamedNode)
        )

    @cached_property
    def media_types(self) -> dict[str, str]:
        """For file types: the IRI of the media type of each concept that has one."""
        return {
            quad.subject.value: quad.object.value
            for quad in self.quads
            if quad.predicate == _DCAT_MEDIA_TYPE
            and isinstance(quad.subject, ox.NamedNode)
            and isinstance(quad.object, ox.NamedNode)
        }

    @cached_property
    def _spellings(self) -> dict[str, tuple[str, ...]]:
        """The concepts' IRIs by folded spelling. Raises ``ConfigError`` for an unknown notation."""
        iris = self.notations
        found: dict[str, tuple[str, ...]] = {}
        for quad in self.quads:
            if quad.predicate == _PREF_LABEL and isinstance(quad.object, ox.Literal):
                assert isinstance(quad.subject, ox.NamedNode)
                found.setdefault(fold(quad.object.value), (quad.subject.value,))
        rows: dict[str, tuple[str, ...]] = {}
        spellings = files("vocab").joinpath(f"codes/{self.name}.csv")
        text = spellings.read_text("utf-8") if spellings.is_file() else ""
        for row in csv.DictReader(io.StringIO(text)):
            if row["notation"] not in iris:
                raise ConfigError(
                    f"vocab/codes/{self.name}.csv: {row['notation']!r} is no notation of"
                    f" vocab/concepts/{self.name}.ttl; valid: {', '.join(sorted(iris))}"
                )
            key = fold(row["value"])
            rows[key] = (*rows.get(key, ()), iris[row["notation"]])
        found |= rows
        for notation, iri in iris.items():
            found[fold(notation)] = found[fold(iri)] = (iri,)
        return found

    def label(self, notation: str, language: str) -> str:
        """What the concept of a notation is called in a language; the notation where it has no
        such label. Raises ``ConfigError`` for a notation that is none."""
        concept = self[notation]
        return next(
            (
                quad.object.value
                for quad in self.quads
                if quad.predicate == _PREF_LABEL
                and isinstance(quad.object, ox.Literal)
                and quad.object.language == language
                and isinstance(quad.subject, ox.NamedNode)
                and quad.subject.value == concept
            ),
            notation,
        )

    def find(self, value: str) -> tuple[str, ...]:
        """The IRIs of the concepts that ``value`` means; empty where the list knows none."""
        return self._spellings.get(fold(value), ())

    @cached_property
    def _nothing(self) -> frozenset[str]:
        text = files("vocab").joinpath("absent.csv").read_text("utf-8")
        rows = csv.DictReader(io.StringIO(text))
        return frozenset(fold(row["value"]) for row in rows if row["list"] == self.name)

    def says_nothing(self, value: str) -> bool:
        """Whether ``value`` is known to be no value of the list (``vocab/absent.csv`` says why):
        a placeholder, or the word for something else."""
        return fold(value) in self._nothing

    def __getitem__(self, notation: str) -> str:
        """The IRI of the concept with this notation. Raises ``ConfigError`` for another."""
        try:
            return self.notations[notation]
        except KeyError:
            raise ConfigError(
                f"{notation!r} is no notation of the code list {self.name};"
                f" valid: {', '.join(sorted(self.notations))}"
            ) from None
