"""An app that shows codes, and recovery codes for when it is lost."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from preceptor.lib.db import ReadSession, WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.sealing import Sealer
from preceptor.people.events import CodeAppAdded, CodeAppRemoved, FactorsReset, RecoveryCodesMade
from preceptor.people.operations.notices import Told, notify
from preceptor.people.operations.sessions import renew_session, require_fresh
from preceptor.people.queries import NoSuchPersonError, has_factor
from preceptor.people.queries.fresh import FRESH
from preceptor.people.rules import (
    Actor,
    Permission,
    code_address,
    new_code_secret,
    new_recovery_codes,
    recovery_digest,
    right_step,
)
from preceptor.people.tables import CodeApp, Passkey, Person, RecoveryCode


class CodeAppExistsError(ConflictError):
    """They use one already."""

    title = _("You use an app already. Remove it first to use another one.")
    code = "code_app_exists"


class NoFactorError(ConflictError):
    """Recovery codes stand in for a second factor; there is none."""

    title = _("Add a passkey or an app first: recovery codes are for when they are lost.")
    code = "no_factor"


async def begin_code_app(session: WriteSession, *, actor: Actor, sealer: Sealer, now: datetime) -> tuple[str, str]:
    """A new key for the actor's app, kept until they have shown that the app knows it.

    Returns:
        The key, to be typed, and the address that a picture of it says.

    Raises:
        NotFreshError: they signed in too long ago.
        CodeAppExistsError: they use one already.
    """
    await require_fresh(session, actor=actor, now=now)
    present = await session.get(CodeApp, actor.person_id, with_for_update=True)
    if present is not None and present.confirmed_at is not None:
        raise CodeAppExistsError
    email = await session.scalar(select(Person.email).where(Person.id == actor.person_id))
    secret = new_code_secret()
    statement = insert(CodeApp).values(person_id=actor.person_id, sealed=sealer.seal(secret), created_at=now)
    changed = {"sealed": statement.excluded.sealed, "created_at": now}
    await session.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=changed))
    return secret, code_address(secret, email or actor.name)


async def begun_code_app(
    session: ReadSession, *, actor: Actor, sealer: Sealer, now: datetime
) -> tuple[str, str] | None:
    """The key that was begun with and not confirmed, once more, as `begin_code_app` answers it; None where none was.

    Only for as long as a sign-in is fresh: whoever began with it longer ago may have been somebody else, who knows it.

    Raises:
        NotFreshError: they signed in too long ago.
        CodeAppExistsError: they use one already.
    """
    await require_fresh(session, actor=actor, now=now)
    present = await session.get(CodeApp, actor.person_id)
    if present is None:
        return None
    if present.confirmed_at is not None:
        raise CodeAppExistsError
    if now - present.created_at > FRESH:
        return None
    email = await session.scalar(select(Person.email).where(Person.id == actor.person_id))
    secret = sealer.open(present.sealed)
    return secret, code_address(secret, email or actor.name)


async def confirm_code_app(
    session: WriteSession, *, actor: Actor, code: str, sealer: Sealer, now: datetime
) -> tuple[list[str], str]:
    """Begin to use the app: it has shown the right code. Every other session ends.

    Returns:
        Recovery codes, where the actor had none; and the session's new secret, for the cookie.

    Raises:
        NotFreshError: they signed in too long ago.
        CodeAppExistsError: they use one already.
        InvalidError: the code is wrong.
    """
    await require_fresh(session, actor=actor, now=now)
    row = await session.get(CodeApp, actor.person_id, with_for_update=True)
    if row is not None and row.confirmed_at is not None:
        raise CodeAppExistsError
    step = None if row is None else right_step(sealer.open(row.sealed), code, now=now, after=row.last_step)
    if row is None or step is None:
        message = _("This is not the code the app shows now. Is the clock of your phone right?")
        raise InvalidError(fields=[FieldProblem("code", message)])
    row.confirmed_at, row.last_step = now, step
    await session.flush()
    session.emit(CodeAppAdded(actor_id=actor.person_id, subject_id=actor.person_id))
    await tell_of_factor(session, actor, _("An app that shows codes is now asked for when you sign in."))
    has_codes = await session.scalar(select(RecoveryCode.digest).where(RecoveryCode.person_id == actor.person_id))
    codes = [] if has_codes is not None else await _new_codes(session, actor)
    return codes, await renew_session(session, actor=actor, now=now, strong=True, end_others=True)


async def remove_code_app(session: WriteSession, *, actor: Actor, now: datetime) -> str:
    """Stop using the app. Answers the session's new secret.

    Raises:
        NotFreshError: they signed in too long ago.
    """
    await require_fresh(session, actor=actor, now=now)
    await session.execute(delete(CodeApp).where(CodeApp.person_id == actor.person_id))
    session.emit(CodeAppRemoved(actor_id=actor.person_id, subject_id=actor.person_id))
    await tell_of_factor(session, actor, _("The app that shows codes is no longer asked for when you sign in."))
    return await after_removal(session, actor=actor, now=now)


async def after_removal(session: WriteSession, *, actor: Actor, now: datetime) -> str:
    """Whoever has no second factor left has no use for recovery codes. Answers the session's new secret."""
    left = await has_factor(session, person_id=actor.person_id)
    if not left:
        await session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == actor.person_id))
    return await renew_session(session, actor=actor, now=now, strong=None if left else False)


