"""Trying a project out: the workbench with a sample or with live models, of which nothing is kept or counted."""

# ruff: noqa: F811 (a fixture is named again wherever it is asked for)

import json
import re
from uuid import uuid4

import pytest

from preceptor.kinds.registry import task_kinds
from tests.work.conftest import make_world, models  # noqa: F401 (fixtures)
from tests.work.test_generation import form

KEPT = "SELECT (SELECT count(*) FROM turn), (SELECT count(*) FROM response), (SELECT count(*) FROM assignment)"


@pytest.fixture
async def manager(as_role):
    return await as_role("manager")


def page(world, query=""):
    return f"/projects/{world.terms.slug}/try{query}"


def turns(world):
    return f"/api/v1/projects/{world.terms.slug}/try/turns"


async def bench_data(client, address):
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return json.loads(re.search(r'id="workbench-data">(.*?)</script>', answer.text, re.DOTALL)[1])


async def asked(client, world, **body):
    answer = await client.post(turns(world), json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in answer.headers
    events = [block.split("\n") for block in answer.text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in events]


async def nothing_kept(db):
    async with db.hot() as driver:
        return await (await driver.execute(KEPT)).fetchone() == (0, 0, 0)


async def test_the_sample_stands_on_the_workbench(make_world, models, manager, db):
    sample = next(iter(task_kinds().values())).sample()
    world = await make_world(items=0, settings=form("practice", "practice", max_turns=2))
    data = await bench_data(manager, page(world))
    (turn,) = data["assignment"]["turns"]
    assert turn["prompt"] == sample.turns[0].prompt
    assert len(turn["responses"]) == 2
    assert (data["mode"], data["tryout"]["start"]) == ("preview", "sample")
    assert data["assignment"]["form"]["settings"]["max_turns"] == 2
    assert "positions" not in data["assignment"]["form"]["settings"]
    assert data["guidelines"]["text"] == "# Be kind"
    assert await nothing_kept(db)


async def test_a_tryout_can_begin_with_nothing_or_an_item(make_world, manager):
    world, other = await make_world(items=1), await make_world(items=1)
    data = await bench_data(manager, page(world, "?begin=empty"))
    assert (data["assignment"]["turns"], data["tryout"]["start"]) == ([], "empty")
    item = str(world.item_ids[0])
    data = await bench_data(manager, page(world, f"?item={item}"))
    assert (data["assignment"]["item"]["id"], data["tryout"]["start"]) == (item, item)
    assert len(data["assignment"]["turns"][0]["responses"]) == 4
    assert (await manager.get(page(world, f"?item={other.item_ids[0]}"))).status_code == 404
    assert (await bench_data(manager, page(world, "?begin=odd&item=odd")))["tryout"]["start"] == "sample"
    assert f"/try?item={item}" in (await manager.get(page(world))).text, "leads on to the project's own"
    assert "?item=" not in (await manager.get(page(await make_world(items=0)))).text


async def test_models_answer_and_nothing_is_kept(make_world, models, manager, db):
    world = await make_world(items=0, settings=form("practice", "practice-broken", max_turns=3))
    events = await asked(manager, world, prompt="Why is the sky blue?")
    assert [events[0][0], events[-1][0]] == ["turn", "done"]
    turn = events[0][1]
    whole = {data["id"]: data for name, data in events if name == "state"}
    good, broken = (whole[one["id"]] for one in turn["responses"])
    assert (good["state"], broken["state"]) == ("complete", "failed")
    assert broken["error"]
    added = "".join(data["delta"] for name, data in events if name == "response" and data["response_id"] == good["id"])
    assert added == good["text"]
    earlier = {
        "id": turn["id"],
        "prompt": turn["prompt"],
        "responses": [{"id": one["id"], "text": whole[one["id"]]["text"]} for one in turn["responses"]],
    }
    events = await asked(manager, world, prompt="And at night?", turns=[earlier], continue_from=good["id"])
    assert (events[0][1]["position"], events[0][1]["continued_with"]) == (1, good["text"])
    assert await nothing_kept(db)


async def test_one_can_go_back_in_a_tryout_where_the_kind_allows_it(make_world, models, manager, db):
    settings = {"responses": 1, "positions": [{"model": "practice", "max_tokens": 48}]}
    world = await make_world(items=0, kind="converse", settings=settings)

    async def said(prompt, earlier, **more):
        events = await asked(manager, world, prompt=prompt, turns=earlier, **more)
        turn = events[0][1]
        (response,) = [data for name, data in events if name == "state"]
        known = {name: turn[name] for name in ("id", "prompt", "parent", "continue_from", "continued_with")}
        return known | {"responses": [{"id": response["id"], "text": response["text"]}]}

    first = await said("One?", [])
    on = {"parent": first["id"], "continue_from": first["responses"][0]["id"]}
    second = await said("Two?", [first], **on)
    beside = await said("Another two?", [first, second], **on)
    assert (second["parent"], beside["parent"]) == (first["id"], first["id"])
    assert beside["continued_with"] == first["responses"][0]["text"]
    anew = await said("Another one?", [first, second, beside], parent="start")
    assert (anew["parent"], anew["continued_with"]) == (None, None)
    answer = await manager.post(turns(world), json={"prompt": "?", "turns": [second, first], **on})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["path"] == "turns.0"
    assert await nothing_kept(db)


async def test_an_items_prompt_can_be_asked(make_world, models, manager):
    world = await make_world(items=1, content=lambda _n: {"prompt": "Why?"}, settings=form("practice", "practice"))
    events = await asked(manager, world, prompt="Why?", start=str(world.item_ids[0]))
    assert [data["state"] for name, data in events if name == "state"] == ["complete", "complete"]
    assert events[0][1]["shared"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"prompt": " "}, 422),
        ({"prompt": "Why?", "start": "odd"}, 422),
        ({"prompt": "Why?", "start": str(uuid4())}, 404),
        ({"prompt": "Why?", "turns": [{"id": "a", "prompt": "A?"}]}, 422),
        ({"prompt": "Why?", "odd": 1}, 422),
        ({}, 422),
    ],
)
async def test_what_cannot_be_asked_is_refused(make_world, models, manager, body, status):
    world = await make_world(items=0, settings=form("practice", "practice"))
    answer = await manager.post(turns(world), json=body)
    assert answer.status_code in {status, 400} if status == 422 else answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_without_a_model_it_says_so(make_world, manager):
    world = await make_world(items=0)
    answer = await manager.post(turns(world), json={"prompt": "Why?"})
    assert (answer.status_code, answer.json()["code"]) == (503, "no_model")


@pytest.mark.parametrize("role", ["trainer", "reviewer", "client", "operator"])
async def test_tryouts_are_for_managers(make_world, as_role, team_id, role):
    world = await make_world(items=0)
    client = await as_role(role, **({"team": team_id} if role == "trainer" else {}))
    assert (await client.get(page(world))).status_code == 403
    assert (await client.post(turns(world), json={"prompt": "Why?"})).status_code == 403
