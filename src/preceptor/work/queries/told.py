"""What programs outside are told of submissions: ids, a pseudonym and small facts, never what was written."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.people.tables import Person
from preceptor.work.tables import Submission


async def told_of_submissions(
    session: ReadSession, *, submission_ids: Collection[UUID]
) -> dict[UUID, dict[str, object]]:
    """Plain facts of each submission, by its id."""
    rows = await session.execute(
        select(Submission, Person.pseudonym)
        .join(Person, Person.id == Submission.trainer_id)
        .where(Submission.id.in_(submission_ids))
    )
    return {
        row.id: {
            "submission_id": str(row.id),
            "assignment_id": str(row.assignment_id),
            "item_id": str(row.item_id),
            "trainer": pseudonym,
            "revision": row.revision,
            "origin": row.origin,
            "surplus": row.surplus,
        }
        for row, pseudonym in rows
    }
