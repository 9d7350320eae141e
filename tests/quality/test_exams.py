"""Sitting exams, being graded and certified: on a real database."""

from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from preceptor.hiring.operations import NotAnExamError, set_exam
from preceptor.hiring.rules import WRITTEN, Criterion, ExamTerms, LevelMarks
from preceptor.lib.clock import utc_now
from preceptor.lib.errors import InvalidError
from preceptor.people.queries import list_notices
from preceptor.people.rules import SYSTEM
from preceptor.projects.operations import pause_project
from preceptor.quality.operations import AlreadyGradedError, grade_part
from preceptor.quality.operations.exams import ExamNotReadyError, MayNotSitError
from preceptor.quality.queries.exams import NoSuchPartError, hold_part, list_parts_to_grade
from preceptor.work.operations.expiring import expire_due
from preceptor.work.operations.sittings import NoSuchSittingError, PartUnderWayError, SittingOpenError, hand_in_due
from preceptor.work.tables import Assignment, Item, ItemKey, Slot, TimeEntry
from tests.quality.exams import ALL, DAY, LEVELS, answer_to, key_of


async def test_a_sitting_gives_one_person_every_item_once(exams, db):
    exam = await exams.make(items=3)
    one, two = await exams.trainer(), await exams.trainer()
    await exams.begin(exam, one)
    await exams.begin(exam, two)
    async with db.read() as session:
        slots = list(await session.scalars(select(Slot)))
    assert len(slots) == 6, "three parts each, and none for the exam's own items"
    for _part in range(3):
        await exams.answer(exam, one)
    assert await exams.take(exam, one) is None
    assert (await exams.take(exam, two)) is not None, "the other one's parts are still theirs"
    async with db.read() as session:
        papers = set(await session.scalars(select(Item.paper_id).join(Assignment, Assignment.item_id == Item.id)))
    assert papers == set(exam.item_ids)


async def test_whoever_has_begun_nothing_gets_nothing(exams):
    exam = await exams.make()
    assert await exams.take(exam, await exams.trainer()) is None


async def test_right_answers_certify_at_the_highest_level_reached(exams, db, make_person):
    exam = await exams.make()
    trainer = await make_person("trainer", team=exam.team_id)
    sitting = await exams.begin(exam, trainer)
    await exams.answer(exam, trainer)
    assert await exams.result(sitting) is None
    await exams.answer(exam, trainer)
    result = await exams.result(sitting)
    assert result.passed
    assert result.level == 3
    assert result.decided_by is None
    marks = {one["name"]: one for one in result.marks}
    assert marks["ratings"]["mean"] == marks["errors"]["mean"] == 1
    assert marks["ratings"]["parts"] == 2
    assert marks["ratings"]["low"] < 1
    assert await exams.level(exam, trainer) == 3
    async with db.read() as session:
        states = set(await session.scalars(select(Assignment.state)))
        notices = (await list_notices(session, actor=trainer)).rows
    assert states == {"accepted"}
    assert {notice.kind for notice in notices} == {"certification.granted", "exam.result"}


async def test_wrong_answers_fail_and_it_can_be_sat_again_later(exams):
    exam, trainer = await exams.make(retake_days=7), await exams.trainer()
    sitting = await exams.begin(exam, trainer)
    for _part in range(2):
        await exams.answer(exam, trainer, rating=1)
    result = await exams.result(sitting)
    assert not result.passed
    assert result.level is None
    assert await exams.level(exam, trainer) == 0
    with pytest.raises(MayNotSitError) as refused:
        await exams.begin(exam, trainer)
    assert refused.value.extra["reason"] == "retake_later"
    again = await exams.begin(exam, trainer, now=utc_now() + 8 * DAY)
    for _part in range(2):
        await exams.answer(exam, trainer)
    assert (await exams.result(again)).passed, "the same items, once more, in a sitting of its own"


