"""What a manager is told of a project: items, submissions, people, days; and that every count stays true."""

# ruff: noqa: F811 (a fixture is named again wherever it is asked for)

from datetime import timedelta

import msgspec
import pytest

from preceptor.lib.clock import utc_now
from preceptor.lib.errors import InvalidError
from preceptor.people.rules import SYSTEM, MissingPermissionError
from preceptor.projects.queries import NoSuchProjectError, access_project
from preceptor.projects.rules import ProjectState
from preceptor.work.operations.adding import AddedToClosedError, add_prompts
from preceptor.work.operations.expiring import expire_due
from preceptor.work.operations.items import NewItem, add_items, cancel_items
from preceptor.work.operations.verdicts import accept
from preceptor.work.queries import project_items
from preceptor.work.queries.at_work import Doing, list_at_work
from preceptor.work.queries.breakdowns import project_breakdown
from preceptor.work.queries.counts import access_counts, project_counts
from preceptor.work.queries.project_items import ItemFilter, ItemState, NoSuchItemError, access_item, list_items
from tests.quality.conftest import Bench, bench  # noqa: F401 (a fixture)


async def counts_of(db, world):
    async with db.read() as session:
        return await project_counts(session, project_id=world.terms.id)


async def slots_of(db, world):
    query = "SELECT state, count(*) FROM slot WHERE project_id = %s GROUP BY state"
    async with db.hot() as driver:
        return dict(await (await driver.execute(query, (world.terms.id,))).fetchall())


async def claim(bench: Bench, world, trainer):
    view, _fresh = await bench.desk.claim(actor=trainer, slug=world.terms.slug, prefetch=False, now=utc_now())
    return view


async def skip(bench, view, trainer):
    await bench.desk.give_back(actor=trainer, assignment_id=view.id, report=False, reason="time", note="")


async def expire(db):
    async with db.hot() as driver, driver.transaction():
        await expire_due(driver, now=utc_now() + timedelta(hours=3))


@pytest.mark.parametrize("end", ["skip", "expire", "reject"])
async def test_what_was_cancelled_is_not_handed_out_again(make_world, bench, db, end):
    world = await make_world(items=2)
    trainer = await bench.trainer(world)
    if end == "reject":
        handed = await bench.hand_in(world, trainer=trainer)
        item_id = handed.view.item.id
    else:
        view = await claim(bench, world, trainer)
        item_id = view.item.id
    async with db.write() as session:
        assert await cancel_items(session, actor=SYSTEM, terms=world.terms, item_ids=[item_id]) == 1
    if end == "skip":
        await skip(bench, view, trainer)
    elif end == "expire":
        await expire(db)
    else:
        reviewer = await bench.person("reviewer")
        await bench.decide(reviewer, await bench.claim(reviewer, world.terms.slug), "reject")
    slots = await slots_of(db, world)
    counts = await counts_of(db, world)
    assert (slots.get("open", 0), slots.get("held", 0)) == (1, 0) == (counts.open, counts.held)
    await bench.fold()
    assert await counts_of(db, world) == counts


async def test_giving_back_what_ran_out_counts_no_slot_twice(make_world, bench, db):
    world = await make_world(items=1)
    first, second = await bench.trainer(world), await bench.trainer(world)
    view = await claim(bench, world, first)
    await expire(db)
    await claim(bench, world, second)
    await skip(bench, view, first)
    counts = await counts_of(db, world)
    assert (counts.open, counts.held, counts.expired, counts.skipped) == (0, 1, 1, 1)


async def test_a_task_that_nobody_opened_did_not_run_out(make_world, bench, db):
    world = await make_world(items=2)
    trainer = await bench.trainer(world)
    await claim(bench, world, trainer)
    await bench.desk.claim(actor=trainer, slug=world.terms.slug, prefetch=True, now=utc_now())
    await expire(db)
    counts = await counts_of(db, world)
    assert (counts.open, counts.held, counts.expired) == (2, 0, 1)


async def test_ends_say_how_long_somebody_was_active(make_world, bench, db):
    world = await make_world(items=1)
    trainer = await bench.trainer(world)
    await claim(bench, world, trainer)
    async with db.hot() as driver:
        await driver.execute("UPDATE assignment SET active_ms = 5000, idle_ms = 70")
    await expire(db)
    async with db.hot() as driver:
        query = "SELECT (data->>'active_ms')::int FROM event WHERE name = 'work.expired'"
        assert await (await driver.execute(query)).fetchone() == (5000,)


