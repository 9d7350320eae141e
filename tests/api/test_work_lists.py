"""The lists of a trainer and the log of events through the API, and what each must not tell others."""

from uuid import UUID, uuid4

import pytest

from tests.work.conftest import answer_to, make_world  # noqa: F401 (a fixture)


@pytest.fixture
async def trainer(make_world, as_role, team_id):  # noqa: F811
    client = await as_role("trainer", team=team_id)
    client.world = await make_world(items=2)
    return client


async def work_once(client):
    view = (await client.post(f"/api/v1/projects/{client.world.terms.slug}/claim", json={})).json()
    body = {"key": str(uuid4()), "content": answer_to(view)}
    answer = await client.post(f"/api/v1/assignments/{view['id']}/submit", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_work_tells_what_is_open_and_why_nothing_is(trainer, as_role):
    (project,) = (await trainer.get("/api/v1/work")).json()["projects"]
    assert (project["open"], project["reason"], project["current_assignment_id"]) == (2, None, None)
    assert project["rate_per_hour"] == {"amount": 3600, "currency": "EUR"}
    for _task in range(2):
        await work_once(trainer)
    (project,) = (await trainer.get("/api/v1/work")).json()["projects"]
    assert project["reason"]["code"] == "all_done"
    assert set(project["reason"]) == {"code", "text", "hint", "link", "until"}
    stranger = await as_role("trainer")
    answer = (await stranger.get("/api/v1/work")).json()
    assert (answer["projects"], answer["reason"]["code"]) == ([], "no_team")


async def test_own_submissions_with_everything(trainer):
    receipt = await work_once(trainer)
    (row,) = (await trainer.get("/api/v1/submissions")).json()["submissions"]
    assert (row["assignment_id"], row["state"]) == (receipt["assignment_id"], "submitted")
    answer = await trainer.get(f"/api/v1/submissions/{receipt['assignment_id']}")
    assert answer.status_code == 200, answer.text
    detail = answer.json()
    assert detail["assignment"]["id"] == receipt["assignment_id"]
    assert detail["revisions"][0]["submission_id"] == receipt["submission_id"]
    assert detail["reviews"] == []
    assert detail["times"][0]["outcome"] == "submitted"
    assert '"m1"' not in answer.text


async def test_earnings_add_up(trainer):
    receipt = await work_once(trainer)
    earnings = (await trainer.get("/api/v1/earnings")).json()
    assert sum(entry["amount"]["amount"] for entry in earnings["entries"]) == receipt["amount"]["amount"]
    assert earnings["next_cursor"] is None


@pytest.mark.parametrize("role", ["trainer", "reviewer", "manager", "client", "operator"])
async def test_other_people_get_nothing_of_it(trainer, as_role, role):
    receipt = await work_once(trainer)
    other = await as_role(role)
    for wanted in (receipt["assignment_id"], receipt["submission_id"]):
        answer = await other.get(f"/api/v1/submissions/{wanted}")
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_assignment")
    assert (await other.get("/api/v1/submissions")).json()["submissions"] == []
    assert (await other.get("/api/v1/earnings")).json()["entries"] == []


@pytest.mark.parametrize("path", ["/work", "/submissions", f"/submissions/{UUID(int=7)}", "/earnings", "/events"])
async def test_nobody_gets_nothing(client, path):
    answer = await client.get(f"/api/v1{path}")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_damaged_cursors_are_named(trainer):
    for path in ("submissions", "earnings"):
        answer = await trainer.get(f"/api/v1/{path}?cursor=nonsense")
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_cursor")


async def test_events_are_the_operators_alone(trainer, as_role):
    receipt = await work_once(trainer)
    assert (await trainer.get("/api/v1/events")).status_code == 403
    operator = await as_role("operator")
    subject = receipt["assignment_id"]
    events = (await operator.get(f"/api/v1/events?subject_id={subject}")).json()["events"]
    assert [event["name"] for event in events] == ["work.submitted", "work.claimed"]
    assert events[0]["actor_id"] == str(trainer.actor.person_id)
    assert events[0]["text"] == "An answer was handed in."
    mine = f"/api/v1/events?actor_id={trainer.actor.person_id}&name=people."
    assert {event["name"] for event in (await operator.get(mine)).json()["events"]} == {"people.signed_in"}
    assert (await operator.get("/api/v1/events?subject_id=nonsense")).status_code in {400, 422}
