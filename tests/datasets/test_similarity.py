"""Items that say nearly the same."""

import json

import pytest

from preceptor.datasets.jobs import find_similar
from preceptor.datasets.operations import request_similarity
from preceptor.datasets.operations.similarity import begin_search
from preceptor.datasets.queries import newest_search
from preceptor.datasets.similarity import search, shingles, similar_items
from preceptor.people import SYSTEM

LONG = "why do my tyres go flat in the winter when it is cold outside every night and warm again by noon"


@pytest.fixture
async def world(make_world):
    return await make_world(items=0)


async def test_items_that_nearly_repeat_an_earlier_one_are_named(imports, make_world, db):
    world = await make_world(items=0)
    prompts = [LONG, "Name a tree that grows by the sea.", f"{LONG} today", "What is 17 times 3?", LONG.upper()]
    await imports.do(world, "".join(json.dumps({"prompt": prompt}) + "\n" for prompt in prompts))
    found = [pair async for pair in similar_items(db, actor=SYSTEM, slug=world.terms.slug, likeness=0.7)]
    ids = [item.id for item in await imports.items(world)]

    assert [(pair.first, pair.second) for pair in found] == [(ids[0], ids[2]), (ids[0], ids[4])]
    assert found[1].likeness == 1.0
    assert found[0].first_text == LONG


def test_short_texts_are_taken_whole():
    assert shingles("Hi") == ["hi"]
    assert shingles("a b c d") == ["a b c", "b c d"]


async def test_a_page_of_what_is_alike_and_taking_it_out(imports, world, as_role, db, settings):
    manager = await as_role("manager")
    prompts = [LONG, "Name a tree that grows by the sea.", f"{LONG} <b>today</b>", LONG.upper()]
    await imports.do(world, "".join(json.dumps({"prompt": prompt}) + "\n" for prompt in prompts))
    path = f"/projects/{world.terms.slug}/items/similar"
    assert "have not been compared yet" in (await manager.get(path)).text

    assert (await manager.post(path, data={"likeness": "0.7"})).status_code == 303
    moving = (await manager.get(path)).text
    assert "Comparing the items" in moving
    again = await manager.post(path, data={"likeness": "0.7"})
    assert "flash" in again.headers["set-cookie"]
    async with db.read() as session:
        search = await newest_search(session, actor=SYSTEM, slug=world.terms.slug)
    await find_similar(db, settings, subject_id=str(search.id))

    shown = (await manager.get(path)).text
    assert "4 items were compared" in shown
    assert "&lt;b&gt;today" in shown
    assert "<b>today" not in shown
    told = (await manager.get(f"/api/v1/projects/{world.terms.slug}/similar-items")).json()
    assert (told["search"]["state"], told["search"]["found"]) == ("done", 2)
    assert [pair["likeness"] for pair in told["pairs"]] == sorted((p["likeness"] for p in told["pairs"]), reverse=True)
    assert (await manager.post(f"{path}/cancel", data={"item_id": told["pairs"][0]["item_id"]})).status_code == 303
    left = (await manager.get(f"/api/v1/projects/{world.terms.slug}/similar-items")).json()
    assert [pair["item_id"] for pair in left["pairs"]] == [told["pairs"][1]["item_id"]]

    too_low = await manager.post(f"/api/v1/projects/{world.terms.slug}/similar-items", json={"likeness": 0.01})
    assert too_low.status_code == 422
    trainer = await as_role("trainer")
    assert (await trainer.get(path)).status_code in {403, 404}
    assert (await trainer.post(path, data={"likeness": "0.7"})).status_code in {403, 404}


async def test_a_search_that_was_interrupted_is_begun_again(imports, world, db):
    await imports.do(world, "".join(json.dumps({"prompt": LONG + " x" * n}) + "\n" for n in range(3)))
    async with db.write() as session:
        search_id = await request_similarity(session, actor=SYSTEM, slug=world.terms.slug, likeness=0.5)
    async with db.write() as session:
        await begin_search(session, search_id=search_id)
    await search(db, search_id=search_id)
    await search(db, search_id=search_id)
    async with db.read() as session:
        view = await newest_search(session, actor=SYSTEM, slug=world.terms.slug)
    assert (view.state, view.items, view.found) == ("done", 3, 2)