async def breakdown_of(db, manager, world):
    async with db.read() as session:
        since = utc_now().date() - timedelta(days=30)
        return await project_breakdown(session, actor=manager, project_id=world.terms.id, since=since)


async def test_people_and_days_are_counted_before_and_after_folding(make_world, bench, db):
    world = await make_world(items=6)
    manager, reviewer = await bench.person("manager"), await bench.person("reviewer")
    busy, lazy = await bench.trainer(world), await bench.trainer(world)
    for verdict in ("accept", "correct", "return", "reject"):
        handed = await bench.hand_in(world, trainer=busy)
        given = {}
        if verdict == "correct":
            given = {"content": {"turns": [{**handed.content["turns"][0], "ideal": "Put air into them."}]}}
        await bench.decide(reviewer, await bench.claim(reviewer, world.terms.slug), verdict, **given)
    await skip(bench, await claim(bench, world, lazy), lazy)
    late = await bench.hand_in(world, trainer=lazy, fold=False)
    async with db.write() as session:
        await accept(
            session,
            actor=reviewer,
            assignment_id=late.assignment_id,
            submission_id=late.submission_id,
            by_time=True,
        )
    before = await breakdown_of(db, manager, world)
    await bench.fold()
    assert await breakdown_of(db, manager, world) == before
    first, second = before.trainers
    assert (first.person_id, first.pseudonym) == (busy.person_id, busy.pseudonym)
    counted = (first.submitted, first.accepted, first.kept, first.corrected, first.returned, first.rejected)
    assert counted == (4, 2, 1, 1, 1, 1)
    assert (second.submitted, second.accepted, second.kept, second.given_back) == (1, 1, 0, 1)
    assert first.per_hour is None
    assert [(day.submitted, day.accepted) for day in before.days] == [(5, 3)]
    assert before.days[0].day == utc_now().date()


async def test_rework_is_no_second_task(make_world, bench, db):
    world = await make_world(items=1)
    manager, reviewer = await bench.person("manager"), await bench.person("reviewer")
    handed = await bench.hand_in(world)
    await bench.decide(reviewer, await bench.claim(reviewer, world.terms.slug), "return")
    await bench.rework(handed)
    found = await breakdown_of(db, manager, world)
    assert (found.trainers[0].submitted, found.trainers[0].returned, found.days[0].submitted) == (1, 1, 1)


async def test_only_managers_are_told_who_does_what(make_world, bench, db):
    world = await make_world(items=1)
    for role in ("trainer", "reviewer", "client", "operator"):
        with pytest.raises(MissingPermissionError):
            await breakdown_of(db, await bench.person(role), world)


# Items.


async def view_of(db, world):
    async with db.read() as session:
        return await access_project(session, actor=SYSTEM, slug=world.terms.slug)


async def items_of(db, world, cursor=None, **wanted):
    project = await view_of(db, world)
    async with db.read() as session:
        return await list_items(session, actor=SYSTEM, project=project, wanted=ItemFilter(**wanted), cursor=cursor)


async def add(db, world, *items):
    async with db.write() as session:
        return await add_items(session, actor=SYSTEM, terms=world.terms, items=items)


async def test_items_are_listed_newest_first_page_by_page(make_world, db, monkeypatch):
    world = await make_world(items=5, wanted=2)
    monkeypatch.setattr(project_items, "PAGE_SIZE", 2)
    seen, cursor = [], None
    while True:
        found = await items_of(db, world, cursor)
        seen += [row.id for row in found.rows]
        cursor = found.next_cursor
        if cursor is None:
            break
    assert seen == list(reversed(world.item_ids))
    assert found.looked_at is None


async def test_items_tell_how_far_they_are(make_world, bench, db):
    world = await make_world(items=2, wanted=2)
    first = await bench.hand_in(world)
    await claim(bench, world, await bench.trainer(world))
    rows = {row.id: row for row in (await items_of(db, world)).rows}
    done, other = rows[first.view.item.id], next(row for row in rows.values() if row.id != first.view.item.id)
    assert (done.answered, done.held, done.wanted, done.state) == (1, 0, 2, ItemState.OPEN)
    assert (other.answered, other.held) == (0, 1)
    assert "Why do tyres go flat" in done.summary
    await bench.hand_in(world)
    await bench.hand_in(world)
    states = [row.state for row in (await items_of(db, world)).rows]
    assert sorted(states) == [ItemState.DONE, ItemState.OPEN]


