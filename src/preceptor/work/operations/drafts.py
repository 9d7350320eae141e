"""Drafts, in group commit: whatever has come in while one statement was under way goes into the next."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from preceptor.lib.clock import utc_now
from preceptor.lib.db import Batcher, Database
from preceptor.lib.errors import ConflictError, NotFoundError
from preceptor.lib.i18n import _
from preceptor.work.rules.states import WRITABLE

# A lease that would end so much later if it were renewed now is worth a write.
RENEW_AFTER = timedelta(minutes=1)

# One payload per draft (the highest version), in the order of ids so that two processes cannot wait for each other, and
# the version is compared where the row is locked: whoever comes later with an older version changes nothing. Arrays are
# sent in binary (`b`): as text, each quotation mark in a draft would have to be escaped.
SAVE = """
WITH given AS (
    SELECT DISTINCT ON (id) * FROM unnest(
        %(ids)b::uuid[], %(trainers)b::uuid[], %(versions)b::bigint[], %(contents)b::text[], %(holds)b::timestamptz[]
    ) AS given (id, trainer_id, version, content, hold_until)
    ORDER BY id, version DESC
), allowed AS (
    SELECT given.*, assignment.lease_until, assignment.touched, assignment.state
    FROM given JOIN assignment ON assignment.id = given.id AND assignment.trainer_id = given.trainer_id
    WHERE assignment.state IN ('active', 'paused', 'expired')
), saved AS (
    INSERT INTO draft (assignment_id, version, content, saved_at)
    SELECT id, version, content::jsonb, %(now)s FROM allowed ORDER BY id
    ON CONFLICT (assignment_id) DO UPDATE
    SET version = EXCLUDED.version, content = EXCLUDED.content, saved_at = EXCLUDED.saved_at
    WHERE draft.version < EXCLUDED.version
    RETURNING assignment_id, version
), renewed AS (
    UPDATE assignment SET touched = true, lease_until = allowed.hold_until
    FROM allowed
    WHERE assignment.id = allowed.id AND allowed.state <> 'expired'
      AND (NOT allowed.touched OR allowed.lease_until < allowed.hold_until - %(renew_after)s)
)
SELECT assignment_id, version FROM saved
"""

FIND = """
SELECT assignment.id, assignment.trainer_id, assignment.state, draft.version, draft.content
FROM assignment LEFT JOIN draft ON draft.assignment_id = assignment.id
WHERE assignment.id = ANY(%s)
"""


class NoSuchAssignmentError(NotFoundError):
    """There is no such assignment, or it is somebody else's."""

    code = "no_such_assignment"
    title = _("There is no such task, or it is not yours.")


class AssignmentEndedError(ConflictError):
    """The assignment was handed in, given back or rejected; a draft makes no difference any more."""

    code = "assignment_ended"
    title = _("This task has ended already.")


class DraftNewerError(ConflictError):
    """The server has a newer draft, from another tab or device. `extra` holds its version and content."""

    code = "draft_newer"
    title = _("A newer draft was saved from another window or device.")


class DraftPayload(msgspec.Struct, frozen=True):
    """A draft to save. `content` is JSON text that the kind has found fit to keep."""

    assignment_id: UUID
    trainer_id: UUID
    version: int
    content: str
    hold_until: datetime


class SavedDraft(msgspec.Struct, frozen=True):
    """What is durable now."""

    version: int
    saved_at: datetime
    lease_until: datetime


class Drafts:
    """The drafts of one process on their way to the database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._batcher: Batcher[DraftPayload, SavedDraft] = Batcher(self._write)

    async def save(self, payload: DraftPayload) -> SavedDraft:
        """Save a draft; it is durable when this returns.

        Raises:
            NoSuchAssignmentError: not there, or not theirs.
            AssignmentEndedError: nothing can be written any more.
            DraftNewerError: a version as high or higher is stored.
        """
        return await self._batcher.put(payload)

    async def _write(self, payloads: Sequence[DraftPayload]) -> list[SavedDraft | Exception]:
        now = utc_now()  # one moment for the batch, taken where it is written
        values = {
            "ids": [payload.assignment_id for payload in payloads],
            "trainers": [payload.trainer_id for payload in payloads],
            "versions": [payload.version for payload in payloads],
            "contents": [payload.content for payload in payloads],
            "holds": [payload.hold_until for payload in payloads],
            "renew_after": RENEW_AFTER,
            "now": now,
        }
        async with self._db.hot() as driver:
            saved = dict(await (await driver.execute(SAVE, values)).fetchall())
            missed = [
                payload.assignment_id for payload in payloads if saved.get(payload.assignment_id) != payload.version
            ]
            found = {}
            if missed:
                rows = await (await driver.execute(FIND, (missed,))).fetchall()
                found = {row[0]: row[1:] for row in rows}
        return [_answer(payload, saved, found, now) for payload in payloads]


def _answer(
    payload: DraftPayload, saved: Mapping[UUID, int], found: Mapping[UUID, tuple[Any, ...]], now: datetime
) -> SavedDraft | Exception:
    if saved.get(payload.assignment_id) == payload.version:
        return SavedDraft(version=payload.version, saved_at=now, lease_until=payload.hold_until)
    row = found.get(payload.assignment_id)
    if row is None or row[0] != payload.trainer_id:
        return NoSuchAssignmentError()
    _trainer, state, version, content = row
    if state not in WRITABLE:
        return AssignmentEndedError()
    return DraftNewerError(extra={"version": version, "content": content})
