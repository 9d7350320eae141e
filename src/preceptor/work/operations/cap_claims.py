"""Time over the cap of a task: its trainer claims it with a note, and somebody decides. It is never lost by itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from preceptor.lib.db import Driver, WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money, earned, format_money
from preceptor.pay.operations import Earned, record_earnings
from preceptor.pay.rules import time_source
from preceptor.people.operations.notices import Told, named, notify
from preceptor.people.rules import Actor, Permission
from preceptor.projects.rules import clean_text, text_problems
from preceptor.work.events import OverCapClaimed, OverCapDecided
from preceptor.work.operations.drafts import NoSuchAssignmentError
from preceptor.work.queries.cap_claims import hold_claim
from preceptor.work.rules.states import LEASED
from preceptor.work.tables import CapClaim

MAX_NOTE = 4_000

# What its entries hold unpaid. Time since a lease ran out is in none yet, and is paid when the task is handed in.
LOCK = """
SELECT project_id, state,
       (SELECT coalesce(sum(active_ms + waiting_ms), 0)::bigint FROM time_entry WHERE assignment_id = assignment.id)
           - earned_ms,
       rate_minor, no_pay
FROM assignment WHERE id = %s AND trainer_id = %s FOR NO KEY UPDATE
"""
# Somebody who sends work back raises the rate for the rework alone, not for the time before it.
WORKED_AT = """
SELECT rate_minor FROM time_entry WHERE assignment_id = %s AND outcome <> 'over_cap' ORDER BY ended_at DESC LIMIT 1
"""
CLAIMED = "SELECT coalesce(sum(claimed_ms), 0)::bigint FROM cap_claim WHERE assignment_id = %s"

GRANTING = """
SELECT CASE rework_round WHEN 0 THEN activity ELSE 'rework' END, currency, no_pay
FROM assignment WHERE id = %s FOR NO KEY UPDATE
"""
ENTRY = """
INSERT INTO time_entry (id, person_id, project_id, assignment_id, subject_id, activity, outcome, started_at, ended_at,
                        active_ms, waiting_ms, idle_ms, paused_ms, paid_ms, rate_minor, currency, amount_minor)
VALUES (%(id)s, %(person)s, %(project)s, %(assignment)s, %(claim)s, %(activity)s, 'over_cap', %(now)s, %(now)s,
        0, 0, 0, 0, %(paid)s, %(rate)s, %(currency)s, %(amount)s)
