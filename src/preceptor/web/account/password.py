"""Changing one's own password."""

from typing import Any

import msgspec
from litestar import Response, get, post

from preceptor.lib.errors import FieldProblem, InvalidError, TooManyError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.lib.web.cookies import session_cookie
from preceptor.people import Actor
from preceptor.people.operations import (
    TooManyAttemptsError,
    WrongPasswordError,
    change_password,
    note_failed_attempt,
    renew_session,
)
from preceptor.people.operations.sign_in import ATTEMPT_WINDOW
from preceptor.people.queries import access_person, count_recent_attempts, list_tokens


class PasswordForm(msgspec.Struct, frozen=True):
    """The old password and the new one, and whether tokens end with it."""

    old: str
    password: str
    end_tokens: bool = False


class PasswordPage(msgspec.Struct, frozen=True):
    """The form, and what was wrong with it."""

    email: str
    tokens: int
    end_tokens: bool
    problems: list[FieldProblem]


@get("/account/password", name="account.password")
async def show_password(request: Request[Actor]) -> Response[str]:
    """The form."""
    return await _page(request, problems=[])


async def _page(request: Request[Actor], *, problems: list[FieldProblem], end_tokens: bool = True) -> Response[str]:
    async with request.db.read() as session:
        tokens = len(await list_tokens(session, actor=request.actor, now=request.now))
    view = PasswordPage(email=await _email(request), tokens=tokens, end_tokens=end_tokens, problems=problems)
    return page(request, "web/account/password.html", view, status=422 if problems else 200)


async def _email(request: Request[Actor]) -> str:
    async with request.db.read() as session:
        person = await access_person(session, actor=request.actor, person_id=request.actor.person_id)
    return person.email or ""


@post("/account/password", name="account.password.post")
async def save_password(request: Request[Actor]) -> Response[str]:
    """Set the new password. Every session ends, and every token where that was chosen; this browser stays signed in."""
    email = await _email(request)
    raw = await request.form()
    end_tokens = "end_tokens" in raw
    try:
        form = parse_form(raw, PasswordForm)
        secret = await _change(request, email, form)
    except TooManyError as error:
        return await _page(request, problems=[FieldProblem("old", error.title)], end_tokens=end_tokens)
    except InvalidError as error:
        return await _page(request, problems=error.fields, end_tokens=end_tokens)
    request.authentication.forget(request.actor.person_id)
    said = _("Your password is changed. You are signed out everywhere else.")
    response = redirect(request, "/account/password", said=said)
    if secret:
        response.cookies.append(session_cookie(request, secret))
    return response


async def _change(request: Request[Actor], email: str, form: PasswordForm) -> str:
    """Change it, and answer the session's new secret.

    A wrong old password counts like a failed sign-in, so that nobody can try them out here.

    Raises:
        TooManyAttemptsError: too many failures.
        InvalidError: the old password is not right, or the new one will not do.
    """
    now = request.now
    async with request.db.read() as session:
        failures = await count_recent_attempts(
            session, email=email, address=request.address, now=now, window=ATTEMPT_WINDOW
        )
    if failures >= request.settings.sign_in_attempts:
        raise TooManyAttemptsError
    try:
        async with request.db.write() as session:
            await change_password(
                session,
                actor=request.actor,
                old=form.old,
                new=form.password,
                end_tokens=form.end_tokens,
                now=now,
            )
            return await renew_session(session, actor=request.actor, now=now, confirmed=True)
    except WrongPasswordError as error:
        async with request.db.write() as session:
            await note_failed_attempt(session, email=email, address=request.address, now=now)
        raise InvalidError(fields=[FieldProblem("old", _("This is not your present password."))]) from error


handlers: list[Any] = [show_password, save_password]
