"""Reading endpoints and language models: for people, and for asking."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from preceptor.lib.db import ReadSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import LazyText, _
from preceptor.llms.keys import Key, KeyUnreadableError, Vault
from preceptor.llms.tables import Endpoint, LanguageModel
from preceptor.people.rules import Actor, Permission


class EndpointView(msgspec.Struct, frozen=True):
    """An endpoint as managers and operators see it. Of its key they see whether there is one."""

    id: UUID
    name: str
    base_url: str
    """Empty for the embedded endpoint: its address is agreed on anew at every start."""
    embedded: bool
    has_key: bool
    timeout_seconds: int
    concurrency: int
    enabled: bool
    health: str
    """`unknown`, `ok` or `failing`."""
    health_code: str
    """Code of the problem it is failing with; empty otherwise."""
    health_detail: str
    """What the server or the network said, in technical words."""
    health_at: datetime | None
    models: int
    """Language models it serves to us."""


class LanguageModelView(msgspec.Struct, frozen=True):
    """A language model as managers and operators see it."""

    id: UUID
    slug: str
    name: str
    endpoint_id: UUID
    endpoint_name: str
    model_name: str
    context_tokens: int
    parameters: dict[str, Any]
    practice: bool
    """True for the practice model, which knows nothing."""
    enabled: bool
    usable: bool
    """True when the model and its endpoint are both enabled."""
    health: str
    """That of its endpoint."""


class EndpointToAsk(msgspec.Struct, frozen=True):
    """What it takes to reach an endpoint."""

    id: UUID
    base_url: str
    """Empty for an embedded endpoint until its address has been looked up."""
    key: Key | None
    timeout_seconds: int
    concurrency: int
    embedded: bool = False


class ModelToAsk(msgspec.Struct, frozen=True):
    """What it takes to ask a language model."""

    slug: str
    model_name: str
    context_tokens: int
    parameters: dict[str, Any]
    """Its own; a project's wishes go on top (`rules.merged_parameters`)."""
    practice: bool
    endpoint: EndpointToAsk


HEALTH_TEXTS: dict[str, LazyText] = {
    "model_down": _("Does not answer"),
    "model_busy": _("Overloaded, or still loading"),
    "model_timeout": _("Answers too late"),
    "model_garbage": _("Is no OpenAI-compatible server, or the address lacks its end, such as /v1"),
    "model_refused": _("Refuses us: check the address and the key"),
    "model_not_running": _("Not running on this machine"),
    "key_unreadable": _("The key cannot be read any more: enter it again"),
}
"""What is wrong with an endpoint in a few words for operators, by `EndpointView.health_code`."""


def health_text(code: str) -> LazyText:
    """The words for a `health_code`."""
    return HEALTH_TEXTS.get(code, HEALTH_TEXTS["model_down"])


class NoSuchEndpointError(NotFoundError):
    """No endpoint of this id."""

    title = _("There is no such endpoint.")
    code = "no_such_endpoint"


class NoSuchModelError(NotFoundError):
    """No language model of this id or slug."""

    title = _("There is no such language model.")
    code = "no_such_model"


async def list_endpoints(session: ReadSession, *, actor: Actor) -> list[EndpointView]:
    """All endpoints by name.

    Raises:
        MissingPermissionError: the actor may not read models.
    """
    actor.require(Permission.MODEL_READ)
    count = select(func.count()).where(LanguageModel.endpoint_id == Endpoint.id).scalar_subquery()
    rows = await session.execute(select(Endpoint, count).order_by(Endpoint.name))
    return [_endpoint_view(row[0], models=row[1]) for row in rows]


async def access_endpoint(session: ReadSession, *, actor: Actor, endpoint_id: UUID) -> EndpointView:
    """One endpoint.

    Raises:
        MissingPermissionError: the actor may not read models.
        NoSuchEndpointError: there is none of this id.
    """
    actor.require(Permission.MODEL_READ)
    row = await session.get(Endpoint, endpoint_id)
    if row is None:
        raise NoSuchEndpointError
    count = select(func.count()).where(LanguageModel.endpoint_id == endpoint_id)
    return _endpoint_view(row, models=await session.scalar(count) or 0)


def _endpoint_view(row: Endpoint, *, models: int) -> EndpointView:
    code, _newline, detail = row.health_detail.partition("\n")
    return EndpointView(
        id=row.id,
        name=row.name,
        base_url=row.base_url,
        embedded=row.embedded,
        has_key=row.encrypted_key is not None,
        timeout_seconds=row.timeout_seconds,
        concurrency=row.concurrency,
        enabled=row.enabled,
        health=row.health,
        health_code=code,
        health_detail=detail,
        health_at=row.health_at,
        models=models,
    )


