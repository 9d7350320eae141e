"""A drawing of what happened on each day, in shares of its box, so that it fits any width without a script."""

from collections.abc import Sequence
from datetime import UTC, date

import msgspec

from preceptor.projects.queries import ChangeNote
from preceptor.work.queries.breakdowns import DayCount

HEIGHT_SHARE = 82
"""Percent of the box that the highest bar takes; above it stand the labels."""
BAR_SHARE = 0.38
"""Width of a bar as a share of its day's place; two of them stand side by side."""


class DayBars(msgspec.Struct, frozen=True):
    """The bars of a day; all places in percent of the box."""

    count: DayCount
    submitted_left: float
    accepted_left: float
    width: float
    submitted_height: float
    accepted_height: float


class Mark(msgspec.Struct, frozen=True):
    """A day on which new guidelines came into force; `flipped`: there is no room for its label after it."""

    version: int
    left: float
    flipped: bool


class DayChart(msgspec.Struct, frozen=True):
    """The drawing, and what it says in numbers."""

    bars: list[DayBars]
    marks: list[Mark]
    most: int
    submitted: int
    accepted: int


def draw_days(days: Sequence[DayCount], *, guidelines: Sequence[ChangeNote] = ()) -> DayChart:
    """Draw days, of which none is left out, with the versions of the guidelines that came in between.

    Args:
        days: first to last.
        guidelines: versions with the moments they came into force; the first one, with which all begins, is left out.
    """
    most = max((max(day.submitted, day.accepted) for day in days), default=0)
    place = 100 / max(len(days), 1)
    width = place * BAR_SHARE
    bars = []
    for index, day in enumerate(days):
        middle = (index + 0.5) * place
        bars.append(
            DayBars(
                count=day,
                submitted_left=round(middle - width, 3),
                accepted_left=round(middle, 3),
                width=round(width, 3),
                submitted_height=_height(day.submitted, most),
                accepted_height=_height(day.accepted, most),
            )
        )
    return DayChart(
        bars=bars,
        marks=_marks([day.day for day in days], guidelines, place),
        most=most,
        submitted=sum(day.submitted for day in days),
        accepted=sum(day.accepted for day in days),
    )


def _height(amount: int, most: int) -> float:
    return round(HEIGHT_SHARE * amount / most, 3) if most else 0


def _marks(days: Sequence[date], guidelines: Sequence[ChangeNote], place: float) -> list[Mark]:
    places = {day: index for index, day in enumerate(days)}
    marks: dict[int, Mark] = {}
    for note in sorted(guidelines, key=lambda one: one.version):
        index = places.get(note.created_at.astimezone(UTC).date())
        if index is not None and note.version > 1:
            # Of several versions on one day the last is the one that stayed.
            marks[index] = Mark(note.version, round(index * place, 3), flipped=index > len(days) * 0.8)
    return list(marks.values())
