"""Reading disputes: one's own, those that wait, and one with the work it is about. Reviewers stay unnamed."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from preceptor.lib.db import ReadSession, WriteSession, decode_cursor, encode_cursor
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import LazyText, _
from preceptor.people.rules import DAILY_MINUTES, Actor, Permission
from preceptor.people.tables import Person
from preceptor.projects.queries.projects import visible_to
from preceptor.projects.tables import Project
from preceptor.quality.queries.holds import at_it, in_hands
from preceptor.quality.queries.offered import check_content, content_of, held_back, looks_back, offered_to
from preceptor.quality.queries.reviews import PastReview, past_review
from preceptor.quality.rules.held_back import HeldBack
from preceptor.quality.tables import Dispute, Review
from preceptor.work.operations.drafts import NoSuchAssignmentError
from preceptor.work.queries.submissions import assignment_as_seen, revisions_of
from preceptor.work.queries.summaries import summary_of
from preceptor.work.queries.views import AssignmentView, warnings_of
from preceptor.work.tables import Assignment, Item

PAGE_SIZE = 50

DISPUTE_STATES: dict[str, LazyText] = {
    "open": _("Waits for somebody else to look"),
    "upheld": _("The rejection stands"),
    "overturned": _("Overturned: the answer counts"),
}


class NoSuchDisputeError(NotFoundError):
    """There is none, or it is about the actor's own work or their own verdict."""

    code = "no_such_dispute"
    title = _("There is no such dispute, or it is not yours to decide.")


class DisputeView(msgspec.Struct, frozen=True, kw_only=True):
    """A contested rejection, without who rejected.

    Attributes:
        note: why the trainer contests it.
        answer: of whoever decided, to the trainer.
        in_hands: `you` or `colleague`, who is at it just now; empty where nobody is, and for the trainer.
    """

    id: UUID
    assignment_id: UUID
    review_id: UUID
    project_slug: str
    project_title: str
    trainer: str
    note: str
    state: str
    answer: str
    created_at: datetime
    decided_at: datetime | None
    in_hands: str = ""

    @property
    def state_name(self) -> LazyText:
        """The state in words."""
        return DISPUTE_STATES[self.state]


class Disputes(msgspec.Struct, frozen=True):
    """A page of disputes. `held_back`: what else waits and is not offered to the reader, and why."""

    rows: list[DisputeView]
    next_cursor: str | None
    held_back: list[HeldBack]


class DisputedWork(msgspec.Struct, frozen=True, kw_only=True):
    """A dispute with what the trainer saw and answered, and what the reviewer said about it.

    Attributes:
        assignment: as the workbench showed it; never with a draft.
        content: the revision that was rejected; None where its texts were erased.
        rejection: reason and note; it does not say whose.
    """

    dispute: DisputeView
    summary: str
    assignment: AssignmentView
    content: dict[str, Any] | None
    rejection: PastReview


def _may_decide(actor: Actor) -> ColumnElement[bool]:
    """Disputes the actor may look at: not about their own work, nor about any verdict of theirs on this answer."""
    earlier = aliased(Review)
    reviewed = exists().where(earlier.assignment_id == Dispute.assignment_id, earlier.reviewer_id == actor.person_id)
    return and_(visible_to(actor), Dispute.trainer_id != actor.person_id, ~reviewed)


def _view(dispute: Dispute, slug: str, title: str, trainer: str) -> DisputeView:
    return DisputeView(
        id=dispute.id,
        assignment_id=dispute.assignment_id,
        review_id=dispute.review_id,
        project_slug=slug,
        project_title=title,
        trainer=trainer,
        note=dispute.note,
        state=dispute.state,
        answer=dispute.answer,
        created_at=dispute.created_at,
        decided_at=dispute.decided_at,
    )


