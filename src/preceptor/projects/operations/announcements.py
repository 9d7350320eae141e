"""Telling teams and the people of projects something."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.i18n import _, gettext
from preceptor.lib.text import plain_text
from preceptor.people.operations.notices import Told, notify
from preceptor.people.queries import NoSuchTeamError, list_teams
from preceptor.people.rules import Actor, Permission
from preceptor.projects.events import AnnouncementWithdrawn, AnnouncementWritten
from preceptor.projects.operations.fetching import author
from preceptor.projects.queries import access_project
from preceptor.projects.queries.announcements import (
    NoSuchAnnouncementError,
    access_announcement,
    announcement_to_tell,
)
from preceptor.projects.rules import announcement_problems, clean_line, clean_text
from preceptor.projects.tables import Announcement, AnnouncementSeen, AnnouncementVersion


class StaleAnnouncementError(ConflictError):
    """Somebody else changed or withdrew the announcement in the meantime."""

    title = _("Somebody else changed or withdrew this announcement in the meantime. Load it again.")
    code = "stale_announcement"


async def write_announcement(
    session: WriteSession,
    *,
    actor: Actor,
    title: str,
    markdown: str,
    team_id: UUID | None = None,
    project: str | None = None,
) -> UUID:
    """Tell a team, or everybody on a project, something, and answer the announcement's id.

    Args:
        session: the transaction.
        actor: a manager.
        title: one line.
        markdown: the text.
        team_id: the team it is for.
        project: else the address of the project whose teams it is for.

    Raises:
        MissingPermissionError: the actor may not write announcements.
        NoSuchTeamError: there is no such team.
        NoSuchProjectError: there is no such project.
        InvalidError: a text is missing or too long.
    """
    actor.require(Permission.ANNOUNCEMENT_WRITE)
    assert (team_id is None) != (project is None), "for a team or for a project"
    title, markdown = clean_line(title), clean_text(markdown)
    if problems := list(announcement_problems(title, markdown)):
        raise InvalidError(fields=problems)
    if team_id is not None and team_id not in {team.id for team in await list_teams(session, actor=actor)}:
        raise NoSuchTeamError
    project_id = (await access_project(session, actor=actor, slug=project)).id if project is not None else None
    row = Announcement(team_id=team_id, project_id=project_id, created_by=author(actor))
    session.add(row)
    await session.flush()
    _add_version(session, actor, row, version=1, title=title, markdown=markdown)
    return row.id


def _add_version(
    session: WriteSession, actor: Actor, row: Announcement, *, version: int, title: str, markdown: str
) -> None:
    row.version = version
    session.add(
        AnnouncementVersion(
            announcement_id=row.id, version=version, title=title, markdown=markdown, created_by=author(actor)
        )
    )
    session.emit(
        AnnouncementWritten(
            actor_id=actor.person_id,
            subject_id=row.id,
            project_id=row.project_id,
            team_id=row.team_id,
            version=version,
        )
    )


async def _held(session: WriteSession, actor: Actor, announcement_id: UUID, version: int) -> Announcement:
    actor.require(Permission.ANNOUNCEMENT_WRITE)
    row = await session.scalar(select(Announcement).where(Announcement.id == announcement_id).with_for_update())
    if row is None:
        raise NoSuchAnnouncementError
    if row.version != version or row.withdrawn_at is not None:
        raise StaleAnnouncementError
    return row


async def change_announcement(
    session: WriteSession, *, actor: Actor, announcement_id: UUID, expected_version: int, title: str, markdown: str
) -> int:
    """Put an announcement in other words and answer its version; everybody is shown it anew.

    Raises:
        MissingPermissionError: the actor may not write announcements.
        NoSuchAnnouncementError: there is none of this id.
        StaleAnnouncementError: another version than `expected_version` holds by now, or it was withdrawn.
        InvalidError: a text is missing or too long.
    """
    row = await _held(session, actor, announcement_id, expected_version)
    title, markdown = clean_line(title), clean_text(markdown)
    if problems := list(announcement_problems(title, markdown)):
        raise InvalidError(fields=problems)
    before = await session.get_one(AnnouncementVersion, (announcement_id, expected_version))
    if (before.title, before.markdown) == (title, markdown):
        return expected_version
    _add_version(session, actor, row, version=expected_version + 1, title=title, markdown=markdown)
    return expected_version + 1


async def withdraw_announcement(
    session: WriteSession, *, actor: Actor, announcement_id: UUID, expected_version: int, now: datetime
) -> None:
    """Take an announcement back: it is not shown to anybody as new any more. Its text stays to be read.

    Raises:
        MissingPermissionError: the actor may not write announcements.
        NoSuchAnnouncementError: there is none of this id.
        StaleAnnouncementError: it was changed or withdrawn meanwhile.
    """
    row = await _held(session, actor, announcement_id, expected_version)
    row.withdrawn_at = now
    session.emit(AnnouncementWithdrawn(actor_id=actor.person_id, subject_id=row.id, project_id=row.project_id))


async def see_announcement(
    session: WriteSession, *, actor: Actor, announcement_id: UUID, version: int, now: datetime
) -> None:
    """Write down that the actor has seen a version. An older one never takes a newer one's place.

    Raises:
        NoSuchAnnouncementError: there is none, or it is not for the actor.
    """
    found = await access_announcement(session, actor=actor, announcement_id=announcement_id)
    seen = min(version, found.announcement.version)
    row = insert(AnnouncementSeen).values(
        announcement_id=announcement_id, person_id=actor.person_id, version=seen, at=now
    )
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["announcement_id", "person_id"],
            set_={"version": row.excluded.version, "at": row.excluded.at},
            where=AnnouncementSeen.version < row.excluded.version,
        )
    )


async def tell_announcement(session: WriteSession, *, announcement_id: UUID) -> int:
    """Give everybody whom an announcement is for a notice of it. Answers how many. For the worker."""
    found = await announcement_to_tell(session, announcement_id=announcement_id)
    if found is None:
        return 0
    view, readers = found

    def text() -> Told:
        subject = gettext("{to}: {title}").format(to=view.to, title=view.title)
        return Told(subject, plain_text(view.markdown))

    for person_id in readers:
        link = f"/announcements/{announcement_id}"
        await notify(session, person_id=person_id, kind="announcement.written", text=text, link=link)
    return len(readers)
