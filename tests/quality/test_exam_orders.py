"""Whatever the order of answering, handing in and grading: decided once, certified once, and every minute paid."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from preceptor.hiring.rules import WRITTEN, LevelMarks
from preceptor.hiring.tables import Certificate
from preceptor.lib.clock import utc_now
from preceptor.lib.errors import ProblemError
from preceptor.pay.tables import LedgerEntry
from preceptor.people.rules import SYSTEM
from preceptor.quality.operations import settle
from preceptor.quality.queries.exams import list_parts_to_grade
from preceptor.quality.tables import ExamResult
from preceptor.work.tables import Assignment, TimeEntry

STEPS = ("answer", "answer", "answer_badly", "skip", "report", "hand_in", "grade", "grade", "settle", "begin", "fold")


async def attempt(step):
    """Do a step; where it is not possible just then it says so, and nothing else happens."""
    try:
        await step
    except ProblemError:
        return


@given(orders=st.lists(st.sampled_from(STEPS), min_size=4, max_size=14))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_order_certifies_twice_or_loses_pay(exams, db, bench, orders):  # noqa: C901 (a function for each step)
    exam = await exams.make(items=2, by_hand=2, retake_days=0, attempts=3, levels=(LevelMarks(1, {WRITTEN: 40}),))
    trainer, grader = await exams.trainer(), await bench.person("reviewer")
    sittings = [await exams.begin(exam, trainer)]

    async def answer(rating):
        if await exams.take(exam, trainer) is not None:
            await exams.answer(exam, trainer, rating=rating, fold=False)

    async def give_back(*, report):
        if await exams.take(exam, trainer) is not None:
            await exams.skip(exam, trainer, report=report, fold=False)

    async def grade():
        async with db.read() as session:
            rows = (await list_parts_to_grade(session, actor=grader, now=utc_now())).rows
        for row in rows[:1]:
            points = {} if row.reported else {"facts": 6, "clear": 4}
            await exams.grade(grader, row.item_id, points=points)

    async def settled():
        for sitting in sittings:
            async with db.write() as session:
                await settle(session, actor=SYSTEM, sitting_id=sitting, now=utc_now())

    async def begin():
        sittings.append(await exams.begin(exam, trainer))

    steps = {
        "answer": lambda: answer(6),
        "answer_badly": lambda: answer(1),
        "skip": lambda: give_back(report=False),
        "report": lambda: give_back(report=True),
        "hand_in": lambda: exams.hand_in(sittings[-1], trainer),
        "grade": grade,
        "settle": settled,
        "begin": begin,
        "fold": bench.fold,
    }
    for step in orders:
        await attempt(steps[step]())
    await bench.fold()
    async with db.read() as session:
        mine = Certificate.person_id == trainer.person_id
        certificates = list(await session.scalars(select(Certificate).where(mine)))
        results = list(await session.scalars(select(ExamResult).where(ExamResult.person_id == trainer.person_id)))
        ended = select(func.count()).where(
            Assignment.trainer_id == trainer.person_id, Assignment.state.not_in(["active", "paused", "prefetched"])
        )
        entries = list(await session.scalars(select(TimeEntry).where(TimeEntry.person_id == trainer.person_id)))
        booked = await session.scalars(
            select(LedgerEntry).where(LedgerEntry.source.in_([f"time:{one.id}" for one in entries]))
        )
        assert len(entries) == await session.scalar(ended), "every part that ended has its time, once"
        assert sum(one.amount_minor for one in booked) == sum(one.amount_minor for one in entries)
    assert {(one.activity, one.paid_ms // 60_000, one.amount_minor // 60) for one in entries} <= {("exam", 1, 1)}
    assert len(certificates) == sum(one.passed for one in results)
    assert {one.sitting_id for one in certificates} == {one.sitting_id for one in results if one.passed}
    assert len({one.sitting_id for one in results}) == len(results) <= len(sittings)
