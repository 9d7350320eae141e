"""Joining by oneself: an account that can be used once its address is confirmed by a link in a mail."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select, update

from preceptor.lib.db import WriteSession
from preceptor.people.events import PersonJoined
from preceptor.people.operations.accounts import free_pseudonym, hashed
from preceptor.people.operations.notices import Told, notify
from preceptor.people.queries.confirming import is_unconfirmed, open_confirmation
from preceptor.people.rules import Role, clean_email, clean_name
from preceptor.people.tables import EmailConfirmation, Notification, Person

CONFIRMATION_VALID = timedelta(days=7)


class Joining(msgspec.Struct, frozen=True):
    """Whom an address belongs to.

    Attributes:
        person_id: the account.
        confirmed: False while nobody has shown that the address is theirs.
    """

    person_id: UUID
    confirmed: bool


async def begin_account(
    session: WriteSession, *, email: str, name: str, role: Role = Role.TRAINER, language: str = ""
) -> Joining:
    """The account of an address; a new one, in no team, that nobody can use before the address is confirmed.

    The name of one that was begun and never confirmed is set anew.

    Raises:
        InvalidError: the address or name will not do.
    """
    address, cleaned = clean_email(email), clean_name(name)
    person = await session.scalar(select(Person).where(Person.email == address).with_for_update())
    if person is not None:
        if not await is_unconfirmed(session, person_id=person.id):
            return Joining(person.id, confirmed=True)
        person.name, person.language = cleaned, language
        return Joining(person.id, confirmed=False)
    person = Person(
        email=address,
        name=cleaned,
        pseudonym=await free_pseudonym(session),
        password_hash=None,
        roles=[role.value],
        language=language,
        state="disabled",
    )
    session.add(person)
    await session.flush()
    return Joining(person.id, confirmed=False)


async def ask_to_confirm(
    session: WriteSession, *, person_id: UUID, kind: str, text: Callable[[], Told], path: str, now: datetime
) -> None:
    """Mail somebody the link that confirms their address. Links before it stay valid.

    Args:
        session: the transaction.
        person_id: of an account that was begun.
        kind: of the notice.
        text: of the mail, without the link.
        path: the page of the link; the secret is put behind it.
        now: the link is valid for seven days from then on.
    """
    secret = secrets.token_urlsafe(24)
    session.add(
        EmailConfirmation(
            digest=sha256(secret.encode()).digest(), person_id=person_id, expires_at=now + CONFIRMATION_VALID
        )
    )
    await session.flush()
    await notify(session, person_id=person_id, kind=kind, text=text, link=f"{path}/{secret}", secret=True)


async def confirm_account(session: WriteSession, *, secret: str, password: str, now: datetime) -> UUID:
    """Turn an account that was begun into one that can be used, and answer its id. Works once.

    Raises:
        ConfirmationGoneError: used, expired or unknown.
        InvalidError: the password will not do.
    """
    found = await open_confirmation(session, secret=secret, now=now)
    digest = await hashed(password)
    person = await session.get_one(Person, found.person_id, with_for_update=True)
    await open_confirmation(session, secret=secret, now=now)  # again, now that nobody else can use it
    person.password_hash, person.state = digest, "active"
    await session.execute(
        update(EmailConfirmation)
        .where(EmailConfirmation.person_id == person.id, EmailConfirmation.used_at.is_(None))
        .values(used_at=now)
    )
    session.emit(PersonJoined(actor_id=person.id, subject_id=person.id))
    return person.id


async def lapsed_accounts(session: WriteSession, *, now: datetime, most: int = 200) -> list[UUID]:
    """Accounts that were begun and whose last link has expired."""
    latest = (
        select(EmailConfirmation.person_id)
        .group_by(EmailConfirmation.person_id)
        .having(func.max(EmailConfirmation.expires_at) < now, func.count(EmailConfirmation.used_at) == 0)
        .limit(most)
    )
    return list(await session.scalars(latest))


async def forget_account(session: WriteSession, *, person_id: UUID) -> None:
    """Take away an account that nobody ever confirmed, with all it holds. What others hold of it has to be gone."""
    if not await is_unconfirmed(session, person_id=person_id):
        return
    await session.execute(delete(Notification).where(Notification.person_id == person_id))
    await session.execute(delete(EmailConfirmation).where(EmailConfirmation.person_id == person_id))
    await session.execute(delete(Person).where(Person.id == person_id))
