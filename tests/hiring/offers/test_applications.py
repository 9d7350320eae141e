"""Applications on a real database: strangers, mails, limits, admission, exams, the waiting list, engagements."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from preceptor.hiring.operations.admitting import (
    admit,
    application_exam_failed,
    application_exam_passed,
    fill_waiting_lists,
    refuse,
    set_forecast,
)
from preceptor.hiring.operations.applying import (
    AppliedAlreadyError,
    TooManyApplicationsError,
    apply_as_stranger,
    apply_signed_in,
    confirm_application,
    sweep_applications,
    withdraw_application,
)
from preceptor.hiring.operations.moving import ApplicationMovedOnError
from preceptor.hiring.operations.offers import OfferClosedError, close_offer
from preceptor.hiring.queries import engagement_rate
from preceptor.hiring.queries.applications import (
    CandidateSearch,
    NoSuchApplicationError,
    access_candidate,
    list_candidates,
    my_application,
    my_applications,
)
from preceptor.hiring.queries.offers import open_offer
from preceptor.hiring.rules import ApplicationState, Given, offer_number
from preceptor.lib.errors import InvalidError
from preceptor.lib.money import Money
from preceptor.people.operations import EmailTakenError, accept_invitation, add_team, invite
from preceptor.people.queries import actor_by_email, list_teams, profile_of
from preceptor.people.queries.confirming import ConfirmationGoneError
from preceptor.people.rules import SYSTEM, ContentCategory, MissingPermissionError, Place, Role, Spoken
from tests.hiring.offers.conftest import CATALONIA, NOW, fields
from tests.hiring.offers.test_offers import published

S = ApplicationState
PASSWORD = "a password for tests"


def given(**changes: object) -> Given:
    values = {"place": CATALONIA, "spoken": (Spoken("ca", 5), Spoken("en", 3)), "why": "I write."}
    return Given(**{**values, **changes})


async def ask(db, number, email="nuria@example.org", *, name="Núria Puig", address="198.51.100.7", now=NOW, **changes):
    async with db.write() as session:
        await apply_as_stranger(
            session,
            number=number,
            email=email,
            name=name,
            given=given(**changes),
            address=address,
            language="en",
            now=now,
        )


async def mails(db, kind: str = "%") -> list[tuple[str, str]]:
    async with db.read() as session:
        rows = await session.execute(
            text("SELECT subject, link FROM notification WHERE kind LIKE :kind ORDER BY id"), {"kind": kind}
        )
        return [(subject, link) for subject, link in rows]


async def confirmed(db, number, email="nuria@example.org", **options):
    """Apply and open the mail's link; answers the actor and the application."""
    await ask(db, number, email, **options)
    secret = (await mails(db, "application.confirm"))[-1][1].rsplit("/", 1)[1]
    async with db.write() as session:
        found = await confirm_application(session, secret=secret, password=PASSWORD, now=NOW)
    async with db.read() as session:
        return await actor_by_email(session, email=email), found.application_id


async def state_of(db, actor, application_id) -> ApplicationState:
    async with db.read() as session:
        return (await my_application(session, actor=actor, application_id=application_id, now=NOW)).state


