"""Lanes on a real database: nobody gets what is not for them, and whatever is open is for somebody who may take it."""

import asyncio
import random

import pytest

from preceptor.lib.clock import utc_now
from preceptor.lib.money import Money
from preceptor.people.rules import SYSTEM, ContentCategory
from preceptor.projects.operations import change_project
from preceptor.projects.rules import ProjectRules
from preceptor.work.operations.claiming import Claimant, Queue
from preceptor.work.operations.items import NewItem, TooManyLanesError, add_items, place_items
from preceptor.work.queries.admission import admission_of
from preceptor.work.queries.lists import list_work, why_empty
from preceptor.work.rules.lanes import Lane
from tests.work.conftest import given_content, hand_in, take

HATE, VIOLENCE = ContentCategory.HATE, ContentCategory.VIOLENCE


@pytest.fixture
def desk(app):
    return app.state.desk


async def admission(db, actor, terms, now=None):
    async with db.read() as session:
        return await admission_of(session, actor=actor, terms=terms, now=now or utc_now())


async def why(db, actor, terms, now=None):
    async with db.read() as session:
        reason = await why_empty(session, actor=actor, terms=terms, now=now or utc_now())
    return reason and reason.code.value


async def rows(db, query, *values):
    async with db.hot() as driver:
        return await (await driver.execute(query, values)).fetchall()


LANES = [
    Lane(),
    Lane("ca", 2),
    Lane("ca", 5),
    Lane("es", 1, frozenset({HATE})),
    Lane("", 0, frozenset({HATE, VIOLENCE})),
]


@pytest.mark.parametrize("seed", range(3))
async def test_nobody_gets_what_is_not_for_them_and_what_is_open_is_for_somebody(
    seed, db, desk, make_trainer, make_lanes
):
    chance = random.Random(seed)
    world, lane_by_item = await make_lanes(LANES, each=3, wanted=2)
    actors = [
        await make_trainer(
            *((language, chance.randint(1, 5)) for language in ("ca", "es") if chance.random() < 0.7),
            consents=[one for one in (HATE, VIOLENCE) if chance.random() < 0.6],
        )
        for _number in range(8)
    ]
    admissions = {actor.person_id: await admission(db, actor, world.terms) for actor in actors}
    for _round in range(20):
        views = await asyncio.gather(*(take(desk, actor, world) for actor in actors))
        if not any(views):
            break
        for actor, view in zip(actors, views, strict=True):
            if view is not None:
                lane = lane_by_item[view.item.id]
                assert admissions[actor.person_id].may(lane.key), (lane, view.item)
                assert {one.key for one in view.content_warnings} == lane.categories
                await hand_in(desk, actor, view)
    left = await rows(db, "SELECT item_id, lane FROM slot WHERE state = 'open'")
    for item_id, lane in left:
        done = {one for (one,) in await rows(db, "SELECT trainer_id FROM assignment WHERE item_id = %s", item_id)}
        able = [actor for actor in actors if actor.person_id not in done and admissions[actor.person_id].may(lane)]
        assert not able, "somebody who may take it did not get it"
    assert len(left) < 2 * len(lane_by_item)


async def test_demanding_lanes_come_first_and_priority_before_them(desk, make_trainer, make_lanes, db):
    world, lane_by_item = await make_lanes([Lane(), Lane("ca", 5), Lane("ca", 2)])
    able = await make_trainer(("ca", 5))
    async with db.write() as session:
        urgent = NewItem(content=given_content(99), priority=0)
        (first_id,) = await add_items(session, actor=SYSTEM, terms=world.terms, items=[urgent])
    seen = []
    for _round in range(4):
        view = await take(desk, able, world)
        seen.append(view.item.id)
        await hand_in(desk, able, view)
    assert seen[0] == first_id
    assert [lane_by_item[item_id].level for item_id in seen[1:]] == [5, 2, 0]


async def test_people_of_one_line_are_served_together_and_others_beside_them(db, make_trainer, make_lanes):
    world, lane_by_item = await make_lanes([Lane("ca", 1), Lane("es", 1)], each=4)
    catalans = [await make_trainer(("ca", 3)) for _number in range(3)]
    spaniards = [await make_trainer(("es", 3)) for _number in range(3)]
    claimants = [Claimant(one, await admission(db, one, world.terms)) for one in catalans + spaniards]
    async with db.hot() as driver:
        found = await Queue().claim_together(driver, claimants=claimants, terms=world.terms, now=utc_now())
    assert len(found) == 6
    for actor in catalans:
        assert lane_by_item[found[actor.person_id].item_id].language == "ca"
    for actor in spaniards:
        assert lane_by_item[found[actor.person_id].item_id].language == "es"


