"""What one signs in with besides a password. Changes need a session that signed in a short while ago, never a token."""

from typing import Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody

from preceptor.lib.web import Request
from preceptor.lib.web.cookies import session_cookie
from preceptor.people import Actor
from preceptor.people.operations import (
    begin_code_app,
    begun_code_app,
    confirm_code_app,
    make_recovery_codes,
    remove_code_app,
    remove_passkey,
    unlink_identity,
)
from preceptor.people.queries import FactorsView, list_factors

Told = TypeVar("Told", bound=msgspec.Struct)


class CodeAppKey(msgspec.Struct, frozen=True):
    """What an app that shows codes (TOTP, RFC 6238) has to know: the key, in base 32, and the same as an address."""

    key: str
    address: str


class CodeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the app shows now: six digits."""

    code: str


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Codes to sign in with once each where nothing else is at hand. They are shown this once."""

    recovery_codes: list[str]


@get("/factors", summary="What you sign in with")
async def show_factors(request: Request[Actor]) -> FactorsView:
    """One's own password, passkeys, app, recovery codes and identities at providers; of no secret more than that it is.

    Passkeys are added in a browser alone, because it makes them.
    """
    async with request.db.read() as session:
        return await list_factors(session, actor=request.actor)


@post("/factors/app", summary="Begin to use an app that shows codes", status_code=200)
async def begin_app(request: Request[Actor]) -> CodeAppKey:
    """The key for the app; the same one until it is confirmed. Sign in first: a token cannot do this."""
    async with request.db.write() as session:
        asked: dict[str, Any] = {
            "actor": request.actor,
            "sealer": request.part("code_sealer"),
            "now": request.now,
        }
        key, address = await begun_code_app(session, **asked) or await begin_code_app(session, **asked)
    return CodeAppKey(key=key, address=address)


@post("/factors/app/confirm", summary="Confirm the app by a code", status_code=200)
async def confirm_app(request: Request[Actor], data: JSONBody[CodeBody]) -> Response[RecoveryCodes]:
    """From now on a code is asked for. Answers recovery codes where there were none; every other session ends."""
    async with request.db.write() as session:
        codes, secret = await confirm_code_app(
            session, actor=request.actor, code=data.code, sealer=request.part("code_sealer"), now=request.now
        )
    return _changed(request, secret, RecoveryCodes(codes))


@delete("/factors/app", summary="Stop using the app", status_code=200)
async def remove_app(request: Request[Actor]) -> Response[FactorsView]:
    """The app is no longer asked for. Answers what is left."""
    async with request.db.write() as session:
        secret = await remove_code_app(session, actor=request.actor, now=request.now)
        left = await list_factors(session, actor=request.actor)
    return _changed(request, secret, left)


@delete("/factors/passkeys/{passkey_id:uuid}", summary="Remove a passkey", status_code=200)
async def forget_passkey(request: Request[Actor], passkey_id: FromPath[UUID]) -> Response[FactorsView]:
    """Forget one of one's own passkeys. Answers what is left."""
    async with request.db.write() as session:
        secret = await remove_passkey(session, actor=request.actor, passkey_id=passkey_id, now=request.now)
        left = await list_factors(session, actor=request.actor)
    return _changed(request, secret, left)


@delete("/factors/identities/{identity_id:uuid}", summary="No longer sign in through a provider", status_code=200)
async def forget_identity(request: Request[Actor], identity_id: FromPath[UUID]) -> Response[FactorsView]:
    """Unlink an identity at a provider. Answers what is left."""
    async with request.db.write() as session:
        secret = await unlink_identity(session, actor=request.actor, identity_id=identity_id, now=request.now)
        left = await list_factors(session, actor=request.actor)
    return _changed(request, secret, left)


@post("/factors/recovery-codes", summary="Make new recovery codes", status_code=200)
async def new_codes(request: Request[Actor]) -> RecoveryCodes:
    """New recovery codes; the old ones are no longer valid."""
    async with request.db.write() as session:
        return RecoveryCodes(await make_recovery_codes(session, actor=request.actor, now=request.now))


def _changed(request: Request[Actor], secret: str, told: Told) -> Response[Told]:
    """The session's cookie is another one from now on."""
    request.authentication.forget(request.actor.person_id)
    return Response(told, status_code=200, cookies=[session_cookie(request, secret)])


handlers: list[Any] = [
    show_factors,
    begin_app,
    confirm_app,
    remove_app,
    forget_passkey,
    forget_identity,
    new_codes,
]
