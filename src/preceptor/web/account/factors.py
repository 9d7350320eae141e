"""Passkeys, an app that shows codes, recovery codes."""

from typing import Any
from uuid import UUID

import msgspec
import segno
from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.lib.web.cookies import session_cookie
from preceptor.people import ROLE_NAMES, Actor, parse_roles, relying_party
from preceptor.people.operations import (
    CodeAppExistsError,
    NotFreshError,
    add_passkey,
    begin_code_app,
    begin_passkey,
    begun_code_app,
    confirm_code_app,
    make_recovery_codes,
    remove_code_app,
    remove_passkey,
    unlink_identity,
)
from preceptor.people.queries import FactorsView, list_factors
from preceptor.web.account.fresh import to_confirm
from preceptor.web.public.passkey import GoOn
from preceptor.web.public.signed import passkeys_at

PATH = "/account/second-factor"


class FactorsPage(msgspec.Struct, frozen=True):
    """What one signs in with.

    Attributes:
        required_as: one's roles that need a second factor.
        passkeys_at: where passkeys work, if not at the address the page was asked for at.
    """

    factors: FactorsView
    required_as: list[LazyText]
    is_held: bool
    passkeys_at: str


class AppPage(msgspec.Struct, frozen=True):
    """Setting up an app that shows codes.

    Attributes:
        picture: an address with the picture in it, for `<img>`; empty before it was begun.
        key: the same, to be typed, in groups of four.
    """

    picture: str
    key: str
    problems: list[FieldProblem]


class CodesPage(msgspec.Struct, frozen=True):
    """Recovery codes, shown this once."""

    codes: list[str]


class CodeForm(msgspec.Struct, frozen=True):
    """What the app shows."""

    code: str


