"""Where one is signed in, and ending that."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, redirect
from preceptor.lib.web.cookies import session_cookie
from preceptor.people import Actor, browser_name
from preceptor.people.operations import revoke_session, sign_out_elsewhere, sign_out_everywhere
from preceptor.people.queries import SessionView, list_sessions

METHODS: dict[str, LazyText] = {
    "password": _("with the password"),
    "passkey": _("with a passkey"),
}


class SignedInBrowser(msgspec.Struct, frozen=True):
    """A session, with the browser in words."""

    session: SessionView
    browser: LazyText
    method: LazyText


class SessionsPage(msgspec.Struct, frozen=True):
    """Where one is signed in."""

    browsers: list[SignedInBrowser]


def method_words(session: SessionView) -> LazyText:
    """How somebody signed in, in words."""
    if session.provider:
        return _("through {provider}").format(provider=session.provider)
    if session.strong and session.method == "password":
        return _("with the password and a second step")
    return METHODS.get(session.method, _("through an organisation"))


@get("/account/sessions", name="account.sessions")
async def show_sessions(request: Request[Actor]) -> Response[str]:
    """The list."""
    async with request.db.read() as session:
        found = await list_sessions(session, actor=request.actor, now=request.now)
    view = SessionsPage([SignedInBrowser(one, browser_name(one.user_agent), method_words(one)) for one in found])
    return page(request, "web/account/sessions.html", view)


@post("/account/sessions/{session_id:uuid}/end", name="account.sessions.end")
async def end_session(request: Request[Actor], session_id: FromPath[UUID]) -> Response[str]:
    """Sign one browser out."""
    async with request.db.write() as session:
        await revoke_session(session, actor=request.actor, session_id=session_id, now=request.now)
    request.authentication.forget(request.actor.person_id)
    return redirect(request, "/account/sessions", said=_("That browser is signed out."))


@post("/account/sessions/end-others", name="account.sessions.end_others")
async def end_others(request: Request[Actor]) -> Response[str]:
    """Sign out everywhere but here."""
    async with request.db.write() as session:
        await sign_out_elsewhere(session, actor=request.actor, now=request.now)
    request.authentication.forget(request.actor.person_id)
    return redirect(request, "/account/sessions", said=_("All other browsers are signed out."))


@post("/account/sessions/end-all", name="account.sessions.end_all")
async def end_all(request: Request[Actor]) -> Response[str]:
    """Sign out everywhere, here as well."""
    async with request.db.write() as session:
        await sign_out_everywhere(session, actor=request.actor)
    request.authentication.forget(request.actor.person_id)
    response = redirect(request, "/sign-in", said=_("You are signed out everywhere."))
    response.cookies.append(session_cookie(request, ""))
    return response


handlers: list[Any] = [show_sessions, end_session, end_others, end_all]
