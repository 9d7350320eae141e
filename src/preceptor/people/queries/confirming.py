"""Reading links that confirm an address."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec
from sqlalchemy import select

from preceptor.lib.db import ReadSession
from preceptor.lib.errors import GoneError
from preceptor.lib.i18n import _
from preceptor.people.tables import EmailConfirmation, Person


class ConfirmationGoneError(GoneError):
    """The link was used, has expired or never existed."""

    title = _("This link was used already or has expired. Sign in, or apply again to get a new one.")
    code = "confirmation_gone"


class ConfirmationView(msgspec.Struct, frozen=True):
    """What a link confirms."""

    id: UUID
    person_id: UUID
    email: str
    name: str


async def open_confirmation(session: ReadSession, *, secret: str, now: datetime) -> ConfirmationView:
    """Whose address the link `secret` confirms.

    Raises:
        ConfirmationGoneError: used, expired or unknown.
    """
    found = await session.execute(
        select(EmailConfirmation.id, Person.id, Person.email, Person.name)
        .join(Person, Person.id == EmailConfirmation.person_id)
        .where(
            EmailConfirmation.digest == sha256(secret.encode()).digest(),
            EmailConfirmation.expires_at > now,
            EmailConfirmation.used_at.is_(None),
        )
    )
    row = found.first()
    if row is None or row[2] is None:
        raise ConfirmationGoneError
    return ConfirmationView(row[0], row[1], row[2], row[3])


async def is_unconfirmed(session: ReadSession, *, person_id: UUID) -> bool:
    """True for an account that waits for its address to be confirmed: nobody can sign in to it yet."""
    waits = select(EmailConfirmation.id).where(
        EmailConfirmation.person_id == person_id, EmailConfirmation.used_at.is_(None)
    )
    person = await session.get(Person, person_id)
    fresh = person is not None and person.state == "disabled" and person.password_hash is None
    return fresh and await session.scalar(waits.limit(1)) is not None
