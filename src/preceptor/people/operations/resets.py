"""A new password by mail, for whoever has forgotten theirs."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, func, select

from preceptor.lib.db import ReadSession, WriteSession
from preceptor.lib.errors import GoneError
from preceptor.lib.i18n import _
from preceptor.people.events import PasswordResetAsked
from preceptor.people.operations.attempts import ATTEMPT_WINDOW, TooManyAttemptsError
from preceptor.people.operations.notices import Told, notify
from preceptor.people.operations.sign_in import replace_password
from preceptor.people.tables import ExternalIdentity, PasswordReset, Person, SignInAttempt

RESET_VALID = timedelta(hours=1)
RESETS_PER_ACCOUNT = 3
"""Mails in a quarter of an hour."""


class ResetGoneError(GoneError):
    """The link was used, has expired or never existed."""

    title = _("This link was used already or has expired. Ask for a new one.")
    code = "reset_gone"


async def ask_for_reset(session: WriteSession, *, email: str, address: str, attempts: int, now: datetime) -> None:
    """Send a link for a new password, where there is such an account. Nothing tells the caller whether there is.

    Args:
        session: the transaction.
        email: what somebody typed.
        address: where they ask from.
        attempts: how many may be asked for from one address in a quarter of an hour.
        now: the time.

    Raises:
        TooManyAttemptsError: too many were asked for from this address.
    """
    wanted = email.strip().lower()[:254]
    since = now - ATTEMPT_WINDOW
    by_address = select(func.count()).where(SignInAttempt.address == f"reset {address}"[:60], SignInAttempt.at > since)
    if (await session.scalar(by_address) or 0) >= attempts:
        raise TooManyAttemptsError
    by_account = select(func.count()).where(SignInAttempt.email == f"reset {wanted}", SignInAttempt.at > since)
    asked = await session.scalar(by_account) or 0
    # Counted apart from failed sign-ins: asking for links must not lock anybody out.
    session.add(SignInAttempt(email=f"reset {wanted}", address=f"reset {address}"[:60], at=now))
    person = await session.scalar(select(Person).where(Person.email == wanted))
    if person is None or person.state != "active" or asked >= RESETS_PER_ACCOUNT:
        return
    if person.password_hash is None and await session.scalar(
        select(ExternalIdentity.id).where(ExternalIdentity.person_id == person.id).limit(1)
    ):
        await notify(session, person_id=person.id, kind="account.reset", text=_no_password, link="/sign-in")
        return
    secret = secrets.token_urlsafe(32)
    session.add(
        PasswordReset(
            digest=sha256(secret.encode()).digest(), person_id=person.id, created_at=now, expires_at=now + RESET_VALID
        )
    )
    session.emit(PasswordResetAsked(subject_id=person.id))
    await notify(session, person_id=person.id, kind="account.reset", text=_link, link=f"/reset/{secret}", secret=True)


def _link() -> Told:
    body = _(
        "Somebody, hopefully you, asked for a new password for your account. Follow this link to choose one. It works "
        "once, within an hour.\n\nIf it was not you, you need do nothing: your password stays as it is."
    )
    return Told(subject=str(_("Choose a new password")), body=str(body))


def _no_password() -> Told:
    body = _(
        "Somebody, hopefully you, asked for a new password for your account. It has none: you sign in through your "
        "organisation, with its button on the sign-in page."
    )
    return Told(subject=str(_("Your account has no password")), body=str(body))


async def check_reset(session: ReadSession, *, secret: str, now: datetime) -> str:
    """The address of the account that the link is for.

    Raises:
        ResetGoneError: used, expired or unknown.
    """
    found = await session.scalar(
        select(Person.email)
        .join(PasswordReset, PasswordReset.person_id == Person.id)
        .where(
            PasswordReset.digest == sha256(secret.encode()).digest(),
            PasswordReset.expires_at > now,
            Person.state == "active",
        )
    )
    if found is None:
        raise ResetGoneError
    return found


async def reset_password(session: WriteSession, *, secret: str, password: str, now: datetime) -> UUID:
    """Set a new password by the link. It works once; every session and token ends, and the person is told.

    Answers who.

    Raises:
        ResetGoneError: used, expired or unknown.
        InvalidError: the password is too short or too long.
    """
    await check_reset(session, secret=secret, now=now)
    spent = await session.execute(
        delete(PasswordReset)
        .where(PasswordReset.digest == sha256(secret.encode()).digest())
        .returning(PasswordReset.person_id)
    )
    person_id = spent.scalar()
    person = None if person_id is None else await session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise ResetGoneError
    await replace_password(session, person=person, password=password, actor_id=person.id, now=now)
    return person.id
