"""Pages for people, in French: made from the same triples as every other representation.

What portals wrote is shown as text: the templates escape all of it, addresses are links only where
they are http, https, ftp or mailto, and no page runs a script (see ``SECURITY``).
"""

import re
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import NamedTuple

import pyoxigraph as ox
from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from graph.description import describe
from graph.snapshot import Snapshot
from server.facts import Facts
from server.http.problems import BadRequest, NotFound
from vocab.context import Model

HTML = "text/html"
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""On every page: no script runs on them, whoever wrote what they show."""
PAGE = 100
"""Datasets on one page of a catalogue."""
ROWS = 500
"""Rows of results that a page shows."""
_SAFE = ("http://", "https://", "ftp://", "mailto:")
_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:!?]")
_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"


@cache
def _environment() -> Environment:
    folder = files("server").joinpath("templates")
    environment = Environment(
        loader=FunctionLoader(lambda name: folder.joinpath(name).read_text("utf-8")),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"paragraphs": paragraphs, "link": link, "day": day, "size": size}
    return environment


def paragraphs(text: str) -> Markup:
    """Text as paragraphs, its addresses as links."""
    blocks = (block.strip() for block in re.split(r"\n\s*\n", text))
    return Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(map(_linked, block.split("\n"))))
        for block in blocks
        if block
    )


def _linked(line: str) -> Markup:
    done, found = 0, Markup()
    for address in _ADDRESS.finditer(line):
        found += escape(line[done : address.start()]) + link(address.group())
        done = address.end()
    return found + escape(line[done:])


def link(iri: str, label: str = "") -> Markup:
    """A link to an IRI; the bare text where its scheme is no link's."""
    shown = label or iri.removeprefix("mailto:")
    if not iri.startswith(_SAFE):
        return escape(shown)
    return Markup('<a href="{}" rel="nofollow">{}</a>').format(iri, shown)


def day(value: str) -> str:
    """An XSD date or moment as a French reader writes it: 3 octobre 2023."""
    found = re.match(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", value)
    if found is None:
        return value
    year, month, number = found.groups()
    name = _MONTHS.split()[int(month) - 1] if month else ""
    first = "1er" if number == "01" else (number or "").lstrip("0")
    return " ".join(part for part in (first, name, year) if part)


def size(value: str) -> str:
    """Bytes as a French reader reads them: 15,2 Mo."""
    number, units = float(value), ["octets", "Ko", "Mo", "Go"]
    while number >= 1000 and len(units) > 1:
        number, units = number / 1000, units[1:]
    return f"{number:.3g} {units[0]}".replace(".", ",")


def _render(template: str, **values: object) -> str:
    return _environment().get_template(template).render(**values)


def home(snapshot: Snapshot, model: Model) -> str:
    """The front page: the catalogues, and queries to begin with."""
    catalogs = snapshot.index.catalogs()
    return _render("home.html", base=model.base, catalogs=catalogs, examples=examples())


def editor(model: Model) -> str:
    """A form for a query, for people and for browsers without scripts."""
    return _render("sparql.html", base=model.base, examples=examples())


class Cell(NamedTuple):
    """A term of a result, as a table shows it."""

    text: str
    is_iri: bool
    language: str


def results(query: str, found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> str:
    """The first rows of a query's results, and the query to go on with."""
    if isinstance(found, ox.QueryBoolean):
        return _render("results.html", query=query, boolean=bool(found))
    names = ["subject", "predicate", "object"]
    if isinstance(found, ox.QuerySolutions):
        names = [variable.value for variable in found.variables]
    rows = [[_cell(term) for term in row] for row in islice(found, ROWS + 1)]
    more = len(rows) > ROWS
    return _render(
        "results.html", query=query, boolean=None, names=names, rows=rows[:ROWS], more=more
    )


def _cell(term: object) -> Cell | None:
    if isinstance(term, ox.NamedNode):
        return Cell(term.value, True, "")
    if isinstance(term, ox.Literal):
        return Cell(term.value, False, term.language or "")
    return None if term is None else Cell(str(term), False, "")


def graph(model: Model, iri: str) -> str:
    """What a named graph is, and where its triples are."""
    return _render("graph.html", base=model.base, iri=iri, name=iri.rsplit("/", 1)[-1])


def resource(snapshot: Snapshot, model: Model, iri: str, number: str) -> str:
    """The page of a resource: a catalogue, a dataset, or anything else."""
    facts = Facts(describe(snapshot.store, iri), model)
    types = facts.types(iri)
    if model.expand("Catalog") in types:
        return _catalog(snapshot, model, iri, number)
    catalog = next(iter(facts.subjects("dataset", iri)), "")
    template = "dataset.html" if model.expand("Dataset") in types else "resource.html"
    if facts.value(iri, "invalidatedAtTime"):
        template = "withdrawn.html"
    return _render(template, base=model.base, iri=iri, facts=facts, catalog=catalog)


def _catalog(snapshot: Snapshot, model: Model, iri: str, number: str) -> str:
    row = snapshot.index.catalog(iri)
    if row is None:
        raise NotFound(f"the index knows no catalogue <{iri}>")
    last = max(1, -(-row.datasets // PAGE))
    if not re.fullmatch(r"\d{1,9}", number) or not 1 <= int(number) <= last:
        raise BadRequest(f"page={number[:20]}: a number from 1 to {last} is expected")
    return _render(
        "catalog.html",
        base=model.base,
        iri=iri,
        counts=row,
        facts=Facts(describe(snapshot.store, iri), model),
        datasets=snapshot.index.datasets(iri, int(number), PAGE),
        page=int(number),
        last=last,
    )


@cache
def examples() -> dict[str, str]:
    """The example queries by their first line, a comment that says what they ask."""
    folder = files("server").joinpath("examples")
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    texts = [entry.read_text("utf-8") for entry in entries if entry.name.endswith(".rq")]
    return {text.partition("\n")[0].lstrip("# "): text for text in texts}
