"""Where people are, what they speak, and what they are willing to see."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import InvalidError
from preceptor.people.events import ConsentGiven, ConsentWithdrawn, ProfileChanged
from preceptor.people.rules import Actor, ContentCategory, Place, Spoken, profile_problems
from preceptor.people.tables import ContentConsent, Person, PersonLanguage


async def set_place_and_languages(
    session: WriteSession, *, actor: Actor, person_id: UUID, place: Place, spoken: Iterable[Spoken]
) -> None:
    """Write down where a person is and what they speak. For callers that have made sure who asks.

    Raises:
        InvalidError: an unknown country, language or level.
    """
    spoken = list({one.language: one for one in spoken}.values())
    if problems := list(profile_problems(place, spoken)):
        raise InvalidError(fields=problems)
    await session.execute(
        update(Person).where(Person.id == person_id).values(country=place.country, region=place.region)
    )
    await session.execute(delete(PersonLanguage).where(PersonLanguage.person_id == person_id))
    session.add_all([PersonLanguage(person_id=person_id, language=one.language, level=one.level) for one in spoken])
    session.emit(ProfileChanged(actor_id=actor.person_id, subject_id=person_id))


async def set_consents(
    session: WriteSession, *, actor: Actor, categories: Collection[ContentCategory], now: datetime
) -> None:
    """Say which categories of content the actor is willing to see; all others are withdrawn, at once."""
    person_id = actor.person_id
    before = set(await session.scalars(select(ContentConsent.category).where(ContentConsent.person_id == person_id)))
    wanted = {one.value for one in categories}
    if gone := before - wanted:
        await session.execute(
            delete(ContentConsent).where(ContentConsent.person_id == person_id, ContentConsent.category.in_(gone))
        )
        session.emit(ConsentWithdrawn(actor_id=person_id, subject_id=person_id, categories=sorted(gone)))
    if new := wanted - before:
        rows = [{"person_id": person_id, "category": one, "at": now} for one in sorted(new)]
        await session.execute(insert(ContentConsent).values(rows).on_conflict_do_nothing())
        session.emit(ConsentGiven(actor_id=person_id, subject_id=person_id, categories=sorted(new)))


async def set_skills(session: WriteSession, *, actor: Actor, person_id: UUID, skills: Iterable[str]) -> None:
    """Write down what a person says they can. For callers that have made sure who asks."""
    cleaned = sorted({" ".join(one.split()) for one in skills if one.strip()})
    await session.execute(update(Person).where(Person.id == person_id).values(skills=cleaned))
    session.emit(ProfileChanged(actor_id=actor.person_id, subject_id=person_id))
