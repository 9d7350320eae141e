"""Being at a part of an exam or at a dispute: one person at a time, on their one clock, paid as reviewing is."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError
from preceptor.lib.i18n import _
from preceptor.pay.rules import Activity
from preceptor.people.rules import DAILY_MINUTES, Actor
from preceptor.projects.queries import project_terms
from preceptor.quality.operations.claiming import check_standing
from preceptor.quality.queries.offered import check_content, content_of
from preceptor.quality.rules import LEASE
from preceptor.quality.tables import Hold
from preceptor.work.operations.stints import NO_CLOCK, StintClock, beat_stint, begin_stint, end_stint


class HeldByColleagueError(ConflictError):
    """A colleague is at it, and their clock runs."""

    code = "held_by_colleague"
    title = _("A colleague is at this just now. It comes back to the list if they leave it.")


class Signs(msgspec.Struct, frozen=True, kw_only=True):
    """What a page has seen since its last heartbeat.

    Attributes:
        inputs: milliseconds ago of moments with a key, pointer or scroll; opening the page is one.
        reading_ms: how long the text in view takes to read.
        foreground: False for a page in the background, which takes no time.
        paused: stop the clock (True) or go on (False); None leaves it as it is.
    """

    inputs: tuple[int, ...] = ()
    reading_ms: int = 0
    foreground: bool = True
    paused: bool | None = None


async def lock_subject(session: WriteSession, *, subject_id: UUID) -> None:
    """Let one after the other take, leave and decide what can be held, before anybody looks at it."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(subject_id), 5))))


async def beat_hold(
    session: WriteSession,
    *,
    actor: Actor,
    kind: str,
    subject_id: UUID,
    project_id: UUID,
    assignment_id: UUID,
    signs: Signs,
    daily_minutes: int = DAILY_MINUTES,
    now: datetime,
) -> StintClock:
    """A heartbeat from whoever is at something: it gives out their time, and with a sign of life keeps it theirs.

    The first one takes it. For callers that have locked the subject, and made sure that it waits and is the actor's to
    decide.

    Args:
        session: the transaction.
        actor: who.
        kind: `part` or `dispute`.
        subject_id: the part's item, or the dispute.
        project_id: whose rate for review holds.
        assignment_id: the work that it shows.
        signs: what their page has seen.
        daily_minutes: with content of one category, where the project does not say.
        now: the time.

    Returns:
        Where their clock stands; with the state `ended` where they hold nothing and showed no sign of life.

    Raises:
        HeldByColleagueError: somebody else is at it.
        NotReviewingError: a measure keeps them from new ones.
        NotReadyError: it shows content that they are not to be shown now.
    """
    held = await session.get(Hold, subject_id)
    if held is not None and held.lease_until <= now:
        await _let_go(session, held, outcome="expired", seen=False, now=now)
        held = None
    if held is not None and held.person_id != actor.person_id:
        raise HeldByColleagueError
    alive = signs.foreground and (bool(signs.inputs) or signs.paused is not None)
    if held is None and not alive:
        return NO_CLOCK
    terms = await project_terms(session, project_id=project_id)
    if held is None:
        await check_standing(session, actor=actor, project_id=project_id, now=now)
        await check_content(session, actor=actor, assignment_id=assignment_id, daily_minutes=daily_minutes, now=now)
        values = {"subject_id": subject_id, "kind": kind, "project_id": project_id, "person_id": actor.person_id}
        await session.execute(insert(Hold).values(**values, lease_until=now + LEASE))
        await begin_stint(
            session,
            person_id=actor.person_id,
            project=terms,
            activity=Activity.REVIEW,
            subject_id=subject_id,
            categories=await content_of(session, assignment_id=assignment_id),
            now=now,
        )
    elif alive:
        held.lease_until = now + LEASE
    return await beat_stint(
        session,
        person_id=actor.person_id,
        subject_id=subject_id,
        idle_after=timedelta(milliseconds=terms.idle_after_ms),
        signs=signs.inputs,
        reading_ms=signs.reading_ms,
        foreground=signs.foreground,
        paused=signs.paused,
        now=now,
    )


async def release_hold(session: WriteSession, *, actor: Actor, subject_id: UUID, now: datetime) -> None:
    """Put back what the actor is at: their time is booked. Repeating it changes nothing."""
    await lock_subject(session, subject_id=subject_id)
    held = await session.get(Hold, subject_id)
    if held is not None and held.person_id == actor.person_id:
        await _let_go(session, held, outcome="released", seen=True, now=now)


async def end_hold(session: WriteSession, *, actor: Actor, subject_id: UUID, outcome: str, now: datetime) -> None:
    """Book the actor's time with what they decide. For callers that have locked it.

    Raises:
        HeldByColleagueError: somebody else is at it.
    """
    held = await session.get(Hold, subject_id)
    if held is None:
        return
    if held.person_id == actor.person_id:
        await _let_go(session, held, outcome=outcome, seen=True, now=now)
    elif held.lease_until > now:
        raise HeldByColleagueError
    else:
        await _let_go(session, held, outcome="expired", seen=False, now=now)


async def expire_holds(session: WriteSession, *, now: datetime, limit: int = 200) -> int:
    """Put back what people have left alone. Answers how many."""
    due = select(Hold.subject_id).where(Hold.lease_until <= now).order_by(Hold.subject_id).limit(limit)
    found = list(await session.scalars(due))
    for subject_id in found:
        await lock_subject(session, subject_id=subject_id)
        held = await session.get(Hold, subject_id, populate_existing=True)
        if held is not None and held.lease_until <= now:
            await _let_go(session, held, outcome="expired", seen=False, now=now)
    return len(found)


async def _let_go(session: WriteSession, held: Hold, *, outcome: str, seen: bool, now: datetime) -> None:
    terms = await project_terms(session, project_id=held.project_id)
    idle_after = timedelta(milliseconds=terms.idle_after_ms)
    await end_stint(session, subject_id=held.subject_id, idle_after=idle_after, outcome=outcome, seen=seen, now=now)
    await session.delete(held)
    await session.flush()
