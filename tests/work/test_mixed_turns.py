"""Responses that came with an item among those asked of models: one turn, in an order of each person's own."""

import asyncio
import json
from uuid import UUID

import pytest

from preceptor.kinds.registry import task_kind
from preceptor.kinds.shown import GivenTurn
from preceptor.lib.clock import utc_now
from preceptor.work.queries.turns import TurnsWanted, turns_of, turns_of_many

KIND = "continue_text"
TEXT = "The ferry left an hour late. Then the engine"
GIVEN = [" coughed twice.", " started."]


def content(_number):
    return {"text": TEXT, "candidates": [{"text": text, "model": "the author"} for text in GIVEN]}


def settings(*names):
    return {"candidates": len(names), "positions": [{"model": name, "max_tokens": 32} for name in names]}


@pytest.fixture
async def asked(models, open_desk, make_world, make_person, team_id):
    """A function: somebody takes the item under these models; answers desk, actor and view once all have answered."""
    desk = open_desk()

    async def take(*names, items=1):
        world = await make_world(items=items, wanted=6, kind=KIND, content=content, settings=settings(*names))

        async def claim():
            actor = await make_person("trainer", team=team_id)
            view, _fresh = await desk.claim(actor=actor, slug=world.terms.slug, prefetch=False, now=utc_now())
            async with asyncio.timeout(20):
                turn = view.turns[0]
                if turn.state == "asking":
                    async for _progress in desk.generator.follow(UUID(turn.id)):
                        pass
            return actor, await desk.view(actor=actor, assignment_id=view.id)

        return desk, claim

    return take


async def test_given_and_asked_responses_share_one_turn(asked):
    _desk, claim = await asked("practice", "practice-script")
    _actor, view = await claim()
    (turn,) = view.turns
    assert (turn.prompt, turn.shared, turn.state) == (TEXT, True, "complete")
    texts = [response.text for response in turn.responses]
    assert len(texts) == 4
    assert set(GIVEN) < set(texts)
    assert all(response.state == "complete" for response in turn.responses)
    assert "the author" not in json.dumps([response.text for response in turn.responses])


async def test_models_are_asked_once_and_everybody_sees_the_same_in_their_own_order(asked):
    _desk, claim = await asked("practice", "practice-script")
    seen = [(await claim())[1].turns[0] for _person in range(6)]
    assert len({turn.id for turn in seen}) == 1
    assert len({frozenset(response.id for response in turn.responses) for turn in seen}) == 1
    orders = {tuple(response.id for response in turn.responses) for turn in seen}
    assert len(orders) > 1  # that six people meet the same one of 24 orders happens once in eight million


async def test_a_model_that_fails_takes_nothing_from_the_given_ones(asked):
    desk, claim = await asked("practice-broken")
    actor, view = await claim()
    states = sorted(response.state for response in view.turns[0].responses)
    assert states == ["complete", "complete", "failed"]
    chosen = next(response.id for response in view.turns[0].responses if response.text == GIVEN[0])
    receipt, _fresh = await desk.submit(
        actor=actor, assignment_id=view.id, key=UUID(int=7), content={"chosen": chosen}, confirmed=[]
    )
    assert receipt.outcome == "submitted"


async def test_without_models_only_the_given_ones_are_there(asked):
    _desk, claim = await asked()
    _actor, view = await claim()
    (turn,) = view.turns
    assert sorted(response.text for response in turn.responses) == sorted(GIVEN)


async def test_reading_many_finds_the_same_as_reading_one(asked, db):
    _desk, claim = await asked("practice")
    people = [await claim() for _person in range(2)]
    given = task_kind(KIND).given_turn(task_kind(KIND).decode_item(content(0)))
    cases = ((given, [3]), (GivenTurn(TEXT, given.responses), [2, 1]), (GivenTurn(TEXT), [1]), (None, [1]))
    for one, expected in cases:
        wanted = [TurnsWanted(view.id, view.item.id, one) for _actor, view in people]
        async with db.hot() as driver:
            many = await turns_of_many(driver, wanted=wanted)
            for _actor, view in people:
                alone = await turns_of(driver, assignment_id=view.id, item_id=view.item.id, given=one)
                assert many[view.id] == alone
                assert [len(turn.responses) for turn in alone] == expected
