"""Confirming that it is still them, before something is changed that they sign in with or where their money goes."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Response, get, post

from preceptor.lib.db import ReadSession
from preceptor.lib.errors import FieldProblem, InvalidError, TooManyError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.lib.web.cookies import session_cookie
from preceptor.people import Actor
from preceptor.people.operations import (
    WrongPasswordError,
    confirm_password,
    note_own_failure,
    renew_session,
)
from preceptor.people.queries import FactorsView, is_fresh, list_factors
from preceptor.web.public.signed import passkeys_at, safe_next


class ConfirmForm(msgspec.Struct, frozen=True):
    """The password, and where they were going."""

    password: str
    next: str = ""


class ConfirmPage(msgspec.Struct, frozen=True):
    """Confirming that it is them."""

    factors: FactorsView
    next: str
    said: LazyText | None
    passkeys_at: str


class ConfirmHere(msgspec.Struct, frozen=True):
    """What a form asks besides, to know that it is them: their password, or a passkey shown in another tab."""

    needed: bool
    has_password: bool


async def confirm_here(session: ReadSession, *, actor: Actor, now: datetime) -> ConfirmHere:
    """What a form has to ask of whoever looks at it. Nothing that they type is lost by it."""
    factors = await list_factors(session, actor=actor)
    fresh = await is_fresh(session, actor=actor, now=now)
    return ConfirmHere(not fresh, factors.has_password)


async def confirmed_here(request: Request[Actor], password: str) -> str:
    """Make sure that it is them, by the password that came with the form. A wrong one counts like a failed sign-in.

    Returns:
        The session's new secret, for the cookie; empty where they had signed in lately.

    Raises:
        InvalidError: the password is missing or wrong, or there were too many wrong ones.
    """
    actor, now = request.actor, request.now
    async with request.db.read() as session:
        if await is_fresh(session, actor=actor, now=now):
            return ""
    if not password:
        raise InvalidError(fields=[FieldProblem("confirm_password", _("Show once more that it is you."))])
    try:
        async with request.db.write() as session:
            await confirm_password(
                session,
                actor=actor,
                password=password,
                address=request.address,
                attempts=request.settings.sign_in_attempts,
                now=now,
            )
            secret = await renew_session(session, actor=actor, now=now, confirmed=True)
    except TooManyError as error:
        raise InvalidError(fields=[FieldProblem("confirm_password", error.title)]) from error
    except WrongPasswordError as error:
        async with request.db.write() as session:
            await note_own_failure(session, actor=actor, address=request.address, now=now)
        raise InvalidError(fields=[FieldProblem("confirm_password", _("This is not your password."))]) from error
    request.authentication.forget(actor.person_id)
    return secret


def with_secret(request: Request[Actor], response: Response[str], secret: str) -> Response[str]:
    """The response, with the session's new secret where it has one."""
    if secret:
        response.cookies.append(session_cookie(request, secret))
    return response


def to_confirm(request: Request[Actor]) -> Response[str]:
    """Ask them to confirm, and come back to this page; to that of second factors where something was sent."""
    path = request.url.path if request.method == "GET" else "/account/second-factor"
    return redirect(request, f"/account/confirm?next={quote(path)}")


@get("/account/confirm", name="account.confirm")
async def show_confirm(request: Request[Actor]) -> Response[str]:
    """The form."""
    return await _page(request, next_path=request.query_params.get("next", ""))


async def _page(request: Request[Actor], *, next_path: str, said: LazyText | None = None) -> Response[str]:
    async with request.db.read() as session:
        factors = await list_factors(session, actor=request.actor)
    view = ConfirmPage(factors, safe_next(next_path), said, passkeys_at(request))
    return page(request, "web/account/confirm.html", view, status=422 if said else 200)


@post("/account/confirm", name="account.confirm.post")
async def confirm(request: Request[Actor]) -> Response[str]:
    """Go on with the right password; the session gets another secret."""
    raw = await request.form()
    actor, now = request.actor, request.now
    try:
        form = parse_form(raw, ConfirmForm)
        async with request.db.write() as session:
            await confirm_password(
                session,
                actor=actor,
                password=form.password,
                address=request.address,
                attempts=request.settings.sign_in_attempts,
                now=now,
            )
            secret = await renew_session(session, actor=actor, now=now, confirmed=True)
    except (InvalidError, TooManyError) as error:
        if isinstance(error, InvalidError):
            async with request.db.write() as session:
                await note_own_failure(session, actor=actor, address=request.address, now=now)
        return await _page(request, next_path=str(raw.get("next", "")), said=error.title)
    request.authentication.forget(actor.person_id)
    return with_secret(request, redirect(request, safe_next(form.next) or "/account"), secret)


handlers: list[Any] = [show_confirm, confirm]
