"""A reviewer whom a measure keeps from some projects is served from the others, and told so where nothing is left."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from preceptor.hiring.rules import CaseReason, Measure, NewCase, Scope
from preceptor.lib.clock import utc_now
from preceptor.quality.operations import NotReviewingError, open_case

DAY = timedelta(days=1)


async def restrict(bench, person, world, scope=Scope.FROM, measure=Measure.RESTRICTION, **more):
    """A measure that is in force since yesterday."""
    manager = await bench.person("manager")
    case = NewCase(
        person_id=person.person_id,
        measure=measure,
        reason=CaseReason.END_OF_WORK,
        words="The client wants no more reviews of these answers for now.",
        project_id=world.terms.id,
        scope=scope,
        no_transfer="All other teams are full just now.",
        **more,
    )
    async with bench.db.write() as session:
        await open_case(session, actor=manager, case=case, notice=14 * DAY, now=utc_now() - 15 * DAY)


async def test_the_oldest_review_is_passed_over_and_another_project_serves(bench, make_world, reviewer):
    closed, other = await make_world(), await make_world()
    await bench.hand_in(closed)
    await bench.hand_in(other)
    await restrict(bench, reviewer, closed)
    review_id = await bench.claim(reviewer)
    assert [one.project_id for one in await bench.reviews() if one.id == review_id] == [other.terms.id]


async def test_only_one_project_is_left(bench, make_world, reviewer):
    first, left = await make_world(), await make_world()
    await bench.hand_in(first)
    await bench.hand_in(left)
    await restrict(bench, reviewer, left, Scope.ONLY)
    review_id = await bench.claim(reviewer)
    assert [one.project_id for one in await bench.reviews() if one.id == review_id] == [left.terms.id]


async def test_the_measure_is_named_where_all_that_waits_is_closed(bench, make_world, reviewer):
    closed, empty = await make_world(), await make_world()
    await restrict(bench, reviewer, closed)
    assert await bench.claim(reviewer) is None, "nothing waits at all, for anybody"
    handed = await bench.hand_in(closed)
    for slug in (None, closed.terms.slug):
        with pytest.raises(NotReviewingError):
            await bench.claim(reviewer, slug)
    assert await bench.claim(reviewer, empty.terms.slug) is None
    assert [one.state for one in await bench.reviews()] == ["open"]
    assert await bench.state_of(handed) == "submitted"


async def test_what_is_held_already_can_be_finished(bench, make_world, reviewer):
    world = await make_world()
    await bench.hand_in(world)
    review_id = await bench.claim(reviewer)
    await restrict(bench, reviewer, world)
    assert await bench.claim(reviewer) == review_id
    await bench.decide(reviewer, review_id, "accept")


async def test_whom_nothing_binds_asks_the_database_no_more_than_before(bench, make_world, reviewer):
    """Claiming is not slower for what measures need: one look at a person's cases, whatever waits."""
    world = await make_world()
    await bench.hand_in(world)
    asked = []
    engine = bench.db._engine.sync_engine

    def note(_connection, _cursor, statement, *_more):
        if "due_process_case" in statement:
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert await bench.claim(reviewer) is not None
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(asked) == 1