async def test_a_stranger_applies_and_counts_once_the_address_is_confirmed(db, make_person):
    number, manager = await published(db, categories=(ContentCategory.HATE,)), await make_person("manager")
    await ask(db, number, consents=frozenset({ContentCategory.HATE}), skills=("poetry",))
    async with db.read() as session:
        assert (await list_candidates(session, actor=manager, wanted=CandidateSearch(), now=NOW)).rows == []
        nobody = await session.scalar(text("SELECT state FROM person WHERE email = 'nuria@example.org'"))
    assert nobody == "disabled"
    [(_subject, link)] = await mails(db)
    assert re.fullmatch(r"/apply/confirm/[\w-]{32}", link)
    secret = link.rsplit("/", 1)[1]
    with pytest.raises(InvalidError):
        async with db.write() as session:
            await confirm_application(session, secret=secret, password="short", now=NOW)
    async with db.write() as session:
        found = await confirm_application(session, secret=secret, password=PASSWORD, now=NOW)
    with pytest.raises(ConfirmationGoneError):
        async with db.write() as session:
            await confirm_application(session, secret=secret, password=PASSWORD, now=NOW)
    async with db.read() as session:
        actor = await actor_by_email(session, email="nuria@example.org")
        profile = await profile_of(session, person_id=actor.person_id)
        seen = await access_candidate(session, actor=manager, application_id=found.application_id, now=NOW)
    assert (actor.roles, actor.team_ids) == (frozenset({"trainer"}), frozenset())
    assert (profile.place, profile.spoken) == (CATALONIA, (Spoken("ca", 5), Spoken("en", 3)))
    assert (profile.consents, profile.skills) == (frozenset({ContentCategory.HATE}), frozenset({"poetry"}))
    assert (seen.name, seen.application.state, seen.application.shortfalls) == ("Núria Puig", S.RECEIVED, [])


async def test_an_address_that_has_an_account_is_told_by_mail_alone(db, make_person):
    number, person = await published(db), await make_person("trainer")
    async with db.read() as session:
        email = await session.scalar(text("SELECT email FROM person"))
    await ask(db, number, email)
    [(subject, link)] = await mails(db)
    assert (subject.startswith("Somebody applied"), link) == (True, f"/offers/{number}/apply")
    async with db.read() as session:
        assert await my_applications(session, actor=person, now=NOW) == []


async def test_nobody_sends_thousands(db):
    number = await published(db)
    for turn in range(3):
        await ask(db, number, now=NOW + timedelta(minutes=turn))
    with pytest.raises(TooManyApplicationsError):
        await ask(db, number)
    for turn in range(17):
        await ask(db, number, f"person{turn}@example.org")
    with pytest.raises(TooManyApplicationsError):
        await ask(db, number, "another@example.org")
    await ask(db, number, "another@example.org", address="198.51.100.8")
    await ask(db, number, now=NOW + timedelta(minutes=63))


async def test_what_was_never_confirmed_is_forgotten(db):
    number = await published(db)
    await confirmed(db, number, "kept@example.org")
    await ask(db, number)
    async with db.write() as session:
        assert await sweep_applications(session, now=NOW + timedelta(days=6)) == 0
        assert await sweep_applications(session, now=NOW + timedelta(days=8)) == 1
    async with db.read() as session:
        emails = await session.scalars(text("SELECT email FROM person"))
        assert list(emails) == ["kept@example.org"]
    await confirmed(db, number)


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"email": "nobody"}, "email"),
        ({"name": " "}, "name"),
        ({"place": Place()}, "country"),
        ({"place": Place("ES")}, "region"),
        ({"place": Place("US")}, "country"),
        ({"spoken": ()}, "spoken"),
        ({"spoken": (Spoken("ca", 9),)}, "spoken.0.level"),
        ({"why": "x" * 2001}, "why"),
        ({"skills": ("x" * 61,)}, "skills"),
    ],
)
async def test_what_cannot_be_is_refused(db, options, path):
    number = await published(db)
    with pytest.raises(InvalidError) as refused:
        await ask(db, number, **options)
    assert path in {problem.path for problem in refused.value.fields}
    assert await mails(db) == []


async def test_a_closed_offer_takes_nobody(db):
    number = await published(db)
    last_day = await published(db, closes_on=NOW.date())
    async with db.write() as session:
        await close_offer(session, actor=SYSTEM, number=number, now=NOW)
    for one, now in ((number, NOW), (last_day, NOW.replace(hour=12) + timedelta(days=1))):
        with pytest.raises(OfferClosedError):
            await ask(db, one, now=now)


