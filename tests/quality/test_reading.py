"""What reviewers and trainers see, and what nobody sees."""

import msgspec
import pytest

from preceptor.lib.clock import utc_now
from preceptor.people.rules import MissingPermissionError
from preceptor.projects.queries import NoSuchProjectError
from preceptor.quality.operations import claim_review
from preceptor.quality.queries import (
    NoSuchReviewError,
    access_review,
    latest_results,
    list_decided,
    list_inbox,
    reviews_of_assignment,
)
from preceptor.quality.rules import Waiting, why_empty
from preceptor.work.operations.drafts import NoSuchAssignmentError


@pytest.fixture
def see(db):
    """One review as somebody sees it."""

    async def look(actor, review_id):
        async with db.read() as session:
            return await access_review(session, actor=actor, review_id=review_id, now=utc_now())

    return look


@pytest.fixture
def inbox(db):
    """The inbox as somebody sees it."""

    async def look(actor, **given):
        async with db.read() as session:
            return await list_inbox(session, actor=actor, now=utc_now(), **given)

    return look


def text_of(view):
    return msgspec.json.encode(view).decode()


async def test_the_reviewer_sees_what_the_trainer_saw_and_answered(bench, make_world, reviewer, see):
    handed = await bench.hand_in(await make_world())
    view = await see(reviewer, await bench.claim(reviewer))
    assert (view.state, view.mine, view.may_decide, view.may_claim) == ("claimed", True, True, False)
    assert view.answer["turns"][0]["ideal"] == handed.content["turns"][0]["ideal"]
    assert [turn.responses for turn in view.turns] == [turn.responses for turn in handed.view.turns], "in their order"
    assert view.form == handed.view.form
    assert view.item == handed.view.item
    assert view.guidelines_version == handed.view.guidelines.version
    assert view.trainer == handed.trainer.pseudonym
    assert (view.round, view.revision, view.previous, view.changes) == (0, 1, [], [])
    assert {reason.key for reason in view.reject_reasons if reason.no_pay} == {"fraud", "empty", "copied"}


async def test_nobody_learns_who_anybody_is(bench, make_world, reviewer, see):
    handed = await bench.hand_in(await make_world())
    raw = text_of(await see(reviewer, await bench.claim(reviewer)))
    assert handed.trainer.name not in raw
    assert str(handed.trainer.person_id) not in raw
    assert '"m1"' not in raw, "the names of models"


async def test_a_manager_sees_reviews_and_decides_none(bench, make_world, reviewer, see):
    await bench.hand_in(await make_world())
    manager = await bench.person("manager")
    view = await see(manager, await bench.claim(reviewer))
    assert (view.mine, view.may_decide, view.may_claim) == (False, False, False)


@pytest.mark.parametrize("role", ["trainer", "client", "operator"])
async def test_reviews_are_for_those_who_review(bench, make_world, see, inbox, role):
    await bench.hand_in(await make_world())
    other = await bench.person(role)
    with pytest.raises(MissingPermissionError):
        await see(other, (await bench.reviews())[0].id)
    with pytest.raises(MissingPermissionError):
        await inbox(other)


async def test_ones_own_work_is_not_there(bench, make_world, see):
    world = await make_world()
    both = await bench.trainer(world, "reviewer", "manager")
    await bench.hand_in(world, trainer=both)
    with pytest.raises(NoSuchReviewError):
        await see(both, (await bench.reviews())[0].id)


