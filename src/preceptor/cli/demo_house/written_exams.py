"""Exams of a demo that people grade: one for each language in which writers are looked for."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from preceptor.cli.demo_house.accounts import USA
from preceptor.cli.demo_house.series import Series, WrittenExam
from preceptor.cli.demo_house.working import Shift, actor_of, terms_of, work
from preceptor.hiring import WRITTEN, Criterion, ExamTerms, LevelMarks
from preceptor.hiring.operations import add_certification, set_exam
from preceptor.lib.db import Database
from preceptor.lib.money import Money
from preceptor.pay import Reach
from preceptor.people import Actor
from preceptor.people.operations import add_team
from preceptor.projects import ProjectRules, ProjectTerms, Purpose
from preceptor.projects.operations import add_project, open_project
from preceptor.projects.operations.rates import set_project_rate
from preceptor.quality.operations import Signs, beat_part, grade_part
from preceptor.quality.operations.exams import begin_exam
from preceptor.quality.queries.exams import list_parts_to_grade
from preceptor.work.operations.adding import GivenItem, add_given_items
from preceptor.work.operations.claiming import NewAssignment
from preceptor.work.operations.sittings import hand_in_finished
from preceptor.work.operations.submitting import Form

LEVELS = (LevelMarks(1, {WRITTEN: 60}), LevelMarks(2, {WRITTEN: 75}), LevelMarks(3, {WRITTEN: 90}))
RUBRIC = (
    Criterion("right", "It answers the question, and is right", 5),
    Criterion("language", "Natural and correct language", 5),
    Criterion("clear", "Clear, and no longer than it needs to be", 2),
)
MARKS = (
    {"right": 5, "language": 4, "clear": 2},
    {"right": 4, "language": 5, "clear": 1},
    {"right": 4, "language": 4, "clear": 2},
)
"""What those who write well are given, in turn."""
LOOKS = timedelta(minutes=2)
POOR = {"right": 1, "language": 3, "clear": 1}


class LanguageExam(msgspec.Struct, frozen=True):
    """An exam that was made: its project, what it certifies, and what it is made of."""

    terms: ProjectTerms
    certification_id: UUID
    written: WrittenExam


async def make_written_exam(
    db: Database, series: Series, *, manager: Actor, client_id: UUID, rate: Money, abroad: Money, now: datetime
) -> LanguageExam:
    """Make the exam of a language and open it.

    Args:
        db: the database.
        series: whose exam it is.
        manager: who makes it.
        client_id: whose project it is.
        rate: per hour.
        abroad: per hour in the United States.
        now: the time it is made.
    """
    written = series.exam
    assert written is not None
    async with db.write() as session:
        certification_id = await add_certification(
            session,
            actor=manager,
            name=written.certification,
            description=written.description,
            language=series.language,
            skill="writing",
            valid_days=730,
        )
        team_id = await add_team(session, actor=manager, name=written.title)
        made = await add_project(
            session,
            actor=manager,
            client_id=client_id,
            title=written.title,
            kind=series.kind,
            rate=rate,
            settings=series.settings,
            brief=written.brief,
            guidelines=series.guidelines,
            rules=ProjectRules(estimated_minutes=written.minutes // len(written.items)),
            team_ids=[team_id],
            purpose=Purpose.EXAM,
        )
        await set_project_rate(
            session,
            actor=manager,
            slug=made.slug,
            reach=Reach(place=USA),
            rate=abroad,
            currency=abroad.currency,
            valid_from=now,
            note="As in the offers",
            notice_days=0,
            now=now,
        )
    terms = await terms_of(db, made.slug)
    async with db.write() as session:
        items = [GivenItem(content=one.content, by_hand=True) for one in written.items]
        await add_given_items(session, actor=manager, terms=terms, items=items)
        asked = ExamTerms(
            certification_id=certification_id,
            minutes=written.minutes,
            levels=LEVELS,
            rubric=RUBRIC,
            advice={WRITTEN: "Answer what was asked before you explain, and read it aloud before you hand it in."},
        )
        await set_exam(session, actor=manager, slug=made.slug, terms=asked)
        await open_project(session, actor=manager, slug=made.slug)
    return LanguageExam(await terms_of(db, made.slug), certification_id, written)


async def sit(db: Database, exam: LanguageExam, *, email: str, well: bool, now: datetime) -> Actor:
    """Somebody who was invited sits an exam and hands it in; answers them with the team they have joined."""
    actor = await actor_of(db, email)
    async with db.write() as session:
        await begin_exam(session, actor=actor, slug=exam.terms.slug, now=now)

    def say(found: NewAssignment, _form: Form) -> dict[str, object]:
        one = next(one for one in exam.written.items if one.content.items() <= found.content.items())
        return one.answers[0 if well else 1]

    shift = Shift(begins=now, minutes=[13, 16], between=timedelta(minutes=1))
    done = await work(db, actor=actor, terms=exam.terms, say=say, shift=shift)
    async with db.write() as session:
        await hand_in_finished(session, assignment_ids=[one.assignment_id for one in done], now=done[-1].at)
    return actor


async def grade(
    db: Database, *, grader: Actor, actor: Actor, well: bool, place: int, clocked: bool, now: datetime
) -> None:
    """Somebody's parts are graded, and the exam is decided; `clocked`: the grader's page tells of their time."""
    async with db.read() as session:
        found = await list_parts_to_grade(session, actor=grader, now=now)
    parts = [one for one in found.rows if one.trainer == actor.pseudonym]
    for number, part in enumerate(parts):
        for _look in range(2 if clocked else 0):
            async with db.write() as session:
                await beat_part(session, actor=grader, item_id=part.item_id, signs=Signs(inputs=(0,)), now=now)
            now += LOOKS
        async with db.write() as session:
            await grade_part(
                session,
                actor=grader,
                item_id=part.item_id,
                points=MARKS[(place + number) % len(MARKS)] if well else POOR,
                note="Right, and pleasant to read." if well else "It does not answer the question that was asked.",
                now=now,
            )
