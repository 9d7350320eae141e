"""A person's own work and what it earned: whole for themselves, nothing for anybody else."""

from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from preceptor.lib.clock import utc_now
from preceptor.lib.money import Money
from preceptor.pay.queries import balances, earned_by_period, project_cost
from preceptor.people.rules import SYSTEM
from preceptor.work.operations import verdicts
from preceptor.work.queries import submissions, times
from preceptor.work.queries.submissions import NoSuchWorkError, access_submission, my_work
from preceptor.work.queries.times import list_time, time_by_project, worked_since
from tests.books import faults
from tests.work.conftest import answer_to


@pytest.fixture
async def trainer(make_world, as_role, team_id):
    """A trainer who has worked ten minutes on a task and handed it in."""
    client = await as_role("trainer", team=team_id)
    client.world = await make_world(items=4)
    return client


async def claim(client):
    return (await client.post(f"/api/v1/projects/{client.world.terms.slug}/claim", json={})).json()


async def spend(db, view, minutes=10):
    async with db.hot() as driver:
        query = "UPDATE assignment SET active_ms = %s WHERE id = %s"
        await driver.execute(query, (minutes * 60_000, view["id"]))


async def submit(client, view, **changes):
    body = {"key": str(uuid4()), "content": answer_to(view, **changes)}
    answer = await client.post(f"/api/v1/assignments/{view['id']}/submit", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def mine(db, actor, cursor=None):
    async with db.read() as session:
        return await my_work(session, actor=actor, cursor=cursor)


async def detail_of(db, actor, assignment_id):
    async with db.read() as session:
        return await access_submission(session, actor=actor, assignment_id=UUID(str(assignment_id)))


async def test_history_holds_what_ended_and_what_it_earned(trainer, db):
    done = await claim(trainer)
    await spend(db, done)
    await submit(trainer, done)
    left = await claim(trainer)
    await trainer.post(f"/api/v1/assignments/{left['id']}/skip", json={"reason": "topic", "note": "I know no physics"})
    await claim(trainer)  # under way: not yet part of the history
    page = await mine(db, trainer.actor)
    assert [str(entry.assignment_id) for entry in page.rows] == [left["id"], done["id"]]
    skipped, handed_in = page.rows
    assert (skipped.state, str(skipped.state_name), skipped.correctable) == ("skipped", "Skipped", False)
    assert handed_in.correctable
    assert handed_in.amount.amount >= 600
    assert handed_in.summary.startswith("Why do tyres")
    assert handed_in.project_title == trainer.world.terms.title


async def test_history_is_paged(trainer, db, monkeypatch):
    monkeypatch.setattr(submissions, "PAGE_SIZE", 1)
    for _task in range(2):
        await submit(trainer, await claim(trainer))
    first = await mine(db, trainer.actor)
    second = await mine(db, trainer.actor, cursor=first.next_cursor)
    assert second.next_cursor is None
    assert first.rows[0].assignment_id > second.rows[0].assignment_id


async def test_tasks_held_ahead_and_never_opened_leave_no_trace(trainer, db):
    await trainer.post(f"/api/v1/projects/{trainer.world.terms.slug}/claim", json={"prefetch": True})
    async with db.hot() as driver:
        await driver.execute("UPDATE assignment SET state = 'expired', ended_at = now()")
    assert (await mine(db, trainer.actor)).rows == []


async def test_detail_shows_every_revision(trainer, db):
    view = await claim(trainer)
    await spend(db, view)
    receipt = await submit(trainer, view)
    await trainer.post(f"/api/v1/submissions/{view['id']}/correct", json={"content": answer_to(view, ideal="Better.")})
    detail = await detail_of(db, trainer.actor, view["id"])
    assert [revision.origin for revision in detail.revisions] == ["first", "correction"]
    assert detail.revisions[1].content["turns"][0]["ideal"] == "Better."
    assert detail.correctable
    assert detail.assignment.turns[0].responses
    assert [entry.activity for entry in detail.times] == ["work"]
    assert detail.amount == detail.times[0].amount
    by_submission = await detail_of(db, trainer.actor, receipt["submission_id"])
    assert by_submission.assignment.id == detail.assignment.id
    assert "m1" not in str(detail)


async def test_detail_tells_why_it_was_given_back(trainer, db):
    view = await claim(trainer)
    path = f"/api/v1/assignments/{view['id']}"
    await trainer.post(f"{path}/report", json={"reason": "private", "note": "A phone number"})
    detail = await detail_of(db, trainer.actor, view["id"])
    assert (str(detail.given_back.reason), detail.given_back.note) == ("Private data of a person", "A phone number")
    assert detail.revisions == []


async def test_correcting_ends_where_the_review_begins(trainer, db):
    view = await claim(trainer)
    await submit(trainer, view)
    async with db.write() as session:
        await verdicts.begin_review(session, assignment_id=UUID(view["id"]), began=True)
    detail = await detail_of(db, trainer.actor, view["id"])
    assert not detail.correctable
    assert "looking at it" in str(detail.state_note)


@pytest.mark.parametrize("role", ["trainer", "reviewer", "manager", "operator"])
async def test_nobody_else_sees_it_here(trainer, make_person, team_id, db, role):
    view = await claim(trainer)
    receipt = await submit(trainer, view)
    other = await make_person(role, team=team_id)
    for wanted in (view["id"], receipt["submission_id"], uuid4()):
        with pytest.raises(NoSuchWorkError):
            await detail_of(db, other, wanted)
    assert (await mine(db, other)).rows == []
    async with db.read() as session:
        assert (await list_time(session, actor=other)).rows == []
        assert await balances(session, actor=other) == []
        assert (await worked_since(session, actor=other, since=utc_now() - timedelta(days=1))).paid_ms == 0


async def test_money_is_the_same_in_every_view(trainer, db, monkeypatch):
    monkeypatch.setattr(times, "PAGE_SIZE", 1)
    paid = []
    for minutes in (10, 7):
        view = await claim(trainer)
        await spend(db, view, minutes)
        paid.append((await submit(trainer, view))["amount"]["amount"])
    total = Money(sum(paid), "EUR")
    since = utc_now() - timedelta(hours=30)
    actor, project_id = trainer.actor, trainer.world.terms.id
    async with db.read() as session:
        assert await balances(session, actor=actor) == [total]
        assert await project_cost(session, project_id=project_id) == [total]
        days = await earned_by_period(session, actor=actor, period="day", since=since)
        assert sum(day.amount.amount for day in days) == total.amount
        assert len(await earned_by_period(session, actor=actor, period="month", since=since)) == 1
        worked = await worked_since(session, actor=actor, since=since)
        assert worked.amounts == [total]
        (project,) = await time_by_project(session, actor=actor, since=since)
        assert (project.tasks, project.amount, project.paid_ms) == (2, total, worked.paid_ms)
        rows = []
        cursor = None
        while True:
            page = await list_time(session, actor=actor, cursor=cursor, size=1)
            rows += page.rows
            if (cursor := page.next_cursor) is None:
                break
        assert [row.amount.amount for row in rows] == paid[::-1]
    assert await faults(db) == []


async def test_days_are_those_of_the_persons_time_zone(trainer, db):
    view = await claim(trainer)
    await spend(db, view)
    await submit(trainer, view)
    async with db.hot() as driver:
        await driver.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        await driver.execute("UPDATE ledger_entry SET at = '2026-03-01T23:30:00Z'")
    since = utc_now() - timedelta(days=3000)
    for zone, day in (("UTC", "2026-03-01"), ("Europe/Madrid", "2026-03-02"), ("America/Lima", "2026-03-01")):
        async with db.read() as session:
            actor = msgspec.structs.replace(trainer.actor, time_zone=zone)
            (found,) = await earned_by_period(session, actor=actor, period="day", since=since)
        assert found.begins.isoformat() == day


async def test_ledger_check_finds_what_is_missing(trainer, db):
    view = await claim(trainer)
    await spend(db, view)
    await submit(trainer, view)
    async with db.hot() as driver:
        await driver.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        await driver.execute("DELETE FROM ledger_entry")
    found = {fault.check: fault.found for fault in await faults(db)}
    assert str(trainer.actor.person_id) in found["time"]
    assert "the ledger has nothing" in found["time"]


async def test_returned_work_keeps_its_place_in_the_history(trainer, db):
    view = await claim(trainer)
    await submit(trainer, view)
    async with db.write() as session:
        await verdicts.return_for_rework(
            session, actor=SYSTEM, assignment_id=UUID(view["id"]), reason="incomplete", now=utc_now()
        )
    (entry,) = (await mine(db, trainer.actor)).rows
    assert str(entry.state_name) == "Returned to you"
    await trainer.post(f"/api/v1/assignments/{view['id']}/start", json={})
    (entry,) = (await mine(db, trainer.actor)).rows
    assert str(entry.state_name) == "In rework"