async def test_a_reworked_answer_shows_what_was_said_and_what_changed(bench, make_world, reviewer, see):
    handed = await bench.hand_in(await make_world(max_rework_rounds=1))
    await bench.decide(reviewer, await bench.claim(reviewer), "return", reason="ideal", note="Say why.")
    first = handed.view.turns[0].responses[0].id
    ratings = {**handed.content["turns"][0]["ratings"], first: 1}
    await bench.rework(handed, ideal="Cold air takes up less room.", ratings=ratings, errors={first: ["spelling"]})
    view = await see(reviewer, await bench.claim(reviewer))
    (past,) = view.previous
    assert (past.verdict_label, past.reason_label, past.note) == (
        "Returned for rework",
        "The ideal response is not ideal yet",
        "Say why.",
    )
    assert past.mine
    told = {change.path: (change.label, change.before, change.after) for change in view.changes}
    assert told[f"turns.0.ratings.{first}"] == ("Response 1, rating", "6", "1")
    assert told[f"turns.0.errors.{first}"] == ("Response 1, errors", "", "Spelling")
    assert "turns.0.ideal" in told
    assert view.before["turns"][0]["ideal"] == handed.content["turns"][0]["ideal"]
    assert "returned 1 time" in view.no_return


async def test_a_decided_review_shows_the_verdict_and_the_correction(bench, make_world, reviewer, see):
    handed = await bench.hand_in(await make_world())
    review_id = await bench.claim(reviewer)
    content = {"turns": [{**handed.content["turns"][0], "ideal": "Cold air shrinks."}]}
    await bench.decide(reviewer, review_id, "correct", content=content, note="Shorter.")
    view = await see(reviewer, review_id)
    assert (view.state, view.mine, view.may_decide) == ("decided", True, False)
    assert (view.decision.verdict_label, view.decision.note) == ("Accepted with a correction", "Shorter.")
    assert view.answer["turns"][0]["ideal"] == handed.content["turns"][0]["ideal"]
    assert view.correction["turns"][0]["ideal"] == "Cold air shrinks."
    assert [change.path for change in view.changes] == ["turns.0.ideal"]
    assert {part.kind for part in view.changes[0].segments} == {"same", "ins", "del"}
    colleague = await bench.person("reviewer")
    assert not (await see(colleague, review_id)).decision.mine


async def test_the_inbox_counts_project_by_project_and_lists_the_oldest_first(bench, make_world, reviewer, inbox):
    one, other = await make_world(), await make_world()
    for world in (one, other, other):
        await bench.hand_in(world)
    seen = await inbox(reviewer)
    assert [(project.slug, project.open) for project in seen.projects] == [(one.terms.slug, 1), (other.terms.slug, 2)]
    assert [row.project_slug for row in seen.page.rows] == [one.terms.slug, other.terms.slug, other.terms.slug]
    assert "Why do tyres go flat" in seen.page.rows[0].summary
    assert seen.reason is None
    assert len((await inbox(reviewer, slug=other.terms.slug)).page.rows) == 2
    await bench.claim(reviewer)
    seen = await inbox(reviewer, slug=other.terms.slug)
    assert [row.project_slug for row in seen.held] == [one.terms.slug]
    with pytest.raises(NoSuchProjectError):
        await inbox(reviewer, slug="nowhere")


async def test_the_inbox_is_paged_by_key(bench, make_world, reviewer, inbox, db, monkeypatch):
    monkeypatch.setattr("preceptor.quality.queries.inbox.PAGE_SIZE", 2)
    world = await make_world(items=5)
    trainer = await bench.trainer(world)
    for _ in range(5):
        await bench.hand_in(world, trainer=trainer)
    seen, cursor = [], None
    for _ in range(3):
        page = (await inbox(reviewer, cursor=cursor)).page
        seen += [row.id for row in page.rows]
        cursor = page.next_cursor
    assert cursor is None
    assert seen == [review.id for review in await bench.reviews()]
    for _ in range(3):
        await bench.decide(reviewer, await bench.claim(reviewer), "accept")
    async with db.read() as session:
        first = await list_decided(session, actor=reviewer)
        second = await list_decided(session, actor=reviewer, cursor=first.next_cursor)
    assert [row.id for row in [*first.rows, *second.rows]] == [seen[2], seen[1], seen[0]]
    assert second.next_cursor is None


