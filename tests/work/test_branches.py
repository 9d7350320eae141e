"""Conversations that branch: a turn hangs where the person says, models are sent its own line, and nothing is asked twice."""

import asyncio
from uuid import UUID, uuid4

import pytest

from preceptor.kinds.registry import task_kind
from preceptor.kinds.shown import IDEAL, START, NextTurn
from preceptor.lib.clock import utc_now
from preceptor.lib.errors import InvalidError
from preceptor.work.queries.prompts import conversation_of
from preceptor.work.queries.turns import TurnsWanted, shown_turns, turns_of, turns_of_many

FORM = {
    "responses": 2,
    "min_turns": 2,
    "positions": [{"model": "practice", "max_tokens": 48, "system_prompt": "Be brief."}],
}


@pytest.fixture
async def at_work(models, open_desk, make_world, make_person, team_id):
    """A desk, a trainer, and a task of theirs in which the first message is given."""

    async def take(given=None, **settings):
        desk = open_desk()
        world = await make_world(
            items=1, wanted=2, kind="converse", content=lambda _n: given or {}, settings=FORM | settings
        )
        actor = await make_person("trainer", team=team_id)
        view, _fresh = await desk.claim(actor=actor, slug=world.terms.slug, prefetch=False, now=utc_now())
        return desk, actor, view

    return take


async def say(desk, actor, view, prompt, **more):
    """Ask, and wait for the responses; answers the new turn as the person sees it."""
    turn_id = more.pop("turn_id", None) or uuid4()
    await desk.ask(actor=actor, assignment_id=view.id, turn_id=turn_id, asked=NextTurn(prompt=prompt, **more))
    return await finished(desk, actor, view, turn_id)


async def finished(desk, actor, view, turn_id):
    async with asyncio.timeout(20):
        async for _progress in desk.generator.follow(UUID(str(turn_id))):
            pass
    seen = await desk.view(actor=actor, assignment_id=view.id)
    return next(turn for turn in seen.turns if turn.id == str(turn_id))


async def sent(db, turn):
    """The texts that the models were sent for a turn, without the system's."""
    async with db.hot() as driver:
        await driver.execute("UPDATE response SET state = 'pending' WHERE turn_id = %s", (turn.id,))
        conversation = await conversation_of(driver, turn_id=UUID(turn.id))
    (messages,) = {tuple(one["content"] for one in response.messages[1:]) for response in conversation.responses}
    return list(messages)


async def test_a_turn_hangs_where_the_person_went_back_to(at_work, db):
    desk, actor, view = await at_work()
    first = await say(desk, actor, view, "One?")
    chosen, other = first.responses
    second = await say(desk, actor, view, "Two?", continue_from=chosen.id)
    third = await say(desk, actor, view, "Three?", continue_from=second.responses[0].id, parent=second.id)
    beside = await say(desk, actor, view, "Another two?", continue_from=other.id, parent=first.id)
    anew = await say(desk, actor, view, "Another one?", parent=START)
    turns = (await desk.view(actor=actor, assignment_id=view.id)).turns
    assert [turn.position for turn in turns] == [0, 1, 2, 3, 4]
    assert [turn.parent for turn in turns] == [None, first.id, second.id, first.id, None]
    assert [turn.continued_with for turn in turns[1:4]] == [chosen.text, second.responses[0].text, other.text]
    assert await sent(db, third) == ["One?", chosen.text, "Two?", second.responses[0].text, "Three?"]
    assert await sent(db, beside) == ["One?", other.text, "Another two?"]
    assert await sent(db, anew) == ["Another one?"]


async def test_one_can_go_on_from_what_one_wrote_on_an_earlier_turn(at_work, db):
    desk, actor, view = await at_work()
    first = await say(desk, actor, view, "One?")
    await say(desk, actor, view, "Two?", continue_from=first.responses[0].id)
    beside = await say(desk, actor, view, "And?", continue_from=IDEAL, ideal="My own words.", parent=first.id)
    assert beside.continue_from == IDEAL
    assert await sent(db, beside) == ["One?", "My own words.", "And?"]


async def test_a_shared_first_turn_can_be_gone_back_to(at_work, db):
    desk, actor, view = await at_work({"prompt": "One?"})
    first = await finished(desk, actor, view, view.turns[0].id)
    assert first.shared
    one, other = first.responses
    await say(desk, actor, view, "Two?", continue_from=one.id)
    beside = await say(desk, actor, view, "Another two?", continue_from=other.id, parent=first.id)
    assert (beside.parent, beside.position) == (first.id, 2)
    assert await sent(db, beside) == ["One?", other.text, "Another two?"]


