"""Parts of sittings that wait for a grader, and one of them as the grader sees it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from preceptor.hiring.queries import exam_terms
from preceptor.hiring.rules import Criterion
from preceptor.kinds.registry import task_kind
from preceptor.lib.db import ReadSession, WriteSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules import DAILY_MINUTES, Actor, Permission
from preceptor.people.tables import Person
from preceptor.projects.queries import form_at
from preceptor.projects.queries.projects import visible_to
from preceptor.projects.tables import Project
from preceptor.quality.queries.holds import at_it, in_hands
from preceptor.quality.queries.offered import check_content, content_of, held_back, offered_to
from preceptor.quality.queries.waiting import newest_revisions
from preceptor.quality.rules.held_back import HeldBack
from preceptor.quality.tables import ExamResult, PartGrade
from preceptor.work.queries.masks import masks_of
from preceptor.work.queries.submissions import GivenBack, given_back_of
from preceptor.work.queries.turns import turns_of
from preceptor.work.queries.views import FormPart, ItemPart, ReasonView, TurnView, turn_views, warnings_of
from preceptor.work.tables import Assignment, Item, ItemKey, Sitting, Submission, SubmissionBody

MOST_LISTED = 100


class NoSuchPartError(NotFoundError):
    """There is no such part, it is not handed in or needs no grader, or it is not the actor's to grade."""

    code = "no_such_part"
    title = _("There is nothing to grade here, or it is not yours to grade.")


class PartRow(msgspec.Struct, frozen=True, kw_only=True):
    """A part that waits for a grader.

    Attributes:
        trainer: the pseudonym.
        reported: its person said that it is at fault.
        in_hands: `you` or `colleague`, who is at it just now; empty where nobody is.
    """

    item_id: UUID
    project_title: str
    project_slug: str
    trainer: str
    reported: bool
    ended_at: datetime
    in_hands: str = ""


class PartsToGrade(msgspec.Struct, frozen=True):
    """What waits for a grader. `held_back`: what else waits and is not offered to the reader, and why."""

    rows: list[PartRow]
    held_back: list[HeldBack]


class HeldPart(msgspec.Struct, frozen=True):
    """A part that the actor may grade."""

    sitting_id: UUID
    project_id: UUID
    assignment_id: UUID
    reported: bool


class PartView(msgspec.Struct, frozen=True, kw_only=True):
    """A part as its grader sees it: the work as it was, without anything that tells who anybody is."""

    item_id: UUID
    project_slug: str
    project_title: str
    kind: str
    trainer: str
    reported: bool
    given_back: GivenBack | None
    item: ItemPart
    form: FormPart
    turns: list[TurnView]
    answer: dict[str, Any] | None
    rubric: tuple[Criterion, ...]
    submitted_at: datetime | None
    active_ms: int
    content_warnings: list[ReasonView] = []


def _gradable(actor: Actor) -> Select[Sitting, Item, Assignment, Project, str]:
    """Parts that the actor may grade: of others, of exams that they have not failed themselves."""
    paper = exists().where(ItemKey.item_id == Item.paper_id, ItemKey.by_hand)
    return (
        select(Sitting, Item, Assignment, Project, Person.pseudonym)
        .join(Item, Item.sitting_id == Sitting.id)
        .join(Assignment, Assignment.item_id == Item.id)
        .join(Project, Project.id == Sitting.project_id)
        .join(Person, Person.id == Sitting.person_id)
        .where(
            Sitting.state == "handed_in",
            Sitting.person_id != actor.person_id,
            # Said twice, so that an index of what waits is enough.
            Assignment.project_id == Sitting.project_id,
            Assignment.state.in_(("submitted", "reported")),
            or_(and_(Assignment.state == "submitted", paper), Assignment.state == "reported"),
            ~exists().where(PartGrade.item_id == Item.id),
            ~exists().where(ExamResult.sitting_id == Sitting.id),
            _not_sitting(actor),
            visible_to(actor),
        )
    )


def _not_sitting(actor: Actor) -> ColumnElement[bool]:
    """Whoever sits an exam, or failed it, does not grade it: they would see what others answer."""
    other = aliased(Sitting)
    passed = exists().where(ExamResult.sitting_id == other.id, ExamResult.passed)
    return ~exists().where(other.project_id == Project.id, other.person_id == actor.person_id, ~passed)


