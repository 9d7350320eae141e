"""A new password by mail."""

import asyncio
import time
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.errors import FieldProblem, InvalidError, TooManyError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor
from preceptor.people.operations import ask_for_reset, check_reset, reset_password

ANSWER_SECONDS = 0.4
"""Every answer takes as long as the slowest, so that none tells whether there is such an account."""


class ForgottenForm(msgspec.Struct, frozen=True):
    """Whose password is forgotten."""

    email: str


class ForgottenPage(msgspec.Struct, frozen=True):
    """Asking for a link."""

    sent: bool
    said: LazyText | None


class ResetForm(msgspec.Struct, frozen=True):
    """The new password."""

    password: str


class ResetPage(msgspec.Struct, frozen=True):
    """Choosing a new password."""

    email: str
    problems: list[FieldProblem]


@get("/forgotten", name="forgotten")
async def show_forgotten(request: Request[Actor]) -> Response[str]:
    """The form."""
    return page(request, "web/public/forgotten.html", ForgottenPage(sent=False, said=None))


@post("/forgotten", name="forgotten.post", status_code=200)
async def send_link(request: Request[Actor]) -> Response[str]:
    """Send a link where there is such an account; the answer is the same, and takes as long, where there is none."""
    began = time.monotonic()
    view, status = ForgottenPage(sent=True, said=None), 200
    try:
        form = parse_form(await request.form(), ForgottenForm)
        async with request.db.write() as session:
            await ask_for_reset(
                session,
                email=form.email,
                address=request.address,
                attempts=request.settings.sign_in_attempts,
                now=request.now,
            )
    except (InvalidError, TooManyError) as error:
        view, status = ForgottenPage(sent=False, said=error.title), error.status
    await asyncio.sleep(max(0.0, ANSWER_SECONDS - (time.monotonic() - began)))
    return page(request, "web/public/forgotten.html", view, status=status)


@get("/reset/{secret:str}", name="reset")
async def show_reset(request: Request[Actor], secret: FromPath[str]) -> Response[str]:
    """The form for a new password."""
    return await _page(request, secret, [])


async def _page(request: Request[Actor], secret: str, problems: list[FieldProblem]) -> Response[str]:
    async with request.db.read() as session:
        email = await check_reset(session, secret=secret, now=request.now)
    return page(request, "web/public/reset.html", ResetPage(email, problems), status=422 if problems else 200)


@post("/reset/{secret:str}", name="reset.post")
async def do_reset(request: Request[Actor], secret: FromPath[str]) -> Response[str]:
    """Set it, and go on to sign in with it."""
    try:
        form = parse_form(await request.form(), ResetForm)
        async with request.db.write() as session:
            person_id = await reset_password(session, secret=secret, password=form.password, now=request.now)
    except InvalidError as error:
        return await _page(request, secret, error.fields)
    request.authentication.forget(person_id)
    return redirect(request, "/sign-in", said=_("Your new password is set. Sign in with it."))


handlers: list[Any] = [show_forgotten, send_link, show_reset, do_reset]
