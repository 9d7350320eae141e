"""Somebody approves or exports a batch, and dies: before it is kept, or right after.

Arguments: the database's address, the batch, the address of whoever acts, approve or export, and before or after.
"""

import asyncio
import sys
from datetime import UTC, datetime
from uuid import UUID

from preceptor.lib.db import Database
from preceptor.lib.sealing import Sealer
from preceptor.pay.operations import approve_batch, export_batch
from preceptor.pay.writing import Payer
from preceptor.people.queries import actor_by_email

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)


async def main(url: str, batch: str, email: str, step: str, moment: str) -> None:
    db = Database(url, pool_size=1)
    async with db.read() as reading:
        actor = await actor_by_email(reading, email=email)
    async with db.write() as session:
        if step == "approve":
            await approve_batch(session, actor=actor, batch_id=UUID(batch), now=NOW)
        else:
            await export_batch(
                session,
                actor=actor,
                batch_id=UUID(batch),
                sealer=Sealer("a secret", purpose=b"test"),
                payer=Payer("Preceptor", "DE89370400440532013000"),
                now=NOW,
            )
        await session.flush()
        if moment == "before":
            await hold()
    await hold()


async def hold() -> None:
    sys.stdout.write("held\n")
    sys.stdout.flush()
    await asyncio.sleep(600)


asyncio.run(main(*sys.argv[1:]))
