"""Webhooks: being told what happens in a project, and making sure that it was Preceptor who told."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import b64decode
from collections.abc import Iterable, Mapping
from typing import Any

from preceptor.client.connection import Connection
from preceptor.client.documents import Delivery, Webhook, WebhookDeliveries, WebhookMade, WebhookSecret

TOLERANCE_SECONDS = 300
"""Messages older than that, or further in the future, are not taken: somebody may have caught one to repeat it."""


class ForgedWebhookError(Exception):
    """What arrived was not signed with this secret, or not just now. Answer 400 and do nothing."""


def verify(
    headers: Mapping[str, str], body: bytes, secret: str, *, tolerance: float = TOLERANCE_SECONDS
) -> dict[str, Any]:
    """Make sure that a message comes from whoever holds the secret, and answer what it says.

    Args:
        headers: of the request, in whatever case.
        body: of the request, byte by byte as it came.
        secret: `whsec_…`, as it was shown when the webhook was added.
        tolerance: seconds by which the clocks may differ, on the way too.

    Returns:
        `type`, `timestamp` and `data`. The same message may come twice; its `webhook-id` is the same then.

    Raises:
        ForgedWebhookError: it does not, or it came too late.
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, sent, signatures = (given[f"webhook-{part}"] for part in ("id", "timestamp", "signature"))
        late = abs(time.time() - int(sent))
    except (KeyError, ValueError) as error:
        raise ForgedWebhookError("A header of the signature is missing or cannot be read.") from error
    if late > tolerance:
        raise ForgedWebhookError("The message was signed too long ago, or a clock is wrong.")
    key = b64decode(secret.removeprefix("whsec_"))
    wanted = hmac.digest(key, b".".join((message_id.encode(), sent.encode(), body)), hashlib.sha256)
    if not any(hmac.compare_digest(wanted, one) for one in _signatures(signatures)):
        raise ForgedWebhookError("The message was not signed with this secret.")
    message: dict[str, Any] = json.loads(body)
    return message


def _signatures(header: str) -> Iterable[bytes]:
    """Those of version 1; others are for others."""
    for part in header.split():
        version, _comma, signature = part.partition(",")
        if version == "v1":
            try:
                yield b64decode(signature, validate=True)
            except ValueError:
                continue


class Webhooks:
    """Adding webhooks to a project and looking after them, for managers and clients."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, *, slug: str, address: str, events: Iterable[str]) -> WebhookMade:
        """Have events sent to an address. Keep the secret: it is told this once.

        Args:
            slug: the project.
            address: https.
            events: any of `submission.created`, `review.decided`, `release.finished`, `project.state_changed`.
        """
        body = {"address": address, "events": list(events)}
        return self._connection.send("POST", f"/projects/{slug}/webhooks", body=body, answer=WebhookMade)

    def all(self, *, slug: str) -> list[Webhook]:
        """The webhooks of a project."""
        return self._connection.get(f"/projects/{slug}/webhooks", answer=dict[str, list[Webhook]])["webhooks"]

    def show(self, *, webhook_id: str) -> Webhook:
        """One webhook."""
        return self._connection.get(f"/webhooks/{webhook_id}", answer=Webhook)

    def change(self, *, webhook_id: str, address: str | None = None, events: Iterable[str] | None = None) -> Webhook:
        """Send to another address, or tell of other events. What is None stays."""
        wanted = {"address": address, "events": None if events is None else [*events]}
        body = {name: value for name, value in wanted.items() if value is not None}
        return self._connection.send("PATCH", f"/webhooks/{webhook_id}", body=body, answer=Webhook)

    def rotate(self, *, webhook_id: str) -> str:
        """Make a new secret and answer it. For a day messages are signed under both."""
        return self._connection.send("POST", f"/webhooks/{webhook_id}/rotate", body={}, answer=WebhookSecret).secret

    def pause(self, *, webhook_id: str) -> Webhook:
        """Send nothing for now; what happens meanwhile waits."""
        return self._connection.send("POST", f"/webhooks/{webhook_id}/pause", body={}, answer=Webhook)

    def resume(self, *, webhook_id: str) -> Webhook:
        """Send again, first of all what waits."""
        return self._connection.send("POST", f"/webhooks/{webhook_id}/resume", body={}, answer=Webhook)

    def remove(self, *, webhook_id: str) -> None:
        """Forget a webhook with all its messages."""
        self._connection.send("DELETE", f"/webhooks/{webhook_id}", body={}, answer=object)

    def test(self, *, webhook_id: str) -> Delivery:
        """Send a message that says nothing, once."""
        return self._connection.send("POST", f"/webhooks/{webhook_id}/test", body={}, answer=Delivery)

    def deliveries(self, *, webhook_id: str, cursor: str | None = None) -> WebhookDeliveries:
        """What was sent or is going to be, newest first."""
        return self._connection.get(
            f"/webhooks/{webhook_id}/deliveries", query={"cursor": cursor}, answer=WebhookDeliveries
        )

    def send_again(self, *, webhook_id: str, delivery_id: str) -> Delivery:
        """Send a message again, delivered or not."""
        return self._connection.send(
            "POST", f"/webhooks/{webhook_id}/deliveries/{delivery_id}/send", body={}, answer=Delivery
        )
