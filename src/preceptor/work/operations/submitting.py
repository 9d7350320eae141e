"""Handing in: once, whole, and paid in the same transaction."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from preceptor.kinds.findings import Question
from preceptor.kinds.task import InvalidAnswerError, Json, TaskKind
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Batcher, Database, Driver
from preceptor.lib.errors import ConflictError, ProblemError
from preceptor.lib.i18n import _, current_language, speaking
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.pay.operations import Earned, record_earnings
from preceptor.people.rules import Actor
from preceptor.work.events import Corrected, Submitted
from preceptor.work.operations.beats import Terms, take_slot_back
from preceptor.work.operations.drafts import AssignmentEndedError, NoSuchAssignmentError
from preceptor.work.operations.ending import (
    ENDS,
    GIVEN,
    AssignmentRow,
    Holding,
    Receipt,
    access_own,
    closing_values,
    earned,
    earned_facts,
    end,
    hold_all,
    receipt_of,
)
from preceptor.work.queries.turns import shown_turns, turns_of
from preceptor.work.rules.states import HANDED_IN, WRITABLE

KEPT = """
, kept AS (
    INSERT INTO submission (id, key, assignment_id, item_id, project_id, trainer_id, author_id, revision, origin,
                            form_version, guidelines_version, content_hash, surplus, submitted_at)
    SELECT submission, key, id, item, project, trainer, author,
           1 + (SELECT coalesce(max(revision), 0) FROM submission WHERE assignment_id = given.id), origin, form,
           guidelines, hash, surplus, now
    FROM given
    RETURNING id
), written AS (
    INSERT INTO submission_body (submission_id, content) SELECT submission, content FROM given
)
"""
GIVEN_ANSWERS = GIVEN.replace(
    "data jsonb)",
    "data jsonb, submission uuid, key uuid, author uuid, origin text, form integer, guidelines integer, hash text, "
    "surplus boolean, content jsonb)",
)
INSERT = GIVEN_ANSWERS + KEPT + " SELECT id FROM kept"  # noqa: S608 (constants alone)
"""New revisions alone."""

INSERT_AND_END = GIVEN_ANSWERS + KEPT + ENDS
"""Both in one statement: what was handed in, and the ends of the assignments."""

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


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that is to be handed in.

    Attributes:
        assignment_id: the task.
        actor: whose assignment it must be.
        key: chosen by the page for this attempt.
        content: the answer as JSON.
        confirmed: codes of the questions the person has answered with yes.
        terms: the project's times.
        form_of: finds a form version of the project.
        signs: milliseconds ago of the last signs of life.
        language: of whoever hands it in; a batch holds answers of people with different ones.
    """

    assignment_id: UUID
    actor: Actor
    key: UUID
    content: Json
    confirmed: Collection[str]
    terms: Terms
    form_of: Callable[[int], Awaitable[Form]]
    signs: tuple[int, ...] = ()
    language: str = msgspec.field(default_factory=current_language)


async def submit(driver: Driver, answer: Answer, *, now: datetime) -> tuple[Receipt, bool]:
    """As `submit_all`, of one.

    Raises:
        NoSuchAssignmentError: not there, or not theirs.
        AssignmentEndedError: given back or not begun.
        AlreadySubmittedError: another answer was handed in.
        InvalidAnswerError: incomplete; `fields` says where.
        UnansweredQuestionsError: something to look at first.
    """
    (told,) = await submit_all(driver, [answer], now=now)
    if isinstance(told, Exception):
        raise told
    return told


async def submit_all(
    driver: Driver, answers: Sequence[Answer], *, now: datetime
) -> list[tuple[Receipt, bool] | Exception]:
    """Hand in answers of different people, inside the driver's transaction: submission, slot, time and money together.

    Repeating it, in whatever tab and with the same answer, changes nothing and gives the same receipt.

    Returns:
        Per answer the receipt, and True where this is what handed it in (False: a repetition); or what `submit` raises.
    """
    holdings = [Holding(one.assignment_id, one.actor.person_id, one.terms, one.signs) for one in answers]
    held = await hold_all(driver, holdings, now=now)
    told: list[tuple[Receipt, bool] | Exception] = []
    ends: list[dict[str, Any]] = []
    earnings: list[Earned] = []
    for one in answers:
        try:
            with speaking(one.language):
                row = _handing_in(held, one.assignment_id)
                receipt, values = await _ready(driver, one, row, now)
        except ProblemError as problem:
            told.append(problem)
            continue
        told.append((receipt, values is not None))
        if values is not None:
            ends.append(values)
            earnings.append(earned(held[one.assignment_id], entry=values["entry"]))
    if ends:
        await end(driver, ends, statement=INSERT_AND_END)
        await record_earnings(driver, earnings, now=now)
    return told


