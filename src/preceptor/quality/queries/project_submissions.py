"""The answers of a project as its manager sees them: the list, filtered, and what verdicts they were given.

As with items (`work.queries.project_items`), a page looks through no more than 20,000 answers and leads on from there,
so that its cost is bounded whatever is looked for.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.lib.db import Driver, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Person
from preceptor.projects.queries import ProjectView
from preceptor.quality.rules import VERDICT_NAMES, Verdict
from preceptor.work.queries.summaries import summary_of
from preceptor.work.rules.states import LEASED
from preceptor.work.rules.words import STATE_NAMES_TO_OTHERS

PAGE_SIZE = 50
LOOKED_AT = 20_000
MOST_TRAINERS = 50

# What was handed in, by the time it was first handed in.
HANDED_IN = """
SELECT id AS key, assignment_id FROM submission
WHERE project_id = %(project)s AND revision = 1 AND id < %(before)s AND id >= %(since)s
ORDER BY id DESC
"""

# What was given back has no submission: by the time it was taken.
GIVEN_BACK = """
SELECT id AS key, id AS assignment_id FROM assignment
WHERE project_id = %(project)s AND id < %(before)s AND id >= %(since)s
ORDER BY id DESC
"""

LOOK = """
SELECT looked.key, looked.assignment_id
FROM ({candidates} LIMIT %(most)s) AS looked
JOIN assignment ON assignment.id = looked.assignment_id
LEFT JOIN LATERAL (
    SELECT review.verdict FROM review
    WHERE review.assignment_id = assignment.id AND review.state = 'decided' ORDER BY review.round DESC LIMIT 1
) AS review ON true
WHERE (%(states)s::text[] IS NULL
       OR CASE WHEN assignment.rework_round > 0 AND assignment.state IN ('active', 'paused') THEN 'returned'
          ELSE assignment.state END = ANY(%(states)s))
  AND (%(trainers)s::uuid[] IS NULL OR assignment.trainer_id = ANY(%(trainers)s))
  AND (%(verdict)s = '' OR coalesce(review.verdict, 'none') = %(verdict)s)
ORDER BY looked.key DESC LIMIT %(size)s
"""

BOUNDARY = "SELECT looked.key FROM ({candidates} OFFSET %(most)s - 1 LIMIT 1) AS looked"

ROWS = """
SELECT assignment.id, assignment.trainer_id, person.pseudonym, assignment.state, assignment.rework_round,
       assignment.claimed_at, assignment.ended_at, assignment.active_ms,
       CASE WHEN assignment.no_pay THEN 0 ELSE (SELECT coalesce(sum(amount_minor), 0)::bigint FROM time_entry
                                                WHERE time_entry.assignment_id = assignment.id) END,
       assignment.currency, item.id, item.brief, item.topic, item.content,
       (SELECT prompt FROM turn WHERE assignment_id = assignment.id AND position = 0), review.verdict,
       (SELECT count(*) FROM submission WHERE assignment_id = assignment.id)
FROM assignment
JOIN person ON person.id = assignment.trainer_id
JOIN item ON item.id = assignment.item_id
LEFT JOIN LATERAL (
    SELECT review.verdict FROM review
    WHERE review.assignment_id = assignment.id AND review.state = 'decided' ORDER BY review.round DESC LIMIT 1
) AS review ON true
WHERE assignment.id = ANY(%s)
"""

ABOVE_ALL = UUID(int=2**128 - 1)
BELOW_ALL = UUID(int=0)


class AnswerState(StrEnum):
    """Where an answer stands, as its project's manager asks for it."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    """Sent back, or in rework."""
    REJECTED = "rejected"
    SURPLUS = "surplus"
    SKIPPED = "skipped"
    REPORTED = "reported"
    EXPIRED = "expired"


ANSWER_STATE_NAMES: dict[AnswerState, LazyText] = {state: STATE_NAMES_TO_OTHERS[state.value] for state in AnswerState}

WITHOUT_SUBMISSION = frozenset({AnswerState.SKIPPED, AnswerState.REPORTED, AnswerState.EXPIRED})

VERDICTS = {"none": _("Not reviewed"), **{verdict.value: text for verdict, text in VERDICT_NAMES.items()}}
"""What can be asked for of reviews: a verdict, or that there is none."""


class AnswerFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for among the answers of a project.

    Attributes:
        state: None for all that were handed in.
        trainer: how their pseudonym begins.
        since, until: first and last day (UTC) on which it was handed in, or taken where it was given back.
        verdict: a key of `VERDICTS`; empty for any.
    """

    state: AnswerState | None = None
    trainer: str = ""
    since: date | None = None
    until: date | None = None
    verdict: str = ""


class AnswerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An answer in a list.

    Attributes:
        ended_at: None while it is in rework.
        active_ms: over all rounds.
        amount: all that it has earned so far.
        verdict: the newest one; None where nobody has reviewed it.
        revisions: how often it was handed in or corrected.
    """

    assignment_id: UUID
    item_id: UUID
    person_id: UUID
    pseudonym: str
    summary: str
    state: str
    rework_round: int
    claimed_at: datetime
    ended_at: datetime | None
    active_ms: int
    amount: Money
    verdict: Verdict | None
    revisions: int

    @property
    def state_name(self) -> LazyText:
        """The state in words."""
        return name_of_state(self.state, rework_round=self.rework_round)

    @property
    def verdict_name(self) -> LazyText | None:
        """The verdict in words."""
        return None if self.verdict is None else VERDICT_NAMES[self.verdict]


class AnswersFound(msgspec.Struct, frozen=True):
    """Some answers, newest first. `next_cursor` leads on; `looked_at` tells after how many the look stopped early."""

    rows: list[AnswerEntry]
    next_cursor: str | None
    looked_at: int | None


def name_of_state(state: str, *, rework_round: int) -> LazyText:
    """The state of somebody else's assignment in words."""
    return _("In rework") if rework_round and state in LEASED else STATE_NAMES_TO_OTHERS[state]


async def list_project_submissions(
    session: ReadSession, *, actor: Actor, project: ProjectView, wanted: AnswerFilter, cursor: str | None = None
) -> AnswersFound:
    """Answers of a project that are as wanted, newest first.

    Raises:
        MissingPermissionError: the actor may not read submissions.
        BadCursorError: the cursor was made for another list.
    """
    actor.require(Permission.SUBMISSION_READ)
    trainers = await _trainers(session, wanted.trainer) if wanted.trainer else None
    if trainers == []:
        return AnswersFound([], None, None)
    before = _id_at(wanted.until + timedelta(days=1)) if wanted.until else ABOVE_ALL
    if cursor:
        before = min(before, decode_cursor(cursor, tuple[UUID])[0])
    values = {
        "project": project.id,
        "before": before,
        "since": _id_at(wanted.since) if wanted.since else BELOW_ALL,
        "most": LOOKED_AT,
        "size": PAGE_SIZE + 1,
        "states": [wanted.state.value] if wanted.state else None,
        "trainers": trainers,
        "verdict": wanted.verdict,
    }
    driver = await session.driver()
    candidates = GIVEN_BACK if wanted.state in WITHOUT_SUBMISSION else HANDED_IN
    found = await (await driver.execute(LOOK.replace("{candidates}", candidates), values)).fetchall()
    shown = found[:PAGE_SIZE]
    rows = await _entries(driver, [row[1] for row in shown], kind=project.kind)
    if len(found) > PAGE_SIZE:
        return AnswersFound(rows, encode_cursor(shown[-1][0]), None)
    boundary = await (await driver.execute(BOUNDARY.replace("{candidates}", candidates), values)).fetchone()
    return AnswersFound(rows, encode_cursor(boundary[0]) if boundary else None, LOOKED_AT if boundary else None)


async def _trainers(session: ReadSession, pseudonym: str) -> list[UUID]:
    beginning = Person.pseudonym.istartswith(pseudonym, autoescape=True)
    return list(
        await session.scalars(select(Person.id).where(beginning).order_by(Person.pseudonym).limit(MOST_TRAINERS))
    )


def _id_at(day: date) -> UUID:
    """The least id that can be made on a day: ids begin with the milliseconds of their time (RFC 9562, UUIDv7)."""
    moment = datetime.combine(day, time(), tzinfo=UTC)
    return UUID(int=max(int(moment.timestamp() * 1000), 0) << 80)


async def _entries(driver: Driver, assignment_ids: Sequence[UUID], *, kind: str) -> list[AnswerEntry]:
    rows: list[Any] = await (await driver.execute(ROWS, (list(assignment_ids),))).fetchall()
    entries = {
        row[0]: AnswerEntry(
            assignment_id=row[0],
            person_id=row[1],
            pseudonym=row[2],
            state=row[3],
            rework_round=row[4],
            claimed_at=row[5],
            ended_at=row[6],
            active_ms=row[7],
            amount=Money(row[8], row[9]),
            item_id=row[10],
            summary=summary_of(kind=kind, brief=row[11], topic=row[12], content=row[13], prompt=row[14]),
            verdict=None if row[15] is None else Verdict(row[15]),
            revisions=row[16],
        )
        for row in rows
    }
    return [entries[assignment_id] for assignment_id in assignment_ids]
