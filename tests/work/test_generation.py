"""Live turns: several models write at once, one that fails blocks nobody, and text outlives page and process."""

import asyncio
from uuid import UUID, uuid4

import pytest

from preceptor.kinds.shown import NextTurn
from preceptor.lib.clock import utc_now
from preceptor.lib.errors import InvalidError
from preceptor.work.operations.drafts import AssignmentEndedError


def form(*names, **more):
    return {"responses": max(len(names), 2), "positions": [{"model": name, "max_tokens": 64} for name in names], **more}


async def claimed(desk, make_world, make_person, team_id, settings, *, given=None):
    world = await make_world(items=1, wanted=2, content=lambda _n: given or {}, settings=settings)
    actor = await make_person("trainer", team=team_id)
    view, _fresh = await desk.claim(actor=actor, slug=world.terms.slug, prefetch=False, now=utc_now())
    return world, actor, view


async def ask(desk, actor, view, prompt="Why is the sky blue?", **more):
    turn_id = uuid4()
    await desk.ask(actor=actor, assignment_id=view.id, turn_id=turn_id, asked=NextTurn(prompt=prompt, **more))
    return turn_id


async def finished(desk, actor, view, turn_id, *, seconds=20):
    async with asyncio.timeout(seconds):
        progress = [one async for one in desk.generator.follow(turn_id)]
    seen = await desk.view(actor=actor, assignment_id=view.id)
    return progress, next(turn for turn in seen.turns if turn.id == str(turn_id))


async def test_all_write_at_once_and_a_failing_one_blocks_nobody(
    models, open_desk, make_world, make_person, team_id, db
):
    desk = open_desk()
    _world, actor, view = await claimed(
        desk, make_world, make_person, team_id, form("practice", "practice-broken", "practice-cut", "practice-script")
    )
    turn_id = await ask(desk, actor, view)
    progress, turn = await finished(desk, actor, view, turn_id)
    assert any(one.delta for one in progress)
    states = sorted(response.state for response in turn.responses)
    assert states == ["complete", "complete", "failed", "failed"]
    assert turn.state == "complete"
    failed = [response for response in turn.responses if response.state == "failed"]
    assert all(response.error and "practice" not in response.error for response in failed)
    async with db.hot() as driver:
        rows = await (
            await driver.execute(
                "SELECT model, state, finish_reason, seed, latency_ms, parameters FROM response ORDER BY position"
            )
        ).fetchall()
    assert [row[0] for row in rows] == ["practice", "practice-broken", "practice-cut", "practice-script"]
    assert rows[0][2] == "stop"
    assert all(row[3] is not None and row[4] is not None for row in rows)
    assert rows[0][5]["max_tokens"] == 64


async def test_a_failed_response_is_asked_for_again(models, open_desk, make_world, make_person, team_id, db):
    desk = open_desk()
    _world, actor, view = await claimed(desk, make_world, make_person, team_id, form("practice", "practice-broken"))
    turn_id = await ask(desk, actor, view)
    _progress, turn = await finished(desk, actor, view, turn_id)
    broken = next(response for response in turn.responses if response.state == "failed")
    async with db.hot() as driver:
        await driver.execute("UPDATE response SET model = 'practice' WHERE id = %s", (broken.id,))
    await desk.retry(actor=actor, response_id=broken.id)
    _progress, turn = await finished(desk, actor, view, turn_id)
    assert {response.state for response in turn.responses} == {"complete"}


async def test_stop_keeps_what_was_said(models, open_desk, make_world, make_person, team_id):
    desk, other_process = open_desk(), open_desk()
    _world, actor, view = await claimed(desk, make_world, make_person, team_id, form("practice", "practice-slow"))
    turn_id = await ask(desk, actor, view)
    async with asyncio.timeout(15):
        async for progress in desk.generator.follow(turn_id):
            if progress.delta is None and progress.state == "streaming" and progress.text:
                break
            if progress.delta:
                slow = progress.response_id
                seen = await desk.view(actor=actor, assignment_id=view.id)
                if any(one.id == slow and one.state in {"pending", "streaming"} for one in seen.turns[0].responses):
                    await asyncio.sleep(1.2)
                    await other_process.stop(actor=actor, response_id=slow)
    _progress, turn = await finished(desk, actor, view, turn_id)
    assert sorted(response.state for response in turn.responses) == ["complete", "stopped"]
    assert all(response.text for response in turn.responses)


