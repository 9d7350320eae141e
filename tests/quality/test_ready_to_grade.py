"""Graders of exams and those who decide disputes are asked and limited by the day, as reviewers are."""

import pytest

from preceptor.hiring.rules import WRITTEN, LevelMarks
from preceptor.lib.clock import utc_now
from preceptor.quality.operations import Signs, beat_dispute, beat_part, contest, decide_dispute, grade_part
from preceptor.quality.queries.disputes import access_dispute, list_disputes
from preceptor.quality.queries.exams import access_part, list_parts_to_grade
from preceptor.quality.queries.offered import NotReadyError
from tests.quality.readiness import HATE, MINUTE, MINUTES, NOON, agree, exposure_of, held_back

HERE = Signs(inputs=(0,))


@pytest.fixture
async def part(exams, bench):
    """The item of a part that waits, of an exam that warns."""
    marks = (LevelMarks(1, {WRITTEN: 40}),)
    exam = await exams.make(items=1, by_hand=1, levels=marks, rules={"categories": (HATE,)})
    trainer = await exams.trainer()
    await agree(bench, trainer, HATE)
    await exams.begin(exam, trainer)
    await exams.answer(exam, trainer)
    ready = await bench.person("reviewer")
    await agree(bench, ready, HATE)
    async with bench.db.read() as session:
        (row,) = (await list_parts_to_grade(session, actor=ready, now=utc_now())).rows
    return row.item_id


async def test_graders_are_asked(bench, reviewer, part):
    async with bench.db.read() as session:
        found = await list_parts_to_grade(session, actor=reviewer, now=utc_now())
        assert (found.rows, held_back(found)) == ([], [(1, "content")])
        with pytest.raises(NotReadyError):
            await access_part(session, actor=reviewer, item_id=part, now=utc_now())
    with pytest.raises(NotReadyError):
        async with bench.db.write() as session:
            await beat_part(session, actor=reviewer, item_id=part, signs=HERE, now=utc_now())
    await agree(bench, reviewer, HATE)
    for minute in (0, 2):
        async with bench.db.write() as session:
            await beat_part(session, actor=reviewer, item_id=part, signs=HERE, now=NOON + minute * MINUTES)
    await agree(bench, reviewer)
    async with bench.db.read() as session:
        found = await list_parts_to_grade(session, actor=reviewer, now=NOON + 2 * MINUTES)
        assert [(one.in_hands, held_back(found)) for one in found.rows] == [("you", [])], "it is theirs to finish"
        seen = await access_part(session, actor=reviewer, item_id=part, now=NOON + 2 * MINUTES)
    assert [one.key for one in seen.content_warnings] == ["hate"]
    async with bench.db.write() as session:
        points = {"facts": 6, "clear": 4}
        await grade_part(session, actor=reviewer, item_id=part, points=points, now=NOON + 3 * MINUTES)
    assert await exposure_of(bench, reviewer) == {(NOON.date(), "hate"): 3 * MINUTE}


async def test_who_decides_disputes_is_asked(bench, make_world, reviewer, hand_in):
    handed = await hand_in(await make_world(categories=(HATE,), daily_minutes=5))
    rejecter = await bench.person("reviewer")
    await agree(bench, rejecter, HATE)
    await bench.decide(rejecter, await bench.claim(rejecter), "reject", reason="off_topic")
    async with bench.db.write() as session:
        dispute_id = await contest(
            session, actor=handed.trainer, assignment_id=handed.assignment_id, note="It is what was asked."
        )
    manager = await bench.person("manager")
    for actor in (reviewer, manager):
        async with bench.db.read() as session:
            found = await list_disputes(session, actor=actor, now=utc_now())
            assert (found.rows, held_back(found)) == ([], [(1, "content")])
            with pytest.raises(NotReadyError):
                await access_dispute(session, actor=actor, dispute_id=dispute_id, now=utc_now())
        with pytest.raises(NotReadyError):
            async with bench.db.write() as session:
                await beat_dispute(session, actor=actor, dispute_id=dispute_id, signs=HERE, now=utc_now())
    await agree(bench, manager, HATE)
    for minute in (0, 2, 4, 6):
        async with bench.db.write() as session:
            await beat_dispute(session, actor=manager, dispute_id=dispute_id, signs=HERE, now=NOON + minute * MINUTES)
    async with bench.db.read() as session:
        seen = await access_dispute(session, actor=manager, dispute_id=dispute_id, now=NOON + 6 * MINUTES)
        assert [one.key for one in seen.assignment.content_warnings] == ["hate"], (
            "the day is over, this can be finished"
        )
    async with bench.db.write() as session:
        await decide_dispute(
            session, actor=manager, dispute_id=dispute_id, overturn=True, answer="", now=NOON + 6 * MINUTES
        )
    assert await exposure_of(bench, manager) == {(NOON.date(), "hate"): 6 * MINUTE}
    async with bench.db.read() as session:
        await access_dispute(session, actor=manager, dispute_id=dispute_id, now=NOON + 7 * MINUTES)
        with pytest.raises(NotReadyError):
            await access_dispute(session, actor=reviewer, dispute_id=dispute_id, now=NOON + 7 * MINUTES)
