"""Reading claims of time over the cap: one's own, and those that wait for somebody to decide."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from preceptor.lib.db import Page, ReadSession, WriteSession, decode_cursor, encode_cursor
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, earned
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Person
from preceptor.projects.queries.projects import visible_to
from preceptor.projects.tables import Project
from preceptor.work.rules.states import LEASED
from preceptor.work.tables import Assignment, CapClaim, TimeEntry

PAGE_SIZE = 50

CLAIM_STATES: dict[str, LazyText] = {
    "open": _("Waits for a decision"),
    "accepted": _("Paid"),
    "declined": _("Declined"),
}


class NoSuchClaimError(NotFoundError):
    """There is no such claim, or it is not the actor's to see."""

    code = "no_such_claim"
    title = _("There is no such claim.")


class ClaimView(msgspec.Struct, frozen=True, kw_only=True):
    """A claim of time over the cap. Times in milliseconds.

    Attributes:
        money: what it earns if it is granted, or has earned.
        by: the name of whoever decided; empty while nobody has.
        trainer: the pseudonym of whoever claims.
        cap_ms: the cap of the task, per round.
        paid_ms: what was paid of the task without the claim.
    """

    id: UUID
    assignment_id: UUID
    project_slug: str
    project_title: str
    trainer: str
    claimed_ms: int
    paid_ms: int
    cap_ms: int | None
    money: Money
    note: str
    state: str
    by: str
    answer: str
    created_at: datetime
    decided_at: datetime | None

    @property
    def state_name(self) -> LazyText:
        """The state in words."""
        return CLAIM_STATES[self.state]


def _claims() -> Select[CapClaim, Assignment, Project, str, str | None]:
    decider = aliased(Person)
    return (
        select(CapClaim, Assignment, Project, Person.pseudonym, decider.name)
        .join(Assignment, Assignment.id == CapClaim.assignment_id)
        .join(Project, Project.id == CapClaim.project_id)
        .join(Person, Person.id == CapClaim.person_id)
        .outerjoin(decider, decider.id == CapClaim.decided_by)
    )


def _view(claim: CapClaim, row: Assignment, project: Project, trainer: str, by: str | None) -> ClaimView:
    rate = Money(claim.rate_minor, row.currency)
    return ClaimView(
        id=claim.id,
        assignment_id=claim.assignment_id,
        project_slug=project.slug,
        project_title=project.title,
        trainer=trainer,
        claimed_ms=claim.claimed_ms,
        paid_ms=row.earned_ms,
        cap_ms=row.cap_ms,
        money=earned(rate_per_hour=rate, paid_ms=claim.claimed_ms),
        note=claim.note,
        state=claim.state,
        by=by or "",
        answer=claim.answer,
        created_at=claim.created_at,
        decided_at=claim.decided_at,
    )


async def list_claims(
    session: ReadSession, *, actor: Actor, open_only: bool = True, cursor: str | None = None
) -> Page[ClaimView]:
    """Claims in the projects the actor may see, but for their own: those that wait, or all; the newest first.

    Raises:
        MissingPermissionError: the actor does not decide claims.
        BadCursorError: the cursor was made for another list.
    """
    actor.require(Permission.CLAIM_DECIDE)
    query = _claims().where(visible_to(actor), CapClaim.person_id != actor.person_id)
    if open_only:
        query = query.where(CapClaim.state == "open")
    if cursor:
        query = query.where(CapClaim.id < decode_cursor(cursor, tuple[UUID])[0])
    rows = list(await session.execute(query.order_by(CapClaim.id.desc()).limit(PAGE_SIZE + 1)))
    shown = [_view(*row) for row in rows[:PAGE_SIZE]]
    return Page(shown, encode_cursor(shown[-1].id) if len(rows) > PAGE_SIZE else None)


async def my_claims(session: ReadSession, *, actor: Actor, assignment_id: UUID | None = None) -> list[ClaimView]:
    """The actor's own newest claims, of all tasks or of one, the newest first."""
    query = _claims().where(CapClaim.person_id == actor.person_id)
    if assignment_id is not None:
        query = query.where(CapClaim.assignment_id == assignment_id)
    return [_view(*row) for row in await session.execute(query.order_by(CapClaim.id.desc()).limit(PAGE_SIZE))]


async def claimable_ms(session: ReadSession, *, actor: Actor, assignment_id: UUID) -> int:
    """How much time over the cap of one of the actor's own tasks is unpaid and was not claimed yet."""
    claimed = (
        select(func.coalesce(func.sum(CapClaim.claimed_ms), 0))
        .where(CapClaim.assignment_id == Assignment.id)
        .correlate(Assignment)
        .scalar_subquery()
    )
    # Time since a lease ran out is in no entry yet, and is paid when the task is handed in.
    booked = (
        select(func.coalesce(func.sum(TimeEntry.active_ms + TimeEntry.waiting_ms), 0))
        .where(TimeEntry.assignment_id == Assignment.id)
        .correlate(Assignment)
        .scalar_subquery()
    )
    found = await session.scalar(
        select(booked - Assignment.earned_ms - claimed).where(
            Assignment.id == assignment_id,
            Assignment.trainer_id == actor.person_id,
            Assignment.state.not_in([state.value for state in LEASED]),
            Assignment.rate_minor > 0,
            ~Assignment.no_pay,
        )
    )
    return max(int(found or 0), 0)


async def hold_claim(session: WriteSession, *, actor: Actor, claim_id: UUID) -> CapClaim:
    """One claim, locked until the transaction ends.

    Raises:
        NoSuchClaimError: not there, not theirs to see, or the actor's own.
    """
    claim: CapClaim | None = await session.scalar(
        select(CapClaim)
        .join(Project, Project.id == CapClaim.project_id)
        .where(CapClaim.id == claim_id, CapClaim.person_id != actor.person_id, visible_to(actor))
        .with_for_update(of=CapClaim)
    )
    if claim is None:
        raise NoSuchClaimError
    return claim
