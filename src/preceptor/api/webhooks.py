"""Webhooks: having other programs told what happens in a project."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from preceptor.lib.networks import parse_networks
from preceptor.lib.web import Request
from preceptor.people import Actor
from preceptor.projects import DeliveryState, WebhookEvent, WebhookState
from preceptor.projects.courier import webhook_sealer
from preceptor.projects.operations import (
    add_webhook,
    change_webhook,
    pause_webhook,
    remove_webhook,
    resume_webhook,
    rotate_secret,
    send_again,
    send_test,
)
from preceptor.projects.queries import (
    DeliveryView,
    WebhookView,
    access_delivery,
    access_webhook,
    list_deliveries,
    list_webhooks,
)


class WebhookDocument(msgspec.Struct, frozen=True, kw_only=True):
    """An address that a project's events are sent to.

    `state`: active; paused; failing (a message was given up; what happens next is tried all the same); gone (the
    receiver answered 410 and is told nothing until it is resumed). `two_secrets_until`: until then messages are signed
    under the secret before as well.
    """

    id: UUID
    project: str
    address: str
    events: list[WebhookEvent]
    state: WebhookState
    two_secrets_until: datetime | None
    created_at: datetime


class MadeWebhook(WebhookDocument, frozen=True, kw_only=True):
    """A new webhook. The secret is told this once."""

    secret: str


class Webhooks(msgspec.Struct, frozen=True):
    """The webhooks of a project."""

    webhooks: list[WebhookDocument]


class WebhookBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to send what."""

    address: str
    events: list[WebhookEvent]


class WebhookChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be another; what is left out stays."""

    address: str | None = None
    events: list[WebhookEvent] | None = None


class NewSecret(msgspec.Struct, frozen=True):
    """A new secret. It is told this once."""

    secret: str


class DeliveryDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A message to a webhook.

    `state`: waiting, delivered, failed. `next_at`: when it is tried next, null where it waits for the webhook to be
    resumed. `last_status`: of the last answer; where none came, `last_error` says why.
    """

    id: UUID
    type: str
    payload: dict[str, Any]
    state: DeliveryState
    attempts: int
    next_at: datetime | None
    last_at: datetime | None
    last_status: int | None
    last_error: str | None
    created_at: datetime


class Deliveries(msgspec.Struct, frozen=True):
    """Some messages; `next_cursor` leads to older ones."""

    deliveries: list[DeliveryDocument]
    next_cursor: str | None


def _fields(view: WebhookView) -> dict[str, Any]:
    return {
        "id": view.id,
        "project": view.project_slug,
        "address": view.address,
        "events": view.events,
        "state": view.state,
        "two_secrets_until": view.two_secrets_until,
        "created_at": view.created_at,
    }


def _delivery(view: DeliveryView) -> DeliveryDocument:
    return DeliveryDocument(
        id=view.id,
        type=view.type,
        payload=view.payload,
        state=view.state,
        attempts=view.attempts,
        next_at=view.next_at,
        last_at=view.last_at,
        last_status=view.last_status,
        last_error=view.last_error or None,
        created_at=view.created_at,
    )


async def _shown(request: Request[Actor], webhook_id: UUID) -> WebhookDocument:
    async with request.db.read() as session:
        view = await access_webhook(session, actor=request.actor, webhook_id=webhook_id, now=request.now)
    return WebhookDocument(**_fields(view))


async def _shown_delivery(request: Request[Actor], webhook_id: UUID, delivery_id: UUID) -> DeliveryDocument:
    async with request.db.read() as session:
        return _delivery(
            await access_delivery(
                session, actor=request.actor, webhook_id=webhook_id, delivery_id=delivery_id, now=request.now
            )
        )


@get("/projects/{slug:str}/webhooks", summary="A project's webhooks")
async def show_webhooks(request: Request[Actor], slug: FromPath[str]) -> Webhooks:
    """The webhooks of a project, oldest first."""
    async with request.db.read() as session:
        found = await list_webhooks(session, actor=request.actor, slug=slug, now=request.now)
    return Webhooks([WebhookDocument(**_fields(view)) for view in found])


@post("/projects/{slug:str}/webhooks", summary="Add a webhook")
async def add(request: Request[Actor], slug: FromPath[str], data: JSONBody[WebhookBody]) -> MadeWebhook:
    """Have events sent to an address from now on. Keep the secret: it is told this once."""
    sealer = await asyncio.to_thread(webhook_sealer, request.settings)
    async with request.db.write() as session:
        made = await add_webhook(
            session,
            actor=request.actor,
            sealer=sealer,
            networks=parse_networks(request.settings.webhook_networks),
            slug=slug,
            address=data.address,
            events=data.events,
        )
    async with request.db.read() as reading:
        view = await access_webhook(reading, actor=request.actor, webhook_id=made.id, now=request.now)
    return MadeWebhook(**_fields(view), secret=made.secret)


