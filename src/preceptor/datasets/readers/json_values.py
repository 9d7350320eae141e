"""JSON written to be read: one array of rows, or values one after the other, over as many lines as they like.

A value is found by its brackets and handed to the parser whole, so that memory is bounded by the longest row.
"""

import re
from collections.abc import Iterator

import msgspec

from preceptor.datasets.readers.jsonl import json_problem
from preceptor.datasets.readers.rows import PlainRow, RowProblem
from preceptor.datasets.readers.source import Source, too_long
from preceptor.lib.i18n import _

# A whole string in one step, so that brackets inside of it are not met; or a quote whose string goes on in the next
# block; or one bracket.
_STEP = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|["[{}]|]', re.DOTALL)
_OPEN = b"[{"
_SPACE = b" \t\r\n,"

_decode = msgspec.json.Decoder().decode


def json_values(source: Source) -> Iterator[PlainRow | RowProblem]:
    """Every element of the array that the file is, or every value in it. A single object is a file of one row.

    No two have one number: of several on one line, each counts as a line of its own, since whoever goes on with a file
    goes on behind a number.
    """
    last = 0
    for row in _values(source):
        last = max(row.line, last + 1)
        if row.line == last:
            yield row
        else:
            yield msgspec.structs.replace(row, line=last)


def _values(source: Source) -> Iterator[PlainRow | RowProblem]:
    splitter = _Splitter(source.max_row_bytes)
    for block in source.stream():
        if isinstance(block, RowProblem):
            yield block
            return
        for piece in splitter.feed(block):
            yield piece if isinstance(piece, RowProblem) else _row(*piece)
        if splitter.given_up:
            return
    if rest := splitter.rest():
        yield rest


def _row(line: int, data: bytes) -> PlainRow | RowProblem:
    try:
        return PlainRow(line, _decode(data), clean=b"\\u0000" not in data)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        return json_problem(line, data, error)


class _Splitter:
    """Cuts a stream into the values in it.

    Args:
        limit: bytes of the longest value; a longer one ends the reading, as its end cannot be found at constant memory.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = b""
        self._at = 0
        """Up to where the buffer has been looked through."""
        self._start: int | None = None
        """Where the value begins that is being looked through."""
        self._depth = 0
        self._line = 1
        """Of the buffer's first byte."""
        self._in_array: bool | None = None
        self.given_up = False

    def feed(  # noqa: C901 (each mark means something else; apart, none would make sense)
        self, block: bytes
    ) -> Iterator[tuple[int, bytes] | RowProblem]:
        """The values that are whole now, with the numbers of their first lines."""
        self._buffer += block
        if self._in_array is None:
            head = self._buffer.lstrip(_SPACE)
            if not head:
                return
            self._in_array = head.startswith(b"[")
            if self._in_array:
                self._at = self._buffer.index(b"[") + 1
        for found in _STEP.finditer(self._buffer, self._at):
            mark = found[0]
            if mark == b'"':
                break
            if mark[:1] == b'"':
                if not self._depth and self._start is None:
                    yield self._line_of(found.start()), mark
            elif mark in _OPEN:
                if not self._depth:
                    self._start = found.start()
                self._depth += 1
            elif self._depth:
                self._depth -= 1
                if not self._depth and self._start is not None:
                    yield self._line_of(self._start), self._buffer[self._start : found.end()]
                    self._start = None
            self._at = found.end()
        self._forget()
        if len(self._buffer) > self._limit:
            self.given_up = True
            yield too_long(self._line, self._limit)

    def _line_of(self, place: int) -> int:
        return self._line + self._buffer.count(b"\n", 0, place)

    def _forget(self) -> None:
        """Keep only what belongs to a value that is not whole yet."""
        keep = self._at if self._start is None else self._start
        if self._start is None:
            # A string that goes on in the next block begins after the last step.
            quote = self._buffer.find(b'"', self._at)
            keep = quote if quote >= 0 else len(self._buffer)
        self._line += self._buffer.count(b"\n", 0, keep)
        self._buffer = self._buffer[keep:]
        self._at = max(0, self._at - keep)
        if self._start is not None:
            self._start = 0

    def rest(self) -> RowProblem | None:
        """The problem of a value that has no end."""
        if not self._buffer.strip(_SPACE + b"]"):
            return None
        message = _("The value that begins here has no end: the file was cut off, or a bracket or quote is missing.")
        return RowProblem(line=self._line, code="not_json", message=message, fatal=True)
