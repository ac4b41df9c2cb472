"""What the formats mean that a portal declares for a file: a file type, and a media type."""

from functools import lru_cache
from typing import NamedTuple

from vocab.codelist import CodeList, fold

_INTO = {
    "zip": "ZIP", "zippe": "ZIP", "zipped": "ZIP", "7z": "7Z", "rar": "RAR", "tar": "TAR",
    "gz": "GZIP", "gzip": "GZIP", "bz2": "BZIP2", "bzip2": "BZIP2", "xz": "XZ",
}  # fmt: skip
"""Words for what files are put into, and its file type."""
_SUCCESSORS = {"XLS": "XLSX", "DOC": "DOCX", "PPT": "PPTX"}
"""File types of one program: its name is the name of both."""
_PACKAGES, _COMPRESSIONS = ("ZIP", "TAR", "7Z", "RAR"), ("GZIP", "BZIP2", "XZ")


class FileFormat(NamedTuple):
    """The IRIs of an EU file type and an IANA media type, empty where none is known.

    ``is_known`` says whether the value that was declared first names either. ``type_from`` and
    ``media_from`` are the places of the values that said it; -1 where none did: no file type, and
    the media type that goes with a file type. ``package`` and ``compression`` are the IRIs of the
    media types of what the files are in (« shp.zip », « csv.gz »), where the value names that.
    """

    file_type: str
    media_type: str
    is_known: bool
    type_from: int = -1
    media_from: int = -1
    package: str = ""
    compression: str = ""


class Formats:
    """The two code lists, asked together; the few answers that there are, kept."""

    def __init__(self, file_types: CodeList, media_types: CodeList) -> None:
        self._file_types = file_types
        self._media_types = media_types
        self.find = lru_cache(maxsize=65536)(self._find)
        """What the values say: the first that names a type, and the first that names a medium,
        which else is the type's own."""

    def _find(self, *values: str) -> FileFormat:
        types = [self._file_types.find(each) or self._within(each) for each in values]
        media = [self._media_types.find(each) for each in values]
        type_from = next((place for place, found in enumerate(types) if found), -1)
        media_from = next((place for place, found in enumerate(media) if found), -1)
        type_from = self._versioned(values, types, type_from)
        file_type = types[type_from][0] if type_from >= 0 else ""
        own = self._file_types.media_types.get(file_type, "")
        media_type = media[media_from][0] if media_from >= 0 else own
        is_known = bool(values) and bool(types[0] or media[0])
        package, compression = self._into(file_type, values, types) if file_type else ("", "")
        return FileFormat(
            file_type, media_type, is_known, type_from, media_from, package, compression
        )

    def _versioned(self, values: tuple[str, ...], types: list[tuple[str, ...]], chosen: int) -> int:
        """The place of the value to believe: « Excel » says less than the extension xlsx."""
        for old, new in _SUCCESSORS.items():
            is_loose = chosen >= 0 and types[chosen][:1] == (self._file_types[old],)
            if is_loose and old.lower() not in fold(values[chosen]).split():
                later = (self._file_types[new],)
                return next((n for n, found in enumerate(types) if found[:1] == later), chosen)
        return chosen

    def _within(self, value: str) -> tuple[str, ...]:
        """The type of files that are put into an archive, of « shp.zip », of « ZIP (CSV) »; the
        archive's own where what is in it is not known."""
        words = fold(value).split()
        inner = [word for word in words if word not in _INTO]
        if not inner or len(inner) == len(words):
            return ()
        outer = [word for word in words if word in _INTO]
        found = self._file_types.find(" ".join(inner)) or self._file_types.find(" ".join(outer))
        return found or (self._file_types[_INTO[outer[0]]],)

    def _into(
        self, file_type: str, values: tuple[str, ...], types: list[tuple[str, ...]]
    ) -> tuple[str, str]:
        """The media types of the package and of the compression that a file of another type is in:
        a word of a value says it, or a value that is an archive's."""
        codes = {self._file_types[code]: code for code in _INTO.values()}
        if file_type in codes or file_type == self._file_types["TAR_GZ"]:
            return "", ""
        words = [word for value in values if "/" not in value for word in fold(value).split()]
        told = {_INTO[word] for word in words if word in _INTO}
        told |= {codes[found[0]] for found in types if found and found[0] in codes}

        def medium(known: tuple[str, ...]) -> str:
            code = next((code for code in known if code in told), "")
            return self._file_types.media_types.get(self._file_types[code], "") if code else ""

        return medium(_PACKAGES), medium(_COMPRESSIONS)