async def test_a_first_turn_that_came_along_can_be_gone_back_to(at_work, db):
    desk, actor, view = await at_work({"prompt": "One?", "responses": [{"text": "So."}, {"text": "Or so."}]})
    (first,) = view.turns
    assert {one.text for one in first.responses} == {"So.", "Or so."}
    one, other = first.responses
    await say(desk, actor, view, "Two?", continue_from=one.id)
    beside = await say(desk, actor, view, "Another two?", continue_from=other.id, parent=first.id)
    assert beside.parent == first.id
    assert await sent(db, beside) == ["One?", other.text, "Another two?"]


async def test_asking_twice_adds_one_turn_wherever_it_hangs(at_work, db):
    desk, actor, view = await at_work()
    first = await say(desk, actor, view, "One?")
    await say(desk, actor, view, "Two?", continue_from=first.responses[0].id)
    asked = {"continue_from": first.responses[1].id, "parent": first.id, "turn_id": uuid4()}
    await asyncio.gather(*(say(desk, actor, view, "Another two?", **asked) for _time in range(3)))
    async with db.hot() as driver:
        query = "SELECT count(*), count(DISTINCT position) FROM turn WHERE assignment_id = %s"
        assert await (await driver.execute(query, (view.id,))).fetchone() == (3, 3)


@pytest.mark.parametrize(
    ("form", "where", "path"),
    [
        ({}, "nowhere", "parent"),
        ({"branches": False}, "first", "parent"),
        ({"branches": False}, START, "parent"),
        ({"max_turns": 2}, "second", "prompt"),
    ],
)
async def test_what_cannot_hang_there_is_refused_and_leaves_nothing(at_work, form, where, path):
    desk, actor, view = await at_work(**form)
    first = await say(desk, actor, view, "One?")
    second = await say(desk, actor, view, "Two?", continue_from=first.responses[0].id)
    turns = {"first": first, "second": second}
    continue_from = turns[where].responses[0].id if where in turns else None
    parent = turns[where].id if where in turns else where
    with pytest.raises(InvalidError) as refused:
        await say(desk, actor, view, "Three?", continue_from=continue_from, parent=parent)
    assert path in [problem.path for problem in refused.value.fields]
    assert len((await desk.view(actor=actor, assignment_id=view.id)).turns) == 2


async def test_a_branch_is_handed_in_and_comes_out_as_it_was_led(at_work, db):
    desk, actor, view = await at_work()
    first = await say(desk, actor, view, "One?")
    old = await say(desk, actor, view, "Two?", continue_from=first.responses[0].id)
    new = await say(desk, actor, view, "Another two?", continue_from=first.responses[1].id, parent=first.id)
    answer = {"rating": 5, "end": old.id, "turns": []}
    for turn in (first, old, new):
        ratings = {response.id: place for place, response in enumerate(turn.responses, 3)}
        answer["turns"].append({"turn_id": turn.id, "ratings": ratings})
    receipt, fresh = await desk.submit(
        actor=actor,
        assignment_id=view.id,
        key=uuid4(),
        content=answer,
        confirmed=[f"chosen_against_ratings:{first.responses[0].id}"],
    )
    assert fresh
    assert receipt.outcome == "submitted"
    async with db.hot() as driver:
        turns = await turns_of(driver, assignment_id=view.id, item_id=view.item.id, given=None)
        many = await turns_of_many(driver, wanted=[TurnsWanted(view.id, view.item.id, None)])
    assert many[view.id] == turns
    kind = task_kind("converse")
    problems = kind.validate_answer(
        kind.decode_settings(FORM), kind.decode_item({}), shown_turns(turns), kind.decode_answer(answer)
    )
    assert problems == []


async def test_who_never_goes_back_gets_a_line(at_work, db):
    desk, actor, view = await at_work()
    first = await say(desk, actor, view, "One?")
    second = await say(desk, actor, view, "Two?", continue_from=first.responses[0].id)
    await say(desk, actor, view, "Three?", continue_from=second.responses[0].id)
    async with db.hot() as driver:
        query = "SELECT count(*) FROM turn WHERE position > 0 AND parent_position IS DISTINCT FROM position - 1"
        assert await (await driver.execute(query)).fetchone() == (0,)
        turns = shown_turns(await turns_of(driver, assignment_id=view.id, item_id=view.item.id, given=None))
    assert [turn.continued_with for turn in turns] == [first.responses[0].text, second.responses[0].text, None]
