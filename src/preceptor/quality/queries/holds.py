"""What people grade or decide just now."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor
from preceptor.quality.tables import Hold


async def in_hands(session: ReadSession, *, actor: Actor, subject_ids: Collection[UUID]) -> dict[UUID, str]:
    """Of parts or disputes those that somebody is at: `you`, or `colleague` without saying which."""
    rows = await session.execute(select(Hold.subject_id, Hold.person_id).where(Hold.subject_id.in_(subject_ids)))
    return {subject_id: "you" if person_id == actor.person_id else "colleague" for subject_id, person_id in rows}


def at_it(actor: Actor, subject: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """True of parts or disputes that the actor is at just now."""
    return exists().where(Hold.subject_id == subject, Hold.person_id == actor.person_id)
