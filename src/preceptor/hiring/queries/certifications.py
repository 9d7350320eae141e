"""Who is certified for what, and what asks for it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from preceptor.hiring.rules import CertificationNeed
from preceptor.hiring.tables import Certificate, Certification, ProjectNeed
from preceptor.lib.db import ReadSession


class HeldCertification(msgspec.Struct, frozen=True, kw_only=True):
    """A certification that a person holds now, at the highest level they have of it."""

    certification_id: UUID
    slug: str
    name: str
    language: str
    skill: str
    level: int
    granted_at: datetime
    expires_at: datetime | None


async def certifications_of(session: ReadSession, *, person_id: UUID, now: datetime) -> list[HeldCertification]:
    """What a person is certified for now: one entry each, without expired and revoked ones, by name.

    For callers that have made sure who asks.
    """
    rows = await session.execute(
        select(Certification, Certificate)
        .join(Certificate, Certificate.certification_id == Certification.id)
        .where(
            Certificate.person_id == person_id,
            Certificate.revoked_at.is_(None),
            or_(Certificate.expires_at.is_(None), Certificate.expires_at > now),
        )
        # Of several at the same level, the one that lasts longest.
        .order_by(
            Certification.name,
            Certification.id,
            Certificate.level.desc(),
            Certificate.expires_at.desc().nulls_first(),
        )
        .ext(distinct_on(Certification.name, Certification.id))
    )
    return [
        HeldCertification(
            certification_id=certification.id,
            slug=certification.slug,
            name=certification.name,
            language=certification.language,
            skill=certification.skill,
            level=certificate.level,
            granted_at=certificate.granted_at,
            expires_at=certificate.expires_at,
        )
        for certification, certificate in rows
    ]


async def levels_of(session: ReadSession, *, person_id: UUID, now: datetime) -> dict[UUID, int]:
    """The level a person holds now, by certification: what `CertificationNeed.is_met_by` asks for."""
    return {
        held.certification_id: held.level for held in await certifications_of(session, person_id=person_id, now=now)
    }


async def needs_of(session: ReadSession, *, project_ids: Collection[UUID]) -> dict[UUID, CertificationNeed]:
    """The certification that each of these projects asks for; a project that asks for none is left out."""
    rows = await session.execute(
        select(ProjectNeed.project_id, ProjectNeed.certification_id, ProjectNeed.level).where(
            ProjectNeed.project_id.in_(project_ids)
        )
    )
    return {project_id: CertificationNeed(certification_id, level) for project_id, certification_id, level in rows}


async def levels_for(
    session: ReadSession, *, person_id: UUID, project_ids: Collection[UUID], now: datetime
) -> dict[UUID, int]:
    """The levels by which a person's rates in projects are found; a project that asks for no certification is left out.

    0: it asks for one, and the person holds none. Two statements at most, however many projects there are.
    """
    needs = await needs_of(session, project_ids=project_ids)
    if not needs:
        return {}
    levels = await levels_of(session, person_id=person_id, now=now)
    return {project_id: levels.get(need.certification_id, 0) for project_id, need in needs.items()}


async def level_for(session: ReadSession, *, person_id: UUID, project_id: UUID, now: datetime) -> int | None:
    """The level by which a person's rate in one project is found; None where it asks for no certification."""
    return (await levels_for(session, person_id=person_id, project_ids=[project_id], now=now)).get(project_id)