async def test_exams_are_paid_as_exams(exams, db):
    exam, trainer = await exams.make(), await exams.trainer()
    await exams.begin(exam, trainer)
    assignment = await exams.answer(exam, trainer)
    skipped = await exams.skip(exam, trainer)
    async with db.read() as session:
        entries = {one.assignment_id: one for one in await session.scalars(select(TimeEntry))}
    assert entries[assignment].activity == entries[skipped].activity == "exam"
    assert entries[assignment].rate_minor == 3_600


async def test_skipped_and_unanswered_parts_score_nothing(exams):
    exam, trainer = await exams.make(items=2, levels=(LevelMarks(2, {"ratings": 50}),)), await exams.trainer()
    sitting = await exams.begin(exam, trainer)
    await exams.answer(exam, trainer)
    await exams.skip(exam, trainer)
    result = await exams.result(sitting)
    assert {one["name"]: one["mean"] for one in result.marks}["ratings"] == 0.5
    assert result.level == 2
    assert [one["outcome"] for one in result.parts] == ["answered", "unanswered"]


async def test_handing_in_early(exams, db):
    exam, trainer = await exams.make(items=3), await exams.trainer()
    sitting = await exams.begin(exam, trainer)
    with pytest.raises(SittingOpenError):
        await exams.begin(exam, trainer)
    await exams.answer(exam, trainer)
    view = await exams.take(exam, trainer)
    with pytest.raises(PartUnderWayError):
        await exams.hand_in(sitting, trainer)
    await exams.bench.desk.give_back(actor=trainer, assignment_id=view.id, report=False, reason="topic", note="")
    with pytest.raises(NoSuchSittingError):
        await exams.hand_in(sitting, await exams.trainer())
    await exams.hand_in(sitting, trainer)
    assert not (await exams.result(sitting)).passed
    assert await exams.take(exam, trainer) is None
    async with db.read() as session:
        assert "open" not in set(await session.scalars(select(Slot.state)))
    await exams.hand_in(sitting, trainer)


async def test_what_is_written_waits_for_a_person_whose_name_stands_by_it(exams, reviewer, db):
    levels = (LevelMarks(2, {"ratings": 60, WRITTEN: 70}),)
    exam, trainer = await exams.make(items=2, by_hand=1, levels=levels), await exams.trainer()
    sitting = await exams.begin(exam, trainer)
    for _part in range(2):
        await exams.answer(exam, trainer, ideal="Cold air takes up less room.")
    assert await exams.result(sitting) is None
    async with db.read() as session:
        (row,) = (await list_parts_to_grade(session, actor=reviewer, now=utc_now())).rows
    for wrong in ({"points": {"facts": 7, "clear": 4}}, {"points": {"facts": 6}}, {"points": {}}):
        with pytest.raises(InvalidError):
            await exams.grade(reviewer, row.item_id, **wrong)
    with pytest.raises(NoSuchPartError):
        await exams.grade(await exams.bench.person("reviewer", "trainer", team=None), exam.item_ids[0])
    await exams.grade(reviewer, row.item_id, points={"facts": 5, "clear": 2}, note="Clear, but say why.")
    result = await exams.result(sitting)
    assert result.passed
    assert result.decided_by == reviewer.person_id
    assert {one["name"]: one["mean"] for one in result.marks}[WRITTEN] == pytest.approx(0.7)
    with pytest.raises(NoSuchPartError):
        await exams.grade(reviewer, row.item_id, points={"facts": 5, "clear": 2})


async def test_nobody_grades_themselves_or_an_exam_they_failed(exams, db):
    exam = await exams.make(items=1, by_hand=1, levels=(LevelMarks(1, {WRITTEN: 50}),))
    both = await exams.bench.person("trainer", "reviewer", team=exams.team_id)
    other = await exams.trainer()
    await exams.begin(exam, both)
    await exams.answer(exam, both)
    await exams.begin(exam, other)
    await exams.answer(exam, other)
    async with db.read() as session:
        assert (await list_parts_to_grade(session, actor=both, now=utc_now())).rows == []
        fresh = await exams.bench.person("reviewer")
        assert len((await list_parts_to_grade(session, actor=fresh, now=utc_now())).rows) == 2


