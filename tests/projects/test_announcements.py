"""What teams and projects are told: to whom it is shown, until when, and in which words."""

import psycopg
import pytest
from sqlalchemy import select, text

from preceptor.lib.clock import utc_now
from preceptor.lib.errors import InvalidError
from preceptor.people.operations import add_team
from preceptor.people.rules import SYSTEM, MissingPermissionError
from preceptor.people.tables import Notification
from preceptor.projects.operations import (
    StaleAnnouncementError,
    change_announcement,
    see_announcement,
    tell_announcement,
    withdraw_announcement,
    write_announcement,
)
from preceptor.projects.queries import (
    NoSuchAnnouncementError,
    access_announcement,
    list_announcements,
    unseen_announcements,
)


async def unseen(db, actor):
    async with db.read() as session:
        return [(one.title, one.version) for one in await unseen_announcements(session, actor=actor)]


async def test_shown_to_those_it_is_for_until_seen(db, make_person, make_project, team_id):
    project = await make_project(team_ids=[team_id])
    manager, inside, outside = (
        await make_person("manager"),
        await make_person("trainer", team=team_id),
        await make_person("trainer"),
    )
    async with db.write() as session:
        for_team = await write_announcement(
            session, actor=manager, team_id=team_id, title=" Holidays ", markdown="We **rest**."
        )
        await write_announcement(session, actor=manager, project=project.slug, title="New models", markdown="Two.")
    assert await unseen(db, inside) == [("New models", 1), ("Holidays", 1)]
    assert await unseen(db, outside) == []
    with pytest.raises(NoSuchAnnouncementError):
        async with db.read() as session:
            await access_announcement(session, actor=outside, announcement_id=for_team)
    async with db.write() as session:
        await see_announcement(session, actor=inside, announcement_id=for_team, version=99, now=utc_now())
    assert await unseen(db, inside) == [("New models", 1)]
    async with db.write() as session:
        version = await change_announcement(
            session,
            actor=manager,
            announcement_id=for_team,
            expected_version=1,
            title="Holidays",
            markdown="We work.",
        )
    assert version == 2
    assert await unseen(db, inside) == [("New models", 1), ("Holidays", 2)]
    async with db.read() as session:
        found = await access_announcement(session, actor=inside, announcement_id=for_team)
        listed = (await list_announcements(session, actor=inside)).rows
    assert [one.markdown for one in found.versions] == ["We work.", "We **rest**."]
    assert (found.readers, found.seen) == (1, 0)
    assert [one.title for one in listed] == ["New models", "Holidays"]
    async with db.write() as session:
        await withdraw_announcement(session, actor=manager, announcement_id=for_team, expected_version=2, now=utc_now())
    assert await unseen(db, inside) == [("New models", 1)]


async def test_only_managers_write_and_nobody_overwrites_another(db, make_person, team_id):
    trainer = await make_person("trainer", team=team_id)
    with pytest.raises(MissingPermissionError):
        async with db.write() as session:
            await write_announcement(session, actor=trainer, team_id=team_id, title="Hi", markdown="Hi")
    with pytest.raises(InvalidError):
        async with db.write() as session:
            await write_announcement(session, actor=SYSTEM, team_id=team_id, title="", markdown="")
    async with db.write() as session:
        made = await write_announcement(session, actor=SYSTEM, team_id=team_id, title="Hi", markdown="Hi")
    for wrong in (0, 2):
        with pytest.raises(StaleAnnouncementError):
            async with db.write() as session:
                await change_announcement(
                    session, actor=SYSTEM, announcement_id=made, expected_version=wrong, title="x", markdown="y"
                )
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        async with db.write() as session:
            await (await session.driver()).execute("UPDATE announcement_version SET markdown = 'other'")


async def test_everybody_on_it_gets_a_notice(db, make_person, make_project, team_id):
    async with db.write() as session:
        second = await add_team(session, actor=SYSTEM, name="Second")
    project = await make_project(team_ids=[team_id, second])
    people = {(await make_person("trainer", team=team)).person_id for team in (team_id, second)}
    await make_person("trainer")
    async with db.write() as session:
        made = await write_announcement(session, actor=SYSTEM, project=project.slug, title="Hello", markdown="All.")
    async with db.write() as session:
        assert await tell_announcement(session, announcement_id=made) == 2
    async with db.read() as session:
        notices = list(await session.scalars(select(Notification)))
        waiting = await session.scalar(
            text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'projects.jobs.tell_announcement'")
        )
    assert {one.person_id for one in notices} == people
    assert {one.subject for one in notices} == {"General chat: Hello"}
    assert waiting == 0  # this database defers nothing; the application's does
