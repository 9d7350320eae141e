"""Answers that are files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote
from uuid import UUID

from litestar import Request
from litestar.response import Stream
from litestar.status_codes import HTTP_206_PARTIAL_CONTENT

from preceptor.lib.storage import read_chunks
from preceptor.lib.web.ranges import Part, asked_part

UNTRUSTED = {
    "cache-control": "private, no-store",
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
"""With a file that somebody uploaded: it is saved, and never becomes a page of ours, whatever it holds."""


class Attached(Protocol):
    """A file that somebody uploaded, as whoever reads it is told of it."""

    @property
    def id(self) -> UUID:
        """Its id; these bytes never have another."""

    @property
    def name(self) -> str:
        """What whoever uploaded it calls it."""

    @property
    def media_type(self) -> str:
        """Such as `application/pdf`."""

    @property
    def bytes(self) -> int:
        """How many there are."""


def attached_file(request: Request[Any, Any, Any], found: Attached, path: Path) -> Stream:
    """Send a file that somebody uploaded, to be saved. `path`: where its bytes are; they never change.

    Raises:
        BeyondTheEndError: a part was asked for that begins after the last byte.
    """
    return download_file(
        request,
        path,
        name=found.name,
        media_type=found.media_type,
        size=found.bytes,
        tag=str(found.id),
        headers=UNTRUSTED,
    )


def download(
    chunks: Iterator[bytes],
    *,
    name: str,
    media_type: str,
    size: int | None = None,
    headers: dict[str, str] | None = None,
    part: Part | None = None,
) -> Stream:
    """Send a file to be saved, a piece at a time, at constant memory.

    Args:
        chunks: its bytes; they are asked for in a thread.
        name: what to call it.
        media_type: such as `application/zip`.
        size: its length, where that is known; then the browser shows how far it is.
        headers: further ones.
        part: of the file that `chunks` brings; None where it is the whole.
    """
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
    sent = {"content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"}
    if part is not None:
        sent |= {"content-length": str(part.end - part.start), "content-range": part.header}
    elif size is not None:
        sent["content-length"] = str(size)
    status = None if part is None else HTTP_206_PARTIAL_CONTENT
    return Stream(chunks, media_type=media_type, headers=sent | (headers or {}), status_code=status)


def download_file(
    request: Request[Any, Any, Any],
    path: Path,
    *,
    name: str,
    media_type: str,
    size: int,
    tag: str,
    headers: dict[str, str] | None = None,
) -> Stream:
    """Send a file that is kept to be saved: all of it, or the part that was asked for, so that it can be resumed.

    Args:
        request: what was asked.
        path: of the file.
        name: what to call it.
        media_type: such as `application/zip`.
        size: of the file, in bytes.
        tag: what stands for these very bytes, such as their checksum.
        headers: further ones.

    Raises:
        BeyondTheEndError: a part was asked for that begins after the last byte.
    """
    etag = f'"{tag}"'
    part = asked_part(request.headers, size=size, tag=etag)
    chunks = read_chunks(path) if part is None else read_chunks(path, start=part.start, end=part.end)
    said = {"accept-ranges": "bytes", "etag": etag} | (headers or {})
    return download(chunks, name=name, media_type=media_type, size=size, headers=said, part=part)
