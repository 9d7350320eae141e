"""Time spent on reading guidelines: booked apart from the task they were read in, so that its cap never cuts it."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from preceptor.lib.db import WriteSession
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money, earned
from preceptor.pay.operations import Earned, record_earnings
from preceptor.pay.rules import Activity, time_source
from preceptor.people.rules import Actor
from preceptor.projects.queries import access_guidelines, project_terms
from preceptor.work.events import GuidelinesTimed
from preceptor.work.operations.beats import Beat, Terms, beat_all
from preceptor.work.queries.pay_terms import pay_terms_of
from preceptor.work.rules.reading import most_reading_ms

OPEN = """
SELECT id, guidelines_version FROM assignment
WHERE trainer_id = %(person)s AND project_id = %(project)s AND state = 'active' ORDER BY started_at DESC LIMIT 1
"""
UNBOOKED = """
SELECT assignment.active_ms - coalesce((SELECT sum(active_ms) FROM time_entry
                                        WHERE assignment_id = assignment.id), 0)::bigint,
       claimed_at, started_at, rate_minor, currency
FROM assignment WHERE id = %s
"""
TAKE_OUT = "UPDATE assignment SET active_ms = active_ms - %s WHERE id = %s"
ENTRY = """
INSERT INTO time_entry (id, person_id, project_id, assignment_id, subject_id, activity, outcome, started_at, ended_at,
                        active_ms, waiting_ms, idle_ms, paused_ms, paid_ms, rate_minor, currency, amount_minor)
VALUES (%(id)s, %(person)s, %(project)s, NULL, %(task)s, 'guidelines', 'read', %(started)s, %(now)s,
        %(ms)s, 0, 0, 0, %(ms)s, %(rate)s, %(currency)s, %(amount)s)
"""


class ReadTime(msgspec.Struct, frozen=True):
    """Reading that was booked: milliseconds, and what they earned."""

    timed_ms: int
    amount: Money | None


NOTHING = ReadTime(0, None)


async def book_reading(session: WriteSession, *, actor: Actor, slug: str, version: int, now: datetime) -> ReadTime:
    """Book the time in which the actor has read guidelines in the task they have open, apart from that task.

    It is the active time of this stretch of the task, and no more than a slow reader takes for the text. It earns the
    rate for reading guidelines or that of the task, whichever is higher. Without an open task nothing is booked, nor
    for a version older than the one the task was handed out under: nobody is asked to read all that ever stood there.

    Raises:
        NoSuchProjectError: there is none at this address, or the actor may not see it.
        NoSuchGuidelinesError: there is no such version.
    """
    guidelines = await access_guidelines(session, actor=actor, slug=slug, version=version)
    terms = await project_terms(session, project_id=guidelines.project_id)
    driver = await session.driver()
    ids = {"person": actor.person_id, "project": terms.id}
    found = await (await driver.execute(OPEN, ids)).fetchone()
    if found is None:
        return NOTHING
    task_id: UUID = found[0]
    if version < found[1]:
        return NOTHING
    times = Terms(lease=terms.lease, hold=terms.hold, idle_after=timedelta(milliseconds=terms.idle_after_ms))
    # Saying that one has read them is a sign of life, and locks the clock and the task.
    await beat_all(driver, [Beat(assignment_id=task_id, trainer_id=actor.person_id, terms=times, signs=(0,))], now=now)
    row = await (await driver.execute(UNBOOKED, (task_id,))).fetchone()
    assert row is not None
    unbooked, claimed_at, started_at, rate_minor, currency = row
    ms = max(min(unbooked, most_reading_ms(guidelines.markdown)), 0)
    if not ms:
        return NOTHING
    reading = await pay_terms_of(
        session, person_id=actor.person_id, project=terms, activity=Activity.GUIDELINES, at=claimed_at
    )
    rate = Money(rate_minor, currency)
    if reading.rate.currency == currency and reading.rate.amount > rate_minor:
        rate = reading.rate
    money = earned(rate_per_hour=rate, paid_ms=ms)
    entry_id = new_id()
    await driver.execute(TAKE_OUT, (ms, task_id))
    values = {
        **ids,
        "id": entry_id,
        "task": task_id,
        "started": started_at or claimed_at,
        "now": now,
        "ms": ms,
        "rate": rate.amount,
        "currency": currency,
        "amount": money.amount,
    }
    await driver.execute(ENTRY, values)
    await record_earnings(driver, [Earned(actor.person_id, terms.id, money, time_source(entry_id))], now=now)
    session.emit(
        GuidelinesTimed(
            actor_id=actor.person_id,
            subject_id=task_id,
            project_id=terms.id,
            amount_minor=money.amount,
            currency=currency,
            earned_ms=ms,
        )
    )
    return ReadTime(ms, money)
