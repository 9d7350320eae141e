"""The pilot of a demo: responses that came along, rated by two people over the last days, reviewed as far as it got."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from preceptor.cli.demo_house.working import Done, Shift, work
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.people import SYSTEM, Actor
from preceptor.projects import ProjectTerms
from preceptor.quality import Verdict
from preceptor.quality.operations import beat_review, claim_review, decide, open_reviews
from preceptor.work.operations.claiming import NewAssignment
from preceptor.work.operations.items import NewItem, add_items
from preceptor.work.operations.submitting import Form
from preceptor.work.queries.turns import given_turn_record


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


def judged(
    found: NewAssignment, form: Form, *, ratings: list[int], errors: list[list[str]], ideal: str
) -> dict[str, Any]:
    """The answer to a task with given responses; ratings and errors in the order in which these were given."""
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
                "ratings": dict(zip(ids, ratings, strict=True)),
                "errors": {key: list(said) for key, said in zip(ids, errors, strict=True) if said},
                "ideal": ideal,
            }
        ]
    }


async def run_pilot(
    db: Database, terms: ProjectTerms, *, questions: list[Question], people: list[Actor], reviewer: Actor
) -> None:
    """Two people judge every question; all but two of their answers are reviewed, and the last of these is returned."""
    items = []
    for question in questions:
        given = [{"text": text, "model": f"pilot-{number}"} for number, text in enumerate(question.responses, 1)]
        items.append(NewItem(content={"prompt": question.prompt, "responses": given}, topic=question.topic, wanted=3))
    async with db.write() as session:
        ids = await add_items(session, actor=SYSTEM, terms=terms, items=items)
    by_item = dict(zip(ids, questions, strict=True))
    done: list[Done] = []
    for place, actor in enumerate(people):
        done += await _judge(db, terms, actor, by_item, place)
    async with db.write() as session:
        await open_reviews(session, assignment_ids=[one.assignment_id for one in done], now=utc_now())
    await _review(db, terms, reviewer, count=max(len(done) - 2, 0))


async def _judge(
    db: Database, terms: ProjectTerms, actor: Actor, by_item: dict[UUID, Question], place: int
) -> list[Done]:
    def say(found: NewAssignment, form: Form) -> dict[str, Any]:
        judgements = by_item[found.item_id].judgements
        one = judgements[place % len(judgements)]
        return judged(found, form, ratings=one.ratings, errors=one.errors, ideal=one.ideal)

    begins = utc_now().replace(hour=8 + place, minute=30) - timedelta(days=3)
    shift = Shift(begins=begins, minutes=[16, 14, 12, 17], between=timedelta(hours=2))
    return await work(db, actor=actor, terms=terms, say=say, shift=shift)


async def _review(db: Database, terms: ProjectTerms, reviewer: Actor, *, count: int) -> None:
    moment = utc_now() - timedelta(minutes=8 * count)
    for number in range(count):
        async with db.write() as session:
            review_id = await claim_review(session, actor=reviewer, slug=terms.slug, now=moment)
        if review_id is None:
            return
        moment += timedelta(minutes=3)
        async with db.write() as session:
            await beat_review(session, actor=reviewer, review_id=review_id, signs=(0,), now=moment)
        returned = number == count - 1
        moment += timedelta(minutes=2)
        async with db.write() as session:
            await decide(
                session,
                actor=reviewer,
                review_id=review_id,
                verdict=Verdict.RETURN if returned else Verdict.ACCEPT,
                reason="ideal" if returned else None,
                note="The last sentence repeats the first one; please shorten it." if returned else "",
                content=None,
                now=moment,
            )
        moment += timedelta(minutes=2)
