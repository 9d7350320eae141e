"""Stints: required time outside of assignments, such as a review, on the person's one clock and paid like any other."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from preceptor.lib.db import WriteSession
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money, earned
from preceptor.pay.operations import Earned, record_earnings
from preceptor.pay.rules import Activity, time_source
from preceptor.projects.rules import ProjectTerms
from preceptor.work.events import StintEnded
from preceptor.work.operations.beats import Beat, Terms, Timed, apply_beat
from preceptor.work.operations.exposure import record_judging
from preceptor.work.queries.pay_terms import pay_terms_of
from preceptor.work.rules.clock import ClockReading, Spent

# Locks: first the person's clock, then the stint, as everywhere.
LOCK_CLOCK = """
INSERT INTO clock (person_id, ticked_at, assignment_id, busy_at)
VALUES (%(person)s, '-infinity', '00000000-0000-0000-0000-000000000000', '-infinity')
ON CONFLICT (person_id) DO UPDATE SET person_id = EXCLUDED.person_id
RETURNING nullif(ticked_at, '-infinity'), assignment_id, nullif(busy_at, '-infinity')
"""
SAVE_CLOCK = """
UPDATE clock SET ticked_at = %(ticked)s, assignment_id = %(task)s, busy_at = %(busy)s WHERE person_id = %(person)s
"""
SEEN = "UPDATE clock SET assignment_id = %(id)s, busy_at = %(now)s WHERE person_id = %(person)s"

BEGIN = """
INSERT INTO stint (id, person_id, project_id, activity, subject_id, rate_minor, currency, started_at, beat_at,
                   categories)
VALUES (%(id)s, %(person)s, %(project)s, %(activity)s, %(subject)s, %(rate)s, %(currency)s, %(now)s, %(now)s,
        %(categories)s)
ON CONFLICT (person_id, subject_id) WHERE state <> 'ended' DO NOTHING
RETURNING id
"""
LOCK = """
SELECT id, state, beat_at, active_ms, idle_ms, paused_ms, project_id, activity, subject_id, rate_minor, currency,
       started_at, categories
FROM stint WHERE person_id = %(person)s AND subject_id = %(subject)s AND state <> 'ended' FOR NO KEY UPDATE
"""
RUNNING = "SELECT person_id FROM stint WHERE subject_id = %s AND state <> 'ended' ORDER BY person_id"
SAVE = """
UPDATE stint SET state = %(state)s, beat_at = %(now)s, active_ms = %(active)s, idle_ms = %(idle)s,
                 paused_ms = %(paused)s, ended_at = %(ended)s
WHERE id = %(id)s
"""
ENTRY = """
INSERT INTO time_entry (id, person_id, project_id, assignment_id, subject_id, activity, outcome, started_at, ended_at,
                        active_ms, waiting_ms, idle_ms, paused_ms, paid_ms, rate_minor, currency, amount_minor)
VALUES (%(entry)s, %(person)s, %(project)s, NULL, %(subject)s, %(activity)s, %(outcome)s, %(started)s, %(now)s,
        %(active)s, 0, %(idle)s, %(paused)s, %(active)s, %(rate)s, %(currency)s, %(amount)s)
