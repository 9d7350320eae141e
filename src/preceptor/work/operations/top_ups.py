"""Topping pay by the task up to the hour that was promised, once a month is over."""

from datetime import UTC, datetime, timedelta

from preceptor.lib.db import WriteSession
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.lib.money import format_money
from preceptor.pay.operations import Earned, record_earnings
from preceptor.people.operations.notices import Told, notify
from preceptor.work.events import ToppedUp
from preceptor.work.queries.top_ups import LOOKED_BACK, months_of_tasks
from preceptor.work.rules.top_ups import MonthOfTasks, month_of
from preceptor.work.tables import TopUp

SETTLED = timedelta(hours=1)
"""So long after its end everything that belongs to a month has been written."""

LOCK = "SELECT pg_advisory_xact_lock(hashtext('preceptor.top_up'))"


async def top_up_months(session: WriteSession, *, now: datetime, limit: int = 200) -> int:
    """Add what pay by the task lacks of the promised hour, for every month that is over. Answers how many were added.

    It can be run as often as one likes: what was added counts. Where more turns out to be owed for a month (a rejection
    was overturned), the rest is added; nothing is ever taken back.
    """
    driver = await session.driver()
    await driver.execute(LOCK)
    until = datetime.combine(month_of(now - SETTLED), datetime.min.time(), UTC)
    months = await months_of_tasks(session, since=now - LOOKED_BACK, until=until)
    owed = [one for one in months if one.missing.amount][:limit]
    for one in owed:
        await _add(session, one, now=now)
    return len(owed)


async def _add(session: WriteSession, one: MonthOfTasks, *, now: datetime) -> None:
    missing = one.missing
    row = TopUp(
        id=new_id(),
        person_id=one.person_id,
        project_id=one.project_id,
        month=one.month,
        currency=one.currency,
        number=one.top_ups + 1,
        paid_ms=one.paid_ms,
        promised_minor=one.promised.amount,
        by_task_minor=one.by_task,
        amount_minor=missing.amount,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    booked = Earned(one.person_id, one.project_id, missing, f"topup:{row.id}", "work")
    await record_earnings(await session.driver(), [booked], now=now)
    session.emit(
        ToppedUp(
            subject_id=row.id,
            project_id=one.project_id,
            person_id=one.person_id,
            amount_minor=missing.amount,
            currency=missing.currency,
        )
    )

    def text() -> Told:
        subject = _("Topped up: {amount}").format(amount=format_money(missing))
        body = _(
            "Your tasks of {month} earned less than the hour you were promised. The difference is on your account."
        )
        return Told(str(subject), str(body.format(month=one.month.strftime("%Y-%m"))))

    await notify(session, person_id=one.person_id, kind="pay.topped_up", text=text, link="/earnings")
