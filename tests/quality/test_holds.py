"""Time spent on grading exams and deciding disputes: one person at a time, on their one clock, paid as reviewing is."""

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from preceptor.hiring.rules import WRITTEN, LevelMarks
from preceptor.lib.clock import utc_now
from preceptor.lib.errors import ProblemError
from preceptor.lib.money import Money, earned
from preceptor.pay.queries import balances
from preceptor.pay.tables import Rate
from preceptor.quality.operations import (
    HeldByColleagueError,
    NotReviewingError,
    Signs,
    beat_dispute,
    beat_part,
    contest,
    decide_dispute,
    expire_holds,
    grade_part,
    holding,
    release_hold,
)
from preceptor.quality.queries.disputes import list_disputes
from preceptor.quality.queries.exams import list_parts_to_grade
from preceptor.quality.tables import Hold
from preceptor.work.tables import Stint, TimeEntry
from tests.books import faults

MINUTE = 60_000
POINTS = {"facts": 6, "clear": 4}
LEVELS = (LevelMarks(1, {WRITTEN: 40}),)
HERE = Signs(inputs=(0,))


class Desk:
    """Somebody who grades and decides, by minutes since the test began."""

    def __init__(self, db, actor, began):
        self.db, self.actor, self.began = db, actor, began

    def at(self, minute):
        return self.began + timedelta(minutes=minute)

    async def beat(self, subject, minute, signs=HERE):
        beat, name = (beat_part, "item_id") if subject.kind == "part" else (beat_dispute, "dispute_id")
        async with self.db.write() as session:
            return await beat(session, actor=self.actor, **{name: subject.id}, signs=signs, now=self.at(minute))

    async def end(self, subject, minute):
        async with self.db.write() as session:
            now = self.at(minute)
            if subject.kind == "part":
                await grade_part(session, actor=self.actor, item_id=subject.id, points=POINTS, now=now)
            else:
                await decide_dispute(
                    session, actor=self.actor, dispute_id=subject.id, overturn=True, answer="", now=now
                )

    async def put_back(self, subject, minute):
        async with self.db.write() as session:
            await release_hold(session, actor=self.actor, subject_id=subject.id, now=self.at(minute))

    async def entries(self):
        assert await faults(self.db) == []
        async with self.db.read() as session:
            mine = select(TimeEntry).where(TimeEntry.person_id == self.actor.person_id).order_by(TimeEntry.id)
            return list(await session.scalars(mine))

    async def balance(self):
        async with self.db.read() as session:
            return await balances(session, actor=self.actor)


class Subject:
    """A part or a dispute."""

    def __init__(self, kind: str, key: UUID):
        self.kind, self.id = kind, key


async def expire(db, now):
    async with db.write() as session:
        return await expire_holds(session, now=now)


@pytest.fixture
def make_part(exams):
    async def make(count=1):
        exam = await exams.make(items=count, by_hand=count, levels=LEVELS)
        trainer = await exams.trainer()
        await exams.begin(exam, trainer)
        for _part in range(count):
            await exams.answer(exam, trainer)
        async with exams.db.read() as session:
            grader = await exams.bench.person("reviewer")
            rows = (await list_parts_to_grade(session, actor=grader, now=utc_now())).rows
        return [Subject("part", row.item_id) for row in rows if row.project_slug == exam.terms.slug]

    return make


@pytest.fixture
def make_dispute(bench, make_world, db):
    async def make():
        handed = await bench.hand_in(await make_world())
        rejecter = await bench.person("reviewer")
        await bench.decide(rejecter, await bench.claim(rejecter), "reject", reason="off_topic")
        async with db.write() as session:
            found = await contest(session, actor=handed.trainer, assignment_id=handed.assignment_id, note="It is not.")
        return Subject("dispute", found)

    return make


@pytest.fixture
def make_desk(bench, db):
    began = utc_now()

    async def make():
        return Desk(db, await bench.person("reviewer"), began)

    return make


@pytest.fixture(params=["part", "dispute"])
async def subject(request, make_part, make_dispute):
    return (await make_part())[0] if request.param == "part" else await make_dispute()


async def test_it_is_paid_when_it_is_decided(subject, make_desk):
    desk = await make_desk()
    await desk.beat(subject, 0)
    clock = await desk.beat(subject, 2)
    assert (clock.active_ms, clock.amount.amount) == (2 * MINUTE, 2 * clock_rate(clock))
    await desk.end(subject, 4)
    (entry,) = await desk.entries()
    assert (entry.activity, entry.paid_ms, entry.subject_id) == ("review", 4 * MINUTE, subject.id)
    assert entry.outcome == {"part": "graded", "dispute": "dispute"}[subject.kind]
    assert await desk.balance() == [Money(entry.amount_minor, "EUR")]
    assert entry.amount_minor == 4 * clock_rate(clock)


def clock_rate(clock):
    """Minor units a minute."""
    return clock.amount.amount * MINUTE // clock.active_ms