async def list_disputes(
    session: ReadSession,
    *,
    actor: Actor,
    open_only: bool = True,
    cursor: str | None = None,
    daily_minutes: int = DAILY_MINUTES,
    now: datetime,
) -> Disputes:
    """Disputes the actor may decide: those that wait, the oldest first, or all that were decided, the newest first.

    Of those that wait it lists what they may take, and what they are at; `held_back` says why not the rest.
    `daily_minutes`: with content of one category, where a project does not say.

    Raises:
        MissingPermissionError: the actor does not decide disputes.
        BadCursorError: the cursor was made for another list.
    """
    actor.require(Permission.DISPUTE_DECIDE)
    query = (
        select(Dispute, Project.slug, Project.title, Person.pseudonym)
        .join(Project, Project.id == Dispute.project_id)
        .join(Person, Person.id == Dispute.trainer_id)
        .join(Assignment, Assignment.id == Dispute.assignment_id)
        .join(Item, Item.id == Assignment.item_id)
        .where(_may_decide(actor), (Dispute.state == "open") if open_only else (Dispute.state != "open"))
        .order_by(Dispute.id if open_only else Dispute.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    kept: list[HeldBack] = []
    if open_only:
        offered = await offered_to(session, actor=actor, now=now, daily_minutes=daily_minutes)
        kept = await held_back(session, offered=offered, waiting=query.where(~at_it(actor, Dispute.id)))
        query = query.where(or_(at_it(actor, Dispute.id), offered.may_see()))
    if cursor:
        after = decode_cursor(cursor, tuple[UUID])[0]
        query = query.where(Dispute.id > after if open_only else Dispute.id < after)
    rows = list(await session.execute(query))
    shown = [_view(*row) for row in rows[:PAGE_SIZE]]
    hands = await in_hands(session, actor=actor, subject_ids=[one.id for one in shown])
    shown = [msgspec.structs.replace(one, in_hands=hands.get(one.id, "")) for one in shown]
    return Disputes(shown, encode_cursor(shown[-1].id) if len(rows) > PAGE_SIZE else None, kept)


async def access_dispute(
    session: ReadSession, *, actor: Actor, dispute_id: UUID, daily_minutes: int = DAILY_MINUTES, now: datetime
) -> DisputedWork:
    """One dispute with the work, for whoever may decide it.

    `daily_minutes`: with content of one category, where the project does not say.

    Raises:
        MissingPermissionError: the actor does not decide disputes.
        NoSuchDisputeError: not there, not theirs to see, about their own work or their own verdict.
        NotReadyError: it waits, and shows content that they are not to be shown now as work of theirs.
    """
    actor.require(Permission.DISPUTE_DECIDE)
    found = await session.execute(
        select(Dispute, Project.slug, Project.title, Person.pseudonym, Review, Assignment, Item)
        .join(Project, Project.id == Dispute.project_id)
        .join(Person, Person.id == Dispute.trainer_id)
        .join(Review, Review.id == Dispute.review_id)
        .join(Assignment, Assignment.id == Dispute.assignment_id)
        .join(Item, Item.id == Assignment.item_id)
        .where(Dispute.id == dispute_id, _may_decide(actor))
    )
    row = found.first()
    if row is None:
        raise NoSuchDisputeError
    dispute, slug, title, trainer, review, assignment, item = row
    mine = dispute.decided_by == actor.person_id
    if dispute.state == "open":
        mine = (await in_hands(session, actor=actor, subject_ids=[dispute_id])).get(dispute_id) == "you"
    if not mine and not looks_back(actor, waits=dispute.state == "open"):
        await check_content(session, actor=actor, assignment_id=assignment.id, daily_minutes=daily_minutes, now=now)
    warnings = warnings_of(await content_of(session, assignment_id=assignment.id))
    seen = await assignment_as_seen(session, actor, assignment, item)
    rejected = [one for one in await revisions_of(session, assignment.id) if one.id == review.submission_id]
    return DisputedWork(
        dispute=_view(dispute, slug, title, trainer),
        summary=summary_of(
            kind=seen.project.kind,
            content=item.content,
            brief=item.brief,
            topic=item.topic,
            prompt=seen.turns[0].prompt if seen.turns else None,
        ),
        assignment=msgspec.structs.replace(seen, draft=None, content_warnings=warnings),
        content=rejected[0].content if rejected else None,
        rejection=past_review(review, actor),
    )


async def dispute_of(session: ReadSession, *, actor: Actor, assignment_id: UUID) -> DisputeView | None:
    """What the actor has contested of one of their own answers, the newest; None where nothing."""
    found = await session.execute(
        select(Dispute, Project.slug, Project.title, Person.pseudonym)
        .join(Project, Project.id == Dispute.project_id)
        .join(Person, Person.id == Dispute.trainer_id)
        .where(Dispute.assignment_id == assignment_id, Dispute.trainer_id == actor.person_id)
        .order_by(Dispute.id.desc())
        .limit(1)
    )
    row = found.first()
    return None if row is None else _view(*row)


async def rejection_of(session: ReadSession, *, actor: Actor, assignment_id: UUID) -> Review | None:
    """The review that rejected one of the actor's own answers; None where it is not rejected (any more).

    Raises:
        NoSuchAssignmentError: not there, or not theirs.
    """
    state = await session.scalar(
        select(Assignment.state).where(Assignment.id == assignment_id, Assignment.trainer_id == actor.person_id)
    )
    if state is None:
        raise NoSuchAssignmentError
    if state != "rejected":
        return None
    found: Review | None = await session.scalar(
        select(Review)
        .where(Review.assignment_id == assignment_id, Review.verdict == "reject")
        .order_by(Review.id.desc())
        .limit(1)
    )
    return found


async def hold_dispute(session: WriteSession, *, actor: Actor, dispute_id: UUID) -> tuple[Dispute, UUID]:
    """One dispute, locked until the transaction ends, and the submission it is about.

    Raises:
        NoSuchDisputeError: not there, not theirs to see, about their own work or their own verdict.
    """
    found = await session.execute(
        select(Dispute, Review.submission_id)
        .join(Project, Project.id == Dispute.project_id)
        .join(Review, Review.id == Dispute.review_id)
        .where(Dispute.id == dispute_id, _may_decide(actor))
        .with_for_update(of=Dispute)
    )
    row = found.first()
    if row is None:
        raise NoSuchDisputeError
    return row[0], row[1]
