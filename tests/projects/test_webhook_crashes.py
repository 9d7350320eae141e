"""Workers that die in the midst of sending: nothing is lost, and what may come twice has the same id."""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from preceptor.people.rules import SYSTEM
from preceptor.projects import operations
from preceptor.projects.operations.deliveries import LEASE
from tests.lib.receiver import never, saying

pytestmark = pytest.mark.kill


async def test_a_worker_killed_between_taking_and_sending_loses_nothing(hook, there, database_url):
    await hook.happen(3)
    script = Path(__file__).with_name("hold_webhook.py")
    worker = await asyncio.create_subprocess_exec(
        sys.executable, str(script), database_url, stdout=asyncio.subprocess.PIPE
    )
    assert await worker.stdout.readline() == b"3\n"
    worker.kill()
    await worker.communicate()
    assert [one.sending for one in await hook.deliveries()] == [True] * 3
    assert await hook.send(LEASE - timedelta(seconds=10)) == 0
    assert await hook.send(LEASE + timedelta(seconds=1)) == 3
    assert {one.state for one in await hook.deliveries()} == {"delivered"}
    assert len({one.headers["webhook-id"] for one in there.received}) == 3


async def test_a_worker_killed_while_the_receiver_thinks_sends_it_once_more(hook, there, settings, tmp_path):
    """The real worker program, from the log of events on; the receiver has the message, but no worker knows."""
    there.answers = [never, saying(200)]
    async with hook.db.write() as session:
        await operations.pause_project(session, actor=SYSTEM, slug=hook.project.slug)
    environment = {
        **os.environ,
        "PRECEPTOR_HOME": str(tmp_path),
        "DATABASE_URL": settings.database_url,
        "PRECEPTOR_SECRET_KEY": settings.secret_key,
        "PRECEPTOR_WEBHOOK_NETWORKS": "127.0.0.0/8",
    }
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "preceptor", "worker"),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await asyncio.wait_for(there.arrived.wait(), 60)
    finally:
        worker.kill()
        await worker.wait()
    assert (await hook.deliveries())[0].state == "waiting"
    assert await hook.send(LEASE + timedelta(seconds=1)) == 1
    first, second = there.received
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert [one.state for one in await hook.deliveries()] == ["delivered"]