async def test_one_person_at_a_time_and_their_leaving_gives_it_back(subject, make_desk, db):
    first, second = await make_desk(), await make_desk()
    await first.beat(subject, 0)
    await first.beat(subject, 2)
    with pytest.raises(HeldByColleagueError):
        await second.beat(subject, 2)
    with pytest.raises(HeldByColleagueError):
        await second.end(subject, 2)
    await first.put_back(subject, 3)
    await first.put_back(subject, 3)
    await second.beat(subject, 4)
    await second.end(subject, 6)
    assert [(one.outcome, one.paid_ms) for one in await first.entries()] == [("released", 3 * MINUTE)]
    assert [one.paid_ms for one in await second.entries()] == [2 * MINUTE]
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Hold)) == 0


async def test_what_is_left_alone_is_paid_to_the_last_sign_and_goes_back(subject, make_desk, db):
    first, second = await make_desk(), await make_desk()
    await first.beat(subject, 0)
    await first.beat(subject, 2)
    for minute in range(10, 60, 10):  # a page left open
        await first.beat(subject, minute, Signs())
    assert await expire(db, first.at(61)) == 0, "an hour after the last sign"
    assert await expire(db, first.at(63)) == 1
    (entry,) = await first.entries()
    assert (entry.outcome, entry.paid_ms) == ("expired", 5 * MINUTE), "a sign lasts three minutes"
    assert (await first.beat(subject, 64, Signs())).state == "ended", "an open page alone takes nothing"
    await second.beat(subject, 65)
    await second.end(subject, 66)


async def test_a_colleague_need_not_wait_for_the_worker(subject, make_desk):
    first, second = await make_desk(), await make_desk()
    await first.beat(subject, 0)
    await second.beat(subject, 70)
    await second.end(subject, 71)
    assert [one.outcome for one in await first.entries()] == ["expired"]
    assert [one.paid_ms for one in await second.entries()] == [MINUTE]


async def test_a_pause_is_not_paid(subject, make_desk):
    desk = await make_desk()
    await desk.beat(subject, 0)
    await desk.beat(subject, 1, Signs(paused=True))
    clock = await desk.beat(subject, 11, Signs(paused=False))
    assert (clock.active_ms, clock.paused_ms) == (MINUTE, 10 * MINUTE)
    await desk.end(subject, 12)
    assert [one.paid_ms for one in await desk.entries()] == [2 * MINUTE]


async def test_the_rate_for_review_holds(make_dispute, make_desk, db):
    subject, desk = await make_dispute(), await make_desk()
    async with db.write() as session:
        project = await session.scalar(select(TimeEntry.project_id).limit(1))
        session.add(
            Rate(project_id=project, activity="review", currency="EUR", rate_minor=7200, valid_from=desk.at(-1))
        )
    await desk.beat(subject, 0)
    await desk.end(subject, 1)
    assert await desk.balance() == [Money(120, "EUR")]


async def test_a_measure_keeps_from_new_ones(subject, make_desk, monkeypatch):
    desk = await make_desk()

    async def refuse(*_args, **_given):
        raise NotReviewingError

    monkeypatch.setattr(holding, "check_standing", refuse)
    with pytest.raises(NotReviewingError):
        await desk.beat(subject, 0)
    assert await desk.entries() == []


STEPS = st.tuples(
    st.integers(0, 1),  # whose desk
    st.integers(0, 3),  # which subject
    st.sampled_from(["beat", "beat", "beat", "pause", "go_on", "end", "put_back", "expire", "away"]),
    st.integers(1, 25),  # minutes since the step before
)


class Model:
    """What should come of it: each stretch that a page tells of goes once, to what it was spent on. In minutes."""

    def __init__(self):
        self.now = 0
        self.holder, self.lease, self.since = {}, {}, {}
        self.paused, self.done = set(), set()
        self.ticked, self.worked, self.rested = {0: 0, 1: 0}, defaultdict(int), defaultdict(int)

    def let_go(self, which):
        self.holder.pop(which, None)
        self.paused.discard(which)

    def run_out(self, which=None):
        for one in [one for one in self.holder if which in {None, one} and self.lease[one] <= self.now]:
            self.let_go(one)

    def tick(self, who, which):
        stretch = self.now - max(self.since[which], self.ticked[who])
        (self.rested if which in self.paused else self.worked)[who] += stretch
        self.since[which] = self.ticked[who] = self.now

    def may(self, who, which):
        return which not in self.done and self.holder.get(which, who) == who

    def beat(self, who, which, what):
        if which in self.holder:
            self.tick(who, which)
        else:
            self.holder[which] = who
            self.since[which] = self.ticked[who] = self.now
        self.lease[which] = self.now + 60
        if what == "pause":
            self.paused.add(which)
        elif what == "go_on":
            self.paused.discard(which)

    def end(self, who, which):
        if self.holder.get(which) == who:
            self.tick(who, which)
            self.let_go(which)


SIGNS = {"beat": HERE, "pause": Signs(paused=True), "go_on": Signs(paused=False)}


async def attempt(desk, subject, what, minute):
    """Do a step; False where it is refused."""
    try:
        if what == "end":
            await desk.end(subject, minute)
        elif what == "put_back":
            await desk.put_back(subject, minute)
        else:
            await desk.beat(subject, minute, SIGNS[what])
    except ProblemError:
        return False
    return True


