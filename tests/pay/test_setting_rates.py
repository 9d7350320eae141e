"""Setting rates: with notice where somebody would be paid less, told to whom it changes something, shown before Start."""

from datetime import timedelta

import pytest

from preceptor import flow
from preceptor.lib.clock import utc_now
from preceptor.lib.errors import InvalidError
from preceptor.lib.money import Money
from preceptor.pay.operations import import_floors
from preceptor.pay.queries import list_rates
from preceptor.pay.rules import Activity, Reach, read_floors
from preceptor.people.operations.profile import set_place_and_languages
from preceptor.people.queries.notices import list_notices
from preceptor.people.rules import SYSTEM, MissingPermissionError, Place
from preceptor.projects.operations import change_project
from preceptor.projects.operations.rates import set_project_rate
from preceptor.work.queries.pay_terms import pay_terms_of
from tests.work.conftest import make_world  # noqa: F401 (a fixture)

CATALONIA = Place("ES", "CT")


@pytest.fixture
async def trainer(db, make_person, team_id):
    actor = await make_person("trainer", team=team_id)
    async with db.write() as session:
        await set_place_and_languages(session, actor=SYSTEM, person_id=actor.person_id, place=CATALONIA, spoken=())
    return actor


async def put(db, world, minor, *, days=0, actor=SYSTEM, place=CATALONIA, activity=None, level=None):
    now = utc_now()
    async with db.write() as session:
        return await set_project_rate(
            session,
            actor=actor,
            slug=world.terms.slug,
            reach=Reach(place=place, activity=activity, level=level),
            rate=None if minor is None else Money(minor, "EUR"),
            currency="EUR",
            valid_from=now + timedelta(days=days),
            notice_days=14,
            now=now,
        )


async def told(db, actor):
    while await flow.fold_events(db):
        pass
    async with db.read() as session:
        return [(one.subject, one.body) for one in (await list_notices(session, actor=actor)).rows]


async def rate_of(db, world, actor, *, days=0.0):
    async with db.read() as session:
        at = utc_now() + timedelta(days=days)
        return (await pay_terms_of(session, person_id=actor.person_id, project=world.terms, at=at)).rate.amount


async def test_a_rise_holds_at_once_and_is_told(db, make_world, trainer, make_person, team_id):  # noqa: F811
    world = await make_world()
    elsewhere = await make_person("trainer", team=team_id)
    await put(db, world, 4000)
    assert await rate_of(db, world, trainer) == 4000
    assert await rate_of(db, world, elsewhere) == 3600
    ((subject, body),) = await told(db, trainer)
    assert "€40.00 an hour" in subject
    assert "instead of €36.00" in body
    assert await told(db, elsewhere) == []


async def test_less_needs_notice_and_is_told_before_it_holds(db, make_world, trainer):  # noqa: F811
    world = await make_world()
    for days in (0, 13):
        with pytest.raises(InvalidError) as error:
            await put(db, world, 3500, days=days)
        assert error.value.fields[0].path == "valid_from"
    await put(db, world, 3500, days=15)
    assert (await rate_of(db, world, trainer), await rate_of(db, world, trainer, days=15)) == (3600, 3500)
    ((_subject, body),) = await told(db, trainer)
    assert " UTC on. What you have begun by then keeps" in body, "a day begins at another hour where they are"
    with pytest.raises(InvalidError):
        await put(db, world, 100, days=1, place=Place("ES"), activity=Activity.REVIEW)


async def test_a_rise_that_was_told_is_not_taken_back_by_a_smaller_one_nearer_by(db, make_world, trainer):  # noqa: F811
    world = await make_world()
    await put(db, world, 4500, days=5, place=Place())
    with pytest.raises(InvalidError) as error:
        await put(db, world, 4000)
    assert error.value.fields[0].path == "valid_from"
    await put(db, world, 4500)
    assert (await rate_of(db, world, trainer), await rate_of(db, world, trainer, days=6)) == (4500, 4500)


async def test_a_rate_that_ends_leaves_the_next_wider_one_and_needs_notice_where_that_is_less(db, make_world):  # noqa: F811
    world = await make_world()
    await put(db, world, 5000)
    with pytest.raises(InvalidError):
        await put(db, world, None)
    await put(db, world, None, days=15)
    async with db.read() as session:
        rows = await list_rates(session, actor=SYSTEM, project_id=world.terms.id, now=utc_now())
        assert [row.state for row in rows] == ["later", "in force"]


async def test_below_the_floor_nothing_is_set(db, make_world):  # noqa: F811
    world = await make_world()
    text = "country,region,currency,hourly,source,valid_from\nES,,EUR,38,BOE,2026-01-01\n"
    async with db.write() as session:
        await import_floors(session, actor=SYSTEM, floors=read_floors(text).floors)
    with pytest.raises(InvalidError) as error:
        await put(db, world, 3799)
    assert error.value.fields[0].path == "rate"
    await put(db, world, 3800)


async def test_the_projects_own_rate_goes_up_at_once_and_down_by_the_table_alone(db, make_world, trainer, make_person):  # noqa: F811
    world = await make_world()
    with pytest.raises(InvalidError) as error:
        async with db.write() as session:
            await change_project(session, actor=SYSTEM, slug=world.terms.slug, rate=Money(3599, "EUR"))
    assert "notice" in str(error.value.fields[0].message)
    async with db.write() as session:
        await change_project(session, actor=SYSTEM, slug=world.terms.slug, rate=Money(3700, "EUR"))
    ((subject, _body),) = await told(db, trainer)
    assert "€37.00 an hour" in subject
    with pytest.raises(MissingPermissionError):
        await put(db, world, 4000, actor=trainer)


async def test_the_page_sets_a_rate_and_the_trainer_sees_it_before_start(db, make_world, signed_in, as_role, trainer):  # noqa: F811
    world = await make_world(cap_minutes=30, estimated_minutes=10)
    manager = await as_role("manager")
    path = f"/projects/{world.terms.slug}/rates"
    assert "No rates yet" in (await manager.get(path)).text
    form = {"country": "ES", "region": "CT", "rate": "42.50", "currency": "EUR", "note": "Catalan writers"}
    assert (await manager.post(path, data=form)).status_code == 303
    page = await manager.get(path)
    assert "Spain, CT" in page.text
    assert "€42.50" in page.text
    page = await manager.post(path, data={**form, "rate": "40"})
    assert (page.status_code, "days’ notice" in page.text, 'value="40"' in page.text) == (422, True, True)
    page = await manager.post(path, data={**form, "rate": "x"})
    assert page.status_code == 422
    page = await manager.post(path, data={**form, "rate": ""})
    assert (page.status_code, "Give a rate" in page.text) == (422, True)
    page = await (await signed_in(trainer)).get("/work")
    assert "€42.50" in page.text
    assert "the rate of your place and level" in page.text
    assert (await manager.get("/rates/reviewer")).status_code == 200
    assert (await manager.get("/rates/nobody")).status_code == 404
    answer = await manager.post("/rates/reviewer", data={"rate": "40", "currency": "EUR"})
    assert answer.status_code == 303
    found = (await manager.get(f"/api/v1{path}")).json()["rates"]
    assert [(one["rate_minor"], one["country"], one["state"]) for one in found] == [(4250, "ES", "in force")]
    body = {"rate_minor": 5000, "currency": "EUR", "level": 3}
    assert (await manager.post(f"/api/v1{path}", json=body)).status_code == 201
    answer = await manager.post(f"/api/v1{path}", json={**body, "rate_minor": 4000})
    assert answer.status_code == 422
