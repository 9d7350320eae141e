"""Another e-mail address, once both addresses have said yes."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import ReadSession, WriteSession
from preceptor.lib.errors import FieldProblem, GoneError, InvalidError
from preceptor.lib.i18n import _, current_language
from preceptor.people.events import EmailChangeAsked, EmailChanged
from preceptor.people.operations.accounts import EmailTakenError
from preceptor.people.operations.attempts import ATTEMPT_WINDOW, TooManyAttemptsError
from preceptor.people.operations.notices import Told, notify, write_to
from preceptor.people.operations.sessions import require_fresh
from preceptor.people.queries import NoSuchPersonError
from preceptor.people.rules import Actor, Permission, clean_email
from preceptor.people.tables import EmailChange, PasswordReset, Person, SignInAttempt

CHANGE_VALID = timedelta(hours=24)
CHANGES_PER_ACCOUNT = 5
"""In a quarter of an hour. Each writes to an address that may be a stranger's."""


class EmailChangeGoneError(GoneError):
    """The link has expired, was overtaken by another one, or never existed."""

    title = _("This link has expired, or the address was changed already.")
    code = "email_change_gone"


class EmailChangeView(msgspec.Struct, frozen=True):
    """A change of address as whoever opens one of its links sees it."""

    email: str
    is_new: bool
    """It is the link that was sent to the new address."""
    confirmed: bool
    """This link has said yes already."""


async def ask_for_email(session: WriteSession, *, actor: Actor, email: str, now: datetime) -> None:
    """Write to both addresses. The answer is the same where the new one belongs to somebody else.

    Raises:
        NotFreshError: they signed in too long ago.
        TooManyAttemptsError: they have asked so often that strangers could be bothered by it.
        InvalidError: it is no address, or theirs already.
    """
    await require_fresh(session, actor=actor, now=now)
    wanted = clean_email(email)
    await _count(session, actor=actor, now=now)
    own = await session.scalar(select(Person.email).where(Person.id == actor.person_id))
    if wanted == own:
        raise InvalidError(fields=[FieldProblem("email", _("This is your address already."))])
    old_secret, new_secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    values = {
        "email": wanted,
        "old_digest": sha256(old_secret.encode()).digest(),
        "new_digest": sha256(new_secret.encode()).digest(),
        "old_confirmed_at": None,
        "new_confirmed_at": None,
        "created_at": now,
        "expires_at": now + CHANGE_VALID,
    }
    statement = insert(EmailChange).values(person_id=actor.person_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))
    session.emit(EmailChangeAsked(actor_id=actor.person_id, subject_id=actor.person_id))
    await notify(
        session,
        person_id=actor.person_id,
        kind="account.email_asked",
        text=lambda: _old_text(wanted),
        link=f"/email/{old_secret}",
        secret=True,
    )
    if await session.scalar(select(Person.id).where(Person.email == wanted)) is None:
        link, text = f"/email/{new_secret}", _new_text
    else:
        link, text = "/sign-in", _taken_text
    await write_to(
        session,
        email=wanted,
        language=actor.language or current_language(),
        kind="account.email_asked",
        text=text,
        link=link,
    )


async def _count(session: WriteSession, *, actor: Actor, now: datetime) -> None:
    await session.get_one(Person, actor.person_id, with_for_update=True)  # who asks twice at once waits here
    key = f"address {actor.person_id}"
    asked = select(func.count()).where(SignInAttempt.email == key, SignInAttempt.at > now - ATTEMPT_WINDOW)
    if (await session.scalar(asked) or 0) >= CHANGES_PER_ACCOUNT:
        raise TooManyAttemptsError
    session.add(SignInAttempt(email=key, address=key, at=now))


def _old_text(email: str) -> Told:
    body = _(
        "You asked to use {email} for your account from now on. Follow this link to agree; the other address is asked "
        "as well.\n\nIf you did not ask for this, do not follow it, and choose a new password."
    ).format(email=email)
    return Told(subject=str(_("Another e-mail address for your account")), body=str(body))


