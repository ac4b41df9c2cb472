"""What is read of a query, with the engine as referee: a SERVICE that it calls has to be seen."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from server.lexing.preflight import read

EMPTY = b'{"head":{"vars":[]},"results":{"bindings":[]}}'
PREFIXES = "PREFIX ex: <http://127.0.0.1:%d/> PREFIX : <http://127.0.0.1:%d/>\n"


class Calls:
    """The paths that were asked for, of a server on the loopback interface."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.paths: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@contextmanager
def listening() -> Iterator[Calls]:
    """A server that hears what the engine asks, and answers with no solution."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.paths.append(self.path)
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(200)
            self.send_header("content-type", "application/sparql-results+json")
            self.send_header("content-length", str(len(EMPTY)))
            self.end_headers()
            self.wfile.write(EMPTY)

        do_GET = do_POST

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard = Calls(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def calls():
    with listening() as heard:
        yield heard


def called(calls, query):
    """The IRIs that the engine asks when it runs a query."""
    calls.paths.clear()
    with suppress(SyntaxError, OSError, RuntimeError, ValueError):
        store = ox.Store()
        store.add(ox.Quad(ox.NamedNode("a:a"), ox.NamedNode("a:b"), ox.Literal("a")))
        results = store.query(query)
        if not isinstance(results, ox.QueryBoolean):
            list(results)
    return {calls.address + path[1:] for path in calls.paths}


def judge(calls, query):
    """Whether the engine called a service; it has to be one that was read."""
    asked = called(calls, query)
    if asked:
        said = read(query)
        assert said.is_volatile
        assert said.services
        assert None in said.services or asked <= set(said.services)
    return bool(asked)


HIDDEN = [
    # A long string with an escape that there is not is an empty string and a short one.
    'SELECT * { VALUES ?x { """a" } SERVICE %s { ?s ?p ?o } # \\q """ \n }',
    'SELECT * { VALUES ?x { """a" } SERVICE %s { ?s ?p ?o } # \\uD800 """ \n }',
    "SELECT * { VALUES ?x { '''a' } SERVICE %s { ?s ?p ?o } # \\q ''' \n }",
    # A name may begin with a character that Python calls none of a word.
    "SELECT * { { VALUES ?x { ex:、\\# } SERVICE %s { ?s ?p ?o } } }",
    # A comparison is taken for an IRI that swallows what opens a comment, or a string.
    "SELECT * { BIND(1 AS ?a) FILTER(?a<ex:b#c>'''\n || true) SERVICE %s { ?s ?p ?o } } # '''",
    "SELECT * { BIND('a' AS ?a) FILTER(?a<'''>'''||true) SERVICE %s { ?s ?p ?o } } # '''",
    "SELECT * { BIND('a' AS ?a) FILTER(true || (?a<ex:b#c>)\n)&& ?a<ex:b#c>'''\n || true)"
    " SERVICE %s { ?s ?p ?o } } # '''",
    'SELECT * { BIND("a" AS ?a) FILTER(true || ("b"<ex:b#c>"""\n)) SERVICE %s { ?s ?p ?o } } #"""',
]


@pytest.mark.parametrize("query", HIDDEN)
def test_nothing_hides_a_service(calls, query):
    query = query.replace("%s", f"<{calls.address}>")
    assert judge(calls, PREFIXES % (calls.port, calls.port) + query) == (calls.address in query)


SPELLED = ["SERVICE", "SeRvIcE", "SERVICE SILENT", "SERVICESILENT", "1SERVICE", ".SERVICE"]
BETWEEN = ["", " ", "\n", "\r", "\t", "#c\n", "# ' \n", '# """ \n', "#\r", "# > \n", "#<\n"]
BEFORE = [
    *BETWEEN,
    "?s ?p ?o .",
    "OPTIONAL { ?s ?p 'a'. }",
    'OPTIONAL { ?s ?p "a\\"" . }',
    "OPTIONAL { ?s ?p '''a'b''c''' . }",
    'OPTIONAL { ?s ?p """a\n"b\\"""" . }',
    "OPTIONAL { ?s ex:p <http://a/#b> . }",
    "OPTIONAL { ?s ex:p\\' ex:q\\# . }",
    "OPTIONAL { ?s ?p 'a'@en . }",
    "BIND('a' AS ?a)",
    "FILTER(?a<ex:b#c>'\n || true)",
    "FILTER(?a<ex:b#c>'''\n || true)",
    "FILTER(?a<'''>''' || true)",
    "FILTER(?a<'>' || true)",
    "FILTER(EXISTS { ?s ?p <http://a/#b> } || ?a<ex:b#}>'''\n || true)",
    "FILTER(EXISTS { ?s ?p ?o FILTER(true) } || ?a<ex:b#>'''\n || true)",
    "FILTER(COALESCE((?a<?b),?c>'#' || true))",
    "FILTER(1<2 || 2>1)",
    "FILTER(?a<?b||?c>?d || true)",
    "VALUES ?x { '' \"\" }",
    'VALUES ?x { """a" }',
    '# \\q """ \n',
    "# ''' \n",
    "OPTIONAL {",
    "{",
    "}",
    "UNION {",
    "OPTIONAL { ?x ex:a.b 1 . }",
    "OPTIONAL { ?s ?p ex:、\\# . }",
    "OPTIONAL { ?s ?p _:a . }",
    "?s ?p -1.5e3",
    "OPTIONAL { ex:service:a ?p ex:%41SERVICE . }",
]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    before=st.lists(st.sampled_from(BEFORE), max_size=4),
    word=st.sampled_from(SPELLED),
    gaps=st.tuples(*[st.lists(st.sampled_from(BETWEEN), max_size=3)] * 2),
    target=st.sampled_from(["<%s>", "<%sa\\u0062>", "ex:x", ":x", "<%sa/../b>"]),
    after=st.lists(st.sampled_from(BEFORE), max_size=3),
)
def test_whatever_stands_around_a_service_it_is_seen(calls, before, word, gaps, target, after):
    one, two = ("".join(gap) for gap in gaps)
    opened = sum(each in ("{", "OPTIONAL {", "UNION {") for each in before) - before.count("}")
    query = (
        PREFIXES % (calls.port, calls.port)
        + f"SELECT * {{ {''.join(before)} {word}{one}{target.replace('%s', calls.address)}{two}"
        + f"{{ ?s ?p ?o }} {''.join(after)}{'}' * opened}\n}} # '''"
    )
    event("called" if judge(calls, query) else "not called")


PIECES = [
    *(
        "'",
        '"',
        "'''",
        '"""',
        "<",
        ">",
        "#",
        "\n",
        "\\",
        "{",
        "}",
        "(",
        ")",
        ":",
        ".",
        "-",
        "?",
        "@",
    ),
    *("service", "from", "now", "prefix", "base", "graph", "select", "silent", "a", "1", " "),
    *("é", "、", "%", "\\u0041", "<a#b>", "<a", "ex:", "_:", "^^", "|", "\x00", ",", ";"),
]


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(st.sampled_from(PIECES), min_size=1, max_size=6),
    head=st.sampled_from(PIECES),
)
def test_reading_takes_time_in_proportion_to_the_length(parts, head):
    part = "".join(parts)
    text = f"{head} service " + part * (60_000 // len(part))
    started = time.process_time()
    read(text)
    read(text.replace("service", "x"))
    assert time.process_time() - started < 2


@settings(max_examples=300, deadline=None)
@given(parts=st.lists(st.sampled_from(PIECES), max_size=30))
def test_any_text_can_be_read(parts):
    said = read("".join(parts))
    assert said.depth >= 0
    assert said.operators >= 0
