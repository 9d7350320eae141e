"""Cases as the person concerned and those who decide see them: everything, by name."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, Select, any_, func, literal, or_, select, true
from sqlalchemy.orm import aliased

from preceptor.hiring.queries.standing import facts_of
from preceptor.hiring.rules import (
    MEASURE_NAMES,
    REASON_NAMES,
    SCOPE_NAMES,
    STATE_NAMES,
    CaseReason,
    CaseRecord,
    CaseState,
    Measure,
    Outcome,
    RecordKind,
    Scope,
    Span,
    bound,
    bound_for,
    is_overdue,
    state_of,
)
from preceptor.hiring.tables import CaseRecordRow, CaseText, DueProcessCase
from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money
from preceptor.people.rules import ROLE_PERMISSIONS, Actor, Permission
from preceptor.people.tables import Person, Team
from preceptor.projects.tables import Project

PAGE_SIZE = 50
MAX_DECIDERS = 50


class NoSuchCaseError(NotFoundError):
    """There is no such case, or it is about somebody else."""

    title = _("There is no such case, or it is not yours to see.")
    code = "no_such_case"


class CasesWanted(StrEnum):
    """Which cases a list shows."""

    ALL = "all"
    APPEALED = "appealed"
    OVERDUE = "overdue"


class CaseSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A case in a list.

    Attributes:
        effective_at: when it was announced to come into force.
        ends_at: when it ends by itself; None where it does not.
        binding: the time in which it binds, where it does so now.
        bound_ms: for how long it has bound them up to now, in milliseconds.
        overdue: the appeal was not decided in time, so the measure is lifted until it is.
    """

    id: UUID
    person_id: UUID
    person_name: str
    measure: Measure
    scope: Scope
    reason: CaseReason
    state: CaseState
    project_id: UUID | None
    project_title: str
    opened_by: UUID
    opened_by_name: str
    announced_at: datetime
    effective_at: datetime
    ends_at: datetime | None
    binding: Span | None
    bound_ms: int
    appealed_at: datetime | None
    appeal_due_at: datetime | None
    overdue: bool

    @property
    def measure_name(self) -> LazyText:
        """The measure in words."""
        return MEASURE_NAMES[self.measure]

    @property
    def reason_name(self) -> LazyText:
        """The reason in words."""
        return REASON_NAMES[self.reason]

    @property
    def scope_name(self) -> LazyText:
        """What a restriction leaves, in words."""
        return SCOPE_NAMES[self.scope]

    @property
    def state_name(self) -> LazyText:
        """The state in words."""
        return STATE_NAMES[self.state]


