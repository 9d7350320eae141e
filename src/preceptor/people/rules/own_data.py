"""What belongs to a person, table by table: what it is called, how it is found, and what becomes of it when they go."""

from collections.abc import Mapping
from enum import StrEnum
from typing import LiteralString

import msgspec

from preceptor.lib.i18n import LazyText

MIN_WISH = 10
MAX_WISH = 4_000

REDACTED = "REDACTED"
"""In place of an expression: every mention of the person's name and address is replaced by their pseudonym."""


class AfterErasure(StrEnum):
    """What becomes of rows when their person is erased."""

    KEPT = "kept"
    """Under the pseudonym: what the law, the books or others need, and what names nobody."""
    DELETED = "deleted"
    CHANGED = "changed"
    """The row stays; some of its columns lose what they say."""


class OwnTable(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of a table that are a person's.

    Each context lists its own in `queries/own_data.py`; a test finds tables that no list names.

    Attributes:
        table: its name.
        title: what it is to the person.
        mine: the column that names the person; empty where `where` finds the rows through another table.
        where: a condition with `%(person)s`, instead of `mine`.
        without: columns that are not handed out: secrets, and other people.
        after: what becomes of the rows.
        changes: columns that change with erasure, and to what: an SQL expression, or `REDACTED`.
        when: a further condition for that change.
    """

    table: LiteralString
    title: LazyText
    mine: LiteralString = "person_id"
    where: LiteralString = ""
    without: tuple[LiteralString, ...] = ()
    after: AfterErasure = AfterErasure.KEPT
    changes: Mapping[LiteralString, LiteralString] = {}
    when: LiteralString = ""

    @property
    def condition(self) -> LiteralString:
        """Which rows are the person's, with `%(person)s`."""
        return self.where or f"{self.mine} = %(person)s"
