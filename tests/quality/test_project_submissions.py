"""What a manager reads of the answers of a project: the list, one of them with everything, and how far people agree."""

from datetime import timedelta

import pytest

from preceptor.lib.clock import utc_now
from preceptor.people.rules import MissingPermissionError
from preceptor.projects.queries import access_project
from preceptor.quality.queries import project_submissions
from preceptor.quality.queries.agreement import project_agreement
from preceptor.quality.queries.project_submissions import AnswerFilter, AnswerState, list_project_submissions
from preceptor.quality.queries.submission_detail import NoSuchSubmissionError, access_project_submission


@pytest.fixture
async def manager(bench):
    return await bench.person("manager")


@pytest.fixture
def answers(db, manager):
    async def listed(world, cursor=None, **wanted):
        async with db.read() as session:
            project = await access_project(session, actor=manager, slug=world.terms.slug)
            return await list_project_submissions(
                session, actor=manager, project=project, wanted=AnswerFilter(**wanted), cursor=cursor
            )

    return listed


@pytest.fixture
def read(db, manager):
    async def one(world, wanted, actor=None):
        async with db.read() as session:
            project = await access_project(session, actor=manager, slug=world.terms.slug)
            return await access_project_submission(
                session, actor=actor or manager, project=project, assignment_id=wanted
            )

    return one


def ideal(handed, text):
    (turn,) = handed.content["turns"]
    return {"turns": [{**turn, "ideal": text}]}


async def decided(bench, world, reviewer, verdict, **given):
    handed = await bench.hand_in(world)
    if verdict == "correct":
        given = {"content": ideal(handed, "Put some air into them.")}
    await bench.decide(reviewer, await bench.claim(reviewer, world.terms.slug), verdict, **given)
    return handed


async def test_answers_are_filtered_by_state_verdict_person_and_day(make_world, bench, reviewer, answers):
    world = await make_world(items=8)
    done = {
        verdict: await decided(bench, world, reviewer, verdict) for verdict in ("accept", "correct", "return", "reject")
    }
    waiting = await bench.hand_in(world)
    lazy = await bench.trainer(world)
    view, _fresh = await bench.desk.claim(actor=lazy, slug=world.terms.slug, prefetch=False, now=utc_now())
    await bench.desk.give_back(actor=lazy, assignment_id=view.id, report=False, reason="time", note="")

    async def ids(**wanted):
        return [row.assignment_id for row in (await answers(world, **wanted)).rows]

    everything = [*(one.assignment_id for one in done.values()), waiting.assignment_id]
    assert await ids() == list(reversed(everything))
    assert await ids(state=AnswerState.SUBMITTED) == [waiting.assignment_id]
    assert await ids(state=AnswerState.RETURNED) == [done["return"].assignment_id]
    assert await ids(state=AnswerState.SKIPPED) == [view.id]
    assert await ids(verdict="correct") == [done["correct"].assignment_id]
    assert await ids(verdict="none") == [waiting.assignment_id]
    assert await ids(trainer=waiting.trainer.pseudonym.upper()) == [waiting.assignment_id]
    assert await ids(trainer="100%") == []
    today = utc_now().date()
    assert await ids(since=today, until=today) == await ids()
    assert await ids(until=today - timedelta(days=1)) == []
    assert await ids(since=today + timedelta(days=1)) == []
    row = next(row for row in (await answers(world)).rows if row.assignment_id == done["correct"].assignment_id)
    assert (row.revisions, str(row.verdict_name), row.pseudonym) == (
        2,
        "Accepted with a correction",
        done["correct"].trainer.pseudonym,
    )
    assert "Why do tyres go flat" in row.summary


async def test_rework_stays_among_what_was_returned(make_world, bench, reviewer, answers):
    world = await make_world(items=1)
    handed = await decided(bench, world, reviewer, "return")
    await bench.desk.start(actor=handed.trainer, assignment_id=handed.assignment_id, now=utc_now())
    (row,) = (await answers(world, state=AnswerState.RETURNED)).rows
    assert (str(row.state_name), row.rework_round) == ("In rework", 1)


async def test_pages_follow_each_other_and_a_look_that_stops_says_so(make_world, bench, answers, monkeypatch):
    world = await make_world(items=5)
    handed = [await bench.hand_in(world) for _one in range(5)]
    monkeypatch.setattr(project_submissions, "PAGE_SIZE", 2)
    first = await answers(world)
    second = await answers(world, first.next_cursor)
    assert [row.assignment_id for row in first.rows + second.rows] == [
        one.assignment_id for one in reversed(handed[1:])
    ]
    monkeypatch.setattr(project_submissions, "LOOKED_AT", 3)
    wanted = {"trainer": handed[0].trainer.pseudonym}
    stopped = await answers(world, **wanted)
    assert (stopped.rows, stopped.looked_at) == ([], 3)
    found = await answers(world, stopped.next_cursor, **wanted)
    assert [row.assignment_id for row in found.rows] == [handed[0].assignment_id]
    assert found.next_cursor is None


async def test_an_answer_shows_everything(make_world, bench, reviewer, read):
    world = await make_world(items=1)
    handed = await decided(bench, world, reviewer, "return", reason="ideal", note="Say how often.")
    await bench.rework(handed, ideal="Once a month.")
    await bench.decide(reviewer, await bench.claim(reviewer), "accept", note="Good.")
    for wanted in (handed.assignment_id, handed.submission_id):
        detail = await read(world, wanted)
        assert detail.assignment.id == handed.assignment_id
    assert detail.assignment.draft is None
    assert [str(one.origin_name) for one in detail.revisions] == ["Submitted", "Submitted again after rework"]
    assert {one.author for one in detail.revisions} == {handed.trainer.pseudonym}
    assert [change.label for change in detail.revisions[1].changes] == ["Ideal response"]
    assert [(one.review.verdict, one.reviewer) for one in detail.reviews] == [
        ("return", reviewer.pseudonym),
        ("accept", reviewer.pseudonym),
    ]
    assert [entry.activity for entry in detail.times] == ["work", "rework"]
    assert {response.model for response in detail.turns[0].responses} == {"m0", "m1", "m2", "m3"}
    assert str(detail.state_name) == "Accepted"


async def test_answers_are_for_managers_and_of_this_project(make_world, bench, read, db):
    world = await make_world(items=1)
    handed = await bench.hand_in(world)
    other = await make_world(items=1)
    with pytest.raises(NoSuchSubmissionError):
        await read(other, handed.assignment_id)
    for actor in (handed.trainer, *[await bench.person(role) for role in ("reviewer", "client", "operator")]):
        with pytest.raises(MissingPermissionError):
            await read(world, handed.assignment_id, actor)


async def test_agreement_is_of_those_who_answered_the_same(make_world, bench, reviewer, manager, db):
    async def agreement(world):
        async with db.read() as session:
            project = await access_project(session, actor=manager, slug=world.terms.slug)
            return await project_agreement(session, actor=manager, project=project)

    alone = await make_world(items=2)
    await bench.hand_in(alone)
    assert (await agreement(alone)).measures == ()
    world = await make_world(items=2, wanted=2)
    for _one in range(4):
        await bench.hand_in(world)
    found = await agreement(world)
    assert (found.items, found.answers, found.form_version, found.bounded) == (2, 4, 1, False)
    assert found.measures[0].pairs > 0
    # A rejected answer counts for nothing.
    review_id = await bench.claim(reviewer, world.terms.slug)
    await bench.decide(reviewer, review_id, "reject")
    assert (await agreement(world)).items == 1
