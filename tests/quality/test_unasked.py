"""Managers are told of reviews that wait for nobody: content that no reviewer has said yes to, or no reviewer at all."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.hiring.rules import NOT_BARRED, Barred
from preceptor.lib.clock import utc_now
from preceptor.people.rules import ContentCategory, MissingPermissionError
from preceptor.people.tables import Person
from preceptor.quality.queries import unasked_reviews
from preceptor.quality.rules.unasked import Judge, Unasked, Waits, unasked
from tests.quality.readiness import HATE, VIOLENCE, agree
from tests.quality.test_barred_reviewers import restrict

PROJECT, OTHER = UUID(int=1), UUID(int=2)
ANNE, BEN = UUID(int=11), UUID(int=12)
BOTH = frozenset({HATE, VIOLENCE})


def waits(*content, by=None, project=PROJECT, count=1):
    return Waits(project, frozenset(content), by, count)


def judge(person, *content, barred=NOT_BARRED):
    return Judge(person, frozenset(content), barred)


@pytest.mark.parametrize(
    ("waiting", "judges", "found"),
    [
        ([waits()], [judge(ANNE)], []),
        ([waits(HATE)], [judge(ANNE)], [Unasked(PROJECT, 1, (HATE,))]),
        ([waits(HATE, VIOLENCE)], [judge(ANNE, HATE)], [Unasked(PROJECT, 1, (VIOLENCE,))]),
        ([waits(HATE, VIOLENCE)], [judge(ANNE, HATE), judge(BEN, VIOLENCE)], [Unasked(PROJECT, 1, (HATE, VIOLENCE))]),
        ([waits(HATE)], [judge(ANNE), judge(BEN, HATE)], []),
        ([waits(HATE, by=BEN)], [judge(ANNE), judge(BEN, HATE)], [Unasked(PROJECT, 1, (HATE,))]),
        ([waits(by=ANNE, count=3)], [judge(ANNE)], [Unasked(PROJECT, 3, ())]),
        ([waits(HATE)], [], [Unasked(PROJECT, 1, ())]),
        ([waits()], [judge(ANNE, barred=Barred(everywhere=True))], [Unasked(PROJECT, 1, ())]),
        (
            [waits(), waits(project=OTHER)],
            [judge(ANNE, barred=Barred(only=frozenset({OTHER})))],
            [Unasked(PROJECT, 1, ())],
        ),
        (
            [waits(HATE, count=2), waits(VIOLENCE, count=3), waits(HATE, project=OTHER, count=9)],
            [judge(ANNE)],
            [Unasked(OTHER, 9, (HATE,)), Unasked(PROJECT, 5, (HATE, VIOLENCE))],
        ),
    ],
)
def test_what_nobody_may_be_asked_about(waiting, judges, found):
    assert unasked(waiting, judges) == found


contents = st.frozensets(st.sampled_from(list(ContentCategory)))


@given(contents, st.lists(contents, max_size=4))
def test_it_is_told_exactly_where_nobody_has_said_yes_to_all(content, given_by):
    judges = [Judge(UUID(int=100 + place), agreed, NOT_BARRED) for place, agreed in enumerate(given_by)]
    (told,) = unasked([Waits(PROJECT, content, None, 1)], judges) or [None]
    assert (told is None) == any(content <= agreed for agreed in given_by)
    if told is not None and given_by:
        assert told.content, "it says what lacks"
        assert set(told.content) <= content


async def told(db, actor, **more):
    async with db.read() as session:
        found = await unasked_reviews(session, actor=actor, now=utc_now(), **more)
    return [(one.project, one.count, list(one.content)) for one in found]


async def test_managers_are_told_until_somebody_can_be_asked(bench, make_world, db, as_role, reviewer):
    hard, calm = await make_world(categories=[HATE.value]), await make_world()
    for world in (hard, calm):
        writer = await bench.trainer(world)
        await agree(bench, writer, HATE)
        await bench.hand_in(world, trainer=writer)
    manager = await as_role("manager")
    page = f"/projects/{hard.terms.slug}"
    expected = [(hard.terms.slug, 1, [HATE])]
    assert await told(db, manager.actor) == await told(db, manager.actor, slug=hard.terms.slug) == expected
    assert await told(db, manager.actor, slug=calm.terms.slug) == []
    said = "1 answer waits for a review, and nobody can be asked."
    text = (await manager.get(page)).text
    assert (said in text, "Hate against groups of people" in text) == (True, True)
    assert said not in (await manager.get(f"/projects/{calm.terms.slug}")).text
    assert f"1 answer in {hard.terms.title} waits for a review" in (await manager.get("/reviews")).text
    api = (await manager.get("/api/v1/reviews/unasked")).json()
    assert [(one["project"], one["count"], one["content"]) for one in api] == [(hard.terms.slug, 1, ["hate"])]

    await agree(bench, reviewer, HATE)
    assert await told(db, manager.actor) == []
    assert said not in (await manager.get(page)).text
    await restrict(bench, reviewer, hard)
    assert await told(db, manager.actor) == [(hard.terms.slug, 1, [])]
    assert "There is no other reviewer than those who wrote them." in (await manager.get(page)).text


async def test_who_wrote_it_is_nobody_to_ask(bench, make_world, db, make_person, reviewer):
    world, manager = await make_world(), await make_person("manager")
    await bench.hand_in(world)
    both = await bench.trainer(world, "reviewer")
    await bench.hand_in(world, trainer=both)
    assert await told(db, manager) == []
    await restrict(bench, reviewer, world)
    assert await told(db, manager) == [(world.terms.slug, 1, [])], "the one that only its author could judge"
    async with db.write() as session:
        (await session.get_one(Person, both.person_id)).state = "disabled"
    assert await told(db, manager) == [(world.terms.slug, 2, [])]


async def test_who_has_left_is_nobody_to_ask(bench, make_world, db, make_person, reviewer):
    world, manager = await make_world(), await make_person("manager")
    await bench.hand_in(world)
    assert await told(db, manager) == []
    async with db.write() as session:
        (await session.get_one(Person, reviewer.person_id)).state = "disabled"
    assert await told(db, manager) == [(world.terms.slug, 1, [])]
    for role in ("reviewer", "trainer", "client"):
        with pytest.raises(MissingPermissionError):
            await told(db, await make_person(role))