class MadePasskey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A passkey that a browser made, and how it is to be called."""

    name: str
    credential: dict[str, Any]


@get(PATH, name="account.second_factor")
async def show_factors(request: Request[Actor]) -> Response[str]:
    """All of them."""
    actor = request.actor
    async with request.db.read() as session:
        factors = await list_factors(session, actor=actor)
    required = parse_roles(request.settings.second_factor_required) & actor.roles
    view = FactorsPage(
        factors,
        required_as=[ROLE_NAMES[role] for role in sorted(required)],
        is_held=actor.is_held,
        passkeys_at=passkeys_at(request).replace("/sign-in", PATH),
    )
    return page(request, "web/account/factors.html", view)


@post("/account/passkeys/options", name="account.passkeys.options", status_code=200, media_type="application/json")
async def ask_for_new(request: Request[Actor]) -> bytes:
    """What the browser needs to make a passkey."""
    party = relying_party(request.settings.base_url)
    async with request.db.write() as session:
        return (await begin_passkey(session, actor=request.actor, party=party, now=request.now)).encode()


@post("/account/passkeys", name="account.passkeys.post", status_code=200)
async def keep_passkey(request: Request[Actor], data: JSONBody[MadePasskey]) -> Response[GoOn]:
    """Keep the passkey that the browser made."""
    actor = request.actor
    async with request.db.write() as session:
        secret = await add_passkey(
            session,
            actor=actor,
            party=relying_party(request.settings.base_url),
            name=data.name,
            credential=data.credential,
            now=request.now,
        )
    request.authentication.forget(actor.person_id)
    return Response(GoOn(PATH), cookies=[session_cookie(request, secret)])


@post("/account/passkeys/{passkey_id:uuid}/remove", name="account.passkeys.remove")
async def forget_passkey(request: Request[Actor], passkey_id: FromPath[UUID]) -> Response[str]:
    """Forget one."""
    try:
        async with request.db.write() as session:
            secret = await remove_passkey(session, actor=request.actor, passkey_id=passkey_id, now=request.now)
    except NotFreshError:
        return to_confirm(request)
    return _changed(request, secret, _("The passkey is removed. Delete it on your device as well."))


def _changed(request: Request[Actor], secret: str, said: LazyText) -> Response[str]:
    request.authentication.forget(request.actor.person_id)
    response = redirect(request, PATH, said=said)
    response.cookies.append(session_cookie(request, secret))
    return response


@get(f"{PATH}/app", name="account.code_app")
async def show_app(request: Request[Actor]) -> Response[str]:
    """A picture for the app, and the form for the code it shows; before that, the button that begins."""
    return await _app_page(request, [])


@post(f"{PATH}/app/begin", name="account.code_app.begin")
async def begin_app(request: Request[Actor]) -> Response[str]:
    """Begin with a key for the app; one that was begun with stays, since the phone may have it already."""
    asked: dict[str, Any] = {"actor": request.actor, "sealer": request.part("code_sealer"), "now": request.now}
    try:
        async with request.db.write() as session:
            if await begun_code_app(session, **asked) is None:
                await begin_code_app(session, **asked)
    except NotFreshError:
        pass  # the page asks them to confirm, and has the button when they come back
    except CodeAppExistsError as error:
        return redirect(request, PATH, said=error.title, kind="warn")
    return redirect(request, f"{PATH}/app")


async def _app_page(request: Request[Actor], problems: list[FieldProblem]) -> Response[str]:
    try:
        async with request.db.read() as session:
            begun = await begun_code_app(
                session, actor=request.actor, sealer=request.part("code_sealer"), now=request.now
            )
    except NotFreshError:
        return to_confirm(request)
    except CodeAppExistsError as error:
        return redirect(request, PATH, said=error.title, kind="warn")
    if begun is None:
        return page(request, "web/account/code_app.html", AppPage("", "", problems))
    key, address = begun
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=3, dark="#000", light="#fff")
    groups = " ".join(key[start : start + 4] for start in range(0, len(key), 4))
    view = AppPage(picture, groups, problems)
    return page(request, "web/account/code_app.html", view, status=422 if problems else 200)


@post(f"{PATH}/app", name="account.code_app.post", status_code=200)
async def use_app(request: Request[Actor]) -> Response[str]:
    """Use the app from now on, where it shows the right code; then the recovery codes, this once."""
    try:
        form = parse_form(await request.form(), CodeForm)
        async with request.db.write() as session:
            codes, secret = await confirm_code_app(
                session, actor=request.actor, code=form.code, sealer=request.part("code_sealer"), now=request.now
            )
    except NotFreshError:
        return to_confirm(request)
    except CodeAppExistsError as error:
        return redirect(request, PATH, said=error.title, kind="warn")
    except InvalidError as error:
        return await _app_page(request, error.fields)
    if not codes:
        return _changed(request, secret, _("From now on you are asked for a code when you sign in."))
    request.authentication.forget(request.actor.person_id)
    response = page(request, "web/account/codes.html", CodesPage(codes))
    response.cookies.append(session_cookie(request, secret))
    return response


@post(f"{PATH}/app/remove", name="account.code_app.remove")
async def forget_app(request: Request[Actor]) -> Response[str]:
    """Stop using the app."""
    try:
        async with request.db.write() as session:
            secret = await remove_code_app(session, actor=request.actor, now=request.now)
    except NotFreshError:
        return to_confirm(request)
    return _changed(request, secret, _("The app is no longer asked for."))


@post(f"{PATH}/codes", name="account.recovery_codes", status_code=200)
async def new_codes(request: Request[Actor]) -> Response[str]:
    """New recovery codes, this once."""
    try:
        async with request.db.write() as session:
            codes = await make_recovery_codes(session, actor=request.actor, now=request.now)
    except NotFreshError:
        return to_confirm(request)
    return page(request, "web/account/codes.html", CodesPage(codes))


@post("/account/identities/{identity_id:uuid}/remove", name="account.identities.remove")
async def forget_identity(request: Request[Actor], identity_id: FromPath[UUID]) -> Response[str]:
    """No longer sign in through an organisation."""
    try:
        async with request.db.write() as session:
            secret = await unlink_identity(session, actor=request.actor, identity_id=identity_id, now=request.now)
    except NotFreshError:
        return to_confirm(request)
    return _changed(request, secret, _("You no longer sign in that way."))


handlers: list[Any] = [
    show_factors,
    ask_for_new,
    keep_passkey,
    forget_passkey,
    show_app,
    begin_app,
    use_app,
    forget_app,
    new_codes,
    forget_identity,
]
