"""The clauses of a SPARQL update (SPARQL 1.1 Update, sections 3 and 4; the grammar's rule 29).

Only what may be written where is read; what a pattern says is passed over, brace by brace.
"""

import re

from server.lexing.preflight import DEEPEST, Reading
from server.lexing.resolution import resolve
from server.lexing.tokens import NO_TERM, NOTABLE, TOKEN, is_absolute, written_iri
from server.lexing.update_clauses import Clause, NotUnderstood, Writes

_ESCAPED = re.compile(r"\\(.)")
_DATA_WORD = re.compile(r"(?i:true|false|a|[+-]?[0-9.]++(?:e[+-]?[0-9]++)?+)")


class UpdateReading:
    """The clauses of an update, and what their patterns say. Raises ``NotUnderstood``.

    ``first``: the index of the first one; ``later_prologues``: where the prologues of others stand;
    ``is_redefined``: whether one of these has a BASE, or a prefix in another sense.
    """

    def __init__(self, text: str, base: str | None) -> None:
        self.clauses: list[Clause] = []
        self.services: list[str | None] = []
        self.is_volatile = False
        self.deepest = self.operators = 0
        self._text, self._base = text, base
        self._prefixes: dict[str, str | None] = {}
        self._at = self._end = 0
        self._writes, self._braces, self._nested = Writes(), 0, 0
        self.first = 0
        self.later_prologues: list[tuple[int, int]] = []
        self.is_redefined = False
        self._advance()
        self._prologue()
        self.first = self._start
        while self._kind:
            self._clause()
            if self._value == ";":
                self._advance()
                start = self._start
                self._prologue()
                if self._start > start:
                    self.later_prologues.append((start, self._start))
            elif self._kind:
                raise NotUnderstood(f"a ; is expected before {self._value}")

    def _advance(self) -> None:
        """Take the next token: ``_value`` is its text, in lower case for a word."""
        token = TOKEN.match(self._text, self._at)
        assert token  # it matches nothing at the least
        self._kind = token.lastgroup
        self._value = token[self._kind] if self._kind else ""
        self._start, self._at = token.end() - len(self._value), token.end()
        if self._kind == "word":
            self._value = self._value.lower()

    def _take(self, *words: str) -> bool:
        """Whether these words or signs are next, which are then taken."""
        if self._kind not in ("word", "sign") or self._value not in words:
            return False
        self._advance()
        return True

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise NotUnderstood(f"{word} is expected, not {self._value}")

    def _prologue(self) -> None:
        while True:
            if self._take("base"):
                self._base = self._iri()
                self.is_redefined = self.is_redefined or bool(self.clauses)
            elif self._take("prefix"):
                prefix, _, local = self._value.partition(":")
                if self._kind != "name" or local:
                    raise NotUnderstood(f"a prefix is expected, not {self._value}")
                self._advance()
                space = self._written()
                if self.clauses and self._prefixes.get(prefix, space) != space:
                    self.is_redefined = True
                self._prefixes[prefix] = space
            elif self._take("version"):
                self._advance()
            else:
                return

    def _written(self) -> str | None:
        """The IRI that is written next; ``None`` where it cannot be told."""
        if self._kind != "iri":
            raise NotUnderstood(f"an IRI is expected, not {self._value}")
        iri = written_iri(self._value)
        self._advance()
        absolute = None if iri is None else resolve(iri, self._base)
        return absolute if absolute and is_absolute(absolute) else None

    def _iri(self) -> str:
        """The IRI that is written or named next."""
        if self._kind == "name":
            prefix, _, local = self._value.partition(":")
            space = self._prefixes.get(prefix)
            iri = None if space is None else space + _ESCAPED.sub(r"\1", local)
            self._advance()
        else:
            iri = self._written()
        if iri is None or not is_absolute(iri):
            raise NotUnderstood("an IRI cannot be told")
        return iri

    def _clause(self) -> None:
        clause = Clause(start=self._start)
        self.clauses.append(clause)
        self._operation(clause)
        clause.end = self._start

    def _operation(self, clause: Clause) -> None:
        word = self._value if self._kind == "word" else ""
        self._advance()
        if word == "load":
            clause.is_silent = self._take("silent")
            clause.load = self._iri()
            clause.writes.default = not self._take("into")
            if not clause.writes.default:
                self._expect("graph")
                clause.writes.graphs.add(self._iri())
        elif word in ("clear", "drop", "create"):
            begun = self._start
            if not self._take("silent") and word == "clear":
                clause.clear = begun
            if not self._all_of_a_kind(clause.writes):
                self._expect("graph")
                clause.writes.graphs.add(self._iri())
        elif word in ("copy", "move", "add"):
            self._take("silent")
            source, target = Writes(), clause.writes
            self._graph_or_default(source)
            self._expect("to")
            self._graph_or_default(target)
            if word == "move":  # it empties its source
                target |= source
        elif word in ("insert", "delete", "with"):
            self._modify(word, clause)
        else:
            raise NotUnderstood(f"{word} begins no operation")

    def _all_of_a_kind(self, writes: Writes) -> bool:
        if self._take("default"):
            writes.default = True
        elif self._take("named"):
            writes.any = True
        elif self._take("all"):
            writes.any = writes.default = True
        else:
            return False
        return True

    def _graph_or_default(self, writes: Writes) -> None:
        if self._take("default"):
            writes.default = True
            return
        self._take("graph")
        writes.graphs.add(self._iri())

    def _modify(self, word: str, clause: Clause) -> None:
        """INSERT DATA, DELETE DATA, DELETE WHERE, and the rule Modify."""
        home = None
        if word == "with":
            home, clause.has_using = self._iri(), True
            word = self._value
            if not self._take("delete", "insert"):
                raise NotUnderstood("WITH is followed by DELETE or INSERT")
        elif self._take("data"):
            clause.writes = self._quads(makes=word == "insert")
            return
        elif word == "delete" and self._kind == "word" and self._value == "where":
            clause.where, clause.is_delete_where = self._start, True
            self._advance()
            start = self._start
            clause.writes = self._quads(makes=False)
            clause.pattern = (start, self._end)
            return
        writes = self._quads(makes=word == "insert")
        if word == "delete" and self._take("insert"):
            writes |= self._quads(makes=True)
        if home is not None and writes.default:
            writes.default = False
            writes.graphs.add(home)
        clause.writes = writes
        while self._take("using"):
            clause.has_using = True
            self._take("named")
            self._iri()
        clause.where = self._start
        self._expect("where")
        clause.pattern = self._group()

    def _group(self) -> tuple[int, int]:
        """Pass over a group in braces, reading what it says."""
        start = self._start
        if self._kind != "sign" or self._value != "{":
            raise NotUnderstood(f"a group is expected, not {self._value}")
        said = Reading(self._text, start, one_group=True)
        self.services += said.services
        self.is_volatile = self.is_volatile or said.is_volatile
        self.deepest = max(self.deepest, said.deepest)
        self.operators += said.operators
        if said.end is None or said.in_doubt:
            raise NotUnderstood("a group can be read in two ways, or has no end")
        self._at = said.end
        self._advance()
        return start, said.end

    def _quads(self, *, makes: bool) -> Writes:
        """Read quads in braces; ``makes``: whether they are written, with new blank nodes."""
        if self._kind != "sign" or self._value != "{":
            raise NotUnderstood(f"braces are expected, not {self._value}")
        self._writes = Writes()
        self._braces, self._nested = 1, 1
        while self._braces:
            token = NOTABLE.match(self._text, self._at)
            assert token
            kind = token.lastgroup
            value = token[kind] if kind else ""
            self._at = token.end()
            if not NO_TERM.fullmatch(token["skipped"]):
                self._term()
            if kind == "brackets":
                self._brackets(value, token.start(kind))
            elif kind == "word" and value.lower() == "graph" and self._braces == 1:
                self._graph()
            elif kind == "word" and not _DATA_WORD.fullmatch(value):
                raise NotUnderstood(f"{value} is no term")
            elif kind in ("word", "name", "iri"):
                self._term(blank=value.startswith("_:"))
            elif kind == "operators" or value == "~":  # of triple terms, or a number's
                self._term(blank=value != "+")
            elif kind != "skipped":
                raise NotUnderstood(f"{value} is no term")
            elif self._at == len(self._text):
                raise NotUnderstood("braces have no end")
        self._end = self._at
        self._writes.blank = self._writes.blank and makes
        self._advance()
        return self._writes

    def _term(self, *, blank: bool = False) -> None:
        self._writes.default = self._writes.default or self._braces == 1
        self._writes.blank = self._writes.blank or blank

    def _graph(self) -> None:
        """The graph after GRAPH, and its opening brace."""
        self._advance()
        if self._kind == "variable":
            self._writes.any = True
            self._advance()
        else:
            self._writes.graphs.add(self._iri())
        if self._kind != "sign" or self._value != "{":
            raise NotUnderstood(f"braces are expected, not {self._value}")
        self._braces, self._nested = 2, self._nested + 1

    def _brackets(self, brackets: str, start: int) -> None:
        for index, bracket in enumerate(brackets, start):
            if bracket in "([" or (bracket == "{" and self._text.startswith("|", index + 1)):
                self._nested += 1
                self._term(blank=True)
            elif bracket in ")]" or (bracket == "}" and self._text[index - 1] == "|"):
                self._nested -= 1
            elif bracket == "}":
                self._braces, self._nested = self._braces - 1, self._nested - 1
                if not self._braces:
                    self._at = index + 1
                    return
            elif bracket == "{":
                raise NotUnderstood("braces stand where none are expected")
            if self._nested > self.deepest:
                self.deepest = self._nested
                if self._nested > DEEPEST:
                    raise NotUnderstood("brackets nest too deep")
