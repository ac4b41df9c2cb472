"""A resource and its parts: the nodes minted under its IRI and reached from it."""

from collections.abc import Iterator

import pyoxigraph as ox


def parts(store: ox.Store, root: str, graph: ox.NamedNode | None = None) -> Iterator[ox.Quad]:
    """Every quad of ``root``, of its record and of the parts that they lead to.

    A part is a node whose IRI begins with ``root/``. Within one ``graph``, or in all of them.
    """
    waiting = [ox.NamedNode(root), ox.NamedNode(f"{root}/record")]
    seen = set(waiting)
    while waiting:
        for quad in store.quads_for_pattern(waiting.pop(), None, None, graph):
            yield quad
            target = quad.object
            if (
                isinstance(target, ox.NamedNode)
                and target not in seen
                and target.value.startswith(f"{root}/")
            ):
                seen.add(target)
                waiting.append(target)
