"""Messages to webhooks: writing them down, taking those that are due, and noting what became of them."""

import random
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, insert, select, text, update

from preceptor.lib.db import WriteSession
from preceptor.lib.db.events import HappenedEvent
from preceptor.projects.events import WebhookFailed
from preceptor.projects.operations.webhooks import park, sends
from preceptor.projects.rules import (
    DELIVERIES_KEPT,
    HTTP_GONE,
    WEBHOOK_TEST,
    DeliveryState,
    WebhookEvent,
    WebhookState,
    in_order,
    is_delivered,
    next_try,
)
from preceptor.projects.tables import Project, WebhookDelivery, WebhookSubscription

LEASE = timedelta(seconds=60)
"""A message that somebody began to send is taken up again after so long: well more than a try can last."""
EACH_AT_ONCE = 4
"""Messages of one webhook that are taken at a time, so that a slow receiver holds up nobody else's."""
SWEPT_AT_ONCE = 1_000

Facts = Callable[[WriteSession, Sequence[HappenedEvent]], Awaitable[dict[UUID, dict[str, object]]]]
"""What is told of each event that is wanted, by the event's id: ids, slugs, pseudonyms, small facts; never content."""


class TakenDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is to be sent now, and all that it takes."""

    id: UUID
    subscription_id: UUID
    address: str
    type: str
    payload: dict[str, Any]
    attempts: int
    """With the one to be made now."""
    lease_until: datetime
    sealed_secrets: list[bytes]


async def announce(
    session: WriteSession, *, event: WebhookEvent, happened: Sequence[HappenedEvent], facts: Facts
) -> int:
    """Write down messages to all webhooks that want to know of this. Answers how many.

    Where no project of the batch has such a webhook it costs one indexed query, and `facts` is not asked.
    """
    project_ids = {one.event.project_id for one in happened if one.event.project_id is not None}
    wanted = await _wanted(session, project_ids, event)
    if not wanted:
        return 0
    told = [one for one in happened if one.event.project_id in wanted]
    data = await facts(session, told)
    slugs = {
        row.id: row.slug
        for row in await session.execute(select(Project.id, Project.slug).where(Project.id.in_(wanted)))
    }
    rows = [
        {
            "subscription_id": webhook.id,
            "type": event.value,
            "payload": {
                "type": event.value,
                "timestamp": one.at.isoformat(),
                "data": {"project": {"id": str(project_id), "slug": slugs[project_id]}, **data[one.id]},
            },
            "next_at": one.at if sends(webhook.state) else None,
        }
        for one in told
        if one.id in data and (project_id := one.event.project_id) is not None
        for webhook in wanted[project_id]
    ]
    if rows:
        await session.execute(insert(WebhookDelivery), rows)
    return len(rows)


async def _wanted(
    session: WriteSession, project_ids: Collection[UUID], event: WebhookEvent
) -> dict[UUID, list[WebhookSubscription]]:
    """The webhooks that are to be told of an event, by project. Their state is held fast until the transaction ends."""
    rows = await session.scalars(
        select(WebhookSubscription)
        .where(
            WebhookSubscription.project_id.in_(project_ids),
            WebhookSubscription.state != WebhookState.GONE.value,
            WebhookSubscription.events.contains([event.value]),
        )
        .order_by(WebhookSubscription.id)
        .with_for_update(read=True)
    )
    wanted: dict[UUID, list[WebhookSubscription]] = {}
    for row in rows:
        wanted.setdefault(row.project_id, []).append(row)
    return wanted


TAKE = text("""
WITH due AS MATERIALIZED (
    SELECT found.id
    FROM (SELECT id FROM webhook_subscription WHERE id <> ALL(CAST(:busy AS uuid[])) ORDER BY random()) AS webhook,
    LATERAL (
        SELECT id FROM webhook_delivery
        WHERE subscription_id = webhook.id AND state = 'waiting' AND next_at <= :now
        ORDER BY next_at
        LIMIT :each
        FOR UPDATE SKIP LOCKED
    ) AS found
    LIMIT :limit
)
UPDATE webhook_delivery AS delivery
SET attempts = attempts + 1, next_at = :lease_until, lease_until = :lease_until
FROM due, webhook_subscription AS webhook
WHERE delivery.id = due.id AND webhook.id = delivery.subscription_id
RETURNING delivery.id, webhook.id AS subscription_id, webhook.address, delivery.type, delivery.payload,
    delivery.attempts, webhook.sealed_secret,
    CASE WHEN webhook.before_until > :now THEN webhook.sealed_before END AS before
