"""Content that can weigh on people: announced, asked for, limited by the day; and being told when work opens."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select

from preceptor.flow import fold_events
from preceptor.lib.clock import utc_now
from preceptor.people.operations import set_consents
from preceptor.people.queries import own_wellbeing, profile_of
from preceptor.people.rules import SYSTEM, ContentCategory, Spoken
from preceptor.people.tables import Person
from preceptor.work.events import Skipped
from preceptor.work.operations.claiming import Claimant, Queue
from preceptor.work.operations.ending import closing_values, earned_facts, end, read_assignment
from preceptor.work.operations.expiring import expire_due
from preceptor.work.operations.exposure import record_judging
from preceptor.work.operations.items import NewItem, add_items
from preceptor.work.operations.leasing import ContentClosedError
from preceptor.work.operations.waiting import note_waiting, tell_who_waited
from preceptor.work.queries.admission import access_own_exposure, admission_of
from preceptor.work.queries.lists import why_empty
from preceptor.work.rules.lanes import Lane
from preceptor.work.tables import Exposure
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


async def test_who_found_no_work_is_told_once_when_some_opens(db, desk, make_trainer, make_lanes):
    world, _lanes = await make_lanes([Lane()])
    first, second = [await make_trainer() for _number in range(2)]
    await hand_in(desk, first, await take(desk, first, world))
    await rows(db, "UPDATE assignment SET claimed_at = claimed_at - interval '1 hour' RETURNING id")
    for actor in (first, second):
        await desk.waits(actor=actor, project_ids=[world.terms.id], now=utc_now() - timedelta(minutes=5))

    async def tell(now):
        async with db.write() as session:
            return await tell_who_waited(session, now=now)

    assert await tell(utc_now()) == 0, "nothing is open"
    more = [NewItem(content=given_content(number)) for number in (11, 12)]
    async with db.write() as session:
        await add_items(session, actor=SYSTEM, terms=world.terms, items=more)
    assert await tell(utc_now()) == 2
    told = await rows(db, "SELECT kind, link, body FROM notification")
    assert [(kind, link) for kind, link, _body in told] == [("work.opened", "/work")] * 2
    assert world.terms.title in told[0][2]
    assert await rows(db, "SELECT * FROM work_wait") == []
    async with db.hot() as driver:
        await note_waiting(driver, person_id=first.person_id, project_ids=[world.terms.id], now=utc_now())
    assert await tell(utc_now() + timedelta(hours=23)) == 0, "at most once a day"
    assert await tell(utc_now() + timedelta(hours=25)) == 1


async def test_who_worked_in_between_and_found_nothing_again_is_told(db, desk, make_trainer, make_lanes):
    world, _lanes = await make_lanes([Lane()])
    actor = await make_trainer()
    long_ago = utc_now() - timedelta(minutes=10)
    await desk.waits(actor=actor, project_ids=[world.terms.id], now=long_ago)
    await hand_in(desk, actor, await take(desk, actor, world))
    await rows(db, "UPDATE assignment SET claimed_at = claimed_at - interval '5 minutes' RETURNING id")
    await desk.waits(actor=actor, project_ids=[world.terms.id], now=utc_now())
    async with db.write() as session:
        await add_items(session, actor=SYSTEM, terms=world.terms, items=[NewItem(content=given_content(11))])
    async with db.write() as session:
        assert await tell_who_waited(session, now=utc_now() + timedelta(minutes=3)) == 1


async def test_nobody_is_told_of_work_that_is_not_for_them(db, desk, make_trainer, make_lanes):
    world, _lanes = await make_lanes([Lane("ca", 3)], each=2)
    stranger, catalan, busy = await make_trainer(), await make_trainer(("ca", 4)), await make_trainer(("ca", 4))
    long_ago = utc_now() - timedelta(minutes=10)
    for actor in (stranger, catalan, busy):
        await desk.waits(actor=actor, project_ids=[world.terms.id], now=long_ago)
    assert await take(desk, busy, world)
    async with db.write() as session:
        assert await tell_who_waited(session, now=utc_now()) == 1
    assert await rows(db, "SELECT person_id FROM notification") == [(catalan.person_id,)]
    assert await rows(db, "SELECT person_id FROM work_wait") == [(stranger.person_id,)]


async def test_what_is_held_ahead_goes_back_when_a_consent_is_withdrawn(db, desk, make_trainer, make_lanes):
    world, _lanes = await make_lanes([Lane("", 0, frozenset({HATE}))], each=2)
    actor = await make_trainer(consents=[HATE, VIOLENCE])
    await take(desk, actor, world)
    await take(desk, actor, world, prefetch=True)
    await fold_events(db)
    async with db.write() as session:
        await set_consents(session, actor=actor, categories=[VIOLENCE], now=utc_now())
    await fold_events(db)
    async with db.hot() as driver, driver.transaction():
        await expire_due(driver, now=utc_now() + timedelta(seconds=1))
    assert await rows(db, "SELECT state FROM assignment") == [("active",)], "though they work on the one before it"
    assert await rows(db, "SELECT paid_ms FROM time_entry WHERE outcome = 'expired'") == []


async def test_one_sets_what_one_speaks_and_sees_on_ones_own_page(db, make_trainer, signed_in):
    actor = await make_trainer(("ca", 2))
    client = await signed_in(actor)
    shown = await client.get("/account/work")
    assert shown.status_code == 200
    assert "Content that can weigh on you" in shown.text
    form = {
        "spoken[]": "",
        "spoken.0.language": "pt-BR",
        "spoken.0.level": "4",
        "spoken.1.language": "",
        "blur": "true",
        "break_minutes": "30",
    }
    assert (await client.post("/account/work", data=form)).status_code == 303
    assert (await client.post("/account/work/content", data={"categories": ["hate", "violence"]})).status_code == 303
    async with db.read() as session:
        profile = await profile_of(session, person_id=actor.person_id)
        chosen = await own_wellbeing(session, actor=actor)
    assert profile.spoken == (Spoken("pt-BR", 4),)
    assert profile.consents == {HATE, VIOLENCE}
    assert (chosen.blur, chosen.greyscale, chosen.break_minutes) == (True, False, 30)
    assert (await client.post("/account/work/content", data={})).status_code == 303
    async with db.read() as session:
        assert (await profile_of(session, person_id=actor.person_id)).consents == frozenset()
    bad = await client.post("/account/work", data=form | {"break_minutes": "9999"})
    assert bad.status_code == 422
    wrong = await client.post("/account/work/content", data={"categories": ["nonsense"]})
    assert wrong.status_code == 422


async def test_the_list_of_work_announces_content_and_says_what_would_open_it(db, make_trainer, make_lanes, signed_in):
    world, _lanes = await make_lanes([Lane("ca", 3, frozenset({HATE}))])
    client = await signed_in(await make_trainer(("ca", 3)))
    (entry,) = (await client.get("/api/v1/work")).json()["projects"]
    assert entry["content"] == ["hate"]
    assert entry["reason"]["code"] == "content"
    assert entry["reason"]["link"] == "/account/work"
    shown = (await client.get("/work")).text
    assert "Hate against groups of people" in shown
    assert "said yes to that" in shown
    refused = await client.post(f"/api/v1/projects/{world.terms.slug}/claim", json={})
    assert refused.status_code == 404
    assert refused.json()["reason_code"] == "content"


@pytest.mark.parametrize("elsewhere", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
async def test_a_days_minutes_come_along_to_another_time_zone(db, signed_in, make_person, team_id, elsewhere):
    """Where it is tomorrow already, or still yesterday, there is no other day to be had."""
    person = await make_person("trainer", team=team_id)
    mine = await signed_in(person)
    homes = {"Pacific/Kiritimati": "Pacific/Pago_Pago", "Pacific/Pago_Pago": "Pacific/Kiritimati"}  # never one day

    async def move(zone):
        answer = await mine.post("/account", data={"name": "Ann", "language": "", "time_zone": zone})
        assert answer.status_code == 303, answer.text

    async def seen():
        async with db.read() as session:
            zone = (await session.get_one(Person, person.person_id)).time_zone
            actor = msgspec.structs.replace(person, time_zone=zone)
            return dict(await access_own_exposure(session, actor=actor, now=utc_now()))

    async def spend(minutes):
        async with db.hot() as driver, driver.transaction():
            await record_judging(
                driver, person_id=person.person_id, categories=["hate"], ms=minutes, whole_ms=minutes, ends=utc_now()
            )

    await move(homes[elsewhere])
    await spend(90)
    await move(elsewhere)
    assert await seen() == {HATE: 90}
    await spend(30)
    assert await seen() == {HATE: 120}
    await move(homes[elsewhere])
    assert await seen() == {HATE: 120}, "and back again, counted once"
    await move(elsewhere)
    assert await seen() == {HATE: 120}
    async with db.read() as session:
        assert sum(await session.scalars(select(Exposure.ms))) == 120, "figures count what was spent"
