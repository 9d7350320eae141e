"""Signing in and out, passwords and tokens."""

import asyncio
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import FieldProblem, InvalidError, TooManyError
from preceptor.lib.i18n import _
from preceptor.people.events import PasswordChanged, SignedIn, SignedOut, SignInRefused, TokenMade, TokenRevoked
from preceptor.people.operations.accounts import hashed
from preceptor.people.queries import NoSuchPersonError, count_recent_attempts
from preceptor.people.rules import Actor, Permission, clean_name
from preceptor.people.tables import Person, SignInAttempt, Token, WebSession

ATTEMPT_WINDOW = timedelta(minutes=15)
MAX_TOKEN_DAYS = 366

_hasher = PasswordHasher()
# Verified where there is no account, so that the answer takes as long as where there is one.
_nobody = _hasher.hash(secrets.token_urlsafe(16))


class WrongPasswordError(InvalidError):
    """Address and password do not belong together. Which of the two is wrong is not told."""

    title = _("This e-mail address and password do not match.")
    code = "wrong_password"


class TooManyAttemptsError(TooManyError):
    """Too many failed sign-ins for this account or from this address."""

    title = _("Too many failed attempts. Please wait fifteen minutes and try again.")
    code = "too_many_attempts"


async def sign_in(
    session: WriteSession,
    *,
    email: str,
    password: str,
    address: str,
    user_agent: str,
    attempts: int,
    valid_for: timedelta,
    now: datetime,
) -> str:
    """Open a session and answer its secret, for the cookie.

    Whoever calls this writes a failure down with `note_failed_attempt` in a transaction of its own, since this one is
    rolled back.

    Raises:
        TooManyAttemptsError: more than `attempts` failures in fifteen minutes.
        WrongPasswordError: no such account, a wrong password, or a disabled account.
    """
    wanted = email.strip().lower()
    recent = await count_recent_attempts(session, email=wanted, address=address, now=now, window=ATTEMPT_WINDOW)
    if recent >= attempts:
        raise TooManyAttemptsError
    person = await session.scalar(select(Person).where(Person.email == wanted))
    stored = (person.password_hash if person else None) or _nobody
    if not await asyncio.to_thread(_verified, stored, password) or person is None or person.state != "active":
        raise WrongPasswordError
    secret = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            digest=sha256(secret.encode()).digest(),
            person_id=person.id,
            person_version=person.version,
            expires_at=now + valid_for,
            user_agent=user_agent[:300],
            address=address[:60],
        )
    )
    session.emit(SignedIn(actor_id=person.id, subject_id=person.id))
    return secret


def _verified(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


async def note_failed_attempt(session: WriteSession, *, email: str, address: str, now: datetime) -> None:
    """Count a failed sign-in."""
    wanted = email.strip().lower()[:254]
    session.add(SignInAttempt(email=wanted, address=address[:60], at=now))
    session.emit(SignInRefused(subject_id=await session.scalar(select(Person.id).where(Person.email == wanted))))


async def sweep_sign_ins(session: WriteSession, *, now: datetime) -> None:
    """Forget counted failures and sessions that ended long ago."""
    await session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - ATTEMPT_WINDOW))
    await session.execute(delete(WebSession).where(WebSession.expires_at < now - timedelta(days=30)))


async def sign_out(session: WriteSession, *, actor: Actor, now: datetime) -> None:
    """End the session the actor came with."""
    if actor.session_id is not None:
        await revoke_session(session, actor=actor, session_id=actor.session_id, now=now)


async def revoke_session(session: WriteSession, *, actor: Actor, session_id: UUID, now: datetime) -> None:
    """End one of the actor's own sessions."""
    await session.execute(
        update(WebSession)
        .where(WebSession.id == session_id, WebSession.person_id == actor.person_id)
        .values(expires_at=now)
    )
    session.emit(SignedOut(actor_id=actor.person_id, subject_id=actor.person_id))


async def sign_out_everywhere(session: WriteSession, *, actor: Actor) -> None:
    """End every session of the actor, on every device."""
    await session.execute(update(Person).where(Person.id == actor.person_id).values(version=Person.version + 1))
    session.emit(SignedOut(actor_id=actor.person_id, subject_id=actor.person_id, everywhere=True))


async def change_password(session: WriteSession, *, actor: Actor, old: str, new: str) -> None:
    """Set a new password and end every session.

    Raises:
        WrongPasswordError: the old one is not right.
        InvalidError: the new one is too short or too long.
    """
    person = await session.get(Person, actor.person_id, with_for_update=True)
    if person is None or not await asyncio.to_thread(_verified, person.password_hash or _nobody, old):
        raise WrongPasswordError
    person.password_hash = await hashed(new)
    person.version += 1
    session.emit(PasswordChanged(actor_id=actor.person_id, subject_id=actor.person_id))


async def check_password_of(session: WriteSession, *, actor: Actor, password: str) -> None:
    """Make sure that whoever asks knows the actor's password.

    Raises:
        WrongPasswordError: it is another, or they have none.
    """
    stored = await session.scalar(select(Person.password_hash).where(Person.id == actor.person_id))
    if not await asyncio.to_thread(_verified, stored or _nobody, password):
        raise WrongPasswordError


async def set_password(session: WriteSession, *, actor: Actor, person_id: UUID, password: str) -> None:
    """Set somebody's password for them, and end every session of theirs.

    Raises:
        MissingPermissionError: the actor may not write people.
        NoSuchPersonError: no such person.
        InvalidError: the password is too short or too long.
    """
    actor.require(Permission.PERSON_WRITE)
    person = await session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NoSuchPersonError
    person.password_hash = await hashed(password)
    person.version += 1
    session.emit(PasswordChanged(actor_id=actor.person_id, subject_id=person_id))


async def make_token(
    session: WriteSession, *, actor: Actor, name: str, days: int, now: datetime
) -> tuple[UUID, str, datetime]:
    """Make a personal access token; answers its id, its secret (shown once) and when it expires.

    Raises:
        MissingPermissionError: the actor may not make tokens.
        InvalidError: the name is empty, or the days are not 1 to 366.
    """
    actor.require(Permission.TOKEN_WRITE)
    if not 1 <= days <= MAX_TOKEN_DAYS:
        message = _("A token is valid for 1 to {count} days.").format(count=MAX_TOKEN_DAYS)
        raise InvalidError(fields=[FieldProblem(path="days", message=message)])
    secret = f"pre_{secrets.token_urlsafe(32)}"
    row = Token(
        digest=sha256(secret.encode()).digest(),
        person_id=actor.person_id,
        name=clean_name(name),
        expires_at=now + timedelta(days=days),
    )
    session.add(row)
    await session.flush()
    session.emit(TokenMade(actor_id=actor.person_id, subject_id=row.id))
    return row.id, secret, row.expires_at


async def revoke_token(session: WriteSession, *, actor: Actor, token_id: UUID, now: datetime) -> None:
    """End one of the actor's own tokens."""
    await session.execute(
        update(Token).where(Token.id == token_id, Token.person_id == actor.person_id).values(revoked_at=now)
    )
    session.emit(TokenRevoked(actor_id=actor.person_id, subject_id=token_id))
