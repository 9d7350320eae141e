"""Two revisions of an answer side by side, in words."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.kinds.changes import AnswerChange
from preceptor.kinds.shown import TurnShown
from preceptor.kinds.task import InvalidAnswerError, TaskKind
from preceptor.lib.db import ReadSession
from preceptor.lib.text import DiffSegment
from preceptor.work.tables import SubmissionBody


class ShownChange(msgspec.Struct, frozen=True):
    """One thing that two revisions say differently, in the language of the request.

    Attributes:
        path: dotted path of the value.
        label: what it is.
        before, after: both values in words; empty where there is none.
        segments: for longer texts, the difference word by word.
    """

    path: str
    label: str
    before: str
    after: str
    segments: list[DiffSegment]


def shown_change(change: AnswerChange) -> ShownChange:
    """A change as a reader sees it."""
    return ShownChange(change.path, str(change.label), change.before, change.after, list(change.segments))


def changes_between(
    kind: TaskKind[Any, Any, Any],
    settings: Any,
    turns: Sequence[TurnShown],
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> list[ShownChange]:
    """What `after` says differently; nothing where one of the two is not there or was erased."""
    if before is None or after is None:
        return []
    try:
        old, new = kind.decode_answer(before), kind.decode_answer(after)
    except InvalidAnswerError:  # erased, or of a form this version no longer reads
        return []
    return [shown_change(change) for change in kind.changes(settings, turns, old, new)]


def says_the_same(kind: TaskKind[Any, Any, Any], before: dict[str, Any] | None, after: dict[str, Any]) -> bool:
    """True where both are the same answer, however their JSON is written.

    Raises:
        InvalidAnswerError: `after` is not of the kind's form.
    """
    new = kind.decode_answer(after)
    try:
        return before is not None and bool(kind.decode_answer(before) == new)
    except InvalidAnswerError:  # erased, or of a form this version no longer reads
        return False


async def contents_of(session: ReadSession, submission_ids: Collection[UUID | None]) -> dict[UUID, dict[str, Any]]:
    """The contents of submissions; an erased one is its tombstone."""
    wanted = {submission_id for submission_id in submission_ids if submission_id is not None}
    rows = await session.execute(
        select(SubmissionBody.submission_id, SubmissionBody.content).where(SubmissionBody.submission_id.in_(wanted))
    )
    return dict(rows.all())
