"""Saying what an exam asks and certifies."""

import msgspec
from sqlalchemy.dialects.postgresql import insert

from preceptor.hiring.events import ExamSet
from preceptor.hiring.operations.certifications import get_certification
from preceptor.hiring.rules.exams import ExamTerms, exam_problems
from preceptor.hiring.tables import Exam
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import access_project
from preceptor.projects.rules import Purpose


class NotAnExamError(ConflictError):
    """The project was made for another purpose."""

    title = _("This project is not an exam. Its purpose is chosen when it is made.")
    code = "not_an_exam"


async def set_exam(session: WriteSession, *, actor: Actor, slug: str, terms: ExamTerms) -> None:
    """Write down what an exam asks. Sittings that have not been decided yet are graded by what holds then.

    Raises:
        MissingPermissionError: the actor may not change projects.
        NoSuchProjectError, NoSuchCertificationError: there is none.
        NotAnExamError: the project has another purpose.
        InvalidError: something will not do; `fields` says what.
    """
    actor.require(Permission.PROJECT_WRITE)
    project = await access_project(session, actor=actor, slug=slug)
    if project.purpose is not Purpose.EXAM:
        raise NotAnExamError
    if problems := list(exam_problems(terms)):
        raise InvalidError(fields=problems)
    await get_certification(session, terms.certification_id)
    values = {name: getattr(terms, name) for name in ExamTerms.__struct_fields__}
    values |= {"levels": msgspec.to_builtins(terms.levels), "rubric": msgspec.to_builtins(terms.rubric)}
    await session.execute(
        insert(Exam)
        .values(project_id=project.id, **values)
        .on_conflict_do_update(index_elements=["project_id"], set_=values)
    )
    session.emit(
        ExamSet(
            actor_id=actor.person_id,
            subject_id=project.id,
            project_id=project.id,
            certification_id=terms.certification_id,
        )
    )
