"""Engagements on a real database: what is accepted is kept, later rates, ends, and places that free themselves."""

import re
from datetime import timedelta

import pytest

from preceptor.hiring.operations.admitting import (
    admit,
)
from preceptor.hiring.operations.applying import apply_signed_in
from preceptor.hiring.operations.engaging import (
    StaleTermsError,
    accept_offer,
    change_rate,
    decline_offer,
    end_engagement,
    lapse_unanswered,
)
from preceptor.hiring.operations.moving import ApplicationMovedOnError
from preceptor.hiring.queries import engagement_rate
from preceptor.hiring.queries.applications import (
    NoSuchApplicationError,
)
from preceptor.hiring.queries.engagements import access_engagement, my_engagements
from preceptor.hiring.queries.offers import open_offer
from preceptor.hiring.rules import ApplicationState, ClosedWhy, terms_digest
from preceptor.lib.errors import InvalidError
from preceptor.lib.money import Money
from preceptor.people.operations.profile import set_place_and_languages
from preceptor.people.queries import actor_by_email, list_notices, profile_of
from preceptor.people.rules import MissingPermissionError, Place, Spoken
from tests.hiring.offers.conftest import CATALONIA, NOW, TERMS, USA
from tests.hiring.offers.test_applications import confirmed, given, mails, state_of
from tests.hiring.offers.test_offers import published

S = ApplicationState


async def notices(db, actor):
    async with db.read() as session:
        return [(one.subject, one.body) for one in (await list_notices(session, actor=actor)).rows]


async def offered(db, make_person, email="nuria@example.org", **changes):
    number, manager = await published(db, **changes), await make_person("manager")
    actor, application_id = await confirmed(db, number, email)
    async with db.write() as session:
        assert await admit(session, actor=manager, application_id=application_id, now=NOW) is S.OFFERED
    return number, manager, actor, application_id


async def test_what_is_accepted_is_kept_and_opens_the_projects_teams(db, make_person, make_project, team_id):
    project = await make_project()
    number, manager, actor, application_id = await offered(db, make_person, project_ids=(project,), quota=1)
    with pytest.raises(StaleTermsError):
        async with db.write() as session:
            await accept_offer(session, actor=actor, application_id=application_id, digest="0" * 64, now=NOW)
    accept = {"application_id": application_id, "digest": terms_digest(TERMS), "now": NOW}
    with pytest.raises(NoSuchApplicationError):
        async with db.write() as session:
            await accept_offer(session, actor=manager, **accept)
    async with db.write() as session:
        engagement_id = await accept_offer(session, actor=actor, **accept)
    with pytest.raises(ApplicationMovedOnError):
        async with db.write() as session:
            await accept_offer(session, actor=actor, **accept)
    async with db.read() as session:
        again = await actor_by_email(session, email="nuria@example.org")
        agreed = await access_engagement(session, actor=actor, engagement_id=engagement_id, now=NOW)
        rate = await engagement_rate(session, person_id=actor.person_id, project_id=project, at=NOW)
        offer = await open_offer(session, number=number)
    assert again.team_ids == {team_id}
    assert (agreed.terms, agreed.engagement.rate, agreed.engagement.terms_digest) == (
        TERMS,
        Money(1700, "USD"),
        terms_digest(TERMS),
    )
    assert (rate.rate, rate.engagement_id, rate.offer_number) == (Money(1700, "USD"), engagement_id, number)
    assert offer.closed_why is ClosedWhy.QUOTA


async def test_a_later_rate_needs_notice_and_touches_nothing_begun(db, make_person, make_project):
    project = await make_project()
    number, manager, actor, application_id = await offered(db, make_person, project_ids=(project,))
    async with db.write() as session:
        await accept_offer(session, actor=actor, application_id=application_id, digest=terms_digest(TERMS), now=NOW)
    change = {"number": number, "rate": Money(1600, "USD"), "reason": "The client pays less.", "now": NOW}
    for somebody, error in ((actor, MissingPermissionError), (manager, InvalidError)):
        with pytest.raises(error):
            async with db.write() as session:
                await change_rate(session, actor=somebody, effective_from=NOW + timedelta(days=13), **change)
    later = NOW + timedelta(days=14)
    async with db.write() as session:
        assert await change_rate(session, actor=manager, effective_from=later, **change) == 1
    async with db.read() as session:
        rates = [
            (await engagement_rate(session, person_id=actor.person_id, project_id=project, at=at)).rate.amount
            for at in (NOW, later - timedelta(seconds=1), later)
        ]
        mine = await my_engagements(session, actor=actor, now=NOW)
    assert rates == [1700, 1700, 1600]
    assert [(one.version, one.holds) for one in mine] == [(2, False), (1, True)]
    assert "changes" in (await mails(db, "engagement.changed"))[0][0]
    less = change | {"rate": Money(1650, "USD")}  # above what is to come, and below what they have until then
    with pytest.raises(InvalidError):
        async with db.write() as session:
            await change_rate(session, actor=manager, effective_from=NOW, **less)
    with pytest.raises(InvalidError):
        async with db.write() as session:
            await end_engagement(
                session, actor=manager, person_id=actor.person_id, number=number, ends_at=NOW, reason="End.", now=NOW
            )
    async with db.write() as session:
        until = await end_engagement(
            session, actor=manager, person_id=actor.person_id, number=number, ends_at=None, reason="End.", now=NOW
        )
    assert until == later
    async with db.read() as session:
        assert await engagement_rate(session, person_id=actor.person_id, project_id=project, at=later) is None


async def test_an_offer_that_nobody_answers_goes_to_the_next(db, make_person):
    number, manager, actor, application_id = await offered(db, make_person, quota=1)
    second, waiting = await confirmed(db, number, "second@example.org", name="Pau Soler")
    async with db.write() as session:
        assert await admit(session, actor=manager, application_id=waiting, now=NOW) is S.WAITING
        assert await lapse_unanswered(session, now=NOW + timedelta(days=13)) == 0
        assert await lapse_unanswered(session, now=NOW + timedelta(days=15)) == 1
    assert await state_of(db, actor, application_id) is S.DECLINED
    assert await state_of(db, second, waiting) is S.OFFERED
    told = await notices(db, actor)
    (body,) = (body for subject, body in told if subject.startswith("You have an offer"))
    assert re.search("until March 16, 2026, 9:00.AM UTC", body), "it lapses in the middle of a day, so the hour is told"
    assert any("has lapsed" in subject for subject, _body in told)
    async with db.write() as session:
        await decline_offer(session, actor=second, application_id=waiting, now=NOW)
    assert await state_of(db, second, waiting) is S.DECLINED


async def test_nobody_moves_to_where_more_is_paid_by_applying_there(db, make_person, team_id):
    actor, manager = await make_person("trainer", team=team_id), await make_person("manager")
    async with db.write() as session:
        await set_place_and_languages(session, actor=actor, person_id=actor.person_id, place=CATALONIA, spoken=())
    number = await published(db, place=USA)

    async def place():
        async with db.read() as session:
            return (await profile_of(session, person_id=actor.person_id)).place

    async with db.write() as session:
        said = given(place=Place("US"), spoken=(Spoken("ca", 5),))
        made = await apply_signed_in(session, actor=actor, number=number, given=said, now=NOW)
    assert await place() == CATALONIA
    async with db.write() as session:
        assert await admit(session, actor=manager, application_id=made, now=NOW) is S.OFFERED
    async with db.write() as session:
        await accept_offer(session, actor=actor, application_id=made, digest=terms_digest(TERMS), now=NOW)
    assert await place() == Place("US")
