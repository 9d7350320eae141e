"""A price for each task: set in the form, shown before Start, and once the project is open it only rises."""

from preceptor import flow
from preceptor.lib.money import Money
from preceptor.people.queries.notices import list_notices
from preceptor.people.rules import SYSTEM
from preceptor.projects.operations import open_project
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
