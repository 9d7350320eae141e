"""The list of work: what is open for whom, why nothing is, what came back; and the counts it stands on."""

from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest

from preceptor import flow
from preceptor.lib.clock import utc_now
from preceptor.lib.ids import new_id
from preceptor.people.operations import add_member, add_team
from preceptor.people.rules import SYSTEM
from preceptor.projects.rules import ProjectState
from preceptor.work.operations import verdicts
from preceptor.work.operations.expiring import expire_due
from preceptor.work.operations.items import cancel_items
from preceptor.work.queries.counts import ProjectCounts, counts_of_projects, project_counts
from preceptor.work.queries.lists import PROBE, list_returned, list_unfinished, list_work, why_empty
from preceptor.work.rules.openings import Opening, why_no_projects, why_nothing
from tests.work.conftest import answer_to


@pytest.fixture
def trainer_of(as_role, team_id):
    """A signed-in trainer of the team."""

    async def make():
        return await as_role("trainer", team=team_id)

    return make


async def claim(client, world):
    return (await client.post(f"/api/v1/projects/{world.terms.slug}/claim", json={})).json()


async def submit(client, view):
    body = {"key": str(uuid4()), "content": answer_to(view)}
    answer = await client.post(f"/api/v1/assignments/{view['id']}/submit", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def skip(client, view):
    answer = await client.post(f"/api/v1/assignments/{view['id']}/skip", json={"reason": "time"})
    assert answer.status_code == 200, answer.text


async def listed(db, actor):
    async with db.read() as session:
        return await list_work(session, actor=actor, now=utc_now())


async def entry_of(db, actor):
    (entry,) = (await listed(db, actor)).entries
    return entry


async def fold_all(db):
    # Events of transactions that may still be running are left for the next round.
    for _round in range(20):
        if not await flow.fold_events(db):
            return


async def counted(db, world):
    async with db.read() as session:
        return await project_counts(session, project_id=world.terms.id)


async def real_slots(db, world):
    query = "SELECT state, count(*) FROM slot WHERE project_id = %s GROUP BY state"
    async with db.hot() as driver:
        rows = dict(await (await driver.execute(query, (world.terms.id,))).fetchall())
    return rows.get("open", 0), rows.get("held", 0)


async def set_state(db, state):
    async with db.hot() as driver:
        await driver.execute("UPDATE project SET state = %s", (state,))


async def expire(db):
    async with db.hot() as driver, driver.transaction():
        await expire_due(driver, now=utc_now() + timedelta(hours=3))


# What is open, and why nothing is.


async def test_entry_tells_what_one_agrees_to(make_world, trainer_of, db):
    world = await make_world(items=3, estimated_minutes=18, cap_minutes=40)
    trainer = await trainer_of()
    entry = await entry_of(db, trainer.actor)
    assert entry.title == world.terms.title
    assert (entry.open, entry.reason, entry.estimated_minutes, entry.cap_minutes) == (3, None, 18, 40)
    assert entry.rate.amount == 3600
    assert len(entry.teams) == 1
    assert str(entry.kind_title)
    assert (entry.guidelines_version, entry.acknowledged_version) == (1, 0)
    assert entry.current_assignment_id is None


async def test_begun_work_is_offered_to_go_on_with(make_world, trainer_of, db):
    world = await make_world(items=2)
    trainer = await trainer_of()
    view = await claim(trainer, world)
    entry = await entry_of(db, trainer.actor)
    assert str(entry.current_assignment_id) == view["id"]
    assert entry.open == 1
    await trainer.post(f"/api/v1/projects/{world.terms.slug}/claim", json={"prefetch": True})
    entry = await entry_of(db, trainer.actor)
    assert (str(entry.current_assignment_id), entry.open, entry.reason) == (view["id"], 0, None)


async def test_a_task_held_ahead_is_not_begun_work(make_world, trainer_of, db):
    world = await make_world(items=1)
    trainer = await trainer_of()
    await trainer.post(f"/api/v1/projects/{world.terms.slug}/claim", json={"prefetch": True})
    assert (await entry_of(db, trainer.actor)).current_assignment_id is None


async def test_all_held_by_others(make_world, trainer_of, db):
    world = await make_world(items=1)
    await claim(await trainer_of(), world)
    trainer = await trainer_of()
    entry = await entry_of(db, trainer.actor)
    assert (entry.open, entry.reason.code) == (0, "all_held")
    assert "somebody else" in str(entry.reason.text)


async def test_what_is_open_must_come_from_others(make_world, trainer_of, db):
    world = await make_world(items=2, wanted=3)
    trainer, other = await trainer_of(), await trainer_of()
    assert (await entry_of(db, trainer.actor)).open == 2  # one per item, not one per slot
    for _item in range(2):
        await submit(trainer, await claim(trainer, world))
    entry = await entry_of(db, trainer.actor)
    assert (entry.open, entry.reason.code) == (0, "done_by_you")
    assert (await entry_of(db, other.actor)).open == 2


async def test_all_done_and_nothing_added(make_world, trainer_of, db):
    world = await make_world(items=1)
    trainer = await trainer_of()
    await submit(trainer, await claim(trainer, world))
    assert (await entry_of(db, trainer.actor)).reason.code == "all_done"
    async with db.write() as session:
        await cancel_items(session, actor=SYSTEM, terms=world.terms, item_ids=world.item_ids)
    assert (await entry_of(db, trainer.actor)).reason.code == "no_items"


async def test_paused_projects_stand_last_and_say_so(make_world, trainer_of, db):
    await make_world(items=1)
    await set_state(db, "paused")
    await make_world(items=1)
    trainer = await trainer_of()
    entries = (await listed(db, trainer.actor)).entries
    assert [entry.reason and entry.reason.code for entry in entries] == [None, "paused"]


@pytest.mark.parametrize("state", ["draft", "closed"])
async def test_drafts_and_closed_projects_are_not_listed(make_world, trainer_of, db, state):
    world = await make_world(items=1)
    await set_state(db, state)
    trainer = await trainer_of()
    found = await listed(db, trainer.actor)
    assert (found.entries, found.reason.code) == ([], "no_project")
    async with db.read() as session:
        terms = msgspec.structs.replace(world.terms, state=ProjectState(state))
        assert (await why_empty(session, actor=trainer.actor, terms=terms, now=utc_now())).code == "not_open"


async def test_people_of_other_teams_see_nothing(make_world, as_role, db):
    await make_world(items=1)
    stranger = await as_role("trainer")
    found = await listed(db, stranger.actor)
    assert (found.entries, found.reason.code) == ([], "no_team")
    async with db.write() as session:
        other = await add_team(session, actor=SYSTEM, name=f"Others {new_id().hex}")
        await add_member(session, actor=SYSTEM, team_id=other, person_id=stranger.actor.person_id)


async def test_only_trainers_have_a_list(as_role, db):
    manager = await as_role("manager")
    with pytest.raises(Exception, match="role"):
        await listed(db, manager.actor)


async def test_many_open_slots_are_counted_without_looking_at_each(make_world, trainer_of, db):
    await make_world(items=PROBE + 50, wanted=2)
    trainer = await trainer_of()
    assert (await entry_of(db, trainer.actor)).open == PROBE + 50


async def test_reasons_are_one_sentence_and_a_hint():
    base = {"free": 0, "slots": 0, "held": 0, "items": 5}
    codes = {
        why_nothing(Opening(**{**base, **changed}), state=ProjectState.OPEN).code
        for changed in ({}, {"slots": 2}, {"held": 2}, {"items": 0})
    }
    assert codes == {"all_done", "done_by_you", "all_held", "no_items"}
    assert why_nothing(Opening(**{**base, "free": 1, "slots": 1}), state=ProjectState.OPEN) is None
    for teams in (0, 2):
        reason = why_no_projects(teams=teams)
        assert str(reason.text)
        assert str(reason.hint)


# What came back, and what was left.


async def test_returned_work_is_shown_to_its_trainer_alone(make_world, trainer_of, db):
    world = await make_world(items=1)
    trainer, other = await trainer_of(), await trainer_of()
    receipt = await submit(trainer, await claim(trainer, world))
    async with db.write() as session:
        await verdicts.return_for_rework(
            session, actor=SYSTEM, assignment_id=receipt["assignment_id"], reason="incomplete", now=utc_now()
        )
    async with db.read() as session:
        (mine,) = await list_returned(session, actor=trainer.actor)
        assert await list_returned(session, actor=other.actor) == []
    assert (str(mine.assignment_id), mine.begun) == (receipt["assignment_id"], False)
    assert mine.summary.startswith("Why do tyres go flat")
    await trainer.post(f"/api/v1/assignments/{mine.assignment_id}/start", json={})
    async with db.read() as session:
        (mine,) = await list_returned(session, actor=trainer.actor)
    assert mine.begun


async def test_draft_of_an_expired_task_is_offered_while_nobody_has_it(make_world, trainer_of, db):
    world = await make_world(items=1)
    trainer, other = await trainer_of(), await trainer_of()
    view = await claim(trainer, world)
    draft = {"version": 1, "content": {"next_prompt": "half a thought"}}
    await trainer.put(f"/api/v1/assignments/{view['id']}/draft", json=draft)
    await expire(db)
    async with db.read() as session:
        (left,) = await list_unfinished(session, actor=trainer.actor, now=utc_now())
        assert await list_unfinished(session, actor=other.actor, now=utc_now()) == []
    assert str(left.assignment_id) == view["id"]
    await claim(other, world)
    async with db.read() as session:
        assert await list_unfinished(session, actor=trainer.actor, now=utc_now()) == []


async def test_what_one_opened_and_left_is_theirs_to_take_where_nothing_else_is_open(make_world, trainer_of, db):
    """Nothing was written, so that no list shows it; and whoever is alone on a project would never come to its end."""
    world = await make_world(items=2)
    trainer = await trainer_of()
    left = await claim(trainer, world)
    await expire(db)
    assert (await entry_of(db, trainer.actor)).open == 2
    other = await claim(trainer, world)
    assert other["item"]["id"] != left["item"]["id"], "what one has not seen comes first"
    ahead = await trainer.post(f"/api/v1/projects/{world.terms.slug}/claim", json={"prefetch": True})
    assert (ahead.status_code, "reason" in ahead.json()) == (404, False), "there is one, as soon as this one has ended"
    await submit(trainer, other)
    again = await claim(trainer, world)
    assert (again["id"], again["state"]) == (left["id"], "active")
    assert again["clock"]["idle_ms"] == 0
    found = await counted(db, world)
    assert (found.open, found.held) == await real_slots(db, world) == (0, 1)
    await skip(trainer, again)
    assert (await entry_of(db, trainer.actor)).reason.code == "done_by_you"
    assert (await trainer.post(f"/api/v1/projects/{world.terms.slug}/claim", json={})).status_code == 404


# Counts.


async def test_counts_are_right_before_and_after_folding(make_world, trainer_of, db):
    world = await make_world(items=5, wanted=1)
    assert await counted(db, world) == ProjectCounts(items=5, open=5)
    one, two = await trainer_of(), await trainer_of()
    first = await submit(one, await claim(one, world))
    second = await submit(one, await claim(one, world))
    third = await submit(two, await claim(two, world))
    await skip(two, await claim(two, world))
    await fold_all(db)
    await claim(one, world)
    await expire(db)
    async with db.write() as session:
        await verdicts.accept(
            session, actor=SYSTEM, assignment_id=first["assignment_id"], submission_id=first["submission_id"]
        )
        await verdicts.reject(
            session, actor=SYSTEM, assignment_id=second["assignment_id"], reason="empty", now=utc_now()
        )
        await verdicts.return_for_rework(
            session, actor=SYSTEM, assignment_id=third["assignment_id"], reason="x", now=utc_now()
        )
    before = await counted(db, world)
    await fold_all(db)
    after = await counted(db, world)
    assert before == after
    assert (after.accepted, after.rejected, after.returned, after.submitted) == (1, 1, 1, 0)
    assert (after.open, after.held) == await real_slots(db, world) == (3, 0)
    view = (await two.post(f"/api/v1/assignments/{third['assignment_id']}/start", json={})).json()
    await submit(two, view)
    after = await counted(db, world)
    assert (after.returned, after.submitted) == (0, 1)
    assert (after.open, after.held) == await real_slots(db, world)


async def test_what_comes_too_late_is_counted_as_surplus(make_world, trainer_of, db):
    world = await make_world(items=1)
    late, other = await trainer_of(), await trainer_of()
    view = await claim(late, world)
    await expire(db)
    await submit(other, await claim(other, world))
    assert (await submit(late, view))["outcome"] == "surplus"
    found = await counted(db, world)
    assert (found.submitted, found.surplus, found.open, found.held) == (1, 1, 0, 0)
    assert (found.open, found.held) == await real_slots(db, world)


async def test_going_on_after_the_lease_ran_out_takes_the_slot_back(make_world, trainer_of, db):
    world = await make_world(items=1)
    trainer = await trainer_of()
    view = await claim(trainer, world)
    await expire(db)
    assert (await counted(db, world)).open == 1
    await trainer.post(f"/api/v1/assignments/{view['id']}/beat", json={"inputs": [0]})
    found = await counted(db, world)
    assert (found.open, found.held) == await real_slots(db, world) == (0, 1)


async def test_skipping_what_somebody_else_has_taken_frees_nothing(make_world, trainer_of, db):
    world = await make_world(items=1)
    late, other = await trainer_of(), await trainer_of()
    view = await claim(late, world)
    await expire(db)
    await claim(other, world)
    await skip(late, view)
    found = await counted(db, world)
    assert (found.open, found.held) == await real_slots(db, world) == (0, 1)


async def test_cancelled_items_never_come_back(make_world, trainer_of, db):
    world = await make_world(items=2)
    trainer = await trainer_of()
    receipt = await submit(trainer, await claim(trainer, world))
    view = await claim(trainer, world)
    async with db.write() as session:
        await cancel_items(session, actor=SYSTEM, terms=world.terms, item_ids=world.item_ids)
        await verdicts.reject(
            session, actor=SYSTEM, assignment_id=receipt["assignment_id"], reason="empty", now=utc_now()
        )
    await skip(trainer, view)
    found = await counted(db, world)
    assert (found.open, found.held) == await real_slots(db, world) == (0, 0)


async def test_cost_and_time_are_counted(make_world, trainer_of, db):
    world = await make_world(items=1)
    trainer = await trainer_of()
    view = await claim(trainer, world)
    async with db.hot() as driver:
        await driver.execute("UPDATE assignment SET active_ms = 600000")
    receipt = await submit(trainer, view)
    found = await counted(db, world)
    assert found.cost_minor == receipt["amount"]["amount"] >= 600
    assert found.earned_ms == receipt["paid_ms"] >= 600_000


async def test_counts_of_projects_keep_apart(make_world, trainer_of, db):
    one, two = await make_world(items=1), await make_world(items=4)
    await claim(await trainer_of(), one)
    async with db.read() as session:
        found = await counts_of_projects(session, project_ids=[one.terms.id, two.terms.id, uuid4()])
    assert [found[world.terms.id].open for world in (one, two)] == [0, 4]
    assert len(found) == 3
