"""Personal tokens for scripts."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor
from preceptor.people.operations import make_token, revoke_token
from preceptor.people.queries import TokenView, list_tokens

DAYS = (7, 30, 90, 365)


class TokenForm(msgspec.Struct, frozen=True):
    """A token to make."""

    name: str
    days: int = 30


class NewToken(msgspec.Struct, frozen=True):
    """A token that was just made; the secret is shown this once."""

    name: str
    secret: str
    expires_at: datetime


class TokensPage(msgspec.Struct, frozen=True):
    """One's own tokens."""

    tokens: list[TokenView]
    made: NewToken | None
    base_url: str
    days: tuple[int, ...]
    name: str
    problems: list[FieldProblem]


@get("/account/tokens", name="account.tokens")
async def show_tokens(request: Request[Actor]) -> Response[str]:
    """The list, and the form for a new one."""
    return await _page(request)


async def _page(
    request: Request[Actor],
    *,
    made: NewToken | None = None,
    name: str = "",
    problems: list[FieldProblem] | None = None,
) -> Response[str]:
    async with request.db.read() as session:
        tokens = await list_tokens(session, actor=request.actor, now=request.now)
    view = TokensPage(
        tokens=tokens,
        made=made,
        base_url=str(request.base_url).rstrip("/"),
        days=DAYS,
        name=name,
        problems=problems or [],
    )
    return page(request, "web/account/tokens.html", view, status=422 if problems else 200)


@post("/account/tokens", name="account.tokens.post", status_code=200)
async def add_token(request: Request[Actor]) -> Response[str]:
    """Make a token and show its secret, this once."""
    raw = await request.form()
    try:
        form = parse_form(raw, TokenForm)
        async with request.db.write() as session:
            _token_id, secret, expires_at = await make_token(
                session, actor=request.actor, name=form.name, days=form.days, now=request.now
            )
    except InvalidError as error:
        return await _page(request, name=str(raw.get("name", "")), problems=error.fields)
    return await _page(request, made=NewToken(form.name, secret, expires_at))


@post("/account/tokens/{token_id:uuid}/revoke", name="account.tokens.revoke")
async def remove_token(request: Request[Actor], token_id: FromPath[UUID]) -> Response[str]:
    """Revoke one's own token."""
    async with request.db.write() as session:
        await revoke_token(session, actor=request.actor, token_id=token_id, now=request.now)
    request.authentication.forget(request.actor.person_id)
    return redirect(request, "/account/tokens", said=_("The token is revoked."))


handlers: list[Any] = [show_tokens, add_token, remove_token]