async def make_recovery_codes(session: WriteSession, *, actor: Actor, now: datetime) -> list[str]:
    """New recovery codes, shown this once; the old ones are no longer valid.

    Raises:
        NotFreshError: they signed in too long ago.
        NoFactorError: they have no second factor.
    """
    await require_fresh(session, actor=actor, now=now)
    if not await has_factor(session, person_id=actor.person_id):
        raise NoFactorError
    codes = await _new_codes(session, actor)
    await tell_of_factor(session, actor, _("You have new recovery codes; the old ones are no longer valid."))
    return codes


async def _new_codes(session: WriteSession, actor: Actor) -> list[str]:
    await session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == actor.person_id))
    codes = new_recovery_codes()
    session.add_all([RecoveryCode(person_id=actor.person_id, digest=recovery_digest(code)) for code in codes])
    session.emit(RecoveryCodesMade(actor_id=actor.person_id, subject_id=actor.person_id))
    return codes


async def reset_factors(session: WriteSession, *, actor: Actor, person_id: UUID) -> None:
    """Take somebody's second factors away, because they have lost them; every session of theirs ends. They are told.

    Raises:
        MissingPermissionError: the actor may not write people.
        NoSuchPersonError: no such person.
    """
    actor.require(Permission.PERSON_WRITE)
    person = await session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NoSuchPersonError
    for table in (Passkey, CodeApp, RecoveryCode):
        await session.execute(delete(table).where(table.person_id == person_id))
    person.version += 1
    session.emit(FactorsReset(actor_id=actor.person_id, subject_id=person_id))
    await notify(
        session,
        person_id=person_id,
        kind="account.factors_reset",
        text=_factor_text(
            _("An operator took your passkeys, app and recovery codes away, so that you can set them up anew.")
        ),
        link="/account/second-factor",
    )


async def tell_of_factor(session: WriteSession, actor: Actor, what: LazyText) -> None:
    """Tell the actor, by mail too, that what they sign in with has changed."""
    await notify(
        session,
        person_id=actor.person_id,
        kind="account.factors_changed",
        text=_factor_text(what),
        link="/account/second-factor",
    )


def _factor_text(what: LazyText) -> Callable[[], Told]:
    def text() -> Told:
        warning = _("If you did not do this, choose a new password at once and tell an operator.")
        return Told(subject=str(_("How you sign in has changed")), body=f"{what}\n\n{warning}")

    return text
