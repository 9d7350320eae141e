"""Asking for another e-mail address."""

from typing import Any

import msgspec
from litestar import Response, get, post

from preceptor.lib.errors import FieldProblem, InvalidError, TooManyError
from preceptor.lib.web import Request, page, parse_form
from preceptor.people import Actor
from preceptor.people.operations import ask_for_email
from preceptor.people.queries import list_factors
from preceptor.web.account.fresh import ConfirmHere, confirm_here, confirmed_here, with_secret


class EmailForm(msgspec.Struct, frozen=True):
    """The new address."""

    email: str
    confirm_password: str = ""


class OwnEmailPage(msgspec.Struct, frozen=True):
    """One's own address, and the form for another one."""

    email: str
    asked: str
    typed: str
    problems: list[FieldProblem]
    confirm: ConfirmHere


@get("/account/email", name="account.email")
async def show_email(request: Request[Actor]) -> Response[str]:
    """The form."""
    return await _page(request)


async def _page(
    request: Request[Actor], *, asked: str = "", typed: str = "", problems: list[FieldProblem] | None = None
) -> Response[str]:
    async with request.db.read() as session:
        email = (await list_factors(session, actor=request.actor)).email
        confirm = await confirm_here(session, actor=request.actor, now=request.now)
    view = OwnEmailPage(email, asked, typed, problems or [], confirm)
    return page(request, "web/account/email.html", view, status=422 if problems else 200)


@post("/account/email", name="account.email.post", status_code=200)
async def ask(request: Request[Actor]) -> Response[str]:
    """Write to both addresses. Whoever signed in a while ago gives their password with the form."""
    raw, secret = await request.form(), ""
    typed = str(raw.get("email", ""))
    try:
        form = parse_form(raw, EmailForm)
        secret = await confirmed_here(request, form.confirm_password)
        async with request.db.write() as session:
            await ask_for_email(session, actor=request.actor, email=form.email, now=request.now)
    except TooManyError as error:
        problems = [FieldProblem("email", error.title)]
        return with_secret(request, await _page(request, typed=typed, problems=problems), secret)
    except InvalidError as error:
        return with_secret(request, await _page(request, typed=typed, problems=error.fields), secret)
    return with_secret(request, await _page(request, asked=form.email), secret)


handlers: list[Any] = [show_email, ask]
