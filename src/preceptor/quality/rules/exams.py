"""How a sitting of an exam is scored: means by field, how sure they are, and what a grader may give."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from math import sqrt
from uuid import UUID

import msgspec

from preceptor.hiring.rules import Criterion
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

Z = 1.959963984540054
"""The standard normal quantile of a two-sided 95 % interval."""
MAX_NOTE = 4_000


class Outcome(StrEnum):
    """What became of a part of a sitting."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    """Skipped, run out, or never begun: it scores 0 in everything asked."""
    LEFT_OUT = "left_out"
    """At fault: it counts for nothing."""


class PartScore(msgspec.Struct, frozen=True, kw_only=True):
    """A part and its scores, 0 to 1 by field."""

    item_id: UUID
    number: int
    outcome: Outcome
    scores: dict[str, float]


class FieldMark(msgspec.Struct, frozen=True, kw_only=True):
    """What a sitting scored in a field.

    Attributes:
        name: of the field.
        mean: of the parts' scores, 0 to 1.
        low, high: its 95 % interval.
        parts: how many parts it is the mean of: the sample size.
    """

    name: str
    mean: float
    low: float
    high: float
    parts: int


def wilson(mean: float, count: int) -> tuple[float, float]:
    """The Wilson score interval at 95 % of a share, or of a mean of scores from 0 to 1.

    (p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n). Source: Wilson, E. B. (1927), *Probable Inference, the Law of
    Succession, and Statistical Inference*, JASA 22, and Brown, Cai and DasGupta (2001), *Interval Estimation for a
    Binomial Proportion*. The variance of scores between 0 and 1 is at most that of a share of the same mean, so for
    them the interval errs on the wide side.
    """
    if count <= 0:
        return 0.0, 1.0
    spread = Z * Z / count
    middle = (mean + spread / 2) / (1 + spread)
    half = Z * sqrt(max(0.0, mean * (1 - mean)) / count + spread / (4 * count)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def marks_of(parts: Iterable[PartScore]) -> list[FieldMark]:
    """The mean of every field over the parts that ask for it. A part that was left out counts for nothing."""
    by_name: dict[str, list[float]] = {}
    for part in parts:
        if part.outcome is not Outcome.LEFT_OUT:
            for name, score in part.scores.items():
                by_name.setdefault(name, []).append(score)
    marks = []
    for name, scores in by_name.items():
        mean = sum(scores) / len(scores)
        low, high = wilson(mean, len(scores))
        marks.append(FieldMark(name=name, mean=mean, low=low, high=high, parts=len(scores)))
    return marks


def rubric_score(rubric: Sequence[Criterion], points: Mapping[str, int]) -> float:
    """The points given as a share of all there are, 0 to 1."""
    total = sum(one.points for one in rubric)
    return sum(min(points.get(one.key, 0), one.points) for one in rubric) / total if total else 0.0


def grade_problems(rubric: Sequence[Criterion], points: Mapping[str, int], note: str) -> Iterator[FieldProblem]:
    """What is wrong with a grade: a criterion without points, more than there are, ones that nobody asked for."""
    for one in rubric:
        given = points.get(one.key)
        if given is None or not 0 <= given <= one.points:
            message = _("Give a number from {least} to {most}.").format(least=0, most=one.points)
            yield FieldProblem(f"points.{one.key}", message)
    for key in points.keys() - {one.key for one in rubric}:
        yield FieldProblem(f"points.{key}", _("The rubric has no such criterion."))
    if len(note) > MAX_NOTE or "\0" in note:
        yield FieldProblem("note", _("Use at most {count} characters.").format(count=MAX_NOTE))
