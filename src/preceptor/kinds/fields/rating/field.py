from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar

import msgspec

from preceptor.kinds.agreement import Measure, krippendorff_alpha, measured, ordinal_difference
from preceptor.kinds.field import Field, FieldSample
from preceptor.kinds.labels import Labels, label_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _

FEWEST_POINTS = 2
MOST_POINTS = 10


def _low() -> Labels:
    return {"en": "unusable", "es": "inservible"}


def _high() -> Labels:
    return {"en": "basically perfect", "es": "prácticamente perfecta"}


class RatingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scale from 1 to `points`, with words at both ends.

    Attributes:
        points: number of steps, 2 to 10.
        low, high: what 1 and `points` mean, per language.
    """

    points: int = 7
    low: Labels = msgspec.field(default_factory=_low)
    high: Labels = msgspec.field(default_factory=_high)


class RatingField(Field[RatingSettings, int]):
    """One step on a worded scale."""

    key = "rating"
    title = _("Rating")
    description = _("One step on a scale with words at both ends.")
    settings_type = RatingSettings
    value_type = int
    setting_names: ClassVar[Mapping[str, LazyText]] = {
        "points": _("Points"),
        "low": _("What 1 means"),
        "high": _("What the highest point means"),
    }
    operators = ("answered", "unanswered", "is", "is_not", "below", "above")

    def validate_settings(self, settings: RatingSettings) -> list[FieldProblem]:
        """The number of steps, and words for both ends."""
        problems = []
        if not FEWEST_POINTS <= settings.points <= MOST_POINTS:
            message = _("Give a number from {least} to {most}.").format(least=FEWEST_POINTS, most=MOST_POINTS)
            problems.append(FieldProblem("points", message))
        problems += label_problems(settings.low, path="low")
        problems += label_problems(settings.high, path="high")
        return problems

    def validate(self, settings: RatingSettings, value: int, *, options: Sequence[str] = ()) -> list[FieldProblem]:
        """A step of the scale."""
        del options
        if 1 <= value <= settings.points:
            return []
        return [FieldProblem("", _("Give a rating from 1 to {points}.").format(points=settings.points))]

    def agreement(self, settings: RatingSettings, units: Sequence[Sequence[int]]) -> Measure:
        """Krippendorff's alpha with the ordinal difference."""
        del settings
        found, pairs = measured(units)
        totals = Counter(value for values in units if len(values) > 1 for value in values)
        return Measure(
            key="rating_alpha",
            title=_("Ratings: Krippendorff’s alpha, ordinal"),
            value=krippendorff_alpha(units, difference=ordinal_difference(totals)),
            units=found,
            pairs=pairs,
        )

    def likeness(self, settings: RatingSettings, key: int, value: int) -> float:
        """1 less the distance as a share of the whole scale."""
        return 1 - abs(key - value) / max(1, settings.points - 1)

    def sample(self) -> FieldSample[RatingSettings, int]:
        """Six of seven, and two of seven."""
        return FieldSample(settings=RatingSettings(), value=6, changed=2)


def good_from(points: int) -> int:
    """The lowest rating that calls a response good: 6 of 7, and about as high on other scales.

    >>> [good_from(points) for points in (2, 3, 5, 7, 10)]
    [2, 3, 5, 6, 9]
    """
    return -(-points * 6 // 7)


FIELD = RatingField()
