"""What a person is paid for what they begin: the table of rates, the project's own rate, and the floor of their place."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from preceptor.lib.money import Money
from preceptor.pay.queries import floor_for
from preceptor.pay.rules import Activity
from preceptor.pay.tables import FloorRate, Rate
from preceptor.people.operations.profile import set_place_and_languages
from preceptor.people.rules import Place
from preceptor.work.queries.pay_terms import pay_terms_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def add(db, *rows):
    async with db.write() as session:
        session.add_all(rows)


async def terms(db, actor, world, *, activity=None, at=NOW):
    async with db.read() as session:
        return await pay_terms_of(session, person_id=actor.person_id, project=world.terms, activity=activity, at=at)


@pytest.fixture
async def trainer(db, make_person, team_id):
    actor = await make_person("trainer", team=team_id)
    async with db.write() as session:
        await set_place_and_languages(
            session, actor=actor, person_id=actor.person_id, place=Place("ES", "CT"), spoken=()
        )
    return actor


async def test_without_anything_else_the_projects_own_rate_holds(db, make_world, trainer):
    world = await make_world(cap_minutes=30, task_price_minor=250)
    found = await terms(db, trainer, world)
    assert (found.rate, found.cap_ms, found.task_minor) == (Money(3600, "EUR"), 1_800_000, 250)
    assert (found.source, found.valid_until) == ("project", None)
    reviewing = await terms(db, trainer, world, activity=Activity.REVIEW)
    assert (reviewing.cap_ms, reviewing.task_minor) == (None, None), "the cap and the price are for tasks"


async def test_a_rate_of_the_place_comes_first_and_a_later_one_holds_from_its_day(db, make_world, trainer):
    world = await make_world(task_price_minor=250)
    later = NOW + timedelta(days=14)
    common = {"project_id": world.terms.id, "country": "ES", "currency": "USD"}
    await add(
        db,
        Rate(**common, region="CT", rate_minor=1700, valid_from=NOW - timedelta(days=1)),
        Rate(**common, region="CT", rate_minor=1600, valid_from=later),
    )
    found = await terms(db, trainer, world)
    assert (found.rate, found.source, found.valid_until) == (Money(1700, "USD"), "rate", later)
    assert found.task_minor is None, "a price per task in another currency is not paid"
    assert (await terms(db, trainer, world, at=later)).rate == Money(1600, "USD")


async def test_nobody_is_paid_less_than_the_floor_of_their_place(db, make_world, trainer):
    world = await make_world()
    await add(
        db,
        FloorRate(country="ES", currency="EUR", hourly_minor=3700, source="law", valid_from=date(2026, 1, 1)),
        FloorRate(country="ES", currency="EUR", hourly_minor=3800, source="law", valid_from=date(2027, 1, 1)),
    )
    found = await terms(db, trainer, world)
    assert (found.rate, found.source) == (Money(3700, "EUR"), "floor")
    assert found.valid_until == datetime(2027, 1, 1, tzinfo=UTC)
    async with db.read() as session:
        assert (await floor_for(session, place=Place("ES", "CT"), at=NOW)).least == Money(3700, "EUR")
        assert await floor_for(session, place=Place("FR"), at=NOW) is None


async def test_unpaid_work_pays_nothing_whatever_the_table_says(db, make_world, trainer):
    world = await make_world()
    unpaid = world.terms.__class__(
        **{name: getattr(world.terms, name) for name in world.terms.__struct_fields__ if name != "rules"},
        rules=world.terms.rules.__class__(unpaid=True),
    )
    await add(db, Rate(project_id=world.terms.id, currency="EUR", rate_minor=1700, valid_from=NOW))
    async with db.read() as session:
        found = await pay_terms_of(session, person_id=trainer.person_id, project=unpaid, at=NOW)
    assert found.rate == Money(0, "EUR")


@pytest.mark.parametrize("table", [Rate, FloorRate])
async def test_what_was_set_is_never_changed_or_taken_away(db, make_world, table):
    world = await make_world()
    await add(
        db,
        Rate(project_id=world.terms.id, currency="EUR", rate_minor=1700, valid_from=NOW),
        FloorRate(currency="EUR", hourly_minor=3700, source="law", valid_from=date(2026, 1, 1)),
    )
    for statement in (update(table).values(currency="USD"), delete(table)):
        with pytest.raises(IntegrityError, match="append-only"):
            async with db.write() as session:
                await session.execute(statement)
