"""Adding, changing, enabling and disabling endpoints and language models."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.llms import rules
from preceptor.llms.events import (
    EndpointAdded,
    EndpointChanged,
    EndpointDisabled,
    EndpointEnabled,
    EndpointHealthChanged,
    LanguageModelAdded,
    LanguageModelChanged,
    LanguageModelDisabled,
    LanguageModelEnabled,
)
from preceptor.llms.keys import Key, Vault
from preceptor.llms.queries import NoSuchEndpointError, NoSuchModelError
from preceptor.llms.tables import Endpoint, LanguageModel
from preceptor.people.rules import Actor, Permission, clean_name

EMBEDDED_ENDPOINT = "Embedded"
EMBEDDED_MODEL = ("smollm2-135m", "SmolLM2 135M Instruct")
PRACTICE_MODEL = ("practice", "Practice model (knows nothing)")
EMBEDDED_PARAMETERS = {"temperature": 0.8, "top_p": 0.95, "max_tokens": 512}
MAX_HEALTH_DETAIL = 500
EMBEDDED_LOCK = 7_215_002
"""Advisory lock: processes that start together register one after the other."""


class EndpointNameTakenError(ConflictError):
    """Another endpoint has this name."""

    title = _("There is an endpoint of this name already.")
    code = "endpoint_name_taken"


class ModelSlugTakenError(ConflictError):
    """Another language model has this slug."""

    title = _("There is a language model of this short name already.")
    code = "model_slug_taken"


class EmbeddedEndpointError(ConflictError):
    """The embedded endpoint's name, address and key are agreed on at every start."""

    title = _("This endpoint belongs to the installation. Its limits can be changed, its name, address and key cannot.")
    code = "embedded_endpoint"


async def add_endpoint(
    session: WriteSession,
    *,
    actor: Actor,
    vault: Vault,
    name: str,
    base_url: str,
    key: str = "",
    timeout_seconds: int = 120,
    concurrency: int = 8,
) -> UUID:
    """Make an OpenAI-compatible server known and answer its id.

    Args:
        session: the transaction.
        actor: who does it.
        vault: encrypts the key.
        name: what people call it.
        base_url: http or https, usually ending in `/v1`.
        key: empty where it needs none.
        timeout_seconds: how long it may stay silent, before an answer and in the middle of one.
        concurrency: answers asked of it at the same time.

    Raises:
        MissingPermissionError: the actor may not write models.
        InvalidError: a value will not do.
        EndpointNameTakenError: the name is taken.
    """
    actor.require(Permission.MODEL_WRITE)
    rules.check_limits(timeout_seconds=timeout_seconds, concurrency=concurrency)
    cleaned = rules.clean_key(key)
    statement = (
        insert(Endpoint)
        .values(
            id=new_id(),
            name=clean_name(name),
            base_url=rules.clean_base_url(base_url),
            encrypted_key=vault.seal(Key(cleaned)) if cleaned else None,
            timeout_seconds=timeout_seconds,
            concurrency=concurrency,
        )
        .on_conflict_do_nothing(index_elements=["name"])
        .returning(Endpoint.id)
    )
    endpoint_id = await session.scalar(statement)
    if endpoint_id is None:
        raise EndpointNameTakenError
    session.emit(EndpointAdded(actor_id=actor.person_id, subject_id=endpoint_id))
    return endpoint_id


async def change_endpoint(
    session: WriteSession,
    *,
    actor: Actor,
    vault: Vault,
    endpoint_id: UUID,
    name: str | None = None,
    base_url: str | None = None,
    key: str | None = None,
    timeout_seconds: int | None = None,
    concurrency: int | None = None,
) -> None:
    """Set values of an endpoint anew. None keeps what there is; an empty `key` removes the present one.

    A key is never shown to another server than the one it was entered for: a new scheme, host or port needs it again.

    Raises:
        MissingPermissionError: the actor may not write models.
        NoSuchEndpointError: there is none of this id.
        EmbeddedEndpointError: another name, address or key for the embedded one.
        InvalidError: a value will not do.
        EndpointNameTakenError: the name is taken.
    """
    actor.require(Permission.MODEL_WRITE)
    limits = _given(timeout_seconds=timeout_seconds, concurrency=concurrency)
    rules.check_limits(**limits)
    row = await _endpoint(session, endpoint_id)
    if row.embedded and (name not in {None, row.name} or base_url not in {None, row.base_url} or key):
        raise EmbeddedEndpointError
    wanted: dict[str, object] = dict(limits)
    if name is not None and not row.embedded:
        wanted["name"] = clean_name(name)
    if base_url is not None and not row.embedded:
        wanted["base_url"] = cleaned_url = rules.clean_base_url(base_url)
        if (
            key is None
            and row.encrypted_key is not None
            and rules.origin_of(cleaned_url) != rules.origin_of(row.base_url)
        ):
            message = _("The address leads to another server: enter the key again.")
            raise InvalidError(fields=[FieldProblem(path="key", message=message)])
    changed = [field for field, value in wanted.items() if getattr(row, field) != value]
    if "name" in changed and await session.scalar(select(Endpoint.id).where(Endpoint.name == wanted["name"])):
        raise EndpointNameTakenError
    for field in changed:
        setattr(row, field, wanted[field])
    if key is not None and not row.embedded:
        cleaned_key = rules.clean_key(key)
        row.encrypted_key = vault.seal(Key(cleaned_key)) if cleaned_key else None
        changed.append("key")
    if {"base_url", "key"} & set(changed):
        row.health, row.health_detail, row.health_at = "unknown", "", None
    if changed:
        session.emit(EndpointChanged(actor_id=actor.person_id, subject_id=endpoint_id, fields=changed))


