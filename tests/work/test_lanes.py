"""Lanes on a real database: nobody gets what is not for them, and whatever is open is for somebody who may take it."""

import asyncio
import random
from datetime import timedelta
from uuid import uuid4

import pytest

from preceptor.lib.clock import utc_now
from preceptor.lib.money import Money
from preceptor.people.operations import set_consents, set_place_and_languages
from preceptor.people.rules import SYSTEM, ContentCategory, Place, Spoken
from preceptor.projects.operations import change_project
from preceptor.projects.rules import ProjectRules
from preceptor.work.operations.claiming import Claimant, Queue
from preceptor.work.operations.items import NewItem, add_items, place_items
from preceptor.work.operations.leasing import ContentClosedError
from preceptor.work.queries.admission import admission_of
from preceptor.work.queries.lists import list_work, why_empty
from preceptor.work.rules.lanes import Lane, lane_of
from tests.work.conftest import answer_to, given_content

HATE, VIOLENCE = ContentCategory.HATE, ContentCategory.VIOLENCE


@pytest.fixture
def desk(app):
    return app.state.desk


@pytest.fixture
def make_trainer(db, make_person, team_id):
    async def make(*spoken, consents=()):
        actor = await make_person("trainer", team=team_id)
        async with db.write() as session:
            await set_place_and_languages(
                session,
                actor=actor,
                person_id=actor.person_id,
                place=Place(),
                spoken=[Spoken(language, level) for language, level in spoken],
            )
            await set_consents(session, actor=actor, categories=consents, now=utc_now())
        return actor

    return make


@pytest.fixture
def make_lanes(db, make_world):
    """A project with so many items in each lane; answers its world and, by item, the lane."""

    async def make(lanes, *, each=1, wanted=1, **rules):
        world = await make_world(items=0, **rules)
        new = [
            NewItem(content=given_content(number), wanted=wanted, lane=lane.key)
            for number, lane in enumerate(lane for lane in lanes for _number in range(each))
        ]
        async with db.write() as session:
            ids = await add_items(session, actor=SYSTEM, terms=world.terms, items=new)
        return world, {item_id: lane_of(item.lane) for item_id, item in zip(ids, new, strict=True)}

    return make


async def admission(db, actor, terms, now=None):
    async with db.read() as session:
        return await admission_of(session, actor=actor, terms=terms, now=now or utc_now())


async def why(db, actor, terms, now=None):
    async with db.read() as session:
        reason = await why_empty(session, actor=actor, terms=terms, now=now or utc_now())
    return reason and reason.code.value


async def take(desk, actor, world, *, prefetch=False):
    view, _fresh = await desk.claim(actor=actor, slug=world.terms.slug, prefetch=prefetch, now=utc_now())
    return view


async def hand_in(desk, actor, view):
    return await desk.submit(
        actor=actor, assignment_id=view.id, key=uuid4(), content=answer_to(view), confirmed=("no_errors",)
    )


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


async def test_a_consent_taken_back_holds_at_once_whatever_a_process_remembers(db, make_trainer, make_lanes):
    world, _lanes = await make_lanes([Lane("", 0, frozenset({HATE}))], each=4)
    actors = [await make_trainer(consents=[HATE]) for _number in range(3)]
    claimants = [Claimant(one, await admission(db, one, world.terms)) for one in actors]
    async with db.write() as session:
        await set_consents(session, actor=actors[0], categories=[], now=utc_now())
    queue = Queue()
    async with db.hot() as driver:
        found = await queue.claim_together(driver, claimants=claimants, terms=world.terms, now=utc_now())
        assert set(found) == {one.person_id for one in actors[1:]}
        alone = await queue.claim(
            driver, actor=actors[0], terms=world.terms, admission=claimants[0].admission, now=utc_now()
        )
    assert alone is None
    assert await why(db, actors[0], world.terms) == "content"


async def test_saying_yes_opens_work_without_waiting(db, desk, make_trainer, make_lanes):
    world, _lanes = await make_lanes([Lane("", 0, frozenset({HATE}))])
    actor = await make_trainer()
    assert await take(desk, actor, world) is None
    async with db.write() as session:
        await set_consents(session, actor=actor, categories=[HATE], now=utc_now())
    desk.admissions.forget(actor.person_id)
    view = await take(desk, actor, world)
    assert [one.key for one in view.content_warnings] == ["hate"]
    assert (await rows(db, "SELECT categories FROM assignment")) == [(["hate"],)]


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


