"""Questions about projects and their answers, as those see them who may."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, any_, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission, Role, TeamFunction
from preceptor.people.tables import Membership, Person
from preceptor.projects.queries.projects import NoSuchProjectError, ProjectView, access_project
from preceptor.projects.rules import MAX_SEARCH
from preceptor.projects.tables import Project, ProjectTeam, Question, QuestionAnswer, QuestionSeen

QUESTIONS_PAGE = 30


class Author(msgspec.Struct, frozen=True):
    """Who wrote something: by pseudonym for trainers, by name for managers.

    Attributes:
        name: as the reader may see it.
        function: `manager`, `lead` or `member`, which says how much the words weigh.
        is_self: the reader wrote it.
    """

    name: str
    function: TeamFunction
    is_self: bool


class QuestionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A question in a list."""

    id: UUID
    title: str
    author: Author
    created_at: datetime
    last_post_at: datetime
    answers: int
    is_answered: bool
    pinned: bool
    guidelines_version: int | None
    unread: bool
    removed: bool


class AnswerView(msgspec.Struct, frozen=True, kw_only=True):
    """An answer. Where it was removed, only its author and managers get it, with the reason."""

    id: UUID
    markdown: str
    author: Author
    created_at: datetime
    is_the_answer: bool
    removed_at: datetime | None
    removed_reason: str


class QuestionView(QuestionSummary, frozen=True, kw_only=True):
    """A question with its answers: the one that settles it first, then oldest first."""

    project_id: UUID
    project_slug: str
    project_title: str
    markdown: str
    replies: list[AnswerView]
    removed_reason: str
    may_choose: bool
    """The reader may say which answer settles it."""
    may_moderate: bool
    may_take_back: bool
    """The reader asked it, and nobody has answered."""


class NoSuchQuestionError(NotFoundError):
    """No question of this id, or not the actor's to see."""

    title = _("There is no such question, or it is not yours to see.")
    code = "no_such_question"


async def access_discussion(session: ReadSession, *, actor: Actor, slug: str) -> ProjectView:
    """A project whose questions the actor may read: managers, and the trainers of its teams. No client, ever.

    Raises:
        NoSuchProjectError: there is none at this address, or its questions are not for the actor.
    """
    project = await access_project(session, actor=actor, slug=slug)
    if not takes_part(actor, {team.id for team in project.teams}):
        raise NoSuchProjectError
    return project


def takes_part(actor: Actor, team_ids: Collection[UUID]) -> bool:
    """True for managers, and for trainers of one of these teams."""
    if actor.may(Permission.PROJECT_READ):
        return True
    return actor.may(Permission.WORK_DO) and bool(actor.team_ids & set(team_ids))


def _not_removed(actor: Actor) -> ColumnElement[bool]:
    if actor.may(Permission.QUESTION_MODERATE):
        return literal(True)
    return or_(Question.removed_at.is_(None), Question.author_id == actor.person_id)


async def list_questions(
    session: ReadSession,
    *,
    actor: Actor,
    slug: str,
    search: str = "",
    unanswered: bool = False,
    cursor: str | None = None,
) -> Page[QuestionSummary]:
    """The questions of a project: pinned ones, then those with the newest words; `search` looks into answers too.

    Raises:
        NoSuchProjectError: there is no such project, or its questions are not for the actor.
        BadCursorError: the cursor was made for another list.
    """
    project = await access_discussion(session, actor=actor, slug=slug)
    query = (
        select(Question, Person.name, Person.pseudonym, QuestionSeen.at)
        .join(Person, Person.id == Question.author_id)
        .outerjoin(
            QuestionSeen, and_(QuestionSeen.question_id == Question.id, QuestionSeen.person_id == actor.person_id)
        )
        .where(Question.project_id == project.id, _not_removed(actor))
        .order_by(Question.pinned.desc(), Question.last_post_at.desc(), Question.id.desc())
        .limit(QUESTIONS_PAGE + 1)
    )
    if search := search.strip()[:MAX_SEARCH]:
        within = (
            select(QuestionAnswer.question_id)
            .join(Question, Question.id == QuestionAnswer.question_id)
            .where(
                Question.project_id == project.id,
                QuestionAnswer.removed_at.is_(None),
                QuestionAnswer.markdown.icontains(search, autoescape=True),
            )
        )
        columns = (Question.title, Question.markdown)
        found = or_(*(column.icontains(search, autoescape=True) for column in columns), Question.id.in_(within))
        query = query.where(found)
    if unanswered:
        query = query.where(Question.answer_id.is_(None), Question.removed_at.is_(None))
    if cursor:
        pinned, at, question_id = decode_cursor(cursor, tuple[bool, datetime, UUID])
        # Descending in all three: one comparison of rows does it.
        key = tuple_(Question.pinned, Question.last_post_at, Question.id)
        query = query.where(key < tuple_(literal(pinned), literal(at), literal(question_id)))
    rows = list(await session.execute(query))
    shown = rows[:QUESTIONS_PAGE]
    functions = await _functions(session, project.id, {row[0].author_id for row in shown})
    counts = await _answer_counts(session, [row[0].id for row in shown])
    views = [
        QuestionSummary(**_common(actor, row, name, pseudonym, seen, functions, counts.get(row.id, 0)))
        for row, name, pseudonym, seen in shown
    ]
    last = shown[-1][0] if shown else None
    more = last is not None and len(rows) > QUESTIONS_PAGE
    return Page(views, encode_cursor(last.pinned, last.last_post_at, last.id) if more and last else None)


