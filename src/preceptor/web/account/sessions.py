"""Where one is signed in, and ending that."""

import re
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath

from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, redirect
from preceptor.lib.web.authentication import SESSION_COOKIE
from preceptor.people import Actor
from preceptor.people.operations import revoke_session, sign_out_everywhere
from preceptor.people.queries import SessionView, list_sessions

# The first that fits wins: many browsers also call themselves by the name of another.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    (r"iPhone|iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


class SignedInBrowser(msgspec.Struct, frozen=True):
    """A session, with the browser in words."""

    session: SessionView
    browser: LazyText


class SessionsPage(msgspec.Struct, frozen=True):
    """Where one is signed in."""

    browsers: list[SignedInBrowser]


def browser_name(user_agent: str) -> LazyText:
    """What a browser is, in words, from what it says about itself; which may be anything."""
    browser = next((name for mark, name in BROWSERS if re.search(rf"{mark}\w*/", user_agent)), "")
    system = next((name for mark, name in SYSTEMS if re.search(mark, user_agent)), "")
    if browser and system:
        return _("{browser} on {system}").format(browser=browser, system=system)
    return LazyText("{name}", values=(("name", browser or system),)) if browser or system else _("Another program")


@get("/account/sessions", name="account.sessions")
async def show_sessions(request: Request[Actor]) -> Response[str]:
    """The list."""
    async with request.db.read() as session:
        found = await list_sessions(session, actor=request.actor, now=request.now)
    view = SessionsPage([SignedInBrowser(one, browser_name(one.user_agent)) for one in found])
    return page(request, "web/account/sessions.html", view)


@post("/account/sessions/{session_id:uuid}/end", name="account.sessions.end")
async def end_session(request: Request[Actor], session_id: FromPath[UUID]) -> Response[str]:
    """Sign one browser out."""
    async with request.db.write() as session:
        await revoke_session(session, actor=request.actor, session_id=session_id, now=request.now)
    request.authentication.forget(request.actor.person_id)
    return redirect(request, "/account/sessions", said=_("That browser is signed out."))


@post("/account/sessions/end-all", name="account.sessions.end_all")
async def end_all(request: Request[Actor]) -> Response[str]:
    """Sign out everywhere, here as well."""
    async with request.db.write() as session:
        await sign_out_everywhere(session, actor=request.actor)
    request.authentication.forget(request.actor.person_id)
    response = redirect(request, "/sign-in", said=_("You are signed out everywhere."))
    response.cookies.append(Cookie(SESSION_COOKIE, value="", max_age=0, path="/"))
    return response


handlers: list[Any] = [show_sessions, end_session, end_all]
