"""Being credited by name in the cards of data and models."""

from typing import Any

import msgspec
from litestar import Response, get, post

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor
from preceptor.people.operations import set_credit_name
from preceptor.people.queries import credit_name_of


class CreditFields(msgspec.Struct, frozen=True):
    """Whether, and under which name."""

    credited: bool = False
    name: str = ""


class CreditPage(msgspec.Struct, frozen=True):
    """The form."""

    credited: bool
    name: str
    problems: list[FieldProblem]


@get("/account/credit", name="account.credit")
async def show_credit(request: Request[Actor]) -> Response[str]:
    """What was chosen."""
    async with request.db.read() as session:
        name = await credit_name_of(session, actor=request.actor)
    return page(request, "web/account/credit.html", CreditPage(bool(name), name or request.actor.name, []))


@post("/account/credit", name="account.credit.post")
async def save_credit(request: Request[Actor]) -> Response[str]:
    """Keep the choice."""
    raw = await request.form()
    try:
        fields = parse_form(raw, CreditFields)
        name = _chosen_name(fields)
        async with request.db.write() as session:
            await set_credit_name(session, actor=request.actor, name=name)
    except InvalidError as error:
        view = CreditPage("credited" in raw, str(raw.get("name", "")), error.fields)
        return page(request, "web/account/credit.html", view, status=error.status)
    said = _("You are credited by name from the next release on.")
    gone = _("You are not credited by name, from the next release on.")
    return redirect(request, "/account/credit", said=said if name else gone)


def _chosen_name(fields: CreditFields) -> str:
    if fields.credited and not fields.name:
        raise InvalidError(fields=[FieldProblem("name", _("Give the name to be credited by."))])
    return fields.name if fields.credited else ""


handlers: list[Any] = [show_credit, save_credit]
