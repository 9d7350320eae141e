from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isfinite
from typing import ClassVar

import msgspec
from babel.numbers import format_decimal

from preceptor.kinds.agreement import Measure, interval_alpha, measured
from preceptor.kinds.field import Field, FieldSample
from preceptor.kinds.labels import Labels, label_in, label_problems
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _, current_language

Number = int | float


class NumberSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which numbers will do.

    Attributes:
        least, most: bounds; None for none.
        step: distance of the numbers that will do, counted from `least` or else from 0; None for any number.
        unit: shown behind it, per language; empty for none.
    """

    least: Number | None = None
    most: Number | None = None
    step: Number | None = 1
    unit: Labels = {}


class NumberField(Field[NumberSettings, Number]):
    """A number."""

    key = "number"
    title = _("Number")
    description = _("A number, whole or not, within bounds.")
    settings_type = NumberSettings
    value_type = Number
    setting_names: ClassVar[Mapping[str, LazyText]] = {
        "least": _("At least"),
        "most": _("At most"),
        "step": _("Step (empty: any number)"),
        "unit": _("Unit"),
    }
    operators = ("answered", "unanswered", "is", "is_not", "below", "above")

    def validate_settings(self, settings: NumberSettings) -> list[FieldProblem]:
        """Bounds in order, and a step forward."""
        problems = []
        if settings.least is not None and settings.most is not None and settings.least > settings.most:
            problems.append(FieldProblem("most", _("This is less than the smallest number.")))
        if settings.step is not None and settings.step <= 0:
            problems.append(FieldProblem("step", _("Give a number above 0, or leave it empty.")))
        if settings.unit:
            problems += label_problems(settings.unit, path="unit")
        return problems

    def validate(self, settings: NumberSettings, value: Number, *, options: Sequence[str] = ()) -> list[FieldProblem]:
        """Within the bounds and on a step."""
        del options
        if not isfinite(value):
            return [FieldProblem("", _("Give a number."))]
        if settings.least is not None and value < settings.least:
            return [FieldProblem("", _("Give a number of at least {least}.").format(least=settings.least))]
        if settings.most is not None and value > settings.most:
            return [FieldProblem("", _("Give a number of at most {most}.").format(most=settings.most))]
        # In decimals, as it is written: 0.3 is three steps of 0.1.
        if settings.step is not None and (_exact(value) - _exact(settings.least or 0)) % _exact(settings.step):
            message = _("Give a whole number.") if settings.step == 1 else _("Give a number in steps of {step}.")
            return [FieldProblem("", message.format(step=settings.step))]
        return []

    def in_words(self, settings: NumberSettings, value: Number) -> str:
        """The number with its unit."""
        shown = format_decimal(value, locale=current_language(), decimal_quantization=False)
        return f"{shown} {label_in(settings.unit, current_language())}".strip()

    def agreement(self, settings: NumberSettings, units: Sequence[Sequence[Number]]) -> Measure:
        """Krippendorff's alpha with the interval difference."""
        del settings
        found, pairs = measured(units)
        return Measure(
            key="number_alpha",
            title=_("Numbers: Krippendorff’s alpha, interval"),
            value=interval_alpha(units),
            units=found,
            pairs=pairs,
        )

    def likeness(self, settings: NumberSettings, key: Number, value: Number) -> float:
        """1 less the distance as a share of what lies between both bounds; where there are none, the same or not."""
        if settings.least is None or settings.most is None or settings.most <= settings.least:
            return float(key == value)
        return max(0.0, 1 - abs(key - value) / (settings.most - settings.least))

    def sample(self) -> FieldSample[NumberSettings, Number]:
        """Two and a half, and nine, of ten."""
        return FieldSample(settings=NumberSettings(least=0, most=10, step=0.5), value=2.5, changed=9)


def _exact(value: Number) -> Decimal:
    return Decimal(str(value))


FIELD = NumberField()
