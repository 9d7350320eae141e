"""Reviews of a demo: what a reviewer said of each answer, and what became of two rejections that were contested."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from preceptor.cli.demo_house.working import Done
from preceptor.lib.db import Database
from preceptor.people import Actor
from preceptor.quality import Verdict
from preceptor.quality.operations import beat_review, claim_review, contest, decide, decide_dispute, open_reviews

LOOKS = timedelta(minutes=2)


class Said(msgspec.Struct, frozen=True):
    """What a reviewer says of an answer."""

    verdict: Verdict
    reason: str | None = None
    note: str = ""
    content: dict[str, Any] | None = None


ACCEPTED = Said(Verdict.ACCEPT)


async def review(
    db: Database, *, reviewer: Actor, slug: str, done: Sequence[Done], said: Mapping[int, Said], now: datetime
) -> None:
    """A reviewer looks at what was handed in, one after the other, a day or so later.

    Args:
        db: the database.
        reviewer: who.
        slug: of the project.
        done: in the order in which it was handed in.
        said: of which of these something else than that it is accepted.
        now: the present; no review is later.
    """
    for place, one in enumerate(done):
        moment = min(one.at + timedelta(hours=20), now - timedelta(minutes=6))
        async with db.write() as session:
            await open_reviews(session, assignment_ids=[one.assignment_id], now=one.at)
        async with db.write() as session:
            review_id = await claim_review(session, actor=reviewer, slug=slug, now=moment)
        assert review_id is not None
        for _look in range(2):
            moment += LOOKS
            async with db.write() as session:
                await beat_review(session, actor=reviewer, review_id=review_id, signs=(0,), now=moment)
        what = said.get(place, ACCEPTED)
        async with db.write() as session:
            await decide(
                session,
                actor=reviewer,
                review_id=review_id,
                verdict=what.verdict,
                reason=what.reason,
                note=what.note,
                content=what.content,
                now=moment,
            )


async def dispute(
    db: Database, *, done: Done, note: str, decider: Actor | None = None, answer: str = "", now: datetime
) -> None:
    """Somebody contests a rejection; `decider` overturns it, or nobody has looked at it yet."""
    async with db.write() as session:
        dispute_id = await contest(session, actor=done.actor, assignment_id=done.assignment_id, note=note)
    if decider is not None:
        async with db.write() as session:
            await decide_dispute(session, actor=decider, dispute_id=dispute_id, overturn=True, answer=answer, now=now)
