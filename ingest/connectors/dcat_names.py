"""What records and their parts are called: names that stay, whatever the order of the feed.

Each has its candidates, best first, one a round. In each round all that have no name yet claim
theirs; one that nobody else claims, and that was not given before, is given; the others go on.

A dataset's candidates: its dct:identifier, the notation of its adms:identifier, its own IRI; of an
IRI first the tail that tells it apart, then the whole. A blank node's: the tail of its landing
page, then its title with a digest of title and publisher. An identifier that has white space in
it, or that is one of several, is none. What is left without a name has a digest of all it says.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from graph.iris import slug
from ingest.connectors.dcat_graph import Graph
from ingest.connectors.dcat_iris import tail

_LONGEST = 200
_AGENT_NAMES = ("foaf:name", "vcard:fn", "rdfs:label")


def distinct_names(claims: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """A name for each key, by its candidates: see above."""
    waiting = {key: iter(names) for key, names in claims.items()}
    found: dict[str, str] = {}
    taken: set[str] = set()
    while waiting:
        claimed = {key: next(names, None) for key, names in waiting.items()}
        shared = Counter(claimed.values())
        for key, name in claimed.items():
            if name is None:
                found[key] = _digest(key)
            elif name and shared[name] == 1 and name not in taken:
                found[key] = name
            else:
                continue
            del waiting[key]
        taken.update(found.values())
    return found


def dataset_names(graph: Graph, name: str) -> Iterator[str]:
    """The candidates of a dataset's name, one a round; empty where it has none for the round."""
    yield from usable(graph.texts(name, "dct:identifier"))
    others = graph.texts(name, "adms:identifier")
    yield from usable([text for each in others for text in graph.texts(each, "skos:notation")])
    if not name.startswith("_:"):
        yield from usable([name])
        return
    yield from usable([tail(page) for page in graph.texts(name, "dcat:landingPage")])
    if title := " ".join(sorted(graph.texts(name, "dct:title"))):
        agents = graph.texts(name, "dct:publisher")
        names = [text for each in agents for text in graph.texts(each, *_AGENT_NAMES)]
        yield f"{slug(title)}-{_digest(' '.join([title, *sorted(names)]))}"


def usable(given: Iterable[str]) -> tuple[str, str]:
    """The two candidates that an identifier makes where it is the only one given: the tail of an
    IRI, and all of it; or the text itself. Empty where it makes none."""
    texts = {text.strip() for text in given} - {""}
    text = texts.pop() if len(texts) == 1 else ""
    if "://" in text and len(text.split()) == 1:
        return _named(tail(text)), _named(text)
    return _named(text), ""


def _named(text: str) -> str:
    is_name = text.strip(".") and len(text.split()) == 1 and len(text) <= _LONGEST
    return text if is_name and not text.startswith("_:") else ""


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=5).hexdigest()
