"""A price for each task: set in the form, shown before Start; less of it has a day, and notice."""

from datetime import UTC, datetime, timedelta

import pytest
from psycopg.errors import IntegrityConstraintViolation

from preceptor import flow
from preceptor.lib.clock import utc_now
from preceptor.lib.money import Money
from preceptor.pay.rules import Reach
from preceptor.people.operations.notices import moment
from preceptor.people.operations.profile import set_place_and_languages
from preceptor.people.queries.notices import list_notices
from preceptor.people.rules import SYSTEM, Place
from preceptor.projects.operations import open_project
from preceptor.projects.operations.rates import set_project_rate, set_project_task_price
from preceptor.projects.rules import ProjectRules
from tests.projects.test_pages import changed, fields_of, project_of, send


async def told(db, actor):
    while await flow.fold_events(db):
        pass
    async with db.read() as session:
        return [(one.subject, one.body) for one in (await list_notices(session, actor=actor)).rows]


async def test_the_form_sets_it_keeps_it_and_raises_it(as_role, db, ready_project, signed_in, make_person, team_id):
    made = await ready_project()
    async with db.write() as session:
        await open_project(session, actor=SYSTEM, slug=made.slug)
    trainer = await make_person("trainer", team=team_id)
    manager, address = await as_role("manager"), f"/projects/{made.slug}/settings"
    fields = fields_of((await manager.get(address)).text)
    assert dict(fields)["task_price"] == ""
    assert (await send(manager, address, changed(fields, task_price="2,50"))).status_code == 303
    assert (await project_of(db, made.slug)).rules.task_price_minor == 250
    shown = await manager.get(address)
    assert dict(fields_of(shown.text))["task_price"] == "2.50"
    assert "each answer costs €2.50" in shown.text
    fields = fields_of(shown.text)
    assert (await send(manager, address, changed(fields, title="Another title"))).status_code == 303
    assert (await project_of(db, made.slug)).rules.task_price_minor == 250, "saving keeps it"
    for wrong in ("2.499", "x", "0", "-1", "2.49", ""):
        answer = await send(manager, address, changed(fields, task_price=wrong))
        assert answer.status_code == 422, wrong
        assert 'id="task_price-error"' in answer.text or "task_price" in answer.text
    assert (await send(manager, address, changed(fields, task_price="3"))).status_code == 303
    subjects = [subject for subject, _body in await told(db, trainer)]
    assert [one.split(": ")[1] for one in subjects] == ["€3.00 for each task", "€2.50 for each task"]
    work = (await (await signed_in(trainer)).get("/api/v1/work")).json()["projects"]
    assert work[0]["task_price"] == {"amount": 300, "currency": "EUR"}


async def test_in_a_draft_it_may_fall_and_exams_have_none(db, make_project, as_role, client_id):
    made = await make_project()
    manager = await as_role("manager")
    for price in (500, 400, None):
        change = {"rules": {"task_price_minor": price}}
        answer = await manager.patch(f"/api/v1/projects/{made.slug}", json=change)
        assert (answer.status_code, answer.json()["rules"]["task_price_minor"]) == (200, price)
    body = {
        "title": "An exam",
        "client_id": str(client_id),
        "kind": answer.json()["kind"],
        "rate_per_hour": {"amount": 2000, "currency": "EUR"},
        "purpose": "exam",
        "rules": {"task_price_minor": 300},
    }
    answer = await manager.post("/api/v1/projects", json=body)
    assert answer.status_code == 422
    assert [one["path"] for one in answer.json()["fields"]] == ["rules.task_price_minor"]


async def test_every_rule_can_be_changed_through_the_api(make_project, as_role):
    made = await make_project()
    change = {"language": "ca", "level": 3, "categories": ["hate"], "daily_minutes": 30, "most_per_person": 7}
    answer = await (await as_role("manager")).patch(f"/api/v1/projects/{made.slug}", json={"rules": change})
    assert answer.status_code == 200
    assert {name: answer.json()["rules"][name] for name in change} == change


async def test_a_price_is_in_the_currency_of_the_project(as_role, db, make_project):
    made = await make_project()
    manager, address = await as_role("manager"), f"/projects/{made.slug}/settings"
    fields = fields_of((await manager.get(address)).text)
    for currency, typed, minor in (("JPY", "250", 250), ("KWD", "1.250", 1250)):
        answer = await send(manager, address, changed(fields, currency=currency, task_price=typed, rate="20"))
        assert answer.status_code == 303, answer.text
        rules = (await project_of(db, made.slug)).rules
        assert Money(rules.task_price_minor, currency) == Money(minor, currency)
    answer = await send(manager, address, changed(fields, currency="JPY", task_price="2.5", rate="20"))
    assert answer.status_code == 422


async def opened(db, made):
    async with db.write() as session:
        await open_project(session, actor=SYSTEM, slug=made.slug)