def _new_text() -> Told:
    body = _(
        "Somebody, hopefully you, wants to use this address for their account. Follow this link to agree. It works for "
        "24 hours.\n\nIf it was not you, you need do nothing."
    )
    return Told(subject=str(_("Confirm your e-mail address")), body=str(body))


def _taken_text() -> Told:
    body = _(
        "Somebody, hopefully you, wants to use this address for another account. There is an account with this address "
        "already, so that cannot be. You can sign in with it."
    )
    return Told(subject=str(_("This address has an account")), body=str(body))


async def open_email_change(session: ReadSession, *, secret: str, now: datetime) -> EmailChangeView:
    """What the link `secret` asks.

    Raises:
        EmailChangeGoneError: expired, overtaken or unknown.
    """
    row, is_new = await _found(session, secret, now)
    done = row.new_confirmed_at if is_new else row.old_confirmed_at
    return EmailChangeView(email=row.email, is_new=is_new, confirmed=done is not None)


async def _found(session: ReadSession, secret: str, now: datetime) -> tuple[EmailChange, bool]:
    digest = sha256(secret.encode()).digest()
    row = await session.scalar(
        select(EmailChange).where(
            or_(EmailChange.old_digest == digest, EmailChange.new_digest == digest), EmailChange.expires_at > now
        )
    )
    if row is None:
        raise EmailChangeGoneError
    return row, row.new_digest == digest


async def confirm_email(session: WriteSession, *, secret: str, now: datetime) -> UUID | None:
    """One of the two addresses says yes. Once both have, the new one is theirs, and every session ends.

    Returns:
        Whose address was changed; None while the other one has yet to agree.

    Raises:
        EmailChangeGoneError: expired, overtaken or unknown; or somebody else has the address by now.
    """
    row, is_new = await _found(session, secret, now)
    person = await session.get(Person, row.person_id, with_for_update=True)
    await session.refresh(row)  # the other link may have been opened in between
    assert person is not None
    if is_new:
        row.new_confirmed_at = row.new_confirmed_at or now
    else:
        row.old_confirmed_at = row.old_confirmed_at or now
    if row.new_confirmed_at is None or row.old_confirmed_at is None:
        return None
    if await session.scalar(select(Person.id).where(Person.email == row.email)) is not None:
        raise EmailChangeGoneError
    before, email = person.email, row.email
    await session.delete(row)
    await _set(session, person=person, email=email, actor_id=person.id)
    if before is not None:
        await write_to(
            session,
            email=before,
            language=person.language,
            kind="account.email_changed",
            text=lambda: _changed_text(email),
            person_id=person.id,
        )
    return person.id


async def set_email(session: WriteSession, *, actor: Actor, person_id: UUID, email: str) -> None:
    """Give somebody another address without asking it: for those who have lost the old one.

    Raises:
        MissingPermissionError: the actor may not write people.
        NoSuchPersonError: no such person.
        EmailTakenError: somebody else has it.
        InvalidError: it is no address.
    """
    actor.require(Permission.PERSON_WRITE)
    wanted = clean_email(email)
    person = await session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NoSuchPersonError
    if await session.scalar(select(Person.id).where(Person.email == wanted)) is not None:
        raise EmailTakenError
    await _set(session, person=person, email=wanted, actor_id=actor.person_id)


async def _set(session: WriteSession, *, person: Person, email: str, actor_id: UUID) -> None:
    person.email = email
    person.version += 1
    await session.execute(delete(PasswordReset).where(PasswordReset.person_id == person.id))
    await session.flush()
    session.emit(EmailChanged(actor_id=actor_id, subject_id=person.id))
    await notify(
        session, person_id=person.id, kind="account.email_changed", text=lambda: _changed_text(email), link="/account"
    )


def _changed_text(email: str) -> Told:
    body = _(
        "Your account belongs to {email} from now on. Sign in with that address.\n\nIf you did not ask for this, tell "
        "an operator."
    ).format(email=email)
    return Told(subject=str(_("Your e-mail address was changed")), body=str(body))
