"""The story of a demo, in the order in which it happened."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from preceptor import flow
from preceptor.cli.demo_house import exams, kinds, money, offers, process, reviews, voices
from preceptor.cli.demo_house.accounts import (
    ACCOUNTS,
    CLIENT,
    COLLEAGUES,
    CREW,
    MANAGER,
    OPERATOR,
    PASSWORD,
    REPRESENTATIVE,
    REVIEWER,
    SECOND_MANAGER,
    SECOND_REVIEWER,
    TRAINER,
)
from preceptor.cli.demo_house.before import unfinished, with_payer
from preceptor.cli.demo_house.pilot import Question, run_pilot
from preceptor.cli.demo_house.series import make_series, read_series, work_series
from preceptor.cli.demo_house.working import actor_of, look_for_work, terms_of
from preceptor.cli.demo_house.written_exams import make_written_exam
from preceptor.datasets import ReleaseSettings
from preceptor.datasets.operations import freeze_release
from preceptor.kinds.registry import task_kinds
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.embedded.model import read_model_address
from preceptor.lib.jobs import Jobs
from preceptor.lib.money import Money
from preceptor.lib.settings import Settings
from preceptor.llms.directory import embedded_run_file
from preceptor.llms.operations import register_embedded
from preceptor.people import SYSTEM, Actor, ContentCategory, Place, Role, Spoken, TeamFunction
from preceptor.people.operations import (
    add_member,
    add_person,
    add_team,
    mark_notices_read,
    set_consents,
    set_team_function,
)
from preceptor.people.operations.profile import set_place_and_languages
from preceptor.people.queries import count_people
from preceptor.projects import ProjectRules, ProjectTerms
from preceptor.projects.operations import add_client_organisation, add_project, open_project
from preceptor.quality import Verdict
from preceptor.work.operations.items import NewItem, add_items, add_open_items

CONTENT = Path(__file__).parent / "content.json"
RATE = Money(2_500, "EUR")
NETHERLANDS = Place("NL")


class Content(msgspec.Struct, frozen=True):
    """The demo's texts."""

    guidelines: str
    prompts: list[str]
    questions: list[Question]


def morning(now: datetime, days: int) -> datetime:
    """Nine in the morning (UTC), so many days ago."""
    return now.replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=days)


class House(msgspec.Struct, frozen=True, kw_only=True):
    """What everything else refers to: the client, the teams by language, and the people who decide."""

    client_id: UUID
    team_id: UUID
    teams: dict[str, UUID]
    manager: Actor
    second_manager: Actor
    reviewer: Actor
    second_reviewer: Actor
    operator: Actor


async def load(settings: Settings) -> None:
    """Fill an empty database. One that has people in it already is left as it is.

    Args:
        settings: of this installation, with the database's address and who pays.
    """
    jobs = Jobs(settings.database_url)
    db = Database(settings.database_url, pool_size=2, after_events=flow.deferring(jobs), label="preceptor-demo")
    flow.jobs_of(db, jobs, settings)
    try:
        address = read_model_address(embedded_run_file(settings.home))
        if address is not None:
            async with db.write() as session:
                await register_embedded(session, actor=SYSTEM, model_name=address.model, practice=address.practice)
        async with db.read() as session:
            if await count_people(session):
                return
        unfinished(settings).touch()
        await _fill(db, with_payer(settings))
        unfinished(settings).unlink()
    finally:
        await db.close()


