"""What is measured about a person's work, each with its formula, its sample and its 95 % interval."""

from enum import StrEnum
from math import sqrt

import msgspec

from preceptor.lib.i18n import LazyText, _
from preceptor.quality.rules.worth_a_look import Z95, Share, share

HOUR_MS = 3_600_000
LEAST_ACTIVE_MS = 600_000
"""Ten minutes: with less, a pace says nothing."""


class Unit(StrEnum):
    """What a value is counted in."""

    COUNT = "count"
    MS = "ms"
    SHARE = "share"
    PER_HOUR = "per_hour"


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One measure of one person on one project.

    Attributes:
        key: its name for programs.
        name, formula: in words.
        unit: a count, milliseconds, a share from 0 to 1, or a number per active hour.
        value: None where there is too little to say.
        hits, sample: of how many cases the value speaks, and out of how many; for a pace, tasks and milliseconds.
        low, high: the 95 % interval; None for what was counted and not estimated.
        seen_by: who else is shown it.
    """

    key: str
    name: LazyText
    formula: LazyText
    unit: Unit
    value: float | None
    hits: int
    sample: int
    low: float | None = None
    high: float | None = None
    seen_by: LazyText


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """The counts that measures are made of. `work.rules.breakdowns.TrainerMeasure` says what each means."""

    submitted: int = 0
    accepted: int = 0
    kept: int = 0
    corrected: int = 0
    returned: int = 0
    rejected: int = 0
    given_back: int = 0
    active_ms: int = 0

    @property
    def looked_at(self) -> int:
        """Verdicts that reviewers gave and that stand."""
        return self.kept + self.corrected + self.returned + self.rejected


MANAGERS = _("managers of the project")
NOBODY = _("nobody else: it is only kept")
MANAGERS_AND_MORE = _("managers of the project; see below the table")


def pace(tasks: int, active_ms: int) -> tuple[float, float, float] | None:
    """Tasks per active hour with its 95 % interval; None where that is too little time to say.

    The number of tasks is taken as a Poisson count k and its interval by Byar's approximation,
    k·(1 - 1/9k ± z/3√k)³ with k + 1 for the upper end. Source: N. E. Breslow and N. E. Day, *Statistical Methods in
    Cancer Research*, volume II (IARC, 1987), page 69.
    """
    if active_ms < LEAST_ACTIVE_MS:
        return None
    hours = active_ms / HOUR_MS
    low = tasks * (1 - 1 / (9 * tasks) - Z95 / (3 * sqrt(tasks))) ** 3 if tasks else 0.0
    above = tasks + 1
    high = above * (1 - 1 / (9 * above) + Z95 / (3 * sqrt(above))) ** 3
    return tasks / hours, max(0.0, low) / hours, high / hours


def metrics_of(counted: Counted, *, rejections: Share) -> list[Metric]:
    """Everything that is measured about somebody on a project.

    Args:
        counted: their counts there.
        rejections: rejected, and not overturned, among the verdicts on their work: what managers are shown of who
            stands out.
    """
    return [
        _count("submitted", _("Submitted"), _("tasks you handed in; again after rework adds none"), counted.submitted),
        _count("accepted", _("Accepted"), _("answers that count, by verdict or by time"), counted.accepted),
        Metric(
            key="active_ms",
            name=_("Active time"),
            formula=_("active time in tasks that have ended"),
            unit=Unit.MS,
            value=counted.active_ms,
            hits=counted.active_ms,
            sample=counted.submitted + counted.given_back,
            seen_by=MANAGERS,
        ),
        _pace(counted),
        _verdict("kept", _("Accepted as it was"), _("accepted without a change ÷ verdicts"), counted.kept, counted),
        _verdict("corrected", _("Corrected"), _("accepted with a correction ÷ verdicts"), counted.corrected, counted),
        _verdict("returned", _("Returned"), _("sent back for rework, each time ÷ verdicts"), counted.returned, counted),
        _share(
            "rejected",
            _("Rejected"),
            _("rejected and not overturned ÷ verdicts"),
            rejections,
            seen_by=MANAGERS_AND_MORE,
        ),
        _share(
            "given_back",
            _("Skipped, reported or run out"),
            _("tasks given back ÷ tasks handed in or given back"),
            share(counted.given_back, counted.submitted + counted.given_back),
            seen_by=NOBODY,
        ),
    ]


def _count(key: str, name: LazyText, formula: LazyText, value: int) -> Metric:
    return Metric(
        key=key, name=name, formula=formula, unit=Unit.COUNT, value=value, hits=value, sample=value, seen_by=MANAGERS
    )


def _pace(counted: Counted) -> Metric:
    found = pace(counted.submitted, counted.active_ms)
    value, low, high = found or (None, None, None)
    return Metric(
        key="per_hour",
        name=_("Per active hour"),
        formula=_("tasks handed in ÷ active hours"),
        unit=Unit.PER_HOUR,
        value=value,
        hits=counted.submitted,
        sample=counted.active_ms,
        low=low,
        high=high,
        seen_by=MANAGERS,
    )


def _verdict(key: str, name: LazyText, formula: LazyText, hits: int, counted: Counted) -> Metric:
    return _share(key, name, formula, share(hits, counted.looked_at), seen_by=MANAGERS)


def _share(key: str, name: LazyText, formula: LazyText, found: Share, *, seen_by: LazyText) -> Metric:
    return Metric(
        key=key,
        name=name,
        formula=formula,
        unit=Unit.SHARE,
        value=found.value if found.sample else None,
        hits=found.hits,
        sample=found.sample,
        low=found.low if found.sample else None,
        high=found.high if found.sample else None,
        seen_by=seen_by,
    )