async def test_an_empty_inbox_says_why(bench, make_world, reviewer, inbox):
    assert (await inbox(reviewer)).reason.code == "no_projects"
    world = await make_world(review_share=0)
    assert (await inbox(reviewer)).reason.code == "no_share"
    other = await make_world()
    assert (await inbox(reviewer)).reason.code == "nothing"
    assert (await inbox(reviewer, slug=world.terms.slug)).reason.code == "no_share"
    await bench.hand_in(other)
    colleague = await bench.person("reviewer")
    review_id = await bench.claim(colleague)
    assert (await inbox(reviewer)).reason.code == "taken"
    await bench.decide(colleague, review_id, "return")


async def test_what_is_kept_for_a_colleague_is_said(bench, make_world, reviewer, inbox):
    handed = await bench.hand_in(await make_world())
    colleague = await bench.person("reviewer")
    await bench.decide(colleague, await bench.claim(colleague), "return")
    await bench.rework(handed, ideal="Better.")
    assert (await inbox(reviewer)).reason.code == "kept"
    (row,) = (await inbox(colleague)).page.rows
    assert (row.kept, row.round) == (True, 1)


def test_reasons_for_an_empty_inbox_speak_of_numbers():
    none = Waiting(projects=2, asking=1, own=0, kept=0, taken=0)
    assert "hands of a colleague" in str(why_empty(msgspec.structs.replace(none, taken=1)).text)
    assert "All 3 answers" in str(why_empty(msgspec.structs.replace(none, taken=3)).text)


async def test_trainers_see_what_came_of_their_work_and_not_who_said_so(bench, make_world, reviewer, db):
    handed = await bench.hand_in(await make_world())
    await bench.decide(reviewer, await bench.claim(reviewer), "return", reason="language", note="Check the spelling.")
    again = await bench.rework(handed, ideal="Better.")
    content = {"turns": [{**again.content["turns"][0], "ideal": "Much better."}]}
    await bench.decide(reviewer, await bench.claim(reviewer), "correct", content=content, note="One word.")
    async with db.read() as session:
        first, second = await reviews_of_assignment(session, actor=handed.trainer, assignment_id=handed.assignment_id)
        latest = await latest_results(session, actor=handed.trainer, assignment_ids=[handed.assignment_id])
        nothing = await latest_results(session, actor=reviewer, assignment_ids=[handed.assignment_id])
        with pytest.raises(NoSuchAssignmentError):
            await reviews_of_assignment(session, actor=reviewer, assignment_id=handed.assignment_id)
    assert (first.verdict, first.reason_label, first.note) == (
        "return",
        "Spelling, grammar or tone",
        "Check the spelling.",
    )
    assert (second.verdict, second.correction["turns"][0]["ideal"]) == ("correct", "Much better.")
    assert [(change.label, change.before, change.after) for change in second.changes] == [
        ("Ideal response", "Better.", "Much better.")
    ]
    raw = text_of([first, second])
    assert str(reviewer.person_id) not in raw
    assert reviewer.name not in raw
    assert latest[handed.assignment_id].verdict == "correct"
    assert nothing == {}


async def test_erased_texts_can_still_be_looked_at(bench, make_world, reviewer, see, db):
    handed = await bench.hand_in(await make_world())
    async with db.hot() as driver:
        await driver.execute(
            "UPDATE submission_body SET content = '{}', erased_at = now() WHERE submission_id = %s",
            (handed.submission_id,),
        )
    view = await see(reviewer, await bench.claim(reviewer))
    assert (view.answer, view.changes) == ({}, [])


async def test_claiming_for_a_project_that_is_not_theirs_finds_nothing(bench, make_world, reviewer, db):
    world = await make_world()
    await bench.hand_in(world)
    async with db.hot() as driver:
        await driver.execute("UPDATE project SET state = 'draft'")
    assert await bench.claim(reviewer) is None
    async with db.write() as session:
        with pytest.raises(NoSuchProjectError):
            await claim_review(session, actor=reviewer, slug=world.terms.slug, now=utc_now())
