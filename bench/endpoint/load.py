"""Load on a server: requests from several connections, counted and timed, by ``wrk`` where it is
installed, else by a client of our own on bare sockets."""

import asyncio
import json
import random
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import httptools

from bench.endpoint.servers import JSON, Server

_SCRIPT = """
local requests = {}
for line in io.lines(%s) do
  requests[#requests + 1] = wrk.format("GET", line, {Host = "localhost", Accept = "%s"})
end
math.randomseed(os.time())
function request()
  return requests[math.random(#requests)]
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("{\\"seconds\\": %%f, \\"requests\\": %%d, \\"failed\\": %%d,",
    summary.duration / 1e6, summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
  io.write(string.format(" \\"p50\\": %%f, \\"p95\\": %%f, \\"longest\\": %%f}\\n",
    latency:percentile(50) / 1e6, latency:percentile(95) / 1e6, latency.max / 1e6))
end
"""


class Load(NamedTuple):
    """What a load was answered: seconds, requests, those that failed, and of their times in
    seconds the median, the 95th centile and the longest. Those of ``wrk`` are corrected: a client
    that waits long counts as the many that would have asked meanwhile."""

    seconds: float
    requests: int
    failed: int
    p50: float
    p95: float
    longest: float

    @property
    def rate(self) -> float:
        """Requests answered in a second."""
        return (self.requests - self.failed) / self.seconds

    def __str__(self) -> str:
        times = f"p50 {self.p50 * 1000:6.2f} ms  p95 {self.p95 * 1000:6.2f} ms"
        times += f"  longest {self.longest * 1000:4.0f} ms"
        return f"{self.rate:7.0f} requests/s  {times}" + f"  {self.failed} failed" * bool(
            self.failed
        )


def client() -> str:
    """The client that there is."""
    return "wrk" if shutil.which("wrk") else "own client (asyncio, httptools)"


def loaded(
    server: Server, queries: list[str], connections: int, seconds: float, *, is_plain: bool = False
) -> Load:
    """Ask any of ``queries`` from each of the connections, again and again; ``is_plain``: by our
    own client, whose times are those of the requests that were made."""
    targets = [server.target(query) for query in queries]
    if is_plain or not shutil.which("wrk"):
        return asyncio.run(_ask(server.port, targets, connections, seconds))
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder) / "targets", Path(folder) / "load.lua"
        listed.write_text("\n".join(targets) + "\n", "utf-8")
        script.write_text(_SCRIPT % (json.dumps(str(listed)), JSON), "utf-8")
        command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s"]
        command += ["--timeout", "60s", "-s", str(script), f"http://127.0.0.1:{server.port}"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Load(**json.loads(said.strip().splitlines()[-1]))


class _Connection(asyncio.Protocol):
    """A connection that asks as soon as it is answered."""

    def __init__(self, requests: list[bytes], times: list[float], end: float) -> None:
        self._requests, self._times, self._end = requests, times, end
        self.failed = 0
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._begun = time.perf_counter()
        self._transport.write(random.choice(self._requests))

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """The parser's word that an answer is whole."""
        now = time.perf_counter()
        self._times.append(now - self._begun)
        self.failed += self._parser.get_status_code() != 200
        if now < self._end:
            asyncio.get_running_loop().call_soon(self._ask)
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.closed.set_result(None)


async def _ask(port: int, targets: list[str], connections: int, seconds: float) -> Load:
    requests = [
        f"GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: {JSON}\r\n\r\n".encode()
        for target in targets
    ]
    times: list[float] = []
    begun = time.perf_counter()
    loop = asyncio.get_running_loop()
    protocols = []
    for _ in range(connections):
        _, protocol = await loop.create_connection(
            lambda: _Connection(requests, times, begun + seconds), "127.0.0.1", port
        )
        protocols.append(protocol)
    await asyncio.gather(*(each.closed for each in protocols))
    took, failed = time.perf_counter() - begun, sum(each.failed for each in protocols)
    times.sort()
    centiles = times[len(times) // 2], times[int(len(times) * 0.95)], times[-1]
    return Load(took, len(times), failed, *centiles)
