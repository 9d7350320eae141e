"""Writing, comparing and continuing through the loop: handed in by two people, agreed upon, read, corrected."""

import msgspec
import pytest

from preceptor.kinds.task import InvalidAnswerError
from preceptor.lib.clock import utc_now
from preceptor.lib.ids import new_id
from preceptor.projects.queries import access_project
from preceptor.quality.queries.agreement import project_agreement
from preceptor.quality.queries.reviews import access_review
from preceptor.quality.queries.submission_detail import access_project_submission

TEXTS = ["Water it from below.", "Buy a new one.", "Freeze its leaves in oil."]
GIVEN = [{"text": text, "model": f"lab-{number}"} for number, text in enumerate(TEXTS)]


def by_text(view, text):
    return next(response.id for response in view.turns[0].responses if response.text == text)


def order(view, *texts):
    return {"ranking": [[by_text(view, text)] for text in texts], "strength": 2}


COMPARED = (
    {},
    {"prompt": "How do I keep basil alive?", "responses": GIVEN},
    lambda view: order(view, *TEXTS),
    lambda view: order(view, TEXTS[1], TEXTS[0], TEXTS[2]),
    {"ranking_tau_b": 1 / 3, "same_best": 0, "all_bad": 1, "strength": 1},
    {"all_bad": True, "rationale": "None of them asks how it is kept."},
)
WRITTEN = (
    {"sources": "required"},
    {"prompt": "How do I keep basil alive?", "messages": [{"role": "assistant", "content": "Ask me anything."}]},
    lambda _view: {"response": "Keep it warm.", "sources": [{"url": "https://a.example", "title": ""}]},
    lambda _view: {"response": "Keep it dry.", "sources": [{"url": "https://a.example/", "title": "A"}]},
    {"text_similarity": 0.5, "sources": 1},
    {"response": "Keep it warm and dry."},
)
CONTINUED = (
    {"candidates": 0, "positions": [], "way": "both"},
    {"text": "How one keeps basil alive: one", "candidates": GIVEN},
    lambda view: {"chosen": by_text(view, TEXTS[0]), "written": "waters it."},
    lambda view: {"chosen": by_text(view, TEXTS[0]), "written": "does not."},
    {"same_choice": 1, "text_similarity": 0},
    {"chosen": None, "none_fits": True},
)


@pytest.mark.parametrize(
    ("kind", "case"),
    [("compare_responses", COMPARED), ("write_response", WRITTEN), ("continue_text", CONTINUED)],
    ids=["compare", "write", "continue"],
)
async def test_two_people_answer_and_a_reviewer_corrects(bench, make_world, reviewer, db, kind, case):
    settings, content, first, second, agreed, correction = case
    world = await make_world(items=1, wanted=2, kind=kind, settings=settings, content=lambda _number: content)
    handed = {}
    for answer in (first, second):
        trainer = await bench.trainer(world)
        view, _fresh = await bench.desk.claim(actor=trainer, slug=world.terms.slug, prefetch=False, now=utc_now())
        assert b"lab-" not in msgspec.json.encode(view)
        common = {"actor": trainer, "assignment_id": view.id, "confirmed": ()}
        with pytest.raises(InvalidAnswerError):
            await bench.desk.submit(**common, key=new_id(), content={})
        receipt, _fresh = await bench.desk.submit(**common, key=new_id(), content=answer(view))
        handed[receipt.submission_id] = (view.id, answer(view))
    await bench.fold()

    manager = await bench.person("manager")
    async with db.read() as session:
        project = await access_project(session, actor=manager, slug=world.terms.slug)
        found = await project_agreement(session, actor=manager, project=project)
    assert {measure.key: measure.value for measure in found.measures} == pytest.approx(agreed)
    assert {measure.pairs for measure in found.measures} == {1}

    review_id = await bench.claim(reviewer, world.terms.slug)
    async with db.read() as session:
        seen = await access_review(session, actor=reviewer, review_id=review_id, now=utc_now())
    assignment_id, said = handed[seen.submission_id]
    assert {name: seen.answer[name] for name in said} == said
    await bench.decide(reviewer, review_id, "correct", content={**said, **correction})
    async with db.read() as session:
        seen = await access_review(session, actor=reviewer, review_id=review_id, now=utc_now())
        detail = await access_project_submission(session, actor=manager, project=project, assignment_id=assignment_id)
    assert seen.correction is not None
    assert {change.path for change in seen.changes} <= {*correction}
    assert seen.changes
    assert [str(one.origin_name) for one in detail.revisions] == ["Submitted", "Corrected by a reviewer"]
    assert detail.assignment.state == "accepted"
    assert detail.summary.startswith("How ")
