"""Ratings: from those who worked, once a month, together from five on."""

import pytest

from preceptor.lib.clock import utc_now
from preceptor.lib.db.events import EventRow
from preceptor.lib.errors import InvalidError
from preceptor.lib.ids import new_id
from preceptor.people.rules import MissingPermissionError
from preceptor.projects.queries import NoSuchProjectError, own_ratings, project_ratings, rating_comments
from preceptor.projects.rules import Rated
from preceptor.work.operations.voice import NotWorkedError, rate_project
from preceptor.work.tables import TimeEntry


async def worked(db, world, person):
    async with db.write() as session:
        session.add(
            TimeEntry(
                person_id=person.person_id,
                project_id=world.terms.id,
                assignment_id=new_id(),
                activity="work",
                outcome="submitted",
                started_at=utc_now(),
                ended_at=utc_now(),
                active_ms=1000,
                idle_ms=0,
                waiting_ms=0,
                paused_ms=0,
                paid_ms=1000,
                rate_minor=3600,
                currency="EUR",
                amount_minor=1,
            )
        )


async def rate(db, world, person, *marks, comment=""):
    async with db.write() as session:
        await rate_project(
            session, actor=person, slug=world.terms.slug, rated=Rated(*marks), comment=comment, now=utc_now()
        )


async def together(db, world):
    async with db.read() as session:
        return await project_ratings(session, world.terms.id)


async def test_five_speak_and_nobody_is_named(db, make_world, make_person):
    world, manager = await make_world(items=1), await make_person("manager")
    for number in range(5):
        assert await together(db, world) is None
        async with db.read() as session:
            assert await rating_comments(session, actor=manager, slug=world.terms.slug) == []
        person = await make_person("trainer", team=world.team_id)
        await worked(db, world, person)
        await rate(db, world, person, 1, 1, 1)
        await rate(db, world, person, number % 5 + 1, 4, 5, comment=f"Comment {number}")
        async with db.read() as session:
            (own,) = await own_ratings(session, actor=person, project_id=world.terms.id)
        assert own.comment == f"Comment {number}"
    found = await together(db, world)
    assert (found.count, found.pay, found.clarity, found.fairness) == (5, 3.0, 4.0, 5.0)
    async with db.read() as session:
        comments = await rating_comments(session, actor=manager, slug=world.terms.slug)
        from sqlalchemy import select

        actors = list(await session.scalars(select(EventRow.actor_id).where(EventRow.name == "projects.rated")))
        with pytest.raises(MissingPermissionError):
            await rating_comments(session, actor=person, slug=world.terms.slug)
    assert sorted(comments) == [f"Comment {number}" for number in range(5)]
    assert set(actors) == {None}


async def test_only_who_has_worked_rates(db, make_world, make_person):
    world = await make_world(items=1)
    idle, stranger = await make_person("trainer", team=world.team_id), await make_person("trainer")
    with pytest.raises(NotWorkedError):
        await rate(db, world, idle, 3, 3, 3)
    with pytest.raises(NoSuchProjectError):
        await rate(db, world, stranger, 3, 3, 3)
    await worked(db, world, stranger)
    await rate(db, world, stranger, 3, 3, 3)  # who has left the team still has a say
    with pytest.raises(InvalidError):
        await rate(db, world, stranger, 0, 3, 6)