class CaseWords(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote in a case: reason, appeal, decision, withdrawal or transfer. Empty where it was erased."""

    kind: str
    author_name: str
    text: str
    at: datetime


class TransferOffer(msgspec.Struct, frozen=True, kw_only=True):
    """The other team that was offered, and the answer (accepted, declined, or none yet)."""

    team_id: UUID
    team_name: str
    answer: str | None
    answered_at: datetime | None


class CaseView(CaseSummary, frozen=True, kw_only=True):
    """A case with all there is to it.

    Attributes:
        transfer: the team that was offered; None where none was.
        no_transfer: why none could be.
        may: what the reader can do now: appeal, attach, accept, decide, withdraw.
    """

    words: list[CaseWords]
    records: list[CaseRecord]
    transfer: TransferOffer | None
    no_transfer: str
    outcome: Outcome | None
    decided_by_name: str
    decided_at: datetime | None
    withdrawn_at: datetime | None
    back_pay: Money | None
    may: frozenset[str]


Found = tuple[DueProcessCase, str, str, str | None]
"""A case, the names of the person and of whoever announced it, and the project's title."""


def _summary(found: Row[*Found], now: datetime) -> dict[str, Any]:
    row, name, opener, project = found
    facts = facts_of(row)
    return {
        "id": row.id,
        "person_id": row.person_id,
        "person_name": name,
        "measure": facts.measure,
        "scope": facts.scope,
        "reason": facts.reason,
        "state": state_of(facts, now),
        "project_id": row.project_id,
        "project_title": project or "",
        "opened_by": row.opened_by,
        "opened_by_name": opener,
        "announced_at": row.announced_at,
        "effective_at": row.effective_at,
        "ends_at": facts.ends_at,
        "binding": bound(facts, now),
        "bound_ms": int(bound_for(facts, now).total_seconds() * 1000),
        "appealed_at": row.appealed_at,
        "appeal_due_at": row.appeal_due_at,
        "overdue": is_overdue(facts, now),
    }


def _selected() -> Select[*Found]:
    opener = aliased(Person)
    return (
        select(DueProcessCase, Person.name, opener.name, Project.title)
        .join(Person, Person.id == DueProcessCase.person_id)
        .join(opener, opener.id == DueProcessCase.opened_by)
        .outerjoin(Project, Project.id == DueProcessCase.project_id)
    )


async def my_cases(session: ReadSession, *, actor: Actor, now: datetime) -> list[CaseSummary]:
    """Every case about the actor, newest first; also for those who were removed."""
    rows = await session.execute(
        _selected().where(DueProcessCase.person_id == actor.person_id).order_by(DueProcessCase.id.desc())
    )
    return [CaseSummary(**_summary(row, now)) for row in rows]


async def list_cases(
    session: ReadSession,
    *,
    actor: Actor,
    now: datetime,
    wanted: CasesWanted = CasesWanted.ALL,
    person_id: UUID | None = None,
    cursor: str | None = None,
) -> Page[CaseSummary]:
    """Cases, newest first; those whose appeal waits: the one that is due first, first.

    Raises:
        MissingPermissionError: the actor may not read cases.
        BadCursorError: the cursor was made for another list.
    """
    actor.require(Permission.CASE_READ)
    waits = DueProcessCase.appealed_at.is_not(None) & DueProcessCase.outcome.is_(None)
    waits &= DueProcessCase.withdrawn_at.is_(None)
    which: dict[CasesWanted, ColumnElement[bool]] = {
        CasesWanted.ALL: true(),
        CasesWanted.APPEALED: waits,
        CasesWanted.OVERDUE: waits & (DueProcessCase.appeal_due_at <= now),
    }
    query = _selected().where(which[wanted]).order_by(DueProcessCase.id.desc()).limit(PAGE_SIZE + 1)
    if person_id is not None:
        query = query.where(DueProcessCase.person_id == person_id)
    if cursor:
        query = query.where(DueProcessCase.id < decode_cursor(cursor, tuple[UUID])[0])
    rows = list(await session.execute(query))
    shown = [CaseSummary(**_summary(row, now)) for row in rows[:PAGE_SIZE]]
    return Page(shown, encode_cursor(shown[-1].id) if len(rows) > PAGE_SIZE else None)


async def count_appeals(session: ReadSession, *, actor: Actor, now: datetime) -> tuple[int, int]:
    """Appeals that wait for a decision, and how many of them are overdue.

    Raises:
        MissingPermissionError: the actor may not read cases.
    """
    actor.require(Permission.CASE_READ)
    row = (
        await session.execute(
            select(func.count(), func.count().filter(DueProcessCase.appeal_due_at <= now)).where(
                DueProcessCase.appealed_at.is_not(None),
                DueProcessCase.outcome.is_(None),
                DueProcessCase.withdrawn_at.is_(None),
            )
        )
    ).one()
    return int(row[0]), int(row[1])


async def access_case(session: ReadSession, *, actor: Actor, case_id: UUID, now: datetime) -> CaseView:
    """One case: one's own, or anybody's for those who may read cases.

    Raises:
        NoSuchCaseError: there is none, or it is not theirs to see.
    """
    found = (await session.execute(_selected().where(DueProcessCase.id == case_id))).first()
    if found is None or (found[0].person_id != actor.person_id and not actor.may(Permission.CASE_READ)):
        raise NoSuchCaseError
    row: DueProcessCase = found[0]
    values = _summary(found, now)
    return CaseView(
        **values,
        words=await _words(session, case_id),
        records=await _records(session, case_id),
        transfer=await _transfer(session, row),
        no_transfer=row.no_transfer,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        decided_by_name=await _name(session, row.decided_by),
        decided_at=row.decided_at,
        withdrawn_at=row.withdrawn_at,
        back_pay=None if row.back_pay_minor is None else Money(row.back_pay_minor, row.back_pay_currency or ""),
        may=_may(row, actor, now),
    )


def _may(row: DueProcessCase, actor: Actor, now: datetime) -> frozenset[str]:
    state = state_of(facts_of(row), now)
    own = row.person_id == actor.person_id
    over = row.withdrawn_at is not None or row.outcome is not None
    opened = row.opened_by == actor.person_id and actor.may(Permission.CASE_OPEN)
    allowed = {
        "appeal": own and row.appealed_at is None and row.withdrawn_at is None,
        "attach": not over and (own or (opened and row.appealed_at is None)),
        "accept": own and row.transfer_team_id is not None and row.transfer_answer is None and not over,
        "decide": not own
        and row.opened_by != actor.person_id
        and actor.may(Permission.CASE_DECIDE)
        and state is CaseState.APPEALED,
        "withdraw": not own and not over and actor.may(Permission.CASE_OPEN),
    }
    allowed["accept"] = allowed["accept"] and row.effective_at > now
    return frozenset(name for name, yes in allowed.items() if yes)


async def _words(session: ReadSession, case_id: UUID) -> list[CaseWords]:
    rows = await session.execute(
        select(CaseText, Person.name)
        .join(Person, Person.id == CaseText.author_id)
        .where(CaseText.case_id == case_id)
        .order_by(CaseText.id)
    )
    return [CaseWords(kind=one.kind, author_name=name, text=one.text, at=one.created_at) for one, name in rows]


async def _records(session: ReadSession, case_id: UUID) -> list[CaseRecord]:
    rows = await session.scalars(
        select(CaseRecordRow)
        .where(CaseRecordRow.case_id == case_id)
        .order_by(CaseRecordRow.kind, CaseRecordRow.record_id)
    )
    return [CaseRecord(RecordKind(row.kind), row.record_id) for row in rows]


async def _transfer(session: ReadSession, row: DueProcessCase) -> TransferOffer | None:
    if row.transfer_team_id is None:
        return None
    name = await session.scalar(select(Team.name).where(Team.id == row.transfer_team_id))
    return TransferOffer(
        team_id=row.transfer_team_id,
        team_name=name or "",
        answer=row.transfer_answer,
        answered_at=row.transfer_answered_at,
    )


async def _name(session: ReadSession, person_id: UUID | None) -> str:
    if person_id is None:
        return ""
    return await session.scalar(select(Person.name).where(Person.id == person_id)) or ""


async def deciders(session: ReadSession, *, besides: Collection[UUID]) -> list[UUID]:
    """People who may decide an appeal, the newest accounts last, fifty at most."""
    roles = [role.value for role, allowed in ROLE_PERMISSIONS.items() if Permission.CASE_DECIDE in allowed]
    found = await session.scalars(
        select(Person.id)
        .where(
            Person.state == "active",
            Person.email.is_not(None),
            Person.id.not_in(besides),
            or_(*(literal(role) == any_(Person.roles) for role in roles)),
        )
        .order_by(Person.id)
        .limit(MAX_DECIDERS)
    )
    return list(found)
