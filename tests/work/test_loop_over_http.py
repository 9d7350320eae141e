"""One trainer's loop through the API: claim, draft, heartbeat, hand in; and what must be refused."""

from uuid import uuid4

import pytest

from tests.work.conftest import answer_to


@pytest.fixture
async def trainer(make_world, as_role, team_id):
    world = await make_world(items=2)
    client = await as_role("trainer", team=team_id)
    client.world = world
    return client


async def claim(client):
    return await client.post(f"/api/v1/projects/{client.world.terms.slug}/claim", json={})


async def test_claim_shows_the_item_without_model_names(trainer):
    answer = await claim(trainer)
    assert answer.status_code == 201, answer.text
    view = answer.json()
    assert [len(turn["responses"]) for turn in view["turns"]] == [4]
    assert '"m1"' not in answer.text
    assert view["project"]["rate_per_hour"] == {"amount": 3600, "currency": "EUR"}
    again = await claim(trainer)
    assert (again.status_code, again.json()["id"]) == (200, view["id"])


async def test_draft_then_submit_then_receipt(trainer, db):
    view = (await claim(trainer)).json()
    path = f"/api/v1/assignments/{view['id']}"
    content = answer_to(view)
    saved = await trainer.put(f"{path}/draft", json={"version": 1, "content": content})
    assert saved.status_code == 200, saved.text
    assert (await trainer.get(path)).json()["draft"]["content"] == content
    beaten = await trainer.post(f"{path}/beat", json={"inputs": [0, 100]})
    assert beaten.status_code == 200, beaten.text
    body = {"key": str(uuid4()), "version": 1, "content": content}
    receipt = await trainer.post(f"{path}/submit", json=body)
    assert receipt.status_code == 201, receipt.text
    assert receipt.json()["outcome"] == "submitted"
    again = await trainer.post(f"{path}/submit", json=body)
    assert (again.status_code, again.json()["submission_id"]) == (200, receipt.json()["submission_id"])
    other_tab = await trainer.post(f"{path}/submit", json={**body, "key": str(uuid4())})
    assert other_tab.status_code == 200
    changed = await trainer.post(f"{path}/submit", json={**body, "content": answer_to(view, ideal="Something else.")})
    assert (changed.status_code, changed.json()["code"]) == (409, "already_submitted")
    async with db.hot() as driver:
        row = await (await driver.execute("SELECT count(*) FROM submission")).fetchone()
        assert row == (1,)


