"""Due process: when a measure binds somebody, what it may rest on, and what has to have happened first.

A case is a handful of facts with dates. What state it is in, and whether it binds, follows from those and the moment
alone: no clock has to run for a measure to come into force, to be held back by an appeal, or to end.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import LazyText, _

MIN_WORDS = 20
"""A reason in words has at least so many characters."""
MAX_WORDS = 10_000
MAX_RECORDS = 200
MAX_LASTS_DAYS = 365
WARNING_LASTS_DAYS = 365


class Measure(StrEnum):
    """What is done, from the lightest to the gravest."""

    WARNING = "warning"
    RESTRICTION = "restriction"
    SUSPENSION = "suspension"
    REMOVAL = "removal"


MEASURE_NAMES: dict[Measure, LazyText] = {
    Measure.WARNING: _("Warning"),
    Measure.RESTRICTION: _("Restriction"),
    Measure.SUSPENSION: _("Suspension"),
    Measure.REMOVAL: _("Removal"),
}

MEASURE_MEANINGS: dict[Measure, LazyText] = {
    Measure.WARNING: _("Takes nothing away. It lapses after a year."),
    Measure.RESTRICTION: _("No new tasks of one project, or of any project but one."),
    Measure.SUSPENSION: _("No new tasks anywhere, for a number of days."),
    Measure.REMOVAL: _("No new tasks anywhere, for good. Pay, records and the appeal stay within reach."),
}


class Scope(StrEnum):
    """Which tasks a restriction leaves."""

    FROM = "from"
    ONLY = "only"


SCOPE_NAMES: dict[Scope, LazyText] = {
    Scope.FROM: _("Every project but this one stays open"),
    Scope.ONLY: _("Only this project stays open"),
}


class CaseReason(StrEnum):
    """What a measure may rest on: a closed list."""

    FRAUD = "fraud"
    SAFETY = "safety"
    COPIED = "copied"
    CONDUCT = "conduct"
    CONFIDENTIALITY = "confidentiality"
    QUALITY = "quality"
    END_OF_WORK = "end_of_work"
    NOT_CERTIFIED = "not_certified"


REASON_NAMES: dict[CaseReason, LazyText] = {
    CaseReason.FRAUD: _("Fraud: a false identity, a shared account, or work that was not done"),
    CaseReason.SAFETY: _("Safety: a danger to people"),
    CaseReason.COPIED: _("Copied: handed in what others or a model wrote, where that is not allowed"),
    CaseReason.CONDUCT: _("Conduct: harassment or abuse of other people here"),
    CaseReason.CONFIDENTIALITY: _("Confidentiality: gave out what had to stay here"),
    CaseReason.QUALITY: _("Quality: work stays below the guidelines after feedback"),
    CaseReason.END_OF_WORK: _("End of work: the client stops or the project closes"),
    CaseReason.NOT_CERTIFIED: _("Not certified in time"),
}

IMMEDIATE = frozenset({CaseReason.FRAUD, CaseReason.SAFETY})
"""Reasons for which a measure may come into force at once."""

NO_REPROACH = frozenset({CaseReason.END_OF_WORK, CaseReason.NOT_CERTIFIED})
"""Reasons that are nobody's fault: a transfer is offered first, and many can be told together."""


class RecordKind(StrEnum):
    """What a case can rest on."""

    SUBMISSION = "submission"
    REVIEW = "review"
    TIME = "time"


class CaseRecord(msgspec.Struct, frozen=True):
    """Something of the person's that a case rests on: a submission, a review of one, or a time entry."""

    kind: RecordKind
    id: UUID


