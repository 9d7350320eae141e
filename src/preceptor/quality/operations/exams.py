"""Beginning to sit an exam, where its terms and a person's history let them."""

from datetime import datetime
from uuid import UUID

from preceptor.hiring.queries import NoSuchExamError
from preceptor.hiring.rules import Refusal
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import project_terms
from preceptor.projects.rules import Purpose
from preceptor.quality.queries.chances import chance_of, missing_in_exam
from preceptor.work.operations.claiming import NotYourProjectError
from preceptor.work.operations.sittings import begin_sitting


class MayNotSitError(ConflictError):
    """The actor cannot begin a sitting now; `detail` says what would change it, `from` since when that is so."""

    code = "may_not_sit"
    title = _("You cannot begin this exam now.")


class ExamNotReadyError(ConflictError):
    """Some of the exam's items could not be graded, or its marks could not be reached."""

    code = "exam_not_ready"
    title = _("This exam is not ready yet: its manager still has to finish it.")


async def begin_exam(session: WriteSession, *, actor: Actor, slug: str, now: datetime) -> UUID:
    """Begin a sitting of an exam; its parts are taken like work. Answers the sitting's id.

    Raises:
        MissingPermissionError: the actor does no work.
        NoSuchProjectError, NoSuchExamError: there is no such exam.
        NotYourProjectError: none of their teams may sit it.
        MayNotSitError: not now; `detail` says why.
        ExamNotReadyError: its manager has to finish it.
        SittingOpenError, EmptyExamError, ProjectNotOpenError: as `begin_sitting` says.
    """
    actor.require(Permission.WORK_DO)
    project = await project_terms(session, slug=slug)
    if project.purpose is not Purpose.EXAM:
        raise NoSuchExamError
    if not project.is_worked_on_by(actor):
        raise NotYourProjectError
    chance = await chance_of(session, person_id=actor.person_id, project=project, now=now)
    if chance.refusal is not None:
        raise MayNotSitError(chance.refusal.text, detail=chance.refusal.hint, extra=_told(chance.refusal))
    if await missing_in_exam(session, project=project, terms=chance.terms):
        raise ExamNotReadyError
    return await begin_sitting(session, actor=actor, terms=project, days=chance.terms.days, now=now)


def _told(refusal: Refusal) -> dict[str, object]:
    return {"reason": refusal.code.value, "from": None if refusal.at is None else refusal.at.isoformat()}
