"""Where one is signed in, and what one was told."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from preceptor.lib.web import Request
from preceptor.people import MAIL_TOPICS, Actor
from preceptor.people.operations import choose_mails, mark_notices_read, revoke_session
from preceptor.people.queries import NoticeView, SessionView, list_notices, list_sessions, refused_topics


class NoticeRows(msgspec.Struct, frozen=True):
    """Some notices; `next_cursor` leads to the next ones."""

    notices: list[NoticeView]
    next_cursor: str | None


class TopicRow(msgspec.Struct, frozen=True):
    """Mails that belong together. Those that are not `optional` always come."""

    key: str
    label: str
    wanted: bool
    optional: bool


class TopicsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The topics whose mails one wants."""

    topics: list[str]


@get("/sessions", summary="Where you are signed in")
async def show_sessions(request: Request[Actor]) -> dict[str, list[SessionView]]:
    """One's own signed-in browsers, by when they were last seen."""
    async with request.db.read() as session:
        return {"sessions": await list_sessions(session, actor=request.actor, now=request.now)}


@delete("/sessions/{session_id:uuid}", summary="Sign a browser out", status_code=204)
async def end_session(request: Request[Actor], session_id: FromPath[UUID]) -> None:
    """End one of one's own sessions."""
    async with request.db.write() as session:
        await revoke_session(session, actor=request.actor, session_id=session_id, now=request.now)
    request.authentication.forget(request.actor.person_id)


@get("/notices", summary="What you were told")
async def show_notices(
    request: Request[Actor], cursor: Annotated[str | None, QueryParameter(name="cursor")] = None
) -> NoticeRows:
    """One's own notices, newest first."""
    async with request.db.read() as session:
        found = await list_notices(session, actor=request.actor, cursor=cursor)
    return NoticeRows(found.rows, found.next_cursor)


@post("/notices/read", summary="Mark all notices as read", status_code=204)
async def read_notices(request: Request[Actor]) -> None:
    """All of one's notices are read."""
    async with request.db.write() as session:
        await mark_notices_read(session, actor=request.actor, now=request.now)
    request.authentication.forget(request.actor.person_id)


@get("/notices/mails", summary="Which mails you get")
async def show_mails(request: Request[Actor]) -> dict[str, list[TopicRow]]:
    """The topics of notices, and whether one gets their mails."""
    async with request.db.read() as session:
        refused = await refused_topics(session, actor=request.actor)
    return {"topics": [TopicRow(one.key, str(one.label), one.key not in refused, one.optional) for one in MAIL_TOPICS]}


@put("/notices/mails", summary="Choose which mails you get", status_code=204)
async def set_mails(request: Request[Actor], data: JSONBody[TopicsBody]) -> None:
    """Say whose mails one wants; all other topics' are turned off. Some always come."""
    async with request.db.write() as session:
        await choose_mails(session, actor=request.actor, topics=data.topics)


handlers: list[Any] = [show_sessions, end_session, show_notices, read_notices, show_mails, set_mails]
