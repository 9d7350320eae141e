"""The second step of signing in: a code, a recovery code, or the password before a provider is linked."""

import asyncio
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, update

from preceptor.lib.db import WriteSession
from preceptor.lib.i18n import _, ngettext_lazy
from preceptor.lib.sealing import Sealer
from preceptor.people.events import ProviderLinked, RecoveryCodeUsed, SignInRefused
from preceptor.people.operations.attempts import ATTEMPT_WINDOW, TooManyAttemptsError, password_fits
from preceptor.people.operations.notices import Told, notify
from preceptor.people.operations.sessions import OpenedSession, Visit, open_web_session
from preceptor.people.queries import StepGoneError, count_recent_attempts, has_factor
from preceptor.people.rules import recovery_digest, right_step
from preceptor.people.tables import CodeApp, ExternalIdentity, PendingSignIn, Person, RecoveryCode, SignInAttempt

STEP_VALID = timedelta(minutes=10)


class SignInOutcome(msgspec.Struct, frozen=True):
    """What came of signing in: a session, or the secret of a step that is still to be taken."""

    opened: OpenedSession | None = None
    step: str = ""
    needs: str = ""
    """What the step asks for: second_factor, password."""
    next_path: str = ""


async def go_on(
    session: WriteSession,
    *,
    person: Person,
    visit: Visit,
    method: str,
    now: datetime,
    next_path: str = "",
    provider_id: UUID | None = None,
    strong: bool = False,
) -> SignInOutcome:
    """Open a session for whoever has shown one thing, unless they have a second factor, which is asked for first.

    Args:
        session: the transaction.
        person: who.
        visit: from where.
        method: what they have shown: password, provider.
        now: the time.
        next_path: where they want to go.
        provider_id: the provider that vouched for them.
        strong: two things were shown already, at the provider.
    """
    if not strong and await has_factor(session, person_id=person.id):
        step = await begin_step(
            session,
            person=person,
            method=method,
            needs="second_factor",
            now=now,
            next_path=next_path,
            provider_id=provider_id,
        )
        return SignInOutcome(step=step, needs="second_factor", next_path=next_path)
    opened = await open_web_session(
        session, person=person, visit=visit, method=method, strong=strong, now=now, provider_id=provider_id
    )
    return SignInOutcome(opened=opened, next_path=next_path)


async def begin_step(
    session: WriteSession,
    *,
    person: Person,
    method: str,
    needs: str,
    now: datetime,
    next_path: str = "",
    provider_id: UUID | None = None,
    provider_subject: str = "",
) -> str:
    """Remember for ten minutes who has shown the first thing. Answers the secret, for a cookie."""
    secret = secrets.token_urlsafe(32)
    session.add(
        PendingSignIn(
            digest=sha256(secret.encode()).digest(),
            person_id=person.id,
            person_version=person.version,
            method=method,
            needs=needs,
            provider_id=provider_id,
            provider_subject=provider_subject,
            next_path=next_path[:2_000],
            expires_at=now + STEP_VALID,
        )
    )
    return secret


async def _locked(
    session: WriteSession, *, step: str, needs: str, address: str, attempts: int, now: datetime
) -> tuple[PendingSignIn, Person]:
    """The step and its person. The person's row is locked, so that guesses come one after the other.

    Raises:
        StepGoneError: too late, taken already, or never begun.
        TooManyAttemptsError: too many failures.
    """
    digest = sha256(step.encode()).digest()
    pending = await session.scalar(
        select(PendingSignIn).where(
            PendingSignIn.digest == digest, PendingSignIn.expires_at > now, PendingSignIn.needs == needs
        )
    )
    if pending is None:
        raise StepGoneError
    person = await session.get(Person, pending.person_id, with_for_update=True, populate_existing=True)
    if person is None or person.state != "active" or person.version != pending.person_version:
        raise StepGoneError
    recent = await count_recent_attempts(session, email=person.email, address=address, now=now, window=ATTEMPT_WINDOW)
    if recent >= attempts:
        raise TooManyAttemptsError
    # Whoever waited for the lock may find the step taken.
    if await session.scalar(select(PendingSignIn.digest).where(PendingSignIn.digest == digest)) is None:
        raise StepGoneError
    return pending, person


def _refuse(session: WriteSession, person: Person, *, address: str, now: datetime) -> None:
    session.add(SignInAttempt(email=person.email or "", address=address[:60], at=now))
    session.emit(SignInRefused(subject_id=person.id))


