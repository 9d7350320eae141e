"""Language models and the endpoints they are asked at: the list, with switches."""

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.llms.directory import Directory
from preceptor.llms.operations import set_endpoint_enabled, set_model_enabled
from preceptor.llms.queries import (
    HEALTH_TEXTS,
    EndpointView,
    LanguageModelView,
    list_endpoints,
    list_models,
)
from preceptor.people import Actor, Permission


class SwitchForm(msgspec.Struct, frozen=True):
    """On or off."""

    enabled: bool


class ModelsPage(msgspec.Struct, frozen=True):
    """Everything that can be asked, and where."""

    models: list[LanguageModelView]
    endpoints: list[EndpointView]
    health: dict[str, str]
    """Words for the codes of what an endpoint is failing with."""
    failing: int
    """Enabled endpoints that do not work."""


@get("/models", name="models")
async def show_models(request: Request[Actor]) -> Response[str]:
    """All models and endpoints."""
    request.actor.require(Permission.MODEL_WRITE)
    async with request.db.read() as session:
        models = await list_models(session, actor=request.actor)
        endpoints = await list_endpoints(session, actor=request.actor)
    view = ModelsPage(
        models=models,
        endpoints=endpoints,
        health=health_words(),
        failing=sum(endpoint.enabled and endpoint.health == "failing" for endpoint in endpoints),
    )
    return page(request, "web/operator/models.html", view)


def health_words() -> dict[str, str]:
    """Words for every code of an endpoint's health."""
    return {code: str(text) for code, text in HEALTH_TEXTS.items()}


@post("/models/{model_id:uuid}/switch", name="models.switch")
async def switch_model(request: Request[Actor], model_id: FromPath[UUID]) -> Response[str]:
    """Switch a model on or off."""
    form = parse_form(await request.form(), SwitchForm)
    async with request.db.write() as session:
        await set_model_enabled(session, actor=request.actor, model_id=model_id, enabled=form.enabled)
    return _switched(request, enabled=form.enabled)


@post("/models/endpoints/{endpoint_id:uuid}/switch", name="endpoints.switch")
async def switch_endpoint(request: Request[Actor], endpoint_id: FromPath[UUID]) -> Response[str]:
    """Switch an endpoint on or off, with all its models."""
    form = parse_form(await request.form(), SwitchForm)
    async with request.db.write() as session:
        await set_endpoint_enabled(session, actor=request.actor, endpoint_id=endpoint_id, enabled=form.enabled)
    return _switched(request, enabled=form.enabled)


def _switched(request: Request[Actor], *, enabled: bool) -> Response[str]:
    directory: Directory = request.part("directory")
    directory.forget()
    said = _("It can be asked again.") if enabled else _("It is asked no more. Answers under way are finished.")
    return redirect(request, "/models", said=said)


handlers = [show_models, switch_model, switch_endpoint]
