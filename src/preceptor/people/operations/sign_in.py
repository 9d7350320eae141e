"""Signing in and out, passwords and tokens."""

import asyncio
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, select, update

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _, ngettext
from preceptor.people.events import PasswordChanged, SignedOut, TokenMade, TokenRevoked
from preceptor.people.operations.accounts import hashed
from preceptor.people.operations.attempts import (
    ATTEMPT_WINDOW,
    TooManyAttemptsError,
    WrongPasswordError,
    note_failed_attempt,
    password_fits,
)
from preceptor.people.operations.notices import Told, notify
from preceptor.people.operations.sessions import Visit, require_standing
from preceptor.people.operations.steps import SignInOutcome, go_on
from preceptor.people.queries import NoSuchPersonError, count_recent_attempts
from preceptor.people.rules import Actor, Permission, clean_name
from preceptor.people.tables import (
    CodeApp,
    EmailChange,
    PasskeyChallenge,
    PasswordReset,
    PendingSignIn,
    Person,
    SignInAttempt,
    Token,
    WebSession,
)

__all__ = ["ATTEMPT_WINDOW", "TooManyAttemptsError", "WrongPasswordError", "note_failed_attempt"]

MAX_TOKEN_DAYS = 366


async def sign_in(
    session: WriteSession,
    *,
    email: str,
    password: str,
    visit: Visit,
    attempts: int,
    now: datetime,
    next_path: str = "",
) -> SignInOutcome:
    """Open a session for whoever knows the password, or begin the second step for whoever has a second factor.

    Whoever calls this writes a failure down with `note_failed_attempt` in a transaction of its own, since this one is
    rolled back.

    Raises:
        TooManyAttemptsError: more than `attempts` failures in fifteen minutes.
        WrongPasswordError: no such account, a wrong password, or a disabled account.
    """
    person = await _proven(session, email=email, password=password, address=visit.address, attempts=attempts, now=now)
    return await go_on(session, person=person, visit=visit, method="password", now=now, next_path=next_path)


async def _proven(
    session: WriteSession, *, email: str, password: str, address: str, attempts: int, now: datetime
) -> Person:
    wanted = email.strip().lower()
    recent = await count_recent_attempts(session, email=wanted, address=address, now=now, window=ATTEMPT_WINDOW)
    if recent >= attempts:
        raise TooManyAttemptsError
    person = await session.scalar(select(Person).where(Person.email == wanted))
    stored = person.password_hash if person else None
    if not await asyncio.to_thread(password_fits, stored, password) or person is None or person.state != "active":
        raise WrongPasswordError
    return person


async def confirm_password(
    session: WriteSession, *, actor: Actor, password: str, address: str, attempts: int, now: datetime
) -> None:
    """Make sure that the actor knows their own password. Failures are to be counted as for `sign_in`.

    Raises:
        EndedError: they are no longer signed in.
        TooManyAttemptsError: more than `attempts` failures in fifteen minutes.
        WrongPasswordError: it is not theirs, or they have none.
    """
    await require_standing(session, actor=actor, now=now)
    email = await session.scalar(select(Person.email).where(Person.id == actor.person_id))
    await _proven(session, email=email or "", password=password, address=address, attempts=attempts, now=now)


async def note_own_failure(session: WriteSession, *, actor: Actor, address: str, now: datetime) -> None:
    """Count a wrong password of the actor, who is signed in and was to confirm that it is them."""
    email = await session.scalar(select(Person.email).where(Person.id == actor.person_id))
    await note_failed_attempt(session, email=email or "", address=address, now=now)


async def sweep_sign_ins(session: WriteSession, *, now: datetime) -> None:
    """Forget counted failures and sessions that ended long ago."""
    await session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - ATTEMPT_WINDOW))
    await session.execute(delete(WebSession).where(WebSession.expires_at < now - timedelta(days=30)))
    for table in (PendingSignIn, PasskeyChallenge, PasswordReset, EmailChange):
        await session.execute(delete(table).where(table.expires_at < now))


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
    """End every session of the actor, on every device. Tokens stay valid."""
    await session.execute(update(Person).where(Person.id == actor.person_id).values(version=Person.version + 1))
    session.emit(SignedOut(actor_id=actor.person_id, subject_id=actor.person_id, everywhere=True))


