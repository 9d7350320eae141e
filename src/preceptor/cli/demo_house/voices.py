"""Voices of a demo: what is announced, what is asked and answered, and how people rate the projects they worked on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from preceptor.lib.db import Database
from preceptor.people import Actor
from preceptor.people.operations import set_credit_name
from preceptor.projects import Rated
from preceptor.projects.operations import (
    answer_question,
    ask_question,
    choose_answer,
    pin_question,
    see_announcement,
    write_announcement,
)
from preceptor.work.operations.voice import rate_project

GIVEN = (
    (Rated(5, 4, 5), "Paid on the day that was said, every time."),
    (Rated(4, 5, 4), ""),
    (Rated(4, 4, 5), "The guidelines answer most of what I ask myself."),
    (Rated(5, 3, 4), "More examples of what is too long would help."),
    (Rated(4, 4, 4), ""),
    (Rated(3, 4, 5), "The reading time could be a little more generous."),
)


async def announce(
    db: Database, *, manager: Actor, team_id: UUID, slug: str, readers: Sequence[Actor], now: datetime
) -> None:
    """One announcement to a team, which most have seen, and one to the people of a project."""
    async with db.write() as session:
        seen = await write_announcement(
            session,
            actor=manager,
            title="Payouts on the first and the fifteenth",
            markdown="From this month on there are **two payouts a month**. You see under *Earnings* what is on its "
            "way, and under *How you are paid* where it goes. Questions? Ask them on the page of your project.",
            team_id=team_id,
        )
        await write_announcement(
            session,
            actor=manager,
            title="More questions about everyday matters",
            markdown="The client liked the autumn answers and wants forty more. New items arrive on Monday.\n\n"
            "Nothing changes: same rate, same guidelines, same cap.",
            project=slug,
        )
    for reader in readers:
        async with db.write() as session:
            await see_announcement(session, actor=reader, announcement_id=seen, version=1, now=now)


async def discuss(db: Database, *, manager: Actor, slug: str, people: Sequence[Actor], now: datetime) -> None:
    """Three questions about a project: one that is settled, one that people talk about, and one that is new."""
    first, second, third = people[:3]
    async with db.write() as session:
        settled = await ask_question(
            session,
            actor=first,
            slug=slug,
            title="How long may an answer about health be?",
            markdown="The guidelines say “no longer than it needs to be”. With warnings I end up at 120 words. Is that "
            "too much?",
            now=now - timedelta(days=12),
        )
    async with db.write() as session:
        await answer_question(
            session,
            actor=second,
            question_id=settled,
            markdown="I put the warning into one sentence at the end. That keeps me at 80.",
            now=now - timedelta(days=12) + timedelta(hours=3),
        )
    async with db.write() as session:
        answer = await answer_question(
            session,
            actor=manager,
            question_id=settled,
            markdown="120 words are fine where somebody could come to harm. **First the answer, then when to see a "
            "doctor**; no list of everything that might be. We will put it into the guidelines.",
            now=now - timedelta(days=11),
        )
        await choose_answer(session, actor=first, question_id=settled, answer_id=answer)
        await pin_question(session, actor=manager, question_id=settled, pinned=True)
    async with db.write() as session:
        talk = await ask_question(
            session,
            actor=second,
            slug=slug,
            title="May I name a source that is not in English?",
            markdown="For questions about law the best page is often in the country’s own language.",
            now=now - timedelta(days=4),
        )
        await answer_question(
            session,
            actor=third,
            question_id=talk,
            markdown="I do, and say in brackets which language it is in.",
            now=now - timedelta(days=3),
        )
    async with db.write() as session:
        await ask_question(
            session,
            actor=third,
            slug=slug,
            title="What if the question rests on something untrue?",
            markdown="“Why is it dangerous to …” when it is not dangerous. Do we correct that first?",
            now=now - timedelta(hours=9),
        )


async def rate(db: Database, *, slug: str, people: Sequence[Actor], now: datetime) -> None:
    """Everybody says what they think of a project."""
    for place, actor in enumerate(people):
        rated, comment = GIVEN[place % len(GIVEN)]
        async with db.write() as session:
            await rate_project(session, actor=actor, slug=slug, rated=rated, comment=comment, now=now)


async def credit(db: Database, *, people: Sequence[Actor]) -> None:
    """Some choose to be named in the cards of data sets."""
    for actor in people:
        async with db.write() as session:
            await set_credit_name(session, actor=actor, name=actor.name)
