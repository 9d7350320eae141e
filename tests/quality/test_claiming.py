"""Claiming, holding and putting back: nobody twice, never one's own work, never while the trainer corrects."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from preceptor.lib.clock import utc_now
from preceptor.lib.ids import new_id
from preceptor.people.rules import MissingPermissionError
from preceptor.projects.queries import NoSuchProjectError
from preceptor.quality.operations import (
    ReviewEndedError,
    ReviewNotHeldError,
    ReviewTakenError,
    expire_reviews,
    release_review,
    renew_review,
    take_review,
)
from preceptor.quality.queries import NoSuchReviewError, list_inbox
from preceptor.quality.tables import Review
from preceptor.work.operations.submitting import CorrectionTooLateError


def better(handed):
    return {"turns": [{**handed.content["turns"][0], "ideal": "Better."}]}


async def test_the_oldest_comes_first_and_stays_until_it_is_decided(bench, make_world, reviewer):
    world = await make_world()
    handed = [await bench.hand_in(world) for _ in range(2)]
    review_id = await bench.claim(reviewer)
    first = (await bench.reviews())[0]
    assert (first.id, first.assignment_id) == (review_id, handed[0].assignment_id)
    assert (first.state, first.reviewer_id) == ("claimed", reviewer.person_id)
    assert await bench.claim(reviewer) == review_id, "one holds one at a time"
    await bench.decide(reviewer, review_id, "accept")
    assert await bench.claim(reviewer) == (await bench.reviews())[1].id


async def test_a_project_can_be_chosen(bench, make_world, reviewer):
    one, other = await make_world(), await make_world()
    await bench.hand_in(one)
    await bench.hand_in(other)
    review_id = await bench.claim(reviewer, other.terms.slug)
    assert [review.project_id for review in await bench.reviews() if review.id == review_id] == [other.terms.id]
    with pytest.raises(NoSuchProjectError):
        await bench.claim(reviewer, "nowhere")


async def test_two_reviewers_at_once_get_two_reviews(bench, make_world):
    world = await make_world(items=3)
    trainer = await bench.trainer(world)
    for _ in range(3):
        await bench.hand_in(world, trainer=trainer)
    reviewers = [await bench.person("reviewer") for _ in range(4)]
    claimed = await asyncio.gather(*(bench.claim(one) for one in reviewers))
    assert claimed.count(None) == 1
    assert len({one for one in claimed if one}) == 3


async def test_nobody_reviews_their_own_work(bench, make_world, db):
    world = await make_world()
    both = await bench.trainer(world, "reviewer")
    handed = await bench.hand_in(world, trainer=both)
    (review,) = await bench.reviews()
    assert await bench.claim(both) is None
    for act in (
        lambda session: take_review(session, actor=both, review_id=review.id, now=utc_now()),
        lambda session: renew_review(session, actor=both, review_id=review.id, now=utc_now()),
        lambda session: release_review(session, actor=both, review_id=review.id, now=utc_now()),
    ):
        async with db.write() as session:
            with pytest.raises(NoSuchReviewError):
                await act(session)
    with pytest.raises(NoSuchReviewError):
        await bench.decide(both, review.id, "accept")
    async with db.read() as session:
        inbox = await list_inbox(session, actor=both, now=utc_now())
    assert (inbox.projects, inbox.page.rows) == ([], [])
    assert inbox.reason.code == "own_work"
    assert await bench.state_of(handed) == "submitted"


async def test_the_database_refuses_a_review_of_ones_own_work(bench, make_world, db):
    handed = await bench.hand_in(await make_world())
    with pytest.raises(IntegrityError, match="not_own_work"):
        async with db.write() as session:
            await session.execute(
                insert(Review).values(
                    id=new_id(),
                    project_id=new_id(),
                    assignment_id=handed.assignment_id,
                    submission_id=handed.submission_id,
                    trainer_id=handed.trainer.person_id,
                    reviewer_id=handed.trainer.person_id,
                )
            )


@pytest.mark.parametrize("role", ["trainer", "manager", "client", "operator"])
async def test_only_reviewers_claim(bench, make_world, role):
    await bench.hand_in(await make_world())
    with pytest.raises(MissingPermissionError):
        await bench.claim(await bench.person(role))


async def test_a_claim_closes_the_answer_for_its_trainer_and_a_release_opens_it_again(bench, make_world, db, reviewer):
    handed = await bench.hand_in(await make_world())
    review_id = await bench.claim(reviewer)
    correction = {"actor": handed.trainer, "assignment_id": handed.assignment_id, "content": better(handed)}
    with pytest.raises(CorrectionTooLateError):
        await bench.desk.correct(**correction)
    for _time in range(2):
        async with db.write() as session:
            await release_review(session, actor=reviewer, review_id=review_id, now=utc_now())
    newest = await bench.desk.correct(**correction)
    assert await bench.claim(reviewer) == review_id
    (review,) = await bench.reviews()
    assert review.submission_id == newest, "a claim looks at the newest revision, also before the worker has come by"


async def test_a_correction_and_a_claim_at_once_never_part_company(bench, make_world, reviewer):
    world = await make_world(items=6)
    trainer = await bench.trainer(world)
    for _round in range(6):
        handed = await bench.hand_in(world, trainer=trainer)
        corrected, review_id = await asyncio.gather(
            bench.desk.correct(actor=trainer, assignment_id=handed.assignment_id, content=better(handed)),
            bench.claim(reviewer),
            return_exceptions=True,
        )
        review = next(one for one in await bench.reviews() if one.id == review_id)
        newest = (await bench.revisions(handed))[-1].id
        assert review.submission_id == newest
        assert corrected == newest or isinstance(corrected, CorrectionTooLateError)
        await bench.decide(reviewer, review_id, "accept")
        await bench.fold()


async def test_what_is_held_too_long_goes_back(bench, make_world, db, reviewer):
    handed = await bench.hand_in(await make_world())
    review_id = await bench.claim(reviewer)
    later = utc_now() + timedelta(minutes=61)
    async with db.write() as session:
        assert await expire_reviews(session, now=utc_now() + timedelta(minutes=59)) == 0
        assert await expire_reviews(session, now=later) == 1
    (review,) = await bench.reviews()
    assert (review.state, review.reviewer_id, review.lease_until) == ("open", None, None)
    await bench.desk.correct(actor=handed.trainer, assignment_id=handed.assignment_id, content=better(handed))
    colleague = await bench.person("reviewer")
    assert await bench.claim(colleague) == review_id
    async with db.write() as session:
        with pytest.raises(ReviewNotHeldError):
            await renew_review(session, actor=reviewer, review_id=review_id, now=later)
        with pytest.raises(ReviewTakenError):
            await take_review(session, actor=reviewer, review_id=review_id, now=utc_now())
        with pytest.raises(ReviewNotHeldError):
            await release_review(session, actor=reviewer, review_id=review_id, now=utc_now())


async def test_a_hold_is_renewed(bench, make_world, db, reviewer):
    await bench.hand_in(await make_world())
    review_id = await bench.claim(reviewer)
    half = utc_now() + timedelta(minutes=30)
    async with db.write() as session:
        assert await renew_review(session, actor=reviewer, review_id=review_id, now=half) == half + timedelta(hours=1)
        assert await expire_reviews(session, now=half + timedelta(minutes=59)) == 0


async def test_a_review_without_an_answer_to_decide_is_passed_over(bench, make_world, db, reviewer):
    world = await make_world()
    handed = [await bench.hand_in(world) for _ in range(2)]
    async with db.hot() as driver:
        await driver.execute("UPDATE assignment SET state = 'accepted' WHERE id = %s", (handed[0].assignment_id,))
    first, second = await bench.reviews()
    async with db.write() as session:
        with pytest.raises(ReviewEndedError):
            await take_review(session, actor=reviewer, review_id=first.id, now=utc_now())
    assert await bench.claim(reviewer) == second.id
    assert [review.state for review in await bench.reviews()] == ["void", "claimed"]


async def test_one_review_can_be_taken_by_name(bench, make_world, db, reviewer):
    world = await make_world()
    for _ in range(2):
        await bench.hand_in(world)
    _first, second = await bench.reviews()
    for _time in range(2):
        async with db.write() as session:
            await take_review(session, actor=reviewer, review_id=second.id, now=utc_now())
    assert [review.state for review in await bench.reviews()] == ["open", "claimed"]
    with pytest.raises(ReviewTakenError):
        async with db.write() as session:
            await take_review(session, actor=await bench.person("reviewer"), review_id=second.id, now=utc_now())
