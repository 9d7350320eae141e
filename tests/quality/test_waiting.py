"""Work that nobody looks at is accepted in time, and none that somebody shall look at."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from preceptor.lib.clock import utc_now
from preceptor.lib.db.events import EventRow
from preceptor.quality.operations import accept_unreviewed
from preceptor.quality.queries.waiting import DUE


@pytest.fixture
def accept_after(db):
    """Let the worker look at what waits, some time from now."""

    async def look(limit=200, **later):
        async with db.write() as session:
            return await accept_unreviewed(session, now=utc_now() + timedelta(**later), limit=limit)

    return look


async def test_what_is_not_sampled_is_accepted_once_it_can_no_longer_be_corrected(bench, make_world, accept_after, db):
    handed = await bench.hand_in(await make_world(review_share=0))
    content = {"turns": [{**handed.content["turns"][0], "ideal": "Better."}]}
    newest = await bench.desk.correct(actor=handed.trainer, assignment_id=handed.assignment_id, content=content)
    assert await accept_after(hours=23) == 0
    assert await bench.state_of(handed) == "submitted"
    assert await accept_after(hours=25) == 1
    assert await bench.state_of(handed) == "accepted"
    assert await accept_after(hours=26) == 0
    async with db.read() as session:
        event = await session.scalar(select(EventRow).where(EventRow.name == "work.accepted"))
    assert event.data == {"submission_id": str(newest), "by_time": True}


async def test_what_is_sampled_waits_for_its_review_up_to_the_projects_days(bench, make_world, accept_after):
    handed = await bench.hand_in(await make_world(accept_after_days=21))
    assert await accept_after(days=20) == 0
    assert await accept_after(days=22) == 1
    assert await bench.state_of(handed) == "accepted"
    assert [review.state for review in await bench.reviews()] == ["void"]


async def test_what_a_reviewer_is_at_is_left_alone(bench, make_world, accept_after, reviewer):
    handed = await bench.hand_in(await make_world())
    review_id = await bench.claim(reviewer)
    assert await accept_after(days=22) == 0
    await bench.decide(reviewer, review_id, "return")
    assert await accept_after(days=50) == 0
    assert await bench.state_of(handed) == "returned"


async def test_a_worker_that_is_behind_accepts_nothing_it_has_yet_to_sample(bench, make_world, accept_after):
    handed = await bench.hand_in(await make_world(review_share=1.0, correction_hours=0), fold=False)
    assert await accept_after(hours=1) == 1
    assert await bench.state_of(handed) == "submitted"
    assert [review.state for review in await bench.reviews()] == ["open"]
    assert await accept_after(hours=1) == 0
    await bench.fold()
    assert len(await bench.reviews()) == 1


async def test_a_share_that_was_raised_also_takes_in_what_still_waits(bench, make_world, accept_after, db):
    handed = await bench.hand_in(await make_world(review_share=0))
    async with db.hot() as driver:
        await driver.execute("UPDATE project SET rules = rules || '{\"review_share\": 1}'")
    await accept_after(hours=25)
    assert await bench.state_of(handed) == "submitted"
    assert len(await bench.reviews()) == 1


async def test_batches_end(bench, make_world, accept_after):
    world = await make_world(items=5, review_share=0)
    trainer = await bench.trainer(world)
    for _ in range(5):
        await bench.hand_in(world, trainer=trainer)
    assert [await accept_after(limit=2, days=2) for _ in range(4)] == [2, 2, 1, 0]


async def test_paused_and_closed_projects_keep_their_word(bench, make_world, accept_after, db):
    handed = await bench.hand_in(await make_world(review_share=0))
    async with db.hot() as driver:
        await driver.execute("UPDATE project SET state = 'closed'")
    assert await accept_after(days=2) == 1
    assert await bench.state_of(handed) == "accepted"


async def test_looking_for_what_is_due_goes_by_what_waits_not_by_all_there_is(bench, make_world, db):
    world = await make_world(review_share=0)
    await bench.hand_in(world)
    values = {
        "projects": [world.terms.id],
        "unsampled_before": [utc_now()],
        "late_before": [utc_now() - timedelta(days=21)],
        "limit": 10,
    }
    async with db.hot() as driver, driver.transaction():
        await driver.execute("SET LOCAL enable_seqscan = off")
        rows = await (await driver.execute(f"EXPLAIN {DUE}", values)).fetchall()
    assert "ix_assignment_waiting" in str(rows)