""")


async def take_due(
    session: WriteSession, *, now: datetime, limit: int, busy: Collection[UUID] = ()
) -> list[TakenDelivery]:
    """Messages whose time has come, with a lease of a minute each; nobody else takes them meanwhile.

    Args:
        session: the transaction; they are ours once it has ended.
        now: the time.
        limit: how many at most.
        busy: webhooks that have enough under way.
    """
    until = now + LEASE
    given = {"busy": list(busy), "now": now, "each": EACH_AT_ONCE, "limit": limit, "lease_until": until}
    return [
        TakenDelivery(
            id=row.id,
            subscription_id=row.subscription_id,
            address=row.address,
            type=row.type,
            payload=in_order(row.payload),
            attempts=row.attempts,
            lease_until=until,
            sealed_secrets=[row.sealed_secret, *([row.before] if row.before is not None else [])],
        )
        for row in await session.execute(TAKE, given)
    ]


async def note_outcome(
    session: WriteSession, *, taken: TakenDelivery, status: int | None, error: str = "", now: datetime
) -> None:
    """Write down what came of a try: delivered, to be tried again, or given up; 410 ends the whole webhook.

    Args:
        session: the transaction.
        taken: what was sent.
        status: of the answer; None where none came.
        error: why none came.
        now: when the try ended.
    """
    webhook = await session.scalar(
        select(WebhookSubscription)
        .where(WebhookSubscription.id == taken.subscription_id)
        .with_for_update(key_share=True)
    )
    if webhook is None:
        return
    delivered = is_delivered(status)
    ours = (
        update(WebhookDelivery)
        .where(WebhookDelivery.id == taken.id)
        .values(lease_until=None, last_at=now, last_status=status, last_error=error)
    )
    if delivered:
        await session.execute(ours.values(state=DeliveryState.DELIVERED.value, next_at=None))
        if webhook.state == WebhookState.FAILING.value:
            webhook.state = WebhookState.ACTIVE.value
        return
    # Whoever took it over after our lease had run out, or had it sent again, says what comes next.
    ours = ours.where(WebhookDelivery.lease_until == taken.lease_until).returning(WebhookDelivery.id)
    test = taken.type == WEBHOOK_TEST
    again = next_try(attempts=taken.attempts, now=now, chance=random.random(), test=test)  # noqa: S311 (no secret)
    if status != HTTP_GONE and again is not None:
        await session.execute(ours.values(next_at=again if sends(webhook.state) else None))
        return
    if await session.scalar(ours.values(state=DeliveryState.FAILED.value, next_at=None)) is None:
        return
    if status == HTTP_GONE:
        webhook.state = WebhookState.GONE.value
        await session.flush()
        await park(session, webhook_id=webhook.id)
    elif webhook.state == WebhookState.ACTIVE.value and not test:
        webhook.state = WebhookState.FAILING.value
    if not test or status == HTTP_GONE:
        session.emit(
            WebhookFailed(subject_id=webhook.id, project_id=webhook.project_id, delivery_id=taken.id, status=status)
        )


async def put_back(session: WriteSession, *, taken: Sequence[TakenDelivery], now: datetime) -> None:
    """Let messages be sent at once by somebody else: a try was broken off before its outcome was known."""
    for one in taken:
        await session.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.id == one.id, WebhookDelivery.lease_until == one.lease_until)
            .values(attempts=WebhookDelivery.attempts - 1, next_at=now, lease_until=None)
        )


async def sweep_deliveries(session: WriteSession, *, now: datetime) -> int:
    """Forget messages older than thirty days, the oldest thousand at most; answers how many."""
    oldest = select(WebhookDelivery.id).order_by(WebhookDelivery.id).limit(SWEPT_AT_ONCE)
    old = (
        delete(WebhookDelivery)
        .where(WebhookDelivery.id.in_(oldest), WebhookDelivery.created_at < now - DELIVERIES_KEPT)
        .returning(WebhookDelivery.id)
    )
    return len(list(await session.scalars(old)))
