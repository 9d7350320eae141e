"""Endpoints and language models, for operators; managers may read."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from preceptor.lib.web import Request
from preceptor.llms.asking import Asker, ModelProblemError
from preceptor.llms.directory import Directory
from preceptor.llms.jobs import check_endpoint
from preceptor.llms.keys import Vault
from preceptor.llms.operations import (
    add_endpoint,
    add_model,
    change_endpoint,
    change_model,
    set_endpoint_enabled,
    set_model_enabled,
)
from preceptor.llms.queries import (
    EndpointView,
    LanguageModelView,
    access_endpoint,
    access_model,
    health_text,
    list_endpoints,
    list_models,
)
from preceptor.llms.trials import Trial, try_model
from preceptor.people import Actor


class Made(msgspec.Struct, frozen=True):
    """What was just made."""

    id: UUID


class EndpointBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An endpoint to add. `base_url` usually ends in /v1; `key` stays empty where the server needs none."""

    name: str
    base_url: str
    key: str = ""
    timeout_seconds: int = 120
    concurrency: int = 8


class EndpointChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change. Whatever is missing stays; an empty `key` removes the present one."""

    name: str | None = None
    base_url: str | None = None
    key: str | None = None
    timeout_seconds: int | None = None
    concurrency: int | None = None
    enabled: bool | None = None


class ModelBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A language model to add. `slug` is what projects and releases call it, `model_name` what the endpoint does."""

    slug: str
    name: str
    endpoint_id: UUID
    model_name: str
    context_tokens: int = 8192
    parameters: dict[str, Any] = {}
    practice: bool = False


class ModelChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change. Whatever is missing stays; `parameters` replace the present ones."""

    name: str | None = None
    endpoint_id: UUID | None = None
    model_name: str | None = None
    context_tokens: int | None = None
    parameters: dict[str, Any] | None = None
    enabled: bool | None = None


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A prompt to try a model with. Parameters go on top of the model's own."""

    prompt: str
    parameters: dict[str, Any] = {}
    seed: int | None = None


class Checked(msgspec.Struct, frozen=True):
    """How an endpoint was found just now. `problem` is None where nothing is wrong."""

    endpoint: EndpointView
    problem: str | None
    served: list[str]
    """Names of the models it says it serves."""


def _directory(request: Request[Actor]) -> Directory:
    directory: Directory = request.part("directory")
    return directory


def _asker(request: Request[Actor]) -> Asker:
    asker: Asker = request.part("asker")
    return asker


@get("/endpoints", summary="Endpoints")
async def show_endpoints(request: Request[Actor]) -> dict[str, list[EndpointView]]:
    """All endpoints with their health, without their keys."""
    async with request.db.read() as session:
        return {"endpoints": await list_endpoints(session, actor=request.actor)}


@post("/endpoints", summary="Add an endpoint", status_code=201)
async def make_endpoint(request: Request[Actor], data: JSONBody[EndpointBody]) -> Made:
    """Make an OpenAI-compatible server known."""
    vault = await _directory(request).vault()
    async with request.db.write() as session:
        return Made(
            await add_endpoint(session, actor=request.actor, vault=vault, **msgspec.structs.asdict(data)),
        )


@get("/endpoints/{endpoint_id:uuid}", summary="An endpoint")
async def show_endpoint(request: Request[Actor], endpoint_id: FromPath[UUID]) -> EndpointView:
    """One endpoint."""
    async with request.db.read() as session:
        return await access_endpoint(session, actor=request.actor, endpoint_id=endpoint_id)


@patch("/endpoints/{endpoint_id:uuid}", summary="Change an endpoint")
async def alter_endpoint(
    request: Request[Actor], endpoint_id: FromPath[UUID], data: JSONBody[EndpointChange]
) -> EndpointView:
    """Change some of its values, or switch it on or off."""
    changes = msgspec.structs.asdict(data)
    enabled = changes.pop("enabled")
    vault: Vault = await _directory(request).vault()
    async with request.db.write() as session:
        await change_endpoint(session, actor=request.actor, vault=vault, endpoint_id=endpoint_id, **changes)
        if enabled is not None:
            await set_endpoint_enabled(session, actor=request.actor, endpoint_id=endpoint_id, enabled=enabled)
    _directory(request).forget()
    async with request.db.read() as session:
        return await access_endpoint(session, actor=request.actor, endpoint_id=endpoint_id)


@post("/endpoints/{endpoint_id:uuid}/check", summary="Look at an endpoint now", status_code=200)
async def check(request: Request[Actor], endpoint_id: FromPath[UUID]) -> Checked:
    """Ask it which models it serves, and note its health."""
    served = await check_endpoint(
        request.db,
        actor=request.actor,
        directory=_directory(request),
        asker=_asker(request),
        endpoint_id=endpoint_id,
    )
    async with request.db.read() as session:
        endpoint = await access_endpoint(session, actor=request.actor, endpoint_id=endpoint_id)
    problem = str(health_text(endpoint.health_code)) if endpoint.health_code else None
    return Checked(endpoint=endpoint, problem=problem, served=served)


@get("/models", summary="Language models")
async def show_models(
    request: Request[Actor], *, usable: FromQuery[bool] = False
) -> dict[str, list[LanguageModelView]]:
    """All language models; with `usable=true` those that can be asked now."""
    async with request.db.read() as session:
        return {"models": await list_models(session, actor=request.actor, usable_only=usable)}


@post("/models", summary="Add a language model", status_code=201)
async def make_model(request: Request[Actor], data: JSONBody[ModelBody]) -> Made:
    """Make a language model known that an endpoint serves."""
    async with request.db.write() as session:
        return Made(await add_model(session, actor=request.actor, **msgspec.structs.asdict(data)))


@get("/models/{model_id:uuid}", summary="A language model")
async def show_model(request: Request[Actor], model_id: FromPath[UUID]) -> LanguageModelView:
    """One language model."""
    async with request.db.read() as session:
        return await access_model(session, actor=request.actor, model_id=model_id)


@patch("/models/{model_id:uuid}", summary="Change a language model")
async def alter_model(
    request: Request[Actor], model_id: FromPath[UUID], data: JSONBody[ModelChange]
) -> LanguageModelView:
    """Change some of its values, or switch it on or off."""
    changes = msgspec.structs.asdict(data)
    enabled = changes.pop("enabled")
    async with request.db.write() as session:
        await change_model(session, actor=request.actor, model_id=model_id, **changes)
        if enabled is not None:
            await set_model_enabled(session, actor=request.actor, model_id=model_id, enabled=enabled)
    _directory(request).forget()
    async with request.db.read() as session:
        return await access_model(session, actor=request.actor, model_id=model_id)


@post("/models/{model_id:uuid}/try", summary="Try a language model", status_code=200)
async def ask(request: Request[Actor], model_id: FromPath[UUID], data: JSONBody[Question]) -> Trial:
    """Ask a model and wait for its whole answer. Nothing of it is kept."""
    try:
        return await try_model(
            request.db,
            actor=request.actor,
            directory=_directory(request),
            asker=_asker(request),
            model_id=model_id,
            **msgspec.structs.asdict(data),
        )
    except ModelProblemError as error:
        error.extra["technical"] = error.technical
        raise


handlers: list[Any] = [
    show_endpoints,
    make_endpoint,
    show_endpoint,
    alter_endpoint,
    check,
    show_models,
    make_model,
    show_model,
    alter_model,
    ask,
]
