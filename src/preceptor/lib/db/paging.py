"""Lists by key: a page is found from the last row of the one before, so page 1,000 costs what page 1 costs."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Generic, TypeVar

import msgspec

from preceptor.lib.errors import InvalidError
from preceptor.lib.i18n import _

Row = TypeVar("Row")


class Page(msgspec.Struct, Generic[Row], frozen=True):
    """Some rows and where the next ones begin; `next_cursor` is None on the last page."""

    rows: list[Row]
    next_cursor: str | None = None


class BadCursorError(InvalidError):
    """The cursor was not made by us."""

    title = _("This page link is damaged. Start again from the first page.")
    code = "bad_cursor"


def encode_cursor(*key: object) -> str:
    """An opaque text for the key of a page's last row."""
    return urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(cursor: str, kind: type[Row]) -> Row:
    """The key inside a cursor, checked against `kind` (a tuple type).

    Raises:
        BadCursorError: it was not made by `encode_cursor`, or for another list.
    """
    try:
        return msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=kind)
    except (ValueError, msgspec.MsgspecError) as error:
        raise BadCursorError from error
