"""Asking for another e-mail address."""

from typing import Any

import msgspec
from litestar import Response, get, post

from preceptor.lib.errors import FieldProblem, InvalidError, TooManyError
from preceptor.lib.web import Request, page, parse_form
from preceptor.people import Actor
from preceptor.people.operations import NotFreshError, ask_for_email
from preceptor.people.queries import list_factors
from preceptor.web.account.fresh import to_confirm


class EmailForm(msgspec.Struct, frozen=True):
    """The new address."""

    email: str


class OwnEmailPage(msgspec.Struct, frozen=True):
    """One's own address, and the form for another one."""

    email: str
    asked: str
    problems: list[FieldProblem]


@get("/account/email", name="account.email")
async def show_email(request: Request[Actor]) -> Response[str]:
    """The form."""
    return await _page(request)


async def _page(
    request: Request[Actor], *, asked: str = "", problems: list[FieldProblem] | None = None
) -> Response[str]:
    async with request.db.read() as session:
        email = (await list_factors(session, actor=request.actor)).email
    view = OwnEmailPage(email, asked, problems or [])
    return page(request, "web/account/email.html", view, status=422 if problems else 200)


@post("/account/email", name="account.email.post", status_code=200)
async def ask(request: Request[Actor]) -> Response[str]:
    """Write to both addresses."""
    try:
        form = parse_form(await request.form(), EmailForm)
        async with request.db.write() as session:
            await ask_for_email(session, actor=request.actor, email=form.email, now=request.now)
    except NotFreshError:
        return to_confirm(request)
    except TooManyError as error:
        return await _page(request, problems=[FieldProblem("email", error.title)])
    except InvalidError as error:
        return await _page(request, problems=error.fields)
    return await _page(request, asked=form.email)


handlers: list[Any] = [show_email, ask]
