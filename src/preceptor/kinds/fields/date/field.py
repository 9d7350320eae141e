from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import ClassVar

import msgspec
from babel.dates import format_date, format_datetime

from preceptor.kinds.agreement import Measure, interval_alpha, measured
from preceptor.kinds.field import Field, FieldSample, Subject
from preceptor.kinds.given import FieldValue
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _, current_language

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?\Z", re.ASCII)
_SECONDS_A_DAY = 86_400


class DateSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which days will do.

    Attributes:
        earliest, latest: bounds as ISO 8601 dates, both included; None for none.
        time: the time of day is asked for as well.
    """

    earliest: str | None = None
    latest: str | None = None
    time: bool = False


class DateField(Field[DateSettings, str]):
    """A day, or a day and a time of day, of no time zone: what a text or a picture says."""

    key = "date"
    title = _("Date")
    description = _("A day, with or without the time of day.")
    settings_type = DateSettings
    value_type = str
    setting_names: ClassVar[Mapping[str, LazyText]] = {
        "earliest": _("Earliest day (2026-01-31)"),
        "latest": _("Latest day (2026-12-31)"),
        "time": _("With the time of day"),
    }
    operators = ("answered", "unanswered", "below", "above")

    def validate_settings(self, settings: DateSettings) -> list[FieldProblem]:
        """Bounds that are days, and in order."""
        problems = [
            FieldProblem(name, _("Give a day such as {example}.").format(example="2026-01-31"))
            for name in ("earliest", "latest")
            if (bound := getattr(settings, name)) is not None and parsed(bound, time=False) is None
        ]
        if not problems and settings.earliest and settings.latest and settings.earliest > settings.latest:
            problems.append(FieldProblem("latest", _("This is before the earliest day.")))
        return problems

    def validate(self, settings: DateSettings, value: str, *, options: Sequence[str] = ()) -> list[FieldProblem]:
        """A day there is, in the form of ISO 8601, within the bounds."""
        del options
        if parsed(value, time=settings.time) is None:
            example = "2026-01-31T14:30" if settings.time else "2026-01-31"
            return [FieldProblem("", _("Give a day such as {example}.").format(example=example))]
        day = value[:10]
        if settings.earliest is not None and day < settings.earliest:
            return [FieldProblem("", _("Give a day from {earliest} on.").format(earliest=settings.earliest))]
        if settings.latest is not None and day > settings.latest:
            return [FieldProblem("", _("Give a day up to {latest}.").format(latest=settings.latest))]
        return []

    def in_words(self, settings: DateSettings, value: str) -> str:
        """The day as the reader's language writes it."""
        found = parsed(value, time=settings.time)
        if found is None:
            return value
        if isinstance(found, datetime):
            return str(format_datetime(found, "short", locale=current_language()))
        return str(format_date(found, "medium", locale=current_language()))

    def written(self, settings: DateSettings, value: str, subject: Subject, *, name: str, on: str) -> list[FieldValue]:
        """As a DateTime's result."""
        del settings, subject
        return [FieldValue(name, on, "datetime", {"datetime": value})]

    def read(self, settings: DateSettings, values: Sequence[FieldValue]) -> str | None:
        """A day, or a moment without its seconds."""
        for one in values:
            said = one.value.get("datetime")
            if isinstance(said, str) and parsed(cut := said[: 16 if settings.time else 10], time=settings.time):
                return cut
        return None

    def agreement(self, settings: DateSettings, units: Sequence[Sequence[str]]) -> Measure:
        """Krippendorff's alpha with the interval difference, counted in days."""
        rows = [
            [_days(day) for value in values if (day := parsed(value, time=settings.time)) is not None]
            for values in units
        ]
        found, pairs = measured(rows)
        return Measure(
            key="date_alpha",
            title=_("Dates: Krippendorff’s alpha, interval"),
            value=interval_alpha(rows),
            units=found,
            pairs=pairs,
        )

    def sample(self) -> FieldSample[DateSettings, str]:
        """A day in November, and one in December."""
        return FieldSample(settings=DateSettings(earliest="2026-01-01"), value="2026-11-22", changed="2026-12-24")


def parsed(value: str, *, time: bool) -> date | datetime | None:
    """The day, or with `time` the moment, that an ISO 8601 text names; None where it names none."""
    try:
        if time:
            return datetime.fromisoformat(value).replace(tzinfo=UTC) if _MOMENT.match(value) else None
        return date.fromisoformat(value) if _DATE.match(value) else None
    except ValueError:
        return None


def _days(found: date | datetime) -> float:
    if isinstance(found, datetime):
        return found.timestamp() / _SECONDS_A_DAY
    return float(found.toordinal())


FIELD = DateField()