class Outcome(StrEnum):
    """How an appeal was decided."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"


class CaseState(StrEnum):
    """Where a case stands."""

    ANNOUNCED = "announced"
    IN_FORCE = "in_force"
    APPEALED = "appealed"
    UPHELD = "upheld"
    OVERTURNED = "overturned"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


STATE_NAMES: dict[CaseState, LazyText] = {
    CaseState.ANNOUNCED: _("announced"),
    CaseState.IN_FORCE: _("in force"),
    CaseState.APPEALED: _("appealed"),
    CaseState.UPHELD: _("upheld"),
    CaseState.OVERTURNED: _("overturned"),
    CaseState.WITHDRAWN: _("withdrawn"),
    CaseState.ENDED: _("ended"),
}


class CaseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """All that decides about a case.

    Attributes:
        effective_at: when the measure was announced to come into force.
        lasts_days: whole days it lasts from then on; None: for good.
        appeal_due_at: by when an appeal has to be decided.
    """

    measure: Measure
    scope: Scope = Scope.FROM
    project_id: UUID | None = None
    reason: CaseReason
    announced_at: datetime
    effective_at: datetime
    lasts_days: int | None = None
    appealed_at: datetime | None = None
    appeal_due_at: datetime | None = None
    outcome: Outcome | None = None
    decided_at: datetime | None = None
    withdrawn_at: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """When it ends by itself; None where it does not."""
        return None if self.lasts_days is None else self.effective_at + timedelta(days=self.lasts_days)


class Span(msgspec.Struct, frozen=True):
    """A time in which a measure binds; without an end it binds for good."""

    since: datetime
    until: datetime | None


def spans(case: CaseFacts) -> list[Span]:
    """When a measure binds, as far as it is known now: what comes later (an appeal, a decision) can only shorten it.

    - It comes into force as announced. An appeal made before that holds it back until it is decided.
    - An appeal made later leaves it in force until the appeal is due; from then on it is lifted until it is decided.
    - Upheld, it binds again from the decision; overturned or withdrawn, never again.
    - Time in which it did not bind is not made up for: it ends when it was said to end.
    """
    if case.measure is Measure.WARNING:
        return []
    stops = [one for one in (case.ends_at, case.withdrawn_at) if one is not None]
    last = min(stops) if stops else None
    if case.appealed_at is None or (last is not None and case.appealed_at >= last):
        pieces = [Span(case.effective_at, last)]
    else:
        pieces = []
        if case.appealed_at >= case.effective_at:
            assert case.appeal_due_at is not None
            until = case.appeal_due_at if case.decided_at is None else min(case.appeal_due_at, case.decided_at)
            pieces.append(Span(case.effective_at, until))
        if case.outcome is Outcome.UPHELD and case.decided_at is not None:
            pieces.append(Span(max(case.effective_at, case.decided_at), None))
        pieces = [Span(one.since, _earlier(one.until, last)) for one in pieces]
    return _joined(one for one in pieces if one.until is None or one.since < one.until)


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    return min((one for one in (first, second) if one is not None), default=None)


def _joined(pieces: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for piece in pieces:
        if joined and joined[-1].until == piece.since:
            joined[-1] = Span(joined[-1].since, piece.until)
        else:
            joined.append(piece)
    return joined


def bound(case: CaseFacts, now: datetime) -> Span | None:
    """The span in which a measure binds at this moment; None where it does not."""
    return next((one for one in spans(case) if one.since <= now and (one.until is None or now < one.until)), None)


def next_span(cases: Iterable[CaseFacts], now: datetime) -> Span | None:
    """The time in which any of these measures binds, now or next; None where none will."""
    pieces = sorted((one for case in cases for one in spans(case)), key=lambda one: one.since)
    for piece in pieces:
        if piece.until is not None and piece.until <= now:
            continue
        until = piece.until
        for other in pieces:
            if until is not None and other.since <= until and (other.until is None or other.until > until):
                until = other.until
        return Span(piece.since, until)
    return None


def bound_for(case: CaseFacts, now: datetime) -> timedelta:
    """For how long a measure has bound somebody up to now."""
    return sum(
        (max(timedelta(), min(one.until or now, now) - one.since) for one in spans(case) if one.since < now),
        timedelta(),
    )


def bound_together(case: CaseFacts, other: CaseFacts, now: datetime) -> timedelta:
    """For how long both measures have bound somebody up to now, at the same time."""
    found = timedelta()
    for one in spans(case):
        for another in spans(other):
            until = min(one.until or now, another.until or now, now)
            found += max(timedelta(), until - max(one.since, another.since))
    return found


def state_of(case: CaseFacts, now: datetime) -> CaseState:
    """Where a case stands at a moment."""
    if case.withdrawn_at is not None:
        return CaseState.WITHDRAWN
    if case.outcome is Outcome.OVERTURNED:
        return CaseState.OVERTURNED
    if case.appealed_at is not None and case.outcome is None:
        return CaseState.APPEALED
    if case.ends_at is not None and now >= case.ends_at:
        return CaseState.ENDED
    if case.outcome is Outcome.UPHELD:
        return CaseState.UPHELD
    return CaseState.IN_FORCE if now >= case.effective_at else CaseState.ANNOUNCED


def is_overdue(case: CaseFacts, now: datetime) -> bool:
    """True while an appeal waits longer than it may: the measure is lifted until it is decided."""
    return state_of(case, now) is CaseState.APPEALED and case.appeal_due_at is not None and now >= case.appeal_due_at


def closes(case: CaseFacts, *, project_id: UUID | None) -> bool:
    """True where a measure, while it binds, keeps somebody from new tasks of a project; None asks about any at all."""
    if case.measure is Measure.RESTRICTION:
        if project_id is None:
            return False
        return (case.project_id == project_id) == (case.scope is Scope.FROM)
    return case.measure in {Measure.SUSPENSION, Measure.REMOVAL}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Whether somebody may take new tasks.

    Attributes:
        may_work: no measure stands against it. What is under way can be handed in either way, and is paid.
        why: which measure it is, in a sentence; None where there is none.
        until: when it ends by itself; None where it does not, or nothing stands against.
        case_id: the case to read and to appeal.
    """

    may_work: bool
    why: LazyText | None = None
    until: datetime | None = None
    case_id: UUID | None = None


