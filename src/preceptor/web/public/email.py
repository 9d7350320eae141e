"""Agreeing to another e-mail address, by the link that was mailed to either of the two."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.web import Request, page
from preceptor.people import Actor
from preceptor.people.operations import EmailChangeView, confirm_email, open_email_change


class EmailPage(msgspec.Struct, frozen=True):
    """A change of address, and how far it has come."""

    change: EmailChangeView
    done: bool


@get("/email/{secret:str}", name="email")
async def show_change(request: Request[Actor], secret: FromPath[str]) -> Response[str]:
    """What the link asks, and a button: programs that look at links must not press it."""
    async with request.db.read() as session:
        change = await open_email_change(session, secret=secret, now=request.now)
    return page(request, "web/public/email.html", EmailPage(change, done=False))


@post("/email/{secret:str}", name="email.post", status_code=200)
async def agree(request: Request[Actor], secret: FromPath[str]) -> Response[str]:
    """Say yes for this address."""
    async with request.db.write() as session:
        change = await open_email_change(session, secret=secret, now=request.now)
        changed = await confirm_email(session, secret=secret, now=request.now)
    if changed is not None:
        request.authentication.forget(changed)
    view = EmailPage(msgspec.structs.replace(change, confirmed=True), done=changed is not None)
    return page(request, "web/public/email.html", view)


handlers: list[Any] = [show_change, agree]