async def list_parts_to_grade(
    session: ReadSession, *, actor: Actor, daily_minutes: int = DAILY_MINUTES, now: datetime
) -> PartsToGrade:
    """Parts that wait for a grader, the longest waiting first: those that the actor may take, and what they are at.

    `daily_minutes`: with content of one category, where an exam does not say.

    Raises:
        MissingPermissionError: the actor may not decide reviews.
    """
    actor.require(Permission.REVIEW_DECIDE)
    offered = await offered_to(session, actor=actor, now=now, daily_minutes=daily_minutes)
    waiting = _gradable(actor).where(~at_it(actor, Item.id))
    listed = _gradable(actor).where(or_(at_it(actor, Item.id), offered.may_see()))
    rows = list(await session.execute(listed.order_by(Sitting.ended_at, Item.id).limit(MOST_LISTED)))
    hands = await in_hands(session, actor=actor, subject_ids=[row[1].id for row in rows])
    parts = [
        PartRow(
            item_id=item.id,
            project_title=project.title,
            project_slug=project.slug,
            trainer=pseudonym,
            reported=assignment.state == "reported",
            ended_at=sitting.ended_at or sitting.due_at,
            in_hands=hands.get(item.id, ""),
        )
        for sitting, item, assignment, project, pseudonym in rows
    ]
    return PartsToGrade(parts, await held_back(session, offered=offered, waiting=waiting))


async def hold_part(session: WriteSession, *, actor: Actor, item_id: UUID) -> HeldPart:
    """A part that the actor may grade.

    Raises:
        NoSuchPartError: there is none for them.
    """
    row = (await session.execute(_gradable(actor).where(Item.id == item_id))).first()
    if row is None:
        raise NoSuchPartError
    return HeldPart(row[0].id, row[0].project_id, row[2].id, row[2].state == "reported")


async def access_part(
    session: ReadSession, *, actor: Actor, item_id: UUID, daily_minutes: int = DAILY_MINUTES, now: datetime
) -> PartView:
    """A part with everything its grader needs. `daily_minutes`: with content of one kind, if the exam does not say.

    Raises:
        MissingPermissionError: the actor may not decide reviews.
        NoSuchPartError: there is none for them.
        NotReadyError: they are not at it yet, and it shows content that they are not to be shown now.
        UnknownKindError: the plug-in that brought its task kind is gone.
    """
    actor.require(Permission.REVIEW_DECIDE)
    row = (await session.execute(_gradable(actor).where(Item.id == item_id))).first()
    if row is None:
        raise NoSuchPartError
    _sitting, item, assignment, project, pseudonym = row
    if (await in_hands(session, actor=actor, subject_ids=[item_id])).get(item_id) != "you":
        await check_content(session, actor=actor, assignment_id=assignment.id, daily_minutes=daily_minutes, now=now)
    kind = task_kind(project.kind)
    newest = (await newest_revisions(session, assignment_ids=[assignment.id])).get(assignment.id)
    handed_in = None
    if newest is not None:
        handed_in = (
            await session.execute(
                select(Submission, SubmissionBody)
                .join(SubmissionBody, SubmissionBody.submission_id == Submission.id)
                .where(Submission.id == newest)
            )
        ).first()
    form = await form_at(session, project_id=project.id, version=assignment.form_version)
    settings, content = kind.decode_settings(form.settings), kind.decode_item(item.content)
    records = await turns_of(
        await session.driver(),
        assignment_id=assignment.id,
        item_id=item.id,
        given=kind.given_turn(content),
        asks_models=kind.may_ask(settings, content),
    )
    masks = await masks_of(await session.driver(), kind=kind, item_ids=[item.id])
    content = masks.over(content, settings=settings, item_id=item.id)
    return PartView(
        item_id=item.id,
        project_slug=project.slug,
        project_title=project.title,
        kind=project.kind,
        trainer=pseudonym,
        reported=assignment.state == "reported",
        given_back=await given_back_of(session, assignment.id),
        item=ItemPart(item.id, item.brief, item.topic, kind.item_shown_in(settings, content)),
        form=FormPart(assignment.form_version, kind.settings_shown(settings)),
        turns=turn_views(records),
        answer=None if handed_in is None or handed_in[1].erased_at else handed_in[1].content,
        rubric=(await exam_terms(session, project_id=project.id)).rubric,
        submitted_at=None if handed_in is None else handed_in[0].submitted_at,
        active_ms=assignment.active_ms,
        content_warnings=warnings_of(await content_of(session, assignment_id=assignment.id)),
    )
