"""Which answers are looked at, and by whom first."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.lib.clock import utc_now
from preceptor.lib.db.events import HappenedEvent
from preceptor.lib.ids import new_id
from preceptor.quality.jobs import sample_submissions
from preceptor.quality.operations import open_reviews
from preceptor.quality.rules import is_sampled
from preceptor.work.events import Submitted


@given(st.uuids(), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_samples_all_that_a_smaller_one_does(submission_id: UUID, one: float, other: float):
    small, large = sorted((one, other))
    if is_sampled(submission_id, share=small, rework=False):
        assert is_sampled(submission_id, share=large, rework=False)
    assert is_sampled(submission_id, share=small, rework=True)
    assert not is_sampled(submission_id, share=0, rework=False)
    assert is_sampled(submission_id, share=1, rework=False)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_about_the_share_is_sampled(share):
    sampled = sum(is_sampled(new_id(), share=share, rework=False) for _ in range(4_000))
    assert abs(sampled / 4_000 - share) < 0.04


async def test_what_is_handed_in_waits_for_a_review(bench, make_world):
    world = await make_world()
    handed = await bench.hand_in(world)
    (review,) = await bench.reviews()
    assert (review.state, review.submission_id, review.round) == ("open", handed.submission_id, 0)
    assert (review.assignment_id, review.trainer_id) == (handed.assignment_id, handed.trainer.person_id)
    assert review.reviewer_id is None


async def test_only_the_share_is_reviewed_and_the_same_ones_whoever_asks(bench, make_world, db):
    world = await make_world(items=12, review_share=0.5)
    trainer = await bench.trainer(world)
    handed = [await bench.hand_in(world, trainer=trainer, fold=False) for _ in range(12)]
    await bench.fold()
    sampled = {review.submission_id for review in await bench.reviews()}
    assert sampled == {one.submission_id for one in handed if is_sampled(one.submission_id, share=0.5, rework=False)}
    async with db.write() as session:
        await open_reviews(session, assignment_ids=[one.assignment_id for one in handed], now=utc_now())
    assert {review.submission_id for review in await bench.reviews()} == sampled


async def test_repeating_an_event_opens_no_second_review(bench, make_world, db, reviewer):
    world = await make_world()
    handed = await bench.hand_in(world)
    event = Submitted(subject_id=handed.assignment_id, project_id=world.terms.id, submission_id=handed.submission_id)
    happened = [HappenedEvent(id=new_id(), at=utc_now(), event=event)]
    async with db.write() as session:
        await sample_submissions(session, happened)
    assert len(await bench.reviews()) == 1
    review_id = await bench.claim(reviewer)
    await bench.decide(reviewer, review_id, "return")
    async with db.write() as session:
        await sample_submissions(session, happened)
    assert len(await bench.reviews()) == 1


async def test_surplus_is_not_reviewed(bench, make_world, db):
    world = await make_world(items=1)
    first = await bench.trainer(world)
    view, _fresh = await bench.desk.claim(actor=first, slug=world.terms.slug, prefetch=False, now=utc_now())
    async with db.hot() as driver:
        await driver.execute("UPDATE assignment SET state = 'expired'")
        await driver.execute("UPDATE slot SET state = 'open', assignment_id = NULL")
    other = await bench.hand_in(world)
    late = await bench._submit(first, view, fold=True)
    assert await bench.state_of(late) == "surplus"
    assert [review.assignment_id for review in await bench.reviews()] == [other.assignment_id]


async def test_a_correction_moves_the_open_review_to_the_new_revision(bench, make_world):
    world = await make_world()
    handed = await bench.hand_in(world)
    content = {"turns": [{**handed.content["turns"][0], "ideal": "Better."}]}
    newest = await bench.desk.correct(actor=handed.trainer, assignment_id=handed.assignment_id, content=content)
    (before,) = await bench.reviews()
    assert before.submission_id == handed.submission_id
    await bench.fold()
    (review,) = await bench.reviews()
    assert (review.submission_id, review.id) == (newest, before.id)


async def test_corrected_before_anything_was_folded(bench, make_world):
    world = await make_world()
    handed = await bench.hand_in(world, fold=False)
    content = {"turns": [{**handed.content["turns"][0], "ideal": "Better."}]}
    newest = await bench.desk.correct(actor=handed.trainer, assignment_id=handed.assignment_id, content=content)
    await bench.fold()
    assert [review.submission_id for review in await bench.reviews()] == [newest]


async def test_rework_is_always_looked_at_again_first_by_whoever_returned_it(bench, make_world, db, reviewer):
    world = await make_world(review_share=1.0)
    handed = await bench.hand_in(world)
    await bench.decide(reviewer, await bench.claim(reviewer), "return")
    async with db.hot() as driver:
        await driver.execute("UPDATE project SET rules = rules || '{\"review_share\": 0}'")
    again = await bench.rework(handed, ideal="Now it is right.")
    first, second = await bench.reviews()
    assert (first.state, first.verdict) == ("decided", "return")
    assert (second.state, second.round, second.submission_id) == ("open", 1, again.submission_id)
    assert second.reviewer_id == reviewer.person_id
    colleague = await bench.person("reviewer")
    assert await bench.claim(colleague) is None
    async with db.hot() as driver:
        await driver.execute("UPDATE review SET lease_until = now() - interval '1 second' WHERE state = 'open'")
    assert await bench.claim(colleague) == second.id


async def test_what_is_kept_for_a_reviewer_comes_first(bench, make_world, reviewer):
    world = await make_world(items=3)
    handed = await bench.hand_in(world)
    await bench.hand_in(world)
    await bench.decide(reviewer, await bench.claim(reviewer), "return")
    await bench.rework(handed, ideal="Now it is right.")
    reviews = await bench.reviews()
    assert await bench.claim(reviewer) == reviews[-1].id
