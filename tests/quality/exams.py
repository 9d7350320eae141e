"""An exam with its terms, and people who sit it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from preceptor.hiring.operations import add_certification, set_exam
from preceptor.hiring.queries import certifications_of
from preceptor.hiring.rules import Criterion, ExamTerms, LevelMarks
from preceptor.kinds.registry import task_kinds
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.people.rules import SYSTEM, Actor
from preceptor.projects import operations as projects
from preceptor.projects.queries import project_terms
from preceptor.projects.rules import ProjectRules, ProjectTerms, Purpose
from preceptor.quality.operations import grade_part
from preceptor.quality.operations.exams import begin_exam
from preceptor.quality.tables import ExamResult
from preceptor.work.operations.adding import GivenItem, add_given_items
from preceptor.work.operations.keys import set_key
from preceptor.work.operations.sittings import hand_in_sitting
from tests.work.conftest import answer_to, given_content

LEVELS = (LevelMarks(1, {"ratings": 60}), LevelMarks(3, {"ratings": 90, "errors": 80}))
RUBRIC = (Criterion("facts", "The facts are right", 6), Criterion("clear", "It is clear", 4))
RIGHT = 6
"""What the key says of every response."""


def key_of(responses: int = 4, rating: int = RIGHT, ideal: str | None = None) -> dict[str, Any]:
    """A key as an import has it: given responses by their places."""
    names = [f"given-response-{number}" for number in range(1, responses + 1)]
    turn: dict[str, Any] = {"turn_id": "given-turn", "ratings": dict.fromkeys(names, rating)}
    return {"turns": [turn | ({"ideal": ideal} if ideal else {})]}


A_MINUTE = "UPDATE assignment SET active_ms = 60000, beat_at = now() + interval '1 hour' WHERE id = %s"
"""The next beat lies ahead, so that nothing is added however slow the machine is."""


class Exam(msgspec.Struct):
    """An exam that is open."""

    terms: ProjectTerms
    team_id: UUID
    certification_id: UUID
    item_ids: list[UUID]


class Exams:
    """What tests do with exams."""

    def __init__(self, db: Database, bench: Any, team_id: UUID) -> None:
        self.db, self.bench, self.team_id = db, bench, team_id

    async def make(
        self, *, items: int = 2, by_hand: int = 0, keyed: bool = True, rules: dict[str, Any] | None = None, **given: Any
    ) -> Exam:
        """An open exam; the last `by_hand` items are graded by a person as well."""
        kind = next(iter(task_kinds()))
        async with self.db.write() as session:
            client_id = await projects.add_client_organisation(session, actor=SYSTEM, name=f"Lab {new_id().hex[-6:]}")
            certification_id = await add_certification(session, actor=SYSTEM, name=f"Raters {new_id().hex[-6:]}")
            made = await projects.add_project(
                session,
                actor=SYSTEM,
                client_id=client_id,
                title="Exam for raters",
                kind=kind,
                rate=Money(3_600, "EUR"),
                guidelines="Rate with care.",
                rules=ProjectRules(**(rules or {})),
                settings={"ideal": "optional"},
                team_ids=[self.team_id],
                purpose=Purpose.EXAM,
            )
        async with self.db.read() as session:
            terms = await project_terms(session, slug=made.slug)
        rows = [
            GivenItem(content=given_content(number), key=key_of() if keyed else None, by_hand=number >= items - by_hand)
            for number in range(items)
        ]
        options = {"levels": LEVELS, "rubric": RUBRIC if by_hand else (), **given}
        async with self.db.write() as session:
            ids = await add_given_items(session, actor=SYSTEM, terms=terms, items=rows)
            await set_exam(
                session, actor=SYSTEM, slug=made.slug, terms=ExamTerms(certification_id=certification_id, **options)
            )
            # The state is set directly: these items bring their responses along, so that no model needs to exist.
            await (await session.driver()).execute("UPDATE project SET state = 'open' WHERE slug = %s", (made.slug,))
        async with self.db.read() as session:
            return Exam(await project_terms(session, slug=made.slug), self.team_id, certification_id, ids)

    async def trainer(self) -> Actor:
        """Somebody who may sit it."""
        return await self.bench.person("trainer", team=self.team_id)

    async def begin(self, exam: Exam, trainer: Actor, now: Any = None) -> UUID:
        """Begin a sitting."""
        async with self.db.write() as session:
            return await begin_exam(session, actor=trainer, slug=exam.terms.slug, now=now or utc_now())

    async def take(self, exam: Exam, trainer: Actor) -> Any:
        """Claim the next part; None where there is none. A minute of work on it is written down, which earns 60 cents."""
        view, _fresh = await self.bench.desk.claim(actor=trainer, slug=exam.terms.slug, prefetch=False, now=utc_now())
        if view is not None:
            async with self.db.hot() as driver:
                await driver.execute(A_MINUTE, (view.id,))
        return view

    async def answer(self, exam: Exam, trainer: Actor, *, rating: int = RIGHT, fold: bool = True, **more: Any) -> UUID:
        """Answer the next part; its assignment."""
        view = await self.take(exam, trainer)
        content = answer_to(view)
        for turn in content["turns"]:
            turn["ratings"] = dict.fromkeys(turn["ratings"], rating)
            turn["errors"] = {}
            turn.update(more)
        await self.bench.desk.submit(actor=trainer, assignment_id=view.id, key=uuid4(), content=content, confirmed=ALL)
        if fold:
            await self.bench.fold()
        return view.id

    async def skip(self, exam: Exam, trainer: Actor, *, report: bool = False, fold: bool = True) -> UUID:
        """Skip or report the next part; its assignment."""
        view = await self.take(exam, trainer)
        reason = "impossible" if report else "topic"
        await self.bench.desk.give_back(
            actor=trainer, assignment_id=view.id, report=report, reason=reason, note="It shows nothing."
        )
        if fold:
            await self.bench.fold()
        return view.id

    async def hand_in(self, sitting_id: UUID, trainer: Actor) -> None:
        """Hand it in as it stands."""
        async with self.db.write() as session:
            await hand_in_sitting(session, actor=trainer, sitting_id=sitting_id, now=utc_now())
        await self.bench.fold()

    async def grade(self, grader: Actor, item_id: UUID, **given: Any) -> None:
        """Grade a part."""
        async with self.db.write() as session:
            await grade_part(session, actor=grader, item_id=item_id, now=utc_now(), **{"points": {}, **given})

    async def result(self, sitting_id: UUID) -> ExamResult | None:
        """What came of it."""
        async with self.db.read() as session:
            return await session.get(ExamResult, sitting_id)

    async def level(self, exam: Exam, person: Actor, now: Any = None) -> int:
        """The level somebody holds of what it certifies."""
        async with self.db.read() as session:
            held = await certifications_of(session, person_id=person.person_id, now=now or utc_now())
        return next((one.level for one in held if one.certification_id == exam.certification_id), 0)

    async def key(self, exam: Exam, item_id: UUID, key: dict[str, Any] | None, *, by_hand: bool = False) -> None:
        """Write another key."""
        async with self.db.write() as session:
            await set_key(session, actor=SYSTEM, terms=exam.terms, item_id=item_id, key=key, by_hand=by_hand)


class Everything:
    """Says yes to every question."""

    def __contains__(self, _code: object) -> bool:
        return True


ALL: Any = Everything()
DAY = timedelta(days=1)


@pytest.fixture
def exams(db, bench, team_id) -> Exams:
    """Exams, and people who sit them."""
    return Exams(db, bench, team_id)