def _common(
    actor: Actor,
    row: Question,
    name: str,
    pseudonym: str,
    seen: datetime | None,
    functions: dict[UUID, TeamFunction],
    answers: int,
) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "author": author_of(actor, row.author_id, name, pseudonym, functions),
        "created_at": row.created_at,
        "last_post_at": row.last_post_at,
        "answers": answers,
        "is_answered": row.answer_id is not None,
        "pinned": row.pinned,
        "guidelines_version": row.guidelines_version,
        "unread": row.last_post_by != actor.person_id and (seen is None or seen < row.last_post_at),
        "removed": row.removed_at is not None,
    }


def author_of(actor: Actor, author_id: UUID, name: str, pseudonym: str, functions: dict[UUID, TeamFunction]) -> Author:
    """How the reader sees an author."""
    shown = name if actor.may(Permission.PROJECT_READ) else pseudonym
    return Author(shown, functions.get(author_id, TeamFunction.MEMBER), author_id == actor.person_id)


async def _functions(session: ReadSession, project_id: UUID, person_ids: Collection[UUID]) -> dict[UUID, TeamFunction]:
    """Which of these people are managers, or lead a team of the project."""
    teams = select(ProjectTeam.team_id).where(ProjectTeam.project_id == project_id)
    rows = await session.execute(
        select(Membership.person_id, Membership.function).where(
            Membership.person_id.in_(person_ids),
            Membership.team_id.in_(teams),
            Membership.function != TeamFunction.MEMBER.value,
        )
    )
    functions = {person_id: TeamFunction(function) for person_id, function in rows}
    managers = await session.scalars(
        select(Person.id).where(Person.id.in_(person_ids), literal(Role.MANAGER.value) == any_(Person.roles))
    )
    return functions | dict.fromkeys(managers, TeamFunction.MANAGER)


async def _answer_counts(session: ReadSession, question_ids: Collection[UUID]) -> dict[UUID, int]:
    rows = await session.execute(
        select(QuestionAnswer.question_id, func.count())
        .where(QuestionAnswer.question_id.in_(question_ids), QuestionAnswer.removed_at.is_(None))
        .group_by(QuestionAnswer.question_id)
    )
    return {row[0]: row[1] for row in rows}


async def access_question(session: ReadSession, *, actor: Actor, question_id: UUID) -> QuestionView:
    """A question and its answers.

    Raises:
        NoSuchQuestionError: there is none of this id, or it is not for the actor.
    """
    found = (
        await session.execute(
            select(Question, Person.name, Person.pseudonym, QuestionSeen.at, Project.slug)
            .join(Person, Person.id == Question.author_id)
            .join(Project, Project.id == Question.project_id)
            .outerjoin(
                QuestionSeen, and_(QuestionSeen.question_id == Question.id, QuestionSeen.person_id == actor.person_id)
            )
            .where(Question.id == question_id, _not_removed(actor))
        )
    ).first()
    if found is None:
        raise NoSuchQuestionError
    row, name, pseudonym, seen, slug = found
    try:
        project = await access_discussion(session, actor=actor, slug=slug)
    except NoSuchProjectError as error:
        raise NoSuchQuestionError from error
    writer = aliased(Person)
    rows = list(
        await session.execute(
            select(QuestionAnswer, writer.name, writer.pseudonym)
            .join(writer, writer.id == QuestionAnswer.author_id)
            .where(QuestionAnswer.question_id == question_id)
            .order_by(QuestionAnswer.id)
            .limit(500)
        )
    )
    may_moderate = actor.may(Permission.QUESTION_MODERATE)
    functions = await _functions(session, project.id, {row.author_id, *(one[0].author_id for one in rows)})
    replies = [
        AnswerView(
            id=answer.id,
            markdown=answer.markdown,
            author=author_of(actor, answer.author_id, own_name, own_pseudonym, functions),
            created_at=answer.created_at,
            is_the_answer=answer.id == row.answer_id,
            removed_at=answer.removed_at,
            removed_reason=answer.removed_reason,
        )
        for answer, own_name, own_pseudonym in rows
        if answer.removed_at is None or may_moderate or answer.author_id == actor.person_id
    ]
    standing = sum(answer.removed_at is None for answer, *_names in rows)
    leads = bool(actor.lead_team_ids & {team.id for team in project.teams})
    return QuestionView(
        **_common(actor, row, name, pseudonym, seen, functions, standing),
        project_id=project.id,
        project_slug=project.slug,
        project_title=project.title,
        markdown=row.markdown,
        replies=sorted(replies, key=lambda reply: not reply.is_the_answer),
        removed_reason=row.removed_reason,
        may_choose=row.removed_at is None and (may_moderate or leads or row.author_id == actor.person_id),
        may_moderate=may_moderate,
        may_take_back=row.author_id == actor.person_id and row.removed_at is None and not standing,
    )


async def unread_questions(session: ReadSession, *, actor: Actor, project_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many questions of each project hold words that the actor has not seen; projects without any are left out.

    For callers that have made sure that the actor takes part.
    """
    rows = await session.execute(
        select(Question.project_id, func.count())
        .outerjoin(
            QuestionSeen, and_(QuestionSeen.question_id == Question.id, QuestionSeen.person_id == actor.person_id)
        )
        .where(
            Question.project_id.in_(project_ids),
            Question.removed_at.is_(None),
            Question.last_post_by != actor.person_id,
            or_(QuestionSeen.at.is_(None), QuestionSeen.at < Question.last_post_at),
        )
        .group_by(Question.project_id)
    )
    return {row[0]: row[1] for row in rows}
