"""Asking and answering about a project, in front of everybody on it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ForbiddenError, InvalidError, TooManyError
from preceptor.lib.i18n import _, gettext
from preceptor.lib.text import plain_text
from preceptor.people.operations.notices import Told, notify
from preceptor.people.rules import Actor, Permission, reason_problems
from preceptor.projects.events import (
    AnswerChosen,
    PostRemoved,
    QuestionAnswered,
    QuestionAsked,
    QuestionFolded,
    QuestionPinned,
)
from preceptor.projects.queries.questions import (
    AnswerView,
    NoSuchQuestionError,
    QuestionView,
    access_discussion,
    access_question,
)
from preceptor.projects.rules import (
    ANSWER_WINDOW,
    MOST_ANSWERS,
    MOST_QUESTIONS,
    QUESTION_WINDOW,
    answer_problems,
    clean_line,
    clean_text,
    question_problems,
)
from preceptor.projects.tables import Question, QuestionAnswer, QuestionSeen


class TooManyPostsError(TooManyError):
    """More questions or answers than one person may write in that time."""

    title = _("You have written a lot here lately. Please wait a little, and look whether your question is answered.")
    code = "too_many_posts"


class NotYourQuestionError(ForbiddenError):
    """Only its author, a lead or a manager may say which answer settles a question."""

    title = _("Only whoever asked, a lead or a manager may choose the answer.")
    code = "not_your_question"


class QuestionTakenError(ForbiddenError):
    """A question that was answered belongs to everybody: its author cannot take it back."""

    title = _("Others have answered this question; only a manager can remove it now.")
    code = "question_taken"


async def ask_question(
    session: WriteSession, *, actor: Actor, slug: str, title: str, markdown: str = "", now: datetime
) -> UUID:
    """Ask something about a project, in front of everybody on it, and answer the question's id.

    Raises:
        NoSuchProjectError: there is no such project, or the actor does not take part in it.
        TooManyPostsError: ten questions in a day.
        InvalidError: no title, or a text that is too long.
    """
    project = await access_discussion(session, actor=actor, slug=slug)
    title, markdown = clean_line(title), clean_text(markdown)
    if problems := list(question_problems(title, markdown)):
        raise InvalidError(fields=problems)
    await _one_at_a_time(session, actor)
    recent = select(func.count()).where(
        Question.author_id == actor.person_id, Question.created_at > now - QUESTION_WINDOW
    )
    if (await session.scalar(recent) or 0) >= MOST_QUESTIONS:
        raise TooManyPostsError
    row = Question(
        project_id=project.id,
        author_id=actor.person_id,
        title=title,
        markdown=markdown,
        created_at=now,
        last_post_at=now,
        last_post_by=actor.person_id,
    )
    session.add(row)
    await session.flush()
    session.emit(QuestionAsked(actor_id=actor.person_id, subject_id=row.id, project_id=project.id))
    return row.id


async def _one_at_a_time(session: WriteSession, actor: Actor) -> None:
    """Two requests of one person wait for each other, so that limits hold."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"post:{actor.person_id}"))))


async def answer_question(
    session: WriteSession, *, actor: Actor, question_id: UUID, markdown: str, now: datetime
) -> UUID:
    """Answer a question and answer the answer's id. Whoever asked is told.

    Raises:
        NoSuchQuestionError: there is none, it was removed, or it is not for the actor.
        TooManyPostsError: thirty answers in an hour.
        InvalidError: nothing written, or too much.
    """
    question = await access_question(session, actor=actor, question_id=question_id)
    if question.removed:
        raise NoSuchQuestionError
    markdown = clean_text(markdown)
    if problems := list(answer_problems(markdown)):
        raise InvalidError(fields=problems)
    await _one_at_a_time(session, actor)
    recent = select(func.count()).where(
        QuestionAnswer.author_id == actor.person_id, QuestionAnswer.created_at > now - ANSWER_WINDOW
    )
    if (await session.scalar(recent) or 0) >= MOST_ANSWERS:
        raise TooManyPostsError
    row = QuestionAnswer(question_id=question_id, author_id=actor.person_id, markdown=markdown, created_at=now)
    session.add(row)
    await session.flush()
    asker = await session.scalar(
        update(Question)
        .where(Question.id == question_id)
        .values(last_post_at=now, last_post_by=actor.person_id)
        .returning(Question.author_id)
    )
    session.emit(
        QuestionAnswered(
            actor_id=actor.person_id, subject_id=question_id, project_id=question.project_id, answer_id=row.id
        )
    )
    if asker is not None and asker != actor.person_id:
        await notify(
            session,
            person_id=asker,
            kind="question.answered",
            text=lambda: Told(
                gettext("Your question has an answer: {title}").format(title=question.title), plain_text(markdown)[:500]
            ),
            link=_link(question),
        )
    return row.id


def _link(question: QuestionView) -> str:
    return f"/projects/{question.project_slug}/questions/{question.id}"


