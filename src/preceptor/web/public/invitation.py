"""Accepting an invitation."""

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, parse_form
from preceptor.people import ROLE_NAMES, Actor
from preceptor.people.operations import accept_invitation
from preceptor.people.queries import open_invitation
from preceptor.web.public.sign_in import open_session
from preceptor.web.public.signed import signed_in


class JoinForm(msgspec.Struct, frozen=True):
    """What somebody gives who joins."""

    name: str
    password: str


class InvitationPage(msgspec.Struct, frozen=True):
    """An invitation as the invited person sees it."""

    secret: str
    email: str
    roles: list[str]
    name: str
    problems: list[FieldProblem]


@get("/invitation/{secret:str}", name="invitation")
async def show_invitation(request: Request[Actor], secret: FromPath[str]) -> Response[str]:
    """What one is invited to, and the form to join."""
    return await _page(request, secret, name="", problems=[])


async def _page(request: Request[Actor], secret: str, *, name: str, problems: list[FieldProblem]) -> Response[str]:
    async with request.db.read() as session:
        invitation = await open_invitation(session, secret=secret, now=request.now)
    view = InvitationPage(
        secret=secret,
        email=invitation.email,
        roles=[str(ROLE_NAMES[role]) for role in invitation.roles],
        name=name,
        problems=problems,
    )
    return page(request, "web/public/invitation.html", view, status=422 if problems else 200)


@post("/invitation/{secret:str}", name="invitation.accept")
async def do_accept(request: Request[Actor], secret: FromPath[str]) -> Response[str]:
    """Make the account and sign in."""
    raw = await request.form()
    try:
        form = parse_form(raw, JoinForm)
        async with request.db.read() as session:
            email = (await open_invitation(session, secret=secret, now=request.now)).email
        async with request.db.write() as writing:
            await accept_invitation(writing, secret=secret, name=form.name, password=form.password, now=request.now)
    except InvalidError as error:
        return await _page(request, secret, name=str(raw.get("name", "")), problems=error.fields)
    outcome = await open_session(request, email=email, password=form.password)
    return signed_in(request, outcome, said=_("Welcome. Your account is ready."))


handlers = [show_invitation, do_accept]