GOOD_STANDING = Standing(may_work=True)

_WHY: dict[Measure, LazyText] = {
    Measure.RESTRICTION: _(
        "A restriction keeps you from new tasks here. Its reasons and the way to appeal are on its page."
    ),
    Measure.SUSPENSION: _("You are suspended. The reasons and the way to appeal are on the page of the case."),
    Measure.REMOVAL: _("You have been removed. The reasons and the way to appeal are on the page of the case."),
}


def standing(cases: Iterable[tuple[UUID, CaseFacts]], *, project_id: UUID | None, now: datetime) -> Standing:
    """Whether somebody may take new tasks of a project (None: of any at all), given all their cases.

    Where several measures stand against it, the one that lasts longest is named.
    """
    found: list[tuple[datetime | None, UUID, Measure]] = []
    for case_id, case in cases:
        span = bound(case, now)
        if span is not None and closes(case, project_id=project_id):
            found.append((span.until, case_id, case.measure))
    if not found:
        return GOOD_STANDING
    until, case_id, measure = max(found, key=lambda one: (one[0] is None, one[0] or now))
    return Standing(may_work=False, why=_WHY[measure], until=until, case_id=case_id)


class NewCase(msgspec.Struct, frozen=True, kw_only=True):
    """What a case is to say.

    Attributes:
        project_id: what a restriction is about; for other measures the project it arose in, or None.
        words: the reason in the manager's own words.
        lasts_days: how long; a suspension needs it, a removal has none.
        immediate: in force at once, for fraud and safety alone.
        transfer_team_id: the team that is offered instead, for reasons that are nobody's fault.
        no_transfer: why no team can be offered.
    """

    person_id: UUID
    measure: Measure
    reason: CaseReason
    words: str
    project_id: UUID | None = None
    scope: Scope = Scope.FROM
    lasts_days: int | None = None
    immediate: bool = False
    records: tuple[CaseRecord, ...] = ()
    transfer_team_id: UUID | None = None
    no_transfer: str = ""


def case_problems(case: NewCase) -> list[FieldProblem]:
    """What a case lacks before it may be announced."""
    return [*_wording(case), *_measure(case), *_grounds(case)]


def _wording(case: NewCase) -> Iterator[FieldProblem]:
    length = len(case.words.strip())
    if length < MIN_WORDS:
        message = _("Say in at least {count} characters what happened and why this follows.").format(count=MIN_WORDS)
        yield FieldProblem("words", message)
    elif length > MAX_WORDS:
        yield FieldProblem("words", _("Use at most {count} characters.").format(count=MAX_WORDS))
    if len(case.no_transfer) > MAX_WORDS:
        yield FieldProblem("no_transfer", _("Use at most {count} characters.").format(count=MAX_WORDS))


def _measure(case: NewCase) -> Iterator[FieldProblem]:
    if case.measure is Measure.RESTRICTION and case.project_id is None:
        yield FieldProblem("project_id", _("Say which project the restriction is about."))
    if case.measure is Measure.SUSPENSION and case.lasts_days is None:
        yield FieldProblem("lasts_days", _("Say for how many days. A suspension without an end is a removal."))
    if case.measure is Measure.REMOVAL and case.lasts_days is not None:
        yield FieldProblem("lasts_days", _("A removal has no end. Choose a suspension."))
    if case.lasts_days is not None and not 1 <= case.lasts_days <= MAX_LASTS_DAYS:
        yield FieldProblem("lasts_days", _("Between 1 and {count} days.").format(count=MAX_LASTS_DAYS))
    if case.immediate and case.reason not in IMMEDIATE:
        yield FieldProblem("immediate", _("Only fraud and safety allow a measure to come into force at once."))


def _grounds(case: NewCase) -> Iterator[FieldProblem]:
    if case.reason in NO_REPROACH:
        if case.measure not in {Measure.RESTRICTION, Measure.REMOVAL}:
            yield FieldProblem("measure", _("This reason is nobody’s fault: it can end work, not reproach anybody."))
        if (case.transfer_team_id is None) == (not case.no_transfer.strip()):
            message = _("Offer a transfer to another team, or say why there is none.")
            yield FieldProblem("transfer_team_id", message)
    else:
        if case.transfer_team_id is not None or case.no_transfer:
            message = _("A transfer is offered at the end of work and where a certification is missing.")
            yield FieldProblem("transfer_team_id", message)
        if not case.records:
            yield FieldProblem("records", _("Attach the records this rests on: submissions, reviews or times."))
    if len(case.records) > MAX_RECORDS:
        yield FieldProblem("records", _("Attach at most {count} records.").format(count=MAX_RECORDS))


def comes_into_force(case: NewCase, *, now: datetime, notice: timedelta) -> datetime:
    """When a measure announced now comes into force: after its notice; a warning, which takes nothing away, at once."""
    if case.immediate or case.measure is Measure.WARNING:
        return now
    return now + notice
