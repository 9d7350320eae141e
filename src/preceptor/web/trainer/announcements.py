"""Announcements: what one's teams and projects were told; managers write them here."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError, NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission
from preceptor.people.queries import TeamView, list_teams
from preceptor.projects.operations import (
    change_announcement,
    see_announcement,
    withdraw_announcement,
    write_announcement,
)
from preceptor.projects.queries import (
    AnnouncementDetail,
    AnnouncementView,
    ProjectSummary,
    access_announcement,
    list_announcements,
    list_projects,
)
from preceptor.web.filled import Filled, problems_of

BACKS = frozenset({"/work", "/announcements"})


class NewAnnouncement(msgspec.Struct, frozen=True):
    """The form of a new one. `to` is `team:<id>` or `project:<address>`."""

    title: str = ""
    markdown: str = ""
    to: str = ""


class ChangedAnnouncement(msgspec.Struct, frozen=True):
    """The form to change one, and the version it was written on."""

    expected_version: int
    title: str = ""
    markdown: str = ""


class VersionFields(msgspec.Struct, frozen=True):
    """A version, and where to go on."""

    version: int
    back: str = "/announcements"


class AnnouncementsPage(msgspec.Struct, frozen=True):
    """The list, and for managers the form of a new one."""

    announcements: list[AnnouncementView]
    next_cursor: str | None
    may_write: bool
    form: Filled
    targets: list[tuple[str, str]]


class AnnouncementPage(msgspec.Struct, frozen=True):
    """One announcement with its versions."""

    detail: AnnouncementDetail
    may_write: bool
    form: Filled


@get("/announcements", name="announcements")
async def show_announcements(
    request: Request[Actor], cursor: FromQuery[str] = "", to: FromQuery[str] = ""
) -> Response[str]:
    """Announcements, newest first."""
    return await _list(request, Filled({"to": to}), cursor=cursor)


async def _list(request: Request[Actor], form: Filled, *, cursor: str = "", status: int = 200) -> Response[str]:
    actor = request.actor
    may_write = actor.may(Permission.ANNOUNCEMENT_WRITE)
    if not may_write:
        actor.require(Permission.WORK_DO)
    async with request.db.read() as session:
        found = await list_announcements(session, actor=actor, cursor=cursor or None)
        teams = await list_teams(session, actor=actor) if may_write else []
        projects = (await list_projects(session, actor=actor)).rows if may_write else []
    view = AnnouncementsPage(found.rows, found.next_cursor, may_write, form, _targets(teams, projects))
    return page(request, "web/trainer/announcements.html", view, status=status)


def _targets(teams: list[TeamView], projects: list[ProjectSummary]) -> list[tuple[str, str]]:
    of_teams = [(f"team:{team.id}", str(_("Team: {name}").format(name=team.name))) for team in teams]
    return of_teams + [
        (f"project:{project.slug}", str(_("Project: {name}").format(name=project.title))) for project in projects
    ]


@post("/announcements", name="announcements.write")
async def do_write(request: Request[Actor]) -> Response[str]:
    """Write one."""
    raw = await request.form()
    try:
        fields = parse_form(raw, NewAnnouncement)
        target = _target(fields.to)
        async with request.db.write() as session:
            await write_announcement(
                session, actor=request.actor, title=fields.title, markdown=fields.markdown, **target
            )
    except (InvalidError, NotFoundError) as error:
        return await _list(request, Filled(dict(raw), problems_of(error)), status=error.status)
    return redirect(request, "/announcements", said=_("It is out. Everybody it is for gets a notice."))


def _target(to: str) -> dict[str, Any]:
    kind, _colon, value = to.partition(":")
    if kind == "project" and value:
        return {"project": value}
    try:
        return {"team_id": UUID(value if kind == "team" else "")}
    except ValueError as error:
        raise InvalidError(fields=[FieldProblem("to", _("Choose whom it is for."))]) from error


@get("/announcements/{announcement_id:uuid}", name="announcement")
async def show_announcement(request: Request[Actor], announcement_id: FromPath[UUID]) -> Response[str]:
    """One announcement; looking at it here counts as having seen it."""
    async with request.db.write() as session:
        found = await access_announcement(session, actor=request.actor, announcement_id=announcement_id)
        if found.announcement.is_unseen and request.actor.may(Permission.WORK_DO):
            await see_announcement(
                session,
                actor=request.actor,
                announcement_id=announcement_id,
                version=found.announcement.version,
                now=request.now,
            )
    return _one(request, found, None)


def _one(
    request: Request[Actor], found: AnnouncementDetail, form: Filled | None, *, status: int = 200
) -> Response[str]:
    current = found.announcement
    known = Filled({"title": current.title, "markdown": current.markdown, "expected_version": current.version})
    may_write = request.actor.may(Permission.ANNOUNCEMENT_WRITE) and current.withdrawn_at is None
    view = AnnouncementPage(found, may_write, form or known)
    return page(request, "web/trainer/announcement.html", view, status=status)


@post("/announcements/{announcement_id:uuid}", name="announcement.change")
async def do_change(request: Request[Actor], announcement_id: FromPath[UUID]) -> Response[str]:
    """Put it in other words. Where somebody was faster, nothing that was typed is lost."""
    raw = await request.form()
    actor = request.actor
    try:
        fields = parse_form(raw, ChangedAnnouncement)
        async with request.db.write() as session:
            await change_announcement(
                session, actor=actor, announcement_id=announcement_id, **msgspec.structs.asdict(fields)
            )
    except (InvalidError, ConflictError) as error:
        async with request.db.read() as reading:
            found = await access_announcement(reading, actor=actor, announcement_id=announcement_id)
        return _one(request, found, Filled(dict(raw), problems_of(error)), status=error.status)
    return redirect(request, f"/announcements/{announcement_id}", said=_("Everybody is shown the new words."))


@post("/announcements/{announcement_id:uuid}/withdraw", name="announcement.withdraw")
async def do_withdraw(request: Request[Actor], announcement_id: FromPath[UUID]) -> Response[str]:
    """Take it back."""
    fields = parse_form(await request.form(), VersionFields)
    async with request.db.write() as session:
        await withdraw_announcement(
            session,
            actor=request.actor,
            announcement_id=announcement_id,
            expected_version=fields.version,
            now=request.now,
        )
    return redirect(request, "/announcements", said=_("It is withdrawn and shown to nobody as new any more."))


@post("/announcements/{announcement_id:uuid}/seen", name="announcement.seen")
async def do_see(request: Request[Actor], announcement_id: FromPath[UUID]) -> Response[str]:
    """Say that one has seen it."""
    fields = parse_form(await request.form(), VersionFields)
    async with request.db.write() as session:
        await see_announcement(
            session,
            actor=request.actor,
            announcement_id=announcement_id,
            version=fields.version,
            now=request.now,
        )
    return redirect(request, fields.back if fields.back in BACKS else "/announcements")


handlers: list[Any] = [show_announcements, do_write, show_announcement, do_change, do_withdraw, do_see]
