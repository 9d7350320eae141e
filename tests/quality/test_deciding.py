"""Verdicts: what each needs, what it does, and that there is only one."""

import asyncio

import pytest
from sqlalchemy import select

from preceptor.kinds.task import InvalidAnswerError
from preceptor.lib.clock import utc_now
from preceptor.lib.db.events import EventRow
from preceptor.lib.errors import InvalidError
from preceptor.people.rules import MissingPermissionError
from preceptor.quality.operations import (
    AlreadyDecidedError,
    ReviewEndedError,
    ReviewNotHeldError,
    ReviewTakenError,
    StaleReviewError,
    release_review,
)
from preceptor.quality.rules import REJECT_REASONS, RETURN_REASONS, Verdict, decision_problems
from preceptor.work.tables import Slot, SubmissionBody


@pytest.fixture
async def held(bench, make_world, reviewer):
    """An answer in the reviewer's hands."""
    world = await make_world(items=1)
    handed = await bench.hand_in(world)
    return handed, await bench.claim(reviewer)


def corrected(handed, ideal="Cold air shrinks."):
    return {"turns": [{**handed.content["turns"][0], "ideal": ideal}]}


async def slots(db):
    async with db.read() as session:
        rows = await session.scalars(select(Slot).order_by(Slot.n))
        return [(slot.n, slot.state, slot.round) for slot in rows]


async def test_accept_counts_the_answer_in(bench, held, reviewer, db):
    handed, review_id = held
    decision = await bench.decide(reviewer, review_id, "accept", note=" Well done.\r\n")
    assert (decision.correction_id, decision.repeated) == (None, False)
    assert await bench.state_of(handed) == "accepted"
    (review,) = await bench.reviews()
    assert (review.state, review.verdict, review.note) == ("decided", "accept", "Well done.")
    assert review.decided_at is not None
    assert await slots(db) == [(1, "done", 1)]
    async with db.read() as session:
        rows = list(await session.scalars(select(EventRow).where(EventRow.name.startswith("quality."))))
    assert [row.name for row in rows] == [
        "quality.review_opened",
        "quality.review_claimed",
        "quality.review_decided",
    ]
    assert "Well done" not in str(rows[-1].data), "events hold no texts"


async def test_a_correction_is_a_new_revision_and_the_trainers_own_stays(bench, held, reviewer, db):
    handed, review_id = held
    decision = await bench.decide(reviewer, review_id, "correct", content=corrected(handed))
    assert await bench.state_of(handed) == "accepted"
    first, second = await bench.revisions(handed)
    assert (second.id, second.origin, second.author_id) == (decision.correction_id, "review", reviewer.person_id)
    assert second.trainer_id == handed.trainer.person_id
    async with db.read() as session:
        bodies = [
            (await session.get_one(SubmissionBody, one.id)).content["turns"][0]["ideal"] for one in (first, second)
        ]
        accepted = await session.scalar(select(EventRow).where(EventRow.name == "work.accepted"))
    assert bodies == [handed.content["turns"][0]["ideal"], "Cold air shrinks."]
    assert accepted.data["submission_id"] == str(decision.correction_id)


async def test_a_correction_that_changes_nothing_or_is_incomplete_is_refused(bench, held, reviewer):
    handed, review_id = held
    with pytest.raises(InvalidError, match="Nothing was changed"):
        await bench.decide(reviewer, review_id, "correct", content=handed.content)
    with pytest.raises(InvalidAnswerError) as error:
        await bench.decide(reviewer, review_id, "correct", content=corrected(handed, ideal=" "))
    assert [problem.path for problem in error.value.fields] == ["turns.0.ideal"]
    with pytest.raises(InvalidAnswerError):
        await bench.decide(reviewer, review_id, "correct", content={"surprise": 1})
    assert await bench.state_of(handed) == "submitted"
    assert len(await bench.revisions(handed)) == 1


async def test_return_sends_it_back_with_reason_and_note(bench, held, reviewer, db):
    handed, review_id = held
    await bench.decide(reviewer, review_id, "return", reason="ideal", note="Say why.")
    assert await bench.state_of(handed) == "returned"
    assert await slots(db) == [(1, "done", 1)], "it keeps its slot"
    (review,) = await bench.reviews()
    assert (review.reason, review.note) == ("ideal", "Say why.")


async def test_reject_opens_exactly_one_new_slot_for_somebody_else(bench, make_world, reviewer, db):
    world = await make_world(items=1, wanted=2)
    one, _other = [await bench.hand_in(world) for _ in range(2)]
    await bench.decide(reviewer, await bench.claim(reviewer), "reject", reason="off_topic")
    assert await bench.state_of(one) == "rejected"
    assert await slots(db) == [(1, "closed", 1), (2, "done", 2), (3, "open", 0)]
    view, _fresh = await bench.desk.claim(actor=one.trainer, slug=world.terms.slug, prefetch=False, now=utc_now())
    assert view is None, "not for whoever was rejected"
    third = await bench.hand_in(world)
    assert third.view.item.id == one.view.item.id
    for _ in range(2):
        await bench.decide(reviewer, await bench.claim(reviewer), "accept")
    assert await slots(db) == [(1, "closed", 1), (2, "done", 2), (3, "done", 0)]
    assert await bench.claim(reviewer) is None


