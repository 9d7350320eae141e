"""A file to be imported, as numbered lines of text: compressed or not, in whatever encoding, however long its lines."""

import codecs
import zlib
from collections.abc import Callable, Iterator, Mapping
from gzip import BadGzipFile, GzipFile
from io import BufferedIOBase, BufferedReader, FileIO, RawIOBase
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import zstandard

from preceptor.datasets.readers.rows import RowProblem
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _

MAX_ROW_BYTES = 1_000_000
"""Longest row that is read, unless told otherwise. A longer one is a problem of its line; the rest is still read."""

_SAMPLE = 4096
_BUFFER = 1 << 16
_PACKED = 1 << 10
"""Bytes that Zstandard is given at once: a block of four of them can unfold into 128 KB, all of which come at once."""
_GZIP = b"\x1f\x8b"
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
# The longer marks first: that of UTF-16 is the beginning of one of UTF-32.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NOT_TEXT = (b"PK\x03\x04", b"PAR1", b"%PDF", b"\xd0\xcf\x11\xe0", b"ARROW1", b"BZh", b"\xfd7zXZ")


class SourceError(InvalidError):
    """The file cannot be opened or read in the way that was asked for."""

    code = "unreadable_file"


class Line(NamedTuple):
    """A line of text without its end, and its number from 1."""

    number: int
    text: str


class ByteLine(NamedTuple):
    """A line in UTF-8, not checked, without its end, and its number from 1."""

    number: int
    data: bytes


LineT = TypeVar("LineT", Line, ByteLine)


class Source:
    """A file on disk, to be read once.

    Args:
        path: the file. Gzip and Zstandard are recognised by their bytes, not by the name.
        encoding: name of the text encoding; None goes by the byte order mark and takes UTF-8 where there is none.
        max_row_bytes: longest row that is read.
        columns: which column of the file stands for which field, by the field's name, where the names differ.
        name: what the file is called where it came from.

    Raises:
        SourceError: there is no such encoding.
    """

    def __init__(
        self,
        *,
        path: Path,
        encoding: str | None = None,
        max_row_bytes: int = MAX_ROW_BYTES,
        columns: Mapping[str, str] | None = None,
        name: str = "",
    ) -> None:
        if encoding is not None:
            _check_encoding(encoding)
        self.path = path
        self.max_row_bytes = max_row_bytes
        self.columns = dict(columns or {})
        self.name = name or path.name
        self.keep_picture: Callable[[bytes, str], Any] | None = None
        """Keeps a picture that the file holds, given its bytes and name, and says what it is; None to look only."""
        self.fetch_picture: Callable[[str], bytes | None] | None = None
        """Fetches what is at an address; None for one that nobody may fetch from. It raises `ProblemError`."""
        self.any_columns = False
        """Whether rows are of use whatever their columns are called, as records."""
        self.routed = False
        """Whether the columns `language`, `level` and `categories` say who may take an item."""
        self.names: list[str] | None = None
        """Names of the columns, renamed, where the file says them for all rows at once; known once the first row is."""
        self._encoding = encoding
        self._size = 0
        self._raw: FileIO | None = None
        self._share = 0.0

    @property
    def progress(self) -> float:
        """Share of the file's bytes that has been read, 0 to 1."""
        if self._raw is not None and self._size:
            self._share = min(self._raw.tell() / self._size, 1.0)
        return self._share

    def note_progress(self, share: float) -> None:
        """Say how far a reader is that opens the file itself, 0 to 1."""
        self._share = share

    def head(self, size: int = _SAMPLE) -> bytes:
        """The first bytes of the file, unpacked; fewer where it is shorter or damaged.

        Raises:
            SourceError: the file cannot be opened.
        """
        with self._open() as raw, BufferedReader(raw, _BUFFER) as packed:
            try:
                stream, _mark, encoding = self._unpacked(packed)
                data = stream.read(size)
            except (EOFError, zlib.error, BadGzipFile, zstandard.ZstdError):
                return b""
        return data if "\n".encode(encoding) == b"\n" else data.decode(encoding, errors="replace").encode()

    def lines(self) -> Iterator[Line | RowProblem]:
        """Every line, or why it cannot be read. Lines of nothing but spaces come too.

        Raises:
            SourceError: the file cannot be opened.
        """
        return self._each(_decoded)

    def byte_lines(self) -> Iterator[ByteLine | RowProblem]:
        """As `lines`, in UTF-8 and without having looked whether it is.

        Raises:
            SourceError: the file cannot be opened.
        """
        return self._each(_encoded)

    def stream(self) -> Iterator[bytes | RowProblem]:
        """The whole file in UTF-8, block by block, or why it cannot be read.

        Raises:
            SourceError: the file cannot be opened.
        """
        with self._open() as raw, BufferedReader(raw, _BUFFER) as packed:
            self._raw = raw
            try:
                stream, mark, encoding = self._unpacked(packed)
                stream.read(len(mark))
                source = stream if encoding == "utf-8" else BufferedReader(_Transcoded(stream, encoding))
                while block := source.read(_BUFFER):
                    yield block
                self._share = 1.0
            except (EOFError, zlib.error, BadGzipFile, zstandard.ZstdError):
                yield _damaged(0)
            finally:
                self._raw = None

    def _open(self) -> FileIO:
        try:
            raw = self.path.open("rb", buffering=0)
            self._size = self.path.stat().st_size
        except OSError as error:
            raise SourceError(
                _("The file {name} cannot be opened: {reason}.").format(
                    name=self.name, reason=error.strerror or type(error).__name__
                )
            ) from error
        return raw

    def _each(self, make: "Callable[[int, bytes, str], LineT]") -> "Iterator[LineT | RowProblem]":
        number = 0
        with self._open() as raw, BufferedReader(raw, _BUFFER) as packed:
            self._raw = raw
            try:
                for one in self._read(packed, make):
                    number = one.line if isinstance(one, RowProblem) else one.number
                    yield one
                self._share = 1.0
            except (EOFError, zlib.error, BadGzipFile, zstandard.ZstdError):
                yield _damaged(number)
            finally:
                if self._share < 1 and self._size:
                    self._share = min(raw.tell() / self._size, 1.0)
                self._raw = None

    def _unpacked(self, packed: "BufferedReader[FileIO]") -> tuple[BufferedIOBase, bytes, str]:
        """The bytes inside, the byte order mark they begin with, and the encoding of the text."""
        head = packed.peek(len(_ZSTANDARD))
        stream: GzipFile | BufferedReader[FileIO] | BufferedReader[_Unpacked] = packed
        if head.startswith(_GZIP):
            stream = GzipFile(fileobj=packed)
        elif head.startswith(_ZSTANDARD):
            stream = BufferedReader(_Unpacked(packed), _BUFFER)
        sample = stream.peek(_SAMPLE)[:_SAMPLE]
        mark, encoding = next(
            ((mark, name) for mark, name in _MARKS if sample.startswith(mark)), (b"", self._encoding or "utf-8")
        )
        return stream, mark, encoding

    def _read(
        self, packed: "BufferedReader[FileIO]", make: "Callable[[int, bytes, str], LineT]"
    ) -> "Iterator[LineT | RowProblem]":
        stream, mark, encoding = self._unpacked(packed)
        sample = cast("BufferedReader[FileIO]", stream).peek(_SAMPLE)[:_SAMPLE]
        if not mark and self._encoding is None and (reason := _not_text(sample)):
            yield RowProblem(line=1, code="not_text", message=reason, fatal=True)
            return
        stream.read(len(mark))
        if "\n".encode(encoding) != b"\n":
            yield from self._split(BufferedReader(_Transcoded(stream, encoding)), "utf-8", make)
        else:
            yield from self._split(stream, encoding, make)

    def _split(
        self, stream: BufferedIOBase, encoding: str, make: "Callable[[int, bytes, str], LineT]"
    ) -> "Iterator[LineT | RowProblem]":
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
                yield make(number, body, encoding)
            except UnicodeError as error:
                yield not_in_encoding(number, encoding, error)


