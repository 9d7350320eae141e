"""Rejections for reasons that are not paid, and contesting a rejection: somebody else decides, and pay follows."""

import pytest
from sqlalchemy import select

from preceptor.lib.clock import utc_now
from preceptor.lib.errors import InvalidError
from preceptor.lib.money import Money
from preceptor.pay.queries import balances
from preceptor.pay.tables import Rate
from preceptor.people.queries.notices import list_notices
from preceptor.people.rules import MissingPermissionError
from preceptor.quality.operations import DisputeDecidedError, NotContestableError, contest, decide_dispute
from preceptor.quality.queries.disputes import NoSuchDisputeError, access_dispute, dispute_of, list_disputes
from preceptor.quality.rules import REJECT_REASONS
from preceptor.work.operations.drafts import NoSuchAssignmentError
from preceptor.work.queries.counts import project_counts
from preceptor.work.tables import Slot

EARNED = Money(600, "EUR")
TEN_MINUTES = "UPDATE assignment SET active_ms = 600000, beat_at = now() + interval '1 hour' WHERE id = %s"
"""The next beat lies ahead, so that nothing is added however slow the machine is."""


async def hand_in(bench, world, db):
    """An answer that took ten minutes, at a cent a second."""
    trainer = await bench.trainer(world)
    view, _fresh = await bench.desk.claim(actor=trainer, slug=world.terms.slug, prefetch=False, now=utc_now())
    async with db.write() as session:
        await (await session.driver()).execute(TEN_MINUTES, (view.id,))
    handed = await bench._submit(trainer, view, fold=True)
    assert await money(db, trainer) == EARNED
    return handed


async def money(db, actor):
    async with db.read() as session:
        return (await balances(session, actor=actor) or [Money(0, "EUR")])[0]


async def judging(db, *people):
    """What these have earned by looking at it, in cents: nothing, unless the machine is slow."""
    return sum([(await money(db, one)).amount for one in people])


async def dispute(db, handed, note="It is my own work.", actor=None):
    async with db.write() as session:
        return await contest(session, actor=actor or handed.trainer, assignment_id=handed.assignment_id, note=note)


async def settle(db, actor, dispute_id, *, overturn, answer="I have looked again."):
    async with db.write() as session:
        await decide_dispute(
            session, actor=actor, dispute_id=dispute_id, overturn=overturn, answer=answer, now=utc_now()
        )


@pytest.fixture
async def reviewer(bench):
    return await bench.person("reviewer")


@pytest.mark.parametrize("reason", list(REJECT_REASONS))
async def test_only_reasons_marked_no_pay_take_back_what_was_earned(bench, make_world, reviewer, db, reason):
    world = await make_world()
    handed = await hand_in(bench, world, db)
    await bench.decide(reviewer, await bench.claim(reviewer), "reject", reason=reason)
    no_pay = reason in {"fraud", "empty", "copied"}
    assert await money(db, handed.trainer) == (Money(0, "EUR") if no_pay else EARNED)
    await bench.fold()
    async with db.read() as session:
        counts = await project_counts(session, project_id=world.terms.id)
    assert counts.cost_minor == (0 if no_pay else 600) + await judging(db, reviewer)


async def test_overturning_a_rejection_gives_the_money_back_and_counts_the_answer(bench, make_world, reviewer, db):
    world = await make_world(items=1)
    handed = await hand_in(bench, world, db)
    await bench.decide(reviewer, await bench.claim(reviewer), "reject", reason="copied")
    dispute_id = await dispute(db, handed)
    assert await dispute(db, handed, note="again") == dispute_id
    second = await bench.person("reviewer")
    for _again in range(2):
        await settle(db, second, dispute_id, overturn=True)
    assert await money(db, handed.trainer) == EARNED
    assert await bench.state_of(handed) == "accepted"
    with pytest.raises(DisputeDecidedError):
        await settle(db, second, dispute_id, overturn=False)
    await bench.fold()
    async with db.read() as session:
        counts = await project_counts(session, project_id=world.terms.id)
        slots = list(await session.scalars(select(Slot.state).where(Slot.item_id == world.item_ids[0])))
    assert (counts.accepted, counts.rejected, counts.open) == (1, 0, 0)
    assert counts.cost_minor == 600 + await judging(db, reviewer, second)
    assert sorted(slots) == ["closed", "done"], "no slot is left for an answer too many"


async def test_an_answer_that_was_replaced_meanwhile_is_kept_and_paid_as_surplus(bench, make_world, reviewer, db):
    world = await make_world(items=1)
    handed = await hand_in(bench, world, db)
    await bench.decide(reviewer, await bench.claim(reviewer), "reject", reason="fraud")
    await hand_in(bench, world, db)
    await settle(db, await bench.person("manager"), await dispute(db, handed), overturn=True)
    assert await bench.state_of(handed) == "surplus"
    assert await money(db, handed.trainer) == EARNED


