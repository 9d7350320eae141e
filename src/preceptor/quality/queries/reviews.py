"""One review: everything the trainer saw and answered, without anything that tells who anybody is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.kinds.registry import task_kind
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules import DAILY_MINUTES, Actor, Permission
from preceptor.people.tables import Person
from preceptor.projects.queries import form_at
from preceptor.projects.queries.projects import visible_to
from preceptor.projects.rules import ProjectRules
from preceptor.projects.tables import Project
from preceptor.quality.queries.comparing import ShownChange, changes_between, contents_of
from preceptor.quality.queries.offered import check_content, looks_back
from preceptor.quality.rules import (
    REJECT_REASONS,
    RETURN_REASONS,
    VERDICT_NAMES,
    Verdict,
    kept_from,
    may_return,
    no_more_rounds,
    reason_label,
)
from preceptor.quality.tables import Review
from preceptor.work.queries.masks import masks_of
from preceptor.work.queries.turns import shown_turns, turns_of
from preceptor.work.queries.views import FormPart, ItemPart, ReasonView, TurnView, turn_views, warnings_of
from preceptor.work.rules.readiness import announced_in
from preceptor.work.tables import Assignment, Item, Submission


class NoSuchReviewError(NotFoundError):
    """There is no such review, it is not the actor's to see, or it looks at their own work."""

    code = "no_such_review"
    title = _("There is no such review, or it is not yours to see.")


