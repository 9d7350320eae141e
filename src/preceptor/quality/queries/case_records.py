"""What a case rests on, as the person concerned and those who decide read it: the very answers, verdicts and times."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import func, or_, select

from preceptor.hiring.queries import CaseView
from preceptor.hiring.rules import CaseRecord, RecordKind
from preceptor.lib.db import ReadSession
from preceptor.lib.i18n import LazyText
from preceptor.lib.money import Money
from preceptor.people.rules import Actor, Permission
from preceptor.projects.tables import Project
from preceptor.quality.rules import VERDICT_NAMES, Verdict, reason_label
from preceptor.quality.tables import Review
from preceptor.work.rules.words import ACTIVITY_NAMES
from preceptor.work.tables import Submission, TimeEntry

RECENT = 50
LOOKED_BACK = timedelta(days=28)


class RecordView(msgspec.Struct, frozen=True, kw_only=True):
    """A record of a case.

    Attributes:
        assignment_id: the task it belongs to, where its page shows everything.
        verdict: what a reviewer said, where it is a review.
        reason: why, from the closed list.
        note: the reviewer's words.
        paid_ms: paid time, where it is a time entry.
        amount: what that earned.
    """

    kind: RecordKind
    id: UUID
    at: datetime
    project_slug: str
    project_title: str
    assignment_id: UUID | None
    verdict: Verdict | None = None
    reason: str | None = None
    note: str = ""
    activity: str | None = None
    paid_ms: int = 0
    amount: Money | None = None

    @property
    def verdict_name(self) -> LazyText | None:
        """The verdict in words."""
        return VERDICT_NAMES[self.verdict] if self.verdict else None


async def case_records(session: ReadSession, *, case: CaseView) -> list[RecordView]:
    """The records of a case that its reader was allowed to see (`hiring.queries.access_case`), oldest first."""
    return await _views(session, person_id=case.person_id, records=case.records)


async def recent_records(session: ReadSession, *, actor: Actor, person_id: UUID) -> list[RecordView]:
    """A person's latest answers, verdicts on them and times, newest first: what a case could rest on.

    Raises:
        MissingPermissionError: the actor may not open cases.
    """
    actor.require(Permission.CASE_OPEN)
    found: list[CaseRecord] = []
    latest = (
        (RecordKind.REVIEW, select(Review.id).where(Review.trainer_id == person_id, Review.state == "decided")),
        (RecordKind.SUBMISSION, select(Submission.id).where(Submission.trainer_id == person_id)),
        (RecordKind.TIME, select(TimeEntry.id).where(TimeEntry.person_id == person_id)),
    )
    for kind, query in latest:
        column = query.selected_columns.id
        rows = await session.scalars(query.order_by(column.desc()).limit(RECENT))
        found += [CaseRecord(kind, one) for one in rows]
    return (await _views(session, person_id=person_id, records=found))[::-1]


async def foreign_records(session: ReadSession, *, person_id: UUID, records: Sequence[CaseRecord]) -> list[CaseRecord]:
    """Those of the records that are not there, or not this person's."""
    known = {(one.kind, one.id) for one in await _views(session, person_id=person_id, records=records)}
    return [one for one in records if (one.kind, one.id) not in known]


async def _views(session: ReadSession, *, person_id: UUID, records: Iterable[CaseRecord]) -> list[RecordView]:
    wanted: dict[RecordKind, list[UUID]] = {kind: [] for kind in RecordKind}
    for record in records:
        wanted[record.kind].append(record.id)
    views = [
        *await _submissions(session, person_id, wanted[RecordKind.SUBMISSION]),
        *await _reviews(session, person_id, wanted[RecordKind.REVIEW]),
        *await _times(session, person_id, wanted[RecordKind.TIME]),
    ]
    return sorted(views, key=lambda one: (one.at, one.id))


