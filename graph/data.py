"""What is validated: a description and the background it is read against, both as plain text."""

from collections.abc import Iterable, Mapping, Sequence

Description = Mapping[str, Mapping[str, Sequence[str]]]
"""Subjects as N-Triples text (``<iri>``), then predicates' bare IRIs, then the objects as
N-Triples text, as ``str`` of a pyoxigraph term gives it."""

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


class Data:
    """A description with a background beside it, one graph for whoever asks."""

    __slots__ = ("_background", "_backwards", "_description")

    def __init__(
        self, description: Description, background: Description, backwards: "Backwards"
    ) -> None:
        self._description = description
        self._background = background
        self._backwards = backwards

    def objects(self, subject: str, predicate: str) -> Sequence[str]:
        """The objects of a subject's property, each once."""
        described, beside = self._description.get(subject), self._background.get(subject)
        found = described.get(predicate, ()) if described else ()
        others = beside.get(predicate, ()) if beside else ()
        if found and others:
            return list(dict.fromkeys((*found, *others)))
        found = found or others
        return found if len(found) < 2 else list(dict.fromkeys(found))

    def types(self, subject: str) -> Sequence[str]:
        """The classes of a node, as N-Triples text."""
        return self.objects(subject, TYPE)

    def predicates(self, subject: str) -> Iterable[str]:
        """The properties that a node has."""
        described, beside = self._description.get(subject), self._background.get(subject)
        if described and beside:
            return dict.fromkeys((*described, *beside))
        return described or beside or ()

    def subjects(self, target: str, predicate: str) -> Sequence[str]:
        """The nodes that lead to ``target`` by a property, each once."""
        found = {
            subject: None
            for subject, properties in self._description.items()
            if target in properties.get(predicate, ())
        }
        return list(found | dict.fromkeys(self._backwards(predicate).get(target, ())))


class Backwards:
    """The background's properties read the other way round, each once it is asked for."""

    def __init__(self, background: Description) -> None:
        self.background = background
        self._by_predicate: dict[str, dict[str, list[str]]] = {}

    def __call__(self, predicate: str) -> Mapping[str, Sequence[str]]:
        """The subjects of a property by its objects."""
        if predicate not in self._by_predicate:
            index: dict[str, list[str]] = {}
            for subject, properties in self.background.items():
                for target in properties.get(predicate, ()):
                    index.setdefault(target, []).append(subject)
            self._by_predicate[predicate] = index
        return self._by_predicate[predicate]