async def test_two_graders_give_one_grade(exams, db):
    exam = await exams.make(items=1, by_hand=1, levels=(LevelMarks(1, {WRITTEN: 50}),))
    trainer, one = await exams.trainer(), await exams.bench.person("reviewer")
    sitting = await exams.begin(exam, trainer)
    await exams.answer(exam, trainer)
    async with db.read() as session:
        (row,) = (await list_parts_to_grade(session, actor=one, now=utc_now())).rows
    two = await exams.bench.person("reviewer")
    async with db.write() as session, db.write() as late:
        await hold_part(late, actor=two, item_id=row.item_id)
        points = {"facts": 6, "clear": 4}
        await grade_part(session, actor=one, item_id=row.item_id, points=points, now=utc_now())
    with pytest.raises((AlreadyGradedError, NoSuchPartError)):
        await exams.grade(two, row.item_id, points={"facts": 0, "clear": 0})
    assert (await exams.result(sitting)).passed


async def test_a_reported_part_is_decided_by_a_person(exams, reviewer, db):
    for left_out, passes in ((True, True), (False, False)):
        exam, trainer = await exams.make(items=2, levels=(LevelMarks(1, {"ratings": 90}),)), await exams.trainer()
        sitting = await exams.begin(exam, trainer)
        await exams.answer(exam, trainer)
        await exams.skip(exam, trainer, report=True)
        assert await exams.result(sitting) is None
        async with db.read() as session:
            (row,) = (await list_parts_to_grade(session, actor=reviewer, now=utc_now())).rows
        assert row.reported
        await exams.grade(reviewer, row.item_id, left_out=left_out)
        assert (await exams.result(sitting)).passed is passes


async def test_a_key_that_was_wrong_can_be_put_right_before_it_is_decided(exams, reviewer):
    exam = await exams.make(items=1, by_hand=1, levels=(LevelMarks(1, {"ratings": 90}),))
    trainer = await exams.trainer()
    sitting = await exams.begin(exam, trainer)
    await exams.answer(exam, trainer, rating=2)
    await exams.key(exam, exam.item_ids[0], key_of(rating=2), by_hand=True)
    async with exams.db.read() as session:
        (row,) = (await list_parts_to_grade(session, actor=reviewer, now=utc_now())).rows
    await exams.grade(reviewer, row.item_id, points={"facts": 0, "clear": 0})
    assert (await exams.result(sitting)).passed


@pytest.mark.parametrize(
    "wrong",
    [
        {"turns": [{"turn_id": "given-turn", "ratings": {"given-response-9": 3}}]},
        {"turns": [{"turn_id": "given-turn", "ratings": {"given-response-1": 9}}]},
        {"turns": [{"turn_id": "given-turn", "errors": {"given-response-1": ["nothing of the kind"]}}]},
        {"nonsense": 1},
        {},
    ],
)
async def test_a_key_is_held_against_the_form(exams, wrong):
    exam = await exams.make()
    with pytest.raises(InvalidError) as refused:
        await exams.key(exam, exam.item_ids[0], wrong)
    assert all(problem.path.startswith("key") for problem in refused.value.fields)


async def test_keys_keep_no_ids_of_items(exams, db):
    exam = await exams.make(items=1)
    async with db.read() as session:
        kept = (await session.scalars(select(ItemKey))).one()
    assert kept.key["turns"][0]["turn_id"] == "given-turn"
    assert set(kept.key["turns"][0]["ratings"]) == {f"given-response-{n}" for n in range(1, 5)}
    await exams.key(exam, exam.item_ids[0], None)
    async with db.read() as session:
        assert (await session.scalars(select(ItemKey))).all() == []


