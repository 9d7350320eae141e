"""Handing in: once, whole, and paid in the same transaction."""

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.findings import Question
from preceptor.kinds.task import InvalidAnswerError, Json, TaskKind
from preceptor.lib.db import Driver
from preceptor.lib.errors import ConflictError
from preceptor.lib.i18n import _
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.people.rules import Actor
from preceptor.work.events import Corrected, Submitted
from preceptor.work.operations.beats import Terms
from preceptor.work.operations.drafts import AssignmentEndedError, NoSuchAssignmentError
from preceptor.work.operations.ending import (
    END,
    AssignmentRow,
    Receipt,
    access_own,
    book,
    closing_values,
    earned_facts,
    hold,
    receipt_of,
)
from preceptor.work.queries.turns import shown_turns, turns_of
from preceptor.work.rules.states import HANDED_IN, WRITABLE

KEPT = """
WITH kept AS (
    INSERT INTO submission (id, key, assignment_id, item_id, project_id, trainer_id, author_id, revision, origin,
                            form_version, guidelines_version, content_hash, surplus, submitted_at)
    SELECT %(submission)s, %(key)s, %(id)s, %(item)s, %(project)s, %(trainer)s, %(author)s,
           coalesce(max(revision), 0) + 1, %(origin)s, %(form)s, %(guidelines)s, %(hash)s, %(surplus)s, %(now)s
    FROM submission WHERE assignment_id = %(id)s
    RETURNING id
), written AS (
    INSERT INTO submission_body (submission_id, content) SELECT id, %(content)s::jsonb FROM kept
),
"""
INSERT = KEPT.rstrip().removesuffix(",") + " SELECT id FROM kept"  # noqa: S608 (constants alone)
"""A new revision alone."""


INSERT_AND_END = END.replace("WITH", KEPT, 1)
"""Both in one statement: what was handed in, and the end of the assignment."""

REPEATED = """
SELECT submission.id, submission.content_hash, submission.surplus, submission.submitted_at, time_entry.paid_ms,
       time_entry.amount_minor, time_entry.currency
FROM submission
LEFT JOIN time_entry ON time_entry.assignment_id = submission.assignment_id
                    AND time_entry.ended_at = submission.submitted_at
WHERE submission.assignment_id = %(id)s AND submission.origin IN ('first', 'rework')
ORDER BY submission.revision DESC
LIMIT 1
"""

LOG = """
INSERT INTO event (id, name, actor_id, subject_id, project_id, data) VALUES (%s, %s, %s, %s, %s, %s)
"""


class AlreadySubmittedError(ConflictError):
    """Another answer was handed in for this assignment, from another window or device."""

    code = "already_submitted"
    title = _("You have handed in an answer to this task already. Correct it under My work.")


class UnansweredQuestionsError(ConflictError):
    """Honest checks: the answer may be right as it is; the person is asked once. `extra` holds the questions."""

    code = "questions"
    title = _("Please look at this before you hand it in.")


class CorrectionTooLateError(ConflictError):
    """A reviewer has begun, or the answer is decided."""

    code = "correction_too_late"
    title = _("This answer can no longer be corrected: its review has begun.")


class Form(msgspec.Struct, frozen=True):
    """The form an answer is given under: the kind and its decoded settings."""

    kind: TaskKind[Any, Any, Any]
    settings: Any


async def submit(
    driver: Driver,
    *,
    actor: Actor,
    assignment_id: UUID,
    key: UUID,
    content: Json,
    confirmed: Collection[str],
    terms: Terms,
    form_of: Callable[[int], Awaitable[Form]],
    signs: tuple[int, ...] = (),
    now: datetime,
) -> tuple[Receipt, bool]:
    """Hand an answer in, inside the driver's transaction: submission, slot, time and money together.

    Repeating it, in whatever tab and with the same answer, changes nothing and answers the same receipt.

    Args:
        driver: the transaction.
        actor: whose assignment it must be.
        assignment_id: the task.
        key: chosen by the page for this attempt.
        content: the answer as JSON.
        confirmed: codes of the questions the person has answered with yes.
        terms: the project's times.
        form_of: finds a form version of the project.
        signs: milliseconds ago of the last signs of life.
        now: the time.

    Returns:
        The receipt, and True where this is what handed it in (False: a repetition).

    Raises:
        NoSuchAssignmentError: not there, or not theirs.
        AssignmentEndedError: given back or not begun.
        AlreadySubmittedError: another answer was handed in.
        InvalidAnswerError: incomplete; `fields` says where.
        UnansweredQuestionsError: something to look at first.
    """
    row = await hold(driver, actor=actor, assignment_id=assignment_id, terms=terms, signs=signs, now=now)
    if row.state not in WRITABLE and row.state not in HANDED_IN:
        raise AssignmentEndedError
    form = await form_of(row.form_version)
    answer = form.kind.decode_answer(content)
    body = canonical(answer)
    digest = sha256(body).hexdigest()
    if row.state not in WRITABLE:
        return await _repeated(driver, row, digest), False
    await check_answer(driver, row, form=form, answer=answer, confirmed=confirmed)
    surplus = row.state == "expired"
    submission_id = new_id()
    facts = earned_facts(row) | {"actor_id": actor.person_id, "submission_id": submission_id}
    event = Submitted(**facts, surplus=surplus, rework=row.rework_round > 0)
    values = closing_values(row, actor_id=actor.person_id, event=event, now=now)
    values |= {
        "state": "surplus" if surplus else "submitted",
        "outcome": "surplus" if surplus else "submitted",
        "slot_state": "done",
        "holder": row.id,
    }
    kept = submission_values(row, submission_id=submission_id, key=key, author_id=actor.person_id, body=body, now=now)
    kept |= {"origin": "rework" if row.rework_round else "first", "surplus": surplus}
    await driver.execute(INSERT_AND_END, values | kept)
    await book(driver, row, entry=values["entry"], now=now)
    outcome = "surplus" if surplus else "submitted"
    return receipt_of(row, outcome=outcome, submission_id=submission_id, now=now), True


