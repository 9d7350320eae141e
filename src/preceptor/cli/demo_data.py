"""What a demo holds, so that no page is empty: people, projects of every kind, finished, reviewed, released work."""

import json
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec

from preceptor import flow
from preceptor.cli.demo_exams import Question as ExamQuestion
from preceptor.cli.demo_exams import load_exams
from preceptor.cli.demo_kinds import load_kinds
from preceptor.cli.demo_offers import load_offers
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
from preceptor.people import SYSTEM, Actor, Role
from preceptor.people.operations import add_member, add_person, add_team
from preceptor.people.queries import actor_by_email, count_people
from preceptor.projects import ProjectRules, ProjectTerms
from preceptor.projects.operations import add_client_organisation, add_project, open_project
from preceptor.projects.queries import form_at, project_terms
from preceptor.quality import Verdict
from preceptor.quality.operations import claim_review, decide, open_reviews
from preceptor.work.operations.beats import Beat, Terms, beat_all
from preceptor.work.operations.claiming import NewAssignment, Queue
from preceptor.work.operations.items import NewItem, add_items, add_open_items
from preceptor.work.operations.leasing import idle_after
from preceptor.work.operations.submitting import Answer, Form, submit
from preceptor.work.queries.turns import given_turn_record

PASSWORD = "preceptor demo"  # noqa: S105 (well known, as the sign-in page of a demo says)
CONTENT = Path(__file__).parent / "demo_content.json"


class Account(msgspec.Struct, frozen=True):
    """A demo account."""

    role: Role
    email: str
    name: str
    password: str = PASSWORD


ACCOUNTS = (
    Account(Role.TRAINER, "trainer@demo.example", "Tessa Trainer"),
    Account(Role.REVIEWER, "reviewer@demo.example", "Ravi Reviewer"),
    Account(Role.MANAGER, "manager@demo.example", "Mara Manager"),
    Account(Role.CLIENT, "client@demo.example", "Carl Client"),
    Account(Role.OPERATOR, "operator@demo.example", "Olga Operator"),
)
COLLEAGUES = (
    Account(Role.TRAINER, "writer-one@demo.example", "Wendy Writer"),
    Account(Role.TRAINER, "writer-two@demo.example", "Wim Writer"),
)


class Judgement(msgspec.Struct, frozen=True):
    """How a demo trainer judges one prompt's responses, in the order of the file."""

    ratings: list[int]
    errors: list[list[str]]
    ideal: str


class Question(msgspec.Struct, frozen=True):
    """A prompt with responses that somebody has judged."""

    prompt: str
    topic: str
    responses: list[str]
    judgements: list[Judgement]


class Content(msgspec.Struct, frozen=True):
    """The demo's texts."""

    guidelines: str
    prompts: list[str]
    questions: list[Question]