async def test_items_are_found_by_what_they_say(make_world, db):
    world = await make_world(items=2)
    quoted, percent, brief = await add(
        db,
        world,
        NewItem(content={"prompt": 'Say "ÜBER"\nand \\ more'}, topic="words"),
        NewItem(content={"prompt": "What are 50% of 8_000?"}, priority=2),
        NewItem(content={}, brief="Talk about helicopters"),
    )

    async def ids(**wanted):
        return [row.id for row in (await items_of(db, world, **wanted)).rows]

    assert await ids(text='say "über"\n') == [quoted]
    assert await ids(text="\\ MORE") == [quoted]
    assert await ids(text="50%") == [percent]
    assert await ids(text="8_0") == [percent]
    assert await ids(text="8.0") == []
    assert await ids(text="helicopter") == [brief]
    assert await ids(text="prompt") == []
    assert len(await ids(text="reason 2 of case")) == 2
    assert await ids(topic="words") == [quoted]
    assert await ids(priority=2) == [percent]
    assert await ids(priority=2, text="helicopter") == []
    with pytest.raises(InvalidError):
        await ids(text="zero\0byte")
    assert len(await ids(topic="winter")) == 2


async def test_a_search_looks_through_so_many_items_and_says_so(make_world, db, monkeypatch):
    world = await make_world(items=7)
    (wanted,) = await add(db, world, NewItem(content={"prompt": "A needle"}))
    await add(db, world, *[NewItem(content={"prompt": f"Hay {number}"}) for number in range(5)])
    monkeypatch.setattr(project_items, "LOOKED_AT", 4)
    first = await items_of(db, world, text="needle")
    assert (first.rows, first.looked_at) == ([], 4)
    second = await items_of(db, world, first.next_cursor, text="needle")
    assert [row.id for row in second.rows] == [wanted]
    third = await items_of(db, world, second.next_cursor, text="needle")
    fourth = await items_of(db, world, third.next_cursor, text="needle")
    assert (fourth.rows, fourth.next_cursor, fourth.looked_at) == ([], None, None)


async def test_cancelled_items_are_a_state_of_their_own(make_world, db):
    world = await make_world(items=3)
    async with db.write() as session:
        await cancel_items(session, actor=SYSTEM, terms=world.terms, item_ids=world.item_ids[:1])
    assert [row.id for row in (await items_of(db, world, state=ItemState.CANCELLED)).rows] == world.item_ids[:1]
    assert len((await items_of(db, world, state=ItemState.OPEN)).rows) == 2


async def test_an_item_shows_its_answers_and_why_others_gave_it_back(make_world, bench, db):
    world = await make_world(items=1, wanted=2)
    manager = await bench.person("manager")
    lazy = await bench.trainer(world)
    view = await claim(bench, world, lazy)
    await bench.desk.give_back(actor=lazy, assignment_id=view.id, report=True, reason="impossible", note="No tyres.")
    handed = await bench.hand_in(world)
    project = await view_of(db, world)
    async with db.read() as session:
        detail = await access_item(session, actor=manager, project=project, item_id=world.item_ids[0])
    reported, answered = detail.answers
    assert (reported.state, str(reported.reason), reported.note) == (
        "reported",
        "The task cannot be done as described",
        "No tyres.",
    )
    assert (answered.assignment_id, answered.state, answered.pseudonym) == (
        handed.assignment_id,
        "submitted",
        handed.trainer.pseudonym,
    )
    assert len(detail.turns[0].responses) == 4
    other = await view_of(db, await make_world(items=1))
    async with db.read() as session:
        with pytest.raises(NoSuchItemError):
            await access_item(session, actor=manager, project=other, item_id=world.item_ids[0])


async def test_only_managers_read_items(make_world, bench, db):
    world = await make_world(items=1)
    project = await view_of(db, world)
    for role in ("trainer", "reviewer", "client", "operator"):
        actor = await bench.person(role, team=world.team_id)
        async with db.read() as session:
            with pytest.raises(MissingPermissionError):
                await list_items(session, actor=actor, project=project, wanted=ItemFilter())
            with pytest.raises(MissingPermissionError):
                await access_item(session, actor=actor, project=project, item_id=world.item_ids[0])


# Adding.


