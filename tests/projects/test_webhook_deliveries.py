"""Messages to webhooks, sent to a real server: delivered, tried again, given up, ended, paused, refused."""

import asyncio
import json
from datetime import timedelta

from sqlalchemy import select, update
from standardwebhooks import Webhook

from preceptor.flow import fold_events
from preceptor.lib.clock import utc_now
from preceptor.lib.ids import new_ids
from preceptor.lib.posting import Poster
from preceptor.people.rules import SYSTEM
from preceptor.projects import operations
from preceptor.projects.courier import AT_ONCE, Courier, webhook_poster
from preceptor.projects.operations.deliveries import EACH_AT_ONCE, LEASE, sweep_deliveries, take_due
from preceptor.projects.rules import PAUSES, WebhookEvent, WebhookState
from preceptor.projects.tables import WebhookDelivery
from tests.lib.receiver import never, receiver, saying
from tests.projects.hooks import HERE, Hook

BEYOND = timedelta(days=2)
"""Past every pause between two tries."""


async def test_what_happens_arrives_signed(hook, there):
    await hook.happen()
    assert await hook.send() == 1
    [one] = there.received
    message = Webhook(hook.secret).verify(one.body, one.headers)
    assert message["type"] == "project.state_changed"
    assert message["data"] == {"project": {"id": str(hook.project.id), "slug": hook.project.slug}, "state": "paused"}
    assert (one.path, one.headers["content-type"]) == ("/hooks", "application/json")
    assert list(json.loads(one.body)) == ["type", "timestamp", "data"]
    [delivery] = await hook.deliveries()
    assert (delivery.state, delivery.attempts, delivery.last_status, delivery.next_at) == ("delivered", 1, 200, None)
    assert one.headers["webhook-id"] == f"msg_{delivery.id.hex}"
    assert await hook.send(BEYOND) == 0


async def test_only_what_was_asked_for_and_only_of_its_project(make_hook, there, ready_project, db):
    other = await make_hook(f"http://127.0.0.1:{there.port}/", events=[WebhookEvent.RELEASE_FINISHED])
    await other.happen()
    strange = await ready_project(title="Another")
    async with db.write() as session:
        await operations.close_project(session, actor=SYSTEM, slug=strange.slug)
    await fold_events(db)
    assert await other.deliveries() == []


