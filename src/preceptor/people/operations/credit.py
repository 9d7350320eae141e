"""Being credited by name."""

from sqlalchemy import update

from preceptor.lib.db import WriteSession
from preceptor.people.events import CreditChosen, CreditWithdrawn
from preceptor.people.rules import Actor, clean_name
from preceptor.people.tables import Person


async def set_credit_name(session: WriteSession, *, actor: Actor, name: str) -> None:
    """Say under which name the actor wants to be credited in the cards of data and models that hold their work.

    Empty: not at all. It holds for cards written from now on; those of releases that were frozen before stay.

    Raises:
        InvalidError: the name is too long or cannot be printed.
    """
    cleaned = clean_name(name) if name.strip() else ""
    await session.execute(update(Person).where(Person.id == actor.person_id).values(credit_name=cleaned))
    event = CreditChosen if cleaned else CreditWithdrawn
    session.emit(event(actor_id=actor.person_id, subject_id=actor.person_id))
