"""Signing in with a passkey: two questions that the page's script asks."""

from typing import Any

import msgspec
from litestar import Response, post
from litestar.params import JSONBody

from preceptor.lib.errors import InvalidError
from preceptor.lib.web import Request
from preceptor.lib.web.cookies import session_cookies
from preceptor.people import Actor, relying_party
from preceptor.people.operations import (
    PasskeyRefusedError,
    begin_passkey_sign_in,
    note_failed_attempt,
    sign_in_with_passkey,
)
from preceptor.web.public.signed import safe_next, step_cookie, visit_of


class ShownPasskey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the browser says for a passkey, and where they want to go."""

    credential: dict[str, Any]
    next: str = ""


class GoOn(msgspec.Struct, frozen=True):
    """Where the page goes on."""

    next: str


@post("/sign-in/passkey/options", name="sign_in.passkey.options", status_code=200, media_type="application/json")
async def ask_for_passkey(request: Request[Actor]) -> bytes:
    """What the browser asks its passkeys for."""
    party = relying_party(request.settings.base_url)
    async with request.db.write() as session:
        return (await begin_passkey_sign_in(session, party=party, now=request.now)).encode()


@post("/sign-in/passkey", name="sign_in.passkey", status_code=200)
async def use_passkey(request: Request[Actor], data: JSONBody[ShownPasskey]) -> Response[GoOn]:
    """Sign in with what a passkey signed."""
    now = request.now
    try:
        async with request.db.write() as session:
            opened = await sign_in_with_passkey(
                session,
                party=relying_party(request.settings.base_url),
                credential=data.credential,
                visit=visit_of(request),
                attempts=request.settings.sign_in_attempts,
                now=now,
            )
        if opened is None:
            raise PasskeyRefusedError
    except InvalidError:
        async with request.db.write() as session:
            await note_failed_attempt(session, email="", address=request.address, now=now)
        raise
    cookies = session_cookies(request, secret=opened.secret, device=opened.device)
    cookies.append(step_cookie(request, ""))
    return Response(GoOn(safe_next(data.next) or "/"), cookies=cookies)


handlers: list[Any] = [ask_for_passkey, use_passkey]
