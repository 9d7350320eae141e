"""Certifications: making and changing them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, func, select

from preceptor.hiring.events import (
    CertificationAdded,
    CertificationChanged,
)
from preceptor.hiring.queries.holders import NoSuchCertificationError
from preceptor.hiring.rules import (
    CertificationNeed,
    certification_problems,
    certification_slug,
    leads_in_circle,
    level_problems,
)
from preceptor.hiring.tables import Certification, CertificationPrerequisite
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission


class CertificationNameTakenError(ConflictError):
    """Another certification has this name."""

    title = _("There is a certification of this name already.")
    code = "certification_name_taken"


async def add_certification(
    session: WriteSession,
    *,
    actor: Actor,
    name: str,
    description: str = "",
    language: str = "",
    skill: str = "",
    valid_days: int | None = None,
    prerequisites: Collection[CertificationNeed] = (),
) -> UUID:
    """Make a certification and answer its id.

    Args:
        session: the transaction.
        actor: who makes it.
        name: as people read it; its address is made of it and stays.
        description: plain text: what it stands for.
        language: BCP 47, where it stands for one.
        skill: a word or two, where it stands for one.
        valid_days: how long a certificate of it lasts; None: for good.
        prerequisites: what one has to hold before its exam.

    Raises:
        MissingPermissionError: the actor may not write certifications.
        CertificationNameTakenError: the name is taken.
        InvalidError: something will not do; `fields` says what.
    """
    actor.require(Permission.CERTIFICATION_WRITE)
    row = Certification(
        **await _checked(
            session, None, name, description, language, skill, valid_days=valid_days, prerequisites=prerequisites
        )
    )
    base, number = certification_slug(row.name), 1
    row.slug = base
    taken = set(await session.scalars(select(Certification.slug).where(Certification.slug.startswith(base))))
    while row.slug in taken or row.slug == "new":
        number += 1
        row.slug = f"{base}-{number}"
    row.created_by = actor.person_id if actor.person_id.int else None
    session.add(row)
    await session.flush()
    await _set_prerequisites(session, row.id, prerequisites)
    session.emit(CertificationAdded(actor_id=actor.person_id, subject_id=row.id))
    return row.id


async def change_certification(
    session: WriteSession,
    *,
    actor: Actor,
    certification_id: UUID,
    name: str,
    description: str,
    language: str,
    skill: str,
    valid_days: int | None,
    prerequisites: Collection[CertificationNeed],
) -> None:
    """Change what a certification says of itself. Certificates that were given keep their expiry.

    Raises:
        MissingPermissionError: the actor may not write certifications.
        NoSuchCertificationError: there is none.
        CertificationNameTakenError: the name is taken.
        InvalidError: something will not do, or it would need itself; `fields` says what.
    """
    actor.require(Permission.CERTIFICATION_WRITE)
    row = await session.get(Certification, certification_id, with_for_update=True)
    if row is None:
        raise NoSuchCertificationError
    checked = await _checked(
        session, certification_id, name, description, language, skill, valid_days=valid_days,
        prerequisites=prerequisites,
    )  # fmt: skip
    for column, value in checked.items():
        setattr(row, column, value)
    await _set_prerequisites(session, certification_id, prerequisites)
    session.emit(CertificationChanged(actor_id=actor.person_id, subject_id=certification_id))


async def get_certification(session: WriteSession, certification_id: UUID) -> Certification:
    """The row of a certification. Raises `NoSuchCertificationError`."""
    row = await session.get(Certification, certification_id)
    if row is None:
        raise NoSuchCertificationError
    return row


async def _checked(
    session: WriteSession,
    certification_id: UUID | None,
    name: str,
    description: str,
    language: str,
    skill: str,
    *,
    valid_days: int | None,
    prerequisites: Collection[CertificationNeed],
) -> dict[str, object]:
    """The cleaned values of a certification's row; nobody else takes a name before the transaction ends."""
    name, skill = " ".join(name.split()), " ".join(skill.split())
    description = description.replace("\r\n", "\n").strip()
    values = {"name": name, "description": description, "language": language, "skill": skill}
    problems = [
        *certification_problems(**values, valid_days=valid_days),
        *(problem for need in prerequisites for problem in level_problems("prerequisites", need.level)),
        *await unknown_problems(session, prerequisites, path="prerequisites"),
    ]
    if problems:
        raise InvalidError(fields=problems)
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("certification"))))
    same = select(Certification.id).where(
        Certification.name == name, Certification.id.is_distinct_from(certification_id)
    )
    if await session.scalar(same) is not None:
        raise CertificationNameTakenError(fields=[FieldProblem("name", CertificationNameTakenError.title)])
    if certification_id is not None:
        needed: dict[UUID, set[UUID]] = {}
        for one, other in await session.execute(
            select(CertificationPrerequisite.certification_id, CertificationPrerequisite.needed_id)
        ):
            needed.setdefault(one, set()).add(other)
        if leads_in_circle(certification_id, [need.certification_id for need in prerequisites], needed):
            message = _("This would need itself in the end, so that nobody could ever have it.")
            raise InvalidError(fields=[FieldProblem("prerequisites", message)])
    return {**values, "valid_days": valid_days}


async def unknown_problems(
    session: WriteSession, needs: Collection[CertificationNeed], *, path: str = "certification.certification_id"
) -> list[FieldProblem]:
    """What is wrong where one of these certifications does not exist."""
    wanted = {need.certification_id for need in needs}
    found = (
        set(await session.scalars(select(Certification.id).where(Certification.id.in_(wanted)))) if wanted else set()
    )
    return [FieldProblem(path, NoSuchCertificationError.title)] if wanted - found else []


async def _set_prerequisites(
    session: WriteSession, certification_id: UUID, prerequisites: Collection[CertificationNeed]
) -> None:
    await session.execute(
        delete(CertificationPrerequisite).where(CertificationPrerequisite.certification_id == certification_id)
    )
    by_id = {need.certification_id: need.level for need in prerequisites}
    session.add_all(
        [
            CertificationPrerequisite(certification_id=certification_id, needed_id=needed, level=level)
            for needed, level in by_id.items()
        ]
    )
    await session.flush()
