"""What updates are tried on."""

import pyoxigraph as ox

A, B, C = (f"http://example.org/{name}" for name in "abc")
_HELD = f"""
INSERT DATA {{
  <x:s> <x:p> 'default'
  GRAPH <{A}> {{ <x:s> <x:p> 'a' }}
  GRAPH <{B}> {{ <x:s> <x:p> 'b' }}
  GRAPH <{C}> {{ <x:s> <x:p> 1 }}
}}"""


def held() -> ox.Store:
    """A store of one triple in its default graph, and one in each of three graphs."""
    store = ox.Store()
    store.update(_HELD)
    return store