async def load(settings: Settings) -> None:
    """Fill an empty database. One that has people in it already is left as it is.

    Args:
        settings: of this installation, with the database's address.
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
        content = msgspec.convert(json.loads(CONTENT.read_text()), Content)
        team_id, client_id = await _people(db)
        await _chat(db, team_id, client_id, content)
        await _questions(db, team_id, client_id, content)
        slug = await _pilot(db, team_id, client_id, content)
        await load_kinds(db, settings, team_id=team_id, client_id=client_id)
        await load_exams(
            db,
            team_id=team_id,
            client_id=client_id,
            questions=[_exam_question(question) for question in content.questions],
            guidelines=content.guidelines,
            manager=ACCOUNTS[2].email,
            reviewer=ACCOUNTS[1].email,
            trainers=[one.email for one in (ACCOUNTS[0], *COLLEAGUES)],
        )
        await load_offers(db, client_id=client_id, password=PASSWORD)
        async with db.write() as session:  # the worker writes its files
            await freeze_release(
                session,
                actor=SYSTEM,
                slug=slug,
                settings=ReleaseSettings(licence="cc-by-4.0", languages=("en",)),
                now=utc_now(),
            )
    finally:
        await db.close()


def _exam_question(question: Question) -> ExamQuestion:
    right = question.judgements[0]
    given = [{"text": text, "model": f"exam-{number}"} for number, text in enumerate(question.responses, 1)]
    content = {"prompt": question.prompt, "responses": given}
    return ExamQuestion(content=content, ratings=right.ratings, errors=right.errors, ideal=right.ideal)


async def _people(db: Database) -> tuple[UUID, UUID]:
    async with db.write() as session:
        team_id = await add_team(session, actor=SYSTEM, name="Writers EN")
        client_id = await add_client_organisation(session, actor=SYSTEM, name="Aurora Lab")
    for account in (*ACCOUNTS, *COLLEAGUES):
        async with db.write() as session:
            person_id = await add_person(
                session,
                actor=SYSTEM,
                email=account.email,
                name=account.name,
                password=account.password,
                roles=[account.role],
                client_ids=[client_id] if account.role is Role.CLIENT else [],
            )
            if account.role is Role.TRAINER:
                await add_member(session, actor=SYSTEM, team_id=team_id, person_id=person_id)
    return team_id, client_id


async def _project(
    db: Database,
    *,
    title: str,
    brief: str,
    guidelines: str,
    team_id: UUID,
    client_id: UUID,
    rules: ProjectRules,
    settings: dict[str, Any] | None = None,
) -> ProjectTerms:
    async with db.write() as session:
        made = await add_project(
            session,
            actor=SYSTEM,
            client_id=client_id,
            title=title,
            kind=next(iter(task_kinds())),
            rate=Money(2500, "EUR"),
            settings=settings,
            brief=brief,
            guidelines=guidelines,
            rules=rules,
            team_ids=[team_id],
        )
    async with db.write() as session:
        await open_project(session, actor=SYSTEM, slug=made.slug)
    async with db.read() as session:
        return await project_terms(session, slug=made.slug)


async def _chat(db: Database, team_id: UUID, client_id: UUID, content: Content) -> None:
    terms = await _project(
        db,
        title="General chat",
        brief="Have a conversation on any topic with browsing off; rate four answers; write the best one.",
        guidelines=content.guidelines,
        team_id=team_id,
        client_id=client_id,
        rules=ProjectRules(estimated_minutes=18, cap_minutes=45),
        settings={"max_turns": 3},
    )
    async with db.write() as session:
        await add_open_items(session, actor=SYSTEM, terms=terms, count=40, topic="any topic, browsing off")


async def _questions(db: Database, team_id: UUID, client_id: UUID, content: Content) -> None:
    terms = await _project(
        db,
        title="Everyday questions",
        brief="A question is given. Rate four answers to it and write the one you would have wished for.",
        guidelines=content.guidelines,
        team_id=team_id,
        client_id=client_id,
        rules=ProjectRules(estimated_minutes=12, cap_minutes=30, answers_per_item=2),
    )
    items = [NewItem(content={"prompt": prompt}, topic="everyday", wanted=2) for prompt in content.prompts]
    async with db.write() as session:
        await add_items(session, actor=SYSTEM, terms=terms, items=items)


async def _pilot(db: Database, team_id: UUID, client_id: UUID, content: Content) -> str:
    """A project with answers that came along, and people who have worked on it over the last days; answers its slug."""
    terms = await _project(
        db,
        title="Winter pilot",
        brief="The pilot of “Everyday questions”: answers are given, three people judge each.",
        guidelines=content.guidelines,
        team_id=team_id,
        client_id=client_id,
        rules=ProjectRules(estimated_minutes=10, cap_minutes=30, answers_per_item=3),
    )
    items = []
    for question in content.questions:
        given = [{"text": text, "model": f"pilot-{number}"} for number, text in enumerate(question.responses, 1)]
        items.append(NewItem(content={"prompt": question.prompt, "responses": given}, topic=question.topic, wanted=3))
    async with db.write() as session:
        ids = await add_items(session, actor=SYSTEM, terms=terms, items=items)
    by_item = dict(zip(ids, content.questions, strict=True))
    people = []
    for account in (ACCOUNTS[0], COLLEAGUES[0]):
        async with db.read() as session:
            people.append(await actor_by_email(session, email=account.email))
    done = []
    for place, actor in enumerate(people):
        done += await _work(db, terms, actor, by_item, place)
    async with db.write() as session:
        await open_reviews(session, assignment_ids=done, now=utc_now())
    await _review(db, terms, count=max(len(done) - 2, 0))
    return terms.slug


async def _work(
    db: Database, terms: ProjectTerms, actor: Actor, by_item: dict[UUID, Question], place: int
) -> list[UUID]:
    async with db.read() as session:
        stored = await form_at(session, project_id=terms.id, version=terms.form_version)
    kind = task_kinds()[terms.kind]
    form = Form(kind, kind.decode_settings(stored.settings))
    times = Terms(lease=terms.lease, hold=terms.hold, idle_after=idle_after(terms))
    queue = Queue()
    done: list[UUID] = []
    moment = utc_now() - timedelta(days=3, hours=place)
    while True:
        async with db.hot() as driver:
            found = await queue.claim(driver, actor=actor, terms=terms, now=moment)
        if not isinstance(found, NewAssignment):
            return done
        question = by_item[found.item_id]
        judgement = question.judgements[place % len(question.judgements)]
        for _minute in range(2 + len(judgement.ideal) // 120):
            moment += timedelta(minutes=1)
            await _beat(db, actor, found.id, times, moment)
        async with db.hot() as driver, driver.transaction():
            answer = Answer(
                assignment_id=found.id,
                actor=actor,
                key=uuid4(),
                content=_answer(found, form, judgement),
                confirmed=_Everything(),
                terms=times,
                form_of=partial(_same, form),
            )
            await submit(driver, answer, now=moment)
        done.append(found.id)
        moment += timedelta(hours=7)


async def _same(form: Form, _version: int) -> Form:
    return form


class _Everything(frozenset[str]):
    """Every question is confirmed."""

    def __contains__(self, _code: object) -> bool:
        return True


async def _beat(db: Database, actor: Actor, assignment_id: UUID, times: Terms, now: datetime) -> None:
    beat = Beat(assignment_id=assignment_id, trainer_id=actor.person_id, terms=times, signs=(0,), touched=True)
    async with db.hot() as driver, driver.transaction():
        await beat_all(driver, [beat], now=now)


def _answer(found: NewAssignment, form: Form, judgement: Judgement) -> dict[str, Any]:
    given = form.kind.given_turn(form.kind.decode_item(found.content))
    assert given is not None
    turn = given_turn_record(given, item_id=found.item_id, assignment_id=found.id)
    by_text = {response.text: response.id for response in turn.responses}
    ids = [by_text[response.text] for response in given.responses]
    return {
        "turns": [
            {
                "turn_id": turn.id,
                "prompt": turn.prompt,
                "ratings": dict(zip(ids, judgement.ratings, strict=True)),
                "errors": {key: errors for key, errors in zip(ids, judgement.errors, strict=True) if errors},
                "ideal": judgement.ideal,
            }
        ]
    }


async def _review(db: Database, terms: ProjectTerms, *, count: int) -> None:
    async with db.read() as session:
        reviewer = await actor_by_email(session, email=ACCOUNTS[1].email)
    for number in range(count):
        async with db.write() as session:
            review_id = await claim_review(session, actor=reviewer, slug=terms.slug, now=utc_now())
        if review_id is None:
            return
        returned = number == count - 1
        async with db.write() as session:
            await decide(
                session,
                actor=reviewer,
                review_id=review_id,
                verdict=Verdict.RETURN if returned else Verdict.ACCEPT,
                reason="ideal" if returned else None,
                note="The last sentence repeats the first one; please shorten it." if returned else "",
                content=None,
                now=utc_now(),
            )