async def test_a_rejection_that_stands_says_why(bench, make_world, reviewer, db):
    handed = await hand_in(bench, await make_world(), db)
    await bench.decide(reviewer, await bench.claim(reviewer), "reject", reason="fraud")
    dispute_id = await dispute(db, handed)
    second = await bench.person("reviewer")
    with pytest.raises(InvalidError):
        await settle(db, second, dispute_id, overturn=False, answer=" ")
    await settle(db, second, dispute_id, overturn=False, answer="The same text stands on a web page.")
    assert await bench.state_of(handed) == "rejected"
    assert await money(db, handed.trainer) == Money(0, "EUR")
    async with db.read() as session:
        found = await dispute_of(session, actor=handed.trainer, assignment_id=handed.assignment_id)
    assert (found.state, found.answer) == ("upheld", "The same text stands on a web page.")


async def test_whoever_decides_is_somebody_else_and_is_not_told_who_rejected(bench, make_world, db):
    handed = await hand_in(bench, await make_world(), db)
    reviewer = await bench.person("reviewer", "manager")
    await bench.decide(reviewer, await bench.claim(reviewer), "reject", reason="fraud", note="Found elsewhere.")
    dispute_id = await dispute(db, handed)
    async with db.read() as session:
        assert (await list_disputes(session, actor=reviewer, now=utc_now())).rows == []
    for actor in (reviewer, await bench.person("reviewer", "trainer")):
        if actor is not reviewer:
            handed_actor = actor
            async with db.write() as session:
                driver = await session.driver()
                await driver.execute("UPDATE dispute SET trainer_id = %s", (handed_actor.person_id,))
        with pytest.raises(NoSuchDisputeError):
            await settle(db, actor, dispute_id, overturn=True)
        async with db.read() as session:
            with pytest.raises(NoSuchDisputeError):
                await access_dispute(session, actor=actor, dispute_id=dispute_id, now=utc_now())
    async with db.write() as session:
        await (await session.driver()).execute("UPDATE dispute SET trainer_id = %s", (handed.trainer.person_id,))
    with pytest.raises(MissingPermissionError):
        await settle(db, handed.trainer, dispute_id, overturn=True)
    second = await bench.person("reviewer")
    async with db.read() as session:
        work = await access_dispute(session, actor=second, dispute_id=dispute_id, now=utc_now())
        (row,) = (await list_disputes(session, actor=second, now=utc_now())).rows
    assert row.id == dispute_id
    assert work.content is not None
    assert (work.rejection.reason, work.rejection.note) == ("fraud", "Found elsewhere.")
    assert reviewer.name not in repr(work)
    assert str(reviewer.person_id) not in repr(work)


async def test_only_ones_own_rejected_answer_can_be_contested(bench, make_world, reviewer, db):
    handed = await hand_in(bench, await make_world(), db)
    with pytest.raises(NotContestableError):
        await dispute(db, handed)
    await bench.decide(reviewer, await bench.claim(reviewer), "reject", reason="off_topic")
    with pytest.raises(NoSuchAssignmentError):
        await dispute(db, handed, actor=await bench.person("trainer"))
    for note in ("", "x" * 4_001):
        with pytest.raises(InvalidError):
            await dispute(db, handed, note=note)
    await dispute(db, handed)


async def test_trainers_are_told_what_was_taken_and_what_came_of_contesting_it(
    bench, make_world, reviewer, db, make_person
):
    world = await make_world()
    trainer = await make_person("trainer", team=world.team_id)
    view, _fresh = await bench.desk.claim(actor=trainer, slug=world.terms.slug, prefetch=False, now=utc_now())
    async with db.write() as session:
        await (await session.driver()).execute(TEN_MINUTES, (view.id,))
    handed = await bench._submit(trainer, view, fold=True)
    await bench.decide(reviewer, await bench.claim(reviewer), "reject", reason="fraud")
    await settle(db, await bench.person("manager"), await dispute(db, handed), overturn=True)
    async with db.read() as session:
        told = [(one.subject, one.body) for one in (await list_notices(session, actor=trainer)).rows]
    assert any("rejected" in subject and "€6.00 was taken back" in body for subject, body in told)
    assert any("overturned" in subject and "€6.00 back" in body for subject, body in told)


async def test_rework_earns_the_rate_for_rework_where_that_is_higher(bench, make_world, reviewer, db):
    world = await make_world()
    handed = await hand_in(bench, world, db)
    async with db.write() as session:
        common = {"project_id": world.terms.id, "activity": "rework", "currency": "EUR"}
        session.add(Rate(**common, rate_minor=7200, valid_from=utc_now()))
    await bench.decide(reviewer, await bench.claim(reviewer), "return")
    view = await bench.desk.start(actor=handed.trainer, assignment_id=handed.assignment_id, now=utc_now())
    async with db.write() as session:
        driver = await session.driver()
        await driver.execute(
            "UPDATE assignment SET active_ms = active_ms + 600000, beat_at = now() + interval '1 hour' WHERE id = %s",
            (view.id,),
        )
    await bench._submit(handed.trainer, view, fold=True)
    assert await money(db, handed.trainer) == Money(600 + 1200, "EUR")