async def list_models(session: ReadSession, *, actor: Actor, usable_only: bool = False) -> list[LanguageModelView]:
    """All language models by name; `usable_only` leaves out those that may not be asked now.

    Raises:
        MissingPermissionError: the actor may not read models.
    """
    actor.require(Permission.MODEL_READ)
    query = select(LanguageModel, Endpoint).join(Endpoint, Endpoint.id == LanguageModel.endpoint_id)
    if usable_only:
        query = query.where(LanguageModel.enabled, Endpoint.enabled)
    return [_model_view(*row) for row in await session.execute(query.order_by(LanguageModel.name, LanguageModel.id))]


async def access_model(session: ReadSession, *, actor: Actor, model_id: UUID) -> LanguageModelView:
    """One language model.

    Raises:
        MissingPermissionError: the actor may not read models.
        NoSuchModelError: there is none of this id.
    """
    actor.require(Permission.MODEL_READ)
    query = select(LanguageModel, Endpoint).join(Endpoint, Endpoint.id == LanguageModel.endpoint_id)
    row = (await session.execute(query.where(LanguageModel.id == model_id))).first()
    if row is None:
        raise NoSuchModelError
    return _model_view(*row)


def _model_view(model: LanguageModel, endpoint: Endpoint) -> LanguageModelView:
    return LanguageModelView(
        id=model.id,
        slug=model.slug,
        name=model.name,
        endpoint_id=endpoint.id,
        endpoint_name=endpoint.name,
        model_name=model.model_name,
        context_tokens=model.context_tokens,
        parameters=model.parameters,
        practice=model.practice,
        enabled=model.enabled,
        usable=model.enabled and endpoint.enabled,
        health=endpoint.health,
    )


async def model_to_ask(session: ReadSession, *, slug: str, vault: Vault) -> ModelToAsk | None:
    """What it takes to ask a model; None where it or its endpoint is disabled. Keep it for seconds only.

    Raises:
        NoSuchModelError: there is none of this slug.
        KeyUnreadableError: the installation's secret has changed since the key was stored.
    """
    query = select(LanguageModel, Endpoint).join(Endpoint, Endpoint.id == LanguageModel.endpoint_id)
    row = (await session.execute(query.where(LanguageModel.slug == slug))).first()
    if row is None:
        raise NoSuchModelError
    model, endpoint = row[0], row[1]
    if not (model.enabled and endpoint.enabled):
        return None
    return ModelToAsk(
        slug=model.slug,
        model_name=model.model_name,
        context_tokens=model.context_tokens,
        parameters=model.parameters,
        practice=model.practice,
        endpoint=_endpoint_to_ask(endpoint, vault),
    )


async def endpoints_to_ask(
    session: ReadSession, *, vault: Vault, endpoint_id: UUID | None = None
) -> list[tuple[UUID, EndpointToAsk | KeyUnreadableError]]:
    """Every enabled endpoint, or why it cannot be asked; with `endpoint_id` that one, enabled or not."""
    query = select(Endpoint).where(Endpoint.enabled if endpoint_id is None else Endpoint.id == endpoint_id)
    found: list[tuple[UUID, EndpointToAsk | KeyUnreadableError]] = []
    for row in await session.scalars(query.order_by(Endpoint.id)):
        try:
            found.append((row.id, _endpoint_to_ask(row, vault)))
        except KeyUnreadableError as error:
            found.append((row.id, error))
    return found


def _endpoint_to_ask(row: Endpoint, vault: Vault) -> EndpointToAsk:
    return EndpointToAsk(
        id=row.id,
        base_url=row.base_url,
        key=vault.open(row.encrypted_key) if row.encrypted_key is not None else None,
        timeout_seconds=row.timeout_seconds,
        concurrency=row.concurrency,
        embedded=row.embedded,
    )


async def is_any_model_ready(session: ReadSession) -> bool:
    """True when at least one enabled model stands at an endpoint that was found in order when it was last looked at."""
    usable = select(LanguageModel.id).join(Endpoint, Endpoint.id == LanguageModel.endpoint_id)
    usable = usable.where(LanguageModel.enabled, Endpoint.enabled, Endpoint.health == "ok").limit(1)
    return await session.scalar(usable) is not None
