"""A real browser on a hostile page: what the portal wrote does not run."""

import http.server
import shutil
import subprocess
import threading

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.fixture
def browse(tmp_path):
    """The document of an address, after its scripts have run, as HTML."""

    def dump(address):
        command = [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--virtual-time-budget=3000",
            f"--user-data-dir={tmp_path}", "--dump-dom", address,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, timeout=60, check=True)
        return done.stdout.decode()

    return dump


@pytest.fixture
def unguarded(hostile_site):
    """The pages through a proxy that takes our security headers away: escaping alone is tried.

    ``alert`` shows nothing in a headless browser: here it writes into the document.
    """
    told = b"<script>alert = () => document.documentElement.dataset.ran = 'yes'</script>"

    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            answer = hostile_site.get(self.path, headers={"Accept": "text/html"})
            body = answer.content.replace(b"<head>", b"<head>" + told)
            if self.path == "/control":
                body = b"<html><head>" + told + b"</head><script>alert(1)</script></html>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def hostile_paths(hostile_site):
    """The catalogue, and its datasets."""
    query = "SELECT ?d { ?d a <http://www.w3.org/ns/dcat#Dataset> }"
    rows = hostile_site.get("sparql", params={"query": query}).json()["results"]["bindings"]
    base = str(hostile_site.base_url)
    return ["/catalog/paris", *(f"/{row['d']['value'].removeprefix(base)}" for row in rows)]


def test_the_browser_would_tell_of_a_script_that_ran(browse, unguarded):
    assert 'data-ran="yes"' in browse(f"{unguarded}/control")


def test_escaping_alone_lets_no_script_run(browse, unguarded, hostile_paths):
    for path in hostile_paths:
        document = browse(f"{unguarded}{path}")
        assert "&lt;script&gt;alert(1)" in document
        assert "data-ran" not in document


def test_the_page_as_it_is_served_is_shown(browse, hostile_site):
    document = browse(f"{hostile_site.base_url}catalog/paris.html")
    assert document.count("<script") == 0
    assert "&lt;script&gt;alert(1)" in document
