"""Certifications of a demo: an exam that one has passed and one has not, people at several levels, a project that asks.

What people answer here is made of what the demo's own questions say is right.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from preceptor import flow
from preceptor.cli.demo_house.pilot import judged
from preceptor.cli.demo_house.working import Shift, work
from preceptor.hiring import WRITTEN, CertificationNeed, Criterion, ExamTerms, LevelMarks
from preceptor.hiring.operations import add_certification, grant_certification, set_exam, set_project_need
from preceptor.kinds.registry import task_kinds
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.money import Money
from preceptor.people import SYSTEM, Actor
from preceptor.projects import ProjectRules, ProjectTerms, Purpose
from preceptor.projects.operations import add_project, open_project
from preceptor.projects.queries import project_terms
from preceptor.quality.operations import grade_part
from preceptor.quality.operations.exams import begin_exam
from preceptor.quality.queries.exams import list_parts_to_grade
from preceptor.work.operations.adding import GivenItem, add_given_items
from preceptor.work.operations.claiming import NewAssignment
from preceptor.work.operations.sittings import hand_in_finished
from preceptor.work.operations.submitting import Form

LEVELS = (
    LevelMarks(1, {"ratings": 60}),
    LevelMarks(2, {"ratings": 75, "errors": 50, WRITTEN: 50}),
    LevelMarks(3, {"ratings": 85, "errors": 70, WRITTEN: 75}),
)
RUBRIC = (
    Criterion("right", "What it says is right", 5, "No wrong facts; what is not known is called so."),
    Criterion("helpful", "It helps whoever asked", 3, "It answers the question that was asked, first things first."),
    Criterion("clear", "It is clear and short", 2),
)
ADVICE = {
    "ratings": "Read the guidelines’ table of ratings once more, above all what a 7 means.",
    "errors": "Look for wrong facts also in answers that read well.",
    WRITTEN: "Write what you would have wished to read: correct, complete, no longer than it needs to be.",
}


class Question(msgspec.Struct, frozen=True):
    """A prompt with its responses, and what is right about them: ratings and errors by place, and the ideal."""

    content: dict[str, Any]
    ratings: Sequence[int]
    errors: Sequence[Sequence[str]]
    ideal: str


async def load_exams(
    db: Database,
    *,
    team_id: UUID,
    client_id: UUID,
    questions: Sequence[Question],
    guidelines: str,
    manager: Actor,
    reviewer: Actor,
    trainers: Sequence[Actor],
) -> None:
    """An exam, certificates at several levels, and a project that asks for one.

    Args:
        db: the database.
        team_id: who may sit the exam.
        client_id: whom the projects belong to.
        questions: the exam's items.
        guidelines: of both projects.
        manager: certifies by hand.
        reviewer: grades.
        trainers: the first is certified by hand, the second passes, the third does not; all others are certified by
            hand as well, at several levels.
    """
    mara, ravi, people = manager, reviewer, trainers
    async with db.write() as session:
        rating = await add_certification(
            session,
            actor=mara,
            name="Rating responses",
            description="Tells good answers of language models from bad ones, and writes better ones.",
            language="en",
            skill="rating",
            valid_days=365,
        )
        await add_certification(
            session,
            actor=mara,
            name="Catalan editing",
            description="Corrects Catalan as an editor would print it.",
            language="ca",
            skill="editing",
            valid_days=730,
            prerequisites=[CertificationNeed(rating, 1)],
        )
    exam = await _exam(db, mara, team_id, client_id, questions, guidelines, rating)
    now = utc_now()
    for place, person in enumerate(people[1:3]):
        await _sit(db, exam, person, questions, knows=place == 0, moment=now - timedelta(days=2, hours=place))
    while await flow.fold_events(db):
        pass
    async with db.read() as session:
        found = await list_parts_to_grade(session, actor=ravi, now=now)
    waiting = [one for one in found.rows if one.project_slug == exam.slug]
    for part in waiting:
        async with db.write() as session:
            await grade_part(
                session,
                actor=ravi,
                item_id=part.item_id,
                points={"right": 4, "helpful": 3, "clear": 1},
                note="Right, and to the point. It could do without the last sentence.",
                now=now - timedelta(days=1),
            )
    for person, level in zip([people[0], *people[3:]], (2, 4, 1, 3, 5), strict=False):
        async with db.write() as session:
            await grant_certification(
                session,
                actor=mara,
                certification_id=rating,
                person_id=person.person_id,
                level=level,
                reason="Known from the work of the last months.",
                now=now - timedelta(days=340 if level == 1 else 30),
            )
    gated = await _gated(db, mara, team_id, client_id, questions, guidelines)
    async with db.write() as session:
        await set_project_need(session, actor=mara, slug=gated, need=CertificationNeed(rating, 3))


async def _exam(
    db: Database,
    actor: Actor,
    team_id: UUID,
    client_id: UUID,
    questions: Sequence[Question],
    guidelines: str,
    certification_id: UUID,
) -> ProjectTerms:
    async with db.write() as session:
        made = await add_project(
            session,
            actor=SYSTEM,
            client_id=client_id,
            title="Exam: rating responses",
            kind=next(iter(task_kinds())),
            rate=Money(2_500, "EUR"),
            brief="Rate the answers, tag their errors and write the ideal one. Paid by the minute, pass or not.",
            guidelines=guidelines,
            rules=ProjectRules(estimated_minutes=8),
            team_ids=[team_id],
            purpose=Purpose.EXAM,
        )
    async with db.read() as session:
        terms = await project_terms(session, slug=made.slug)
    items = [GivenItem(content=one.content, key=_key(one), by_hand=place == 0) for place, one in enumerate(questions)]
    asked = ExamTerms(
        certification_id=certification_id,
        minutes=8 * len(questions),
        levels=LEVELS,
        rubric=RUBRIC,
        advice=ADVICE,
        reveals_key=True,
    )
    async with db.write() as session:
        await add_given_items(session, actor=actor, terms=terms, items=items)
        await set_exam(session, actor=actor, slug=made.slug, terms=asked)
        await open_project(session, actor=actor, slug=made.slug)
    async with db.read() as session:
        return await project_terms(session, slug=made.slug)


def _key(question: Question) -> dict[str, Any]:
    names = [f"given-response-{number}" for number in range(1, len(question.ratings) + 1)]
    return {
        "turns": [
            {
                "turn_id": "given-turn",
                "ratings": dict(zip(names, question.ratings, strict=True)),
                "errors": {name: list(errors) for name, errors in zip(names, question.errors, strict=True) if errors},
            }
        ]
    }


async def _gated(
    db: Database, actor: Actor, team_id: UUID, client_id: UUID, questions: Sequence[Question], guidelines: str
) -> str:
    async with db.write() as session:
        made = await add_project(
            session,
            actor=SYSTEM,
            client_id=client_id,
            title="Answers for experts",
            kind=next(iter(task_kinds())),
            rate=Money(3_200, "EUR"),
            brief="The hard cases, for people who are certified for rating at level 3.",
            guidelines=guidelines,
            rules=ProjectRules(estimated_minutes=15),
            team_ids=[team_id],
        )
    async with db.read() as session:
        terms = await project_terms(session, slug=made.slug)
    async with db.write() as session:
        items = [GivenItem(content=one.content, topic="hard cases") for one in questions]
        await add_given_items(session, actor=actor, terms=terms, items=items)
        await open_project(session, actor=actor, slug=made.slug)
    return made.slug


async def _sit(
    db: Database, exam: ProjectTerms, actor: Actor, questions: Sequence[Question], *, knows: bool, moment: datetime
) -> None:
    by_prompt = {one.content["prompt"]: one for one in questions}

    def say(found: NewAssignment, form: Form) -> dict[str, Any]:
        one = by_prompt[str(found.content["prompt"])]
        ratings = list(one.ratings) if knows else [8 - rating for rating in one.ratings]
        errors = [list(said) for said in one.errors] if knows else [[] for _said in one.errors]
        return judged(found, form, ratings=ratings, errors=errors, ideal=one.ideal)

    async with db.write() as session:
        await begin_exam(session, actor=actor, slug=exam.slug, now=moment)
    shift = Shift(begins=moment, minutes=[6], between=timedelta())
    done = await work(db, actor=actor, terms=exam, say=say, shift=shift)
    async with db.write() as session:
        await hand_in_finished(session, assignment_ids=[one.assignment_id for one in done], now=done[-1].at)
