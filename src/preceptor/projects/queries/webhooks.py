"""Webhooks of a project and what became of their messages."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, select

from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries.projects import NoSuchProjectError, ProjectView, access_project
from preceptor.projects.rules import DeliveryState, WebhookEvent, WebhookState, in_order
from preceptor.projects.tables import Project, WebhookDelivery, WebhookSubscription

PAGE_SIZE = 30


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    """One message to a webhook."""

    id: UUID
    type: str
    payload: dict[str, Any]
    state: DeliveryState
    attempts: int
    next_at: datetime | None
    """When it is tried next; None where it is not, or waits for its webhook to be resumed."""
    sending: bool
    """True while a try is under way."""
    last_at: datetime | None
    last_status: int | None
    last_error: str
    created_at: datetime


class WebhookView(msgspec.Struct, frozen=True, kw_only=True):
    """An address that a project's events are sent to."""

    id: UUID
    project_id: UUID
    project_slug: str
    address: str
    events: list[WebhookEvent]
    state: WebhookState
    two_secrets_until: datetime | None
    """Until then messages are signed under the secret before as well."""
    created_at: datetime
    latest: DeliveryView | None
    """The newest message; None where there was none yet."""


class NoSuchWebhookError(NotFoundError):
    """No webhook of this id, or not the actor's to see."""

    title = _("There is no such webhook, or it is not yours to see.")
    code = "no_such_webhook"


class NoSuchDeliveryError(NotFoundError):
    """The webhook has no such message (any more)."""

    title = _("There is no such message. Messages are kept for 30 days.")
    code = "no_such_delivery"


def _owns(actor: Actor, client_id: UUID) -> bool:
    """True for managers, and for the client that the project belongs to. Seeing a project otherwise is not enough."""
    own = actor.may(Permission.PROJECT_READ_OWN) and client_id in actor.client_ids
    return own or actor.may(Permission.PROJECT_READ)


async def access_webhook_project(session: ReadSession, *, actor: Actor, slug: str) -> ProjectView:
    """A project whose webhooks the actor may see and change.

    Raises:
        MissingPermissionError: the actor may not manage webhooks at all.
        NoSuchProjectError: there is none at this address, or it is not theirs.
    """
    actor.require(Permission.WEBHOOK_MANAGE)
    project = await access_project(session, actor=actor, slug=slug)
    if not _owns(actor, project.client.id):
        raise NoSuchProjectError
    return project


async def list_webhooks(session: ReadSession, *, actor: Actor, slug: str, now: datetime) -> list[WebhookView]:
    """The webhooks of a project, oldest first.

    Raises:
        MissingPermissionError: the actor may not manage webhooks at all.
        NoSuchProjectError: there is none at this address, or it is not theirs.
    """
    project = await access_webhook_project(session, actor=actor, slug=slug)
    rows = await session.scalars(
        select(WebhookSubscription).where(WebhookSubscription.project_id == project.id).order_by(WebhookSubscription.id)
    )
    return [await _view(session, row, slug=slug, now=now) for row in rows]


async def access_webhook(session: ReadSession, *, actor: Actor, webhook_id: UUID, now: datetime) -> WebhookView:
    """One webhook.

    Raises:
        MissingPermissionError: the actor may not manage webhooks at all.
        NoSuchWebhookError: there is none of this id, or it is not theirs.
    """
    actor.require(Permission.WEBHOOK_MANAGE)
    found = await session.execute(
        select(WebhookSubscription, Project.slug, Project.client_id)
        .join(Project, Project.id == WebhookSubscription.project_id)
        .where(WebhookSubscription.id == webhook_id)
    )
    row = found.first()
    if row is None or not _owns(actor, row.client_id):
        raise NoSuchWebhookError
    return await _view(session, row[0], slug=row.slug, now=now)


async def list_deliveries(
    session: ReadSession, *, actor: Actor, webhook_id: UUID, now: datetime, cursor: str | None = None
) -> Page[DeliveryView]:
    """What was sent to a webhook or is going to be, newest first.

    Raises:
        MissingPermissionError: the actor may not manage webhooks at all.
        NoSuchWebhookError: there is none of this id, or it is not theirs.
        BadCursorError: the cursor was made for another list.
    """
    await access_webhook(session, actor=actor, webhook_id=webhook_id, now=now)
    query = _newest(webhook_id).limit(PAGE_SIZE + 1)
    if cursor:
        query = query.where(WebhookDelivery.id < decode_cursor(cursor, tuple[UUID])[0])
    rows = list(await session.scalars(query))
    shown = [_delivery(row, now) for row in rows[:PAGE_SIZE]]
    return Page(shown, encode_cursor(shown[-1].id) if len(rows) > PAGE_SIZE else None)


async def access_delivery(
    session: ReadSession, *, actor: Actor, webhook_id: UUID, delivery_id: UUID, now: datetime
) -> DeliveryView:
    """One message to a webhook.

    Raises:
        MissingPermissionError: the actor may not manage webhooks at all.
        NoSuchWebhookError: there is no webhook of this id, or it is not theirs.
        NoSuchDeliveryError: it has no such message.
    """
    await access_webhook(session, actor=actor, webhook_id=webhook_id, now=now)
    row = await session.scalar(_newest(webhook_id).where(WebhookDelivery.id == delivery_id))
    if row is None:
        raise NoSuchDeliveryError
    return _delivery(row, now)


def _newest(webhook_id: UUID) -> Select[WebhookDelivery]:
    return (
        select(WebhookDelivery).where(WebhookDelivery.subscription_id == webhook_id).order_by(WebhookDelivery.id.desc())
    )


async def _view(session: ReadSession, row: WebhookSubscription, *, slug: str, now: datetime) -> WebhookView:
    latest = await session.scalar(_newest(row.id).limit(1))
    until = row.before_until
    return WebhookView(
        id=row.id,
        project_id=row.project_id,
        project_slug=slug,
        address=row.address,
        events=[WebhookEvent(event) for event in row.events],
        state=WebhookState(row.state),
        two_secrets_until=until if until is not None and until > now else None,
        created_at=row.created_at,
        latest=_delivery(latest, now) if latest else None,
    )


def _delivery(row: WebhookDelivery, now: datetime) -> DeliveryView:
    sending = row.lease_until is not None and row.lease_until > now
    return DeliveryView(
        id=row.id,
        type=row.type,
        payload=in_order(row.payload),
        state=DeliveryState(row.state),
        attempts=row.attempts,
        next_at=None if sending else row.next_at,
        sending=sending,
        last_at=row.last_at,
        last_status=row.last_status,
        last_error=row.last_error,
        created_at=row.created_at,
    )