async def test_a_project_without_webhooks_costs_one_query(project, db, courier):
    from sqlalchemy import event

    said = []
    event.listen(db._engine.sync_engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    await Hook(db, courier, type("Made", (), {"id": None, "secret": ""}), project).happen(4)
    assert len([one for one in said if "webhook_subscription" in one]) == 2  # paused, and closed
    assert [one for one in said if "webhook_delivery" in one] == []


async def test_it_is_tried_again_later_with_the_same_id_and_body(hook, there):
    there.answers = [saying(503), saying(302, "Location: /elsewhere"), saying(200)]
    await hook.happen()
    before = utc_now()
    await hook.send()
    [delivery] = await hook.deliveries()
    assert (delivery.state, delivery.attempts, delivery.last_status) == ("waiting", 1, 503)
    assert timedelta(seconds=5) <= delivery.next_at - before <= timedelta(seconds=8)
    assert await hook.send() == 0
    assert await hook.send(timedelta(seconds=8)) == 1
    [delivery] = await hook.deliveries()
    assert timedelta(minutes=5) <= delivery.next_at - before <= timedelta(minutes=6)
    await hook.send(timedelta(minutes=6))
    [delivery] = await hook.deliveries()
    assert (delivery.state, delivery.attempts) == ("delivered", 3)
    assert len({(one.headers["webhook-id"], one.body) for one in there.received}) == 1
    assert {one.path for one in there.received} == {"/hooks"}


async def test_after_the_last_try_it_is_given_up_and_a_delivery_later_takes_the_mark_away(hook, there, happened):
    there.answers = [saying(500)]
    await hook.happen()
    for _try in PAUSES:
        assert (await hook.view()).state is WebhookState.ACTIVE
        assert await hook.send(BEYOND) == 1
    [delivery] = await hook.deliveries()
    assert (delivery.state, delivery.attempts, delivery.next_at) == ("failed", 10, None)
    assert (await hook.view()).state is WebhookState.FAILING
    assert (await happened())[-1] == "projects.webhook_failed"
    assert await hook.send(BEYOND * 9) == 0
    there.answers = [saying(200)]
    await hook.do("send_again", delivery_id=delivery.id)
    await hook.send()
    assert [one.state for one in await hook.deliveries()] == ["delivered"]
    assert (await hook.view()).state is WebhookState.ACTIVE
    assert len({one.headers["webhook-id"] for one in there.received}) == 1


async def test_410_ends_it_until_somebody_resumes_it(hook, there, happened):
    await hook.happen()
    there.answers = [saying(410)]
    await hook.send()
    assert (await hook.view()).state is WebhookState.GONE
    assert [one.state for one in await hook.deliveries()] == ["failed"]
    assert "projects.webhook_failed" in await happened()
    await hook.happen(2)
    assert len(await hook.deliveries()) == 1
    assert await hook.send(BEYOND) == 0
    there.answers = [saying(200)]
    await hook.do("resume_webhook")
    async with hook.db.write() as session:
        await operations.pause_project(session, actor=SYSTEM, slug=hook.project.slug)
    await fold_events(hook.db)
    assert await hook.send() == 1
    assert (await hook.view()).state is WebhookState.ACTIVE


async def test_what_waits_when_410_comes_waits_on(hook, there):
    await hook.happen(3)
    there.answers = [saying(410), never]
    await hook.send()
    states = sorted(one.state for one in await hook.deliveries())
    assert states == ["failed", "waiting", "waiting"]
    assert {one.next_at for one in await hook.deliveries()} == {None}
    assert await hook.send(BEYOND) == 0


async def test_a_pause_keeps_what_happens_and_resuming_sends_it(hook, there):
    await hook.do("pause_webhook")
    await hook.happen(2)
    assert [one.state for one in await hook.deliveries()] == ["waiting", "waiting"]
    assert await hook.send(BEYOND) == 0
    await hook.do("send_test")
    assert await hook.send() == 1
    assert [json.loads(one.body)["type"] for one in there.received] == ["webhook.test"]
    await hook.do("resume_webhook")
    assert await hook.send() == 2
    assert len(there.received) == 3


async def test_what_was_under_way_when_it_was_paused_waits_too(hook, there):
    there.answers = [never]
    await hook.happen()
    await hook.courier.send_due(now=utc_now())
    await there.arrived.wait()
    await hook.do("pause_webhook")
    await hook.courier.settle()
    [delivery] = await hook.deliveries()
    assert (delivery.state, delivery.next_at) == ("waiting", None)


async def test_nobody_answers(hook, there):
    there.answers = [never]
    await hook.happen()
    await hook.send()
    [delivery] = await hook.deliveries()
    assert (delivery.state, delivery.last_status, delivery.last_error) == ("waiting", None, "timed_out")


async def test_private_addresses_are_refused_unless_the_operator_allows_them(make_hook, there, settings, db, sealer):
    """The address was allowed once; the default of today refuses it."""
    hook = await make_hook(f"http://localhost:{there.port}/")
    strict = Courier(db, poster=webhook_poster(settings), sealer=sealer)
    await hook.happen()
    await strict.send_due(now=utc_now())
    await strict.settle()
    await strict.close()
    [delivery] = await hook.deliveries()
    assert (delivery.last_status, delivery.last_error, there.connections) == (None, "private_address", 0)


async def test_a_name_that_changes_its_mind_reaches_nothing_inside(make_hook, there, db, sealer):
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    async def resolve(_host, _port):
        return answers.pop(0)

    hook = await make_hook(f"http://hooks.example.org:{there.port}/")
    courier = Courier(db, poster=Poster(allowed=HERE, seconds=1, resolve=resolve), sealer=sealer)
    hook.courier = courier
    await hook.happen(2)
    async with db.write() as session:
        await session.execute(update(WebhookDelivery).values(next_at=utc_now() + timedelta(hours=1)))
        first = await session.scalar(select(WebhookDelivery.id).order_by(WebhookDelivery.id).limit(1))
        await session.execute(update(WebhookDelivery).where(WebhookDelivery.id == first).values(next_at=utc_now()))
    await hook.send()
    await hook.send(timedelta(hours=2))
    await courier.close()
    assert sorted(one.last_error for one in await hook.deliveries()) == ["", "private_address"]
    assert len(there.received) == 1


async def test_a_changed_secret_signs_beside_the_old_one_for_a_day(hook, there, db, sealer):
    secret = await hook.do("rotate_secret", sealer=sealer)
    assert (await hook.view()).two_secrets_until is not None
    await hook.happen()
    await hook.send()
    for one in (secret, hook.secret):
        Webhook(one).verify(there.received[0].body, there.received[0].headers)
    async with db.hot() as driver:
        await driver.execute("UPDATE webhook_subscription SET before_until = now() - interval '1 second'")
    assert (await hook.view()).two_secrets_until is None
    await hook.do("send_test")
    await hook.send()
    assert len(there.received[1].headers["webhook-signature"].split()) == 1
    Webhook(secret).verify(there.received[1].body, there.received[1].headers)


async def test_secrets_are_stored_sealed(hook, db):
    async with db.hot() as driver:
        rows = await (await driver.execute("SELECT s::text FROM webhook_subscription AS s")).fetchall()
    assert hook.secret not in str(rows)
    assert hook.secret.removeprefix("whsec_") not in str(rows)


async def test_a_slow_receiver_holds_up_nobody_else_s(make_hook, there, courier, db):
    async with receiver() as slow:
        slow.answers = [never]
        bad = await make_hook(f"http://127.0.0.1:{slow.port}/")
        good = await make_hook(f"http://127.0.0.1:{there.port}/")
        await bad.happen(12)
        for _turn in range(3):
            await courier.send_due(now=utc_now())
        assert len(courier._under_way) <= AT_ONCE
        for _moment in range(100):
            if len(there.received) == 12:
                break
            await courier.send_due(now=utc_now())
            await asyncio.sleep(0.02)
        assert len(there.received) == 12
        assert slow.connections <= 2 * EACH_AT_ONCE
        await courier.settle()
        assert {one.state for one in await good.deliveries()} == {"delivered"}


async def test_two_workers_never_send_the_same_message_at_once(hook, there, db, sealer):
    await hook.happen(20)
    couriers = [Courier(db, poster=Poster(allowed=HERE), sealer=sealer) for _one in range(4)]
    for _turn in range(20):
        await asyncio.gather(*(one.send_due(now=utc_now()) for one in couriers))
        await asyncio.gather(*(one.settle() for one in couriers))
    for one in couriers:
        await one.close()
    assert len(there.received) == 20
    assert len({one.headers["webhook-id"] for one in there.received}) == 20


async def test_a_lease_runs_out(hook, there, db):
    """Whoever took it has died; until its lease ends nobody else takes it, then somebody does."""
    await hook.happen()
    async with db.write() as session:
        assert len(await take_due(session, now=utc_now(), limit=9)) == 1
    assert (await hook.deliveries())[0].sending
    assert await hook.send(LEASE - timedelta(seconds=5)) == 0
    assert await hook.send(LEASE + timedelta(seconds=1)) == 1
    [delivery] = await hook.deliveries()
    assert (delivery.state, delivery.attempts, len(there.received)) == ("delivered", 2, 1)


async def test_a_worker_that_is_told_to_stop_puts_back_what_it_could_not_finish(hook, there, db, sealer, monkeypatch):
    monkeypatch.setattr("preceptor.projects.courier.GRACE_SECONDS", 0.1)
    there.answers = [never]
    await hook.happen()
    one = Courier(db, poster=Poster(allowed=HERE), sealer=sealer)
    await one.send_due(now=utc_now())
    await one.close()
    [delivery] = await hook.deliveries()
    assert (delivery.state, delivery.attempts, delivery.sending) == ("waiting", 0, False)
    there.answers = [saying(200)]
    assert await hook.send() == 1


async def test_a_removed_webhook_takes_its_messages_along_also_while_one_is_sent(hook, there, db):
    there.answers = [never]
    await hook.happen()
    await hook.courier.send_due(now=utc_now())
    await there.arrived.wait()
    await hook.do("remove_webhook")
    await hook.courier.settle()
    async with db.read() as session:
        assert list(await session.scalars(select(WebhookDelivery.id))) == []


async def test_messages_are_kept_for_thirty_days(hook, db):
    await hook.happen()
    await hook.send()
    old = new_ids(2)
    async with db.write() as session:
        for one in old:
            values = {"subscription_id": hook.id, "type": "webhook.test", "payload": {}, "state": "failed"}
            session.add(WebhookDelivery(id=one, created_at=utc_now() - timedelta(days=31), **values))
    async with db.write() as session:
        assert await sweep_deliveries(session, now=utc_now()) == 2
    assert [one.state for one in await hook.deliveries()] == ["delivered"]


async def test_a_secret_that_cannot_be_read_is_told(hook, db, settings):
    from preceptor.lib.sealing import Sealer

    courier = Courier(db, poster=Poster(allowed=HERE), sealer=Sealer("another", purpose=b"x"))
    hook.courier = courier
    await hook.happen()
    await hook.send()
    await courier.close()
    assert (await hook.deliveries())[0].last_error == "secret_unreadable"