async def _fill(db: Database, settings: Settings) -> None:
    content = msgspec.convert(json.loads(CONTENT.read_text(encoding="utf-8")), Content)
    now = utc_now()
    house = await _people(db, now)
    await money.load_floors(db, operator=house.operator)
    await _chat(db, house, content)
    await _questions(db, house, content)
    worked_on = await kinds.load_kinds(
        db, settings, team_id=house.team_id, crew_id=house.teams["autumn"], client_id=house.client_id
    )
    writers = await _autumn(db, settings, house, worked_on, now)
    await _pilot(db, house, content)
    await exams.load_exams(
        db,
        team_id=house.team_id,
        client_id=house.client_id,
        questions=[_exam_question(question) for question in content.questions],
        guidelines=content.guidelines,
        manager=house.manager,
        reviewer=house.reviewer,
        trainers=[await actor_of(db, one.email) for one in (TRAINER, *COLLEAGUES, *CREW[1:5])],
    )
    while await flow.fold_events(db):
        pass
    await look_for_work(db, people=writers, now=now)
    for account in (*ACCOUNTS, *COLLEAGUES):
        async with db.write() as session:
            await mark_notices_read(session, actor=await actor_of(db, account.email), now=now - timedelta(hours=1))


def _exam_question(question: Question) -> exams.Question:
    right = question.judgements[0]
    given = [{"text": text, "model": f"exam-{number}"} for number, text in enumerate(question.responses, 1)]
    content = {"prompt": question.prompt, "responses": given}
    return exams.Question(content=content, ratings=right.ratings, errors=right.errors, ideal=right.ideal)


async def _people(db: Database, now: datetime) -> House:
    async with db.write() as session:
        client_id = await add_client_organisation(session, actor=SYSTEM, name="Aurora Lab")
        names = {"en": "Writers EN", "autumn": "Autumn writers", "ca": "Writers CA", "es": "Writers ES"}
        teams = {key: await add_team(session, actor=SYSTEM, name=name) for key, name in names.items()}
    for account in (*ACCOUNTS, *COLLEAGUES, SECOND_REVIEWER, SECOND_MANAGER):
        roles = [account.role, *([Role.TRAINER] if account.role is Role.REPRESENTATIVE else [])]
        place = NETHERLANDS if {Role.TRAINER, Role.REVIEWER} & set(roles) else None
        await _person(db, account.email, account.name, roles, place, client_id if account is CLIENT else None)
    for someone in CREW:
        await _person(db, someone.email, someone.name, [Role.TRAINER], someone.place, None)
    async with db.write() as session:
        for account in (TRAINER, REPRESENTATIVE, *COLLEAGUES):
            actor = await actor_of(db, account.email)
            await add_member(session, actor=SYSTEM, team_id=teams["en"], person_id=actor.person_id)
    manager = await actor_of(db, MANAGER.email)
    lead = await actor_of(db, COLLEAGUES[0].email)
    async with db.write() as session:
        for team_id in teams.values():
            await add_member(session, actor=SYSTEM, team_id=team_id, person_id=manager.person_id)
            await set_team_function(
                session, actor=SYSTEM, team_id=team_id, person_id=manager.person_id, function=TeamFunction.MANAGER
            )
        await set_team_function(
            session, actor=SYSTEM, team_id=teams["en"], person_id=lead.person_id, function=TeamFunction.LEAD
        )
    # Who judges the answers of the autumn sees what its writers see, and is asked as they are.
    judges = [one.email for one in (REVIEWER, SECOND_REVIEWER, MANAGER, SECOND_MANAGER)]
    hard = [ContentCategory.MEDICAL, ContentCategory.HARASSMENT, ContentCategory.HATE]
    for email in (TRAINER.email, *(one.email for one in CREW), *judges):
        actor = await actor_of(db, email)
        yes = hard[:1] if email == TRAINER.email else hard
        async with db.write() as session:
            await set_consents(session, actor=actor, categories=yes, now=now - timedelta(days=48))
    return House(
        client_id=client_id,
        team_id=teams["en"],
        teams=teams,
        manager=await actor_of(db, MANAGER.email),
        second_manager=await actor_of(db, SECOND_MANAGER.email),
        reviewer=await actor_of(db, REVIEWER.email),
        second_reviewer=await actor_of(db, SECOND_REVIEWER.email),
        operator=await actor_of(db, OPERATOR.email),
    )


