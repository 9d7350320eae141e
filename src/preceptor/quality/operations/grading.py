"""Grading sittings of exams: by key, by people where something was written, and certifying whoever passed."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from preceptor.hiring.operations import application_exam_failed, application_exam_passed, certify_by_exam
from preceptor.hiring.queries import exam_terms
from preceptor.hiring.rules import ExamTerms, level_reached
from preceptor.kinds.registry import task_kind
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.i18n import _
from preceptor.people.operations.notices import Told, notify
from preceptor.people.rules import DAILY_MINUTES, SYSTEM, Actor, Permission
from preceptor.projects.queries import project_terms
from preceptor.projects.rules import ProjectTerms
from preceptor.quality.events import ExamDecided, PartGraded
from preceptor.quality.operations.holding import Signs, beat_hold, end_hold, lock_subject
from preceptor.quality.queries.exams import hold_part
from preceptor.quality.queries.sittings import GradedPart, graded_parts
from preceptor.quality.queries.waiting import newest_revisions
from preceptor.quality.rules.exams import grade_problems, marks_of
from preceptor.quality.tables import ExamResult, PartGrade
from preceptor.work.operations.stints import StintClock
from preceptor.work.operations.verdicts import accept
from preceptor.work.queries.sittings import SittingFacts, sitting_facts


class AlreadyGradedError(ConflictError):
    """A colleague graded this part, or the sitting is decided."""

    code = "already_graded"
    title = _("This part has been graded already.")


async def beat_part(
    session: WriteSession,
    *,
    actor: Actor,
    item_id: UUID,
    signs: Signs,
    daily_minutes: int = DAILY_MINUTES,
    now: datetime,
) -> StintClock:
    """A heartbeat of a grader: the first one takes the part, and their time with it is paid as reviewing is.

    `daily_minutes`: with content of one category, where the exam does not say.

    Raises:
        MissingPermissionError: the actor may not decide reviews.
        NoSuchPartError: not there, graded already, or not theirs to grade.
        HeldByColleagueError: a colleague is at it.
        NotReviewingError: a measure keeps them from new ones.
        NotReadyError: it shows content that they are not to be shown now.
    """
    actor.require(Permission.REVIEW_DECIDE)
    await lock_subject(session, subject_id=item_id)
    part = await hold_part(session, actor=actor, item_id=item_id)
    return await beat_hold(
        session,
        actor=actor,
        kind="part",
        subject_id=item_id,
        project_id=part.project_id,
        assignment_id=part.assignment_id,
        signs=signs,
        daily_minutes=daily_minutes,
        now=now,
    )


async def grade_part(
    session: WriteSession,
    *,
    actor: Actor,
    item_id: UUID,
    points: Mapping[str, int],
    note: str = "",
    left_out: bool = False,
    now: datetime,
) -> None:
    """Grade what was written in a part of a sitting, or decide about a part that its person reported.

    Args:
        session: the transaction.
        actor: the grader; their name stands by the result.
        item_id: the part.
        points: by criterion of the rubric; none where a reported part is left out or counts as not answered.
        note: what the person reads.
        left_out: a reported part is at fault, and counts for nothing.
        now: the time.

    Raises:
        MissingPermissionError: the actor may not decide reviews.
        NoSuchPartError: not there, not handed in yet, or not theirs to grade.
        AlreadyGradedError: it has been graded.
        HeldByColleagueError: a colleague is at it.
        InvalidError: points that the rubric does not have; `fields` says where.
    """
    actor.require(Permission.REVIEW_DECIDE)
    await lock_subject(session, subject_id=item_id)
    part = await hold_part(session, actor=actor, item_id=item_id)
    terms = await exam_terms(session, project_id=part.project_id)
    note = note.replace("\r\n", "\n").strip()
    rubric = () if part.reported else terms.rubric
    if problems := list(grade_problems(rubric, points, note)):
        raise InvalidError(fields=problems)
    made = await session.execute(
        insert(PartGrade)
        .values(
            item_id=item_id,
            sitting_id=part.sitting_id,
            points=dict(points),
            left_out=left_out and part.reported,
            note=note,
            grader_id=actor.person_id,
            at=now,
        )
        .on_conflict_do_nothing()
        .returning(PartGrade.item_id)
    )
    if made.first() is None:
        raise AlreadyGradedError
    await end_hold(session, actor=actor, subject_id=item_id, outcome="graded", now=now)
    session.emit(
        PartGraded(
            actor_id=actor.person_id,
            subject_id=item_id,
            project_id=part.project_id,
            sitting_id=part.sitting_id,
            left_out=left_out and part.reported,
        )
    )
    await settle(session, actor=actor, sitting_id=part.sitting_id, now=now)


async def settle(session: WriteSession, *, actor: Actor, sitting_id: UUID, now: datetime) -> bool:
    """Decide a sitting that was handed in, once every part has its score; True where it is decided now or was before.

    Whatever the order and number of calls, a sitting is decided once, certifies once, and pay is not touched.

    Raises:
        NoSuchExamError: the exam has no terms.
        UnknownKindError: the plug-in that brought its task kind is gone.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(sitting_id), 4))))
    if await session.get(ExamResult, sitting_id) is not None:
        return True
    sitting = await sitting_facts(session, sitting_id=sitting_id)
    if sitting is None or sitting.is_open:
        return False
    project = await project_terms(session, project_id=sitting.project_id)
    terms = await exam_terms(session, project_id=project.id)
    parts = await graded_parts(session, sitting=sitting, terms=terms, kind=task_kind(project.kind))
    scores = [part.score for part in parts if part.score is not None]
    if len(scores) < len(parts):
        return False
    marks = marks_of(scores)
    level = level_reached(terms, {mark.name: mark.mean for mark in marks})
    certificate_id = None
    if level is not None:
        certificate_id = await certify_by_exam(
            session,
            actor=actor,
            certification_id=terms.certification_id,
            person_id=sitting.person_id,
            level=level,
            exam_id=project.id,
            sitting_id=sitting_id,
            now=now,
        )
    session.add(
        ExamResult(
            sitting_id=sitting_id,
            project_id=project.id,
            person_id=sitting.person_id,
            passed=level is not None,
            level=level,
            marks=msgspec.to_builtins(marks),
            parts=msgspec.to_builtins(scores),
            certificate_id=certificate_id,
            decided_by=actor.person_id if actor.person_id.int else None,
            decided_at=now,
        )
    )
    await session.flush()
    await _accept(session, parts)
    decided = application_exam_failed if level is None else application_exam_passed
    await decided(session, person_id=sitting.person_id, exam_project_id=project.id, now=now)
    await _tell(session, sitting=sitting, project=project, terms=terms, level=level)
    session.emit(
        ExamDecided(
            actor_id=actor.person_id if actor.person_id.int else None,
            subject_id=sitting_id,
            project_id=project.id,
            person_id=sitting.person_id,
            passed=level is not None,
            level=level,
            certificate_id=certificate_id,
        )
    )
    return True


async def _accept(session: WriteSession, parts: list[GradedPart]) -> None:
    """The answers wait for no verdict any more. What they earned was booked when they ended."""
    waiting = [one.facts.assignment_id for one in parts if one.facts.state == "submitted" and one.facts.assignment_id]
    newest = await newest_revisions(session, assignment_ids=waiting)
    for assignment_id in waiting:
        await accept(session, actor=SYSTEM, assignment_id=assignment_id, submission_id=newest[assignment_id])


async def _tell(
    session: WriteSession, *, sitting: SittingFacts, project: ProjectTerms, terms: ExamTerms, level: int | None
) -> None:
    def told() -> Told:
        if level is not None:
            return Told(
                subject=str(_("You passed: {exam}").format(exam=project.title)),
                body=str(_("You reached level {level}. The page says how each part went.").format(level=level)),
            )
        body = _("You did not reach the marks this time. The page says what was missing and what to learn.")
        return Told(subject=str(_("The result of your exam: {exam}").format(exam=project.title)), body=str(body))

    del terms
    await notify(
        session,
        person_id=sitting.person_id,
        kind="exam.result",
        text=told,
        link=f"/exams/{project.slug}/sittings/{sitting.id}",
    )
