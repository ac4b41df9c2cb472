"""What the formats mean that a portal declares for a file: a file type, and a media type."""

from functools import lru_cache
from typing import NamedTuple

from vocab.codelist import CodeList


class FileFormat(NamedTuple):
    """The IRIs of an EU file type and an IANA media type, empty where none is known.

    ``is_known`` says whether the value that was declared first names either. ``type_from`` and
    ``media_from`` are the places of the values that said it; -1 where none did: no file type, and
    the media type that goes with a file type.
    """

    file_type: str
    media_type: str
    is_known: bool
    type_from: int = -1
    media_from: int = -1


class Formats:
    """The two code lists, asked together; the few answers that there are, kept."""

    def __init__(self, file_types: CodeList, media_types: CodeList) -> None:
        self._file_types = file_types
        self._media_types = media_types
        self.find = lru_cache(maxsize=65536)(self._find)
        """What the values say: the first that names a type, and the first that names a medium,
        which else is the type's own."""

    def _find(self, *values: str) -> FileFormat:
        types = [self._file_types.find(each) for each in values]
        media = [self._media_types.find(each) for each in values]
        type_from = next((place for place, found in enumerate(types) if found), -1)
        media_from = next((place for place, found in enumerate(media) if found), -1)
        file_type = types[type_from][0] if type_from >= 0 else ""
        own = self._file_types.media_types.get(file_type, "")
        media_type = media[media_from][0] if media_from >= 0 else own
        is_known = bool(values) and bool(types[0] or media[0])
        return FileFormat(file_type, media_type, is_known, type_from, media_from)
