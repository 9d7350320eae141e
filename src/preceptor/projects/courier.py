"""Takes messages to webhooks where they are to go."""

import asyncio
from collections import Counter
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.errors import UnavailableError
from preceptor.lib.networks import parse_networks
from preceptor.lib.posting import Poster, PostFailedError
from preceptor.lib.sealing import SealBrokenError, Sealer
from preceptor.lib.settings import Settings, secret_key
from preceptor.lib.webhooks import signed_headers
from preceptor.projects.operations.deliveries import (
    EACH_AT_ONCE,
    TakenDelivery,
    note_outcome,
    put_back,
    take_due,
)

log = structlog.get_logger()

AT_ONCE = 32
"""Messages under way."""
GRACE_SECONDS = 3.0
PURPOSE = b"preceptor: secrets of webhooks"
SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 (a word, not a secret)
AGENT = "Preceptor-Webhooks/1"


def webhook_sealer(settings: Settings) -> Sealer:
    """What encrypts the secrets of webhooks. It reads a file: call it in a thread where others wait."""
    return Sealer(secret_key(settings), purpose=PURPOSE)


def webhook_poster(settings: Settings) -> Poster:
    """What reaches receivers, and those networks that the operator allows.

    Raises:
        BadNetworksError: `PRECEPTOR_WEBHOOK_NETWORKS` cannot be read.
    """
    return Poster(allowed=parse_networks(settings.webhook_networks))


def message_id(delivery_id: UUID) -> str:
    """The `webhook-id` of a message: the same however often it is sent."""
    return f"msg_{delivery_id.hex}"


class Courier:
    """Sends what is due, many at once, and writes down what came of it. Two of them do not disturb each other.

    A message is sent at least once: it is ours for a minute, and if this process dies, somebody else's after that.

    Args:
        db: where the messages are.
        poster: reaches receivers.
        sealer: reads their secrets.
    """

    def __init__(self, db: Database, *, poster: Poster, sealer: Sealer) -> None:
        self._db, self._poster, self._sealer = db, poster, sealer
        self._under_way: dict[asyncio.Task[None], TakenDelivery] = {}

    async def send_due(self, *, now: datetime) -> int:
        """Take what is due and begin to send it; answers how much that was. It does not wait for answers."""
        room = AT_ONCE - len(self._under_way)
        if room <= 0:
            return 0
        counts = Counter(taken.subscription_id for taken in self._under_way.values())
        busy = [webhook_id for webhook_id, count in counts.items() if count >= EACH_AT_ONCE]
        async with self._db.write() as session:
            due = await take_due(session, now=now, limit=room, busy=busy)
        for taken in due:
            task = asyncio.create_task(self._send(taken))
            self._under_way[task] = taken
            task.add_done_callback(self._under_way.pop)
        return len(due)

    async def settle(self) -> None:
        """Wait until nothing is under way any more."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _send(self, taken: TakenDelivery) -> None:
        status, error = None, ""
        try:
            status = await self._post(taken)
        except SealBrokenError:
            error = SECRET_UNREADABLE
        except PostFailedError as failed:
            error = failed.failure.value
        except Exception:
            # Its lease runs out, and it is tried again; each time counts.
            log.exception("webhook not sent", delivery_id=str(taken.id))
            return
        try:
            async with self._db.write() as session:
                await note_outcome(session, taken=taken, status=status, error=error, now=utc_now())
        except UnavailableError as unavailable:
            log.warning("webhook's outcome not noted", delivery_id=str(taken.id), reason=str(unavailable))

    async def _post(self, taken: TakenDelivery) -> int:
        body = msgspec.json.encode(taken.payload)
        keys = [self._sealer.open(sealed) for sealed in taken.sealed_secrets]
        signed = signed_headers(keys, message_id=message_id(taken.id), at=utc_now(), body=body)
        headers = {"content-type": "application/json", "user-agent": AGENT, **signed}
        return await self._poster.post(taken.address, headers=headers, body=body)

    async def close(self) -> None:
        """Give what is under way a moment, and put back the rest."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=GRACE_SECONDS)
        left = dict(self._under_way)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        self._poster.close()
        if left:
            async with self._db.write() as session:
                await put_back(session, taken=list(left.values()), now=utc_now())
