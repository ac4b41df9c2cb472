"""How an SCDL catalogue is read: one CSV file, in whatever form a spreadsheet gave it.

RFC 4180 but for the separator, which the header tells. There is no count of the rows anywhere: the
file is complete where it ends outside quotes and, if its last row is short, with a line break.
"""

import codecs
import csv
import re
from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from graph.iris import segment, slug
from graph.issues import Issue
from ingest.answer import Answer
from vocab.codelist import fold

Row = dict[str, str]
"""A row's values by the keys of their columns (``column_key``), without the empty ones."""

REQUIRED = "titre"
_SEPARATORS = (";", ",", "\t", "|")
_PREAMBLE = re.compile(r"\s*|\ufeff?sep=.\s*", re.IGNORECASE)
"""What may stand above the header: blank lines, and the line that tells Excel the separator."""
_END = "\x1f end of file \x1f"
"""A line of ours after the last: where quotes do not close, it is swallowed like all the others."""


def column_key(header: str) -> str:
    """A column's name without case, accents and spaces: ``Coll_Nom`` and ``COLL NOM`` are one."""
    return "_".join(fold(header).split())


def rows(answer: Answer, columns: Collection[str]) -> Iterator[Row | Issue]:
    """Every row of the catalogue; an ``Issue`` in place of one that does not fit the header.

    ``columns`` are the keys known. Raises ``SourceError`` for what is no CSV, has no column of
    titles, or is cut off.
    """
    start = answer.start(200)
    if not start:
        raise answer.error("an empty answer, CSV is expected")
    if start[:1] in (b"<", b"{", b"["):
        raise answer.error(f"HTML, XML or JSON, CSV is expected: {start[:60]!r}")
    encoding = _encoding(answer)
    if encoding == "cp1252":
        message = "charset: not UTF-8, which the schema asks for; read as Windows-1252"
        yield Issue("shape", "charset", encoding, message)
    # What Windows-1252 does not define shows as the replacement character.
    with answer.path.open(encoding=encoding, errors="replace", newline="") as file:
        above, header = 1, file.readline()
        while header and _PREAMBLE.fullmatch(header):
            above, header = above + 1, file.readline()
        separator, keys = _header(answer, header, columns)
        yield from _rows(answer, _cells(answer, file, separator, above), keys)


def _encoding(answer: Answer) -> str:
    """UTF-8 wherever the whole file is, else Windows-1252. Raises ``SourceError`` for a file that
    ends within a character."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with answer.path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        try:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
        except UnicodeDecodeError:
            return "cp1252"
    if decoder.getstate()[0]:
        raise answer.error("the CSV is cut off: it ends within a character of UTF-8")
    return "utf-8-sig"


def _header(answer: Answer, header: str, columns: Collection[str]) -> tuple[str, list[str]]:
    """The separator under which most names are known, and the columns' keys, each once."""
    names = {separator: next(csv.reader([header], delimiter=separator), [])
             for separator in _SEPARATORS}  # fmt: skip
    known = set(columns)
    separator = max(names, key=lambda each: len(known & set(map(column_key, names[each]))))
    keys: list[str] = []
    for place, name in enumerate(names[separator], start=1):
        key = column_key(name)
        # A name that is missing, or there twice, is told apart by its place and known to no table.
        keys.append(key if key and key not in keys else f"{key or 'column'}_{place}")
    if REQUIRED not in keys:
        valid = ", ".join(columns)
        found = ", ".join(keys)[:200]
        raise answer.error(f"no column {REQUIRED} in the header ({found}); valid: {valid}")
    return separator, keys


def _cells(
    answer: Answer, lines: Iterable[str], separator: str, above: int
) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row, and the line that it begins in. ``above`` lines stand before these."""
    reader = csv.reader(chain(lines, (_END,)), delimiter=separator)
    line, read = above + 1, 0
    try:
        for cells in reader:
            if cells == [_END]:
                return
            line, read = above + read + 1, reader.line_num
            yield line, cells
    except csv.Error as error:
        what = f"the CSV is broken, in the row that begins in line {above + read + 1} ({error})"
        raise answer.error(what) from error
    raise answer.error(f"the CSV is cut off: within quotes, in the row that begins in line {line}")


def _rows(
    answer: Answer, listed: Iterable[tuple[int, list[str]]], keys: list[str]
) -> Iterator[Row | Issue]:
    misfit = ""
    for line, cells in listed:
        while len(cells) > len(keys) and not cells[-1].strip():
            cells.pop()
        texts = (cell.strip().replace("\r\n", "\n") for cell in cells)
        row = {key: text for key, text in zip(keys, texts, strict=False) if text}
        misfit = ""
        if not any(map(str.strip, cells)):  # sheets end in rows that hold nothing
            continue
        if len(cells) == len(keys):
            yield row
        else:
            misfit = f"line {line}: fields: {len(cells)}, expected: {len(keys)}; left out"
            yield Issue("shape", f"line {line}", str(row), misfit)
    if misfit and _ends_within_a_line(answer):
        raise answer.error(f"the CSV is cut off: it ends within a row ({misfit})")


def _ends_within_a_line(answer: Answer) -> bool:
    with answer.path.open("rb") as file:
        file.seek(-2, 2)
        return not re.search(rb"[\r\n]", file.read())


def identifier(row: Row) -> str:
    """What names a row for ever: its ID; of the State's schema, which has none, the title and the
    organisation. Empty where a row has neither.

    Both are mandatory there; an ``url`` is not, and one page may serve many datasets. Two rows of
    one title are one dataset to us, and the second an issue.
    """
    given = row.get("id", "")
    if not given:
        owner = row.get("nom_orga") or row.get("producteur_nom") or row.get("coll_nom", "")
        return slug(f"{row[REQUIRED]} {owner}") if REQUIRED in row else ""
    try:
        segment(given)
    except ValueError:  # an address of a thousand characters, or dots alone
        return slug(given)
    return given
