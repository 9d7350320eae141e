"""What reading a file gives: rows of typed content, and problems by line."""

from typing import Any

import msgspec

from preceptor.kinds.content import Content
from preceptor.lib.i18n import LazyText


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