def canonical(answer: object) -> bytes:
    """An answer as JSON in one order of keys, so that the same answer always has the same hash."""
    return msgspec.json.encode(answer, order="sorted")


def submission_values(
    row: AssignmentRow, *, submission_id: UUID, key: UUID, author_id: UUID, body: bytes, now: datetime
) -> dict[str, Any]:
    """What a new revision writes; the caller adds `origin` and `surplus`."""
    return {
        "submission": submission_id,
        "key": key,
        "id": row.id,
        "item": row.item_id,
        "project": row.project_id,
        "trainer": row.trainer_id,
        "author": author_id,
        "form": row.form_version,
        "guidelines": row.guidelines_version,
        "hash": sha256(body).hexdigest(),
        "content": body.decode(),
        "now": now,
    }


async def check_answer(
    driver: Driver, row: AssignmentRow, *, form: Form, answer: object, confirmed: Collection[str] | None
) -> None:
    """Let an answer pass or stop. `confirmed` None asks no questions.

    Raises:
        InvalidAnswerError: incomplete; `fields` says where.
        UnansweredQuestionsError: something to look at first.
    """
    item = form.kind.decode_item(row.content)
    given = form.kind.given_turn(item)
    asks = form.kind.may_ask(form.settings, item)
    records = await turns_of(driver, assignment_id=row.id, item_id=row.item_id, given=given, asks_models=asks)
    turns = shown_turns(records)
    if problems := form.kind.validate_answer(form.settings, item, turns, answer):
        raise InvalidAnswerError(fields=problems)
    if confirmed is None:
        return
    open_questions = [
        question
        for question in form.kind.questions(form.settings, item, turns, answer)
        if question.code not in confirmed
    ]
    if open_questions:
        raise UnansweredQuestionsError(extra={"questions": [_told(question) for question in open_questions]})


def _told(question: Question) -> dict[str, str]:
    return {"code": question.code, "text": str(question.text), "path": question.path}


async def _repeated(driver: Driver, row: AssignmentRow, digest: str) -> Receipt:
    """The receipt of what was handed in before, if it was this very answer."""
    found = await (await driver.execute(REPEATED, {"id": row.id})).fetchone()
    if found is None:
        raise NoSuchAssignmentError
    submission_id, stored, surplus, at, paid_ms, amount, currency = found
    if stored != digest:
        raise AlreadySubmittedError
    return Receipt(
        assignment_id=row.id,
        submission_id=submission_id,
        outcome="surplus" if surplus else "submitted",
        spent=row.spent,
        paid_ms=paid_ms or 0,
        amount=Money(amount or 0, currency or row.rate.currency),
        rate=row.rate,
        cap_ms=row.cap_ms,
        at=at,
    )


async def correct(
    driver: Driver, *, actor: Actor, assignment_id: UUID, content: dict[str, Any], form: Form, now: datetime
) -> UUID:
    """Replace one's own submission by a new revision, until its review begins. Answers the new revision's id.

    Raises:
        NoSuchAssignmentError: not there, or not theirs.
        CorrectionTooLateError: a reviewer has begun, or it is decided.
        InvalidAnswerError: incomplete.
    """
    await driver.execute("SELECT 1 FROM assignment WHERE id = %s FOR NO KEY UPDATE", (assignment_id,))
    row = await access_own(driver, actor=actor, assignment_id=assignment_id)
    if row.state != "submitted" or row.in_review:
        raise CorrectionTooLateError
    answer = form.kind.decode_answer(content)
    await check_answer(driver, row, form=form, answer=answer, confirmed=None)
    submission_id = new_id()
    body = canonical(answer)
    values = submission_values(
        row, submission_id=submission_id, key=new_id(), author_id=actor.person_id, body=body, now=now
    )
    await driver.execute(INSERT, values | {"origin": "correction", "surplus": False})
    event = Corrected(
        actor_id=actor.person_id, subject_id=row.id, project_id=row.project_id, submission_id=submission_id
    )
    data = msgspec.json.encode(event.facts()).decode()
    await driver.execute(LOG, (new_id(), event.name, actor.person_id, row.id, row.project_id, data))
    return submission_id
