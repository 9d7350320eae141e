"""Rows without fixed columns, streamed into JSON lines files."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from preceptor.datasets.formats.files import CountedFile
from preceptor.datasets.formats.interface import Format, WrittenFile
from preceptor.kinds.content import Content

BATCH_BYTES = 1 << 20

_encoder = msgspec.json.Encoder()


class LineFile:
    """Writes one file. It comes to be with its first row.

    Args:
        folder: folder of the release.
        path: in it, such as `hh/train.jsonl`.
    """

    def __init__(self, *, folder: Path, path: str) -> None:
        self._folder = folder
        self._path = path
        self._lines = bytearray()
        self._count = 0
        self._file: CountedFile | None = None

    def add(self, row: Any) -> None:
        """Write one row, anything that is JSON."""
        _encoder.encode_into(row, self._lines, -1)
        self._lines += b"\n"
        self._count += 1
        if len(self._lines) >= BATCH_BYTES:
            self._write()

    def finish(self) -> list[WrittenFile]:
        """Close the file; there is none where there was no row."""
        if self._lines:
            self._write()
        return [] if self._file is None else [self._file.finish(rows=self._count)]

    def abandon(self) -> None:
        """Close the file as it is."""
        if self._file is not None:
            self._file.abandon()

    def _write(self) -> None:
        if self._file is None:
            self._file = CountedFile(folder=self._folder, path=self._path)
        self._file.write(self._lines)
        self._lines = bytearray()


class FormatLines:
    """The sink of a format whose rows have no fixed columns.

    Args:
        folder: folder of the release.
        form: the format.
        settings: an instance of the format's settings.
    """

    def __init__(self, *, folder: Path, form: Format[Any], settings: msgspec.Struct) -> None:
        assert form.lines is not None, "a format without lines has another sink"
        self._lines = form.lines
        self._settings = settings
        self._files = {name: LineFile(folder=folder, path=f"{form.name}/{name}.jsonl") for name in form.line_tables}

    def add(self, content: Content) -> None:
        """Write the rows that `content` gives."""
        rows: Iterable[tuple[str, Any]] = self._lines(content, self._settings)
        for table, row in rows:
            self._files[table].add(row)

    def finish(self) -> list[WrittenFile]:
        """Close the files that have rows."""
        return [written for file in self._files.values() for written in file.finish()]

    def abandon(self) -> None:
        """Close them as they are."""
        for file in self._files.values():
            file.abandon()
