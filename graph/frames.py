"""The journal's format: a line that names the generation, then frames, each a change of the store.

    jointure-journal 1 GENERATION
    KIND LENGTH CHECKSUM QUADS
    …LENGTH bytes, compressed with zstandard…

``KIND`` is ``load`` (N-Quads text), ``update`` (SPARQL 1.1 Update text) or ``begun`` (the frames
before are what another generation came to: its name and length), ``CHECKSUM`` the CRC-32 of the
payload, ``QUADS`` how many quads came, less those that went. A frame is written by one
call: of what is killed meanwhile a beginning is left, which is no frame.
"""

import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import BinaryIO, NamedTuple

import pyoxigraph as ox
import zstandard

LOAD, UPDATE, BEGUN = "load", "update", "begun"
DUMPED = 16 << 20
"""Bytes of N-Quads in one frame of a dump: some 70,000 quads."""
_MAGIC = b"jointure-journal 1 "
_LONGEST = 200
"""Bytes that a line may have."""


class Frame(NamedTuple):
    """A frame of a journal: where its payload begins, and where the next frame does."""

    kind: str
    begin: int
    checksum: int
    quads: int
    end: int


class BrokenJournal(ValueError):
    """A journal is not what was written."""


def opening(generation: str) -> bytes:
    """The first line of a journal."""
    return _MAGIC + generation.encode() + b"\n"


def generation(file: BinaryIO) -> str:
    """The generation of a journal, which is read from its start to the first frame.

    Raises ``BrokenJournal``.
    """
    file.seek(0)
    line = file.readline(_LONGEST)
    if not line.startswith(_MAGIC) or not line.endswith(b"\n"):
        raise BrokenJournal("no journal")
    return line.removeprefix(_MAGIC).decode("ascii", "replace").strip()


def framed(kind: str, text: bytes, quads: int) -> bytes:
    """A change as a frame. Level 1 of zstandard makes a tenth of N-Quads, 400 MB a second."""
    payload = zstandard.ZstdCompressor(level=1).compress(text)
    head = f"{kind} {len(payload)} {zlib.crc32(payload):x} {quads}\n"
    return b"".join((head.encode(), payload))


def frames(file: BinaryIO, begin: int, end: int) -> Iterator[Frame]:
    """The frames of a journal from ``begin`` to ``end``, which are ends of frames.

    Reads their lines alone. Raises ``BrokenJournal`` at what is no whole frame, after those that
    are, and where ``end`` is before ``begin``.
    """
    if begin > end:
        raise BrokenJournal("a journal is not read backwards")
    while begin < end:
        file.seek(begin)
        line = file.readline(_LONGEST)
        try:
            kind, length, checksum, quads = line.decode("ascii").split()
            start = begin + len(line)
            frame = Frame(kind, start, int(checksum, 16), int(quads), start + int(length))
        except ValueError as error:
            raise BrokenJournal(f"no frame at {begin}") from error
        if kind not in (LOAD, UPDATE, BEGUN) or frame.end <= start or frame.end > end:
            raise BrokenJournal(f"no whole frame at {begin}")
        yield frame
        begin = frame.end


def verify(file: BinaryIO, found: Iterable[Frame]) -> None:
    """Read frames through. Raises ``BrokenJournal`` where one is not what was written."""
    for frame in found:
        _payload(file, frame)


def replay(file: BinaryIO, found: Iterable[Frame], store: ox.Store) -> None:
    """Make the changes that frames tell, in their order.

    The text was taken by a store before, so it is not validated again: that is a third of the
    time. Raises ``BrokenJournal``, and what the engine raises.
    """
    for kind, text in _texts(file, list(found)):
        if kind == LOAD:
            store.load(text, ox.RdfFormat.N_QUADS, lenient=True)
        elif kind == UPDATE:
            store.update(text.decode())


def _texts(file: BinaryIO, found: list[Frame]) -> Iterator[tuple[str, bytes]]:
    """The kind and text of frames, each read while the one before is worked on."""
    if len(found) < 2:
        yield from ((frame.kind, text_of(file, frame)) for frame in found)
        return
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(text_of, file, found[0])
        for frame, following in pairwise([*found, None]):
            text = coming.result()
            if following is not None:
                coming = beside.submit(text_of, file, following)
            if frame is not None:
                yield frame.kind, text


def text_of(file: BinaryIO, frame: Frame) -> bytes:
    """The text of a frame. Raises ``BrokenJournal``."""
    return zstandard.ZstdDecompressor().decompress(_payload(file, frame))


def _payload(file: BinaryIO, frame: Frame) -> bytes:
    file.seek(frame.begin)
    payload = file.read(frame.end - frame.begin)
    if zlib.crc32(payload) != frame.checksum:
        raise BrokenJournal(f"the frame at {frame.begin} was changed")
    return payload


def write_dump(store: ox.Store, file: BinaryIO) -> int:
    """Write frames that give what a store holds, its empty graphs too; how many quads."""
    dumping = _Dump(file)
    store.dump(dumping, ox.RdfFormat.N_QUADS)  # type: ignore[arg-type]
    dumping.write_frame()
    named = (graph for graph in store.named_graphs() if isinstance(graph, ox.NamedNode))
    if text := " ;\n".join(f"CREATE SILENT GRAPH {graph}" for graph in named):
        file.write(framed(UPDATE, text.encode(), 0))
    return dumping.quads


class _Dump:
    """A file to dump N-Quads into, that makes frames of whole lines."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._parts: list[bytes] = []
        self._size = 0
        self.quads = 0

    def write(self, chunk: bytes) -> int:
        """Take some text, which may end within a line."""
        self._parts.append(bytes(chunk))
        self._size += len(chunk)
        if self._size >= DUMPED:
            self.write_frame()
        return len(chunk)

    def write_frame(self) -> None:
        """Write the lines that are whole; the rest waits."""
        lines, newline, rest = b"".join(self._parts).rpartition(b"\n")
        quads = lines.count(b"\n") + len(newline)
        if lines:
            self._file.write(framed(LOAD, lines + newline, quads))
        self._parts, self._size = [rest], len(rest)
        self.quads += quads

    def flush(self) -> None:
        """There is nothing to do: what waits is no whole line, or written at the end."""
