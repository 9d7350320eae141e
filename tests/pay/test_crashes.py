"""Killed between approving and exporting, or in the midst of either: nothing is lost and nothing is there twice."""

import asyncio
import sys
from pathlib import Path

import pytest

from preceptor.lib.money import Money
from preceptor.pay.queries import access_batch
from preceptor.pay.rules import BatchState
from preceptor.people.queries import access_person
from preceptor.people.rules import SYSTEM
from tests.books import faults
from tests.pay.conftest import EARLIER
from tests.pay.test_statements import time_entry

pytestmark = pytest.mark.kill


async def kill(house, url, batch_id, actor, *when):
    async with house.db.read() as session:
        email = (await access_person(session, actor=SYSTEM, person_id=actor.person_id)).email
    script = Path(__file__).with_name("hold_batch.py")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(script), url, str(batch_id), email, *when), stdout=asyncio.subprocess.PIPE
    )
    assert await process.stdout.readline() == b"held\n"
    process.kill()
    await process.communicate()
    async with house.db.read() as session:
        return (await access_batch(session, actor=SYSTEM, batch_id=batch_id)).state


async def test_killed_at_every_moment(house, make_person, database_url):
    trainer = await make_person("trainer")
    await time_entry(house, trainer, paid_ms=60_000, amount=1234, at=EARLIER)
    await house.method(trainer)
    batch_id = await house.make()
    assert await kill(house, database_url, batch_id, house.approver, "approve", "before") is BatchState.DRAFT
    assert await house.balance(trainer) == [Money(1234, "EUR")]
    assert await kill(house, database_url, batch_id, house.approver, "approve", "after") is BatchState.APPROVED
    assert await house.balance(trainer) == [Money(0, "EUR")]
    assert (await house.approve(batch_id)).payouts == 0  # again, by somebody who heard no answer
    assert await kill(house, database_url, batch_id, house.maker, "export", "before") is BatchState.APPROVED
    assert await kill(house, database_url, batch_id, house.maker, "export", "after") is BatchState.EXPORTED
    file = await house.export(batch_id)
    assert file.content.count(b"12.34</InstdAmt>") == 1
    assert [row[2:4] for row in await house.payouts(batch_id)] == [(1234, "open")]
    assert await faults(house.db) == []
