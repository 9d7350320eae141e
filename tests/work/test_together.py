"""What many people do in one moment is one statement, and nobody gets or loses what is another's."""

import asyncio
from uuid import uuid4

import pytest

from preceptor.kinds.registry import task_kind
from preceptor.kinds.task import InvalidAnswerError
from preceptor.lib.clock import utc_now
from preceptor.lib.i18n import current_language, set_language
from preceptor.work.desk import Desk
from preceptor.work.operations.claims import Claim, Claims
from preceptor.work.operations.drafts import NoSuchAssignmentError
from tests.work.conftest import answer_to


@pytest.fixture
def desk(app) -> Desk:
    return app.state.desk


@pytest.fixture
def people(make_person, team_id):
    async def make(number):
        return [await make_person("trainer", team=team_id) for _number in range(number)]

    return make


async def take_all(desk, actors, world):
    wishes = [desk.claim(actor=actor, slug=world.terms.slug, prefetch=False, now=utc_now()) for actor in actors]
    return [view for view, _fresh in await asyncio.gather(*wishes)]


async def hand_in(desk, actor, view, **changes):
    receipt, fresh = await desk.submit(
        actor=actor,
        assignment_id=view.id,
        key=uuid4(),
        content=answer_to(view, **changes),
        confirmed=(),
    )
    return receipt, fresh


async def count(db, what):
    async with db.hot() as driver:
        return (await (await driver.execute(what)).fetchone())[0]


async def test_claims_of_one_moment_get_a_slot_each(make_world, people, desk, db):
    world = await make_world(items=5)
    actors = await people(8)
    views = await take_all(desk, actors, world)
    taken = [view.item.id for view in views if view is not None]
    assert len(taken) == len(set(taken)) == 5
    held = "SELECT count(*) FROM slot JOIN assignment ON assignment.id = slot.assignment_id WHERE slot.state = 'held'"
    assert await count(db, held) == 5
    assert await count(db, "SELECT count(*) FROM event WHERE name = 'work.claimed'") == 5


async def test_nobody_gets_an_item_twice_when_several_answers_are_wanted(make_world, people, desk, db):
    world = await make_world(items=4, wanted=3)
    actors = await people(3)
    for _round in range(4):
        views = await take_all(desk, actors, world)
        assert all(view is not None for view in views)
        await asyncio.gather(*(hand_in(desk, actor, view) for actor, view in zip(actors, views, strict=True)))
    assert await take_all(desk, actors, world) == [None] * 3
    over = "SELECT max(n) FROM (SELECT count(*) AS n FROM submission GROUP BY item_id) AS counted"
    assert await count(db, over) == 3
    assert await count(db, "SELECT count(DISTINCT (item_id, trainer_id)) FROM submission") == 12


async def test_who_holds_something_keeps_it_when_others_claim(make_world, people, desk, db):
    world = await make_world(items=4)
    first, second, third = await people(3)
    (held,) = await take_all(desk, [first], world)
    again, other, another, twice = await take_all(desk, [first, second, third, second], world)
    assert again.id == held.id
    assert other.id == twice.id != another.id
    assert await count(db, "SELECT count(*) FROM assignment") == 3


async def test_a_refusal_is_its_own(make_world, people, desk, db, make_person):
    world = await make_world(items=2)
    (member,) = await people(1)
    stranger = await make_person("trainer")
    claims = Claims(db)
    wishes = [Claim(actor, world.terms, False, utc_now()) for actor in (member, stranger)]
    taken, refused = await asyncio.gather(*map(claims.claim, wishes), return_exceptions=True)
    assert taken.item_id in world.item_ids
    assert type(refused).__name__ == "NotYourProjectError"


async def test_answers_of_one_moment_are_paid_and_refused_one_by_one(make_world, people, desk, db):
    world = await make_world(items=3)
    actors = await people(3)
    views = await take_all(desk, actors, world)
    told = await asyncio.gather(
        hand_in(desk, actors[0], views[0]),
        hand_in(desk, actors[1], views[1], ideal=""),
        hand_in(desk, actors[2], views[2]),
        hand_in(desk, actors[0], views[0]),  # a double click
        hand_in(desk, actors[1], views[0]),  # somebody else's task
        return_exceptions=True,
    )
    first, incomplete, third, repeated, stolen = told
    assert (first[1], third[1], repeated[1]) == (True, True, False)
    assert repeated[0].submission_id == first[0].submission_id
    assert isinstance(incomplete, InvalidAnswerError)
    assert isinstance(stolen, NoSuchAssignmentError)
    assert await count(db, "SELECT count(*) FROM submission") == 2
    assert await count(db, "SELECT count(*) FROM time_entry") == 2
    assert await count(db, "SELECT count(*) FROM event WHERE name = 'work.submitted'") == 2


async def test_two_tasks_of_one_person_handed_in_together_share_one_clock(make_world, people, desk, db):
    worlds = [await make_world(items=1), await make_world(items=1)]
    (actor,) = await people(1)
    views = [(await take_all(desk, [actor], world))[0] for world in worlds]
    async with db.hot() as driver:
        await driver.execute(
            "UPDATE assignment SET claimed_at = claimed_at - interval '1 min', started_at = started_at - interval '1 min',"
            " beat_at = beat_at - interval '1 min'"
        )
    receipts = await asyncio.gather(*(hand_in(desk, actor, view) for view in views))
    spent = sum(receipt.spent.total_ms for receipt, _fresh in receipts)
    assert 60_000 <= spent < 65_000, "a minute of one person is a minute, however many tasks were open"


async def test_each_answer_is_looked_at_in_its_own_persons_language(make_world, people, desk, db, monkeypatch):
    world = await make_world(items=2)
    actors = await people(2)
    views = await take_all(desk, actors, world)
    spoken = []
    kind = task_kind(world.terms.kind)
    checked = type(kind).validate_answer

    def look(self, *args):
        spoken.append(current_language())
        return checked(self, *args)

    monkeypatch.setattr(type(kind), "validate_answer", look)

    async def in_language(language, actor, view):
        set_language(language)
        await hand_in(desk, actor, view)

    await asyncio.gather(*(in_language(*one) for one in zip(("en", "es"), actors, views, strict=True)))
    assert sorted(spoken) == ["en", "es"]
