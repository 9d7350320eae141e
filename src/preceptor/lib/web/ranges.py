"""Parts of files, so that a download that broke off goes on where it was. Source: RFC 9110, section 14."""

import re

import msgspec
from litestar.datastructures import Headers

from preceptor.lib.errors import ProblemError
from preceptor.lib.i18n import _

_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


class BeyondTheEndError(ProblemError):
    """A part was asked for that begins after the last byte."""

    status = 416
    code = "range_not_satisfiable"
    title = _("The file ends before the part that was asked for.")


class Part(msgspec.Struct, frozen=True):
    """The bytes from `start` to before `end` of a file of `size` bytes."""

    start: int
    end: int
    size: int

    @property
    def header(self) -> str:
        """As `Content-Range` says it."""
        return f"bytes {self.start}-{self.end - 1}/{self.size}"


def asked_part(headers: Headers, *, size: int, tag: str) -> Part | None:
    """The part of a file that a request asks for; None for all of it.

    Several parts at once, other units and what cannot be read are answered with the whole file, as is always allowed.

    Args:
        headers: of the request.
        size: of the file, in bytes.
        tag: the file's strong entity tag, with its quotation marks; a part of another version is not asked for.

    Raises:
        BeyondTheEndError: the part begins after the last byte.
    """
    found = _ONE_RANGE.fullmatch(headers.get("range", ""))
    if found is None or headers.get("if-range", tag) != tag:
        return None
    first, last = found.groups()
    if not first:
        if not last:
            return None
        if int(last) == 0:
            raise BeyondTheEndError(extra={"size": size})
        return Part(max(0, size - int(last)), size, size) if size else None
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise BeyondTheEndError(extra={"size": size})
    return Part(int(first), min(int(last) + 1, size) if last else size, size)