"""


class StintRow(Timed, frozen=True, kw_only=True):
    """A stint as it was locked."""

    person_id: UUID
    project_id: UUID
    activity: str
    subject_id: UUID
    rate: Money
    started_at: datetime
    categories: tuple[str, ...]


class StintClock(msgspec.Struct, frozen=True):
    """Where a stint stands: its time so far in milliseconds, and what it has earned."""

    state: str
    active_ms: int
    idle_ms: int
    paused_ms: int
    amount: Money


NO_CLOCK = StintClock("ended", 0, 0, 0, Money(0, "XXX"))


async def begin_stint(
    session: WriteSession,
    *,
    person_id: UUID,
    project: ProjectTerms,
    activity: Activity,
    subject_id: UUID,
    categories: Collection[str] = (),
    now: datetime,
) -> None:
    """Let a person's clock run for something, at the terms that hold for them now. One that runs already goes on.

    `categories`: the content that it was announced with; their time with it counts for the day's limits.

    Raises:
        NoSuchPersonError: there is no such person.
    """
    terms = await pay_terms_of(session, person_id=person_id, project=project, activity=activity, at=now)
    driver = await session.driver()
    await driver.execute(LOCK_CLOCK, {"person": person_id})
    values = {
        "id": new_id(),
        "person": person_id,
        "project": project.id,
        "activity": activity.value,
        "subject": subject_id,
        "rate": terms.rate.amount,
        "currency": terms.rate.currency,
        "now": now,
        "categories": list(categories) or None,
    }
    if await (await driver.execute(BEGIN, values)).fetchone() is not None:
        await driver.execute(SEEN, values)


async def beat_stint(
    session: WriteSession,
    *,
    person_id: UUID,
    subject_id: UUID,
    idle_after: timedelta,
    signs: tuple[int, ...] = (),
    reading_ms: int = 0,
    foreground: bool = True,
    paused: bool | None = None,
    now: datetime,
) -> StintClock:
    """Give out the time since the last heartbeat, by the same rules as a task's; stop the clock or let it go on.

    Args:
        session: the transaction.
        person_id: whose stint.
        subject_id: what it is spent on.
        idle_after: how long a sign of life lasts.
        signs: milliseconds ago of moments with a key, pointer or scroll.
        reading_ms: how long the text in view takes to read.
        foreground: False for a page in the background, which takes no time.
        paused: stop the clock (True) or go on (False); None leaves it as it is.
        now: the time.

    Returns:
        Where it stands; with the state `ended` where none runs.
    """
    driver = await session.driver()
    signs = signs if paused is None else (0, *signs)
    beat = _beat(subject_id, person_id, idle_after, signs=signs, reading_ms=reading_ms, foreground=foreground)
    row = await _ticked(session, beat, subject_id=subject_id, now=now)
    if row is None:
        return NO_CLOCK
    state = row.state if paused is None else ("paused" if paused else "active")
    await driver.execute(SAVE, {**_times(row), "state": state, "now": row.since, "ended": None})
    return _clock(row, state)


async def end_stint(
    session: WriteSession,
    *,
    subject_id: UUID,
    idle_after: timedelta,
    outcome: str,
    seen: bool,
    now: datetime,
) -> None:
    """Book the time of whoever has a stint on something, and what it earned. Where none runs, nothing happens.

    Args:
        session: the transaction.
        subject_id: what it was spent on.
        idle_after: how long a sign of life lasts.
        outcome: how it ended, for the time entry.
        seen: the person ended it themselves, which is a sign of life; else only what was given out so far counts.
        now: the time.
    """
    driver = await session.driver()
    for (person_id,) in await (await driver.execute(RUNNING, (subject_id,))).fetchall():
        beat = _beat(subject_id, person_id, idle_after, signs=(0,), foreground=seen)
        row = await _ticked(session, beat, subject_id=subject_id, now=now)
        if row is None:
            continue
        await driver.execute(SAVE, {**_times(row), "state": "ended", "now": now, "ended": now})
        money = earned(rate_per_hour=row.rate, paid_ms=row.spent.active_ms)
        entry_id = new_id()
        values = {
            **_times(row),
            "entry": entry_id,
            "person": person_id,
            "project": row.project_id,
            "subject": subject_id,
            "activity": row.activity,
            "outcome": outcome,
            "started": row.started_at,
            "now": now,
            "rate": row.rate.amount,
            "currency": row.rate.currency,
            "amount": money.amount,
        }
        await driver.execute(ENTRY, values)
        if row.categories:
            await record_judging(
                driver,
                person_id=person_id,
                categories=row.categories,
                ms=row.spent.active_ms,
                whole_ms=row.spent.total_ms,
                ends=row.since,
            )
        await record_earnings(driver, [Earned(person_id, row.project_id, money, time_source(entry_id))], now=now)
        session.emit(
            StintEnded(
                actor_id=person_id,
                subject_id=row.id,
                project_id=row.project_id,
                activity=row.activity,
                amount_minor=money.amount,
                currency=money.currency,
                earned_ms=row.spent.active_ms,
            )
        )


def _beat(
    subject_id: UUID,
    person_id: UUID,
    idle_after: timedelta,
    *,
    signs: tuple[int, ...],
    reading_ms: int = 0,
    foreground: bool = True,
) -> Beat:
    terms = Terms(lease=timedelta(), hold=timedelta(), idle_after=idle_after)
    return Beat(
        assignment_id=subject_id,
        trainer_id=person_id,
        terms=terms,
        signs=signs,
        reading_ms=reading_ms,
        foreground=foreground,
    )


async def _ticked(session: WriteSession, beat: Beat, *, subject_id: UUID, now: datetime) -> StintRow | None:
    """The running stint, locked, with its time given out up to now; None where none runs."""
    driver = await session.driver()
    values = {"person": beat.trainer_id, "subject": subject_id}
    known = await (await driver.execute(LOCK_CLOCK, values)).fetchone()
    found = await (await driver.execute(LOCK, values)).fetchone()
    if found is None:
        return None
    assert known is not None
    clock = None if known[0] is None else ClockReading(known[0], known[1], known[2] or known[0])
    row = StintRow(
        id=found[0],
        state=found[1],
        since=found[2],
        lease_until=now,
        touched=True,
        spent=Spent(active_ms=found[3], idle_ms=found[4], paused_ms=found[5]),
        person_id=beat.trainer_id,
        project_id=found[6],
        activity=found[7],
        subject_id=found[8],
        rate=Money(found[9], found[10]),
        started_at=found[11],
        categories=tuple(found[12] or ()),
    )
    after, reading = apply_beat(row, beat, clock=clock, waits=(), now=now)
    if reading is not None:
        saved = {"ticked": reading.ticked_at, "task": row.id, "busy": reading.busy_at, "person": beat.trainer_id}
        await driver.execute(SAVE_CLOCK, saved)
    return after


def _times(row: StintRow) -> dict[str, object]:
    spent = row.spent
    return {"id": row.id, "active": spent.active_ms, "idle": spent.idle_ms, "paused": spent.paused_ms}


def _clock(row: StintRow, state: str) -> StintClock:
    spent = row.spent
    money = earned(rate_per_hour=row.rate, paid_ms=spent.active_ms)
    return StintClock(state, spent.active_ms, spent.idle_ms, spent.paused_ms, money)
