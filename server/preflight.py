"""What a SPARQL query says about itself before the engine sees it, read without parsing it.

The engine applies the union default graph over FROM in silence, and calls any SERVICE: both have
to be known first. Strings, IRIs and comments are taken out, then the keywords are looked for.
"""

import re
from typing import NamedTuple

# SPARQL 1.1 Query, section 19.8: IRIREF, the four string forms, comments; and names, so that
# ex:service and ?from are no keywords.
_TOKEN = re.compile(
    r"""(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
      | (?P<string>\"\"\"(?:(?:"|"")?(?:[^"\\]|\\.))*\"\"\"
                  |'''(?:(?:'|'')?(?:[^'\\]|\\.))*'''
                  |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
      | (?P<comment>\#[^\n\r]*)
      | (?P<name>[?$]\w+|\w*:[\w.%:-]*|@\w+)
      | (?P<word>\w+)
      | (?P<brace>[{}])""",
    re.VERBOSE | re.DOTALL,
)


class Preflight(NamedTuple):
    """``names_dataset``: a FROM outside all braces; ``service``: SERVICE stands somewhere."""

    names_dataset: bool
    service: bool


def read(query: str) -> Preflight:
    """Read a query's keywords."""
    depth, names_dataset, service = 0, False, False
    for token in _TOKEN.finditer(query):
        if token.lastgroup == "brace":
            depth += 1 if token.group() == "{" else -1
        elif token.lastgroup == "word":
            word = token.group().upper()
            names_dataset = names_dataset or (word == "FROM" and depth == 0)
            service = service or word == "SERVICE"
    return Preflight(names_dataset, service)
