"""Who one is, signing in again in place, and personal tokens."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody

from preceptor.lib.errors import InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request
from preceptor.lib.web.cookies import DEVICE_COOKIE, session_cookies
from preceptor.people import Actor
from preceptor.people.operations import Visit, answer_with_code, make_token, note_failed_attempt, revoke_token, sign_in
from preceptor.people.queries import TokenView, list_tokens


class SignInBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Address and password."""

    email: str
    password: str
    code: str = ""


class SecondFactorNeededError(InvalidError):
    """The password is right; a code of their app or a recovery code is missing, or wrong."""

    title = _("Give a code of your app as well, or a recovery code.")
    code = "second_factor"


class TokenBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A token to make. `days`: how long it is valid, 1 to 366."""

    name: str
    days: int = 30


class NewToken(msgspec.Struct, frozen=True):
    """A token that was just made. The secret is shown this once."""

    id: UUID
    secret: str
    expires_at: datetime


class Me(msgspec.Struct, frozen=True):
    """Who is signed in."""

    person_id: UUID
    name: str
    pseudonym: str
    roles: list[str]
    language: str


@get("/me", summary="Who is signed in")
async def show_me(request: Request[Actor]) -> Me:
    """Who is signed in, and as what."""
    actor = request.actor
    return Me(
        person_id=actor.person_id,
        name=actor.name,
        pseudonym=actor.pseudonym,
        roles=sorted(actor.roles),
        language=actor.language,
    )


@post("/session", summary="Sign in", status_code=201)
async def open_session(request: Request[Actor], data: JSONBody[SignInBody]) -> Response[dict[str, str]]:
    """Sign in with address and password; answers with the session's cookie. The page's own token guards it.

    Whoever has a second factor gives `code` as well: a code of their app, or a recovery code.
    """
    now, attempts = request.now, request.settings.sign_in_attempts
    visit = Visit(
        address=request.address,
        user_agent=request.headers.get("user-agent", ""),
        device=request.cookies.get(DEVICE_COOKIE, ""),
        valid_for=timedelta(days=request.settings.session_days),
    )
    try:
        async with request.db.write() as session:
            outcome = await sign_in(
                session, email=data.email, password=data.password, visit=visit, attempts=attempts, now=now
            )
            await session.flush()
            if outcome.opened is None and data.code:
                answered = await answer_with_code(
                    session,
                    step=outcome.step,
                    code=data.code,
                    visit=visit,
                    attempts=attempts,
                    sealer=request.part("code_sealer"),
                    now=now,
                )
                outcome = answered or outcome
    except InvalidError:
        async with request.db.write() as session:
            await note_failed_attempt(session, email=data.email, address=request.address, now=now)
        raise
    if outcome.opened is None:
        raise SecondFactorNeededError
    cookies = session_cookies(request, secret=outcome.opened.secret, device=outcome.opened.device)
    return Response({"state": "signed_in"}, status_code=201, cookies=cookies)


@get("/tokens", summary="Your tokens")
async def show_tokens(request: Request[Actor]) -> dict[str, list[TokenView]]:
    """One's own valid tokens, without their secrets."""
    async with request.db.read() as session:
        return {"tokens": await list_tokens(session, actor=request.actor, now=request.now)}


@post("/tokens", summary="Make a token", status_code=201)
async def add_token(request: Request[Actor], data: JSONBody[TokenBody]) -> NewToken:
    """Make a personal token. Its secret is shown this once."""
    async with request.db.write() as session:
        token_id, secret, expires_at = await make_token(
            session, actor=request.actor, name=data.name, days=data.days, now=request.now
        )
    return NewToken(id=token_id, secret=secret, expires_at=expires_at)


@delete("/tokens/{token_id:uuid}", summary="Revoke a token", status_code=204)
async def remove_token(request: Request[Actor], token_id: FromPath[UUID]) -> None:
    """Revoke one's own token."""
    async with request.db.write() as session:
        await revoke_token(session, actor=request.actor, token_id=token_id, now=request.now)
    request.authentication.forget(request.actor.person_id)


handlers: list[Any] = [show_me, open_session, show_tokens, add_token, remove_token]