async def _person(
    db: Database, email: str, name: str, roles: list[Role], place: Place | None, client_id: UUID | None
) -> None:
    async with db.write() as session:
        person_id = await add_person(
            session,
            actor=SYSTEM,
            email=email,
            name=name,
            password=PASSWORD,
            roles=roles,
            client_ids=[] if client_id is None else [client_id],
        )
        if place is not None:
            await set_place_and_languages(
                session, actor=SYSTEM, person_id=person_id, place=place, spoken=[Spoken("en", 5)]
            )


async def _project(
    db: Database, house: House, *, title: str, brief: str, guidelines: str, rules: ProjectRules, **settings: Any
) -> ProjectTerms:
    async with db.write() as session:
        made = await add_project(
            session,
            actor=house.manager,
            client_id=house.client_id,
            title=title,
            kind=next(iter(task_kinds())),
            rate=RATE,
            settings=settings or None,
            brief=brief,
            guidelines=guidelines,
            rules=rules,
            team_ids=[house.team_id],
        )
    async with db.write() as session:
        await open_project(session, actor=house.manager, slug=made.slug)
    return await terms_of(db, made.slug)


async def _chat(db: Database, house: House, content: Content) -> None:
    terms = await _project(
        db,
        house,
        title="General chat",
        brief="Have a conversation on any topic with browsing off; rate four answers; write the best one.",
        guidelines=content.guidelines,
        rules=ProjectRules(estimated_minutes=18, cap_minutes=45),
        max_turns=3,
    )
    async with db.write() as session:
        await add_open_items(session, actor=SYSTEM, terms=terms, count=40, topic="any topic, browsing off")


async def _questions(db: Database, house: House, content: Content) -> None:
    terms = await _project(
        db,
        house,
        title="Everyday questions",
        brief="A question is given. Rate four answers to it and write the one you would have wished for.",
        guidelines=content.guidelines,
        rules=ProjectRules(estimated_minutes=12, cap_minutes=30, answers_per_item=2),
    )
    items = [NewItem(content={"prompt": prompt}, topic="everyday", wanted=2) for prompt in content.prompts]
    async with db.write() as session:
        await add_items(session, actor=SYSTEM, terms=terms, items=items)


async def _pilot(db: Database, house: House, content: Content) -> None:
    terms = await _project(
        db,
        house,
        title="Winter pilot",
        brief="The pilot of “Everyday questions”: answers are given, three people judge each.",
        guidelines=content.guidelines,
        rules=ProjectRules(estimated_minutes=10, cap_minutes=30, answers_per_item=3),
    )
    people = [await actor_of(db, account.email) for account in (TRAINER, COLLEAGUES[0])]
    await run_pilot(db, terms, questions=content.questions, people=people, reviewer=house.reviewer)
    async with db.write() as session:  # the worker writes its files
        licence = ReleaseSettings(licence="cc-by-4.0", languages=("en",))
        await freeze_release(session, actor=SYSTEM, slug=terms.slug, settings=licence, now=utc_now())


