"""Whoever sits an exam is asked for content as whoever works is: before each part, by what its item says and its exam."""

import pytest

from preceptor.lib.clock import utc_now
from preceptor.quality.operations.exams import MayNotSitError
from preceptor.quality.queries.chances import chance_of
from preceptor.work.operations.leasing import ContentClosedError
from preceptor.work.rules.lanes import Lane
from preceptor.work.rules.readiness import CONTENT_PAGE
from tests.quality.readiness import HATE, MINUTE, VIOLENCE, agree

ASKS = "UPDATE item SET lane = %s WHERE id = %s"


@pytest.fixture
async def exam(exams, bench):
    """Three items: the second shows violence, and the exam warns of hate in all of them."""
    made = await exams.make(items=3, rules={"categories": (HATE,)})
    async with bench.db.hot() as driver:
        await driver.execute(ASKS, (Lane(categories=frozenset({VIOLENCE})).key, made.item_ids[1]))
    return made


async def categories_of(bench, assignment_id):
    async with bench.db.hot() as driver:
        query = "SELECT categories FROM assignment WHERE id = %s"
        return (await (await driver.execute(query, (assignment_id,))).fetchone())[0]


async def why(bench, exam, trainer):
    found = await bench.desk.why_empty(actor=trainer, slug=exam.terms.slug)
    return None if found is None else found.code.value


async def test_a_part_is_announced_with_what_its_own_item_says(exams, bench, exam):
    trainer = await exams.trainer()
    await agree(bench, trainer, HATE, VIOLENCE)
    await exams.begin(exam, trainer)
    shown = [await categories_of(bench, await exams.answer(exam, trainer)) for _part in range(3)]
    assert shown == [["hate"], ["hate", "violence"], ["hate"]]


async def test_nobody_begins_an_exam_that_shows_what_they_say_no_to(exams, bench, exam):
    """Its parts would not be handed out to them, and saying no is not to cost anybody an attempt."""
    trainer = await exams.trainer()
    await agree(bench, trainer, HATE)
    with pytest.raises(MayNotSitError) as refused:
        await exams.begin(exam, trainer)
    assert refused.value.extra["reason"] == "content"
    assert "violence" in str(refused.value.title).lower()
    async with bench.db.read() as session:
        chance = await chance_of(session, person_id=trainer.person_id, project=exam.terms, now=utc_now())
    assert chance.refusal.link == CONTENT_PAGE, "it says where they can say yes"
    await agree(bench, trainer, HATE, VIOLENCE)
    await exams.begin(exam, trainer)


async def test_no_part_shows_what_was_not_agreed_to(exams, bench, exam):
    trainer = await exams.trainer()
    await agree(bench, trainer, HATE, VIOLENCE)
    await exams.begin(exam, trainer)
    await agree(bench, trainer, HATE)
    seen = [await categories_of(bench, await exams.answer(exam, trainer)) for _part in range(2)]
    assert seen == [["hate"], ["hate"]], "the others come first"
    assert await exams.take(exam, trainer) is None
    assert await why(bench, exam, trainer) == "content"
    await agree(bench, trainer, HATE, VIOLENCE)
    bench.desk.admissions.forget(trainer.person_id)  # as the page on which one says so does
    assert await categories_of(bench, await exams.answer(exam, trainer)) == ["hate", "violence"]


async def test_a_no_in_the_middle_of_a_sitting_holds_at_once(exams, bench, exam):
    trainer = await exams.trainer()
    await agree(bench, trainer, HATE, VIOLENCE)
    await exams.begin(exam, trainer)
    await exams.answer(exam, trainer)
    await agree(bench, trainer)
    assert await exams.take(exam, trainer) is None


async def test_a_days_minutes_hold_in_exams_too(exams, bench, exam):
    trainer = await exams.trainer()
    await agree(bench, trainer, HATE, VIOLENCE)
    await exams.begin(exam, trainer)
    await exams.answer(exam, trainer)
    async with bench.db.hot() as driver:
        spent = "INSERT INTO exposure (person_id, day, category, ms) VALUES (%s, %s, 'hate', %s)"
        spent += " ON CONFLICT (person_id, day, category) DO UPDATE SET ms = EXCLUDED.ms"
        await driver.execute(spent, (trainer.person_id, utc_now().date(), 1_000 * MINUTE))
    bench.desk.admissions.forget(trainer.person_id)
    assert await exams.take(exam, trainer) is None
    assert await why(bench, exam, trainer) == "daily_limit"


async def test_what_was_held_ahead_in_an_exam_is_not_opened_after_a_no(exams, bench, exam):
    trainer = await exams.trainer()
    await agree(bench, trainer, HATE, VIOLENCE)
    await exams.begin(exam, trainer)
    view, _fresh = await bench.desk.claim(actor=trainer, slug=exam.terms.slug, prefetch=True, now=utc_now())
    await agree(bench, trainer)
    with pytest.raises(ContentClosedError):
        await bench.desk.start(actor=trainer, assignment_id=view.id, now=utc_now())


@pytest.mark.parametrize(
    ("agreed", "answered", "withheld"),
    [
        ((), 1, True),  # the exam as a whole shows hate
        ((HATE,), 2, True),  # the part that is left shows violence too
        ((HATE,), 1, True),
        ((HATE, VIOLENCE), 2, False),  # they could have gone on
    ],
)
async def test_a_no_in_the_middle_costs_no_attempt(exams, bench, exam, agreed, answered, withheld):
    trainer = await exams.trainer()
    await agree(bench, trainer, HATE, VIOLENCE)
    sitting_id = await exams.begin(exam, trainer)
    await exams.answer(exam, trainer, rating=1)
    await agree(bench, trainer, *agreed)
    bench.desk.admissions.forget(trainer.person_id)
    for _part in range(answered - 1):
        await exams.answer(exam, trainer, rating=1)
    async with bench.db.read() as session:
        before = await chance_of(session, person_id=trainer.person_id, project=exam.terms, now=utc_now())
    await exams.hand_in(sitting_id, trainer)
    async with bench.db.read() as session:
        after = await chance_of(session, person_id=trainer.person_id, project=exam.terms, now=utc_now())
    ((sitting, passed),) = after.sittings
    assert (sitting.withheld, passed) == (withheld, False)
    assert before.attempts_left - after.attempts_left == (0 if withheld else 1)
