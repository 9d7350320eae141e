"""Adding and changing an endpoint, and looking at it now."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, redirect
from preceptor.lib.web.nested_forms import convert_form, nest_form
from preceptor.llms.asking import Asker
from preceptor.llms.directory import Directory
from preceptor.llms.jobs import check_endpoint
from preceptor.llms.operations import add_endpoint, change_endpoint
from preceptor.llms.queries import EndpointView, LanguageModelView, access_endpoint, list_models
from preceptor.people import Actor, Permission
from preceptor.web.manager.filled import Filled, problems_of
from preceptor.web.operator.models import health_words

TEMPLATE = "web/operator/endpoint_form.html"
SHOWN_MODELS = 300


class EndpointFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form. An empty key keeps the present one; `remove_key` removes it."""

    timeout_seconds: int
    concurrency: int
    name: str = ""
    base_url: str = ""
    key: str = ""
    remove_key: bool = False


class EndpointPage(msgspec.Struct, frozen=True):
    """The form of a new endpoint (`endpoint` is None) or a known one, and what it serves."""

    endpoint: EndpointView | None
    form: Filled
    health: dict[str, str]
    served: list[tuple[str, LanguageModelView | None]] | None = None
    """What it said it serves, just now, and the model we know by that name; None where it was not asked."""


@get("/models/endpoints/new", name="endpoints.new")
async def show_new(request: Request[Actor]) -> Response[str]:
    """The empty form."""
    request.actor.require(Permission.MODEL_WRITE)
    form = Filled({"timeout_seconds": 120, "concurrency": 8})
    return page(request, TEMPLATE, EndpointPage(endpoint=None, form=form, health=health_words()))


@post("/models/endpoints/new", name="endpoints.add")
async def do_add(request: Request[Actor]) -> Response[str]:
    """Add it and go on to its page, which says whether it answers."""
    request.actor.require(Permission.MODEL_WRITE)
    directory: Directory = request.part("directory")
    tree = nest_form((await request.form()).multi_items())
    try:
        fields = convert_form(tree, EndpointFields)
        vault = await directory.vault()
        async with request.db.write() as session:
            endpoint_id = await add_endpoint(
                session,
                actor=request.actor,
                vault=vault,
                name=fields.name,
                base_url=fields.base_url,
                key=fields.key,
                timeout_seconds=fields.timeout_seconds,
                concurrency=fields.concurrency,
            )
    except (InvalidError, ConflictError) as error:
        view = EndpointPage(endpoint=None, form=_again(tree, error), health=health_words())
        return page(request, TEMPLATE, view, status=error.status)
    return await _checked(request, endpoint_id)


@get("/models/endpoints/{endpoint_id:uuid}", name="endpoint")
async def show_endpoint(request: Request[Actor], endpoint_id: FromPath[UUID]) -> Response[str]:
    """The endpoint as it is."""
    return await _page(request, endpoint_id)


@post("/models/endpoints/{endpoint_id:uuid}", name="endpoint.change")
async def do_change(request: Request[Actor], endpoint_id: FromPath[UUID]) -> Response[str]:
    """Change it."""
    request.actor.require(Permission.MODEL_WRITE)
    directory: Directory = request.part("directory")
    tree = nest_form((await request.form()).multi_items())
    try:
        fields = convert_form(tree, EndpointFields)
        vault = await directory.vault()
        async with request.db.write() as session:
            await change_endpoint(
                session,
                actor=request.actor,
                vault=vault,
                endpoint_id=endpoint_id,
                name=fields.name if "name" in tree else None,
                base_url=fields.base_url if "base_url" in tree else None,
                key=fields.key or ("" if fields.remove_key else None),
                timeout_seconds=fields.timeout_seconds,
                concurrency=fields.concurrency,
            )
    except (InvalidError, ConflictError) as error:
        return await _page(request, endpoint_id, form=_again(tree, error), status=error.status)
    directory.forget()
    return redirect(request, "/models", said=_("Saved."))


@post("/models/endpoints/{endpoint_id:uuid}/check", name="endpoint.check", status_code=200)
async def do_check(request: Request[Actor], endpoint_id: FromPath[UUID]) -> Response[str]:
    """Ask it now which models it serves."""
    return await _checked(request, endpoint_id)


async def _checked(request: Request[Actor], endpoint_id: UUID) -> Response[str]:
    directory: Directory = request.part("directory")
    asker: Asker = request.part("asker")
    served = await check_endpoint(
        request.db, actor=request.actor, directory=directory, asker=asker, endpoint_id=endpoint_id
    )
    return await _page(request, endpoint_id, served=served)


def _again(tree: dict[str, Any], error: InvalidError | ConflictError) -> Filled:
    """The form with what was typed, but for the key, and what is wrong with it."""
    return Filled({name: value for name, value in tree.items() if name != "key"}, problems_of(error))


async def _page(
    request: Request[Actor],
    endpoint_id: UUID,
    *,
    form: Filled | None = None,
    served: list[str] | None = None,
    status: int = 200,
) -> Response[str]:
    request.actor.require(Permission.MODEL_WRITE)
    async with request.db.read() as session:
        endpoint = await access_endpoint(session, actor=request.actor, endpoint_id=endpoint_id)
        known = {
            model.model_name: model
            for model in await list_models(session, actor=request.actor)
            if model.endpoint_id == endpoint_id
        }
    view = EndpointPage(
        endpoint=endpoint,
        form=form or Filled(msgspec.structs.asdict(endpoint)),
        health=health_words(),
        served=None if served is None else [(name, known.get(name)) for name in served[:SHOWN_MODELS]],
    )
    return page(request, TEMPLATE, view, status=status)


handlers = [show_new, do_add, show_endpoint, do_change, do_check]
