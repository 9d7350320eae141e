"""Reviewers' time: clocked by the same rules as a task, paid at the review rate when the review ends, and only once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from preceptor.lib.clock import utc_now
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.pay.queries import balances
from preceptor.pay.tables import Rate
from preceptor.quality.operations import (
    ReviewNotHeldError,
    ReviewTakenError,
    StaleReviewError,
    beat_review,
    claim_review,
    decide,
    expire_reviews,
    release_review,
    take_review,
)
from preceptor.quality.rules import Verdict
from preceptor.work.queries.counts import project_counts
from preceptor.work.tables import TimeEntry
from tests.books import faults

MINUTE = 60_000


class Desk:
    """A reviewer at their desk, by minutes since they took the review."""

    def __init__(self, db, actor):
        self.db, self.actor, self.began = db, actor, utc_now()

    def at(self, minute):
        return self.began + timedelta(minutes=minute)

    async def take(self, minute=0):
        async with self.db.write() as session:
            self.review_id = await claim_review(session, actor=self.actor, now=self.at(minute))

    async def beat(self, minute, *, ago=(0,), **given):
        async with self.db.write() as session:
            _until, clock = await beat_review(
                session, actor=self.actor, review_id=self.review_id, signs=tuple(ago), now=self.at(minute), **given
            )
        return clock

    async def accept(self, minute):
        async with self.db.write() as session:
            await decide(
                session, actor=self.actor, review_id=self.review_id, verdict=Verdict.ACCEPT, now=self.at(minute)
            )

    async def entries(self):
        assert await faults(self.db) == []
        async with self.db.read() as session:
            mine = select(TimeEntry).where(TimeEntry.person_id == self.actor.person_id).order_by(TimeEntry.id)
            return list(await session.scalars(mine))

    async def earned(self):
        async with self.db.read() as session:
            return await balances(session, actor=self.actor)


@pytest.fixture
async def at_desk(bench, make_world, db):
    world = await make_world()
    await bench.hand_in(world)
    desk = Desk(db, await bench.person("reviewer"))
    desk.world = world
    await desk.take()
    return desk


async def test_a_review_is_paid_when_it_is_decided(at_desk, bench, db):
    await at_desk.beat(2)
    clock = await at_desk.beat(4)
    assert (clock.active_ms, clock.amount) == (4 * MINUTE, Money(240, "EUR"))
    await at_desk.accept(5)
    (entry,) = await at_desk.entries()
    assert (entry.activity, entry.outcome, entry.paid_ms) == ("review", "decided", 5 * MINUTE)
    assert (entry.subject_id, entry.assignment_id) == (at_desk.review_id, None)
    assert await at_desk.earned() == [Money(300, "EUR")]
    await at_desk.accept(6)
    assert len(await at_desk.entries()) == 1, "a repeated verdict is not paid twice"
    await bench.fold()
    async with db.read() as session:
        assert (await project_counts(session, project_id=at_desk.world.terms.id)).cost_minor == 300


async def test_being_away_is_idle_and_a_pause_is_not_paid(at_desk):
    await at_desk.beat(2)
    await at_desk.beat(2, paused=True)
    await at_desk.beat(12, ago=())
    await at_desk.beat(12, paused=False)
    clock = await at_desk.beat(32, ago=(), reading_ms=4 * MINUTE)
    assert (clock.active_ms, clock.paused_ms, clock.idle_ms) == (6 * MINUTE, 10 * MINUTE, 16 * MINUTE)
    assert (await at_desk.beat(33, foreground=False)).active_ms == 6 * MINUTE


async def test_what_runs_out_or_is_put_back_is_paid_and_can_be_taken_again(at_desk, db):
    await at_desk.beat(2)
    async with db.write() as session:
        assert await expire_reviews(session, now=at_desk.at(90)) == 1
    (entry,) = await at_desk.entries()
    assert (entry.outcome, entry.paid_ms, entry.idle_ms) == ("expired", 2 * MINUTE, 0), "nothing after the last sign"
    with pytest.raises(ReviewNotHeldError):
        await at_desk.beat(91)
    await at_desk.take(100)
    await at_desk.beat(101)
    async with db.write() as session:
        await release_review(session, actor=at_desk.actor, review_id=at_desk.review_id, now=at_desk.at(102))
    assert [one.outcome for one in await at_desk.entries()] == ["expired", "released"]
    assert await at_desk.earned() == [Money(240, "EUR")]


async def test_whoever_comes_back_goes_on_and_is_paid_unless_it_is_another_answer_or_anothers(at_desk, bench, db):
    """Two hours away with the page open: the hold is gone, and from the first sign of life on the time counts."""
    (review,) = await bench.reviews()
    seen = {"submission_id": review.submission_id}
    await at_desk.beat(2)
    async with db.write() as session:
        assert await expire_reviews(session, now=at_desk.at(90)) == 1
    for silent in ({"ago": ()}, {"foreground": False}):
        with pytest.raises(ReviewNotHeldError):
            await at_desk.beat(120, **silent, **seen)
    with pytest.raises(StaleReviewError):
        await at_desk.beat(121, submission_id=new_id())
    await at_desk.beat(122, **seen)
    await at_desk.beat(125, **seen)
    await at_desk.accept(126)
    assert [(one.outcome, one.paid_ms) for one in await at_desk.entries()] == [
        ("expired", 2 * MINUTE),
        ("decided", 4 * MINUTE),
    ]
    with pytest.raises(ReviewNotHeldError):
        await at_desk.beat(127, **seen)

    await bench.hand_in(at_desk.world)
    await at_desk.take(130)
    async with db.write() as session:
        assert await expire_reviews(session, now=at_desk.at(200)) == 1
    other = Desk(db, await bench.person("reviewer"))
    await other.take(201)
    with pytest.raises(ReviewTakenError):
        await at_desk.beat(202, **seen)


async def test_the_review_rate_holds_and_a_later_one_does_not_touch_what_was_begun(at_desk, db, bench):
    async with db.write() as session:
        common = {"project_id": at_desk.world.terms.id, "activity": "review", "currency": "EUR"}
        session.add(Rate(**common, rate_minor=7200, valid_from=at_desk.at(1)))
    await at_desk.beat(2)
    await at_desk.accept(3)
    assert await at_desk.earned() == [Money(180, "EUR")]
    await bench.hand_in(at_desk.world)
    await at_desk.take(10)
    await at_desk.accept(11)
    assert await at_desk.earned() == [Money(180 + 120, "EUR")]


async def test_two_reviews_at_once_share_one_clock(at_desk, bench, db):
    """A second window takes no minute that the first has been given."""
    await bench.hand_in(at_desk.world)
    (other,) = [review.id for review in await bench.reviews() if review.id != at_desk.review_id]
    async with db.write() as session:
        await take_review(session, actor=at_desk.actor, review_id=other, now=at_desk.at(0))
    first = at_desk.review_id
    for minute in range(1, 11):
        await at_desk.beat(minute, ago=(0, 59_999))
        at_desk.review_id = other if at_desk.review_id == first else first
    await at_desk.accept(10)
    at_desk.review_id = other if at_desk.review_id == first else first
    await at_desk.accept(10)
    assert sum(one.paid_ms for one in await at_desk.entries()) <= 10 * MINUTE
    assert sum(one.paid_ms for one in await at_desk.entries()) >= 9 * MINUTE


async def test_the_desk_sends_signs_of_life_over_http(bench, make_world, as_role):
    await bench.hand_in(await make_world())
    client = await as_role("reviewer")
    review_id = (await client.post("/api/v1/reviews/claim", json={})).json()["id"]
    answer = await client.post(f"/api/v1/reviews/{review_id}/beat", json={"inputs": [0, 10]})
    assert answer.status_code == 200
    assert answer.json()["clock"]["state"] == "active"
    answer = await client.post(f"/api/v1/reviews/{review_id}/beat", json={"paused": True})
    assert answer.json()["clock"]["state"] == "paused"
    other = await as_role("reviewer")
    answer = await other.post(f"/api/v1/reviews/{review_id}/beat", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "review_taken")
    answer = await client.post(f"/api/v1/reviews/{review_id}/beat", json={"inputs": [0] * 2_001})
    assert answer.status_code == 422
