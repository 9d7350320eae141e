"""What a project asks of those who work on it."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from preceptor.hiring.events import ProjectNeedSet
from preceptor.hiring.operations.certifications import unknown_problems
from preceptor.hiring.rules import CertificationNeed, level_problems
from preceptor.hiring.tables import ProjectNeed
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import InvalidError
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import access_project


async def set_project_need(session: WriteSession, *, actor: Actor, slug: str, need: CertificationNeed | None) -> None:
    """Ask a certification of whoever takes work of a project from now on, or with None of nobody any more.

    Raises:
        MissingPermissionError: the actor may not change projects.
        NoSuchProjectError: there is none at this address.
        InvalidError: no such certification, or no such level.
    """
    actor.require(Permission.PROJECT_WRITE)
    project = await access_project(session, actor=actor, slug=slug)
    before = await session.get(ProjectNeed, project.id)
    known = None if before is None else CertificationNeed(before.certification_id, before.level)
    if need == known:
        return
    if need is None:
        await session.execute(delete(ProjectNeed).where(ProjectNeed.project_id == project.id))
        session.emit(ProjectNeedSet(actor_id=actor.person_id, subject_id=project.id, project_id=project.id))
        return
    if problems := [*level_problems("certification.level", need.level), *await unknown_problems(session, [need])]:
        raise InvalidError(fields=problems)
    values = {"certification_id": need.certification_id, "level": need.level}
    await session.execute(
        insert(ProjectNeed)
        .values(project_id=project.id, **values)
        .on_conflict_do_update(index_elements=["project_id"], set_=values)
    )
    session.emit(
        ProjectNeedSet(
            actor_id=actor.person_id,
            subject_id=project.id,
            project_id=project.id,
            certification_id=need.certification_id,
            level=need.level,
        )
    )