async def test_a_person_decides_and_the_applicant_reads_why(db, make_person):
    number, manager, trainer = await published(db), await make_person("manager"), await make_person("trainer")
    actor, application_id = await confirmed(db, number)
    for somebody in (trainer, actor):
        with pytest.raises(MissingPermissionError):
            async with db.write() as session:
                await admit(session, actor=somebody, application_id=application_id, now=NOW)
    with pytest.raises(InvalidError):
        async with db.write() as session:
            await refuse(session, actor=manager, application_id=application_id, note=" ", now=NOW)
    async with db.write() as session:
        await refuse(session, actor=manager, application_id=application_id, note="No sample of writing.", now=NOW)
    async with db.read() as session:
        seen = await my_application(session, actor=actor, application_id=application_id, now=NOW)
        with pytest.raises(NoSuchApplicationError):
            await my_application(session, actor=trainer, application_id=application_id, now=NOW)
    assert (seen.state, seen.steps[-1].note, seen.steps[-1].by) == (S.REFUSED, "No sample of writing.", manager.name)
    with pytest.raises(ApplicationMovedOnError):
        async with db.write() as session:
            await admit(session, actor=manager, application_id=application_id, now=NOW)
    async with db.write() as session:
        await apply_signed_in(session, actor=actor, number=number, given=given(), now=NOW)
    with pytest.raises(AppliedAlreadyError):
        async with db.write() as session:
            await apply_signed_in(session, actor=actor, number=number, given=given(), now=NOW)


async def test_two_who_look_alike_are_shown_to_whoever_decides(db, make_person):
    number, manager = await published(db), await make_person("manager")
    await confirmed(db, number, "nuria@example.org")
    await confirmed(db, number, "n.uria+two@example.org", name="Somebody Else")
    await confirmed(db, number, "third@example.org", name="puig nuria")
    await confirmed(db, number, "fourth@example.org", name="Jordi Vila")
    async with db.read() as session:
        rows = (await list_candidates(session, actor=manager, wanted=CandidateSearch(number=number), now=NOW)).rows
        found = {row.email: len(row.alike) for row in rows}
        words = await list_candidates(session, actor=manager, wanted=CandidateSearch(words="vila"), now=NOW)
        spanish = await list_candidates(session, actor=manager, wanted=CandidateSearch(language="es"), now=NOW)
    assert found == {
        "nuria@example.org": 2,
        "n.uria+two@example.org": 1,
        "third@example.org": 1,
        "fourth@example.org": 0,
    }
    assert [row.email for row in words.rows] == ["fourth@example.org"]
    assert spanish.rows == []


async def exam_offer(db, make_project, **changes):
    async with db.write() as session:
        candidates = await add_team(session, actor=SYSTEM, name="Candidates")
    exam = await make_project("Exam", teams=[candidates])
    return exam, await published(db, exam_project_id=exam, exam_minutes=45, admits_at_once=True, **changes)


async def test_the_exam_decides_and_is_paid_at_the_advertised_rate(db, make_project):
    exam, number = await exam_offer(db, make_project)
    actor, application_id = await confirmed(db, number)
    assert await state_of(db, actor, application_id) is S.INVITED
    async with db.read() as session:
        agreed = await engagement_rate(session, person_id=actor.person_id, project_id=exam, at=NOW)
        offer = await open_offer(session, number=number)
        teams = await list_teams(session, actor=await actor_by_email(session, email="nuria@example.org"))
    assert [team.name for team in teams] == ["Candidates"]
    assert (agreed.rate, agreed.engagement_id, offer.exam_pay) == (Money(1700, "USD"), None, Money(1275, "USD"))
    asked = {"person_id": actor.person_id, "exam_project_id": exam, "now": NOW}
    async with db.write() as session:
        assert await application_exam_failed(session, **asked) == [application_id]
        assert await application_exam_failed(session, **asked) == []
    assert await state_of(db, actor, application_id) is S.FAILED
    async with db.write() as session:
        assert await application_exam_passed(session, **asked) == [application_id]
        assert await application_exam_passed(session, **asked) == []
    assert await state_of(db, actor, application_id) is S.OFFERED


