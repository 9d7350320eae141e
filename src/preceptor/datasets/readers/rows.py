"""What reading a file gives: rows of typed content, and problems by line."""

from collections.abc import Mapping
from typing import Any

import msgspec

from preceptor.kinds.content import Content
from preceptor.lib.i18n import LazyText, _


class ImportedRow(msgspec.Struct, frozen=True):
    """One row of an imported file."""

    line: int
    """Number of its (first) line in the file, from 1."""
    content: Content
    """What is to be worked on."""
    topic: str | None = None
    """Skill or topic label of the item."""
    brief: str | None = None
    """What the person is asked to do with it."""
    asks: Mapping[str, Any] | None = None
    """What its columns `language`, `level` and `categories` hold, where they are to say who may take it."""
    assets: tuple[Any, ...] = ()
    """Pictures it shows, kept in the storage by `Source.keep_picture`, as that answered."""
    note: LazyText | None = None
    """What was done about something odd in it, for whoever imports; it is told by line and leaves nothing out."""


class RowProblem(msgspec.Struct, frozen=True):
    """Why a row could not be read."""

    line: int
    code: str
    """Stable, for programs: `not_json`, `too_long`, …"""
    message: LazyText
    """What is wrong and what to do about it."""
    fatal: bool = False
    """Whether nothing after this line could be read."""


class PlainRow(msgspec.Struct, frozen=True):
    """A row as plain JSON, before anybody knows what it means."""

    line: int
    value: Any
    clean: bool = False
    """Whether it is known to hold no NUL."""


class BadRowError(ValueError):
    """Why a row is of no use: the code and the message of a `RowProblem`, carried out of the depths."""

    def __init__(self, code: str, message: LazyText) -> None:
        self.code = code
        self.message = message
        super().__init__(code)


class StrangeColumnsError(BadRowError):
    """The row is not about what the format is about. As a record, whose columns are its own, it may be of use."""


def check_keepable(value: Any) -> None:
    """Let plain JSON pass, or stop it where a NUL stands anywhere in it, as PostgreSQL keeps none.

    Raises:
        BadRowError: there is one.
    """
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            if "\0" in one:
                raise BadRowError("nul", _("This row has the character NUL in it, which cannot be kept. Take it out."))
        elif isinstance(one, dict):
            pending.extend(one)
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
