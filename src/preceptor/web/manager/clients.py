"""Client organisations."""

import msgspec
from litestar import Response, get, post

from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission
from preceptor.projects.operations import add_client_organisation
from preceptor.projects.queries import ClientView, list_client_organisations
from preceptor.web.manager.filled import Filled, problems_of
from preceptor.web.manager.people_tabs import Tab, people_tabs


class ClientFields(msgspec.Struct, frozen=True):
    """A new client organisation."""

    name: str


class ClientsPage(msgspec.Struct, frozen=True):
    """All client organisations, and the form of a new one."""

    clients: list[ClientView]
    form: Filled
    tabs: list[Tab]


@get("/people/clients", name="clients")
async def show_clients(request: Request[Actor]) -> Response[str]:
    """All client organisations."""
    return await _page(request, Filled({}))


async def _page(request: Request[Actor], form: Filled, *, status: int = 200) -> Response[str]:
    request.actor.require(Permission.CLIENT_CREATE)
    async with request.db.read() as session:
        clients = await list_client_organisations(session, actor=request.actor)
    view = ClientsPage(clients=clients, form=form, tabs=people_tabs(request.actor))
    return page(request, "web/manager/clients.html", view, status=status)


@post("/people/clients", name="clients.add")
async def do_add_client(request: Request[Actor]) -> Response[str]:
    """Enter a client organisation."""
    raw = await request.form()
    try:
        fields = parse_form(raw, ClientFields)
        async with request.db.write() as session:
            await add_client_organisation(session, actor=request.actor, name=fields.name)
    except (InvalidError, ConflictError) as error:
        form = Filled({"name": str(raw.get("name", ""))}, problems_of(error))
        return await _page(request, form, status=error.status)
    return redirect(request, "/people/clients", said=_("Added. It can have projects now."))


handlers = [show_clients, do_add_client]