async def set_endpoint_enabled(session: WriteSession, *, actor: Actor, endpoint_id: UUID, enabled: bool) -> None:
    """Let an endpoint be asked, or not. Answers under way are finished.

    Raises:
        MissingPermissionError: the actor may not write models.
        NoSuchEndpointError: there is none of this id.
    """
    actor.require(Permission.MODEL_WRITE)
    row = await _endpoint(session, endpoint_id)
    if row.enabled != enabled:
        row.enabled = enabled
        event = EndpointEnabled if enabled else EndpointDisabled
        session.emit(event(actor_id=actor.person_id, subject_id=endpoint_id))


async def add_model(
    session: WriteSession,
    *,
    actor: Actor,
    slug: str,
    name: str,
    endpoint_id: UUID,
    model_name: str,
    context_tokens: int = 8192,
    parameters: Mapping[str, object] | None = None,
    practice: bool = False,
) -> UUID:
    """Make a language model known and answer its id.

    Args:
        session: the transaction.
        actor: who does it.
        slug: what projects, responses and releases call it; it never changes.
        name: what managers see.
        endpoint_id: where it is asked.
        model_name: what the endpoint calls it.
        context_tokens: the longest conversation it takes, answer included.
        parameters: sampling and the like, wherever a project does not say otherwise (see `rules.clean_parameters`).
        practice: it only pretends to be a model, and is labelled so.

    Raises:
        MissingPermissionError: the actor may not write models.
        NoSuchEndpointError: there is no such endpoint.
        InvalidError: a value will not do.
        ModelSlugTakenError: the slug is taken.
    """
    actor.require(Permission.MODEL_WRITE)
    rules.check_limits(context_tokens=context_tokens)
    await _endpoint(session, endpoint_id)
    cleaned = rules.clean_slug(slug)
    statement = (
        insert(LanguageModel)
        .values(
            id=new_id(),
            slug=cleaned,
            name=clean_name(name),
            endpoint_id=endpoint_id,
            model_name=rules.clean_model_name(model_name),
            context_tokens=context_tokens,
            parameters=rules.clean_parameters(parameters or {}),
            practice=practice,
        )
        .on_conflict_do_nothing(index_elements=["slug"])
        .returning(LanguageModel.id)
    )
    model_id = await session.scalar(statement)
    if model_id is None:
        raise ModelSlugTakenError
    session.emit(LanguageModelAdded(actor_id=actor.person_id, subject_id=model_id, slug=cleaned))
    return model_id


async def change_model(
    session: WriteSession,
    *,
    actor: Actor,
    model_id: UUID,
    name: str | None = None,
    endpoint_id: UUID | None = None,
    model_name: str | None = None,
    context_tokens: int | None = None,
    parameters: Mapping[str, object] | None = None,
) -> None:
    """Set values of a language model anew; None keeps what there is. Responses keep what they were asked with.

    Raises:
        MissingPermissionError: the actor may not write models.
        NoSuchModelError: there is none of this id.
        NoSuchEndpointError: there is no such endpoint.
        InvalidError: a value will not do.
    """
    actor.require(Permission.MODEL_WRITE)
    limits = _given(context_tokens=context_tokens)
    rules.check_limits(**limits)
    row = await _model(session, model_id)
    wanted: dict[str, object] = dict(limits)
    if name is not None:
        wanted["name"] = clean_name(name)
    if endpoint_id is not None:
        wanted["endpoint_id"] = (await _endpoint(session, endpoint_id)).id
    if model_name is not None:
        wanted["model_name"] = rules.clean_model_name(model_name)
    if parameters is not None:
        wanted["parameters"] = rules.clean_parameters(parameters)
    changed = [field for field, value in wanted.items() if getattr(row, field) != value]
    for field in changed:
        setattr(row, field, wanted[field])
    if changed:
        event = LanguageModelChanged(actor_id=actor.person_id, subject_id=model_id, slug=row.slug, fields=changed)
        session.emit(event)


