"""What teams and the people of projects are told."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, and_, any_, exists, func, literal, or_, select, true

from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission, Role
from preceptor.people.tables import Membership, Person, Team
from preceptor.projects.tables import Announcement, AnnouncementSeen, AnnouncementVersion, Project, ProjectTeam

ANNOUNCEMENTS_PAGE = 30
MOST_UNSEEN = 20


class AnnouncementView(msgspec.Struct, frozen=True, kw_only=True):
    """An announcement at its newest version."""

    id: UUID
    version: int
    title: str
    markdown: str
    to: str
    """Name of the team, or title of the project."""
    team_id: UUID | None
    project_slug: str | None
    by: str
    """Name of whoever wrote this version."""
    written_at: datetime
    withdrawn_at: datetime | None
    seen_version: int
    """The newest version that the actor has seen; 0 for none."""

    @property
    def is_unseen(self) -> bool:
        """True where the actor has still to see it."""
        return self.withdrawn_at is None and self.seen_version < self.version


class AnnouncementText(msgspec.Struct, frozen=True):
    """One version of an announcement."""

    version: int
    title: str
    markdown: str
    by: str
    written_at: datetime


class AnnouncementDetail(msgspec.Struct, frozen=True):
    """An announcement with all its versions, newest first, and how many of those it is for have seen the newest."""

    announcement: AnnouncementView
    versions: list[AnnouncementText]
    readers: int
    seen: int


class NoSuchAnnouncementError(NotFoundError):
    """No announcement of this id, or not the actor's to see."""

    title = _("There is no such announcement, or it is not for you.")
    code = "no_such_announcement"


def _for_actor(actor: Actor) -> ColumnElement[bool]:
    theirs = select(ProjectTeam.project_id).where(ProjectTeam.team_id.in_(actor.team_ids))
    return or_(Announcement.team_id.in_(actor.team_ids), Announcement.project_id.in_(theirs))


def _visible(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.may(Permission.ANNOUNCEMENT_WRITE) else _for_actor(actor)


def _views(
    actor: Actor,
) -> Select[Announcement, AnnouncementVersion, str | None, str | None, str | None, str | None, int | None]:
    return (
        select(
            Announcement,
            AnnouncementVersion,
            Team.name,
            Project.title,
            Project.slug,
            Person.name,
            AnnouncementSeen.version,
        )
        .join(
            AnnouncementVersion,
            and_(
                AnnouncementVersion.announcement_id == Announcement.id,
                AnnouncementVersion.version == Announcement.version,
            ),
        )
        .outerjoin(Team, Team.id == Announcement.team_id)
        .outerjoin(Project, Project.id == Announcement.project_id)
        .outerjoin(Person, Person.id == AnnouncementVersion.created_by)
        .outerjoin(
            AnnouncementSeen,
            and_(AnnouncementSeen.announcement_id == Announcement.id, AnnouncementSeen.person_id == actor.person_id),
        )
        .order_by(Announcement.id.desc())
    )


def _view(
    row: Announcement,
    text: AnnouncementVersion,
    team: str | None,
    project: str | None,
    slug: str | None,
    by: str | None,
    seen: int | None,
) -> AnnouncementView:
    return AnnouncementView(
        id=row.id,
        version=row.version,
        title=text.title,
        markdown=text.markdown,
        to=team or project or "",
        team_id=row.team_id,
        project_slug=slug,
        by=by or "",
        written_at=text.created_at,
        withdrawn_at=row.withdrawn_at,
        seen_version=seen or 0,
    )


async def unseen_announcements(session: ReadSession, *, actor: Actor) -> list[AnnouncementView]:
    """What the actor's teams and projects were told and the actor has not seen yet, newest first."""
    if not actor.team_ids:
        return []
    rows = await session.execute(
        _views(actor)
        .where(
            _for_actor(actor),
            Announcement.withdrawn_at.is_(None),
            func.coalesce(AnnouncementSeen.version, 0) < Announcement.version,
        )
        .limit(MOST_UNSEEN)
    )
    return [_view(*row) for row in rows]


async def list_announcements(
    session: ReadSession, *, actor: Actor, cursor: str | None = None
) -> Page[AnnouncementView]:
    """Announcements, newest first: all of them for whoever writes them, else those that are for the actor.

    Raises:
        BadCursorError: the cursor was made for another list.
    """
    query = _views(actor).where(_visible(actor)).limit(ANNOUNCEMENTS_PAGE + 1)
    if cursor:
        query = query.where(Announcement.id < decode_cursor(cursor, tuple[UUID])[0])
    views = [_view(*row) for row in await session.execute(query)]
    shown = views[:ANNOUNCEMENTS_PAGE]
    return Page(shown, encode_cursor(shown[-1].id) if len(views) > ANNOUNCEMENTS_PAGE else None)


async def access_announcement(session: ReadSession, *, actor: Actor, announcement_id: UUID) -> AnnouncementDetail:
    """One announcement with its versions.

    Raises:
        NoSuchAnnouncementError: there is none, or it is not for the actor.
    """
    row = (await session.execute(_views(actor).where(Announcement.id == announcement_id, _visible(actor)))).first()
    if row is None:
        raise NoSuchAnnouncementError
    texts = await session.execute(
        select(AnnouncementVersion, Person.name)
        .outerjoin(Person, Person.id == AnnouncementVersion.created_by)
        .where(AnnouncementVersion.announcement_id == announcement_id)
        .order_by(AnnouncementVersion.version.desc())
    )
    readers = readers_of(row[0]).subquery()
    counts = await session.execute(
        select(
            func.count(),
            func.count().filter(
                exists().where(
                    AnnouncementSeen.announcement_id == announcement_id,
                    AnnouncementSeen.person_id == readers.c.person_id,
                    AnnouncementSeen.version >= row[0].version,
                )
            ),
        ).select_from(readers)
    )
    everybody, seen = counts.one()
    return AnnouncementDetail(
        announcement=_view(*row),
        versions=[
            AnnouncementText(text.version, text.title, text.markdown, by or "", text.created_at) for text, by in texts
        ],
        readers=everybody,
        seen=seen,
    )


def readers_of(announcement: Announcement) -> Select[UUID]:
    """Ids of the active people that an announcement is for."""
    members = select(Membership.person_id).join(Person, Person.id == Membership.person_id)
    members = members.where(Person.state == "active", literal(Role.TRAINER.value) == any_(Person.roles)).distinct()
    if announcement.team_id is not None:
        return members.where(Membership.team_id == announcement.team_id)
    teams = select(ProjectTeam.team_id).where(ProjectTeam.project_id == announcement.project_id)
    return members.where(Membership.team_id.in_(teams))


async def announcement_to_tell(
    session: ReadSession, *, announcement_id: UUID
) -> tuple[AnnouncementView, list[UUID]] | None:
    """An announcement and whom to tell of it; None once it was withdrawn. For the worker."""
    row = (
        await session.execute(
            _views(_NOBODY).where(Announcement.id == announcement_id, Announcement.withdrawn_at.is_(None))
        )
    ).first()
    if row is None:
        return None
    return _view(*row), list(await session.scalars(readers_of(row[0])))


_NOBODY = Actor(person_id=UUID(int=0), name="")
