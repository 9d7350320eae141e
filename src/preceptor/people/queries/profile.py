"""Where people are, what they speak and what they are willing to see."""

from uuid import UUID

from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.people.queries.accounts import NoSuchPersonError
from preceptor.people.rules.content import ContentCategory
from preceptor.people.rules.profile import Place, Profile, Spoken
from preceptor.people.tables import ContentConsent, Person, PersonLanguage


async def profile_of(session: ReadSession, *, person_id: UUID) -> Profile:
    """What the queue and offers need to know of a person. For callers that have made sure who asks.

    Raises:
        NoSuchPersonError: there is none.
    """
    row = (
        await session.execute(select(Person.country, Person.region, Person.skills).where(Person.id == person_id))
    ).first()
    if row is None:
        raise NoSuchPersonError
    spoken = await session.execute(
        select(PersonLanguage.language, PersonLanguage.level)
        .where(PersonLanguage.person_id == person_id)
        .order_by(PersonLanguage.level.desc(), PersonLanguage.language)
    )
    return Profile(
        place=Place(row.country, row.region),
        spoken=tuple(Spoken(language, level) for language, level in spoken),
        skills=frozenset(row.skills),
        consents=await consents_of(session, person_id=person_id),
    )


async def consents_of(session: ReadSession, *, person_id: UUID) -> frozenset[ContentCategory]:
    """The content somebody has said yes to. For callers that have made sure who asks."""
    found = await session.scalars(select(ContentConsent.category).where(ContentConsent.person_id == person_id))
    return frozenset(ContentCategory(one) for one in found)
