"""Announcements to teams and to the people of projects."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.projects.operations import (
    change_announcement,
    see_announcement,
    withdraw_announcement,
    write_announcement,
)
from preceptor.projects.queries import (
    AnnouncementDetail,
    AnnouncementView,
    access_announcement,
    list_announcements,
    unseen_announcements,
)


class AnnouncementBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to tell, in Markdown, and either the team or the address of the project that it is for."""

    title: str
    markdown: str
    team_id: UUID | None = None
    project: str | None = None


class AnnouncementChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Other words, and the version they replace."""

    title: str
    markdown: str
    expected_version: int


class AnnouncementVersionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A version of an announcement."""

    version: int


class AnnouncementMade(msgspec.Struct, frozen=True):
    """The announcement that was just written."""

    id: UUID


class AnnouncementRows(msgspec.Struct, frozen=True):
    """Some announcements; `next_cursor` leads to the next ones."""

    announcements: list[AnnouncementView]
    next_cursor: str | None


@get("/announcements", summary="Announcements")
async def show_announcements(request: Request[Actor], cursor: FromQuery[str | None] = None) -> AnnouncementRows:
    """Those for you, newest first; all of them for managers."""
    async with request.db.read() as session:
        found = await list_announcements(session, actor=request.actor, cursor=cursor)
    return AnnouncementRows(found.rows, found.next_cursor)


@get("/announcements/unseen", summary="Announcements you have not seen")
async def show_unseen(request: Request[Actor]) -> dict[str, list[AnnouncementView]]:
    """What your teams and projects were told and you have not said that you saw, newest first."""
    async with request.db.read() as session:
        return {"announcements": await unseen_announcements(session, actor=request.actor)}


@post("/announcements", summary="Write an announcement", status_code=201)
async def make_announcement(request: Request[Actor], data: JSONBody[AnnouncementBody]) -> AnnouncementMade:
    """Tell a team, or everybody on a project, something. They get a notice."""
    if (data.team_id is None) == (data.project is None):
        raise InvalidError(fields=[FieldProblem("team_id", _("Choose a team or a project, not both."))])
    async with request.db.write() as session:
        made = await write_announcement(session, actor=request.actor, **msgspec.structs.asdict(data))
    return AnnouncementMade(made)


@get("/announcements/{announcement_id:uuid}", summary="An announcement")
async def show_announcement(request: Request[Actor], announcement_id: FromPath[UUID]) -> AnnouncementDetail:
    """An announcement with all its versions, and how many have seen the newest."""
    async with request.db.read() as session:
        return await access_announcement(session, actor=request.actor, announcement_id=announcement_id)


@put("/announcements/{announcement_id:uuid}", summary="Change an announcement")
async def alter_announcement(
    request: Request[Actor], announcement_id: FromPath[UUID], data: JSONBody[AnnouncementChange]
) -> AnnouncementVersionBody:
    """Put it in other words: a new version, which everybody is shown anew. Answers the version in force."""
    async with request.db.write() as session:
        version = await change_announcement(
            session, actor=request.actor, announcement_id=announcement_id, **msgspec.structs.asdict(data)
        )
    return AnnouncementVersionBody(version)


@post("/announcements/{announcement_id:uuid}/withdraw", summary="Withdraw an announcement", status_code=204)
async def take_back(
    request: Request[Actor], announcement_id: FromPath[UUID], data: JSONBody[AnnouncementVersionBody]
) -> None:
    """Show it to nobody as new any more. Its text stays to be read."""
    async with request.db.write() as session:
        await withdraw_announcement(
            session,
            actor=request.actor,
            announcement_id=announcement_id,
            expected_version=data.version,
            now=request.now,
        )


@post("/announcements/{announcement_id:uuid}/seen", summary="Say that you have seen an announcement", status_code=204)
async def note_seen(
    request: Request[Actor], announcement_id: FromPath[UUID], data: JSONBody[AnnouncementVersionBody]
) -> None:
    """It is not shown to you again until it changes."""
    async with request.db.write() as session:
        await see_announcement(
            session, actor=request.actor, announcement_id=announcement_id, version=data.version, now=request.now
        )


handlers: list[Any] = [
    show_announcements,
    show_unseen,
    make_announcement,
    show_announcement,
    alter_announcement,
    take_back,
    note_seen,
]