async def test_another_process_takes_over_when_one_dies(models, open_desk, make_world, make_person, team_id, db):
    desk = open_desk()
    _world, actor, view = await claimed(desk, make_world, make_person, team_id, form("practice-slow", "practice-slow"))
    turn_id = await ask(desk, actor, view)
    await asyncio.sleep(0.3)
    await desk.generator.close()  # as if killed: nothing is tidied up in the rows
    async with db.hot() as driver:
        await driver.execute("UPDATE turn SET keeper_until = now() - interval '1 second'")
        await driver.execute("UPDATE response SET model = 'practice'")
    _progress, turn = await finished(open_desk(), actor, view, turn_id)
    assert {response.state for response in turn.responses} == {"complete"}


async def test_an_item_with_a_prompt_is_asked_once_for_everybody(models, open_desk, make_world, make_person, team_id):
    desk = open_desk()
    world, first, view = await claimed(
        desk, make_world, make_person, team_id, form("practice", "practice"), given={"prompt": "What is rain?"}
    )
    second = await make_person("trainer", team=team_id)
    other, _fresh = await desk.claim(actor=second, slug=world.terms.slug, prefetch=False, now=utc_now())
    assert [turn.id for turn in view.turns] == [turn.id for turn in other.turns]
    assert view.turns[0].shared
    _progress, turn = await finished(desk, first, view, UUID(view.turns[0].id))
    _progress, same = await finished(desk, second, other, UUID(other.turns[0].id))
    assert {one.id: one.text for one in turn.responses} == {one.id: one.text for one in same.responses}


async def test_a_conversation_goes_on_from_the_chosen_response(models, open_desk, make_world, make_person, team_id):
    desk = open_desk()
    _world, actor, view = await claimed(
        desk, make_world, make_person, team_id, form("practice", "practice", max_turns=2)
    )
    first = await ask(desk, actor, view)
    _progress, turn = await finished(desk, actor, view, first)
    with pytest.raises(InvalidError):
        await ask(desk, actor, view, prompt="And at night?")
    chosen = turn.responses[1]
    second = await ask(desk, actor, view, prompt="And at night?", continue_from=chosen.id)
    await finished(desk, actor, view, second)
    seen = await desk.view(actor=actor, assignment_id=view.id)
    assert seen.turns[1].continued_with == chosen.text
    with pytest.raises(InvalidError):
        await ask(desk, actor, view, prompt="Once more?", continue_from=chosen.id)


async def test_repeating_a_question_asks_once(models, open_desk, make_world, make_person, team_id, db):
    desk = open_desk()
    _world, actor, view = await claimed(desk, make_world, make_person, team_id, form("practice", "practice"))
    turn_id = uuid4()
    for _twice in range(2):
        await desk.ask(actor=actor, assignment_id=view.id, turn_id=turn_id, asked=NextTurn(prompt="Hello"))
    await finished(desk, actor, view, turn_id)
    async with db.hot() as driver:
        assert await (await driver.execute("SELECT count(*) FROM response")).fetchone() == (2,)


async def test_what_was_handed_in_is_asked_for_no_more(models, open_desk, make_world, make_person, team_id, db):
    desk = open_desk()
    _world, actor, view = await claimed(desk, make_world, make_person, team_id, form("practice", "practice-broken"))
    turn_id = await ask(desk, actor, view)
    _progress, turn = await finished(desk, actor, view, turn_id)
    broken = next(response for response in turn.responses if response.state == "failed")
    async with db.hot() as driver:
        await driver.execute("UPDATE response SET model = 'practice' WHERE id = %s", (broken.id,))
        await driver.execute("UPDATE assignment SET state = 'accepted' WHERE id = %s", (view.id,))
    with pytest.raises(AssignmentEndedError):
        await desk.retry(actor=actor, response_id=broken.id)
    async with db.hot() as driver:
        row = await (await driver.execute("SELECT state FROM response WHERE id = %s", (broken.id,))).fetchone()
    assert row[0] == "failed"
