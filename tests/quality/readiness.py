"""People who say yes or no to content, and judge it."""

from datetime import timedelta

from sqlalchemy import select

from preceptor.lib.clock import utc_now
from preceptor.people.operations import set_consents
from preceptor.people.rules import ContentCategory
from preceptor.quality.operations import beat_review, claim_review, release_review
from preceptor.quality.queries import list_inbox, why_nothing
from preceptor.work.tables import Exposure

MINUTE = 60_000
MINUTES = timedelta(minutes=1)
HATE, VIOLENCE = ContentCategory.HATE, ContentCategory.VIOLENCE
NOON = utc_now().replace(hour=12, minute=0, second=0, microsecond=0)
"""Everybody here lives in UTC: what happens around noon happens on one day."""


async def agree(bench, actor, *consents):
    async with bench.db.write() as session:
        await set_consents(session, actor=actor, categories=consents, now=utc_now())


async def inbox(bench, actor, slug=None, now=None):
    async with bench.db.read() as session:
        return await list_inbox(session, actor=actor, now=now or utc_now(), slug=slug)


async def reason(bench, actor, now=None):
    async with bench.db.read() as session:
        return await why_nothing(session, actor=actor, slug=None, now=now or utc_now())


def held_back(found):
    return [(one.count, one.reason.code.value) for one in found.held_back]


async def spend(bench, actor, review_id, minutes, *, began=NOON, end=True):
    """Be at a review from noon on, with a sign of life each minute, and put it back."""
    for minute in range(minutes + 1):
        async with bench.db.write() as session:
            await beat_review(session, actor=actor, review_id=review_id, signs=(0,), now=began + minute * MINUTES)
    if end:
        async with bench.db.write() as session:
            await release_review(session, actor=actor, review_id=review_id, now=began + minutes * MINUTES)


async def claim_at(bench, actor, now=NOON, **more):
    async with bench.db.write() as session:
        return await claim_review(session, actor=actor, now=now, **more)


async def exposure_of(bench, actor):
    async with bench.db.read() as session:
        found = select(Exposure).where(Exposure.person_id == actor.person_id)
        return {(one.day, one.category): one.ms for one in await session.scalars(found)}
