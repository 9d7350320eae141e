"""Certifications as those see them who give them, and as those who hold them."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from preceptor.hiring.rules import EXPIRES_SOON, CertificateState, CertificationNeed, certificate_state
from preceptor.hiring.tables import Certificate, Certification, CertificationPrerequisite, ProjectNeed
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Person
from preceptor.projects.queries.projects import visible_to
from preceptor.projects.rules import ProjectState
from preceptor.projects.tables import Project

MOST_HOLDERS = 500


class NoSuchCertificationError(NotFoundError):
    """No certification of this id or address."""

    title = _("There is no such certification.")
    code = "no_such_certification"


class CertificationView(msgspec.Struct, frozen=True, kw_only=True):
    """A certification. `holders`: how many people hold it now; None for those who may not know."""

    id: UUID
    slug: str
    name: str
    description: str
    language: str
    skill: str
    valid_days: int | None
    prerequisites: list[CertificationNeed]
    holders: int | None = None


class CertificateView(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate as its person and those who grant it see it. `by`: the name of who granted it, where it was one."""

    id: UUID
    certification_id: UUID
    slug: str
    name: str
    person_id: UUID
    person: str
    level: int
    state: CertificateState
    granted_at: datetime
    expires_at: datetime | None
    expires_soon: bool
    by: str | None
    reason: str
    exam: str | None
    """Address of the exam that was passed."""
    sitting_id: UUID | None
    revoked_at: datetime | None
    revoked_by: str | None
    revoke_reason: str | None


class UnlockedProject(msgspec.Struct, frozen=True):
    """A project that asks for a certification, and the level it asks."""

    certification_id: UUID
    level: int
    slug: str
    title: str


async def list_certifications(session: ReadSession, *, actor: Actor, now: datetime) -> list[CertificationView]:
    """Every certification there is, by name. What they are is no secret; how many hold them is for managers."""
    needs: dict[UUID, list[CertificationNeed]] = {}
    for row in await session.scalars(select(CertificationPrerequisite)):
        needs.setdefault(row.certification_id, []).append(CertificationNeed(row.needed_id, row.level))
    holders: dict[UUID, int] = {}
    if actor.may(Permission.CERTIFICATION_READ):
        counted = await session.execute(
            select(Certificate.certification_id, func.count(Certificate.person_id.distinct()))
            .where(
                Certificate.revoked_at.is_(None), or_(Certificate.expires_at.is_(None), Certificate.expires_at > now)
            )
            .group_by(Certificate.certification_id)
        )
        holders = {row[0]: row[1] for row in counted}
    rows = await session.scalars(select(Certification).order_by(Certification.name))
    return [
        CertificationView(
            id=row.id,
            slug=row.slug,
            name=row.name,
            description=row.description,
            language=row.language,
            skill=row.skill,
            valid_days=row.valid_days,
            prerequisites=needs.get(row.id, []),
            holders=holders.get(row.id, 0) if actor.may(Permission.CERTIFICATION_READ) else None,
        )
        for row in rows
    ]


async def access_certification(
    session: ReadSession, *, actor: Actor, certification_id: UUID, now: datetime
) -> CertificationView:
    """One certification.

    Raises:
        NoSuchCertificationError: there is none.
    """
    for one in await list_certifications(session, actor=actor, now=now):
        if one.id == certification_id:
            return one
    raise NoSuchCertificationError


async def list_holders(
    session: ReadSession, *, actor: Actor, certification_id: UUID, now: datetime
) -> list[CertificateView]:
    """Every certificate of a certification, the newest first, up to 500.

    Raises:
        MissingPermissionError: the actor may not read who is certified.
    """
    actor.require(Permission.CERTIFICATION_READ)
    return await _certificates(session, now=now, certification_id=certification_id)


async def my_certificates(session: ReadSession, *, actor: Actor, now: datetime) -> list[CertificateView]:
    """The actor's own certificates, whatever their state, the newest first."""
    return await _certificates(session, now=now, person_id=actor.person_id)


async def _certificates(
    session: ReadSession, *, now: datetime, certification_id: UUID | None = None, person_id: UUID | None = None
) -> list[CertificateView]:
    holder, granter, revoker = aliased(Person), aliased(Person), aliased(Person)
    query = (
        select(Certificate, Certification, holder.name, granter.name, revoker.name, Project.slug)
        .join(Certification, Certification.id == Certificate.certification_id)
        .join(holder, holder.id == Certificate.person_id)
        .outerjoin(granter, granter.id == Certificate.granted_by)
        .outerjoin(revoker, revoker.id == Certificate.revoked_by)
        .outerjoin(Project, Project.id == Certificate.exam_id)
        .order_by(Certificate.id.desc())
        .limit(MOST_HOLDERS)
    )
    if certification_id is not None:
        query = query.where(Certificate.certification_id == certification_id)
    if person_id is not None:
        query = query.where(Certificate.person_id == person_id)
    found = []
    for row, certification, name, by, revoked_by, exam in await session.execute(query):
        state = certificate_state(expires_at=row.expires_at, revoked_at=row.revoked_at, now=now)
        soon = row.expires_at is not None and row.expires_at - now <= EXPIRES_SOON
        found.append(
            CertificateView(
                id=row.id,
                certification_id=row.certification_id,
                slug=certification.slug,
                name=certification.name,
                person_id=row.person_id,
                person=name,
                level=row.level,
                state=state,
                granted_at=row.granted_at,
                expires_at=row.expires_at,
                expires_soon=soon and state is CertificateState.VALID,
                by=by,
                reason=row.reason,
                exam=exam,
                sitting_id=row.sitting_id,
                revoked_at=row.revoked_at,
                revoked_by=revoked_by,
                revoke_reason=row.revoke_reason,
            )
        )
    return found


async def projects_asking(session: ReadSession, *, actor: Actor) -> list[UnlockedProject]:
    """Running projects that ask for a certification and that the actor may see, by title."""
    running = (ProjectState.OPEN.value, ProjectState.PAUSED.value)
    rows = await session.execute(
        select(ProjectNeed.certification_id, ProjectNeed.level, Project.slug, Project.title)
        .join(Project, Project.id == ProjectNeed.project_id)
        .where(Project.state.in_(running), visible_to(actor))
        .order_by(Project.title)
    )
    return [UnlockedProject(*row) for row in rows]
