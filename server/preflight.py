"""What a SPARQL query says about itself before the engine sees it, read without parsing it.

The engine applies the union default graph over FROM in silence, and calls any SERVICE: both have
to be known first. In doubt a query is taken to call a SERVICE. Every quantifier is possessive, so
that reading takes time in proportion to the length, whatever the query holds.
"""

import re
from typing import NamedTuple

# SPARQL 1.1 Query, section 19.8. A run may be a keyword or the prefix of a name, or several
# keywords that nothing separates: the engine reads SERVICESILENT<…> and 1SERVICE as it reads them
# apart. What opens and never closes is one token, and hides nothing.
_TOKEN = re.compile(
    r"""(?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>)
      | (?P<string>\"\"\"(?:"{0,2}+(?:[^"\\]|\\.))*+\"\"\"
                  |'''(?:'{0,2}+(?:[^'\\]|\\.))*+'''
                  |"(?!"")(?:[^"\\\n\r]|\\.)*+"
                  |'(?!'')(?:[^'\\\n\r]|\\.)*+')
      | (?P<unclosed>\"\"\".*+|'''.*+|["'][^\n\r]*+)
      | (?P<comment>\#[^\n\r]*+)
      | (?P<variable>[?$]\w++)
      | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
      | (?P<run>[\w.-]*+)
        (?P<local>:(?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?\#@%-])
                      (?:[\w:.-]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?\#@%-])*+)?+)?+
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


DEEPEST, MOST_OPERATORS = 200, 1500
"""The engine's parser recurses: 1,000 brackets and 3,000 operators were still read, with 3,000 and
10,000 its stack overflowed."""
_BRACKETS = {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}
_KEYWORDS = frozenset({"union", "optional", "minus", "filter", "exists", "graph", "select"})


class Preflight(NamedTuple):
    """What a query says of itself.

    ``names_dataset``: a FROM outside all braces; ``service``: SERVICE stands somewhere; ``depth``:
    how deep brackets of all kinds nest; ``operators``: how many operators, and keywords that begin
    a pattern, there are.
    """

    names_dataset: bool
    service: bool
    depth: int
    operators: int


def read(query: str) -> Preflight:
    """Read a query's keywords."""
    depth, names_dataset, service = 0, False, False
    nested = deepest = operators = 0
    declared: set[str] = set()
    before, candidate = "", False
    for token in _TOKEN.finditer(query):
        kind, text = token.lastgroup, token.group()
        if not text or text.isspace() or kind == "comment":
            continue
        if kind == "other":
            # service:x { … } calls a service even where service: is a prefix; GRAPH goes before
            # the braces of a graph.
            service = service or (candidate and text == "{")
            depth += (text == "{") - (text == "}")
            nested += _BRACKETS.get(text, 0)
            deepest = max(deepest, nested)
            operators += text in "+-*/|^!&=<>"
        candidate = False
        run = (token["run"] or "").lower()
        operators += run in _KEYWORDS or run.startswith("-")
        if kind == "unclosed":
            service = service or "service" in text.lower()
        elif token["local"] is None:
            service = service or "service" in run
            names_dataset = names_dataset or (depth == 0 and run.endswith("from"))
        elif before.endswith("prefix") and token["local"] == ":":
            declared.add(token["run"])
        else:
            known = token["run"] in declared
            service = service or ("service" in run and not known)
            candidate = "service" in run and not before.endswith("graph")
            names_dataset = names_dataset or (depth == 0 and run.endswith("from") and not known)
        before = run if token["local"] is None else ""
    return Preflight(names_dataset, service, deepest, operators)
