"""Leads, moves between teams, and credit by name."""

import psycopg
import pytest
from sqlalchemy import select

from preceptor.lib.clock import utc_now
from preceptor.lib.db.events import EventRow
from preceptor.lib.errors import InvalidError
from preceptor.lib.ids import new_id
from preceptor.people.operations import (
    NotInTeamError,
    add_team,
    set_credit_name,
    set_team_function,
    transfer_person,
)
from preceptor.people.queries import (
    NoSuchPersonError,
    NoSuchTeamError,
    actor_of,
    credit_name_of,
    list_own_teams,
    list_team_members,
    list_transfers,
)
from preceptor.people.rules import SYSTEM, MissingPermissionError, TeamFunction
from preceptor.people.tables import Notification, Person


async def fresh(db, actor):
    async with db.read() as session:
        return await actor_of(session, await session.get_one(Person, actor.person_id))


async def function(db, actor, team_id, person, what):
    async with db.write() as session:
        await set_team_function(session, actor=actor, team_id=team_id, person_id=person.person_id, function=what)


async def move(db, actor, person, reason="The project ends.", **teams):
    async with db.write() as session:
        await transfer_person(session, actor=actor, person_id=person.person_id, reason=reason, now=utc_now(), **teams)


async def test_a_lead_is_shown_to_the_team(db, make_person, team_id):
    manager, lead = await make_person("manager", name="Mona"), await make_person("trainer", team=team_id)
    mate = await make_person("trainer", team=team_id)
    await function(db, manager, team_id, lead, TeamFunction.LEAD)
    assert (await fresh(db, lead)).lead_team_ids == {team_id}
    async with db.read() as session:
        (team,) = await list_own_teams(session, actor=mate)
        members = await list_team_members(session, actor=manager, team_id=team_id)
    assert (team.function, team.leads, team.managers) == (TeamFunction.MEMBER, [lead.pseudonym], [])
    assert {one.id: one.function.value for one in members} == {lead.person_id: "lead", mate.person_id: "member"}
    with pytest.raises(MissingPermissionError):
        await function(db, lead, team_id, mate, TeamFunction.LEAD)
    with pytest.raises(NotInTeamError):
        await function(db, manager, team_id, manager, TeamFunction.MANAGER)


async def test_a_move_keeps_what_was_and_says_why(db, make_person, team_id):
    manager, person = await make_person("manager", name="Mona"), await make_person("trainer", team=team_id)
    async with db.write() as session:
        other = await add_team(session, actor=SYSTEM, name="Others")
    await move(db, manager, person, from_team_id=team_id, to_team_id=other)
    assert (await fresh(db, person)).team_ids == {other}
    async with db.read() as session:
        (told,) = await session.scalars(select(Notification))
        (own,) = await list_transfers(session, actor=person, person_id=person.person_id)
        happened = list(await session.scalars(select(EventRow.name).order_by(EventRow.id)))
    assert told.person_id == person.person_id
    assert "The project ends." in told.body
    assert (own.to_team, own.reason, own.by) == ("Others", "The project ends.", "Mona")
    assert happened[-3:] == ["people.team_left", "people.team_joined", "people.team_transferred"]
    await move(db, manager, person, from_team_id=None, to_team_id=team_id)
    assert (await fresh(db, person)).team_ids == {other, team_id}
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        async with db.write() as session:
            await (await session.driver()).execute("DELETE FROM team_transfer")


async def test_moves_that_are_refused(db, make_person, team_id):
    person, stranger = await make_person("trainer", team=team_id), await make_person("trainer")
    async with db.write() as session:
        other = await add_team(session, actor=SYSTEM, name="Others")
    with pytest.raises(MissingPermissionError):
        await move(db, stranger, person, from_team_id=team_id, to_team_id=other)
    with pytest.raises(InvalidError):
        await move(db, SYSTEM, person, reason=" ", from_team_id=team_id, to_team_id=other)
    with pytest.raises(InvalidError):
        await move(db, SYSTEM, person, from_team_id=team_id, to_team_id=team_id)
    with pytest.raises(NotInTeamError):
        await move(db, SYSTEM, person, from_team_id=other, to_team_id=team_id)
    with pytest.raises(NoSuchTeamError):
        await move(db, SYSTEM, person, from_team_id=team_id, to_team_id=new_id())
    with pytest.raises(NoSuchPersonError):
        async with db.read() as session:
            await list_transfers(session, actor=stranger, person_id=person.person_id)
    assert (await fresh(db, person)).team_ids == {team_id}


async def test_credit_is_chosen_and_withdrawn(db, make_person):
    person = await make_person("trainer")
    for name, kept in (("  Ana   Maria ", "Ana Maria"), ("", "")):
        async with db.write() as session:
            await set_credit_name(session, actor=person, name=name)
        async with db.read() as session:
            assert await credit_name_of(session, actor=person) == kept
    with pytest.raises(InvalidError):
        async with db.write() as session:
            await set_credit_name(session, actor=person, name="x" * 200)
