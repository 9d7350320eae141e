"""The files of an installation below one folder: written whole or not at all, under keys that cannot lead elsewhere."""

import asyncio
import errno
import os
import re
import shutil
from collections.abc import AsyncIterable, Generator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import msgspec

from preceptor.lib.errors import TooLargeError, UnavailableError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.lib.settings import Settings

MAX_KEY = 400
MAX_DEPTH = 8
CHUNK_BYTES = 1 << 20

_STEP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*", re.ASCII)
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class BadKeyError(ValueError):
    """A key that no code of ours has made."""


class NoRoomError(UnavailableError):
    """The disk is full."""

    title = _("The disk is full, so the file could not be kept. Tell an operator, then try again.")
    code = "disk_full"


class FileTooLargeError(TooLargeError):
    """More bytes than a file may have here."""

    code = "file_too_large"
    title = _("This file is larger than allowed.")


class StoredFile(msgspec.Struct, frozen=True):
    """A file that is durable."""

    key: str
    bytes: int
    sha256: str


class Storage:
    """A folder of files. Keys are paths below it: steps of letters, digits, `.`, `_` and `-`, joined by `/`.

    Args:
        root: the folder; it is made with the first file.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """Where the file or folder of a key stands, whether it is there or not.

        Raises:
            BadKeyError: the key is empty, too long, or could lead out of the folder.
        """
        steps = key.split("/")
        if len(key) > MAX_KEY or len(steps) > MAX_DEPTH or not all(_STEP.fullmatch(step) for step in steps):
            raise BadKeyError(key[:100])
        return self.root.joinpath(*steps)

    async def save(self, key: str, chunks: AsyncIterable[bytes], *, limit: int) -> StoredFile:
        """Keep what `chunks` brings, at constant memory; durable when this returns, and not there before.

        Raises:
            FileTooLargeError: more than `limit` bytes.
            NoRoomError: the disk is full.
        """
        target = self.path(key)
        part = target.with_name(f".{target.name}.part")
        digest, size, waiting = sha256(), 0, bytearray()
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb", buffering=0) as stream:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise FileTooLargeError(
                            detail=_("The most is {count} MB.").format(count=max(1, limit // 1_000_000))
                        )
                    digest.update(chunk)
                    waiting += chunk
                    if len(waiting) >= CHUNK_BYTES:
                        await asyncio.to_thread(_write, stream.fileno(), bytes(waiting))
                        waiting.clear()
                await asyncio.to_thread(_write, stream.fileno(), bytes(waiting))
                await asyncio.to_thread(os.fsync, stream.fileno())
            part.rename(target)
            sync_folder(target.parent)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise NoRoomError from error
            raise
        finally:
            part.unlink(missing_ok=True)
        return StoredFile(key=key, bytes=size, sha256=digest.hexdigest())

    def keep(self, key: str, data: bytes) -> StoredFile:
        """Keep what is in memory already, under a key made of its content: a file that is there is left as it is.

        Raises:
            NoRoomError: the disk is full.
        """
        target = self.path(key)
        kept = StoredFile(key=key, bytes=len(data), sha256=sha256(data).hexdigest())
        if target.exists():
            return kept
        part = target.with_name(f".{target.name}.{new_id().hex}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb", buffering=0) as stream:
                _write(stream.fileno(), data)
                os.fsync(stream.fileno())
            part.rename(target)
            sync_folder(target.parent)
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise NoRoomError from error
            raise
        finally:
            part.unlink(missing_ok=True)
        return kept

    def older_than(self, moment: datetime, *, folder: str) -> list[str]:
        """Keys of the files right in `folder` that nobody has written to since."""
        found = [path for path in self._files(folder) if path.stat().st_mtime < moment.timestamp()]
        return sorted(f"{folder}/{path.name}" for path in found if _STEP.fullmatch(path.name))

    def delete_parts(self, moment: datetime, *, folder: str) -> int:
        """Delete what was begun right in `folder` and not ended by a process that died; answers how many."""
        parts = [path for path in self._files(folder) if path.name.startswith(".") and path.suffix == ".part"]
        old = [path for path in parts if path.stat().st_mtime < moment.timestamp()]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _files(self, folder: str) -> list[Path]:
        root = self.path(folder)
        return [path for path in root.iterdir() if path.is_file()] if root.is_dir() else []

    def delete(self, key: str) -> None:
        """Remove a file or a folder with all that is in it; nothing happens where there is none."""
        path = self.path(key)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def storage_of(settings: Settings) -> Storage:
    """The files of this installation."""
    return Storage(settings.home / "files")


def read_chunks(path: Path, *, start: int = 0, end: int | None = None) -> Generator[bytes]:
    """The bytes of a file from `start` to before `end` (None: to its end), a piece at a time."""
    with path.open("rb") as stream:
        stream.seek(start)
        left = path.stat().st_size if end is None else end - start
        while left > 0 and (chunk := stream.read(min(CHUNK_BYTES // 4, left))):
            left -= len(chunk)
            yield chunk


def _write(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def sync_folder(folder: Path) -> None:
    """Make what was renamed in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
