"""How somebody wants things shown."""

from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.people.rules import Actor
from preceptor.people.rules.wellbeing import WellbeingChoice
from preceptor.people.tables import Wellbeing


async def own_wellbeing(session: ReadSession, *, actor: Actor) -> WellbeingChoice:
    """What the actor chose for themselves."""
    row = await session.scalar(select(Wellbeing).where(Wellbeing.person_id == actor.person_id))
    return WellbeingChoice() if row is None else WellbeingChoice(row.blur, row.greyscale, row.break_minutes)
