"""Who judges work sees the content its trainers see: they are asked, limited by the day and told the reason, as those are."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from preceptor.lib.clock import utc_now
from preceptor.people.rules import ContentCategory
from preceptor.projects.rules import ProjectRules
from preceptor.projects.tables import Project
from preceptor.quality.operations import (
    take_review,
)
from preceptor.quality.queries import access_review
from preceptor.quality.queries.offered import NotReadyError
from preceptor.quality.queries.transparency import table_of, transparency_report
from preceptor.quality.tables import Review
from preceptor.work.queries.admission import admission_of, exposed_today
from preceptor.work.rules.exposure import day_of, zone_of
from preceptor.work.rules.readiness import Readiness, announced_in
from preceptor.work.tables import Exposure, Item, Stint
from tests.quality.readiness import (
    HATE,
    MINUTE,
    MINUTES,
    NOON,
    VIOLENCE,
    agree,
    claim_at,
    exposure_of,
    held_back,
    inbox,
    reason,
    spend,
)
from tests.quality.test_barred_reviewers import restrict

categories = st.sampled_from(list(ContentCategory))


@given(
    consents=st.frozensets(categories),
    shown=st.frozensets(categories),
    minutes=st.integers(5, 480),
    exposed=st.dictionaries(categories, st.integers(0, 480 * MINUTE)),
)
def test_what_is_refused_is_what_has_a_reason(consents, shown, minutes, exposed):
    ready = Readiness(consents=consents, exposed_ms=exposed)
    reason = ready.why_not(sorted(shown), minutes=minutes)
    assert (reason is None) == (not shown & ready.refused(minutes))
    if reason is not None:
        assert reason.code.value == ("daily_limit" if shown <= consents else "content")
        assert (reason.link != "") == (reason.code.value == "content")


async def test_what_was_not_agreed_to_is_neither_listed_counted_nor_claimed(bench, make_world, reviewer, hand_in):
    hard, calm = await make_world(categories=(HATE,)), await make_world()
    await hand_in(hard)
    await hand_in(calm)
    found = await inbox(bench, reviewer)
    assert [one.project_slug for one in found.page.rows] == [calm.terms.slug]
    assert [(one.slug, one.open) for one in found.projects] == [(calm.terms.slug, 1)]
    assert held_back(found) == [(1, "content")]
    kept = found.held_back[0].reason
    assert "Hate against groups of people" in str(kept.text)
    assert kept.link == "/account/work"
    first = await bench.claim(reviewer)
    assert [one.project_id for one in await bench.reviews() if one.id == first] == [calm.terms.id]
    await bench.decide(reviewer, first, "accept")
    assert await bench.claim(reviewer) is None
    assert (await reason(bench, reviewer)).code == "content"
    await agree(bench, reviewer, HATE)
    assert held_back(await inbox(bench, reviewer)) == []
    assert await bench.claim(reviewer) is not None


async def test_a_link_shows_nothing_that_was_not_agreed_to(bench, make_world, reviewer, hand_in):
    await hand_in(await make_world(categories=(HATE,)))
    (review,) = await bench.reviews()
    with pytest.raises(NotReadyError) as refused:
        async with bench.db.write() as session:
            await take_review(session, actor=reviewer, review_id=review.id, now=utc_now())
    assert "Hate" in str(refused.value)
    with pytest.raises(NotReadyError):
        async with bench.db.read() as session:
            await access_review(session, actor=reviewer, review_id=review.id, now=utc_now())
    manager = await bench.person("manager")
    async with bench.db.read() as session:
        seen = await access_review(session, actor=manager, review_id=review.id, now=utc_now())
    assert [one.key for one in seen.content_warnings] == ["hate"], "managers browse, with the warning"


async def test_what_is_held_can_be_finished_after_a_no(bench, make_world, reviewer, hand_in):
    handed = await hand_in(await make_world(categories=(HATE,)))
    await agree(bench, reviewer, HATE)
    review_id = await bench.claim(reviewer)
    await agree(bench, reviewer)
    async with bench.db.read() as session:
        assert (await access_review(session, actor=reviewer, review_id=review_id, now=utc_now())).may_decide
    assert await bench.claim(reviewer) == review_id
    await bench.decide(reviewer, review_id, "accept")
    assert await bench.state_of(handed) == "accepted"
    async with bench.db.read() as session:
        seen = await access_review(session, actor=reviewer, review_id=review_id, now=utc_now())
        assert seen.mine, "their own verdict"
        other = await bench.person("reviewer")
        with pytest.raises(NotReadyError):
            await access_review(session, actor=other, review_id=review_id, now=utc_now())


async def test_putting_back_is_free_and_paid(bench, make_world, reviewer, hand_in):
    await hand_in(await make_world(categories=(HATE,)))
    await agree(bench, reviewer, HATE)
    review_id = await claim_at(bench, reviewer)
    await spend(bench, reviewer, review_id, 2)
    await agree(bench, reviewer)
    assert [one.state for one in await bench.reviews()] == ["open"]
    assert await exposure_of(bench, reviewer) == {(NOON.date(), "hate"): 2 * MINUTE}
    other = await bench.person("reviewer")
    await agree(bench, other, HATE)
    assert await bench.claim(other) == review_id


async def test_what_an_item_says_by_now_counts_as_what_was_announced(bench, make_world, reviewer, hand_in):
    """A trainer answered before anybody knew: whoever looks at it afterwards is asked."""
    world = await make_world(items=2)
    first, second = await hand_in(world), await hand_in(world)
    async with bench.db.write() as session:
        (await session.get_one(Item, first.view.item.id)).lane = "ca/2/hate+violence"
    await agree(bench, reviewer, HATE)
    found = await inbox(bench, reviewer)
    assert held_back(found) == [(1, "content")]
    assert "Violence" in str(found.held_back[0].reason.text)
    assert "Hate" not in str(found.held_back[0].reason.text)
    review_id = await bench.claim(reviewer)
    assert [one.assignment_id for one in await bench.reviews() if one.id == review_id] == [second.assignment_id]
    await bench.decide(reviewer, review_id, "accept")
    assert await bench.claim(reviewer) is None
    await agree(bench, reviewer, HATE, VIOLENCE)
    review_id = await bench.claim(reviewer)
    async with bench.db.read() as session:
        seen = await access_review(session, actor=reviewer, review_id=review_id, now=utc_now())
        (stint,) = await session.scalars(select(Stint).where(Stint.subject_id == review_id))
    assert [one.key for one in seen.content_warnings] == ["hate", "violence"]
    assert stint.categories == ["hate", "violence"]


async def test_a_project_that_begins_to_warn_warns_of_what_was_handed_in(bench, make_world, reviewer, hand_in):
    world = await make_world()
    await hand_in(world)
    async with bench.db.write() as session:
        project = await session.get_one(Project, world.terms.id)
        project.rules = msgspec.to_builtins(msgspec.structs.replace(world.terms.rules, categories=(VIOLENCE,)))
    assert held_back(await inbox(bench, reviewer)) == [(1, "content")]
    assert await bench.claim(reviewer) is None


async def test_a_days_minutes_hold_over_both_roles_together(bench, make_world, hand_in):
    """Ten minutes of reviewing close both doing and reviewing where a day holds ten; the rest stays open."""
    world = await make_world(categories=(HATE,), daily_minutes=10)
    generous = await make_world(categories=(HATE,), daily_minutes=60)
    await hand_in(world)
    both = await bench.trainer(world, "reviewer")
    await agree(bench, both, HATE)
    review_id = await claim_at(bench, both)
    await spend(bench, both, review_id, 9, end=False)
    soon = NOON + 9 * MINUTES

    async def admitted(now):
        async with bench.db.read() as session:
            found = await admission_of(session, actor=both, terms=world.terms, now=now)
        return found.why_not("")

    assert await admitted(soon) is None
    await spend(bench, both, review_id, 1, began=soon)  # the review runs still when it is looked at
    later = soon + MINUTES
    assert (await admitted(later)).code.value == "daily_limit"
    found = await inbox(bench, both, now=later)
    assert held_back(found) == [(1, "daily_limit")]
    assert found.page.rows == []
    why = await reason(bench, both, later)
    assert (why.code, why.until.date() - later.date()) == ("daily_limit", timedelta(days=1))
    assert await claim_at(bench, both, later) is None
    await hand_in(generous)
    assert await claim_at(bench, both, later) is not None, "another project's day is longer"
    tomorrow = NOON + timedelta(days=1)
    assert await admitted(tomorrow) is None


async def test_the_installations_limit_holds_where_a_project_has_none(bench, make_world, reviewer, hand_in):
    await hand_in(await make_world(categories=(HATE,)))
    await agree(bench, reviewer, HATE)
    await spend(bench, reviewer, await claim_at(bench, reviewer), 6)
    later = NOON + 6 * MINUTES
    assert await claim_at(bench, reviewer, later, daily_minutes=6) is None
    assert await claim_at(bench, reviewer, later, daily_minutes=7) is not None


async def test_tasks_count_for_reviews(bench, make_world, hand_in):
    world = await make_world(categories=(HATE,), daily_minutes=10)
    await hand_in(world)
    both = await bench.trainer(world, "reviewer")
    await agree(bench, both, HATE)
    async with bench.db.write() as session:
        day = day_of(NOON, zone_of(both.time_zone))
        session.add(Exposure(person_id=both.person_id, day=day, category="hate", ms=10 * MINUTE))
    assert await claim_at(bench, both) is None
    assert held_back(await inbox(bench, both, now=NOON)) == [(1, "daily_limit")]


async def test_running_reviews_count_before_they_end(bench, make_world, reviewer, hand_in):
    await hand_in(await make_world(categories=(HATE,)))
    await agree(bench, reviewer, HATE)
    await spend(bench, reviewer, await claim_at(bench, reviewer), 3, end=False)
    async with bench.db.hot() as driver:
        seen = await exposed_today(driver, person_id=reviewer.person_id, time_zone="UTC", now=NOON + 3 * MINUTES)
    assert seen == {HATE: 3 * MINUTE}


async def test_a_restricted_reviewer_is_listed_only_what_they_may_take(bench, make_world, reviewer):
    closed, other = await make_world(), await make_world()
    await bench.hand_in(closed)
    await restrict(bench, reviewer, closed)
    found = await inbox(bench, reviewer)
    assert (found.page.rows, found.projects) == ([], [])
    assert held_back(found) == [(1, "restricted")]
    assert found.reason.code == "restricted"
    await bench.hand_in(other)
    found = await inbox(bench, reviewer)
    assert [one.slug for one in found.projects] == [other.terms.slug]
    assert [one.project_slug for one in found.page.rows] == [other.terms.slug]
    claimed = await bench.claim(reviewer)
    assert [one.id for one in found.page.rows] == [claimed]


async def test_counts_lists_and_claims_agree(bench, make_world, hand_in):
    """Whatever somebody has said yes to: the list holds what claiming then hands out, one after the other."""
    worlds = [await make_world(categories=found) for found in ((), (HATE,), (VIOLENCE,), (HATE, VIOLENCE))]
    for world in worlds:
        await hand_in(world)
    async with bench.db.write() as session:
        for item_id in worlds[0].item_ids:
            (await session.get_one(Item, item_id)).lane = "//sexual"
    colleague = await bench.person("reviewer")
    for consents in ((), (HATE,), (VIOLENCE,), (HATE, VIOLENCE), tuple(ContentCategory)):
        actor = await bench.person("reviewer")
        await agree(bench, actor, *consents)
        found = await inbox(bench, actor)
        listed = [one.id for one in found.page.rows]
        assert len(listed) == sum(one.open for one in found.projects) == 4 - sum(one.count for one in found.held_back)
        taken = []
        while (review_id := await bench.claim(actor)) is not None:
            taken.append(review_id)
            async with bench.db.write() as session:  # out of their hands, so that they are handed the next one
                (await session.get_one(Review, review_id)).reviewer_id = colleague.person_id
        assert taken == listed
        async with bench.db.hot() as driver:
            await driver.execute("UPDATE review SET state = 'open', reviewer_id = NULL, lease_until = NULL")


async def test_figures_of_exposure_count_who_judges(bench, make_world, hand_in):
    world = await make_world(items=5, categories=(HATE,))
    for _one in range(5):
        await hand_in(world)
        actor = await bench.person("reviewer")
        await agree(bench, actor, HATE)
        review_id = await claim_at(bench, actor)
        await spend(bench, actor, review_id, 2)
    speaker = await bench.person("representative")
    async with bench.db.read() as session:
        report = await transparency_report(
            session,
            actor=speaker,
            since=NOON - timedelta(days=1),
            until=NOON + timedelta(days=2),
            now=utc_now(),
        )
    rows = {str(one.label): one for one in table_of(report, "exposure").rows}
    hate = rows["Hate against groups of people"]
    assert hate.people == 10, "five who wrote, for some milliseconds each, and five who looked"
    assert hate.values[0] == pytest.approx(10, abs=1)


def test_what_was_announced_then_and_what_is_now_add_up():
    rules = ProjectRules(categories=(VIOLENCE,))
    assert announced_in(lane="", rules=ProjectRules()) == ()
    assert announced_in(lane="ca/3/sexual", rules=rules, at_the_time=["hate"]) == (
        HATE,
        ContentCategory.SEXUAL,
        VIOLENCE,
    )
