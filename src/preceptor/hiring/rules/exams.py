"""What an exam asks, which level is reached, and when somebody may sit it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from preceptor.hiring.rules.certifications import EXPIRES_SOON, LEAST_LEVEL, MOST_LEVEL
from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _, ngettext_lazy

WRITTEN = "written"
"""The field that a person grades against the rubric."""
MAX_CRITERIA = 20
MAX_POINTS = 100
MAX_TITLE = 120
MAX_TEXT = 4_000

BOUNDS: dict[str, tuple[int, int]] = {
    "attempts": (1, 20),
    "retake_days": (0, 365),
    "days": (1, 90),
    "minutes": (1, 600),
}
"""Least and most of each number."""


class LevelMarks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What reaches a level: per field the least mean score, in percent."""

    level: int
    marks: dict[str, int]


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the rubric: what a grader gives 0 to `points` for."""

    key: str
    title: str
    points: int
    description: str = ""


class ExamTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a project of the purpose *exam* asks, and what it certifies."""

    certification_id: UUID
    attempts: int = 2
    """How often somebody may fail before they may not sit it any more."""
    retake_days: int = 7
    """Days from one sitting's end to the next one's beginning."""
    days: int = 7
    """Days a sitting may take from its beginning; then it is handed in as it stands."""
    minutes: int = 60
    """Time the whole exam is thought to take; shown before it begins."""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    reveals_key: bool = False
    """Whether those who have passed, or have no attempt left, are shown what was right."""
    levels: tuple[LevelMarks, ...] = ()
    rubric: tuple[Criterion, ...] = ()
    advice: dict[str, str] = {}
    """Per field, what to learn where its mark was missed."""

    @property
    def fields(self) -> list[str]:
        """Every field that some level has a mark for."""
        return list(dict.fromkeys(name for one in self.levels for name in one.marks))

    @property
    def points(self) -> int:
        """All that the rubric gives together."""
        return sum(one.points for one in self.rubric)

    @property
    def top_level(self) -> int:
        """The highest level it can certify; 0 while it has none."""
        return max((one.level for one in self.levels), default=0)


def exam_problems(terms: ExamTerms, *, fields: Collection[str] | None = None) -> Iterator[FieldProblem]:
    """What is wrong with an exam's terms; `fields`: those that its keys say something in, where that is known."""
    for name, (least, most) in BOUNDS.items():
        if not least <= getattr(terms, name) <= most:
            yield FieldProblem(name, _("Give a number from {least} to {most}.").format(least=least, most=most))
    if terms.opens_at and terms.closes_at and terms.opens_at >= terms.closes_at:
        yield FieldProblem("closes_at", _("It closes after it opens."))
    yield from _rubric_problems(terms.rubric)
    yield from _level_problems(terms)
    known = set(terms.fields) if fields is None else {*fields, *([WRITTEN] if terms.rubric else [])}
    for name in terms.fields:
        if name not in known:
            message = _("No item’s key says anything about “{field}”, so that nobody could reach its mark.")
            yield FieldProblem("levels", message.format(field=name))
    for name, text in terms.advice.items():
        if len(text) > MAX_TEXT or "\0" in text:
            yield FieldProblem(f"advice.{name}", _("Use at most {count} characters.").format(count=MAX_TEXT))


def _rubric_problems(rubric: Sequence[Criterion]) -> Iterator[FieldProblem]:
    if len(rubric) > MAX_CRITERIA:
        yield FieldProblem("rubric", _("Use at most {count} criteria.").format(count=MAX_CRITERIA))
    for index, one in enumerate(rubric):
        if not one.title.strip() or len(one.title) > MAX_TITLE or "\0" in one.title:
            path = f"rubric.{index}.title"
            yield FieldProblem(path, _("Give 1 to {count} characters.").format(count=MAX_TITLE))
        if not 1 <= one.points <= MAX_POINTS:
            message = _("Give a number from {least} to {most}.").format(least=1, most=MAX_POINTS)
            yield FieldProblem(f"rubric.{index}.points", message)
        if len(one.description) > MAX_TEXT or "\0" in one.description:
            message = _("Use at most {count} characters.").format(count=MAX_TEXT)
            yield FieldProblem(f"rubric.{index}.description", message)
    if len({one.key for one in rubric}) < len(rubric):
        yield FieldProblem("rubric", _("Two criteria have the same key."))


def _level_problems(terms: ExamTerms) -> Iterator[FieldProblem]:
    if not terms.levels:
        yield FieldProblem("levels", _("Say what reaches at least one level."))
    if len({one.level for one in terms.levels}) < len(terms.levels):
        yield FieldProblem("levels", _("Name each level once."))
    for one in terms.levels:
        if not LEAST_LEVEL <= one.level <= MOST_LEVEL:
            message = _("Give a level from {least} to {most}.").format(least=LEAST_LEVEL, most=MOST_LEVEL)
            yield FieldProblem("levels", message)
        elif not one.marks:
            yield FieldProblem("levels", _("Level {level} has no marks.").format(level=one.level))
        elif any(not 1 <= mark <= 100 for mark in one.marks.values()):  # noqa: PLR2004 (percent)
            yield FieldProblem("levels", _("Give marks from 1 to 100 percent."))


