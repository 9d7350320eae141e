"""A file to be imported, as numbered lines of text: compressed or not, in whatever encoding, however long its lines."""

import codecs
import zlib
from collections.abc import Iterator
from gzip import BadGzipFile, GzipFile
from io import BufferedIOBase, BufferedReader, FileIO, RawIOBase
from pathlib import Path
from typing import NamedTuple, cast

from preceptor.datasets.readers.rows import RowProblem
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _

MAX_ROW_BYTES = 1_000_000
"""Longest row that is read, unless told otherwise. A longer one is a problem of its line; the rest is still read."""

_SAMPLE = 4096
_BUFFER = 1 << 16
_GZIP = b"\x1f\x8b"
# The longer marks first: that of UTF-16 is the beginning of one of UTF-32.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NOT_TEXT = (b"PK\x03\x04", b"PAR1", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ")


class SourceError(InvalidError):
    """The file cannot be opened or read in the way that was asked for."""

    code = "unreadable_file"


class Line(NamedTuple):
    """A line of text without its end, and its number from 1."""

    number: int
    text: str


class Source:
    """A file on disk, to be read once.

    Args:
        path: the file. Gzip is recognised by its bytes, not by its name.
        encoding: name of the text encoding; None goes by the byte order mark and takes UTF-8 where there is none.
        max_row_bytes: longest row that is read.

    Raises:
        SourceError: there is no such encoding.
    """

    def __init__(self, *, path: Path, encoding: str | None = None, max_row_bytes: int = MAX_ROW_BYTES) -> None:
        if encoding is not None:
            _check_encoding(encoding)
        self.path = path
        self.max_row_bytes = max_row_bytes
        self._encoding = encoding
        self._size = 0
        self._raw: FileIO | None = None
        self._finished = False

    @property
    def progress(self) -> float:
        """Share of the file's bytes that has been read, 0 to 1."""
        if self._finished:
            return 1.0
        if self._raw is None or not self._size:
            return 0.0
        return min(self._raw.tell() / self._size, 1.0)

    def lines(self) -> Iterator[Line | RowProblem]:
        """Every line, or why it cannot be read. Lines of nothing but spaces come too.

        Raises:
            SourceError: the file cannot be opened.
        """
        try:
            raw = self.path.open("rb", buffering=0)
            self._size = self.path.stat().st_size
        except OSError as error:
            raise SourceError(
                _("The file {name} cannot be opened: {reason}.").format(
                    name=self.path.name, reason=error.strerror or type(error).__name__
                )
            ) from error
        number = 0
        with raw, BufferedReader(raw, _BUFFER) as packed:
            self._raw = raw
            try:
                for one in self._read(packed):
                    number = one.number if isinstance(one, Line) else one.line
                    yield one
                self._finished = True
            except (EOFError, zlib.error, BadGzipFile):
                yield RowProblem(
                    line=number + 1,
                    code="damaged",
                    message=_("The compressed file is damaged from here on. Compress it again, then import the rest."),
                    fatal=True,
                )
            finally:
                self._raw = None

    def _read(self, packed: "BufferedReader[FileIO]") -> Iterator[Line | RowProblem]:
        zipped = packed.peek(len(_GZIP))[: len(_GZIP)] == _GZIP
        stream: GzipFile | BufferedReader[FileIO] = GzipFile(fileobj=packed) if zipped else packed
        sample = stream.peek(_SAMPLE)[:_SAMPLE]
        mark, encoding = next(
            ((mark, name) for mark, name in _MARKS if sample.startswith(mark)), (b"", self._encoding or "utf-8")
        )
        if not mark and self._encoding is None and (reason := _not_text(sample)):
            yield RowProblem(line=1, code="not_text", message=reason, fatal=True)
            return
        stream.read(len(mark))
        if "\n".encode(encoding) != b"\n":
            yield from self._split(BufferedReader(_Transcoded(stream, encoding)), "utf-8")
        else:
            yield from self._split(stream, encoding)

    def _split(self, stream: BufferedIOBase, encoding: str) -> Iterator[Line | RowProblem]:
        limit = self.max_row_bytes
        number = 0
        while line := stream.readline(limit + 2):
            number += 1
            body = line.removesuffix(b"\n").removesuffix(b"\r")
            if len(body) > limit:
                while line and not line.endswith(b"\n"):
                    line = stream.readline(1 << 16)
                yield too_long(number, limit)
                continue
            try:
                yield Line(number, body.decode(encoding))
            except UnicodeError as error:
                yield RowProblem(
                    line=number,
                    code="encoding",
                    message=_(
                        "Byte {position} of this line is not {encoding}. Save the file as UTF-8, or say which encoding "
                        "it is in."
                    ).format(position=getattr(error, "start", 0) + 1, encoding=encoding.upper()),
                )


def too_long(line: int, limit: int) -> RowProblem:
    """The problem of a row of more than `limit` bytes that begins at `line`."""
    return RowProblem(
        line=line,
        code="too_long",
        message=_("This row is longer than {limit} bytes. Shorten it or split it.").format(limit=limit),
    )


class _Transcoded(RawIOBase):
    """A stream in any encoding as UTF-8. What is broken stays so, and is found in its line."""

    def __init__(self, stream: BufferedIOBase, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="surrogatepass")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(cast("bytearray", buffer))
        while not self._ready:
            data = self._stream.read(1 << 16)
            try:
                self._ready = self._decoder.decode(data, final=not data).encode("utf-8", errors="surrogatepass")
            except UnicodeDecodeError:
                self._ready = b"\xff"
                self._decoder.reset()
            if not data:
                break
        taken, self._ready = self._ready[: len(target)], self._ready[len(target) :]
        target[: len(taken)] = taken
        return len(taken)


def _not_text(sample: bytes) -> LazyText | None:
    if sample.startswith(_NOT_TEXT):
        return _("This is not a text file. Save a spreadsheet as CSV, and unpack an archive (only gzip is read).")
    if sample.count(b"\0") * 20 > len(sample):
        return _("This does not look like text in UTF-8. Save the file as UTF-8, or say which encoding it is in.")
    return None


def _check_encoding(name: str) -> None:
    try:
        "\n".encode(name).decode(name)
    except (LookupError, ValueError) as error:
        message = _("There is no text encoding called “{name}”. Common ones are utf-8, utf-16 and cp1252.")
        raise SourceError(fields=[FieldProblem(path="encoding", message=message.format(name=name))]) from error
