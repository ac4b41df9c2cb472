"""The grammar of SPARQL 1.1, and of what of 1.2 the engine reads: to say where a text leaves it.

It is wider than the specification's (section 19.8): what binds closer is left out, and functions
take any arguments. An alternative is chosen by its first token. ``'X'`` is a keyword or sign,
``'x'`` a keyword that is read in small letters alone, a name in capitals a kind of token, another a
rule.
"""

import re
from functools import cache
from typing import NamedTuple

_RULES = """
query       = prologue ( select modifiers | construct | describe | ask ) values? END
prologue    = ( 'BASE' IRI | 'PREFIX' NAMESPACE IRI | 'VERSION' STRING )*
select      = selecting dataset* where
selecting   = 'SELECT' ( 'DISTINCT' | 'REDUCED' )? ( '*' | ( VARIABLE | as )+ )
as          = '(' expression 'AS' VARIABLE ')'
subselect   = selecting where modifiers values?
construct   = 'CONSTRUCT' ( template dataset* where modifiers
            | dataset* 'WHERE' template modifiers )
template    = '{' triples? '}'
describe    = 'DESCRIBE' ( '*' | ( VARIABLE | iri )+ ) dataset* where? modifiers
ask         = 'ASK' dataset* where modifiers
dataset     = 'FROM' 'NAMED'? iri
where       = 'WHERE' group | group
modifiers   = grouping? having? ordering? slices
grouping    = 'GROUP' 'BY' ( VARIABLE | call | '(' expression ( 'AS' VARIABLE )? ')' )+
having      = 'HAVING' constraint+
ordering    = 'ORDER' 'BY' ( ( 'ASC' | 'DESC' ) bracketed | constraint | VARIABLE )+
slices      = ( ( 'LIMIT' | 'OFFSET' ) NUMBER )*
values      = 'VALUES' data
data        = VARIABLE '{' value* '}' | '(' VARIABLE* ')' '{' ( '(' value* ')' )* '}'
value       = iri | literal | 'UNDEF' | triple

group       = '{' ( subselect | triples? ( pattern '.'? triples? )* ) '}'
pattern     = group ( 'UNION' group )* | 'OPTIONAL' group | 'MINUS' group | 'LATERAL' group
            | 'GRAPH' varoriri group | 'SERVICE' 'SILENT'? varoriri group
            | 'FILTER' constraint | 'BIND' as | values
constraint  = bracketed | call
bracketed   = '(' expression ')'
call        = FUNCTION '(' arguments ')' | iri '(' arguments ')'
            | 'EXISTS' group | 'NOT' 'EXISTS' group
arguments   = ( '*' | 'DISTINCT'? ( '*' | expression ( ',' expression )* )
            ( ';' 'SEPARATOR' '=' STRING )? )?
expression  = unary ( ( '||' | '&&' | '=' | '!=' | '<' | '>' | '<=' | '>=' | '+' | '-' | '*' | '/' )
            unary | 'IN' list | 'NOT' 'IN' list | NUMBER )*
list        = '(' ( expression ( ',' expression )* )? ')'
unary       = ( '!' | '+' | '-' )* primary
primary     = bracketed | FUNCTION '(' arguments ')' | 'EXISTS' group | 'NOT' 'EXISTS' group
            | iri ( '(' arguments ')' )? | VARIABLE | literal | triple

triples     = same ( '.' same? )*
same        = VARIABLE properties | iri properties | literal properties | BLANK properties
            | '[' ( ']' properties | properties ']' properties? )
            | '(' ( ')' properties | node+ ')' properties? )
            | '<<(' node verb node ')>>' properties | '<<' node verb node tilde? '>>' properties?
properties  = verb objects ( ';' ( verb objects )? )*
objects     = node annotation* ( ',' node annotation* )*
annotation  = tilde | '{|' properties '|}'
tilde       = '~' ( VARIABLE | iri | BLANK )?
node        = VARIABLE | iri | literal | BLANK | '[' properties? ']' | '(' node* ')' | triple
triple      = '<<(' node verb node ')>>' | '<<' node verb node tilde? '>>'
verb        = VARIABLE | path
path        = step ( ( '/' | '|' ) step )*
step        = '^'? ( iri | 'a' | '(' path ')' | '!' negation ) ( '?' | '*' | '+' )?
negation    = negated | '(' ( negated ( '|' negated )* )? ')'
negated     = '^'? ( iri | 'a' )
varoriri    = VARIABLE | iri
iri         = IRI | NAME
literal     = STRING ( LANGUAGE | '^^' iri )? | ( '+' | '-' )? NUMBER | 'true' | 'false'

update      = operations END
operations  = prologue ( operation ( ';' operations )? )?
operation   = 'LOAD' 'SILENT'? iri ( 'INTO' 'GRAPH' iri )?
            | ( 'CLEAR' | 'DROP' ) 'SILENT'? ( 'GRAPH' iri | 'DEFAULT' | 'NAMED' | 'ALL' )
            | 'CREATE' 'SILENT'? 'GRAPH' iri
            | ( 'COPY' | 'MOVE' | 'ADD' ) 'SILENT'? place 'TO' place
            | 'WITH' iri modify | 'INSERT' ( 'DATA' quads | quads rest )
            | 'DELETE' ( 'DATA' quads | 'WHERE' quads | quads ( 'INSERT' quads )? rest )
place       = 'DEFAULT' | 'GRAPH' iri | iri
modify      = 'INSERT' quads rest | 'DELETE' quads ( 'INSERT' quads )? rest
rest        = ( 'USING' 'NAMED'? iri )* 'WHERE' group
quads       = '{' triples? ( 'GRAPH' varoriri template '.'? triples? )* '}'
"""

_PART = re.compile(r"'(?P<literal>[^']+)'|(?P<kind>[A-Z]+)|(?P<rule>[a-z]+)|(?P<sign>[()|?*+])")


class Node(NamedTuple):
    """A part of a rule. ``kind``: literal, kind, rule, all, one, or ``?``, ``*``, ``+``."""

    kind: str
    name: str = ""
    parts: tuple["Node", ...] = ()


@cache
def rules() -> dict[str, Node]:
    """The rules by name."""
    texts: dict[str, str] = {}
    for line in _RULES.splitlines():
        name, is_rule, text = line.partition(" = ")
        if is_rule and not line.startswith(" "):
            name = name.strip()
            texts[name] = text
        elif line.strip():
            texts[name := next(reversed(texts))] += line
    return {name: _compiled(text) for name, text in texts.items()}


def _compiled(text: str) -> Node:
    stack: list[list[list[Node]]] = [[[]]]
    for part in _PART.finditer(text):
        sign = part["sign"]
        if sign == "(":
            stack.append([[]])
        elif sign == ")":
            done = _either(stack.pop())
            stack[-1][-1].append(done)
        elif sign == "|":
            stack[-1].append([])
        elif sign:
            stack[-1][-1].append(Node(sign, parts=(stack[-1][-1].pop(),)))
        else:
            assert part.lastgroup
            stack[-1][-1].append(Node(part.lastgroup, part[part.lastgroup]))
    return _either(stack.pop())


def _either(ways: list[list[Node]]) -> Node:
    each = [way[0] if len(way) == 1 else Node("all", parts=tuple(way)) for way in ways]
    return each[0] if len(each) == 1 else Node("one", parts=tuple(each))