async def test_older_draft_never_wins(trainer):
    view = (await claim(trainer)).json()
    path = f"/api/v1/assignments/{view['id']}/draft"
    assert (await trainer.put(path, json={"version": 2, "content": {"next_prompt": "newer"}})).status_code == 200
    refused = await trainer.put(path, json={"version": 1, "content": {"next_prompt": "older"}})
    assert refused.status_code == 409
    assert refused.json()["code"] == "draft_newer"
    assert refused.json()["content"] == {"next_prompt": "newer"}


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({"surprise": 1}, 422),
        ({"next_prompt": "a\x00b"}, 422),
        ({"next_prompt": "x" * 1_600_000}, 422),
        ([1, 2], 422),
        ("text", 422),
    ],
)
async def test_drafts_that_cannot_be_kept_are_refused(trainer, content, status):
    view = (await claim(trainer)).json()
    answer = await trainer.put(f"/api/v1/assignments/{view['id']}/draft", json={"version": 1, "content": content})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_incomplete_answers_name_what_is_missing(trainer):
    view = (await claim(trainer)).json()
    body = {"key": str(uuid4()), "content": answer_to(view, ideal="")}
    answer = await trainer.post(f"/api/v1/assignments/{view['id']}/submit", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_answer")
    assert [field["path"] for field in answer.json()["fields"]] == ["turns.0.ideal"]


async def test_doubts_are_asked_once(trainer):
    view = (await claim(trainer)).json()
    first = view["turns"][0]["responses"][0]
    body = {"key": str(uuid4()), "content": answer_to(view, ideal=first["text"])}
    path = f"/api/v1/assignments/{view['id']}/submit"
    asked = await trainer.post(path, json=body)
    assert (asked.status_code, asked.json()["code"]) == (409, "questions")
    codes = [question["code"] for question in asked.json()["questions"]]
    assert (await trainer.post(path, json={**body, "confirmed": codes})).status_code == 201


async def test_nobody_touches_another_persons_work(trainer, as_role, team_id):
    view = (await claim(trainer)).json()
    other = await as_role("trainer", team=team_id)
    path = f"/api/v1/assignments/{view['id']}"
    content = answer_to(view)
    for answer in (
        await other.get(path),
        await other.put(f"{path}/draft", json={"version": 1, "content": content}),
        await other.post(f"{path}/beat", json={}),
        await other.post(f"{path}/pause", json={}),
        await other.post(f"{path}/submit", json={"key": str(uuid4()), "content": content}),
        await other.post(f"{path}/skip", json={"reason": "time"}),
    ):
        assert answer.status_code == 404, answer.text
        assert answer.json()["code"] == "no_such_assignment"


async def test_people_of_other_teams_are_handed_nothing(trainer, as_role):
    stranger = await as_role("trainer")
    stranger.world = trainer.world
    assert (await claim(stranger)).status_code == 404


async def test_skip_opens_the_slot_again_for_others(trainer, as_role, team_id):
    view = (await claim(trainer)).json()
    receipt = await trainer.post(f"/api/v1/assignments/{view['id']}/skip", json={"reason": "topic"})
    assert receipt.status_code == 200, receipt.text
    following = (await claim(trainer)).json()
    assert following["item"]["id"] != view["item"]["id"]
    other = await as_role("trainer", team=team_id)
    other.world = trainer.world
    assert (await claim(other)).json()["item"]["id"] == view["item"]["id"]
    bad = await trainer.post(f"/api/v1/assignments/{following['id']}/skip", json={"reason": "nonsense"})
    assert bad.status_code == 422


async def test_prefetch_holds_a_second_slot_and_runs_no_clock(trainer):
    first = (await claim(trainer)).json()
    path = f"/api/v1/projects/{trainer.world.terms.slug}/claim"
    second = await trainer.post(path, json={"prefetch": True})
    assert (second.status_code, second.json()["state"]) == (201, "prefetched")
    third = await trainer.post(path, json={"prefetch": True})
    assert third.status_code == 200
    start = f"/api/v1/assignments/{second.json()['id']}/start"
    assert (await trainer.post(start, json={})).json()["code"] == "another_open"
    body = {"key": str(uuid4()), "content": answer_to(first)}
    assert (await trainer.post(f"/api/v1/assignments/{first['id']}/submit", json=body)).status_code == 201
    assert (await trainer.post(start, json={})).json()["state"] == "active"


async def test_empty_queue_says_so(trainer):
    for _item in range(2):
        view = (await claim(trainer)).json()
        body = {"key": str(uuid4()), "content": answer_to(view)}
        assert (await trainer.post(f"/api/v1/assignments/{view['id']}/submit", json=body)).status_code == 201
    answer = await claim(trainer)
    assert (answer.status_code, answer.json()["code"]) == (404, "queue_empty")


async def test_paused_projects_hand_out_nothing(trainer, db):
    async with db.hot() as driver:
        await driver.execute("UPDATE project SET state = 'paused'")
    answer = await claim(trainer)
    assert (answer.status_code, answer.json()["code"]) == (409, "project_not_open")


async def test_numbers_without_end_are_no_times(trainer):
    path = f"/api/v1/assignments/{(await claim(trainer)).json()['id']}"
    endless = 9 * 10**18
    answer = await trainer.post(f"{path}/beat", json={"inputs": [endless], "reading_ms": endless})
    assert answer.status_code == 200, answer.text
    answer = await trainer.post(f"{path}/skip", json={"reason": "topic", "inputs": [endless]})
    assert answer.status_code == 200, answer.text
