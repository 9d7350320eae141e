"""Keeping what trainers think of projects."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import InvalidError
from preceptor.people.rules import Actor
from preceptor.projects.events import ProjectRated
from preceptor.projects.rules import Rated, clean_text, month_of, rating_problems
from preceptor.projects.tables import ProjectRating


async def keep_rating(
    session: WriteSession, *, actor: Actor, project_id: UUID, rated: Rated, comment: str = "", now: datetime
) -> None:
    """Keep what the actor thinks of a project this month; what they said this month before is replaced.

    For callers that have made sure that they worked on it.

    Raises:
        InvalidError: a mark is not 1 to 5, or the comment is too long.
    """
    comment = clean_text(comment)
    if problems := list(rating_problems(rated, comment)):
        raise InvalidError(fields=problems)
    row = insert(ProjectRating).values(
        project_id=project_id,
        person_id=actor.person_id,
        month=month_of(now),
        pay=rated.pay,
        clarity=rated.clarity,
        fairness=rated.fairness,
        comment=comment,
        rated_at=now,
    )
    columns = ("pay", "clarity", "fairness", "comment", "rated_at")
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["project_id", "person_id", "month"],
            set_={column: row.excluded[column] for column in columns},
        )
    )
    session.emit(ProjectRated(subject_id=project_id, project_id=project_id))
