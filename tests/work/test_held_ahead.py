"""What was held ahead for hours is begun under what holds then, or goes back to the others."""

import pytest

from preceptor.hiring.rules import CaseReason, CaseRecord, Measure, RecordKind
from preceptor.lib.clock import utc_now
from preceptor.people.operations import set_consents
from preceptor.people.rules import SYSTEM, ContentCategory
from preceptor.projects.operations import change_guidelines
from preceptor.work.operations.claiming import ProjectNotOpenError
from preceptor.work.operations.items import move_items
from preceptor.work.operations.leasing import KeptOutError
from preceptor.work.rules.lanes import Lane
from tests.cases.conftest import Court
from tests.quality.conftest import bench
from tests.work.conftest import hand_in, take

__all__ = ["bench"]

HATE = ContentCategory.HATE


@pytest.fixture
def desk(app):
    return app.state.desk


async def change(db, desk, query, *values):
    async with db.hot() as driver:
        await driver.execute(query, values)
    desk._terms.clear()


async def slots(db, world):
    async with db.hot() as driver:
        query = "SELECT state, count(*) FROM slot WHERE project_id = %s GROUP BY state ORDER BY state"
        return await (await driver.execute(query, (world.terms.id,))).fetchall()


async def test_it_is_begun_under_what_holds_then(db, desk, make_world, make_person, team_id):
    world = await make_world(items=2)
    actor = await make_person("trainer", team=team_id)
    first = await take(desk, actor, world)
    ahead = await take(desk, actor, world, prefetch=True)
    async with db.write() as session:
        await change_guidelines(
            session, actor=SYSTEM, slug=world.terms.slug, markdown="# Be kinder", expected_version=1
        )
    await change(db, desk, "UPDATE project SET rate_minor = 7200 WHERE id = %s", world.terms.id)
    assert (await hand_in(desk, actor, first))[0].rate.amount == 3600
    begun = await desk.start(actor=actor, assignment_id=ahead.id, now=utc_now())
    assert begun.project.rate_per_hour.amount == 7200
    async with db.hot() as driver:
        query = "SELECT rate_minor, guidelines_version FROM assignment WHERE id = %s"
        assert await (await driver.execute(query, (ahead.id,))).fetchone() == (7200, 2)


async def test_it_goes_back_where_the_project_was_paused(db, desk, make_world, make_person, team_id):
    world = await make_world(items=2)
    actor = await make_person("trainer", team=team_id)
    first = await take(desk, actor, world)
    ahead = await take(desk, actor, world, prefetch=True)
    await change(db, desk, "UPDATE project SET state = 'paused' WHERE id = %s", world.terms.id)
    await hand_in(desk, actor, first)
    with pytest.raises(ProjectNotOpenError):
        await desk.start(actor=actor, assignment_id=ahead.id, now=utc_now())
    assert await slots(db, world) == [("done", 1), ("open", 1)]


async def test_it_goes_back_where_a_decision_keeps_its_person_out(db, desk, make_world, bench, team_id):
    world = await make_world(items=3)
    court = await Court(db, bench, world).set_up()
    first = await take(desk, court.trainer, world)
    ahead = await take(desk, court.trainer, world, prefetch=True)
    record = CaseRecord(RecordKind.SUBMISSION, court.handed.submission_id)
    await court.open(reason=CaseReason.SAFETY, measure=Measure.SUSPENSION, immediate=True, records=(record,))
    trainer = await court.seen_as(court.trainer)
    desk.admissions.forget(trainer.person_id)
    await hand_in(desk, trainer, first)
    with pytest.raises(KeptOutError):
        await desk.start(actor=trainer, assignment_id=ahead.id, now=utc_now())
    assert await slots(db, world) == [("done", 2), ("open", 1)]


async def test_what_is_open_besides_is_handed_out_instead(db, desk, make_trainer, make_lanes):
    world, lanes = await make_lanes([Lane("", 0, frozenset({HATE})), Lane()])
    actor = await make_trainer(consents=[HATE])
    hard = [item for item, lane in lanes.items() if lane.categories]
    async with db.write() as session:
        await move_items(session, actor=SYSTEM, terms=world.terms, item_ids=hard, priority=0)
    ahead = await take(desk, actor, world, prefetch=True)
    assert [ahead.item.id] == hard
    async with db.write() as session:
        await set_consents(session, actor=actor, categories=[], now=utc_now())
    other = await take(desk, actor, world)
    assert (other.item.id != ahead.item.id, other.content_warnings) == (True, [])
    assert await slots(db, world) == [("held", 1), ("open", 1)]


async def test_what_a_days_minutes_close_is_not_handed_out_again_at_once(db, desk, make_trainer, make_lanes):
    world, _lanes = await make_lanes([Lane("", 0, frozenset({HATE}))], each=2, daily_minutes=20)
    actor = await make_trainer(consents=[HATE])
    await take(desk, actor, world, prefetch=True)
    await desk.admissions.of(actor=actor, terms=world.terms, now=utc_now())  # remembered for half a minute
    spent = "INSERT INTO exposure (person_id, day, category, ms) VALUES (%s, %s, 'hate', 1_300_000)"
    async with db.hot() as driver:
        await driver.execute(spent, (actor.person_id, utc_now().date()))
    assert await take(desk, actor, world) is None, "though what is remembered of them says otherwise"
    assert await slots(db, world) == [("open", 2)]