async def test_each_prompt_becomes_an_item(make_world, db):
    world = await make_world(items=0, answers_per_item=3)
    async with db.write() as session:
        prompts = [" First? ", "", "\tSecond?"]
        ids = await add_prompts(session, actor=SYSTEM, terms=world.terms, prompts=prompts, topic="t", priority=1)
    rows = (await items_of(db, world)).rows
    assert [row.id for row in rows] == list(reversed(ids))
    assert [row.summary for row in rows] == ["Second?", "First?"]
    assert {(row.wanted, row.priority, row.topic) for row in rows} == {(3, 1, "t")}


async def test_a_bad_prompt_is_named_and_nothing_is_added(make_world, db):
    world = await make_world(items=0)
    for prompts, said in ((["Good", "x" * 70_000], "Prompt 2"), ([" "], "at least one")):
        with pytest.raises(InvalidError) as caught:
            async with db.write() as session:
                await add_prompts(session, actor=SYSTEM, terms=world.terms, prompts=prompts)
        assert caught.value.fields[0].path == "prompts"
        assert said in str(caught.value.fields[0].message)
    assert (await items_of(db, world)).rows == []


async def test_nothing_is_added_to_a_closed_project_or_by_others(make_world, bench, db):
    world = await make_world(items=0)
    closed = msgspec.structs.replace(world.terms, state=ProjectState.CLOSED)
    async with db.write() as session:
        with pytest.raises(AddedToClosedError):
            await add_prompts(session, actor=SYSTEM, terms=closed, prompts=["Hello?"])
        with pytest.raises(MissingPermissionError):
            await add_prompts(session, actor=await bench.trainer(world), terms=world.terms, prompts=["Hello?"])


# At work.


async def test_who_is_at_work_and_what_they_do(make_world, bench, db):
    world = await make_world(items=5)
    manager = await bench.person("manager")
    people = [await bench.trainer(world) for _one in range(4)]
    views = [await claim(bench, world, one) for one in people]
    for one, view in zip(people[:2], views[:2], strict=True):
        await bench.desk.beat(actor=one, assignment_id=view.id, signs=(0,))
    await bench.desk.pause(actor=people[1], assignment_id=views[1].id, paused=True, signs=())
    await skip(bench, views[3], people[3])
    await bench.desk.claim(actor=people[3], slug=world.terms.slug, prefetch=True, now=utc_now())

    async def doing(now):
        async with db.read() as session:
            idle = timedelta(minutes=3)
            found = await list_at_work(session, actor=manager, project_id=world.terms.id, idle_after=idle, now=now)
        return {one.person_id: one.doing for one in found}

    expected = dict(zip([one.person_id for one in people[:3]], [Doing.ACTIVE, Doing.PAUSED, Doing.ACTIVE], strict=True))
    assert await doing(utc_now()) == expected
    assert list((await doing(utc_now() + timedelta(minutes=4))).values()) == [Doing.IDLE, Doing.PAUSED, Doing.IDLE]


async def test_rework_is_work(make_world, bench, db):
    world = await make_world(items=1)
    manager, reviewer = await bench.person("manager"), await bench.person("reviewer")
    handed = await bench.hand_in(world)
    await bench.decide(reviewer, await bench.claim(reviewer, world.terms.slug), "return")
    await bench.desk.start(actor=handed.trainer, assignment_id=handed.assignment_id, now=utc_now())
    async with db.read() as session:
        (one,) = await list_at_work(
            session, actor=manager, project_id=world.terms.id, idle_after=timedelta(minutes=3), now=utc_now()
        )
    assert (one.pseudonym, one.rework) == (handed.trainer.pseudonym, True)


# Counts.


async def test_counts_are_for_managers_and_the_projects_own_client(make_world, bench, make_person, db):
    world = await make_world(items=2, wanted=2)
    async with db.read() as session:
        project, counts = await access_counts(session, actor=SYSTEM, slug=world.terms.slug)
        assert (counts.items, counts.wanted, counts.answered) == (2, 4, 0)
        own = await make_person("client", client=project.client.id)
        assert (await access_counts(session, actor=own, slug=world.terms.slug))[1] == counts
        other = await make_person("client", "trainer", team=world.team_id)
        with pytest.raises(NoSuchProjectError):
            await access_counts(session, actor=other, slug=world.terms.slug)
        for actor in (await bench.trainer(world), await bench.person("reviewer"), await bench.person("operator")):
            with pytest.raises(MissingPermissionError):
                await access_counts(session, actor=actor, slug=world.terms.slug)
