"""What a reported conversation was reported as decides who gets it, and is counted as what they were exposed to."""

import pytest

from preceptor.lib.clock import utc_now
from preceptor.people.operations import set_consents
from preceptor.people.rules import SYSTEM, ContentCategory
from preceptor.work.operations.adding import GivenItem, add_given_items
from preceptor.work.operations.claiming import Queue
from preceptor.work.queries.admission import admission_of
from preceptor.work.rules.lanes import Lane, announcing
from tests.work.test_reports import KIND, given, send
from tests.work.test_time import Task

HATE, HARASSMENT = ContentCategory.HATE, ContentCategory.HARASSMENT


@pytest.fixture
async def triage(make_world):
    return await make_world(items=0, kind=KIND)


async def lanes(db, world):
    async with db.hot() as driver:
        query = "SELECT lane FROM item WHERE project_id = %s ORDER BY id"
        return [row[0] for row in await (await driver.execute(query, (world.terms.id,))).fetchall()]


async def take(db, world, actor):
    now = utc_now()
    async with db.read() as session:
        admission = await admission_of(session, actor=actor, terms=world.terms, now=now)
    async with db.hot() as driver:
        found = await Queue().claim(driver, actor=actor, terms=world.terms, admission=admission, now=now)
    return None if found is None else Task(db, actor, world, found.id, found.item_id, now, found.content)


async def agree(db, actor, *categories):
    async with db.write() as session:
        await set_consents(session, actor=actor, categories=categories, now=utc_now())


@pytest.mark.parametrize(
    ("categories", "lane"),
    [
        ((), ""),
        (("errors", "private", "other"), ""),
        (("illegal",), "//illegal"),
        (("offensive",), "//harassment+hate"),
        (("self_harm", "violence", "errors"), "//self_harm+violence"),
        (("no such thing",), ""),
    ],
)
async def test_the_category_sets_the_lane(db, triage, categories, lane):
    await send(db, triage.terms, given("a", categories=categories))
    assert await lanes(db, triage) == [lane]


async def test_only_who_has_agreed_gets_it_and_their_minutes_are_counted(db, triage, make_person, team_id):
    await send(db, triage.terms, given("a", categories=("hate",)))
    actor = await make_person("trainer", team=team_id)
    assert await take(db, triage, actor) is None
    await agree(db, actor, HARASSMENT)
    assert await take(db, triage, actor) is None
    await agree(db, actor, HATE)
    task = await take(db, triage, actor)
    for minute in (2, 4, 6):
        await task.beat(minute, touched=True)
    async with db.hot() as driver, driver.transaction():
        await driver.execute("UPDATE assignment SET lease_until = now() - interval '1 minute'")
    async with db.read() as session:
        admission = await admission_of(session, actor=actor, terms=triage.terms, now=utc_now())
    assert admission.exposed_ms(HATE) == 6 * 60_000
    assert admission.exposed_ms(HARASSMENT) == 0


async def test_items_that_managers_add_announce_it_too_beside_what_they_say(db, triage):
    content = {"messages": [{"role": "user", "content": "Hello."}], "categories": ["violence"]}
    async with db.write() as session:
        items = [GivenItem(content=content, categories=("hate",)), GivenItem(content=content)]
        await add_given_items(session, actor=SYSTEM, terms=triage.terms, items=items)
    assert await lanes(db, triage) == ["//hate+violence", "//violence"]


def test_a_lane_that_announces_it_already_stays_itself():
    lane = Lane("ca", 3, frozenset({HATE}))
    assert announcing(lane, ("hate", "nothing")) is lane
    assert announcing(lane, ("harassment",)) == Lane("ca", 3, frozenset({HATE, HARASSMENT}))
