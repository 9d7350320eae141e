"""Figures about all trainers together: what is shown, and what is not so that nobody can be told from it."""

from collections.abc import Sequence

import msgspec

from preceptor.lib.i18n import LazyText

FEWEST = 5
"""Figures about fewer people than this are left out."""


class FigureRow(msgspec.Struct, frozen=True, kw_only=True):
    """Figures about one group.

    Attributes:
        label: what the group is.
        people: its size; 0 where it is not told.
        values: one per column, None where there is none; empty where the group is too small to be shown.
    """

    label: LazyText | str
    people: int
    values: tuple[float | None, ...] = ()

    @property
    def is_hidden(self) -> bool:
        """True where the group is too small."""
        return not self.values


class FigureTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table of figures.

    Attributes:
        key: for addresses and files.
        title: what it tells.
        formula: how each figure comes about.
        columns: what the values are called; their order is that of the rows' values.
        digits: after the point, per column.
        rows: its groups.
    """

    key: str
    title: LazyText
    formula: LazyText
    columns: tuple[LazyText, ...]
    digits: tuple[int, ...]
    rows: Sequence[FigureRow]


def shown(rows: Sequence[FigureRow], *, add_up: bool) -> list[FigureRow]:
    """The rows with those of fewer than five people emptied, their size too.

    Args:
        rows: disjoint groups of people, or counts about some of them. A group of nobody is no secret and stays.
        add_up: the groups add up to something that is shown elsewhere. Then, where what is hidden is about fewer than
            five people, the smallest group that is shown is hidden as well: the difference would tell about the others.
    """
    small = [row for row in rows if 0 < row.people < FEWEST]
    hidden = {id(row) for row in small}
    if add_up and small and sum(row.people for row in small) < FEWEST:
        others = [row for row in rows if row.people >= FEWEST]
        hidden |= {id(row) for row in sorted(others, key=lambda row: row.people)[:1]}
    return [FigureRow(label=row.label, people=0) if id(row) in hidden else row for row in rows]
