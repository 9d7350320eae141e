"""What people sign in with, and steps of signing in that are under way."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec
from sqlalchemy import exists, func, or_, select

from preceptor.lib.db import ReadSession
from preceptor.lib.errors import GoneError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor
from preceptor.people.tables import (
    CodeApp,
    ExternalIdentity,
    IdentityProvider,
    Passkey,
    PendingSignIn,
    Person,
    RecoveryCode,
)


class StepGoneError(GoneError):
    """The second step came too late, or was taken already."""

    title = _("That took too long. Please sign in again from the beginning.")
    code = "step_gone"


class PasskeyView(msgspec.Struct, frozen=True):
    """A passkey of the person who looks."""

    id: UUID
    name: str
    synced: bool
    created_at: datetime
    last_used_at: datetime | None


class IdentityView(msgspec.Struct, frozen=True):
    """A provider that the person who looks can sign in with."""

    id: UUID
    provider: str
    created_at: datetime
    last_used_at: datetime | None


class FactorsView(msgspec.Struct, frozen=True):
    """What the person who looks signs in with.

    Attributes:
        code_app_since: when they began to use an app that shows codes; None: they use none.
        recovery_left: recovery codes that were not used yet.
    """

    email: str
    has_password: bool
    passkeys: list[PasskeyView]
    code_app_since: datetime | None
    recovery_left: int
    identities: list[IdentityView]


class StepView(msgspec.Struct, frozen=True):
    """The second step of signing in, as whoever takes it sees it."""

    needs: str
    email: str
    has_code_app: bool
    has_passkey: bool
    has_recovery_codes: bool
    provider: str
    asks_second_factor: bool
    next_path: str


async def has_factor(session: ReadSession, *, person_id: UUID) -> bool:
    """True for whoever has a passkey or an app that shows codes."""
    passkey = exists().where(Passkey.person_id == person_id)
    app = exists().where(CodeApp.person_id == person_id, CodeApp.confirmed_at.is_not(None))
    return bool(await session.scalar(select(or_(passkey, app))))


async def list_factors(session: ReadSession, *, actor: Actor) -> FactorsView:
    """What the actor signs in with."""
    person = await session.get(Person, actor.person_id)
    assert person is not None
    passkeys = await session.scalars(select(Passkey).where(Passkey.person_id == person.id).order_by(Passkey.id))
    identities = await session.execute(
        select(ExternalIdentity, IdentityProvider.name)
        .join(IdentityProvider, IdentityProvider.id == ExternalIdentity.provider_id)
        .where(ExternalIdentity.person_id == person.id)
        .order_by(ExternalIdentity.id)
    )
    return FactorsView(
        email=person.email or "",
        has_password=person.password_hash is not None,
        passkeys=[PasskeyView(one.id, one.name, one.synced, one.created_at, one.last_used_at) for one in passkeys],
        code_app_since=await session.scalar(select(CodeApp.confirmed_at).where(CodeApp.person_id == person.id)),
        recovery_left=await _recovery_left(session, person.id),
        identities=[IdentityView(one.id, name, one.created_at, one.last_used_at) for one, name in identities],
    )


async def _recovery_left(session: ReadSession, person_id: UUID) -> int:
    query = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return int(await session.scalar(query) or 0)


async def open_step(session: ReadSession, *, step: str, now: datetime) -> StepView:
    """The step of this secret.

    Raises:
        StepGoneError: too late, taken already, or never begun.
    """
    row = (
        await session.execute(
            select(PendingSignIn, Person, IdentityProvider.name, IdentityProvider.asks_second_factor)
            .join(Person, Person.id == PendingSignIn.person_id)
            .outerjoin(IdentityProvider, IdentityProvider.id == PendingSignIn.provider_id)
            .where(
                PendingSignIn.digest == sha256(step.encode()).digest(),
                PendingSignIn.expires_at > now,
                PendingSignIn.person_version == Person.version,
                Person.state == "active",
            )
        )
    ).first()
    if row is None:
        raise StepGoneError
    pending, person, provider, asks = row
    app = select(CodeApp.person_id).where(CodeApp.person_id == person.id, CodeApp.confirmed_at.is_not(None))
    passkey = select(Passkey.id).where(Passkey.person_id == person.id).limit(1)
    return StepView(
        needs=pending.needs,
        email=person.email or "",
        has_code_app=await session.scalar(app) is not None,
        has_passkey=await session.scalar(passkey) is not None,
        has_recovery_codes=await _recovery_left(session, person.id) > 0,
        provider=provider or "",
        asks_second_factor=bool(asks),
        next_path=pending.next_path,
    )