@pytest.mark.parametrize(
    ("verdict", "given", "paths"),
    [
        ("return", {"reason": None}, ["reason"]),
        ("return", {"reason": "fraud"}, ["reason"]),
        ("return", {"note": "  "}, ["note"]),
        ("reject", {"reason": "ideal", "note": ""}, ["reason", "note"]),
        ("reject", {"note": "x" * 4_001}, ["note"]),
        ("accept", {"note": "a\0b"}, ["note"]),
        ("accept", {"reason": "other"}, ["reason"]),
        ("accept", {"content": {"turns": []}}, ["content"]),
        ("correct", {}, ["content"]),
    ],
)
async def test_what_a_verdict_lacks_is_named(bench, held, reviewer, verdict, given, paths):
    handed, review_id = held
    with pytest.raises(InvalidError) as error:
        await bench.decide(reviewer, review_id, verdict, **given)
    assert [problem.path for problem in error.value.fields] == paths
    assert await bench.state_of(handed) == "submitted"


def test_every_reason_of_the_closed_lists_will_do():
    for verdict, reasons in ((Verdict.RETURN, RETURN_REASONS), (Verdict.REJECT, REJECT_REASONS)):
        for reason in reasons:
            common = {"verdict": verdict, "reason": reason, "note": "n", "has_content": False}
            assert decision_problems(**common, round_=0, most_rounds=3) == []
    assert {key for key, reason in REJECT_REASONS.items() if reason.no_pay} == {"fraud", "empty", "copied"}


async def test_an_answer_is_returned_no_more_often_than_the_project_says(bench, make_world, reviewer):
    world = await make_world(items=1, max_rework_rounds=2)
    handed = await bench.hand_in(world)
    for round_ in range(2):
        await bench.decide(reviewer, await bench.claim(reviewer), "return")
        handed = await bench.rework(handed, ideal=f"Better, {round_}.")
    review_id = await bench.claim(reviewer)
    with pytest.raises(InvalidError, match="returned 2 times"):
        await bench.decide(reviewer, review_id, "return")
    await bench.decide(reviewer, review_id, "accept")
    assert await bench.state_of(handed) == "accepted"
    assert [review.round for review in await bench.reviews()] == [0, 1, 2]


async def test_a_double_click_decides_once(bench, held, reviewer):
    handed, review_id = held
    given = {"content": corrected(handed), "note": "n"}
    first = await bench.decide(reviewer, review_id, "correct", **given)
    again = await bench.decide(reviewer, review_id, "correct", **given)
    assert (again.correction_id, again.repeated) == (first.correction_id, True)
    assert len(await bench.revisions(handed)) == 2
    for verdict, other in (
        ("correct", {**given, "content": corrected(handed, "Something else.")}),
        ("correct", {**given, "note": "other"}),
        ("accept", {"note": "n"}),
        ("reject", {}),
    ):
        with pytest.raises(AlreadyDecidedError):
            await bench.decide(reviewer, review_id, verdict, **other)


async def test_two_verdicts_at_once_leave_one(bench, make_world, reviewer):
    world = await make_world(items=4)
    trainer = await bench.trainer(world)
    for _round in range(4):
        handed = await bench.hand_in(world, trainer=trainer)
        review_id = await bench.claim(reviewer)
        results = await asyncio.gather(
            bench.decide(reviewer, review_id, "accept"),
            bench.decide(reviewer, review_id, "accept"),
            bench.decide(reviewer, review_id, "reject"),
            return_exceptions=True,
        )
        state = await bench.state_of(handed)
        assert state in {"accepted", "rejected"}
        refused = [result for result in results if isinstance(result, AlreadyDecidedError)]
        assert len(refused) == (1 if state == "accepted" else 2)


async def test_only_whoever_holds_it_decides(bench, held, reviewer, db):
    handed, review_id = held
    colleague, manager = await bench.person("reviewer"), await bench.person("manager")
    with pytest.raises(ReviewTakenError):
        await bench.decide(colleague, review_id, "accept")
    with pytest.raises(MissingPermissionError):
        await bench.decide(manager, review_id, "accept")
    async with db.write() as session:
        await release_review(session, actor=reviewer, review_id=review_id, now=utc_now())
    with pytest.raises(ReviewNotHeldError):
        await bench.decide(reviewer, review_id, "accept")
    await bench.decide(reviewer, review_id, "accept", submission_id=handed.submission_id)
    assert await bench.state_of(handed) == "accepted"


async def test_a_verdict_on_what_was_corrected_in_the_meantime_is_refused(bench, held, reviewer, db):
    handed, review_id = held
    async with db.write() as session:
        await release_review(session, actor=reviewer, review_id=review_id, now=utc_now())
    content = corrected(handed, "The trainer's own correction.")
    newest = await bench.desk.correct(actor=handed.trainer, assignment_id=handed.assignment_id, content=content)
    with pytest.raises(StaleReviewError):
        await bench.decide(reviewer, review_id, "accept", submission_id=handed.submission_id)
    assert await bench.state_of(handed) == "submitted"
    await bench.decide(reviewer, review_id, "accept", submission_id=newest)


async def test_nothing_is_decided_about_what_was_accepted_by_time(bench, held, reviewer, db):
    _handed, review_id = held
    async with db.hot() as driver:
        await driver.execute("UPDATE review SET state = 'void', reviewer_id = NULL")
    with pytest.raises(ReviewEndedError):
        await bench.decide(reviewer, review_id, "accept")