async def test_whoever_lacks_something_waits_for_a_person(db, make_project):
    _exam, number = await exam_offer(db, make_project)
    actor, application_id = await confirmed(db, number, spoken=(Spoken("ca", 3),))
    assert await state_of(db, actor, application_id) is S.RECEIVED


async def test_admissions_are_capped_by_the_work_there_is(db, make_project):
    """Ten hours are promised each: 25 hours of work a week feed two, and the third waits."""
    project = await make_project()
    _exam, number = await exam_offer(db, make_project, project_ids=(project,))
    async with db.write() as session:
        await set_forecast(session, project_id=project, hours_per_week=25, at=NOW)
    people = [await confirmed(db, number, f"p{turn}@example.org") for turn in range(4)]
    assert [await state_of(db, *one) for one in people] == [S.INVITED, S.INVITED, S.WAITING, S.WAITING]
    async with db.read() as session:
        last = await my_application(session, actor=people[3][0], application_id=people[3][1], now=NOW)
    assert (last.line, last.room.forecast_minutes, last.room.promised_hours) == (2, 1500, 20)
    async with db.write() as session:
        assert await fill_waiting_lists(session, now=NOW) == 0
        await withdraw_application(session, actor=people[0][0], application_id=people[0][1], now=NOW)
    assert [await state_of(db, *one) for one in people] == [S.WITHDRAWN, S.INVITED, S.INVITED, S.WAITING]
    async with db.write() as session:
        await set_forecast(session, project_id=project, hours_per_week=30.1, at=NOW)
        assert await fill_waiting_lists(session, now=NOW) == 1
    assert await state_of(db, *people[3]) is S.INVITED
    subjects = [subject for subject, _link in await mails(db, "application.moved")]
    assert sum("waiting list" in subject for subject in subjects) == 2
    assert sum("invited to the exam" in subject for subject in subjects) == 4


async def test_an_old_forecast_says_nothing(db, make_project):
    project = await make_project()
    _exam, number = await exam_offer(db, make_project, project_ids=(project,))
    async with db.write() as session:
        await set_forecast(session, project_id=project, hours_per_week=0, at=NOW - timedelta(days=9))
    assert await state_of(db, *await confirmed(db, number)) is S.INVITED


def test_numbers_are_typed_with_four_digits():
    assert (offer_number(7), offer_number(12345)) == ("0007", "12345")
    assert fields().quota == 20


async def test_an_account_begun_with_somebodys_address_keeps_them_out_of_nothing(db):
    number = await published(db)
    await ask(db, number, "victim@example.org", name="Mallory")
    async with db.write() as session:
        secret = await invite(session, actor=SYSTEM, email="victim@example.org", roles=[Role.REVIEWER], now=NOW)
    async with db.write() as session:
        await accept_invitation(session, secret=secret, name="Vera", password=PASSWORD, now=NOW)
    async with db.read() as session:
        actor = await actor_by_email(session, email="victim@example.org")
        assert (actor.name, actor.roles) == ("Vera", {Role.REVIEWER})
        assert await my_applications(session, actor=actor, now=NOW) == []
    begun = (await mails(db, "application.confirm"))[-1][1].rsplit("/", 1)[1]
    async with db.write() as session:
        with pytest.raises(ConfirmationGoneError):
            await confirm_application(session, secret=begun, password="another password", now=NOW)
    async with db.write() as session:
        with pytest.raises(EmailTakenError):  # from now on it is an account like any other
            await invite(session, actor=SYSTEM, email="victim@example.org", roles=[Role.TRAINER], now=NOW)
    async with db.write() as session:
        made = await apply_signed_in(session, actor=actor, number=number, given=given(), now=NOW)
    assert await state_of(db, actor, made) is S.RECEIVED
