"""What a verdict does to an assignment: accepted, returned for rework, rejected, and accepted after all.

No verdict touches what was earned, but a rejection for a reason marked *no pay*; overturning it gives that back.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from preceptor.lib.db import Driver, WriteSession
from preceptor.lib.errors import ConflictError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.pay.operations import overturn, reverse
from preceptor.pay.rules import Activity, time_source
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import project_terms
from preceptor.work.events import Accepted, Reinstated, Rejected, Returned
from preceptor.work.operations.ending import AssignmentRow, end, read_assignment
from preceptor.work.operations.submitting import INSERT, Form, canonical, check_answer, submission_values
from preceptor.work.queries.pay_terms import pay_terms_of

LOCK = "SELECT state FROM assignment WHERE id = %s FOR NO KEY UPDATE"
SET_STATE = "UPDATE assignment SET state = %s, in_review = false WHERE id = %s"
SET_IN_REVIEW = "UPDATE assignment SET in_review = %s WHERE id = %s AND state = 'submitted' RETURNING id"

# N counts answers that were not rejected: the slot of a rejected one is closed and a new one stands in for it, first in
# the queue. Nobody who has answered the item before can take it.
REPLACE_SLOT = """
WITH closed AS (
    UPDATE slot SET state = 'closed', assignment_id = NULL
    WHERE item_id = %(item)s AND n = %(n)s AND assignment_id = %(id)s
    RETURNING item_id, project_id, lane, priority
)
INSERT INTO slot (item_id, n, project_id, lane, priority, round, place, state)
SELECT closed.item_id, (SELECT max(n) + 1 FROM slot WHERE slot.item_id = closed.item_id), closed.project_id,
       closed.lane, closed.priority, 0, nextval('queue_place'),
       CASE item.state WHEN 'open' THEN 'open' ELSE 'closed' END
