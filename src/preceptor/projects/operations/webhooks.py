"""Webhooks: adding them, changing, pausing and removing them, and having messages sent again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select, update

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.networks import Network
from preceptor.lib.posting import address_problem
from preceptor.lib.sealing import Sealer
from preceptor.lib.webhooks import new_secret
from preceptor.people.rules import Actor
from preceptor.projects.events import WebhookAdded, WebhookAsked, WebhookChanged, WebhookRemoved
from preceptor.projects.operations.fetching import author
from preceptor.projects.queries.webhooks import NoSuchDeliveryError, access_webhook, access_webhook_project
from preceptor.projects.rules import (
    MOST_WEBHOOKS,
    OLD_SECRET_SIGNS,
    SENDING_STATES,
    WEBHOOK_TEST,
    DeliveryState,
    WebhookEvent,
    WebhookState,
)
from preceptor.projects.tables import Project, WebhookDelivery, WebhookSubscription


class TooManyWebhooksError(ConflictError):
    """A project has as many webhooks as it may have."""

    title = _("This project has as many webhooks as a project can have. Delete one first.")
    code = "too_many_webhooks"


class WebhookMade(msgspec.Struct, frozen=True):
    """A new webhook. The secret is told this once."""

    id: UUID
    secret: str


async def add_webhook(
    session: WriteSession,
    *,
    actor: Actor,
    sealer: Sealer,
    networks: Sequence[Network],
    slug: str,
    address: str,
    events: Collection[WebhookEvent],
) -> WebhookMade:
    """Have a project's events sent to an address from now on.

    Args:
        session: the transaction.
        actor: who does it.
        sealer: encrypts the secret.
        networks: private ones that may be reached.
        slug: the project.
        address: https, or http within `networks`.
        events: what to tell of.

    Raises:
        MissingPermissionError: the actor may not manage webhooks at all.
        NoSuchProjectError: there is none at this address, or it is not theirs.
        InvalidError: the address cannot be used, or no event is chosen.
        TooManyWebhooksError: there are twenty.
    """
    project = await access_webhook_project(session, actor=actor, slug=slug)
    cleaned = _clean(address, events, networks)
    await session.execute(select(Project.id).where(Project.id == project.id).with_for_update())
    theirs = select(func.count()).where(WebhookSubscription.project_id == project.id)
    if (await session.scalar(theirs) or 0) >= MOST_WEBHOOKS:
        raise TooManyWebhooksError
    secret = new_secret()
    row = WebhookSubscription(
        project_id=project.id,
        address=cleaned,
        events=_names(events),
        sealed_secret=sealer.seal(secret),
        created_by=author(actor),
    )
    session.add(row)
    await session.flush()
    session.emit(WebhookAdded(actor_id=actor.person_id, subject_id=row.id, project_id=project.id))
    return WebhookMade(row.id, secret)


async def change_webhook(
    session: WriteSession,
    *,
    actor: Actor,
    networks: Sequence[Network],
    webhook_id: UUID,
    now: datetime,
    address: str | None = None,
    events: Collection[WebhookEvent] | None = None,
) -> None:
    """Send to another address, what waits already too, or tell of other events. What is None stays.

    Raises:
        MissingPermissionError: the actor may not manage webhooks at all.
        NoSuchWebhookError: there is none of this id, or it is not theirs.
        InvalidError: the address cannot be used, or no event is chosen.
    """
    row = await _hold(session, actor=actor, webhook_id=webhook_id, now=now)
    wanted = [WebhookEvent(event) for event in row.events] if events is None else events
    # An address that stays as it is is not judged anew: the operator may have taken a network back since.
    kept = address is None or address.strip() == row.address
    cleaned = _clean(row.address if address is None else address, wanted, None if kept else networks)
    parts = [
        part
        for part, same in (("address", cleaned == row.address), ("events", _names(wanted) == row.events))
        if not same
    ]
    row.address, row.events = cleaned, _names(wanted)
    _say(session, actor, row, *parts)


async def rotate_secret(session: WriteSession, *, actor: Actor, sealer: Sealer, webhook_id: UUID, now: datetime) -> str:
    """Make a new secret and answer it. For a day messages are signed under both.

    Raises:
        MissingPermissionError: the actor may not manage webhooks at all.
        NoSuchWebhookError: there is none of this id, or it is not theirs.
    """
    row = await _hold(session, actor=actor, webhook_id=webhook_id, now=now)
    secret = new_secret()
    row.sealed_before, row.before_until = row.sealed_secret, now + OLD_SECRET_SIGNS
    row.sealed_secret = sealer.seal(secret)
    _say(session, actor, row, "secret")
    return secret


async def pause_webhook(session: WriteSession, *, actor: Actor, webhook_id: UUID, now: datetime) -> None:
    """Send nothing until it is resumed; what happens meanwhile waits. Repeating it changes nothing.

    Raises:
        MissingPermissionError: the actor may not manage webhooks at all.
        NoSuchWebhookError: there is none of this id, or it is not theirs.
    """
    row = await _hold(session, actor=actor, webhook_id=webhook_id, now=now)
    if row.state == WebhookState.PAUSED.value:
        return
    row.state = WebhookState.PAUSED.value
    await session.flush()
    await park(session, webhook_id=row.id)
    _say(session, actor, row, "state")


async def resume_webhook(session: WriteSession, *, actor: Actor, webhook_id: UUID, now: datetime) -> None:
    """Send again, first of all what waits. Repeating it changes nothing but the mark of a failure.

    Raises:
        MissingPermissionError: the actor may not manage webhooks at all.
        NoSuchWebhookError: there is none of this id, or it is not theirs.
    """
    row = await _hold(session, actor=actor, webhook_id=webhook_id, now=now)
    if row.state == WebhookState.ACTIVE.value:
        return
    row.state = WebhookState.ACTIVE.value
    await session.flush()
    await session.execute(_waiting(row.id).where(WebhookDelivery.next_at.is_(None)).values(next_at=now))
    _say(session, actor, row, "state")


async def remove_webhook(session: WriteSession, *, actor: Actor, webhook_id: UUID, now: datetime) -> None:
    """Forget a webhook with all its messages.

    Raises:
        MissingPermissionError: the actor may not manage webhooks at all.
        NoSuchWebhookError: there is none of this id, or it is not theirs.
    """
    row = await _hold(session, actor=actor, webhook_id=webhook_id, now=now)
    session.emit(WebhookRemoved(actor_id=actor.person_id, subject_id=row.id, project_id=row.project_id))
    await session.delete(row)


async def send_test(session: WriteSession, *, actor: Actor, webhook_id: UUID, now: datetime) -> UUID:
    """Send a message that says nothing, once, whatever the webhook's state, and answer its id.

    Raises:
        MissingPermissionError: the actor may not manage webhooks at all.
        NoSuchWebhookError: there is none of this id, or it is not theirs.
    """
    view = await access_webhook(session, actor=actor, webhook_id=webhook_id, now=now)
    project = {"id": str(view.project_id), "slug": view.project_slug}
    payload = {"type": WEBHOOK_TEST, "timestamp": now.isoformat(), "data": {"project": project}}
    row = WebhookDelivery(subscription_id=view.id, type=WEBHOOK_TEST, payload=payload, next_at=now)
    session.add(row)
    await session.flush()
    session.emit(
        WebhookAsked(actor_id=actor.person_id, subject_id=view.id, project_id=view.project_id, delivery_id=row.id)
    )
    return row.id


async def send_again(
    session: WriteSession, *, actor: Actor, webhook_id: UUID, delivery_id: UUID, now: datetime
) -> None:
    """Send a message again at once, delivered or not, with the same id and all its tries.

    Raises:
        MissingPermissionError: the actor may not manage webhooks at all.
        NoSuchWebhookError: there is no webhook of this id, or it is not theirs.
        NoSuchDeliveryError: it has no such message.
    """
    view = await access_webhook(session, actor=actor, webhook_id=webhook_id, now=now)
    again = (
        update(WebhookDelivery)
        .where(WebhookDelivery.id == delivery_id, WebhookDelivery.subscription_id == view.id)
        .values(state=DeliveryState.WAITING.value, attempts=0, next_at=now, lease_until=None)
        .returning(WebhookDelivery.id)
    )
    if await session.scalar(again) is None:
        raise NoSuchDeliveryError
    session.emit(
        WebhookAsked(actor_id=actor.person_id, subject_id=view.id, project_id=view.project_id, delivery_id=delivery_id)
    )


async def park(session: WriteSession, *, webhook_id: UUID) -> None:
    """Let everything that waits to be sent wait for the webhook to be resumed. For whoever holds its row."""
    await session.execute(_waiting(webhook_id).values(next_at=None, lease_until=None))


def sends(state: str) -> bool:
    """True for the states in which messages are sent of themselves."""
    return WebhookState(state) in SENDING_STATES


def _waiting(webhook_id: UUID):  # type: ignore[no-untyped-def]  # noqa: ANN202 (SQLAlchemy's own)
    return update(WebhookDelivery).where(
        WebhookDelivery.subscription_id == webhook_id, WebhookDelivery.state == DeliveryState.WAITING.value
    )


async def _hold(session: WriteSession, *, actor: Actor, webhook_id: UUID, now: datetime) -> WebhookSubscription:
    """The row, locked until the transaction ends. Messages are locked after it, never before."""
    await access_webhook(session, actor=actor, webhook_id=webhook_id, now=now)
    return await session.get_one(
        WebhookSubscription, webhook_id, with_for_update={"key_share": True}, populate_existing=True
    )


def _names(events: Collection[WebhookEvent]) -> list[str]:
    return [event.value for event in WebhookEvent if event in events]


def _clean(address: str, events: Collection[WebhookEvent], networks: Sequence[Network] | None) -> str:
    cleaned = address.strip()
    problems = []
    if networks is not None and (problem := address_problem(cleaned, networks)) is not None:
        problems.append(FieldProblem("address", problem))
    if not events:
        problems.append(FieldProblem("events", _("Choose at least one.")))
    if problems:
        raise InvalidError(fields=problems)
    return cleaned


def _say(session: WriteSession, actor: Actor, row: WebhookSubscription, *parts: str) -> None:
    if parts:
        session.emit(
            WebhookChanged(actor_id=actor.person_id, subject_id=row.id, project_id=row.project_id, parts=list(parts))
        )