async def test_an_exam_that_cannot_be_graded_cannot_be_begun(exams):
    trainer = await exams.trainer()
    with pytest.raises(ExamNotReadyError):
        await exams.begin(await exams.make(keyed=False), trainer)
    with pytest.raises(ExamNotReadyError):
        await exams.begin(await exams.make(levels=(LevelMarks(1, {WRITTEN: 50}),)), trainer)
    unused = await exams.make(rubric=(Criterion("a", "A", 1),))
    with pytest.raises(ExamNotReadyError):
        await exams.begin(unused, trainer)


async def test_only_exams_have_terms(exams, make_world):
    exam, world = await exams.make(), await make_world()
    terms = ExamTerms(certification_id=exam.certification_id, levels=LEVELS)
    with pytest.raises(NotAnExamError):
        async with exams.db.write() as session:
            await set_exam(session, actor=SYSTEM, slug=world.terms.slug, terms=terms)


async def test_grades_and_results_stay_as_they_are(exams, db):
    exam, trainer = await exams.make(items=1), await exams.trainer()
    await exams.begin(exam, trainer)
    await exams.answer(exam, trainer)
    for statement in ("UPDATE exam_result SET passed = false, level = NULL", "DELETE FROM exam_result"):
        with pytest.raises((IntegrityError, psycopg.Error)):
            async with db.write() as session:
                await session.execute(text(statement))


async def test_a_sitting_whose_time_is_over_is_handed_in(exams, db):
    exam, trainer = await exams.make(items=2, days=1), await exams.trainer()
    sitting = await exams.begin(exam, trainer)
    await exams.answer(exam, trainer)
    async with db.write() as session:
        assert await hand_in_due(session, now=utc_now()) == 0
    async with db.write() as session:
        assert await hand_in_due(session, now=utc_now() + 2 * DAY) == 1
    await exams.bench.fold()
    assert (await exams.result(sitting)).level is None


async def test_what_is_left_of_a_part_after_its_exam_was_handed_in_says_so(exams, bench, db):
    exam, trainer = await exams.make(items=2, days=1), await exams.trainer()
    sitting = await exams.begin(exam, trainer)
    part = await exams.take(exam, trainer)
    seen = {"actor": trainer, "assignment_id": part.id}
    assert not (await bench.desk.view(**seen)).exam_over
    async with db.hot() as driver, driver.transaction():
        assert await expire_due(driver, now=utc_now() + DAY) == 1
    async with db.write() as session:
        assert await hand_in_due(session, now=utc_now() + 2 * DAY) == 1
    await bench.fold()
    assert (await bench.desk.view(**seen)).exam_over
    receipt, *_rest = await bench.desk.submit(**seen, key=uuid4(), content=answer_to(part), confirmed=ALL)
    assert receipt.outcome == "surplus"
    assert (await exams.result(sitting)).level is None


async def test_an_exam_that_is_paused_costs_nobody_an_attempt(exams, db):
    exam, trainer = await exams.make(items=2, days=1, attempts=1), await exams.trainer()
    await exams.begin(exam, trainer)
    await exams.answer(exam, trainer)
    async with db.write() as session:
        await pause_project(session, actor=SYSTEM, slug=exam.terms.slug)
    async with db.write() as session:
        assert await hand_in_due(session, now=utc_now() + 2 * DAY) == 1
    await exams.bench.fold()
    async with db.hot() as driver:
        await driver.execute("UPDATE project SET state = 'open'")
    await exams.begin(exam, trainer, now=utc_now() + 10 * DAY)


async def test_exam_answers_are_not_reviewed(exams, bench):
    exam, trainer = await exams.make(items=1, rules={"review_share": 1.0}), await exams.trainer()
    await exams.begin(exam, trainer)
    await exams.answer(exam, trainer)
    assert await bench.reviews() == []
