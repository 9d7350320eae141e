"""Guidelines, what changed in them, and who has read them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import any_, func, literal, select

from preceptor.lib.db import ReadSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.text import DiffSegment, diff_words
from preceptor.people.rules import Actor, Permission, Role
from preceptor.people.tables import Membership, Person
from preceptor.projects.queries.projects import access_project
from preceptor.projects.rules import MAX_VERSION
from preceptor.projects.tables import GuidelinesAcknowledgement, GuidelinesVersion, ProjectTeam


class GuidelinesView(msgspec.Struct, frozen=True):
    """One version of a project's guidelines. A version never changes."""

    project_id: UUID
    version: int
    markdown: str
    change_note: str
    created_at: datetime


class ChangeNote(msgspec.Struct, frozen=True):
    """What its author says about one version; empty where they said nothing."""

    version: int
    note: str
    created_at: datetime
    by: str
    """Name of the author."""


class GuidelinesChanges(msgspec.Struct, frozen=True):
    """What is different in `after` from `before`, word by word, with the notes on each version in between."""

    before: int
    after: int
    segments: list[DiffSegment]
    notes: list[ChangeNote]


class GuidelinesReaders(msgspec.Struct, frozen=True):
    """How many trainers of the project's teams there are, and how many have acknowledged the version in force."""

    trainers: int
    acknowledged: int


class NoSuchGuidelinesError(NotFoundError):
    """The guidelines have no such version."""

    title = _("These guidelines have no such version.")
    code = "no_such_guidelines"


async def guidelines_at(session: ReadSession, *, project_id: UUID, version: int) -> GuidelinesView:
    """One version of the guidelines. For callers that have made sure who asks.

    Raises:
        NoSuchGuidelinesError: there is no such version.
    """
    row = await session.get(GuidelinesVersion, (project_id, version)) if 0 < version <= MAX_VERSION else None
    if row is None:
        raise NoSuchGuidelinesError
    return GuidelinesView(
        project_id=project_id,
        version=version,
        markdown=row.markdown,
        change_note=row.change_note,
        created_at=row.created_at,
    )


async def access_guidelines(
    session: ReadSession, *, actor: Actor, slug: str, version: int | None = None
) -> GuidelinesView:
    """The guidelines of a project, in force or as they were at `version`.

    Raises:
        NoSuchProjectError: there is none at this address, or the actor may not see it.
        NoSuchGuidelinesError: there is no such version.
    """
    project = await access_project(session, actor=actor, slug=slug)
    return await guidelines_at(
        session, project_id=project.id, version=project.guidelines_version if version is None else version
    )


async def list_guidelines_versions(session: ReadSession, *, actor: Actor, slug: str) -> list[ChangeNote]:
    """Every version of a project's guidelines, newest first.

    Raises:
        MissingPermissionError: the actor may not read projects.
        NoSuchProjectError: there is none at this address.
    """
    actor.require(Permission.PROJECT_READ)
    project = await access_project(session, actor=actor, slug=slug)
    return await _notes(session, project_id=project.id, after=0, upto=project.guidelines_version)


async def guidelines_changes(
    session: ReadSession, *, actor: Actor, slug: str, before: int, after: int | None = None
) -> GuidelinesChanges:
    """What turned version `before` into version `after` (the one in force where None).

    Raises:
        NoSuchProjectError: there is none at this address, or the actor may not see it.
        NoSuchGuidelinesError: there is no such version.
    """
    project = await access_project(session, actor=actor, slug=slug)
    upto = project.guidelines_version if after is None else after
    old = await guidelines_at(session, project_id=project.id, version=before)
    new = await guidelines_at(session, project_id=project.id, version=upto)
    return GuidelinesChanges(
        before=before,
        after=upto,
        segments=diff_words(old.markdown, new.markdown),
        notes=await _notes(session, project_id=project.id, after=before, upto=upto),
    )


async def _notes(session: ReadSession, *, project_id: UUID, after: int, upto: int) -> list[ChangeNote]:
    rows = await session.execute(
        select(GuidelinesVersion.version, GuidelinesVersion.change_note, GuidelinesVersion.created_at, Person.name)
        .outerjoin(Person, Person.id == GuidelinesVersion.created_by)
        .where(
            GuidelinesVersion.project_id == project_id,
            GuidelinesVersion.version > after,
            GuidelinesVersion.version <= upto,
        )
        .order_by(GuidelinesVersion.version.desc())
        .limit(200)
    )
    return [ChangeNote(version=row[0], note=row[1], created_at=row[2], by=row[3] or "") for row in rows]


async def acknowledged_versions(
    session: ReadSession, *, actor: Actor, project_ids: Collection[UUID]
) -> dict[UUID, int]:
    """The newest version of the guidelines that the actor has said they read, by project; 0 is left out."""
    rows = await session.execute(
        select(GuidelinesAcknowledgement.project_id, GuidelinesAcknowledgement.version).where(
            GuidelinesAcknowledgement.person_id == actor.person_id,
            GuidelinesAcknowledgement.project_id.in_(project_ids),
        )
    )
    return {row[0]: row[1] for row in rows}


async def count_readers(session: ReadSession, *, actor: Actor, slug: str) -> GuidelinesReaders:
    """How many of those who may work on a project have read the guidelines in force.

    Raises:
        MissingPermissionError: the actor may not read projects.
        NoSuchProjectError: there is none at this address.
    """
    actor.require(Permission.PROJECT_READ)
    project = await access_project(session, actor=actor, slug=slug)
    members = (
        select(Membership.person_id)
        .join(ProjectTeam, ProjectTeam.team_id == Membership.team_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            ProjectTeam.project_id == project.id,
            Person.state == "active",
            literal(Role.TRAINER.value) == any_(Person.roles),
        )
        .distinct()
        .subquery()
    )
    row = await session.execute(
        select(func.count(), func.count(GuidelinesAcknowledgement.person_id))
        .select_from(members)
        .outerjoin(
            GuidelinesAcknowledgement,
            (GuidelinesAcknowledgement.person_id == members.c.person_id)
            & (GuidelinesAcknowledgement.project_id == project.id)
            & (GuidelinesAcknowledgement.version == project.guidelines_version),
        )
    )
    trainers, acknowledged = row.one()
    return GuidelinesReaders(trainers=trainers, acknowledged=acknowledged)