async def answer_with_code(
    session: WriteSession, *, step: str, code: str, visit: Visit, attempts: int, sealer: Sealer, now: datetime
) -> SignInOutcome | None:
    """Take a code of the app, or a recovery code. Answers None where it is wrong, which is counted.

    Raises:
        StepGoneError: too late, taken already, or never begun.
        TooManyAttemptsError: too many failures.
    """
    pending, person = await _locked(
        session, step=step, needs="second_factor", address=visit.address, attempts=attempts, now=now
    )
    right = await take_code(session, person_id=person.id, code=code, sealer=sealer, now=now)
    if not right and not await _take_recovery_code(session, person=person, code=code, now=now):
        _refuse(session, person, address=visit.address, now=now)
        return None
    next_path, provider_id, method = pending.next_path, pending.provider_id, pending.method
    await session.execute(delete(PendingSignIn).where(PendingSignIn.digest == pending.digest))
    opened = await open_web_session(
        session, person=person, visit=visit, method=method, strong=True, now=now, provider_id=provider_id
    )
    return SignInOutcome(opened=opened, next_path=next_path)


async def take_code(session: WriteSession, *, person_id: UUID, code: str, sealer: Sealer, now: datetime) -> bool:
    """True for a right code of the person's app, which no one can use again."""
    app = await session.get(CodeApp, person_id, with_for_update=True, populate_existing=True)
    if app is None or app.confirmed_at is None:
        return False
    taken = right_step(sealer.open(app.sealed), code, now=now, after=app.last_step)
    if taken is None:
        return False
    app.last_step = taken
    return True


async def _take_recovery_code(session: WriteSession, *, person: Person, code: str, now: datetime) -> bool:
    taken = await session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.digest == recovery_digest(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RecoveryCode.digest)
    )
    if taken.first() is None:
        return False
    rest = list(
        await session.scalars(
            select(RecoveryCode.digest).where(RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
        )
    )
    session.emit(RecoveryCodeUsed(actor_id=person.id, subject_id=person.id, left=len(rest)))
    await notify(
        session,
        person_id=person.id,
        kind="account.recovery_code_used",
        text=lambda: Told(
            subject=str(_("A recovery code was used")),
            body="\n\n".join(
                (
                    str(_("Somebody signed in to your account with one of your recovery codes.")),
                    str(ngettext_lazy("{count} code is left.", "{count} codes are left.", len(rest))),
                    str(_("If that was not you, choose a new password and new recovery codes.")),
                )
            ),
        ),
        link="/account/second-factor",
    )
    return True


async def answer_with_password(
    session: WriteSession, *, step: str, password: str, visit: Visit, attempts: int, strong: bool, now: datetime
) -> SignInOutcome | None:
    """Link a provider to the account it names, once its own password was given. Answers None where that is wrong.

    Args:
        session: the transaction.
        step: the secret of the step.
        password: the account's.
        visit: from where.
        attempts: failures allowed.
        strong: the provider asks for a second factor itself.
        now: the time.

    Raises:
        StepGoneError: too late, taken already, or never begun.
        TooManyAttemptsError: too many failures.
    """
    pending, person = await _locked(
        session, step=step, needs="password", address=visit.address, attempts=attempts, now=now
    )
    if not await asyncio.to_thread(password_fits, person.password_hash, password):
        _refuse(session, person, address=visit.address, now=now)
        return None
    assert pending.provider_id is not None
    provider_id, subject, next_path = pending.provider_id, pending.provider_subject, pending.next_path
    await session.execute(delete(PendingSignIn).where(PendingSignIn.digest == pending.digest))
    await link_identity(session, person=person, provider_id=provider_id, subject=subject, now=now)
    return await go_on(
        session,
        person=person,
        visit=visit,
        method="provider",
        now=now,
        next_path=next_path,
        provider_id=provider_id,
        strong=strong,
    )


async def link_identity(
    session: WriteSession, *, person: Person, provider_id: UUID, subject: str, now: datetime
) -> None:
    """From now on whoever is `subject` at the provider is this person here. They are told."""
    row = ExternalIdentity(provider_id=provider_id, subject=subject, person_id=person.id, last_used_at=now)
    session.add(row)
    await session.flush()
    session.emit(ProviderLinked(actor_id=person.id, subject_id=person.id, provider_id=provider_id))
    await notify(
        session,
        person_id=person.id,
        kind="account.provider_linked",
        text=lambda: Told(
            subject=str(_("Another way to sign in")),
            body=str(
                _(
                    "Your account can now be signed in to through your organisation. If you did not do this, choose a "
                    "new password and tell an operator."
                )
            ),
        ),
        link="/account/second-factor",
    )