async def _submissions(session: ReadSession, person_id: UUID, ids: Collection[UUID]) -> list[RecordView]:
    rows = await session.execute(
        select(Submission, Project.slug, Project.title)
        .join(Project, Project.id == Submission.project_id)
        .where(Submission.id.in_(ids), Submission.trainer_id == person_id)
    )
    return [
        RecordView(
            kind=RecordKind.SUBMISSION,
            id=row.id,
            at=row.submitted_at,
            project_slug=slug,
            project_title=title,
            assignment_id=row.assignment_id,
        )
        for row, slug, title in rows
    ]


async def _reviews(session: ReadSession, person_id: UUID, ids: Collection[UUID]) -> list[RecordView]:
    rows = await session.execute(
        select(Review, Project.slug, Project.title)
        .join(Project, Project.id == Review.project_id)
        .where(Review.id.in_(ids), Review.trainer_id == person_id, Review.state == "decided")
    )
    return [
        RecordView(
            kind=RecordKind.REVIEW,
            id=row.id,
            at=row.decided_at or row.created_at,
            project_slug=slug,
            project_title=title,
            assignment_id=row.assignment_id,
            verdict=Verdict(row.verdict or ""),
            reason=None if row.reason is None else str(reason_label(Verdict(row.verdict or ""), row.reason)),
            note=row.note,
        )
        for row, slug, title in rows
    ]


async def _times(session: ReadSession, person_id: UUID, ids: Collection[UUID]) -> list[RecordView]:
    rows = await session.execute(
        select(TimeEntry, Project.slug, Project.title)
        .join(Project, Project.id == TimeEntry.project_id)
        .where(TimeEntry.id.in_(ids), TimeEntry.person_id == person_id)
    )
    return [
        RecordView(
            kind=RecordKind.TIME,
            id=row.id,
            at=row.ended_at,
            project_slug=slug,
            project_title=title,
            assignment_id=row.assignment_id,
            activity=str(ACTIVITY_NAMES[row.activity]),
            paid_ms=row.paid_ms,
            amount=Money(row.amount_minor, row.currency),
        )
        for row, slug, title in rows
    ]


async def times_of_records(session: ReadSession, *, person_id: UUID, records: Sequence[CaseRecord]) -> list[UUID]:
    """Time entries that the records of a case earned: their own, and those of the answers and verdicts among them."""
    views = await _views(session, person_id=person_id, records=records)
    tasks = {one.assignment_id for one in views if one.assignment_id is not None}
    own = {one.id for one in views if one.kind is RecordKind.TIME}
    rows = await session.scalars(
        select(TimeEntry.id)
        .where(TimeEntry.person_id == person_id, or_(TimeEntry.id.in_(own), TimeEntry.assignment_id.in_(tasks)))
        .order_by(TimeEntry.id)
    )
    return list(rows)


class LostPay(msgspec.Struct, frozen=True):
    """What somebody may have lost by a measure, in one currency: a suggestion for whoever decides.

    Attributes:
        earned: in the 28 days before the measure came into force.
        days: for how many days it bound them.
        suggested: `earned` ÷ 28 × `days`, rounded to a minor unit.
    """

    earned: Money
    days: float
    suggested: Money


async def lost_pay(session: ReadSession, *, case: CaseView) -> list[LostPay]:
    """What work would have earned, had it gone on as in the four weeks before; nothing where nothing was lost.

    A restriction to or from a project counts what that project (or the others) had earned.
    """
    if not case.bound_ms:
        return []
    query = (
        select(TimeEntry.currency, func.sum(TimeEntry.amount_minor))
        .where(
            TimeEntry.person_id == case.person_id,
            TimeEntry.ended_at >= case.effective_at - LOOKED_BACK,
            TimeEntry.ended_at < case.effective_at,
        )
        .group_by(TimeEntry.currency)
        .order_by(TimeEntry.currency)
    )
    if case.measure == "restriction":
        here = TimeEntry.project_id == case.project_id
        query = query.where(here if case.scope == "from" else ~here)
    days = case.bound_ms / 86_400_000
    return [
        LostPay(Money(int(amount), currency), days, Money(round(int(amount) * days / LOOKED_BACK.days), currency))
        for currency, amount in await session.execute(query)
    ]
