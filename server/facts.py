"""The triples of a description, asked as a page asks: values and labels by the model's terms."""

from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox

from vocab.context import Model

_LABELS = ("prefLabel", "name", "title", "fn", "label", "columnTitle")


class Facts:
    """A description that can be asked for the values of a subject's term."""

    def __init__(self, triples: Iterable[ox.Triple], model: Model) -> None:
        self._model = model
        self._held: dict[tuple[str, str], list[Any]] = {}
        self._order: dict[str, list[ox.Triple]] = {}
        for triple in sorted(triples, key=str):
            if isinstance(triple.subject, ox.NamedNode):
                key = (triple.subject.value, triple.predicate.value)
                self._held.setdefault(key, []).append(triple.object)
                self._order.setdefault(triple.subject.value, []).append(triple)

    def values(self, subject: str, term: str) -> list[str]:
        """The values of a term, IRIs and literals as text."""
        found = self._held.get((subject, self._model.terms[term].iri), [])
        return [value.value for value in found]

    def value(self, subject: str, term: str) -> str:
        """One value: in French where there are several languages, empty where there is none."""
        found = self._held.get((subject, self._model.terms[term].iri), [])
        french = [each for each in found if getattr(each, "language", None) == "fr"]
        return next((each.value for each in [*french, *found]), "")

    def language(self, subject: str, term: str) -> str:
        """The language of ``value``, for the page's lang attribute; empty where it has none."""
        found = self._held.get((subject, self._model.terms[term].iri), [])
        languages = [getattr(each, "language", None) or "" for each in found]
        return "fr" if "fr" in languages else next(iter(languages), "")

    def subjects(self, term: str, value: str) -> list[str]:
        """The subjects that have this IRI as a value of the term."""
        wanted = self._model.terms[term].iri
        return [
            subject
            for (subject, predicate), held in self._held.items()
            if predicate == wanted and any(each.value == value for each in held)
        ]

    def types(self, subject: str) -> list[str]:
        """The classes of a subject."""
        held = self._held.get((subject, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), [])
        return [each.value for each in held]

    def label(self, subject: str) -> str:
        """What a person calls it; the last segment of its IRI where nothing is said."""
        for term in _LABELS:
            if found := self.value(subject, term):
                return found
        return subject.rstrip("/").rsplit("/", 1)[-1]

    def in_order(self, columns: list[str]) -> list[str]:
        """Columns in the order of their table."""
        return sorted(columns, key=lambda column: int(self.value(column, "position") or 0))

    def statements(self, subject: str) -> list[ox.Triple]:
        """All that is said of a subject, in a constant order."""
        return self._order.get(subject, [])

    def compact(self, iri: str) -> str:
        """An IRI as a compact IRI of the context, where a prefix fits."""
        prefixes = ((name, space) for name, space in self._model.prefixes.items())
        fitting = [(name, space) for name, space in prefixes if iri.startswith(space)]
        return f"{fitting[0][0]}:{iri[len(fitting[0][1]) :]}" if fitting else iri
