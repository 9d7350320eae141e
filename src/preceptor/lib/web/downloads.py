"""Answers that are files."""

from collections.abc import Iterator
from urllib.parse import quote

from litestar.response import Stream


def download(
    chunks: Iterator[bytes],
    *,
    name: str,
    media_type: str,
    size: int | None = None,
    headers: dict[str, str] | None = None,
) -> Stream:
    """Send a file to be saved, a piece at a time, at constant memory.

    Args:
        chunks: its bytes; they are asked for in a thread.
        name: what to call it.
        media_type: such as `application/zip`.
        size: its length, where that is known; then the browser shows how far it is.
        headers: further ones.
    """
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
    sent = {"content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"}
    if size is not None:
        sent["content-length"] = str(size)
    return Stream(chunks, media_type=media_type, headers=sent | (headers or {}))