def follow(model, who, which, what):
    """Let the model do the same; False where it expects a refusal."""
    if what == "put_back":
        model.end(who, which)
        return True
    # Who decides at last what they have held for too long is there to be seen, unless somebody was quicker.
    theirs = what == "end" and model.holder.get(which) == who
    if which not in model.done and not theirs:
        model.run_out(which)
    if not model.may(who, which):
        # To overturn again what was overturned changes nothing.
        return what == "end" and which in model.done and which >= 2
    if what == "end":
        model.end(who, which)
        model.done.add(which)
    else:
        model.beat(who, which, what)
    return True


@given(steps=st.lists(STEPS, min_size=3, max_size=25))
@example(steps=[(1, 3, "beat", 15), (1, 3, "away", 25), (1, 3, "away", 25), (1, 3, "end", 25)])
@example(steps=[(1, 3, "beat", 15), (0, 1, "beat", 25), (0, 1, "beat", 25), (1, 3, "expire", 25), (1, 3, "end", 1)])
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_no_order_loses_a_minute_or_counts_one_twice(make_part, make_dispute, make_desk, db, steps):
    subjects = [*await make_part(2), await make_dispute(), await make_dispute()]
    desks, model = [await make_desk(), await make_desk()], Model()
    for who, which, what, minutes in steps:
        model.now += minutes
        if what == "expire":
            await expire(db, desks[who].at(model.now))
            model.run_out()
        elif what != "away":
            done = await attempt(desks[who], subjects[which], what, model.now)
            assert done == follow(model, who, which, what), (model.now, who, which, what)
    await expire(db, desks[0].at(model.now + 61))
    people = [desk.actor.person_id for desk in desks]
    async with db.read() as session:
        running = Stint.person_id.in_(people), Stint.state != "ended"
        assert await session.scalar(select(func.count()).where(*running)) == 0
        assert await session.scalar(select(func.count()).select_from(Hold)) == 0
    for who, desk in enumerate(desks):
        entries = await desk.entries()
        assert sum(one.active_ms + one.idle_ms for one in entries) == model.worked[who] * MINUTE
        assert sum(one.paused_ms for one in entries) == model.rested[who] * MINUTE
        assert all(one.paid_ms == one.active_ms for one in entries)
        assert sum(one.paid_ms for one in entries) <= model.now * MINUTE
        money = [earned(rate_per_hour=Money(one.rate_minor, "EUR"), paid_ms=one.paid_ms).amount for one in entries]
        assert sum(one.amount for one in await desk.balance()) == sum(money)


async def test_lists_say_what_is_in_hands(make_part, make_dispute, make_desk, db):
    (part,), dispute = await make_part(), await make_dispute()
    first, second = await make_desk(), await make_desk()
    for one in (part, dispute):
        await first.beat(one, 0)
    for actor, held in ((first.actor, "you"), (second.actor, "colleague")):
        async with db.read() as session:
            found = await list_parts_to_grade(session, actor=actor, now=utc_now())
            (row,) = [one for one in found.rows if one.item_id == part.id]
            (other,) = (await list_disputes(session, actor=actor, now=utc_now())).rows
        assert (row.in_hands, other.in_hands) == (held, held)


async def test_over_http(subject, as_role):
    client, other = await as_role("reviewer"), await as_role("reviewer")
    path = f"/api/v1/{'grading' if subject.kind == 'part' else 'disputes'}/{subject.id}"
    answer = await client.post(f"{path}/beat", json={"inputs": [0]})
    assert (answer.status_code, answer.json()["clock"]["state"]) == (200, "active")
    refused = await other.post(f"{path}/beat", json={"inputs": [0]})
    assert (refused.status_code, refused.json()["code"]) == (409, "held_by_colleague")
    assert (await other.post(f"{path}/release")).status_code == 204
    assert (await client.post(f"{path}/beat", json={"inputs": [0] * 2_001})).status_code == 422
    assert (await client.post(f"{path}/release")).status_code == 204
    assert (await other.post(f"{path}/beat", json={"inputs": [0]})).status_code == 200
    trainer = await as_role("trainer")
    assert (await trainer.post(f"{path}/beat", json={"inputs": [0]})).status_code in {403, 404}


async def test_what_was_typed_stays_while_a_colleague_is_at_it(subject, as_role):
    client, other = await as_role("reviewer"), await as_role("reviewer")
    base = f"/{'grading' if subject.kind == 'part' else 'disputes'}/{subject.id}"
    assert (await client.post(f"/api/v1{base}/beat", json={"inputs": [0]})).status_code == 200
    words = "Typed in the evening, and the night was long."
    if subject.kind == "part":
        page = await other.post(base, data={"points.facts": "6", "points.clear": "4", "note": words})
    else:
        page = await other.post(f"{base}/decide", data={"answer": words, "decision": "uphold"})
    assert page.status_code in {409, 422}
    assert "A colleague is at this just now" in page.text
    assert words in page.text
