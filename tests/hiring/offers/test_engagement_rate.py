"""What a person agreed to be paid, as claiming asks for it."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from preceptor.hiring.queries import engagement_rate
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.people.rules import Role
from tests.hiring.offers.conftest import CATALONIA, NOW


async def rate_at(db, person, project_id, *, days: float = 0, role=Role.TRAINER):
    async with db.read() as session:
        at = NOW + timedelta(days=days)
        return await engagement_rate(session, person_id=person.person_id, project_id=project_id, at=at, role=role)


async def test_the_accepted_snapshot_is_what_is_paid(db, make_person, engage):
    person, project = await make_person("trainer"), new_id()
    assert await rate_at(db, person, project) is None
    first = await engage(person.person_id)
    agreed = await rate_at(db, person, project)
    assert (agreed.rate, agreed.place, agreed.engagement_id) == (Money(1700, "USD"), CATALONIA, first.id)
    assert agreed.offer_number == 1
    assert await rate_at(db, await make_person("trainer"), project) is None
    assert await rate_at(db, person, project, role=Role.REVIEWER) is None
    second = await engage(person.person_id, offer=first.offer_id, version=2, days=14, rate_minor=1600)
    assert (await rate_at(db, person, project, days=13.9)).rate == Money(1700, "USD")
    assert (await rate_at(db, person, project, days=14)).engagement_id == second.id


async def test_an_engagement_covers_its_projects(db, make_person, engage):
    person, project = await make_person("trainer"), new_id()
    await engage(person.person_id, project_ids=[project], rate_minor=2500)
    await engage(person.person_id, days=1)
    assert (await rate_at(db, person, project, days=2)).rate == Money(2500, "USD")
    assert (await rate_at(db, person, new_id(), days=2)).rate == Money(1700, "USD")
    assert await rate_at(db, person, new_id()) is None


@pytest.mark.parametrize("statement", ["UPDATE engagement SET rate_minor = 1", "DELETE FROM engagement"])
async def test_what_was_agreed_stays(db, make_person, engage, statement):
    await engage((await make_person("trainer")).person_id)
    with pytest.raises(IntegrityError, match="append-only"):
        async with db.write() as session:
            await session.execute(text(statement))
