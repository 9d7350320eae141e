"""Reviews locked for a change, as those see them who may."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, select, text

from preceptor.kinds.registry import task_kind
from preceptor.kinds.task import TaskKind
from preceptor.lib.db import WriteSession
from preceptor.people.rules import Actor
from preceptor.projects.queries import form_at
from preceptor.projects.queries.projects import visible_to
from preceptor.projects.rules import ProjectRules
from preceptor.projects.tables import Project
from preceptor.quality.queries.offered import Offered
from preceptor.quality.queries.open_reviews import (
    IS_OPEN,
    PLACE,
    given,
    heads,
    in_group,
    is_free_for,
    offered_of,
    open_groups,
    within,
)
from preceptor.quality.queries.reviews import NoSuchReviewError
from preceptor.quality.tables import Review
from preceptor.work.tables import Submission

# Spelled out, so that the planner sees that the partial indexes serve whatever the parameters are.
IS_CLAIMED = text("review.state = 'claimed'")


class HeldReview(msgspec.Struct, frozen=True):
    """A review locked until the transaction ends, with what deciding it needs to know."""

    row: Review
    kind: str
    rules: ProjectRules


class ReviewedForm(msgspec.Struct, frozen=True):
    """The form an answer was given under."""

    kind: TaskKind[Any, Any, Any]
    settings: Any


def _visible(actor: Actor, slug: str | None) -> Select[Review]:
    query = select(Review).join(Project, Project.id == Review.project_id).where(visible_to(actor))
    return query if slug is None else query.where(Project.slug == slug)


async def hold_review(session: WriteSession, *, actor: Actor, review_id: UUID) -> HeldReview:
    """One review, locked until the transaction ends.

    Raises:
        NoSuchReviewError: not there, not theirs to see, or a look at their own work.
    """
    found = await session.execute(
        select(Review, Project.kind, Project.rules)
        .join(Project, Project.id == Review.project_id)
        .where(Review.id == review_id, Review.trainer_id != actor.person_id, visible_to(actor))
        .with_for_update(of=Review)
    )
    row = found.first()
    if row is None:
        raise NoSuchReviewError
    return HeldReview(row[0], row[1], msgspec.convert(row[2], ProjectRules))


async def hold_own_claim(session: WriteSession, *, actor: Actor, slug: str | None) -> Review | None:
    """What the actor has in hands already (in the project), oldest first."""
    query = _visible(actor, slug).where(IS_CLAIMED, Review.reviewer_id == actor.person_id)
    found: Review | None = await session.scalar(query.order_by(Review.id).limit(1).with_for_update(of=Review))
    return found


async def hold_next_open(
    session: WriteSession, *, actor: Actor, slug: str | None, offered: Offered, now: datetime
) -> Review | None:
    """The next open review for the actor: what is kept for them first, then the oldest.

    Passes over what is locked, and over what they are not offered: the same as their inbox lists. It reads none of
    that, however much of it there is.
    """
    groups = offered_of(await open_groups(session, actor=actor, slug=slug), offered)
    if not groups:
        return None
    of = given(groups)
    kept = select(Review).join(of, in_group(of)).where(Review.reviewer_id == actor.person_id, is_free_for(actor, now))
    queries = [kept.order_by(Review.id)]
    first = await heads(session, groups=groups, actor=actor, now=now)
    queries += [select(Review).where(within(one), is_free_for(actor, now)).order_by(*PLACE) for one in first]
    for query in queries:
        oldest = query.limit(1).with_for_update(of=Review, skip_locked=True)
        found: Review | None = await session.scalar(oldest)
        if found is not None:
            return found
    return None


async def hold_open_of(session: WriteSession, *, assignment_ids: list[UUID]) -> list[Review]:
    """The open reviews of these answers. Those somebody else has locked are passed over."""
    query = select(Review).where(Review.assignment_id.in_(assignment_ids), IS_OPEN).order_by(Review.id)
    return list(await session.scalars(query.with_for_update(skip_locked=True)))


async def hold_expired(session: WriteSession, *, now: datetime, limit: int) -> list[Review]:
    """Claimed reviews whose time has run out."""
    query = select(Review).where(IS_CLAIMED, Review.reviewer_id.is_not(None), Review.lease_until < now)
    return list(await session.scalars(query.order_by(Review.id).limit(limit).with_for_update(skip_locked=True)))


async def form_of(session: WriteSession, *, kind: str, submission_id: UUID) -> ReviewedForm:
    """The form that a submission was given under."""
    submission = await session.get_one(Submission, submission_id)
    task = task_kind(kind)
    form = await form_at(session, project_id=submission.project_id, version=submission.form_version)
    return ReviewedForm(task, task.decode_settings(form.settings))
