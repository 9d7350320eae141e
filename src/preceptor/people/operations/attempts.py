"""What all ways of signing in share: how failures are counted, and comparing passwords."""

import secrets
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import InvalidError, TooManyError
from preceptor.lib.i18n import _
from preceptor.people.events import SignInRefused
from preceptor.people.tables import Person, SignInAttempt

ATTEMPT_WINDOW = timedelta(minutes=15)

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """Verified where there is no account, so that the answer takes as long as where there is one."""
    return _hasher.hash(secrets.token_urlsafe(16))


class WrongPasswordError(InvalidError):
    """Address and password do not belong together. Which of the two is wrong is not told."""

    title = _("This e-mail address and password do not match.")
    code = "wrong_password"


class TooManyAttemptsError(TooManyError):
    """Too many failed sign-ins for this account or from this address."""

    title = _("Too many failed attempts. Please wait fifteen minutes and try again.")
    code = "too_many_attempts"


def password_fits(stored: str | None, password: str) -> bool:
    """True for the password that was hashed. It takes as long where there is none. Call it in a thread."""
    nobody = _nobody()  # always: it is made at the first call, which must not tell whether there is an account
    try:
        return _hasher.verify(stored or nobody, password)
    except (VerificationError, InvalidHashError):
        return False


async def note_failed_attempt(session: WriteSession, *, email: str, address: str, now: datetime) -> None:
    """Count a failed sign-in; without `email`, for the address it came from alone.

    What else is counted stands under names with a blank, such as `reset …`. What somebody typed never does.
    """
    wanted = "".join(email.split()).lower()[:254]
    session.add(SignInAttempt(email=wanted, address=address[:60], at=now))
    session.emit(SignInRefused(subject_id=await session.scalar(select(Person.id).where(Person.email == wanted))))