async def change_password(
    session: WriteSession, *, actor: Actor, old: str, new: str, end_tokens: bool = True, now: datetime
) -> None:
    """Set a new password and end every session; with `end_tokens` every token too.

    Raises:
        EndedError: they are no longer signed in.
        WrongPasswordError: the old one is not right.
        InvalidError: the new one is too short or too long.
    """
    await require_standing(session, actor=actor, now=now)
    person = await session.get(Person, actor.person_id, with_for_update=True)
    if person is None or not await asyncio.to_thread(password_fits, person.password_hash, old):
        raise WrongPasswordError
    await replace_password(
        session, person=person, password=new, actor_id=actor.person_id, end_tokens=end_tokens, now=now
    )
    await session.flush()


async def replace_password(
    session: WriteSession,
    *,
    person: Person,
    password: str,
    actor_id: UUID,
    end_tokens: bool = True,
    now: datetime,
) -> None:
    """Set a password, end every session, make links for new ones worthless, and tell the person.

    Tokens end as well, unless the person knows of them and wants to keep them: whoever knew the old password may have
    made one.

    Raises:
        InvalidError: the password is too short or too long.
    """
    person.password_hash = await hashed(password)
    person.version += 1
    await session.execute(delete(PasswordReset).where(PasswordReset.person_id == person.id))
    # A key that was only begun with may be known to whoever the new password is to keep out.
    await session.execute(delete(CodeApp).where(CodeApp.person_id == person.id, CodeApp.confirmed_at.is_(None)))
    valid = (Token.person_id == person.id, Token.revoked_at.is_(None), Token.expires_at > now)
    tokens = list(await session.scalars(select(Token.id).where(*valid)))
    if end_tokens and tokens:
        await session.execute(update(Token).where(*valid).values(revoked_at=now))
        for token_id in tokens:
            session.emit(TokenRevoked(actor_id=actor_id, subject_id=token_id))
    session.emit(PasswordChanged(actor_id=actor_id, subject_id=person.id))

    def text() -> Told:
        return _password_told(tokens=len(tokens), ended=end_tokens)

    await notify(session, person_id=person.id, kind="account.password_changed", text=text, link="/account/sessions")


def _password_told(*, tokens: int, ended: bool) -> Told:
    said = [str(_("Your account has a new password, and every browser was signed out."))]
    if tokens and ended:
        named = ngettext(
            "The token for scripts that you had was ended as well; make a new one where it is needed.",
            "The {count} tokens for scripts that you had were ended as well; make new ones where they are needed.",
            tokens,
        )
        said.append(named.format(count=tokens))
    elif tokens:
        named = ngettext(
            "The token for scripts that you have stays valid.",
            "The {count} tokens for scripts that you have stay valid.",
            tokens,
        )
        said.append(named.format(count=tokens))
    last = _(
        "If you did not do this, choose another one with “Forgotten your password?” on the sign-in page, and tell an "
        "operator."
    )
    return Told(subject=str(_("Your password was changed")), body="\n\n".join([*said, str(last)]))


async def set_password(session: WriteSession, *, actor: Actor, person_id: UUID, password: str, now: datetime) -> None:
    """Set somebody's password for them, and end every session and every token of theirs.

    Raises:
        MissingPermissionError: the actor may not write people.
        NoSuchPersonError: no such person.
        InvalidError: the password is too short or too long.
    """
    actor.require(Permission.PERSON_WRITE)
    person = await session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NoSuchPersonError
    await replace_password(session, person=person, password=password, actor_id=actor.person_id, now=now)


async def make_token(
    session: WriteSession, *, actor: Actor, name: str, days: int, now: datetime
) -> tuple[UUID, str, datetime]:
    """Make a personal access token; answers its id, its secret (shown once) and when it expires.

    Raises:
        EndedError: they are no longer signed in: a token must not outlive what ended the one who makes it.
        MissingPermissionError: the actor may not make tokens.
        InvalidError: the name is empty, or the days are not 1 to 366.
    """
    actor.require(Permission.TOKEN_WRITE)
    await require_standing(session, actor=actor, now=now)
    if not 1 <= days <= MAX_TOKEN_DAYS:
        message = _("A token is valid for 1 to {count} days.").format(count=MAX_TOKEN_DAYS)
        raise InvalidError(fields=[FieldProblem(path="days", message=message)])
    secret = f"pre_{secrets.token_urlsafe(32)}"
    row = Token(
        digest=sha256(secret.encode()).digest(),
        person_id=actor.person_id,
        name=clean_name(name),
        expires_at=now + timedelta(days=days),
        strong=bool(await session.scalar(select(WebSession.strong).where(WebSession.id == actor.session_id))),
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