def _handing_in(held: dict[UUID, AssignmentRow], assignment_id: UUID) -> AssignmentRow | None:
    """An assignment that is about to be handed in, for the first time or after rework."""
    row = held.get(assignment_id)
    if row is not None and row.state in WRITABLE and not row.rework_round:
        row = held[assignment_id] = msgspec.structs.replace(row, handed_in=True)
    return row


async def _ready(
    driver: Driver, answer: Answer, row: AssignmentRow | None, now: datetime
) -> tuple[Receipt, dict[str, Any] | None]:
    """The receipt of an answer and what is to be written; None where it was handed in before."""
    if row is None or row.trainer_id != answer.actor.person_id:
        raise NoSuchAssignmentError
    if row.state not in WRITABLE and row.state not in HANDED_IN:
        raise AssignmentEndedError
    form = await answer.form_of(row.form_version)
    decoded = form.kind.decode_answer(answer.content)
    body = canonical(decoded)
    if row.state not in WRITABLE:
        return await _repeated(driver, row, sha256(body).hexdigest()), None
    await check_answer(driver, row, form=form, answer=decoded, confirmed=answer.confirmed)
    row, surplus = await _in_its_slot(driver, row)
    outcome = "surplus" if surplus else "submitted"
    submission_id, person_id = new_id(), answer.actor.person_id
    facts = earned_facts(row) | {"actor_id": person_id, "submission_id": submission_id}
    event = Submitted(**facts, surplus=surplus, rework=row.rework_round > 0)
    values = closing_values(row, actor_id=person_id, event=event, now=now)
    values |= {"state": outcome, "outcome": outcome, "slot_state": "done", "holder": row.id}
    values |= submission_values(
        row, submission_id=submission_id, key=answer.key, author_id=person_id, body=body, now=now
    )
    values |= {"origin": "rework" if row.rework_round else "first", "surplus": surplus}
    return receipt_of(row, outcome=outcome, submission_id=submission_id, now=now), values


async def _in_its_slot(driver: Driver, row: AssignmentRow) -> tuple[AssignmentRow, bool]:
    """An assignment that is handed in, with a slot of its item; True where its lease ran out and none is free."""
    if row.state != "expired":
        return row, False
    n = await take_slot_back(driver, row, handed_in=True)
    return (row, True) if n is None else (msgspec.structs.replace(row, n=n), False)


class Submissions:
    """The answers of one process on their way to the database, in group commit."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._batcher: Batcher[Answer, tuple[Receipt, bool]] = Batcher(self._write, limit=32)

    async def submit(self, answer: Answer) -> tuple[Receipt, bool]:
        """Hand an answer in; it is durable when this returns. Raises as `submit` does."""
        return await self._batcher.put(answer)

    async def _write(self, answers: Sequence[Answer]) -> list[tuple[Receipt, bool] | Exception]:
        told: dict[int, tuple[Receipt, bool] | Exception] = {}
        waiting = list(enumerate(answers))
        while waiting:
            # One answer per person at a time, since each moves that person's clock.
            turn = {one.actor.person_id: (place, one) for place, one in reversed(waiting)}
            places = [place for place, _one in turn.values()]
            async with self._db.hot() as driver, driver.transaction():
                found = await submit_all(driver, [one for _place, one in turn.values()], now=utc_now())
            told |= dict(zip(places, found, strict=True))
            waiting = [(place, one) for place, one in waiting if place not in told]
        return [told[place] for place in range(len(answers))]


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
        "content": msgspec.Raw(body),
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


def _told(question: Question) -> dict[str, object]:
    return {"code": question.code, "text": question.text, "path": question.path}  # put into words where it is read


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
        over_ms=row.over_ms,
        outset=row.outset,
        by_task=row.task_minor is not None,
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
    await end(driver, [values | {"origin": "correction", "surplus": False}], statement=INSERT)
    event = Corrected(
        actor_id=actor.person_id, subject_id=row.id, project_id=row.project_id, submission_id=submission_id
    )
    data = msgspec.json.encode(event.facts()).decode()
    await driver.execute(LOG, (new_id(), event.name, actor.person_id, row.id, row.project_id, data))
    return submission_id