async def _autumn(
    db: Database, settings: Settings, house: House, worked_on: Sequence[kinds.WorkedOn], now: datetime
) -> list[Actor]:
    """The weeks before: offers, exams, finished work in three languages, reviews, pay, cases. Answers who wrote."""
    series = read_series()
    manager, client_id, teams = house.manager, house.client_id, house.teams
    english = await make_series(
        db, series["en"], manager=manager, team_id=teams["autumn"], client_id=client_id, rate=RATE
    )
    projects, exams_by_language = {}, {}
    for tag, cents in (("ca", 1_700), ("es", 1_850)):
        exam = await make_written_exam(
            db,
            series[tag],
            manager=manager,
            client_id=client_id,
            rate=Money(cents, "USD"),
            abroad=Money(2_500, "USD"),
            now=now - timedelta(days=46),
        )
        exams_by_language[tag] = exam
        projects[tag] = await make_series(
            db,
            series[tag],
            manager=manager,
            team_id=teams[tag],
            client_id=client_id,
            rate=Money(cents, "USD"),
            certification_id=exam.certification_id,
        )
    engaged = await offers.load_offers(
        db,
        manager=manager,
        grader=house.second_reviewer,
        client_id=client_id,
        exams=exams_by_language,
        projects={tag: terms.id for tag, terms in projects.items()},
        teams=teams,
        now=now,
    )
    crew = [await actor_of(db, one.email) for one in (TRAINER, *CREW)]
    await offers.load_closed_offer(db, manager=manager, project_id=english.id, people=crew, now=now)
    crew = [await actor_of(db, one.email) for one in (TRAINER, *CREW)]
    await money.load_methods(
        db,
        settings,
        euros=[*crew, house.reviewer],
        dollars=[*engaged["ca"], *engaged["es"], house.reviewer, house.second_reviewer],
        now=now - timedelta(days=38),
    )
    done = await work_series(
        db, series["en"], english, people=crew, begins=morning(now, 33), between=timedelta(days=3, hours=23)
    )
    said = {
        2: reviews.Said(Verdict.RETURN, "incomplete", "Say when a doctor is needed, as in point 3 of the guidelines."),
        5: reviews.Said(Verdict.REJECT, "off_topic", "This answers another question than the one that was asked."),
        8: reviews.Said(Verdict.REJECT, "copied", "The second paragraph stands word for word on a public page."),
        11: reviews.Said(Verdict.RETURN, "language", "Two sentences are hard to follow; please read them aloud."),
        13: reviews.Said(Verdict.RETURN, "instructions", "Answer first, explain after."),
    }
    await reviews.review(db, reviewer=house.reviewer, slug=english.slug, done=done, said=said, now=now)
    await reviews.dispute(
        db,
        done=done[8],
        note="I wrote that page myself, two years ago, under my own name. It stands at the end of it.",
        decider=house.second_reviewer,
        answer="That is so; the page names you. The answer counts, and its pay stands.",
        now=done[8].at + timedelta(days=3),
    )
    missed = {
        2: reviews.Said(Verdict.REJECT, "off_topic", "Se preguntaba por la franquicia, no por el precio del seguro."),
        7: reviews.Said(Verdict.RETURN, "incomplete", "Falta decir qué pasa si el convenio no dice nada."),
    }
    for tag, reviewer in (("ca", house.reviewer), ("es", house.second_reviewer)):
        work = await work_series(
            db,
            series[tag],
            projects[tag],
            people=engaged[tag],
            begins=morning(now, 27),
            between=timedelta(days=12),
        )
        said = missed if tag == "es" else {}
        await reviews.review(db, reviewer=reviewer, slug=projects[tag].slug, done=work, said=said, now=now)
        if tag == "es":  # it waits for the other reviewer
            note = "La pregunta admite dos lecturas; respondí a la segunda y lo dije al empezar."
            await reviews.dispute(db, done=work[2], note=note, now=now)
        await voices.rate(db, slug=projects[tag].slug, people=engaged[tag], now=now - timedelta(days=8))
    noon = morning(now, 20) + timedelta(hours=6)
    await kinds.work_on_kinds(db, worked_on, manager=manager, people=crew[1:], reviewer=house.reviewer, begins=noon)
    long = [one for one in done if one.actor.person_id in {crew[1].person_id, crew[2].person_id}]
    await process.claim_time(db, manager=manager, granted=long[0], waiting=long[1], now=now)
    await voices.rate(db, slug=english.slug, people=crew, now=now - timedelta(days=9))
    await voices.discuss(db, manager=manager, slug=english.slug, people=crew, now=now)
    await voices.announce(db, manager=manager, team_id=teams["autumn"], slug=english.slug, readers=crew[1:5], now=now)
    await voices.credit(db, people=crew[:3])
    await money.pay_out(db, settings, operator=house.operator, manager=manager, now=now)
    await process.open_cases(
        db,
        settings,
        manager=manager,
        second=house.second_manager,
        people=[crew[5], crew[6], crew[4], crew[3], crew[0]],
        project_id=english.id,
        team_id=house.team_id,
        now=now,
    )
    while await flow.fold_events(db):
        pass
    await money.order(db, manager=manager, slug=english.slug, now=now)
    return [*crew, *engaged["ca"], *engaged["es"]]
