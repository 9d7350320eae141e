"""A folder of pictures and what is said about them, as one ZIP archive. Nothing of it is ever unpacked to disk."""

import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any, Self

import msgspec

from preceptor.datasets.readers.rows import BadRowError, ImportedRow, RowProblem
from preceptor.datasets.readers.source import Source, SourceError
from preceptor.lib.errors import ProblemError
from preceptor.lib.i18n import _
from preceptor.lib.pictures import ENDINGS, MOST_BYTES

MOST_TEXT_BYTES = 5_000_000
"""Of one file of labels."""
MOST_FILES = 2_000_000

DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, RuntimeError, EOFError, ValueError)
"""What a damaged or hostile archive makes the library raise; a name that is not in the encoding it claims as well."""


class Archive:
    """The files of an archive, by their names as the archive has them. Hidden files and those of macOS are left out.

    Use it as a context manager.

    Raises:
        SourceError: no ZIP archive, or one of too many files.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        try:
            self._zip = zipfile.ZipFile(source.path)
        except DAMAGED as error:
            message = _(
                "This is no ZIP archive, or a damaged one. Here pictures come with what is said of them: pack the "
                "folder that holds both as ZIP, and try again."
            )
            raise SourceError(message) from error
        entries = [one for one in self._zip.infolist() if not one.is_dir() and not _is_hidden(one.filename)]
        if len(entries) > MOST_FILES:
            raise SourceError(_("This archive holds more than {most} files. Split it.").format(most=MOST_FILES))
        self._entries = {one.filename: one for one in entries}
        self._by_name: dict[str, str] = {}
        for name in self._entries:
            self._by_name.setdefault(PurePosixPath(name).name, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    def names(self, *endings: str) -> list[str]:
        """Names of the files with one of these endings, in alphabetical order."""
        return sorted(name for name in self._entries if name.lower().endswith(endings))

    def pictures(self) -> list[str]:
        """Names of the pictures."""
        return self.names(*ENDINGS)

    def find(self, *wanted: str) -> str | None:
        """The file of one of these names: as it is, below any folder, or anywhere by its last step; else None."""
        for name in wanted:
            steps = name.replace("\\", "/").removeprefix("./")
            if steps in self._entries:
                return steps
            if found := self._by_name.get(PurePosixPath(steps).name):
                return found
        return None

    def find_picture(self, stem: str) -> str | None:
        """The picture of this name without its ending."""
        return self.find(*(f"{stem}{ending}" for kind in ENDINGS for ending in (kind, kind.upper())))

    def read(self, name: str, *, most: int = MOST_TEXT_BYTES) -> bytes:
        """The bytes of one file, whatever the archive says about its size.

        Raises:
            BadRowError: damaged, encrypted, or more than `most` bytes.
        """
        try:
            with self._zip.open(self._entries[name]) as stream:
                data = stream.read(most + 1)
        except (*DAMAGED, KeyError) as error:
            message = _("{file} is damaged or locked by a password.").format(file=_short(name))
            raise BadRowError("damaged", message) from error
        if len(data) > most:
            message = _("{file} is larger than {limit} MB.").format(file=_short(name), limit=most // 1_000_000)
            raise BadRowError("too_large", message)
        return data

    def text(self, name: str) -> str:
        """One file as text in UTF-8.

        Raises:
            BadRowError: as `read`, or no such text.
        """
        try:
            return self.read(name).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            message = _("{file} is not text in UTF-8.").format(file=_short(name))
            raise BadRowError("encoding", message) from error

    def keep(self, name: str, *, called: str | None = None) -> Any:
        """Look at a picture, and keep it where the import does; answers what `Source.keep_picture` answers.

        Raises:
            BadRowError: no picture, or one too large.
        """
        data = self.read(name, most=MOST_BYTES)
        keep = self._source.keep_picture
        assert keep is not None
        try:
            return keep(data, called or name)
        except ProblemError as error:
            if error.status >= 500:  # noqa: PLR2004 (a fault of ours, such as a full disk)
                raise
            message = _("{file}: {reason}").format(file=_short(name), reason=error.title)
            raise BadRowError(error.code, message) from error


def read_archive(
    source: Source, rows: Callable[[Archive], Iterator[Callable[[int], ImportedRow]]]
) -> Iterator[ImportedRow | RowProblem]:
    """Every row that `rows` yields as a call to make it with its number, which may raise `BadRowError`.

    Raises:
        SourceError: no ZIP archive.
    """
    number = 0
    with Archive(source) as archive:
        found = rows(archive)
        while True:
            number += 1
            try:
                make = next(found)
            except StopIteration:
                break
            except BadRowError as error:
                yield RowProblem(line=number, code=error.code, message=error.message, fatal=True)
                break
            try:
                yield make(number)
            except BadRowError as error:
                yield RowProblem(line=number, code=error.code, message=error.message)
    source.note_progress(1.0)


def parse_json(archive: Archive, name: str, kind: type[Any]) -> Any:
    """A JSON file of the archive as `kind`.

    Raises:
        BadRowError: it is not that.
    """
    try:
        return msgspec.json.decode(archive.read(name, most=500_000_000), type=kind)
    except msgspec.MsgspecError as error:
        message = _("{file} does not have the expected form: {detail}.").format(file=_short(name), detail=str(error))
        raise BadRowError("malformed", message) from error


def _is_hidden(name: str) -> bool:
    return any(step.startswith(".") or step == "__MACOSX" for step in name.split("/"))


def _short(name: str) -> str:
    shown = "".join(letter for letter in name if letter.isprintable())
    return shown if len(shown) <= 100 else f"…{shown[-99:]}"  # noqa: PLR2004 (as much as a line can show)
