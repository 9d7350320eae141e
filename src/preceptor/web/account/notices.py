"""What one was told, and which mails one wants."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.lib.errors import InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import MAIL_TOPICS, Actor
from preceptor.people.operations import choose_mails, mark_notices_read, open_notice
from preceptor.people.queries import NoticeView, list_notices, refused_topics
from preceptor.web.public.signed import safe_next


class TopicChoice(msgspec.Struct, frozen=True):
    """Mails that belong together, and whether one gets them."""

    key: str
    label: LazyText
    wanted: bool
    optional: bool


class NoticesPage(msgspec.Struct, frozen=True):
    """What one was told."""

    notices: list[NoticeView]
    older: str | None
    is_first: bool
    has_unread: bool
    topics: list[TopicChoice]


class TopicsForm(msgspec.Struct, frozen=True):
    """The topics whose mails one wants."""

    topics: list[str] = []


@get("/account/notices", name="account.notices")
async def show_notices(request: Request[Actor], cursor: FromQuery[str | None] = None) -> Response[str]:
    """The list, newest first."""
    actor = request.actor
    async with request.db.read() as session:
        found = await list_notices(session, actor=actor, cursor=cursor)
        refused = await refused_topics(session, actor=actor)
    view = NoticesPage(
        notices=found.rows,
        older=found.next_cursor,
        is_first=cursor is None,
        has_unread=any(one.read_at is None for one in found.rows) or actor.unread > 0,
        topics=[TopicChoice(one.key, one.label, one.key not in refused, one.optional) for one in MAIL_TOPICS],
    )
    return page(request, "web/account/notices.html", view)


@get("/account/notices/{notice_id:uuid}", name="account.notices.open")
async def follow(request: Request[Actor], notice_id: FromPath[UUID]) -> Response[str]:
    """To where a notice leads; it counts as read from then on."""
    async with request.db.write() as session:
        link = await open_notice(session, actor=request.actor, notice_id=notice_id, now=request.now)
    request.authentication.forget(request.actor.person_id)
    return redirect(request, safe_next(link) or "/account/notices")


@post("/account/notices/read", name="account.notices.read")
async def mark_read(request: Request[Actor]) -> Response[str]:
    """All of them are read."""
    async with request.db.write() as session:
        await mark_notices_read(session, actor=request.actor, now=request.now)
    request.authentication.forget(request.actor.person_id)
    return redirect(request, "/account/notices", said=_("All notices are marked as read."))


@post("/account/notices/mails", name="account.notices.mails")
async def save_mails(request: Request[Actor]) -> Response[str]:
    """Keep which mails one wants."""
    try:
        form = parse_form(await request.form(), TopicsForm)
        async with request.db.write() as session:
            await choose_mails(session, actor=request.actor, topics=form.topics)
    except InvalidError as error:
        return redirect(request, "/account/notices", said=error.title, kind="bad")
    return redirect(request, "/account/notices", said=_("Your choice is kept."))


handlers: list[Any] = [show_notices, follow, mark_read, save_mails]
