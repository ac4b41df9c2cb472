"""What the formats mean that a portal declares for a file: a file type, and a media type."""

from functools import lru_cache
from typing import NamedTuple

from vocab.codelist import CodeList


class FileFormat(NamedTuple):
    """The IRIs of an EU file type and an IANA media type, empty where none is known.

    ``is_known`` says whether the value that was declared first names either.
    """

    file_type: str
    media_type: str
    is_known: bool


class Formats:
    """The two code lists, asked together; the few answers that there are, kept."""

    def __init__(self, file_types: CodeList, media_types: CodeList) -> None:
        self._file_types = file_types
        self._media_types = media_types
        self.find = lru_cache(maxsize=65536)(self._find)
        """What the values say: the first that names a type, and the first that names a medium,
        which else is the type's own."""

    def _find(self, *values: str) -> FileFormat:
        found = [(self._file_types.find(each), self._media_types.find(each)) for each in values]
        file_type = next((iri for types, _ in found for iri in types), "")
        media_type = next((iri for _, media in found for iri in media), "")
        own = self._file_types.media_types.get(file_type, "")
        return FileFormat(file_type, media_type or own, bool(found) and any(found[0]))
