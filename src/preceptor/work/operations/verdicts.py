"""What a verdict does to an assignment: accepted, returned for rework, rejected. Money is not touched here."""

from datetime import datetime
from typing import Any
from uuid import UUID

from preceptor.lib.db import Driver, WriteSession
from preceptor.lib.errors import ConflictError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.people.rules import Actor, Permission
from preceptor.work.events import Accepted, Rejected, Returned
from preceptor.work.operations.ending import AssignmentRow, end, read_assignment
from preceptor.work.operations.submitting import INSERT, Form, canonical, check_answer, submission_values

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


class NotSubmittedError(ConflictError):
    """The answer is not waiting for a verdict (any more)."""

    code = "not_submitted"
    title = _("This answer is not waiting for a verdict any more.")


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


async def return_for_rework(session: WriteSession, *, actor: Actor, assignment_id: UUID, reason: str) -> None:
    """Send the answer back to its trainer; it keeps its slot and its draft.

    Raises:
        NotSubmittedError: it is not waiting for a verdict.
    """
    actor.require(Permission.REVIEW_DECIDE)
    driver = await session.driver()
    row = await _submitted(driver, assignment_id)
    await driver.execute(SET_STATE, ("returned", row.id))
    session.emit(Returned(actor_id=actor.person_id, subject_id=row.id, project_id=row.project_id, reason=reason))


async def reject(session: WriteSession, *, actor: Actor, assignment_id: UUID, reason: str) -> None:
    """Count the answer out; its item asks for another one in its place, of somebody else.

    Raises:
        NotSubmittedError: it is not waiting for a verdict.
    """
    actor.require(Permission.REVIEW_DECIDE)
    driver = await session.driver()
    row = await _submitted(driver, assignment_id)
    await driver.execute(SET_STATE, ("rejected", row.id))
    cursor = await driver.execute(REPLACE_SLOT, {"id": row.id, "item": row.item_id, "n": row.n})
    slot = await cursor.fetchone()
    session.emit(
        Rejected(
            actor_id=actor.person_id,
            subject_id=row.id,
            project_id=row.project_id,
            reason=reason,
            reopened=slot is not None and slot[0] == "open",
        )
    )


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
