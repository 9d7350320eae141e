"""Rates of a role in all projects: told to whom they touch, and never below what people work for without notice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preceptor import flow
from preceptor.lib.clock import utc_now
from preceptor.lib.errors import InvalidError
from preceptor.lib.money import Money
from preceptor.pay.rules import Activity, PaidRole, Reach
from preceptor.people.queries.notices import list_notices
from preceptor.people.rules import SYSTEM
from preceptor.projects.operations.rates import set_project_rate, set_role_rate
from preceptor.work.operations.claiming import Queue
from preceptor.work.queries.admission import admission_of
from tests.work.test_time import Task


async def put(db, minor, *, days=0, role=PaidRole.TRAINER, slug=None, **reach):
    now = utc_now()
    given = {
        "reach": Reach(**reach),
        "rate": None if minor is None else Money(minor, "EUR"),
        "currency": "EUR",
        "valid_from": now + timedelta(days=days),
        "notice_days": 14,
        "now": now,
    }
    async with db.write() as session:
        if slug is None:
            return await set_role_rate(session, actor=SYSTEM, role=role, **given)
        return await set_project_rate(session, actor=SYSTEM, slug=slug, **given)


async def told(db, actor):
    while await flow.fold_events(db):
        pass
    async with db.read() as session:
        return [(one.subject, one.body) for one in (await list_notices(session, actor=actor)).rows]


async def test_everybody_it_touches_is_told_once_and_nobody_else(db, make_world, make_person, team_id):
    first, second, own = await make_world(), await make_world(), await make_world()
    await put(db, 5000, slug=own.terms.slug)
    trainer, reviewer = await make_person("trainer", team=team_id), await make_person("reviewer", team=team_id)
    elsewhere = await make_person("trainer")
    before, reviewers = await told(db, trainer), await told(db, reviewer)
    await put(db, 4000)
    ((subject, body), *rest) = await told(db, trainer)
    assert rest == before
    assert subject == "2 rates of yours change"
    assert [one.terms.title in body for one in (first, second, own)] == [True, True, False]
    assert body.count("€40.00 instead of €36.00") == 2
    assert await told(db, reviewer) == reviewers
    assert await told(db, elsewhere) == []
    await put(db, 4500, role=PaidRole.REVIEWER, activity=Activity.REVIEW)
    assert (await told(db, reviewer))[0][0] == "2 rates of yours change"
    assert len(await told(db, trainer)) == len(before) + 1


async def test_below_the_own_rate_of_a_project_needs_notice(db, make_world, make_person, team_id):
    world = await make_world()
    trainer = await make_person("trainer", team=team_id)
    with pytest.raises(InvalidError) as error:
        await put(db, 3500)
    assert error.value.fields[0].path == "valid_from"
    await put(db, 3500, role=PaidRole.REVIEWER, days=15)
    await put(db, 3500, days=15)
    ((subject, body),) = await told(db, trainer)
    assert subject == f"{world.terms.title}: €35.00 an hour"
    assert "instead of €36.00" in body


async def test_a_rate_for_trainers_asks_nothing_of_reviewers(db, make_world):
    """Work has a rate of its own above it here; reviews have none, and are not the trainers'."""
    world = await make_world()
    await put(db, 5000, slug=world.terms.slug, activity=Activity.WORK)
    for activity in (Activity.REWORK, Activity.GUIDELINES, Activity.EXAM, Activity.TRAINING):
        await put(db, 5000, slug=world.terms.slug, activity=activity)
    await put(db, 3000)


changes = st.lists(
    st.tuples(st.booleans(), st.integers(3600, 9000), st.sampled_from([None, *Activity]), st.integers(0, 40)),
    min_size=1,
    max_size=6,
)


async def begin(db, world, actor, days):
    """Take a task as the desk does, at what the rates say then, some days from now."""
    at = utc_now() + timedelta(days=days)
    async with db.read() as session:
        admission = await admission_of(session, actor=actor, terms=world.terms, now=at)
    async with db.hot() as driver:
        found = await Queue().claim(driver, actor=actor, terms=world.terms, admission=admission, now=at)
    return Task(db, actor, world, found.id, found.item_id, at, found.content), admission.rate.amount


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=changes)
async def test_no_later_rate_ever_applies_to_work_begun(db, make_world, make_person, team_id, story):
    world = await make_world(items=12, cap_minutes=60)
    begun = []
    for for_role, minor, activity, days in story:
        actor = await make_person("trainer", team=team_id)
        begun.append(await begin(db, world, actor, days - 1))
        try:
            slug = None if for_role else world.terms.slug
            await put(db, minor, days=days, slug=slug, activity=activity)
        except InvalidError:
            continue
        begun.append(await begin(db, world, await make_person("trainer", team=team_id), days + 1))
    for task, rate in begun:
        receipt = await task.submit(2)
        exact = round(Decimal(rate) * 2 / 60)
        assert (receipt.rate.amount, receipt.amount.amount) == (rate, exact)


async def test_what_is_begun_after_its_day_is_paid_by_it(db, make_world, make_person, team_id):
    """The story above would prove nothing if no rate ever applied."""
    world = await make_world()
    actor = await make_person("trainer", team=team_id)
    task, rate = await begin(db, world, actor, 0)
    await put(db, 6000, days=3)
    later, raised = await begin(db, world, await make_person("trainer", team=team_id), 4)
    assert (rate, raised) == (3600, 6000)
    assert [(await one.submit(2)).amount.amount for one in (task, later)] == [120, 200]
