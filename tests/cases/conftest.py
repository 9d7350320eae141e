"""A person, and two managers who may announce measures and decide appeals."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from preceptor.hiring.queries import CaseView, access_case
from preceptor.hiring.rules import CaseReason, CaseRecord, Measure, NewCase, Outcome, RecordKind
from preceptor.lib.db import Database
from preceptor.people.queries import actor_of
from preceptor.people.rules import Actor
from preceptor.people.tables import Notification, Person
from preceptor.quality.operations import decide_case, open_case
from tests.quality.conftest import Bench, HandedIn, bench  # noqa: F401 (a fixture)
from tests.work.conftest import World, make_world, open_desk  # noqa: F401 (fixtures)

NOTICE = timedelta(days=14)
WORDS = "Three of four answers ignored the brief, also after feedback."


class Court:
    """What tests do about cases, at moments of their choosing."""

    def __init__(self, db: Database, people: Bench, world: World) -> None:
        self.db, self.bench, self.world = db, people, world
        self.now = datetime.now(UTC)

    async def set_up(self) -> "Court":
        """Make the people."""
        self.manager = await self.bench.person("manager")
        self.other = await self.bench.person("manager")
        self.operator = await self.bench.person("operator")
        self.handed: HandedIn = await self.bench.hand_in(self.world)
        self.trainer = self.handed.trainer
        for who in (self.manager, self.other, self.operator, self.trainer):
            async with self.db.write() as session:
                row = await session.get_one(Person, who.person_id)
                row.email = f"{row.pseudonym}@example.org"
        return self

    def new(self, **changes: Any) -> NewCase:
        """A suspension for quality, resting on what the trainer handed in."""
        values: dict[str, Any] = {
            "person_id": self.trainer.person_id,
            "measure": Measure.SUSPENSION,
            "reason": CaseReason.QUALITY,
            "words": WORDS,
            "lasts_days": 30,
            "records": (CaseRecord(RecordKind.SUBMISSION, self.handed.submission_id),),
        }
        return NewCase(**(values | changes))

    async def open(self, *, actor: Actor | None = None, **changes: Any) -> Any:
        """Announce a measure."""
        async with self.db.write() as session:
            return await open_case(
                session, actor=actor or self.manager, case=self.new(**changes), notice=NOTICE, now=self.now
            )

    async def decide(self, case_id: Any, outcome: str, *, actor: Actor | None = None, **given: Any) -> int:
        """Decide an appeal."""
        async with self.db.write() as session:
            return await decide_case(
                session,
                actor=actor or self.other,
                case_id=case_id,
                outcome=Outcome(outcome),
                words="I have read the records and the appeal.",
                now=self.now,
                **given,
            )

    async def case(self, case_id: Any, *, actor: Actor | None = None) -> CaseView:
        """The case as somebody sees it."""
        async with self.db.read() as session:
            return await access_case(session, actor=actor or self.trainer, case_id=case_id, now=self.now)

    async def seen_as(self, actor: Actor) -> Actor:
        """Who the door takes somebody for, now."""
        async with self.db.read() as session:
            return await actor_of(session, await session.get_one(Person, actor.person_id), now=self.now)

    async def notices(self, actor: Actor) -> list[str]:
        """Kinds of what somebody was told, oldest first."""
        async with self.db.read() as session:
            rows = await session.execute(
                Notification.__table__.select()
                .where(Notification.person_id == actor.person_id)
                .order_by(Notification.id)
            )
            return [row.kind for row in rows if row.kind.startswith("case.")]

    def wait(self, days: float) -> None:
        """Let days pass."""
        self.now += timedelta(days=days)


@pytest.fixture
async def court(db, bench, make_world) -> Court:  # noqa: F811 (a fixture)
    """A trainer with something handed in, and those who may judge it."""
    return await Court(db, bench, await make_world(items=6)).set_up()