"""


class NothingOverCapError(ConflictError):
    """There is no time over the cap that was not claimed yet."""

    code = "nothing_over_cap"
    title = _("There is no unpaid time in this task that you have not claimed yet.")


class ClaimDecidedError(ConflictError):
    """Somebody has decided it otherwise."""

    code = "claim_decided"
    title = _("This claim has been decided already.")


class RejectedUnpaidError(ConflictError):
    """The task was rejected for a reason that takes back what it earned."""

    code = "rejected_unpaid"
    title = _("This task was rejected for a reason that is not paid. If that is overturned, its time can be claimed.")


async def claim_over_cap(session: WriteSession, *, actor: Actor, assignment_id: UUID, note: str, now: datetime) -> UUID:
    """Ask to be paid for all the time over the cap of one of the actor's own tasks. Answers the claim's id.

    While a claim is open, repeating it answers the same one.

    Raises:
        NoSuchAssignmentError: not there, or not theirs.
        NothingOverCapError: no such time, or it is claimed already, or the task is still open.
        RejectedUnpaidError: what it earned was taken back.
        InvalidError: no note, or too long a one.
    """
    note = clean_text(note)
    problems = list(text_problems("note", note, most=MAX_NOTE))
    if not note:
        problems.append(FieldProblem("note", _("Say in a sentence or two why it took longer.")))
    if problems:
        raise InvalidError(fields=problems)
    driver = await session.driver()
    found = await (await driver.execute(LOCK, (assignment_id, actor.person_id))).fetchone()
    if found is None:
        raise NoSuchAssignmentError
    project_id, state, unpaid_ms, rate_minor, no_pay = found
    if no_pay:
        raise RejectedUnpaidError
    open_one = await session.scalar(
        select(CapClaim.id).where(CapClaim.assignment_id == assignment_id, CapClaim.state == "open")
    )
    if open_one is not None:
        return open_one
    claimed = await (await driver.execute(CLAIMED, (assignment_id,))).fetchone()
    assert claimed is not None
    claimed_ms = unpaid_ms - claimed[0]
    if state in LEASED or claimed_ms <= 0 or not rate_minor:
        raise NothingOverCapError
    worked_at = await (await driver.execute(WORKED_AT, (assignment_id,))).fetchone()
    claim = CapClaim(
        assignment_id=assignment_id,
        person_id=actor.person_id,
        project_id=project_id,
        claimed_ms=claimed_ms,
        rate_minor=worked_at[0] if worked_at else rate_minor,
        note=note,
        created_at=now,
    )
    session.add(claim)
    await session.flush()
    session.emit(
        OverCapClaimed(
            actor_id=actor.person_id,
            subject_id=claim.id,
            project_id=project_id,
            assignment_id=assignment_id,
            claimed_ms=claimed_ms,
        )
    )
    return claim.id


async def decide_over_cap(
    session: WriteSession, *, actor: Actor, claim_id: UUID, accept: bool, answer: str = "", now: datetime
) -> None:
    """Grant or decline a claim, and tell its trainer. Repeating it changes nothing.

    Raises:
        MissingPermissionError: the actor does not decide claims.
        NoSuchClaimError: not there, not theirs to see, or the actor's own.
        ClaimDecidedError: it was decided otherwise.
        RejectedUnpaidError: what the task earned was taken back.
        InvalidError: declined without a reason, or too long a one.
    """
    actor.require(Permission.CLAIM_DECIDE)
    claim = await hold_claim(session, actor=actor, claim_id=claim_id)
    answer = clean_text(answer)
    problems = list(text_problems("answer", answer, most=MAX_NOTE))
    if not accept and not answer:
        problems.append(FieldProblem("answer", _("Say why: the trainer reads it.")))
    if problems:
        raise InvalidError(fields=problems)
    wanted = "accepted" if accept else "declined"
    if claim.state == wanted:
        return
    if claim.state != "open":
        raise ClaimDecidedError
    money = await _grant(await session.driver(), claim, accept=accept, now=now)
    claim.state, claim.decided_by, claim.answer, claim.decided_at = wanted, actor.person_id, answer, now
    claim.amount_minor = money.amount
    session.emit(
        OverCapDecided(
            actor_id=actor.person_id,
            subject_id=claim.id,
            project_id=claim.project_id,
            assignment_id=claim.assignment_id,
            accepted=accept,
            amount_minor=money.amount,
            currency=money.currency,
            earned_ms=claim.claimed_ms if accept else 0,
        )
    )
    await notify(
        session,
        person_id=claim.person_id,
        kind="claim.decided",
        text=lambda: _told(granted=accept, money=money, name=named(actor), answer=answer),
        link=f"/my-work/{claim.assignment_id}",
    )


async def _grant(driver: Driver, claim: CapClaim, *, accept: bool, now: datetime) -> Money:
    """Pay the claimed time at the rate it was worked at, where it is granted; answers how much."""
    found = await (await driver.execute(GRANTING, (claim.assignment_id,))).fetchone()
    assert found is not None
    activity, currency, no_pay = found
    if not accept:
        return Money(0, currency)
    if no_pay:
        raise RejectedUnpaidError
    money = earned(rate_per_hour=Money(claim.rate_minor, currency), paid_ms=claim.claimed_ms)
    entry_id = new_id()
    values = {
        "id": entry_id,
        "person": claim.person_id,
        "project": claim.project_id,
        "assignment": claim.assignment_id,
        "claim": claim.id,
        "activity": activity,
        "now": now,
        "paid": claim.claimed_ms,
        "rate": claim.rate_minor,
        "currency": currency,
        "amount": money.amount,
    }
    await driver.execute(ENTRY, values)
    booked = Earned(claim.person_id, claim.project_id, money, time_source(entry_id))
    await record_earnings(driver, [booked], now=now)
    return money


def _told(*, granted: bool, money: Money, name: str, answer: str) -> Told:
    if granted:
        subject = _("Your time over the limit is paid: {amount}").format(amount=format_money(money))
        body = _("{name} has granted your claim.").format(name=name)
    else:
        subject = _("Your claim for time over the limit was declined")
        body = _("{name} has declined your claim.").format(name=name)
    return Told(str(subject), f"{body}\n\n{answer}" if answer else str(body))