def _decoded(number: int, body: bytes, encoding: str) -> Line:
    return Line(number, body.decode(encoding))


def _encoded(number: int, body: bytes, encoding: str) -> ByteLine:
    return ByteLine(number, body if encoding == "utf-8" else body.decode(encoding).encode())


def not_in_encoding(line: int, encoding: str, error: UnicodeError) -> RowProblem:
    """The problem of a line that is not in the encoding it was read in."""
    message = _(
        "Byte {position} of this line is not {encoding}. Save the file as UTF-8, or say which encoding it is in."
    )
    position = getattr(error, "start", 0) + 1
    return RowProblem(line=line, code="encoding", message=message.format(position=position, encoding=encoding.upper()))


def _damaged(line: int) -> RowProblem:
    return RowProblem(
        line=line + 1,
        code="damaged",
        message=_("The compressed file is damaged from here on. Compress it again, then import the rest."),
        fatal=True,
    )


def too_long(line: int, limit: int) -> RowProblem:
    """The problem of a row of more than `limit` bytes that begins at `line`."""
    return RowProblem(
        line=line,
        code="too_long",
        message=_("This row is longer than {limit} bytes. Shorten it or split it.").format(limit=limit),
    )


class _Unpacked(RawIOBase):
    """A file packed by Zstandard, unpacked. The library's own reader takes a file that is cut off for a whole one."""

    def __init__(self, packed: BufferedIOBase) -> None:
        self._packed = packed
        self._unpacker = zstandard.ZstdDecompressor().decompressobj()
        self._ready = memoryview(b"")
        self._fresh = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(cast("bytearray", buffer))
        while not self._ready:
            data = self._unpacker.unused_data if self._unpacker.eof else b""
            data = data or self._packed.read(_PACKED)
            if not data:
                if not self._fresh and not self._unpacker.eof:
                    raise EOFError
                break
            if self._unpacker.eof:
                self._unpacker = zstandard.ZstdDecompressor().decompressobj()
            self._fresh = False
            self._ready = memoryview(self._unpacker.decompress(data))
        taken, self._ready = self._ready[: len(target)], self._ready[len(target) :]
        target[: len(taken)] = taken
        return len(taken)


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
        return _(
            "This is not a text file. Save a spreadsheet as CSV, and unpack archives (gzip and Zstandard are read)."
        )
    if sample.count(b"\0") * 20 > len(sample):
        return _("This does not look like text in UTF-8. Save the file as UTF-8, or say which encoding it is in.")
    return None


def _check_encoding(name: str) -> None:
    try:
        "\n".encode(name).decode(name)
    except (LookupError, ValueError) as error:
        message = _("There is no text encoding called “{name}”. Common ones are utf-8, utf-16 and cp1252.")
        raise SourceError(fields=[FieldProblem(path="encoding", message=message.format(name=name))]) from error
