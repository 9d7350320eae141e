"""What exams ask, and which of them certify for what."""

from collections.abc import Collection
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.hiring.rules import CertificationNeed
from preceptor.hiring.rules.exams import ExamTerms
from preceptor.hiring.tables import Certification, CertificationPrerequisite, Exam
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor
from preceptor.projects.queries.projects import visible_to
from preceptor.projects.rules import ProjectState, Purpose
from preceptor.projects.tables import Project


class NoSuchExamError(NotFoundError):
    """The project is no exam, or its terms have not been written yet."""

    title = _("There is no such exam, or it is not yours to see.")
    code = "no_such_exam"


class ExamLink(msgspec.Struct, frozen=True, kw_only=True):
    """An exam and where it is found. `path` leads trainers to it."""

    project_id: UUID
    slug: str
    title: str
    certification_id: UUID
    top_level: int
    minutes: int
    is_open: bool

    @property
    def path(self) -> str:
        """The exam's page."""
        return f"/exams/{self.slug}"


async def exam_terms(session: ReadSession, *, project_id: UUID) -> ExamTerms:
    """What an exam asks. For callers that have made sure who asks.

    Raises:
        NoSuchExamError: there are no terms for this project.
    """
    row = await session.get(Exam, project_id)
    if row is None:
        raise NoSuchExamError
    return to_terms(row)


def to_terms(row: Exam) -> ExamTerms:
    """The terms in a row."""
    names = [name for name in ExamTerms.__struct_fields__ if name not in {"levels", "rubric"}]
    return msgspec.convert(
        {name: getattr(row, name) for name in names} | {"levels": row.levels, "rubric": row.rubric}, ExamTerms
    )


async def prerequisites_of(session: ReadSession, *, certification_id: UUID) -> list[tuple[CertificationNeed, str]]:
    """What has to be held before a certification's exam, and the names of it."""
    rows = await session.execute(
        select(CertificationPrerequisite.needed_id, CertificationPrerequisite.level, Certification.name)
        .join(Certification, Certification.id == CertificationPrerequisite.needed_id)
        .where(CertificationPrerequisite.certification_id == certification_id)
        .order_by(Certification.name)
    )
    return [(CertificationNeed(needed, level), name) for needed, level, name in rows]


async def exams_for(
    session: ReadSession, *, actor: Actor, certification_ids: Collection[UUID] | None = None
) -> list[ExamLink]:
    """The exams that the actor may see and that have terms, by title; `certification_ids`: those for these alone."""
    query = (
        select(Exam, Project)
        .join(Project, Project.id == Exam.project_id)
        .where(Project.purpose == Purpose.EXAM.value, visible_to(actor))
        .order_by(Project.title, Project.id)
    )
    if certification_ids is not None:
        query = query.where(Exam.certification_id.in_(certification_ids))
    return [
        ExamLink(
            project_id=project.id,
            slug=project.slug,
            title=project.title,
            certification_id=exam.certification_id,
            top_level=to_terms(exam).top_level,
            minutes=exam.minutes,
            is_open=project.state == ProjectState.OPEN.value,
        )
        for exam, project in await session.execute(query)
    ]