class PastReview(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict that was given. Who gave it is not told; `mine` says that it was the reader."""

    round: int
    verdict: Verdict
    verdict_label: str
    reason: str | None
    reason_label: str | None
    note: str
    decided_at: datetime
    mine: bool


class ReviewedProject(msgspec.Struct, frozen=True):
    """What a reviewer is told of the project."""

    slug: str
    title: str
    kind: str


class ReviewClock(msgspec.Struct, frozen=True):
    """The time the trainer took, over all rounds, in milliseconds."""

    active_ms: int
    waiting_ms: int
    idle_ms: int
    paused_ms: int


class ReasonChoice(msgspec.Struct, frozen=True):
    """A reason of a closed list. `no_pay`: a rejection for it takes back what the answer earned."""

    key: str
    label: str
    no_pay: bool


class ReviewView(msgspec.Struct, frozen=True, kw_only=True):
    """A review as those see it who may.

    Attributes:
        state: open, claimed, decided or void.
        mine: the reader holds it, or has decided it.
        may_claim, may_decide: what the reader can do with it now.
        round: how often the answer has been reworked; `no_return` says why it cannot be returned (again).
        trainer: their pseudonym.
        submission_id, revision: what is looked at.
        answer: the kind's content of that revision.
        before: the answer as it was when it was returned, in later rounds.
        correction: the answer as the reviewer corrected it.
        changes: from `before` to the answer, or from the answer to the correction where there is one.
        previous: verdicts of earlier rounds, oldest first.
        decision: this review's own verdict.
        content_warnings: content that the answer may show, as it was announced to its trainer or is announced by now.
    """

    id: UUID
    state: str
    mine: bool
    may_claim: bool
    may_decide: bool
    lease_until: datetime | None
    round: int
    no_return: str | None
    trainer: str
    submitted_at: datetime
    submission_id: UUID
    revision: int
    project: ReviewedProject
    item: ItemPart
    form: FormPart
    guidelines_version: int
    turns: list[TurnView]
    answer: dict[str, Any]
    clock: ReviewClock
    before: dict[str, Any] | None
    correction: dict[str, Any] | None
    changes: list[ShownChange]
    previous: list[PastReview]
    decision: PastReview | None
    return_reasons: list[ReasonChoice]
    reject_reasons: list[ReasonChoice]
    content_warnings: list[ReasonView] = []


async def access_review(
    session: ReadSession, *, actor: Actor, review_id: UUID, daily_minutes: int = DAILY_MINUTES, now: datetime
) -> ReviewView:
    """One review with everything its reviewer needs.

    What they hold or have decided they see whatever it shows; `daily_minutes` as everywhere: with content of one
    category, where the project does not say.

    Raises:
        MissingPermissionError: the actor may not read reviews.
        NoSuchReviewError: not there, not theirs to see, or a look at their own work.
        NotReadyError: it waits, and shows content that they are not to be shown now as work of theirs.
        UnknownKindError: the plug-in that brought its task kind is gone.
    """
    actor.require(Permission.REVIEW_READ)
    found = await session.execute(
        select(Review, Submission, Assignment, Item, Project, Person.pseudonym)
        .join(Submission, Submission.id == Review.submission_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Item, Item.id == Assignment.item_id)
        .join(Project, Project.id == Review.project_id)
        .join(Person, Person.id == Review.trainer_id)
        .where(Review.id == review_id, Review.trainer_id != actor.person_id, visible_to(actor))
    )
    row = found.first()
    if row is None:
        raise NoSuchReviewError
    review, submission, assignment, item, project, pseudonym = row
    mine = review.reviewer_id == actor.person_id and review.state in {"claimed", "decided"}
    if actor.may(Permission.REVIEW_DECIDE) and not mine and not looks_back(actor, waits=review.state == "open"):
        await check_content(session, actor=actor, assignment_id=assignment.id, daily_minutes=daily_minutes, now=now)
    kind = task_kind(project.kind)
    form = await form_at(session, project_id=project.id, version=submission.form_version)
    settings = kind.decode_settings(form.settings)
    content = kind.decode_item(item.content)
    records = await turns_of(
        await session.driver(),
        assignment_id=assignment.id,
        item_id=item.id,
        given=kind.given_turn(content),
        asks_models=kind.may_ask(settings, content),
    )
    earlier = await _earlier(session, review)
    before_id = (earlier[-1].correction_id or earlier[-1].submission_id) if earlier else None
    contents = await contents_of(session, [submission.id, before_id, review.correction_id])
    answer = contents[submission.id]
    before = contents.get(before_id) if before_id else None
    correction = contents.get(review.correction_id) if review.correction_id else None
    pair = (answer, correction) if correction else (before, answer)
    rules = msgspec.convert(project.rules, ProjectRules)
    most_rounds = rules.max_rework_rounds
    is_kept = kept_from(reviewer_id=review.reviewer_id, until=review.lease_until, person_id=actor.person_id, now=now)
    decides = actor.may(Permission.REVIEW_DECIDE)
    masks = await masks_of(await session.driver(), kind=kind, item_ids=[item.id])
    content = masks.over(content, settings=settings, item_id=item.id)
    return ReviewView(
        id=review.id,
        state=review.state,
        mine=mine,
        may_claim=decides and review.state == "open" and not is_kept,
        may_decide=decides and review.state == "claimed" and mine,
        lease_until=review.lease_until if review.state == "claimed" else None,
        round=review.round,
        no_return=None
        if may_return(round_=review.round, most_rounds=most_rounds)
        else str(no_more_rounds(most_rounds)),
        trainer=pseudonym,
        submitted_at=submission.submitted_at,
        submission_id=submission.id,
        revision=submission.revision,
        project=ReviewedProject(project.slug, project.title, project.kind),
        item=ItemPart(item.id, item.brief, item.topic, kind.item_shown_in(settings, content)),
        form=FormPart(submission.form_version, kind.settings_shown(settings)),
        guidelines_version=submission.guidelines_version,
        turns=turn_views(records),
        answer=answer,
        clock=ReviewClock(assignment.active_ms, assignment.waiting_ms, assignment.idle_ms, assignment.paused_ms),
        before=before,
        correction=correction,
        changes=changes_between(kind, settings, shown_turns(records), *pair),
        previous=[past_review(one, actor) for one in earlier],
        decision=past_review(review, actor) if review.state == "decided" else None,
        return_reasons=_choices(Verdict.RETURN),
        reject_reasons=_choices(Verdict.REJECT),
        content_warnings=warnings_of(announced_in(lane=item.lane, rules=rules, at_the_time=assignment.categories)),
    )


async def _earlier(session: ReadSession, review: Review) -> Sequence[Review]:
    """Reviews of the same answer in earlier rounds, oldest first."""
    rows = await session.scalars(
        select(Review)
        .where(Review.assignment_id == review.assignment_id, Review.round < review.round, Review.state == "decided")
        .order_by(Review.round)
    )
    return list(rows)


def past_review(review: Review, actor: Actor) -> PastReview:
    """A decided review as a reader sees it."""
    assert review.decided_at is not None
    verdict = Verdict(review.verdict or "")
    label = reason_label(verdict, review.reason)
    return PastReview(
        round=review.round,
        verdict=verdict,
        verdict_label=str(VERDICT_NAMES[verdict]),
        reason=review.reason,
        reason_label=None if label is None else str(label),
        note=review.note,
        decided_at=review.decided_at,
        mine=review.reviewer_id == actor.person_id,
    )


def _choices(verdict: Verdict) -> list[ReasonChoice]:
    reasons = RETURN_REASONS if verdict is Verdict.RETURN else REJECT_REASONS
    return [ReasonChoice(key, str(reason.label), reason.no_pay) for key, reason in reasons.items()]
