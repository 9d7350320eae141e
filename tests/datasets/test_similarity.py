"""Items that say nearly the same."""

import json

from preceptor.datasets.similarity import shingles, similar_items
from preceptor.people import SYSTEM

LONG = "why do my tyres go flat in the winter when it is cold outside every night and warm again by noon"


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