async def test_less_has_a_day_and_notice_and_is_told(as_role, db, ready_project, signed_in, make_person, team_id):
    made = await ready_project(rules=ProjectRules(task_price_minor=250))
    manager, address = await as_role("manager"), f"/projects/{made.slug}/rates"
    assert "the price stands in the project’s settings" in (await manager.get(address)).text
    refused = await manager.post(f"/projects/{made.slug}/task-prices", data={"price": "2"})
    assert refused.status_code == 409, "a draft has its price in its settings"
    await opened(db, made)
    trainer = await make_person("trainer", team=team_id)
    elsewhere = await make_person("reviewer", team=team_id)
    today = utc_now().date()
    soon, later = ((today + timedelta(days=days)).isoformat() for days in (3, 15))
    send = {"price": "2", "price_from": soon, "price_note": "Shorter now"}
    page = await manager.post(f"/projects/{made.slug}/task-prices", data=send)
    assert (page.status_code, "A task would earn less" in page.text, 'value="Shorter now"' in page.text) == (
        422,
        True,
        True,
    )
    for wrong in ("x", "2.505", "", "-1", "0"):
        page = await manager.post(f"/projects/{made.slug}/task-prices", data={**send, "price": wrong})
        assert (page.status_code, 'id="field-price-error"' in page.text) == (422, True), wrong
    page = await manager.post(f"/projects/{made.slug}/task-prices", data={**send, "price_from": later})
    assert page.status_code == 303, page.text
    ((subject, body),) = await told(db, trainer)
    assert subject.endswith("€2.00 for each task")
    day = moment(datetime.fromisoformat(later).replace(tzinfo=UTC))
    assert f"begin from {day} on earns €2.00 instead of €2.50" in body
    assert await told(db, elsewhere) == [], "reviews have no price for each task"
    shown = (await manager.get(address)).text
    assert ("A task handed in earns" in shown, "Shorter now" in shown, "later" in shown) == (True, True, True)
    work = (await (await signed_in(trainer)).get("/api/v1/work")).json()["projects"]
    assert work[0]["task_price"] == {"amount": 250, "currency": "EUR"}


async def test_with_days_it_is_set_there_alone(as_role, db, ready_project):
    made = await ready_project()
    await opened(db, made)
    manager, address = await as_role("manager"), f"/projects/{made.slug}/settings"
    api = f"/api/v1/projects/{made.slug}/task-prices"
    assert (await manager.post(api, json={"price_minor": 300})).status_code == 201
    answer = await manager.post(api, json={"price_minor": None})
    assert (answer.status_code, [one["path"] for one in answer.json()["fields"]]) == (422, ["valid_from"])
    day = (utc_now() + timedelta(days=20)).isoformat()
    assert (
        await manager.post(api, json={"price_minor": None, "valid_from": day, "note": "By the hour"})
    ).status_code == 201
    found = (await manager.get(api)).json()
    assert (found["currency"], found["own_minor"]) == ("EUR", None)
    rows = [(one["price_minor"], one["note"], one["state"]) for one in found["prices"]]
    assert rows == [(None, "By the hour", "later"), (300, "", "in force")]
    shown = await manager.get(address)
    fields = fields_of(shown.text)
    assert "each answer costs €3.00" in shown.text
    assert dict(fields)["task_price"] == "", "the project's own, which no longer holds"
    assert (await send(manager, address, changed(fields, title="Another title"))).status_code == 303
    answer = await send(manager, address, changed(fields, task_price="4"))
    assert (answer.status_code, "on the page of rates" in answer.text) == (422, True)
    trainer = await as_role("trainer")
    assert (
        (await trainer.get(api)).status_code == (await trainer.post(api, json={"price_minor": 900})).status_code == 403
    )


async def test_whose_hour_is_in_another_currency_is_not_told(db, ready_project, make_person, team_id):
    made = await ready_project()
    await opened(db, made)
    abroad = await make_person("trainer", team=team_id)
    async with db.write() as session:
        await set_place_and_languages(session, actor=SYSTEM, person_id=abroad.person_id, place=Place("US"), spoken=())
        common = {"actor": SYSTEM, "slug": made.slug, "notice_days": 14, "now": utc_now()}
        reach = {"reach": Reach(place=Place("US")), "currency": "USD", "valid_from": utc_now() + timedelta(days=15)}
        await set_project_rate(session, **common, **reach, rate=Money(2500, "USD"))
    before = len(await told(db, abroad))
    async with db.write() as session:
        await set_project_task_price(session, **common, minor=300, valid_from=utc_now() + timedelta(days=16))
    assert len(await told(db, abroad)) == before


async def test_the_database_refuses_to_change_one(db, ready_project):
    made = await ready_project()
    await opened(db, made)
    async with db.write() as session:
        given = {"actor": SYSTEM, "slug": made.slug, "minor": 300, "valid_from": utc_now(), "now": utc_now()}
        await set_project_task_price(session, **given, notice_days=14)
    for statement in ("UPDATE task_price SET price_minor = 1", "DELETE FROM task_price"):
        with pytest.raises(IntegrityConstraintViolation):
            async with db.hot() as driver:
                await driver.execute(statement)


@pytest.mark.parametrize("what", ["rates", "task-prices"])
async def test_a_moment_without_its_offset_is_refused(as_role, db, ready_project, what):
    made = await ready_project()
    async with db.write() as session:
        await open_project(session, actor=SYSTEM, slug=made.slug)
    manager, address = await as_role("manager"), f"/api/v1/projects/{made.slug}/{what}"
    body = {"price_minor": 250} if what == "task-prices" else {"rate_minor": 9_000, "currency": "EUR"}
    answer = await manager.post(address, json=body | {"valid_from": "2027-12-01T00:00:00"})
    assert answer.status_code in {400, 422}, answer.text
    assert "valid_from" in answer.text
    assert (await manager.post(address, json=body | {"valid_from": "2027-12-01T00:00:00Z"})).status_code == 201