class WhyNotSit(StrEnum):
    """Why somebody cannot begin a sitting now."""

    ATTEMPTS_USED = "attempts_used"
    BEING_GRADED = "being_graded"
    CERTIFIED = "certified"
    CLOSED = "closed"
    CONTENT = "content"
    NOT_OPEN_YET = "not_open_yet"
    PREREQUISITES = "prerequisites"
    RETAKE_LATER = "retake_later"


class Refusal(msgspec.Struct, frozen=True):
    """Why somebody cannot begin a sitting now, and from when they can; `at` None where time alone changes nothing.

    `link`: the page where they change it themselves; "" where there is none.
    """

    code: WhyNotSit
    text: LazyText
    hint: LazyText
    at: datetime | None = None
    link: str = ""


class PastSitting(msgspec.Struct, frozen=True):
    """A sitting that has ended.

    Attributes:
        passed: None while it is being graded.
        withheld: parts of it were not handed out, as the exam was not open or its person said no to what they show.
    """

    ended_at: datetime
    passed: bool | None
    withheld: bool = False


def failures_since_passing(past: Sequence[PastSitting]) -> int:
    """Attempts that count: those failed since somebody last passed; `past` is in the order of time.

    Neither saying no to content nor an exam that is paused costs anybody an attempt.
    """
    count = 0
    for one in past:
        count = 0 if one.passed else count + (not one.withheld)
    return count


def why_not_sit(
    terms: ExamTerms,
    *,
    is_open: bool,
    missing: Sequence[str],
    past: Sequence[PastSitting],
    held_level: int,
    held_until: datetime | None,
    now: datetime,
) -> Refusal | None:
    """Why somebody cannot begin a sitting now; None where they can.

    Args:
        terms: the exam's.
        is_open: its project hands out work.
        missing: names of prerequisites they lack, with the levels.
        past: their earlier sittings, in the order of time.
        held_level: the level of the certification they hold now; 0 for none.
        held_until: when that ends; None for never.
        now: the time.
    """
    return next(_refusals(terms, is_open, missing, past, held_level, held_until, now), None)


def _refusals(
    terms: ExamTerms,
    is_open: bool,  # noqa: FBT001
    missing: Sequence[str],
    past: Sequence[PastSitting],
    held_level: int,
    held_until: datetime | None,
    now: datetime,
) -> Iterator[Refusal]:
    if any(one.passed is None for one in past):
        hint = _("You are told as soon as it is decided.")
        yield Refusal(WhyNotSit.BEING_GRADED, _("Your last sitting is being graded."), hint)
    renews = held_until is not None and held_until - now <= EXPIRES_SOON
    if held_level >= terms.top_level > 0 and not renews:
        hint = _("You can renew it in the last 30 days before it expires.") if held_until else _("It never expires.")
        at = None if held_until is None else held_until - EXPIRES_SOON
        yield Refusal(WhyNotSit.CERTIFIED, _("You hold the highest level that this exam gives."), hint, at)
    if not is_open or (terms.closes_at is not None and terms.closes_at <= now):
        hint = _("A manager decides when it opens again.")
        yield Refusal(WhyNotSit.CLOSED, _("This exam is closed."), hint)
    if terms.opens_at is not None and now < terms.opens_at:
        hint = _("It is open to you then.")
        yield Refusal(WhyNotSit.NOT_OPEN_YET, _("This exam is not open yet."), hint, terms.opens_at)
    if missing:
        text = _("This exam needs first: {names}.").format(names="; ".join(missing))
        yield Refusal(WhyNotSit.PREREQUISITES, text, _("Pass those exams, then come back."))
    if failures_since_passing(past) >= terms.attempts:
        text = ngettext_lazy(
            "You have used the one attempt there is.", "You have used all {count} attempts.", terms.attempts
        )
        yield Refusal(WhyNotSit.ATTEMPTS_USED, text, _("A manager can certify you by hand, or raise the number."))
    at = retake_at(terms, past)
    if at is not None and now < at:
        text = _("You can sit it again later.")
        yield Refusal(WhyNotSit.RETAKE_LATER, text, _("Use the time to learn what the result names."), at)


def retake_at(terms: ExamTerms, past: Sequence[PastSitting]) -> datetime | None:
    """From when another sitting can begin, counted from the last one's end; None before the first."""
    return past[-1].ended_at + timedelta(days=terms.retake_days) if past else None


def level_reached(terms: ExamTerms, shares: dict[str, float]) -> int | None:
    """The highest level all of whose marks are met by the mean scores, 0 to 1 by field; None for none.

    A mark of 70 is met by 0.7 exactly: what a sum of floating-point numbers may lose is given back.
    """
    met = [
        one.level
        for one in terms.levels
        if all(100 * shares.get(name, 0.0) + 1e-9 >= mark for name, mark in one.marks.items())
    ]
    return max(met, default=None)
