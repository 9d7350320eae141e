"""Questions and answers: who sees them, under which names, and what may be done with them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from preceptor.lib.clock import utc_now
from preceptor.lib.errors import ForbiddenError, InvalidError
from preceptor.people.operations import set_team_function
from preceptor.people.queries import actor_of
from preceptor.people.rules import SYSTEM, MissingPermissionError, TeamFunction
from preceptor.people.tables import Notification, Person
from preceptor.projects.operations import (
    NotYourQuestionError,
    QuestionTakenError,
    TooManyPostsError,
    answer_question,
    ask_question,
    choose_answer,
    note_folded,
    pin_question,
    remove_post,
    see_question,
)
from preceptor.projects.queries import (
    NoSuchProjectError,
    NoSuchQuestionError,
    access_question,
    list_questions,
    unread_questions,
)

NOW = utc_now()


class Talk:
    """A project with a manager and two trainers, and somebody else."""

    def __init__(self, db, project, **people):
        self.db, self.project = db, project
        self.__dict__.update(people)

    async def ask(self, actor=None, title="May I swear?", now=NOW):
        async with self.db.write() as session:
            who = actor or self.asker
            return await ask_question(session, actor=who, slug=self.project.slug, title=title, now=now)

    async def answer(self, question_id, actor, words="No.", now=NOW):
        async with self.db.write() as session:
            return await answer_question(session, actor=actor, question_id=question_id, markdown=words, now=now)

    async def see(self, actor, question_id):
        async with self.db.read() as session:
            return await access_question(session, actor=actor, question_id=question_id)

    async def titles(self, actor, **options):
        async with self.db.read() as session:
            found = await list_questions(session, actor=actor, slug=self.project.slug, **options)
        return [one.title for one in found.rows]

    async def unread(self, actor):
        async with self.db.read() as session:
            found = await unread_questions(session, actor=actor, project_ids=[self.project.id])
        return found.get(self.project.id, 0)


@pytest.fixture
async def talk(db, make_person, make_project, team_id):
    project = await make_project(team_ids=[team_id])
    async with db.write() as session:
        await (await session.driver()).execute("UPDATE project SET state = 'open'")
    return Talk(
        db,
        project,
        manager=await make_person("manager", name="Mona Manager"),
        asker=await make_person("trainer", team=team_id, name="Ana Asker"),
        other=await make_person("trainer", team=team_id, name="Otto Other"),
        stranger=await make_person("trainer"),
    )


async def test_pseudonyms_for_trainers_names_for_managers(talk):
    question = await talk.ask()
    await talk.answer(question, talk.manager)
    await talk.answer(question, talk.other, "Never.")
    by_trainer, by_manager = await talk.see(talk.other, question), await talk.see(talk.manager, question)
    assert by_trainer.author.name == talk.asker.pseudonym
    assert [one.author.name for one in by_trainer.replies] == [talk.manager.pseudonym, talk.other.pseudonym]
    assert [one.author.function for one in by_trainer.replies] == ["manager", "member"]
    assert by_manager.author.name == "Ana Asker"
    assert [one.author.name for one in by_manager.replies] == ["Mona Manager", "Otto Other"]


async def test_nobody_else_sees_anything(talk, db, make_person, client_id):
    question = await talk.ask()
    client = await make_person("client", client=client_id)
    reviewer = await make_person("reviewer")
    for actor in (talk.stranger, client, reviewer):
        with pytest.raises(NoSuchQuestionError):
            await talk.see(actor, question)
        with pytest.raises(NoSuchProjectError):
            await talk.titles(actor)
        with pytest.raises(NoSuchProjectError):
            await talk.ask(actor)
        with pytest.raises(NoSuchQuestionError):
            await talk.answer(question, actor)


async def test_unread_until_looked_at(talk, db):
    question = await talk.ask()
    assert (await talk.unread(talk.asker), await talk.unread(talk.other)) == (0, 1)
    async with db.write() as session:
        await see_question(session, actor=talk.other, question_id=question, now=NOW)
    assert await talk.unread(talk.other) == 0
    await talk.answer(question, talk.manager, now=NOW + timedelta(seconds=1))
    assert (await talk.unread(talk.asker), await talk.unread(talk.other)) == (1, 1)
    async with db.read() as session:
        (told,) = await session.scalars(select(Notification))
    assert (told.person_id, told.kind) == (talk.asker.person_id, "question.answered")


async def test_the_answer_is_chosen_by_whoever_may(talk, db, team_id):
    question = await talk.ask()
    first, second = await talk.answer(question, talk.other, "Yes."), await talk.answer(question, talk.manager)
    with pytest.raises(NotYourQuestionError):
        async with db.write() as session:
            await choose_answer(session, actor=talk.other, question_id=question, answer_id=first)
    async with db.write() as session:
        await set_team_function(
            session, actor=SYSTEM, team_id=team_id, person_id=talk.other.person_id, function=TeamFunction.LEAD
        )
    async with db.read() as session:
        lead = await actor_of(session, await session.get_one(Person, talk.other.person_id))
    assert lead.lead_team_ids == {team_id}
    for actor in (talk.asker, talk.manager, lead):
        async with db.write() as session:
            await choose_answer(session, actor=actor, question_id=question, answer_id=second)
        found = await talk.see(talk.asker, question)
        assert [one.id for one in found.replies] == [second, first]
        assert found.replies[1].author.function is TeamFunction.LEAD
        async with db.write() as session:
            await choose_answer(session, actor=actor, question_id=question, answer_id=None)
    assert not (await talk.see(talk.asker, question)).is_answered


async def test_pinned_first_found_by_words_and_folded(talk, db):
    old = await talk.ask(title="How long is a story?", now=NOW - timedelta(hours=1))
    new = await talk.ask(title="Which tone?")
    await talk.answer(new, talk.manager, "A warm one.")
    assert await talk.titles(talk.other) == ["Which tone?", "How long is a story?"]
    async with db.write() as session:
        await pin_question(session, actor=talk.manager, question_id=old, pinned=True)
        await note_folded(session, actor=talk.manager, question_id=old, version=3)
    assert await talk.titles(talk.other) == ["How long is a story?", "Which tone?"]
    assert await talk.titles(talk.other, search="warm") == ["Which tone?"]
    assert await talk.titles(talk.other, search="100%") == []
    assert (await talk.see(talk.other, old)).guidelines_version == 3
    with pytest.raises(MissingPermissionError):
        async with db.write() as session:
            await pin_question(session, actor=talk.other, question_id=old, pinned=False)


async def test_removed_with_a_reason_that_its_author_reads(talk, db):
    question = await talk.ask()
    answer = await talk.answer(question, talk.other, "My boss is Maria Smith.")
    with pytest.raises(MissingPermissionError):
        async with db.write() as session:
            await remove_post(session, actor=talk.asker, question_id=question, answer_id=answer, reason="x", now=NOW)
    with pytest.raises(InvalidError):
        async with db.write() as session:
            await remove_post(session, actor=talk.manager, question_id=question, answer_id=answer, now=NOW)
    async with db.write() as session:
        await remove_post(
            session, actor=talk.manager, question_id=question, answer_id=answer, reason="It names somebody.", now=NOW
        )
    assert (await talk.see(talk.asker, question)).replies == []
    (own,) = (await talk.see(talk.other, question)).replies
    assert own.removed_reason == "It names somebody."
    async with db.read() as session:
        told = await session.scalar(select(Notification).where(Notification.kind == "question.removed"))
    assert told.person_id == talk.other.person_id
    assert "It names somebody." in told.body


async def test_own_questions_are_taken_back_while_unanswered(talk, db):
    question, answered = await talk.ask(), await talk.ask(title="Another?")
    await talk.answer(answered, talk.manager)
    async with db.write() as session:
        await remove_post(session, actor=talk.asker, question_id=question, now=NOW)
    with pytest.raises(QuestionTakenError):
        async with db.write() as session:
            await remove_post(session, actor=talk.asker, question_id=answered, now=NOW)
    assert await talk.titles(talk.other) == ["Another?"]
    with pytest.raises(NoSuchQuestionError):
        await talk.answer(question, talk.manager)


async def test_nobody_floods_the_room(talk):
    for number in range(10):
        await talk.ask(title=f"Question {number}")
    with pytest.raises(TooManyPostsError):
        await talk.ask()
    later = await talk.ask(now=NOW + timedelta(hours=25))
    for _time in range(30):
        await talk.answer(later, talk.other, "Again.")
    with pytest.raises(TooManyPostsError):
        await talk.answer(later, talk.other, "Again.")
    assert issubclass(NotYourQuestionError, ForbiddenError)


async def test_pages_of_questions(talk, db):
    for number in range(33):
        await talk.ask(talk.manager if number % 4 else talk.other, title=f"Q{number}", now=NOW + timedelta(days=number))
    seen = []
    cursor = None
    while True:
        async with db.read() as session:
            found = await list_questions(session, actor=talk.asker, slug=talk.project.slug, cursor=cursor)
        seen += [one.title for one in found.rows]
        if (cursor := found.next_cursor) is None:
            break
    assert seen == [f"Q{number}" for number in reversed(range(33))]
