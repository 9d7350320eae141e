"""Confirming that it is still them, before something is changed that they sign in with."""

from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Response, get, post

from preceptor.lib.errors import InvalidError, TooManyError
from preceptor.lib.i18n import LazyText
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.lib.web.cookies import session_cookie
from preceptor.people import Actor
from preceptor.people.operations import confirm_password, note_failed_attempt, renew_session
from preceptor.people.queries import FactorsView, list_factors
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


def to_confirm(request: Request[Actor], *, back: str = "/account/second-factor") -> Response[str]:
    """Ask them to confirm, and come back to this page; to `back` where something was sent."""
    path = request.url.path if request.method == "GET" else back
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
                email = (await list_factors(session, actor=actor)).email
                await note_failed_attempt(session, email=email, address=request.address, now=now)
        return await _page(request, next_path=str(raw.get("next", "")), said=error.title)
    request.authentication.forget(actor.person_id)
    response = redirect(request, safe_next(form.next) or "/account")
    if secret:
        response.cookies.append(session_cookie(request, secret))
    return response


handlers: list[Any] = [show_confirm, confirm]