def _reply(question: QuestionView, answer_id: UUID) -> AnswerView:
    for reply in question.replies:
        if reply.id == answer_id:
            return reply
    raise NoSuchQuestionError


async def choose_answer(session: WriteSession, *, actor: Actor, question_id: UUID, answer_id: UUID | None) -> None:
    """Say which answer settles a question; None takes that back.

    Raises:
        NoSuchQuestionError: there is no such question or answer, or it was removed.
        NotYourQuestionError: the actor neither asked it, nor leads a team on the project, nor manages.
    """
    question = await access_question(session, actor=actor, question_id=question_id)
    if not question.may_choose:
        raise NotYourQuestionError
    if answer_id is not None and _reply(question, answer_id).removed_at is not None:
        raise NoSuchQuestionError
    await session.execute(update(Question).where(Question.id == question_id).values(answer_id=answer_id))
    session.emit(
        AnswerChosen(
            actor_id=actor.person_id, subject_id=question_id, project_id=question.project_id, answer_id=answer_id
        )
    )


async def pin_question(session: WriteSession, *, actor: Actor, question_id: UUID, pinned: bool) -> None:
    """Keep a question above the others, or not any more.

    Raises:
        MissingPermissionError: the actor may not moderate.
        NoSuchQuestionError: there is none.
    """
    actor.require(Permission.QUESTION_MODERATE)
    question = await access_question(session, actor=actor, question_id=question_id)
    await session.execute(update(Question).where(Question.id == question_id).values(pinned=pinned))
    session.emit(
        QuestionPinned(actor_id=actor.person_id, subject_id=question_id, project_id=question.project_id, pinned=pinned)
    )


async def note_folded(session: WriteSession, *, actor: Actor, question_id: UUID, version: int) -> None:
    """Write down that what a question taught went into a version of the guidelines.

    Raises:
        MissingPermissionError: the actor may not moderate.
        NoSuchQuestionError: there is none.
    """
    actor.require(Permission.QUESTION_MODERATE)
    question = await access_question(session, actor=actor, question_id=question_id)
    await session.execute(update(Question).where(Question.id == question_id).values(guidelines_version=version))
    session.emit(
        QuestionFolded(
            actor_id=actor.person_id, subject_id=question_id, project_id=question.project_id, version=version
        )
    )


async def remove_post(
    session: WriteSession,
    *,
    actor: Actor,
    question_id: UUID,
    answer_id: UUID | None = None,
    reason: str = "",
    now: datetime,
) -> None:
    """Remove a question, or one of its answers. Its author reads why; nobody else but managers sees it any more.

    One may take back what one wrote oneself, without a reason; a question only while nobody has answered.

    Raises:
        NoSuchQuestionError: there is none, or it was removed already.
        QuestionTakenError: it is the actor's own question, and others have answered.
        MissingPermissionError: somebody else wrote it and the actor may not moderate.
        InvalidError: somebody else wrote it and there is no reason.
    """
    question = await access_question(session, actor=actor, question_id=question_id)
    post = question if answer_id is None else _reply(question, answer_id)
    gone = question.removed if answer_id is None else _reply(question, answer_id).removed_at is not None
    if gone:
        raise NoSuchQuestionError
    reason = clean_text(reason)
    if not post.author.is_self:
        actor.require(Permission.QUESTION_MODERATE)
        if problems := list(reason_problems("reason", reason)):
            raise InvalidError(fields=problems)
    elif answer_id is None and not question.may_take_back and not question.may_moderate:
        raise QuestionTakenError
    values = {"removed_at": now, "removed_by": actor.person_id, "removed_reason": reason}
    if answer_id is None:
        changed = update(Question).where(Question.id == question_id).values(**values).returning(Question.author_id)
        writer = await session.scalar(changed)
    else:
        removed = update(QuestionAnswer).where(QuestionAnswer.id == answer_id).values(**values)
        writer = await session.scalar(removed.returning(QuestionAnswer.author_id))
        await session.execute(
            update(Question).where(Question.id == question_id, Question.answer_id == answer_id).values(answer_id=None)
        )
    session.emit(
        PostRemoved(
            actor_id=actor.person_id, subject_id=question_id, project_id=question.project_id, answer_id=answer_id
        )
    )
    if writer is not None and writer != actor.person_id:
        await notify(
            session,
            person_id=writer,
            kind="question.removed",
            text=lambda: Told(
                gettext("What you wrote was removed: {title}").format(title=question.title),
                gettext("Reason: {reason}").format(reason=reason),
            ),
            link=_link(question),
        )


async def see_question(session: WriteSession, *, actor: Actor, question_id: UUID, now: datetime) -> None:
    """Write down that the actor has read a question up to now. For callers that have just fetched it for them."""
    row = insert(QuestionSeen).values(question_id=question_id, person_id=actor.person_id, at=now)
    await session.execute(
        row.on_conflict_do_update(index_elements=["question_id", "person_id"], set_={"at": row.excluded.at})
    )