async def test_each_is_paid_by_their_own_admission(db, make_trainer, make_lanes):
    world, _lanes = await make_lanes([Lane()], each=4)
    actors = [await make_trainer() for _number in range(3)]
    claimants = []
    for number, actor in enumerate(actors):
        found = await admission(db, actor, world.terms)
        found.pay = type(found.pay)(rate=Money(1000 + number, "EUR"), cap_ms=60_000 * (1 + number))
        claimants.append(Claimant(actor, found))
    async with db.hot() as driver:
        await Queue().claim_together(driver, claimants=claimants, terms=world.terms, now=utc_now())
    paid = await rows(db, "SELECT trainer_id, rate_minor, cap_ms FROM assignment")
    assert sorted(paid) == sorted((one.person_id, 1000 + n, 60_000 * (1 + n)) for n, one in enumerate(actors))


async def test_a_new_lane_is_not_open_to_those_admitted_before_it_came(db, desk, make_trainer, make_lanes):
    world, _lanes = await make_lanes([Lane()])
    actor = await make_trainer()
    await hand_in(desk, actor, await take(desk, actor, world))
    async with db.write() as session:
        item = NewItem(content=given_content(7), lane=Lane("ca", 3).key)
        await add_items(session, actor=SYSTEM, terms=world.terms, items=[item])
    assert await take(desk, actor, world) is None
    assert await why(db, actor, world.terms) == "language"


async def test_a_change_of_the_project_holds_for_all_its_items(db, desk, make_trainer, make_lanes, make_person):
    world, _lanes = await make_lanes([Lane()], each=3)
    actor = await make_trainer()
    await hand_in(desk, actor, await take(desk, actor, world))
    rules = ProjectRules(categories=(VIOLENCE,), daily_minutes=30)
    async with db.write() as session:
        await change_project(session, actor=await make_person("manager"), slug=world.terms.slug, rules=rules)
    desk._terms.clear()
    assert await take(desk, actor, world) is None
    async with db.read() as session:
        (entry,) = (await list_work(session, actor=actor, now=utc_now())).entries
    assert (entry.reason.code, entry.content, entry.daily_minutes) == ("content", [VIOLENCE], 30)
    assert entry.reason.link == "/account/work"


async def test_moving_an_item_moves_its_open_slots_and_leaves_the_rest(db, desk, make_trainer, make_lanes):
    world, lane_by_item = await make_lanes([Lane()], wanted=2)
    (item_id,) = lane_by_item
    plain, catalan = await make_trainer(), await make_trainer(("ca", 5))
    held = await take(desk, plain, world)
    async with db.write() as session:
        moved = await place_items(session, actor=SYSTEM, terms=world.terms, item_ids=[item_id], lane=Lane("ca", 4))
    assert moved == 1
    assert await take(desk, await make_trainer(), world) is None
    assert (await take(desk, catalan, world)).item.id == item_id
    await hand_in(desk, plain, held)
    found = await rows(db, "SELECT lane, state FROM slot ORDER BY n")
    assert sorted(found) == [("ca/4/", "done"), ("ca/4/", "held")]


async def test_one_person_takes_no_more_than_the_project_allows(db, desk, make_trainer, make_lanes):
    world, _lanes = await make_lanes([Lane()], each=5, most_per_person=2)
    actor = await make_trainer()
    for _round in range(2):
        await hand_in(desk, actor, await take(desk, actor, world))
    assert await take(desk, actor, world) is None
    assert await why(db, actor, world.terms) == "cap_reached"
    assert await take(desk, await make_trainer(), world) is not None


async def test_items_are_added_and_moved_by_language_level_and_content(db, make_lanes, as_role):
    world, _lanes = await make_lanes([])
    client = await as_role("manager")
    base = f"/api/v1/projects/{world.terms.slug}/items"
    items = [{"content": given_content(1), "language": "CA", "level": 3, "categories": ["violence", "hate"]}]
    added = await client.post(base, json={"items": items})
    assert added.status_code == 201, added.text
    item_id = added.json()["ids"][0]
    assert await rows(db, "SELECT lane FROM slot") == [("ca/3/hate+violence",)]
    moved = await client.post(f"{base}/place", json={"ids": [item_id], "level": 2})
    assert moved.json() == {"changed": 1}
    row = (await client.get(f"{base}/{item_id}")).json()
    assert (row["language"], row["level"], row["categories"]) == ("", 2, [])
    for bad in ({"language": "ca/evil"}, {"level": 9}, {"categories": ["nice"]}):
        assert (await client.post(f"{base}/place", json={"ids": [item_id], **bad})).status_code == 422
        wrong = await client.post(base, json={"items": [{"content": given_content(2), **bad}]})
        assert wrong.status_code == 422
    page = await client.get(f"/projects/{world.terms.slug}/items/{item_id}")
    assert page.status_code == 200
    assert "Who takes it" in page.text


async def test_one_project_has_only_so_many_lanes(db, make_lanes, monkeypatch):
    monkeypatch.setattr("preceptor.work.operations.items.MOST_LANES", 3)
    world, _lanes = await make_lanes([Lane("ca"), Lane("es")])
    new = [NewItem(content=given_content(9), lane=Lane(one).key) for one in ("de", "fr")]
    async with db.write() as session:
        with pytest.raises(TooManyLanesError):
            await add_items(session, actor=SYSTEM, terms=world.terms, items=new)