async def test_what_was_held_ahead_is_not_shown_once_the_consent_is_gone(db, desk, make_trainer, make_lanes):
    world, _lanes = await make_lanes([Lane("", 0, frozenset({HATE}))], each=2)
    actor = await make_trainer(consents=[HATE])
    first = await take(desk, actor, world)
    ahead = await take(desk, actor, world, prefetch=True)
    async with db.write() as session:
        await set_consents(session, actor=actor, categories=[], now=utc_now())
    receipt = await desk.give_back(actor=actor, assignment_id=first.id, report=False, reason="content", note="")
    assert receipt.outcome == "skipped"
    with pytest.raises(ContentClosedError):
        await desk.start(actor=actor, assignment_id=ahead.id, now=utc_now())


async def test_one_person_takes_no_more_than_the_project_allows(db, desk, make_trainer, make_lanes):
    world, _lanes = await make_lanes([Lane()], each=5, most_per_person=2)
    actor = await make_trainer()
    for _round in range(2):
        await hand_in(desk, actor, await take(desk, actor, world))
    assert await take(desk, actor, world) is None
    assert await why(db, actor, world.terms) == "cap_reached"
    assert await take(desk, await make_trainer(), world) is not None


async def test_the_day_ends_at_midnight_where_the_person_is(db, desk, make_trainer, make_lanes):
    world, _lanes = await make_lanes([Lane("", 0, frozenset({HATE}))], each=3, daily_minutes=20)
    actor = await make_trainer(consents=[HATE])
    async with db.hot() as driver:
        await driver.execute("UPDATE person SET time_zone = 'Asia/Tokyo' WHERE id = %s", (actor.person_id,))
    tokyo = type(actor)(
        **{name: getattr(actor, name) for name in actor.__struct_fields__} | {"time_zone": "Asia/Tokyo"}
    )
    view = await take(desk, tokyo, world)
    # Twenty-five minutes of work that ended ten minutes past midnight in Tokyo, 15:10 in UTC.
    ended = utc_now().replace(hour=15, minute=10, second=0, microsecond=0) - timedelta(days=1)
    async with db.hot() as driver:
        await driver.execute(
            "UPDATE assignment SET claimed_at = %s, started_at = %s, beat_at = %s, active_ms = 1500000 WHERE id = %s",
            (ended - timedelta(minutes=25), ended - timedelta(minutes=25), ended, view.id),
        )
    await end_at(db, view.id, tokyo, ended)
    found = await rows(db, "SELECT day, category, ms FROM exposure ORDER BY day")
    days = [(day - ended.date()).days for day, _category, _ms in found]
    assert days == [0, 1]
    assert [ms for _day, _category, ms in found] == [900_000, 600_000]
    before, after = ended - timedelta(minutes=11), ended + timedelta(minutes=1)
    assert (await admission(db, tokyo, world.terms, before)).exposed_ms(HATE) == 900_000
    assert (await admission(db, tokyo, world.terms, after)).exposed_ms(HATE) == 600_000


async def end_at(db, assignment_id, actor, now):
    from preceptor.work.events import Skipped
    from preceptor.work.operations.ending import closing_values, earned_facts, end, read_assignment

    async with db.hot() as driver, driver.transaction():
        row = await read_assignment(driver, assignment_id)
        event = Skipped(**earned_facts(row), actor_id=actor.person_id, reason="other")
        values = closing_values(row, actor_id=actor.person_id, event=event, now=now)
        values |= {"state": "skipped", "outcome": "skipped", "slot_state": "open", "holder": None}
        await end(driver, [values])


async def test_the_daily_limit_closes_one_kind_of_content_and_counts_what_runs(db, desk, make_trainer, make_lanes):
    world, _lanes = await make_lanes([Lane("", 0, frozenset({HATE})), Lane()], each=2, daily_minutes=20)
    actor = await make_trainer(consents=[HATE])
    seen = set()
    while (view := await take(desk, actor, world)) is not None:
        warned = bool(view.content_warnings)
        assert not (warned and "hate" in seen), "the limit was reached"
        if warned:
            seen.add("hate")
            async with db.hot() as driver:
                await driver.execute("UPDATE assignment SET active_ms = 1200000 WHERE id = %s", (view.id,))
            assert (await admission(db, actor, world.terms)).exposed_ms(HATE) >= 1_200_000
        await hand_in(desk, actor, view)
    assert seen
    assert await why(db, actor, world.terms) == "daily_limit"
    (found,) = await rows(db, "SELECT category, ms FROM exposure")
    assert found[0] == "hate"
    assert found[1] >= 1_200_000