@get("/webhooks/{webhook_id:uuid}", summary="A webhook")
async def show_webhook(request: Request[Actor], webhook_id: FromPath[UUID]) -> WebhookDocument:
    """One webhook, without its secret."""
    return await _shown(request, webhook_id)


@patch("/webhooks/{webhook_id:uuid}", summary="Change a webhook")
async def alter(request: Request[Actor], webhook_id: FromPath[UUID], data: JSONBody[WebhookChange]) -> WebhookDocument:
    """Send to another address, what waits already too, or tell of other events."""
    async with request.db.write() as session:
        await change_webhook(
            session,
            actor=request.actor,
            networks=parse_networks(request.settings.webhook_networks),
            webhook_id=webhook_id,
            now=request.now,
            address=data.address,
            events=data.events,
        )
    return await _shown(request, webhook_id)


@delete("/webhooks/{webhook_id:uuid}", summary="Delete a webhook")
async def remove(request: Request[Actor], webhook_id: FromPath[UUID]) -> None:
    """Forget a webhook with all its messages."""
    async with request.db.write() as session:
        await remove_webhook(session, actor=request.actor, webhook_id=webhook_id, now=request.now)


@post("/webhooks/{webhook_id:uuid}/pause", summary="Pause a webhook", status_code=200)
async def pause(request: Request[Actor], webhook_id: FromPath[UUID]) -> WebhookDocument:
    """Send nothing until it is resumed; what happens meanwhile waits."""
    async with request.db.write() as session:
        await pause_webhook(session, actor=request.actor, webhook_id=webhook_id, now=request.now)
    return await _shown(request, webhook_id)


@post("/webhooks/{webhook_id:uuid}/resume", summary="Resume a webhook", status_code=200)
async def resume(request: Request[Actor], webhook_id: FromPath[UUID]) -> WebhookDocument:
    """Send again, first of all what waits. Takes the marks `failing` and `gone` away."""
    async with request.db.write() as session:
        await resume_webhook(session, actor=request.actor, webhook_id=webhook_id, now=request.now)
    return await _shown(request, webhook_id)


@post("/webhooks/{webhook_id:uuid}/rotate", summary="Change a webhook's secret", status_code=200)
async def rotate(request: Request[Actor], webhook_id: FromPath[UUID]) -> NewSecret:
    """Make a new secret. For a day messages are signed under both, so that receivers can change in their own time."""
    sealer = await asyncio.to_thread(webhook_sealer, request.settings)
    async with request.db.write() as session:
        return NewSecret(
            await rotate_secret(session, actor=request.actor, sealer=sealer, webhook_id=webhook_id, now=request.now)
        )


@post("/webhooks/{webhook_id:uuid}/test", summary="Test a webhook", status_code=202)
async def test(request: Request[Actor], webhook_id: FromPath[UUID]) -> DeliveryDocument:
    """Send a message of type `webhook.test`, once, whatever the webhook's state. Follow it among the messages."""
    async with request.db.write() as session:
        delivery_id = await send_test(session, actor=request.actor, webhook_id=webhook_id, now=request.now)
    return await _shown_delivery(request, webhook_id, delivery_id)


@get("/webhooks/{webhook_id:uuid}/deliveries", summary="A webhook's messages")
async def show_deliveries(
    request: Request[Actor], webhook_id: FromPath[UUID], cursor: FromQuery[str | None] = None
) -> Deliveries:
    """What was sent or is going to be, newest first. Messages are kept for 30 days."""
    async with request.db.read() as session:
        found = await list_deliveries(
            session, actor=request.actor, webhook_id=webhook_id, now=request.now, cursor=cursor
        )
    return Deliveries([_delivery(view) for view in found.rows], found.next_cursor)


@get("/webhooks/{webhook_id:uuid}/deliveries/{delivery_id:uuid}", summary="A message to a webhook")
async def show_delivery(
    request: Request[Actor], webhook_id: FromPath[UUID], delivery_id: FromPath[UUID]
) -> DeliveryDocument:
    """One message and what became of it."""
    return await _shown_delivery(request, webhook_id, delivery_id)


@post("/webhooks/{webhook_id:uuid}/deliveries/{delivery_id:uuid}/send", summary="Send a message again", status_code=202)
async def replay(request: Request[Actor], webhook_id: FromPath[UUID], delivery_id: FromPath[UUID]) -> DeliveryDocument:
    """Send a message again at once, delivered or not, with the same `webhook-id`."""
    async with request.db.write() as session:
        await send_again(session, actor=request.actor, webhook_id=webhook_id, delivery_id=delivery_id, now=request.now)
    return await _shown_delivery(request, webhook_id, delivery_id)


handlers: list[Any] = [
    show_webhooks,
    add,
    show_webhook,
    alter,
    remove,
    pause,
    resume,
    rotate,
    test,
    show_deliveries,
    show_delivery,
    replay,
]
