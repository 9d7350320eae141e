"""In whatever order people take, leave, lose and hand in tasks: nobody is kept from an open item they never answered."""

from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest

from preceptor.lib.clock import utc_now
from preceptor.work.operations.drafts import AssignmentEndedError
from preceptor.work.operations.expiring import expire_due
from preceptor.work.operations.leasing import AnotherOpenError
from tests.work.conftest import answer_to

STEPS = ("take", "take", "hold ahead", "hand in", "skip", "wake", "hand in late", "everybody leaves")
GIVEN_AWAY = {"submitted", "surplus", "skipped"}


class Shift:
    """Some people on one project, with all that each has had."""

    def __init__(self, db, desk, world, people, random):
        self.db, self.desk, self.world, self.people, self.random = db, desk, world, people, random

    async def take(self, actor, *, prefetch=False):
        view, _fresh = await self.desk.claim(actor=actor, slug=self.world.terms.slug, prefetch=prefetch, now=utc_now())
        return view

    async def hand_in(self, actor, view):
        await self.desk.submit(
            actor=actor, assignment_id=view.id, key=uuid4(), content=answer_to(view), confirmed=("no_errors",)
        )

    async def had(self, actor, *states):
        query = "SELECT id FROM assignment WHERE trainer_id = %s AND state = ANY(%s) ORDER BY id"
        async with self.db.hot() as driver:
            rows = await (await driver.execute(query, (actor.person_id, list(states)))).fetchall()
        return [await self.desk.view(actor=actor, assignment_id=row[0]) for row in rows]

    async def do(self, step):
        actor = self.random.choice(self.people)
        match step:
            case "take" | "hold ahead":
                await self.take(actor, prefetch=step != "take")
            case "hand in" | "hand in late":
                for view in await self.had(actor, "active" if step == "hand in" else "expired"):
                    await self.hand_in(actor, view)
            case "skip":
                for view in await self.had(actor, "active"):
                    await self.desk.give_back(actor=actor, assignment_id=view.id, report=False, reason="topic", note="")
            case "wake":
                for view in await self.had(actor, "expired"):
                    await self.desk.beat(actor=actor, assignment_id=view.id, signs=(0,))
            case "everybody leaves":
                async with self.db.hot() as driver, driver.transaction():
                    await expire_due(driver, now=utc_now() + timedelta(hours=3))

    async def open_items(self):
        async with self.db.hot() as driver:
            rows = await (await driver.execute("SELECT DISTINCT item_id FROM slot WHERE state = 'open'")).fetchall()
        return {row[0] for row in rows}


@pytest.mark.parametrize("seed", range(6))
async def test_nobody_is_kept_from_what_they_never_answered(db, app, make_world, make_person, team_id, seed):
    random = Random(seed)
    world = await make_world(items=4, wanted=2)
    people = [await make_person("trainer", team=team_id) for _number in range(3)]
    shift = Shift(db, app.state.desk, world, people, random)
    for _step in range(25):
        try:
            await shift.do(random.choice(STEPS))
        except (AssignmentEndedError, AnotherOpenError):
            continue
    await shift.do("everybody leaves")
    for actor in people:
        while (view := await shift.take(actor)) is not None:
            await shift.hand_in(actor, view)
        answered = {view.item.id for view in await shift.had(actor, *GIVEN_AWAY)}
        assert await shift.open_items() <= answered
