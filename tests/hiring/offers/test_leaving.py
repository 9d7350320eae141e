"""Whoever's engagement ends leaves the teams they were in for it: once, told, and with everything that is theirs."""

from datetime import timedelta

import psycopg
import pytest

from preceptor.hiring.operations import end_engagement, leave_ended
from preceptor.hiring.operations.offers import add_offer
from preceptor.hiring.queries import certifications_of
from preceptor.hiring.queries.engagements import my_engagements
from preceptor.hiring.tables import Offer
from preceptor.lib.i18n import speaking
from preceptor.people.operations import add_member, add_team
from preceptor.people.queries import list_notices
from preceptor.people.queries.actors import actor_by_id
from preceptor.people.rules import SYSTEM
from preceptor.worker import leave_ended as from_the_worker
from tests.hiring.offers.conftest import NOW, TERMS, fields

DAY = timedelta(days=1)
END = NOW + 20 * DAY


@pytest.fixture
async def teams(db):
    """Three teams by name."""
    async with db.write() as session:
        return {name: await add_team(session, actor=SYSTEM, name=name) for name in ("Catalan", "Spanish", "House")}


@pytest.fixture
async def person(db, make_person, teams):
    actor = await make_person("trainer", name="Núria Pla")
    async with db.write() as session:
        for team_id in teams.values():
            await add_member(session, actor=SYSTEM, team_id=team_id, person_id=actor.person_id)
    return actor


async def ended(db, person, row, *, at=END, reason="The client stops."):
    async with db.write() as session:
        number = (await session.get_one(Offer, row.offer_id)).number
        await end_engagement(
            session, actor=SYSTEM, person_id=person.person_id, number=number, ends_at=at, reason=reason, now=NOW
        )


async def run(db, now):
    async with db.write() as session:
        return await leave_ended(session, now=now)


async def teams_of(db, person, teams):
    async with db.read() as session:
        found = await actor_by_id(session, person_id=person.person_id)
    return {name for name, team_id in teams.items() if team_id in found.team_ids}


async def notices(db, person):
    async with db.read() as session:
        with speaking("en"):
            return [(one.kind, one.body) for one in (await list_notices(session, actor=person)).rows]


async def test_they_leave_the_teams_of_its_projects_when_it_ends_and_no_others(db, person, teams, make_project, engage):
    project = await make_project("Chat", teams=[teams["Catalan"], teams["Spanish"]])
    row = await engage(person.person_id, project_ids=[project])
    await ended(db, person, row)
    assert await run(db, END - DAY) == 0
    assert await teams_of(db, person, teams) == {"Catalan", "Spanish", "House"}
    assert await run(db, END) == 1
    assert await run(db, END + DAY) == 0
    assert await teams_of(db, person, teams) == {"House"}
    told = dict(await notices(db, person))
    assert "you leave the teams" in told["engagement.ended"]
    assert "You have left: Catalan, Spanish." in told["engagement.left"]
    async with db.read() as session:
        assert len(await my_engagements(session, actor=person, now=END + DAY)) == 1


async def test_a_team_that_another_engagement_needs_stays(db, person, teams, make_project, engage):
    catalan = await make_project("Chat", teams=[teams["Catalan"], teams["Spanish"]])
    spanish = await make_project("Xat", teams=[teams["Spanish"]])
    row = await engage(person.person_id, project_ids=[catalan])
    await engage(person.person_id, project_ids=[spanish])
    await ended(db, person, row)
    await run(db, END)
    assert await teams_of(db, person, teams) == {"Spanish", "House"}


async def test_one_for_every_project_keeps_all_and_its_end_leaves_all(db, person, teams, make_project, engage):
    project = await make_project("Chat", teams=[teams["Catalan"]])
    row, everywhere = await engage(person.person_id, project_ids=[project]), await engage(person.person_id)
    await ended(db, person, row)
    assert await run(db, END) == 1
    assert await teams_of(db, person, teams) == {"Catalan", "Spanish", "House"}
    assert [kind for kind, _body in await notices(db, person)] == ["engagement.ended"]
    await ended(db, person, everywhere, at=END + DAY)
    await run(db, END + 2 * DAY)
    assert await teams_of(db, person, teams) == set()


async def test_whoever_a_manager_takes_in_again_stays(db, person, teams, make_project, engage):
    project = await make_project("Chat", teams=[teams["Catalan"]])
    await ended(db, person, await engage(person.person_id, project_ids=[project]))
    await run(db, END)
    async with db.write() as session:
        await add_member(session, actor=SYSTEM, team_id=teams["Catalan"], person_id=person.person_id)
    await run(db, END + DAY)
    assert await teams_of(db, person, teams) == {"Catalan", "Spanish", "House"}
    async with db.hot() as driver:
        with pytest.raises(psycopg.IntegrityError):
            await driver.execute("DELETE FROM engagement_leave")


async def test_who_ends_it_themselves_leaves_at_once(db, person, teams, make_project, engage):
    project = await make_project("Chat", teams=[teams["Catalan"]])
    row = await engage(person.person_id, project_ids=[project])
    async with db.write() as session:
        number = (await session.get_one(Offer, row.offer_id)).number
        given = {"person_id": person.person_id, "number": number, "ends_at": None, "reason": "", "now": NOW}
        await end_engagement(session, actor=person, **given)
    assert await teams_of(db, person, teams) == {"Spanish", "House"}
    assert await run(db, NOW + DAY) == 0
    assert from_the_worker is leave_ended


async def test_the_team_of_its_exam_is_left_too_and_certificates_stay(db, person, teams, make_project, engage):
    exam = await make_project("Exam", teams=[teams["House"]])
    project = await make_project("Chat", teams=[teams["Catalan"]])
    async with db.write() as session:
        offer = await add_offer(
            session, actor=SYSTEM, fields=fields(exam_project_id=exam, exam_minutes=30), terms=TERMS
        )
    row = await engage(person.person_id, project_ids=[project], offer=offer.id)
    async with db.read() as session:
        before = await certifications_of(session, person_id=person.person_id, now=NOW)
    await ended(db, person, row)
    await run(db, END)
    assert await teams_of(db, person, teams) == {"Spanish"}
    async with db.read() as session:
        assert await certifications_of(session, person_id=person.person_id, now=NOW) == before
