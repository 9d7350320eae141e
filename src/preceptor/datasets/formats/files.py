"""A file that knows its length and checksum when it is closed."""

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from preceptor.datasets.formats.interface import WrittenFile


class CountedFile:
    """A new file, written once from front to back.

    Enough of a binary file for Arrow to write to. What has been written is on the disk, not only in the system's
    memory, when `finish` returns.

    Args:
        folder: folder of the release.
        path: where in it, with `/`. Missing folders are made.
    """

    def __init__(self, *, folder: Path, path: str) -> None:
        self.path = path
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        self._file = target.open("xb", buffering=0)
        self._hash = hashlib.sha256()
        self._bytes = 0
        self._abandoned = False

    @property
    def closed(self) -> bool:
        """Never, for Arrow: `finish` and `abandon` close the file."""
        return False

    def writable(self) -> bool:
        """Always."""
        return True

    def readable(self) -> bool:
        """Never."""
        return False

    def seekable(self) -> bool:
        """Never: the checksum follows the bytes as they come."""
        return False

    def tell(self) -> int:
        """Bytes written so far."""
        return self._bytes

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Write all of `data`; into nothing once the file was abandoned, as Arrow always writes an end.

        Raises:
            OSError: with `ENOSPC` or `EDQUOT` when the disk is full.
        """
        rest = memoryview(data).cast("B")
        self._hash.update(rest)
        size = len(rest)
        while rest and not self._abandoned:
            rest = rest[self._file.write(rest) :]
        self._bytes += size
        return size

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Arrow calls this when it is done; the file stays open until `finish`."""

    def finish(self, *, rows: int) -> WrittenFile:
        """Close the file, durably, and describe it."""
        os.fsync(self._file.fileno())
        self._file.close()
        return WrittenFile(path=self.path, rows=rows, bytes=self._bytes, sha256=self._hash.hexdigest())

    def abandon(self) -> None:
        """Close it as it is."""
        self._abandoned = True
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
