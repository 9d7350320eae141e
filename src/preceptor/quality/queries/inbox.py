"""The reviewers' inbox: what waits, project by project, and what one has decided."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, TextClause, and_, func, not_, select

from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.people.rules import DAILY_MINUTES, Actor, Permission
from preceptor.people.tables import Person
from preceptor.projects.queries import access_project
from preceptor.projects.queries.projects import visible_to
from preceptor.projects.rules import ProjectRules
from preceptor.projects.tables import Project
from preceptor.quality.queries.holding import IS_CLAIMED
from preceptor.quality.queries.offered import offered_to
from preceptor.quality.queries.open_reviews import (
    IS_OPEN,
    Group,
    given,
    in_group,
    is_free_for,
    offered_of,
    oldest_open,
    open_groups,
    reviews_held_back,
)
from preceptor.quality.queries.reviews import PastReview, past_review
from preceptor.quality.rules import EmptyReason, Waiting, why_empty
from preceptor.quality.rules.held_back import HeldBack
from preceptor.quality.tables import Review
from preceptor.work.queries.summaries import summary_of
from preceptor.work.tables import Assignment, Item, Submission

PAGE_SIZE = 50

Listed = Select[Review, datetime, Item, Project, str]
"""A query of reviews with when the answer came in, its item and project, and its trainer's pseudonym."""


class InboxProject(msgspec.Struct, frozen=True):
    """A project with work that waits for reviews. `oldest_at`: since when the oldest of it waits."""

    slug: str
    title: str
    open: int
    oldest_at: datetime


class InboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that waits for a verdict. `kept`: it came back from rework and is kept for the reader for a while."""

    id: UUID
    project_slug: str
    project_title: str
    summary: str
    trainer: str
    submitted_at: datetime
    round: int
    kept: bool


class Inbox(msgspec.Struct, frozen=True):
    """What a reviewer can do now.

    Attributes:
        projects: those with something to review, the longest waiting first.
        held: what the reader has begun and not decided, in any project.
        page: what waits and is offered to the reader, oldest first.
        reason: why there is nothing, where there is nothing.
        held_back: what else waits and is not offered to them, and why.
    """

    projects: list[InboxProject]
    held: list[InboxRow]
    page: Page[InboxRow]
    reason: EmptyReason | None
    held_back: list[HeldBack]


class DecidedRow(msgspec.Struct, frozen=True):
    """An answer the reader has given a verdict on."""

    id: UUID
    project_title: str
    summary: str
    trainer: str
    decision: PastReview


async def list_inbox(
    session: ReadSession,
    *,
    actor: Actor,
    now: datetime,
    slug: str | None = None,
    cursor: str | None = None,
    daily_minutes: int = DAILY_MINUTES,
) -> Inbox:
    """What waits for the actor to review, oldest first; in one project where `slug` names it. Never their own work.

    It lists and counts what they may take, and no other: `held_back` says why not the rest. Who reads reviews without
    deciding any is offered none, so that nothing is held back from them either. `daily_minutes`: with content of one
    category, where a project does not say.

    Raises:
        MissingPermissionError: the actor may not read reviews.
        NoSuchProjectError: no such project, or not theirs to see.
        BadCursorError: the cursor was made for another list.
    """
    actor.require(Permission.REVIEW_READ)
    if slug is not None:
        await access_project(session, actor=actor, slug=slug)
    offered = None
    if actor.may(Permission.REVIEW_DECIDE):
        offered = await offered_to(session, actor=actor, now=now, daily_minutes=daily_minutes)
    groups = await open_groups(session, actor=actor)
    projects = await _projects(session, actor, now, offered_of(groups, offered))
    held = await _rows(session, _listed(actor, None).where(IS_CLAIMED, Review.reviewer_id == actor.person_id), actor)
    here = groups if slug is None else await open_groups(session, actor=actor, slug=slug)
    ids = await oldest_open(
        session,
        groups=offered_of(here, offered),
        actor=actor,
        now=now,
        limit=PAGE_SIZE + 1,
        after=decode_cursor(cursor, tuple[UUID])[0] if cursor else None,
    )
    rows = await _rows(session, _listed(actor, slug).where(Review.id.in_(ids)), actor)
    more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    page = Page(rows, encode_cursor(rows[-1].id) if more else None)
    nothing = not rows and not held and cursor is None
    kept: list[HeldBack] = []
    if offered is not None:
        kept = await reviews_held_back(session, groups=here, offered=offered, actor=actor, now=now)
    reason = await _why_nothing(session, actor, slug, now, kept) if nothing else None
    return Inbox(projects, held, page, reason, kept)


def _listed(actor: Actor, slug: str | None) -> Listed:
    query = (
        select(Review, Submission.submitted_at, Item, Project, Person.pseudonym)
        .join(Submission, Submission.id == Review.submission_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Item, Item.id == Assignment.item_id)
        .join(Project, Project.id == Review.project_id)
        .join(Person, Person.id == Review.trainer_id)
        .where(visible_to(actor))
        .order_by(Review.id)
    )
    return query if slug is None else query.where(Project.slug == slug)


async def _rows(session: ReadSession, query: Listed, actor: Actor) -> list[InboxRow]:
    return [
        InboxRow(
            id=review.id,
            project_slug=project.slug,
            project_title=project.title,
            summary=_summary(project, item),
            trainer=pseudonym,
            submitted_at=submitted_at,
            round=review.round,
            kept=review.state == "open" and review.reviewer_id == actor.person_id,
        )
        for review, submitted_at, item, project, pseudonym in await session.execute(query)
    ]


def _summary(project: Project, item: Item) -> str:
    return summary_of(kind=project.kind, content=item.content, brief=item.brief, topic=item.topic)


async def _projects(session: ReadSession, actor: Actor, now: datetime, groups: Sequence[Group]) -> list[InboxProject]:
    if not groups:
        return []
    of = given(groups)
    rows = await session.execute(
        select(Project.slug, Project.title, func.count(), func.min(Review.created_at))
        .select_from(of)
        .join(Review, in_group(of))
        .join(Project, Project.id == of.c.project_id)
        .where(is_free_for(actor, now))
        .group_by(Project.id)
        .order_by(func.min(Review.created_at))
    )
    return [InboxProject(*row) for row in rows]


async def why_nothing(
    session: ReadSession, *, actor: Actor, slug: str | None, now: datetime, daily_minutes: int = DAILY_MINUTES
) -> EmptyReason:
    """Why there is nothing to review for the actor (in the project)."""
    offered = await offered_to(session, actor=actor, now=now, daily_minutes=daily_minutes)
    groups = await open_groups(session, actor=actor, slug=slug)
    kept = await reviews_held_back(session, groups=groups, offered=offered, actor=actor, now=now)
    return await _why_nothing(session, actor, slug, now, kept)


async def _why_nothing(
    session: ReadSession, actor: Actor, slug: str | None, now: datetime, kept: Sequence[HeldBack]
) -> EmptyReason:
    if kept:
        reason = kept[0].reason
        return EmptyReason(reason.code.value, reason.text, reason.hint, reason.link, reason.until)
    rules = select(Project.rules).where(visible_to(actor), Project.state != "draft")
    rows = list(await session.scalars(rules if slug is None else rules.where(Project.slug == slug)))
    shares = [msgspec.convert(row, ProjectRules).review_share for row in rows]
    is_own = Review.trainer_id == actor.person_id
    is_kept = and_(not_(is_own), not_(is_free_for(actor, now)))
    return why_empty(
        Waiting(
            projects=len(shares),
            asking=sum(share > 0 for share in shares),
            own=await _count(session, actor, slug, IS_OPEN, is_own),
            kept=await _count(session, actor, slug, IS_OPEN, is_kept),
            taken=await _count(session, actor, slug, IS_CLAIMED, Review.reviewer_id.is_not(None), not_(is_own)),
        )
    )


async def _count(
    session: ReadSession, actor: Actor, slug: str | None, *conditions: ColumnElement[bool] | TextClause
) -> int:
    query = select(func.count()).select_from(Review).join(Project, Project.id == Review.project_id)
    query = query.where(visible_to(actor), *conditions)
    return int(await session.scalar(query if slug is None else query.where(Project.slug == slug)) or 0)


async def list_decided(session: ReadSession, *, actor: Actor, cursor: str | None = None) -> Page[DecidedRow]:
    """The verdicts the actor has given, newest first (by when the answer came in).

    Raises:
        MissingPermissionError: the actor may not read reviews.
        BadCursorError: the cursor was made for another list.
    """
    actor.require(Permission.REVIEW_READ)
    query = _listed(actor, None).where(Review.reviewer_id == actor.person_id, Review.state == "decided")
    if cursor:
        query = query.where(Review.id < decode_cursor(cursor, tuple[UUID])[0])
    query = query.order_by(None).order_by(Review.id.desc()).limit(PAGE_SIZE + 1)
    found: Sequence[Any] = list(await session.execute(query))
    rows = [
        DecidedRow(review.id, project.title, _summary(project, item), pseudonym, past_review(review, actor))
        for review, _at, item, project, pseudonym in found[:PAGE_SIZE]
    ]
    return Page(rows, encode_cursor(rows[-1].id) if len(found) > PAGE_SIZE else None)