async def set_model_enabled(session: WriteSession, *, actor: Actor, model_id: UUID, enabled: bool) -> None:
    """Let a language model be asked, or not. Answers under way are finished.

    Raises:
        MissingPermissionError: the actor may not write models.
        NoSuchModelError: there is none of this id.
    """
    actor.require(Permission.MODEL_WRITE)
    _switch(session, actor=actor, row=await _model(session, model_id), enabled=enabled)


def _switch(session: WriteSession, *, actor: Actor, row: LanguageModel, enabled: bool) -> None:
    if row.enabled != enabled:
        row.enabled = enabled
        event = LanguageModelEnabled if enabled else LanguageModelDisabled
        session.emit(event(actor_id=actor.person_id, subject_id=row.id, slug=row.slug))


async def register_embedded(
    session: WriteSession, *, actor: Actor, model_name: str, practice: bool, context_tokens: int = 2048
) -> str:
    """Make the model that this installation serves itself known, and answer its slug. Called at every start.

    The address and key of its server are not stored: they are looked up whenever it is asked (`directory`). Of the
    two embedded models, the real one and the practice model, the one that is not served now is disabled; an
    operator's own choice to disable the other is left alone.

    Raises:
        MissingPermissionError: the actor may not write models.
    """
    actor.require(Permission.MODEL_WRITE)
    await session.execute(select(func.pg_advisory_xact_lock(EMBEDDED_LOCK)))
    endpoint_id = await session.scalar(select(Endpoint.id).where(Endpoint.embedded))
    if endpoint_id is None:
        endpoint = Endpoint(name=await _free_endpoint_name(session), base_url="", embedded=True)
        session.add(endpoint)
        await session.flush()
        endpoint_id = endpoint.id
        session.emit(EndpointAdded(actor_id=actor.person_id, subject_id=endpoint_id))
    ours = select(LanguageModel).where(LanguageModel.endpoint_id == endpoint_id)
    rows = list(await session.scalars(ours.with_for_update()))
    switched = [row for row in rows if row.practice != practice and row.enabled]
    for row in switched:
        _switch(session, actor=actor, row=row, enabled=False)
    for row in rows:
        if switched and row.practice == practice:
            _switch(session, actor=actor, row=row, enabled=True)
    slug, name = PRACTICE_MODEL if practice else EMBEDDED_MODEL
    for row in rows:
        if row.slug in {slug, f"{slug}-embedded"}:
            row.model_name, row.context_tokens = model_name, context_tokens
            return row.slug
    if await session.scalar(select(LanguageModel.id).where(LanguageModel.slug == slug)) is not None:
        slug = f"{slug}-embedded"  # an operator gave the plain one to a model elsewhere
    await add_model(
        session,
        actor=actor,
        slug=slug,
        name=name,
        endpoint_id=endpoint_id,
        model_name=model_name,
        context_tokens=context_tokens,
        parameters=EMBEDDED_PARAMETERS,
        practice=practice,
    )
    return slug


async def note_health(
    session: WriteSession, *, actor: Actor, endpoint_id: UUID, problem: str, detail: str, now: datetime
) -> None:
    """Write down how an endpoint was found; `problem` is the code of what is wrong, empty where nothing is."""
    health = "failing" if problem else "ok"
    before = await session.scalar(select(Endpoint.health).where(Endpoint.id == endpoint_id).with_for_update())
    text = f"{problem}\n{rules.clean_text(detail)[:MAX_HEALTH_DETAIL]}"
    await session.execute(
        update(Endpoint).where(Endpoint.id == endpoint_id).values(health=health, health_detail=text, health_at=now)
    )
    if before in {"ok", "failing"} - {health} or (before == "unknown" and problem):
        session.emit(
            EndpointHealthChanged(actor_id=actor.person_id, subject_id=endpoint_id, health=health, problem=problem)
        )


async def _free_endpoint_name(session: WriteSession) -> str:
    taken = set(await session.scalars(select(Endpoint.name).where(Endpoint.name.startswith(EMBEDDED_ENDPOINT))))
    return next(
        name
        for number in range(1, len(taken) + 2)
        if (name := EMBEDDED_ENDPOINT if number == 1 else f"{EMBEDDED_ENDPOINT} {number}") not in taken
    )


def _given(**limits: int | None) -> dict[str, int]:
    return {name: value for name, value in limits.items() if value is not None}


async def _endpoint(session: WriteSession, endpoint_id: UUID) -> Endpoint:
    row = await session.get(Endpoint, endpoint_id, with_for_update=True)
    if row is None:
        raise NoSuchEndpointError
    return row


async def _model(session: WriteSession, model_id: UUID) -> LanguageModel:
    row = await session.get(LanguageModel, model_id, with_for_update=True)
    if row is None:
        raise NoSuchModelError
    return row
