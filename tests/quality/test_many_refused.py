"""What a reviewer has said no to costs them, and everybody, nothing: however much of it waits, a request reads as much."""

import pytest
from sqlalchemy import select

from preceptor.lib.clock import utc_now
from preceptor.quality.operations import claim_review, release_review
from preceptor.quality.queries import list_inbox, why_nothing
from preceptor.quality.tables import Review
from preceptor.work.tables import Item
from tests.quality.readiness import HATE, VIOLENCE, agree
from tests.quality.refused import copy_reviews, rows_read

MANY = 20_000
MOST_READ = 1_500
"""Rows that a request reads at most: the first thousand of what is refused are counted, no further."""


@pytest.fixture
async def crowd(bench, make_world, hand_in):
    """A calm review behind thousands that show hate: some by their project, the rest by what was announced then."""
    hard, calm = await make_world(), await make_world()
    first = await hand_in(hard)
    async with bench.db.hot() as driver:
        await driver.execute("UPDATE assignment SET categories = '{hate}' WHERE id = %s", (first.assignment_id,))
        await driver.execute("UPDATE review SET state = 'void' WHERE assignment_id = %s", (first.assignment_id,))
        await driver.execute("UPDATE review SET state = 'open' WHERE assignment_id = %s", (first.assignment_id,))
    await copy_reviews(bench.db, first.assignment_id, MANY)
    await hand_in(calm)
    return calm


async def cost(bench, ask):
    async with bench.db.write() as session:
        answer = await ask(session)
        return answer, await rows_read(session)


async def test_claiming_reads_no_more_for_all_that_is_refused(bench, crowd, reviewer):
    found, read = await cost(bench, lambda session: claim_review(session, actor=reviewer, now=utc_now()))
    assert found is not None
    assert [one.project_id for one in await bench.reviews() if one.id == found] == [crowd.terms.id]
    assert read < 100


async def test_the_inbox_counts_no_further_than_it_says(bench, crowd, reviewer):
    found, read = await cost(bench, lambda session: list_inbox(session, actor=reviewer, now=utc_now()))
    assert [one.project_slug for one in found.page.rows] == [crowd.terms.slug]
    assert [(one.count, one.more, one.reason.code.value) for one in found.held_back] == [(1_000, True, "content")]
    assert read < MOST_READ


async def test_why_there_is_nothing_is_found_as_fast(bench, crowd, reviewer):
    slug = crowd.terms.slug
    await bench.claim(reviewer)
    colleague = await bench.person("reviewer")
    assert await bench.claim(colleague) is None
    why, read = await cost(bench, lambda session: why_nothing(session, actor=colleague, slug=None, now=utc_now()))
    assert (why.code, read < MOST_READ) == ("content", True)
    nothing = await cost(bench, lambda session: list_inbox(session, actor=colleague, slug=slug, now=utc_now()))
    assert nothing[1] < MOST_READ


async def test_who_has_said_yes_gets_the_oldest(bench, crowd, reviewer):
    await agree(bench, reviewer, HATE, VIOLENCE)
    found, read = await cost(bench, lambda session: claim_review(session, actor=reviewer, now=utc_now()))
    assert found.int == 1, "the oldest of all"
    assert read < 100
    inbox, _read = await cost(bench, lambda session: list_inbox(session, actor=reviewer, now=utc_now()))
    assert [one.id.int for one in inbox.page.rows] == list(range(2, 52))
    assert inbox.held_back == []


async def test_what_was_not_followed_is_looked_at_again(bench, make_world, reviewer, hand_in):
    """An item was put elsewhere while its review was locked, so that what is known of the review is old."""
    world = await make_world(items=2)
    first, second = await hand_in(world), await hand_in(world)
    async with bench.db.write() as session:
        (await session.get_one(Item, first.view.item.id)).lane = "//hate"
    async with bench.db.hot() as driver:
        await driver.execute("UPDATE review SET content = '' WHERE assignment_id = %s", (first.assignment_id,))
    taken = await bench.claim(reviewer)
    reviews = {one.assignment_id: one for one in await bench.reviews()}
    assert (reviews[second.assignment_id].id, reviews[first.assignment_id].content) == (taken, "hate")


async def test_placing_an_item_waits_for_nobody_who_decides_about_it(bench, make_world, hand_in):
    handed = await hand_in(await make_world())
    async with bench.db.write() as deciding:
        held = select(Review).where(Review.assignment_id == handed.assignment_id).with_for_update()
        await deciding.scalar(held)
        async with bench.db.hot() as driver, driver.transaction():
            await driver.execute("SET LOCAL lock_timeout = '2s'")
            await driver.execute("UPDATE item SET lane = '//hate' WHERE id = %s", (handed.view.item.id,))


async def test_a_review_that_opens_again_shows_what_its_item_says_by_then(bench, make_world, reviewer, hand_in):
    handed = await hand_in(await make_world())
    review_id = await bench.claim(reviewer)
    async with bench.db.write() as session:
        (await session.get_one(Item, handed.view.item.id)).lane = "ca/3/violence+hate"
    async with bench.db.write() as session:
        await release_review(session, actor=reviewer, review_id=review_id, now=utc_now())
    assert [(one.state, one.content) for one in await bench.reviews()] == [("open", "hate+violence")]
    assert await bench.claim(reviewer) is None


async def test_page_and_api_say_that_there_is_more(crowd, as_role):
    client = await as_role("reviewer")
    assert "More than 1,000 answers wait that are not offered to you." in (await client.get("/reviews")).text
    (kept,) = (await client.get("/api/v1/reviews")).json()["held_back"]
    assert (kept["count"], kept["more"], kept["reason"]["code"]) == (1_000, True, "content")
