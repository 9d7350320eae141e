"""What trainers think of a project, together: never one by one."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta

import msgspec

from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

RATINGS_SHOWN_FROM = 5
"""Below so many trainers nothing is shown, so that nobody can be told from what they said."""
SCALE = range(1, 6)
MAX_RATING_COMMENT = 1_000
RATINGS_COUNT_FOR = timedelta(days=365)
"""A rating older than this says little about the project of today."""


class Rated(msgspec.Struct, frozen=True):
    """What one trainer gave, 1 (poor) to 5 (very good)."""

    pay: int
    clarity: int
    fairness: int


class Ratings(msgspec.Struct, frozen=True):
    """What at least five trainers gave, each by the newest of their ratings in a year.

    Attributes:
        count: how many trainers.
        pay: mean of 1 to 5, to one digit after the point.
        clarity: the same.
        fairness: the same.
    """

    count: int
    pay: float
    clarity: float
    fairness: float


def summary_of(given: Collection[Rated]) -> Ratings | None:
    """The ratings together; None below five, so that nobody can be told from what they said.

    One rating per trainer goes in. `mean = sum / n`, rounded to one digit.
    """
    count = len(given)
    if count < RATINGS_SHOWN_FROM:
        return None
    return Ratings(
        count=count,
        pay=_mean([one.pay for one in given]),
        clarity=_mean([one.clarity for one in given]),
        fairness=_mean([one.fairness for one in given]),
    )


def _mean(values: Sequence[int]) -> float:
    return round(sum(values) / len(values), 1)


def month_of(now: datetime) -> date:
    """The first day of the month (UTC) that a rating stands for: a trainer has one per month and may change it."""
    return now.date().replace(day=1)


def rating_problems(rated: Rated, comment: str) -> Iterator[FieldProblem]:
    """What is wrong with a rating."""
    for path in ("pay", "clarity", "fairness"):
        if getattr(rated, path) not in SCALE:
            yield FieldProblem(path, _("Choose 1 to 5."))
    if len(comment) > MAX_RATING_COMMENT:
        yield FieldProblem("comment", _("Use at most {count} characters.").format(count=MAX_RATING_COMMENT))