FROM closed JOIN item ON item.id = closed.item_id
RETURNING state
"""


FILL_SLOT = """
UPDATE slot SET state = 'done', assignment_id = %(id)s
WHERE (item_id, n) = (
    SELECT item_id, n FROM slot WHERE item_id = %(item)s AND state = 'open' ORDER BY n LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING n
"""

REINSTATE = "UPDATE assignment SET state = %(state)s, n = %(n)s, no_pay = false WHERE id = %(id)s"

SET_NO_PAY = "UPDATE assignment SET no_pay = %s WHERE id = %s"

ENTRIES = "SELECT id, amount_minor FROM time_entry WHERE assignment_id = %s AND amount_minor > 0 ORDER BY id"

Turn = Callable[..., Awaitable[UUID | None]]
"""`pay.operations.reverse` or `overturn`."""


class NotSubmittedError(ConflictError):
    """The answer is not waiting for a verdict (any more)."""

    code = "not_submitted"
    title = _("This answer is not waiting for a verdict any more.")


class NotRejectedError(ConflictError):
    """The answer is not rejected (any more)."""

    code = "not_rejected"
    title = _("This answer is not rejected, or not any longer.")


async def begin_review(session: WriteSession, *, assignment_id: UUID, began: bool) -> None:
    """Close (or open again) an answer for corrections by its trainer.

    Raises:
        NotSubmittedError: it is not waiting for a verdict.
    """
    driver = await session.driver()
    if await (await driver.execute(SET_IN_REVIEW, (began, assignment_id))).fetchone() is None:
        raise NotSubmittedError


async def _submitted(driver: Driver, assignment_id: UUID) -> AssignmentRow:
    await driver.execute(LOCK, (assignment_id,))
    row = await read_assignment(driver, assignment_id)
    if row is None or row.state != "submitted":
        raise NotSubmittedError
    return row


async def accept(
    session: WriteSession, *, actor: Actor, assignment_id: UUID, submission_id: UUID, by_time: bool = False
) -> None:
    """Count the answer in.

    Raises:
        NotSubmittedError: it is not waiting for a verdict.
    """
    actor.require(Permission.REVIEW_DECIDE)
    driver = await session.driver()
    row = await _submitted(driver, assignment_id)
    await driver.execute(SET_STATE, ("accepted", row.id))
    session.emit(
        Accepted(
            actor_id=actor.person_id,
            subject_id=row.id,
            project_id=row.project_id,
            submission_id=submission_id,
            by_time=by_time,
        )
    )


async def return_for_rework(
    session: WriteSession, *, actor: Actor, assignment_id: UUID, reason: str, now: datetime
) -> None:
    """Send the answer back to its trainer; it keeps its slot and its draft.

    From here on it earns the rate that holds for rework now, where that is higher than the one it was begun under.

    Raises:
        NotSubmittedError: it is not waiting for a verdict.
    """
    actor.require(Permission.REVIEW_DECIDE)
    driver = await session.driver()
    row = await _submitted(driver, assignment_id)
    await driver.execute(SET_STATE, ("returned", row.id))
    terms = await project_terms(session, project_id=row.project_id)
    pay = await pay_terms_of(session, person_id=row.trainer_id, project=terms, activity=Activity.REWORK, at=now)
    if pay.rate.currency == row.rate.currency and pay.rate.amount > row.rate.amount:
        await driver.execute("UPDATE assignment SET rate_minor = %s WHERE id = %s", (pay.rate.amount, row.id))
    session.emit(Returned(actor_id=actor.person_id, subject_id=row.id, project_id=row.project_id, reason=reason))


async def reject(
    session: WriteSession, *, actor: Actor, assignment_id: UUID, reason: str, no_pay: bool = False, now: datetime
) -> Money:
    """Count the answer out; its item asks for another one in its place, of somebody else.

    Args:
        session: the transaction.
        actor: who decides.
        assignment_id: the answer's.
        reason: a key of the closed list.
        no_pay: the reason takes back what it earned.
        now: when.

    Returns:
        What was taken back; nothing where the reason is not one of those.

    Raises:
        NotSubmittedError: it is not waiting for a verdict.
    """
    actor.require(Permission.REVIEW_DECIDE)
    driver = await session.driver()
    row = await _submitted(driver, assignment_id)
    await driver.execute(SET_STATE, ("rejected", row.id))
    taken = Money(0, row.rate.currency)
    if no_pay:
        taken = await _turn_back(driver, row, reverse, reason=f"rejected: {reason}", actor=actor, now=now)
        await driver.execute(SET_NO_PAY, (True, row.id))
    cursor = await driver.execute(REPLACE_SLOT, {"id": row.id, "item": row.item_id, "n": row.n})
    slot = await cursor.fetchone()
    session.emit(
        Rejected(
            actor_id=actor.person_id,
            subject_id=row.id,
            project_id=row.project_id,
            reason=reason,
            reopened=slot is not None and slot[0] == "open",
            no_pay=no_pay,
            amount_minor=taken.amount,
            currency=taken.currency,
        )
    )
    return taken


async def reinstate(
    session: WriteSession, *, actor: Actor, assignment_id: UUID, submission_id: UUID, now: datetime
) -> Money:
    """Count a rejected answer in after all: the rejection was overturned. Answers what was given back.

    Where nobody has begun to answer in its place, it takes that slot; else it is kept as surplus, and paid.

    Raises:
        NotRejectedError: it is not rejected (any more).
    """
    actor.require(Permission.DISPUTE_DECIDE)
    driver = await session.driver()
    await driver.execute(LOCK, (assignment_id,))
    row = await read_assignment(driver, assignment_id)
    if row is None or row.state != "rejected":
        raise NotRejectedError
    slot = await (await driver.execute(FILL_SLOT, {"id": row.id, "item": row.item_id})).fetchone()
    state = "surplus" if slot is None else "accepted"
    await driver.execute(REINSTATE, {"id": row.id, "state": state, "n": row.n if slot is None else slot[0]})
    given = await _turn_back(driver, row, overturn, reason="rejection overturned", actor=actor, now=now)
    session.emit(
        Reinstated(
            actor_id=actor.person_id,
            subject_id=row.id,
            project_id=row.project_id,
            submission_id=submission_id,
            surplus=slot is None,
            amount_minor=given.amount,
            currency=given.currency,
        )
    )
    return given


async def _turn_back(
    driver: Driver, row: AssignmentRow, turn: Turn, *, reason: str, actor: Actor, now: datetime
) -> Money:
    """Reverse (or reverse the reversal of) all that an assignment has earned; answers how much that was."""
    total = Money(0, row.rate.currency)
    for entry_id, amount in await (await driver.execute(ENTRIES, (row.id,))).fetchall():
        if await turn(driver, source=time_source(entry_id), reason=reason, now=now, actor_id=actor.person_id):
            total += Money(amount, row.rate.currency)
    return total


async def add_review_revision(
    session: WriteSession, *, actor: Actor, assignment_id: UUID, content: dict[str, Any], form: Form, now: datetime
) -> UUID:
    """Keep a reviewer's correction as a new revision and answer its id; the trainer's own stays as it was.

    Raises:
        NotSubmittedError: it is not waiting for a verdict.
        InvalidAnswerError: the corrected answer is incomplete.
    """
    actor.require(Permission.REVIEW_DECIDE)
    driver = await session.driver()
    row = await _submitted(driver, assignment_id)
    answer = form.kind.decode_answer(content)
    await check_answer(driver, row, form=form, answer=answer, confirmed=None)
    submission_id = new_id()
    values = submission_values(
        row,
        submission_id=submission_id,
        key=new_id(),
        author_id=actor.person_id,
        body=canonical(answer),
        now=now,
    )
    await end(driver, [values | {"origin": "review", "surplus": False}], statement=INSERT)
    return submission_id
