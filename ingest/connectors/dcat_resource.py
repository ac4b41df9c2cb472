"""A record of a feed as the methods of the connector read it: a node and where it leads."""

from collections.abc import Iterator, Mapping, Sequence

from ingest.connectors.dcat_values import Properties, Value, decoded
from ingest.describing import Licence
from vocab.codelist import CodeList

LABELS = (
    "skos:prefLabel", "rdfs:label", "dct:title", "foaf:name", "vcard:fn", "schema:name",
    "skos:altLabel", "rdf:value", "skos:notation", "dct:identifier", "dct:description",
    "rdfs:comment",
)  # fmt: skip
_MEDIA_TYPES = "/assignments/media-types/"
_NODES = frozenset({"iri", "node", "dataset"})
Read = Mapping[str, Sequence[Value]]
"""What is said of a node, by compact IRI, read."""
_NOTHING_SAID: Read = {}


class Source:
    """A record's payload: its nodes by name, and what is found out of them on the way.

    ``licence`` holds for the distributions that say nothing of their own. Described already are the
    ``agents``, and the ``services``, the path of each by its node's name.
    """

    def __init__(self, nodes: Mapping[str, Properties], language: str) -> None:
        self.nodes: dict[str, Read] = {
            name: {key: list(map(decoded, values)) for key, values in of.items()}
            for name, of in nodes.items()
        }
        self.language = language
        self.licence = Licence()
        self.services: dict[str, str] = {}
        self.agents: set[str] = set()


class Resource:
    """A node of the feed. ``path`` is how a record's dataset leads to it: what the keys of issues
    begin with; ``properties`` is what the feed says of it."""

    __slots__ = ("name", "path", "properties", "source")

    def __init__(self, source: Source, name: str, path: str = "") -> None:
        self.source = source
        self.name = name
        self.path = path
        self.properties = source.nodes.get(name, _NOTHING_SAID)

    @property
    def iri(self) -> str:
        """Its IRI, where it has one of the web."""
        return self.name if self.name.startswith(("http://", "https://")) else ""

    def values(self, *keys: str) -> Sequence[Value]:
        """Its values for these properties."""
        said = self.properties
        if len(keys) == 1:
            return said.get(keys[0], ())
        return [value for key in keys if key in said for value in said[key]]

    def each(self, *keys: str) -> Iterator[tuple[str, Value]]:
        """Its values for these properties, with the property's path."""
        for key in keys:
            for value in self.properties.get(key, ()):
                yield self.path + key, value

    def to(self, value: Value, key: str) -> "Resource":
        """The node that it leads to; a literal leads to one of which nothing is said."""
        name = value.text if value.kind in _NODES else ""
        return Resource(self.source, name, f"{self.path}{key}/")

    def texts(self, *keys: str) -> list[str]:
        """Its texts and IRIs for these properties, without the empty ones."""
        found = self.values(*keys)
        return [text for value in found if value.kind != "node" and (text := value.text.strip())]

    def text(self, *keys: str) -> str:
        """The text of the first of these properties that has one: in the portal's language, else
        in none, else in English, else in any."""
        said = self.properties
        for key in keys if said else ():
            if key not in said:
                continue
            found = [
                (_rank(value.tag, self.source.language), value.tag, text)
                for value in said[key]
                if value.kind == "text" and (text := value.text.strip())
            ]
            if found:
                return min(found)[2]
        return next(iter(self.texts(*keys)), "") if said else ""


def _rank(tag: str, language: str) -> int:
    if tag[:2].lower() == language:
        return 0
    return 1 if not tag else 2 if tag[:2].lower() == "en" else 3


def shown(resource: Resource, value: Value, key: str) -> str:
    """A value in words: a text, an IRI, or the label of a blank node."""
    if value.kind == "node":
        return resource.to(value, key).text(*LABELS)
    return value.text.strip()


def spellings(resource: Resource, value: Value, key: str) -> Iterator[str]:
    """All that a value may be found by in a code list: itself, and the labels of its node."""
    if value.kind != "node" and (text := value.text.strip()):
        yield text
        if text.startswith("https:"):
            yield f"http:{text[6:]}"
        if _MEDIA_TYPES in text:
            yield text.partition(_MEDIA_TYPES)[2]
    if value.kind in ("iri", "node"):
        target = resource.to(value, key)
        for label in LABELS if target.properties else ():
            yield from target.texts(label)


def coded(code_list: CodeList, resource: Resource, value: Value, key: str) -> str:
    """The first spelling of a value that a code list knows; empty where it knows none."""
    if value.kind != "node" and code_list.find(value.text):
        return value.text
    return next((each for each in spellings(resource, value, key) if code_list.find(each)), "")
