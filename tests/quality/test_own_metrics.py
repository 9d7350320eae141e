"""What is measured about a person stands before them: value, formula, sample and interval, and the same as managers see."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.lib.clock import utc_now
from preceptor.quality.operations import contest, decide_dispute, take_review
from preceptor.quality.queries.own_metrics import own_metrics
from preceptor.quality.rules.own_metrics import Counted, metrics_of, pace
from preceptor.quality.rules.worth_a_look import share
from preceptor.work.queries.breakdowns import project_breakdown

HOUR_MS = 3_600_000


def test_the_interval_of_a_pace_is_byars():
    # Exact limits for a Poisson count of 10: 4.795 and 18.390 (Breslow and Day, volume II, table 2.11).
    value, low, high = pace(10, HOUR_MS)
    assert (value, low, high) == (10, pytest.approx(4.795, abs=0.02), pytest.approx(18.390, abs=0.02))
    assert pace(5, 500_000) is None
    assert pace(0, HOUR_MS)[:2] == (0, 0)


@given(
    kept=st.integers(0, 200),
    corrected=st.integers(0, 200),
    returned=st.integers(0, 200),
    rejected=st.integers(0, 200),
    given_back=st.integers(0, 200),
    active=st.integers(0, 10**9),
)
def test_every_interval_holds_its_value(kept, corrected, returned, rejected, given_back, active):
    counted = Counted(
        submitted=kept + corrected + rejected,
        kept=kept,
        corrected=corrected,
        returned=returned,
        rejected=rejected,
        given_back=given_back,
        active_ms=active,
    )
    found = metrics_of(counted, rejections=share(rejected, counted.looked_at))
    assert len({one.key for one in found}) == len(found)
    for one in found:
        assert str(one.name)
        assert str(one.formula)
        if one.low is not None:
            assert 0 <= one.low <= one.value <= one.high
        if one.unit == "share" and one.value is not None:
            assert one.value == one.hits / one.sample
            assert one.high <= 1


async def metrics(db, actor):
    async with db.read() as session:
        return await own_metrics(session, actor=actor)


def by_key(project):
    return {one.key: (one.hits, one.sample) for one in project.metrics}


async def test_they_say_what_managers_see_folded_or_not(bench, make_world, reviewer, db):
    world = await make_world(items=6)
    trainer = await bench.trainer(world)
    handed = [await bench.hand_in(world, trainer=trainer, fold=False) for _task in range(3)]
    await bench.fold()
    by_answer = {one.assignment_id: one.id for one in await bench.reviews()}
    verdicts = {0: "accept", 1: "reject"}
    for number, verdict in verdicts.items():
        review_id = by_answer[handed[number].assignment_id]
        async with db.write() as session:
            await take_review(session, actor=reviewer, review_id=review_id, now=utc_now())
        await bench.decide(reviewer, review_id, verdict)
    (tail,) = await metrics(db, trainer)
    await bench.fold()
    (folded,) = await metrics(db, trainer)
    assert tail == folded, "what the worker has not folded yet is there as well"
    assert by_key(folded)["submitted"] == (3, 3)
    assert by_key(folded)["kept"] == (1, 2)
    assert by_key(folded)["rejected"] == (1, 2)
    assert by_key(folded)["given_back"] == (0, 3)
    manager = await bench.person("manager")
    async with db.read() as session:
        told = await project_breakdown(session, actor=manager, project_id=world.terms.id, since=date(2000, 1, 1))
    (standing,) = [one for one in told.trainers if one.person_id == trainer.person_id]
    assert (standing.submitted, standing.kept, standing.rejected) == (3, 1, 1)


async def test_a_rejection_that_was_overturned_counts_for_nothing(bench, make_world, reviewer, db):
    handed = await bench.hand_in(await make_world())
    await bench.decide(reviewer, await bench.claim(reviewer), "reject")
    (before,) = await metrics(db, handed.trainer)
    assert by_key(before)["rejected"] == (1, 1)
    async with db.write() as session:
        dispute_id = await contest(session, actor=handed.trainer, assignment_id=handed.assignment_id, note="No.")
    second = await bench.person("reviewer")
    async with db.write() as session:
        await decide_dispute(
            session, actor=second, dispute_id=dispute_id, overturn=True, answer="Right.", now=utc_now()
        )
    (after,) = await metrics(db, handed.trainer)
    assert by_key(after)["rejected"] == (0, 1)


async def test_nobody_reads_anybody_elses(bench, make_world, reviewer, db):
    world = await make_world(items=2)
    mine, other = await bench.hand_in(world), await bench.hand_in(world)
    for _review in range(2):
        await bench.decide(reviewer, await bench.claim(reviewer), "reject")
    for handed in (mine, other):
        (found,) = await metrics(db, handed.trainer)
        assert by_key(found)["rejected"] == (1, 1)
        assert (found.others.hits, found.others.sample) == (1, 1)
        assert not found.worth_a_look
    assert await metrics(db, await bench.person("trainer")) == []


async def test_the_page_and_the_api(bench, make_world, make_person, team_id, signed_in):
    world = await make_world()
    trainer = await make_person("trainer", team=world.team_id)
    client = await signed_in(trainer)
    empty = await client.get("/my-work/metrics")
    assert "Nothing is measured yet" in empty.text
    await bench.hand_in(world, trainer=trainer)
    shown = await client.get("/my-work/metrics")
    assert shown.status_code == 200
    for words in (world.terms.title, "tasks handed in ÷ active hours", "95 % interval", "too little to say"):
        assert words in shown.text
    assert 'href="/my-work/metrics"' in (await client.get("/my-work")).text
    (project,) = (await client.get("/api/v1/my-metrics")).json()["projects"]
    assert project["slug"] == world.terms.slug
    assert {one["key"]: one["value"] for one in project["metrics"]}["submitted"] == 1
