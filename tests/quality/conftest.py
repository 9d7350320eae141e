"""Work that was handed in, and reviewers to look at it."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import select

from preceptor import flow
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.ids import new_id
from preceptor.llms.asking import Asker
from preceptor.llms.directory import Directory
from preceptor.people.queries import actor_of
from preceptor.people.rules import Actor, ContentCategory
from preceptor.people.tables import Membership, Person
from preceptor.quality.operations import claim_review, decide
from preceptor.quality.rules import Verdict
from preceptor.quality.tables import Review
from preceptor.work.desk import Desk
from preceptor.work.queries.views import AssignmentView
from preceptor.work.tables import Assignment, Submission
from tests.quality.exams import exams  # noqa: F401 (a fixture)
from tests.quality.readiness import agree
from tests.work.conftest import World, answer_to, make_world  # noqa: F401 (a fixture)


class HandedIn(msgspec.Struct):
    """An answer that was handed in."""

    trainer: Actor
    view: AssignmentView
    assignment_id: UUID
    submission_id: UUID
    content: dict[str, Any]


class Bench:
    """What tests do as trainers and as the worker."""

    def __init__(self, db: Database, desk: Desk) -> None:
        self.db = db
        self.desk = desk

    async def person(self, *roles: str, team: UUID | None = None) -> Actor:
        """A new person without a password, which spares the time of hashing one; they cannot sign in."""
        key = new_id()
        row = Person(id=key, name=f"Person {key.hex[-4:]}", pseudonym=f"calm-{key.hex[-8:]}", roles=list(roles))
        async with self.db.write() as session:
            session.add(row)
            await session.flush()
            if team is not None:
                session.add(Membership(team_id=team, person_id=key))
        async with self.db.read() as session:
            return await actor_of(session, row)

    async def trainer(self, world: World, *roles: str) -> Actor:
        """A new trainer of the world's team."""
        return await self.person("trainer", *roles, team=world.team_id)

    async def hand_in(
        self, world: World, *, trainer: Actor | None = None, fold: bool = True, **changes: Any
    ) -> HandedIn:
        """Claim and submit as `trainer` (a new one where none is given)."""
        trainer = trainer or await self.trainer(world)
        view, _fresh = await self.desk.claim(actor=trainer, slug=world.terms.slug, prefetch=False, now=utc_now())
        assert view is not None
        return await self._submit(trainer, view, fold=fold, **changes)

    async def rework(self, handed: HandedIn, *, fold: bool = True, **changes: Any) -> HandedIn:
        """Hand in again what was returned."""
        view = await self.desk.start(actor=handed.trainer, assignment_id=handed.assignment_id, now=utc_now())
        return await self._submit(handed.trainer, view, fold=fold, **changes)

    async def _submit(self, trainer: Actor, view: AssignmentView, *, fold: bool, **changes: Any) -> HandedIn:
        content = answer_to(view, **changes)
        receipt, _fresh = await self.desk.submit(
            actor=trainer, assignment_id=view.id, key=uuid4(), content=content, confirmed=()
        )
        assert receipt.submission_id is not None
        if fold:
            await self.fold()
        return HandedIn(trainer, view, view.id, receipt.submission_id, content)

    async def fold(self) -> None:
        """Let the worker follow every event there is."""
        while await flow.fold_events(self.db):
            pass

    async def reviews(self) -> list[Review]:
        """All reviews, oldest first."""
        async with self.db.read() as session:
            return list(await session.scalars(select(Review).order_by(Review.id)))

    async def state_of(self, handed: HandedIn) -> str:
        """The state of the assignment."""
        async with self.db.read() as session:
            return (await session.get_one(Assignment, handed.assignment_id)).state

    async def revisions(self, handed: HandedIn) -> list[Submission]:
        """Its submissions, first to last."""
        query = select(Submission).where(Submission.assignment_id == handed.assignment_id)
        async with self.db.read() as session:
            return list(await session.scalars(query.order_by(Submission.revision)))

    async def claim(self, actor: Actor, slug: str | None = None) -> UUID | None:
        """Claim the next review."""
        async with self.db.write() as session:
            return await claim_review(session, actor=actor, slug=slug, now=utc_now())

    async def decide(self, actor: Actor, review_id: UUID, verdict: str, **given: Any) -> Any:
        """Give a verdict."""
        if verdict in {"return", "reject"}:
            given = {"reason": "other", "note": "Please look again.", **given}
        async with self.db.write() as session:
            return await decide(
                session, actor=actor, review_id=review_id, verdict=Verdict(verdict), now=utc_now(), **given
            )


@pytest.fixture
async def bench(db, settings):
    """Trainers and the worker."""
    desk = Desk(db, asker=Asker(), directory=Directory(db, settings))
    yield Bench(db, desk)
    await desk.close()


@pytest.fixture
async def reviewer(bench) -> Actor:
    """Somebody who reviews and does no work."""
    return await bench.person("reviewer")


@pytest.fixture
def hand_in(bench):
    """Work of somebody who has said yes to everything."""

    async def make(world, **more):
        trainer = await bench.trainer(world)
        await agree(bench, trainer, *ContentCategory)
        return await bench.hand_in(world, trainer=trainer, **more)

    return make
