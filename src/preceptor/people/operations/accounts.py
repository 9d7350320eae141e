"""Accounts: inviting, joining, roles, profile."""

import asyncio
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID
from zoneinfo import available_timezones

from argon2 import PasswordHasher
from sqlalchemy import delete, select, update

from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _, catalogues, current_language
from preceptor.people.events import PersonInvited, PersonJoined, ProfileChanged, RolesChanged
from preceptor.people.operations.notices import Told, named, write_to
from preceptor.people.pseudonyms import random_pseudonym
from preceptor.people.queries import InvitationGoneError, NoSuchPersonError
from preceptor.people.queries.confirming import is_unconfirmed
from preceptor.people.rules import ROLE_NAMES, Actor, Permission, Role, check_password, clean_email, clean_name
from preceptor.people.tables import EmailConfirmation, Invitation, Membership, Person

INVITATION_VALID = timedelta(days=14)
PSEUDONYM_TRIES = 8

hasher = PasswordHasher()


class EmailTakenError(ConflictError):
    """There is an account with this address."""

    title = _("There is an account with this e-mail address already.")
    code = "email_taken"


async def hashed(password: str) -> str:
    """The Argon2id hash of a password, computed off the event loop.

    Raises:
        InvalidError: the password is too short or too long.
    """
    check_password(password)
    return await asyncio.to_thread(hasher.hash, password)


async def free_pseudonym(session: WriteSession) -> str:
    """A pseudonym that nobody has."""
    for attempt in range(PSEUDONYM_TRIES):
        pseudonym = random_pseudonym(numbered=attempt > 1)
        if await session.scalar(select(Person.id).where(Person.pseudonym == pseudonym)) is None:
            return pseudonym
    return f"{random_pseudonym()}-{secrets.token_hex(8)}"


async def add_person(
    session: WriteSession,
    *,
    actor: Actor,
    email: str,
    name: str,
    password: str,
    roles: Collection[Role],
    team_ids: Collection[UUID] = (),
    client_ids: Collection[UUID] = (),
) -> UUID:
    """Make an account and answer its id.

    Raises:
        MissingPermissionError: the actor may not write people.
        EmailTakenError: the address has an account.
        InvalidError: the address, name or password will not do.
    """
    actor.require(Permission.PERSON_WRITE)
    return await join(
        session,
        actor_id=actor.person_id,
        email=email,
        name=name,
        password=password,
        roles=roles,
        team_ids=team_ids,
        client_ids=client_ids,
    )


async def join(
    session: WriteSession,
    *,
    actor_id: UUID | None,
    email: str,
    name: str,
    password: str | None,
    roles: Collection[Role],
    team_ids: Collection[UUID] = (),
    client_ids: Collection[UUID] = (),
) -> UUID:
    """Make an account and answer its id; without a password for those whom a provider signs in. Nobody is asked.

    One that somebody began with this address and nobody confirmed becomes this one: anybody can begin one, with
    anybody's address, and must not keep them out by that.

    Raises:
        EmailTakenError: the address has an account.
        InvalidError: the address, name or password will not do.
    """
    address = clean_email(email)
    person = await _begun(session, address)
    if person is None:
        person = Person(email=address, pseudonym=await free_pseudonym(session))
    else:
        await session.execute(delete(EmailConfirmation).where(EmailConfirmation.person_id == person.id))
        person.state, person.language = "active", ""
    person.name = clean_name(name)
    person.password_hash = None if password is None else await hashed(password)
    person.roles = sorted({role.value for role in roles})
    person.client_ids = list(client_ids)
    session.add(person)
    await session.flush()
    session.add_all([Membership(team_id=team_id, person_id=person.id) for team_id in set(team_ids)])
    session.emit(PersonJoined(actor_id=actor_id or person.id, subject_id=person.id))
    return person.id


async def _begun(session: WriteSession, address: str) -> Person | None:
    """The account that was begun with an address and never confirmed, locked; None where there is none.

    Raises:
        EmailTakenError: there is one that is confirmed.
    """
    person = await session.scalar(select(Person).where(Person.email == address).with_for_update())
    if person is not None and not await is_unconfirmed(session, person_id=person.id):
        raise EmailTakenError
    return person


async def add_stub_person(session: WriteSession, *, actor: Actor, name: str) -> UUID:
    """Make a person without an account, for work that was done elsewhere.

    Raises:
        MissingPermissionError: the actor may not import.
    """
    actor.require(Permission.IMPORT_CREATE)
    person = Person(email=None, name=clean_name(name), pseudonym=await free_pseudonym(session), state="disabled")
    session.add(person)
    await session.flush()
    session.emit(PersonJoined(actor_id=actor.person_id, subject_id=person.id))
    return person.id


async def invite(
    session: WriteSession,
    *,
    actor: Actor,
    email: str,
    roles: Collection[Role],
    team_ids: Collection[UUID] = (),
    client_id: UUID | None = None,
    now: datetime,
) -> str:
    """Make an invitation, mail it, and answer the secret of its link, which is shown once. It is valid for 14 days.

    Raises:
        MissingPermissionError: the actor may not invite, or invites to more than their own role allows.
        EmailTakenError: the address has an account.
        InvalidError: no role, or not an address.
    """
    actor.require(Permission.PERSON_INVITE)
    if {Role.OPERATOR, Role.MANAGER} & set(roles):
        actor.require(Permission.PERSON_WRITE)
    if not roles:
        raise InvalidError(fields=[FieldProblem(path="roles", message=_("Choose at least one role."))])
    address = clean_email(email)
    await _begun(session, address)
    secret = secrets.token_urlsafe(24)
    row = Invitation(
        digest=sha256(secret.encode()).digest(),
        email=address,
        roles=sorted({role.value for role in roles}),
        team_ids=list(team_ids),
        client_id=client_id,
        invited_by=actor.person_id if actor.person_id.int else None,
        expires_at=now + INVITATION_VALID,
    )
    session.add(row)
    await session.flush()
    session.emit(PersonInvited(actor_id=actor.person_id, subject_id=row.id, roles=row.roles))
    await write_to(
        session,
        email=address,
        language=current_language(),
        kind="account.invited",
        text=lambda: _invitation(actor, [ROLE_NAMES[Role(role)] for role in row.roles]),
        link=f"/invitation/{secret}",
    )
    return secret


def _invitation(actor: Actor, roles: Collection[LazyText]) -> Told:
    names = ", ".join(str(role) for role in roles)
    if actor.person_id.int:
        first = _("{name} invites you to Preceptor, where people teach language models. Your role: {roles}.")
        first = first.format(name=named(actor), roles=names)
    else:
        first = _("You are invited to Preceptor, where people teach language models. Your role: {roles}.")
        first = first.format(roles=names)
    rest = _(
        "Follow this link to make your account. It works once, and for {count} days. If you expected no invitation, "
        "you need do nothing."
    ).format(count=INVITATION_VALID.days)
    return Told(subject=str(_("Your invitation to Preceptor")), body=f"{first}\n\n{rest}")


async def accept_invitation(session: WriteSession, *, secret: str, name: str, password: str, now: datetime) -> UUID:
    """Turn an invitation into an account and answer its id. Works once.

    Raises:
        InvitationGoneError: used, expired or unknown.
        EmailTakenError: the address got an account in the meantime.
        InvalidError: the name or password will not do.
    """
    row = await session.scalar(
        select(Invitation)
        .where(
            Invitation.digest == sha256(secret.encode()).digest(),
            Invitation.expires_at > now,
            Invitation.accepted_by.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        raise InvitationGoneError
    row.accepted_by = await join(
        session,
        actor_id=None,
        email=row.email,
        name=name,
        password=password,
        roles=[Role(role) for role in row.roles],
        team_ids=row.team_ids,
        client_ids=[row.client_id] if row.client_id else [],
    )
    return row.accepted_by


async def change_roles(session: WriteSession, *, actor: Actor, person_id: UUID, roles: Collection[Role]) -> None:
    """Set a person's roles. Their sessions are asked for anew within thirty seconds.

    Raises:
        MissingPermissionError: the actor may not write people.
        NoSuchPersonError: no such person.
    """
    actor.require(Permission.PERSON_WRITE)
    person = await session.get(Person, person_id, with_for_update=True)
    if person is None:
        raise NoSuchPersonError
    person.roles = sorted({role.value for role in roles})
    session.emit(RolesChanged(actor_id=actor.person_id, subject_id=person_id, roles=person.roles))


async def set_clients(session: WriteSession, *, actor: Actor, person_id: UUID, client_ids: Collection[UUID]) -> None:
    """Say which client organisations a person acts for.

    Raises:
        MissingPermissionError: the actor may not make clients.
    """
    actor.require(Permission.CLIENT_CREATE)
    await session.execute(update(Person).where(Person.id == person_id).values(client_ids=list(client_ids)))


async def change_profile(
    session: WriteSession, *, actor: Actor, name: str, language: str = "", time_zone: str = "UTC"
) -> None:
    """Change one's own name, language (empty: as the browser says) and time zone.

    Raises:
        InvalidError: a value is not known.
    """
    problems = []
    if language and language not in catalogues.languages():
        problems.append(FieldProblem(path="language", message=_("This language is not available yet.")))
    if time_zone not in available_timezones():
        problems.append(FieldProblem(path="time_zone", message=_("This time zone is not known.")))
    if problems:
        raise InvalidError(fields=problems)
    await session.execute(
        update(Person)
        .where(Person.id == actor.person_id)
        .values(name=clean_name(name), language=language, time_zone=time_zone)
    )
    session.emit(ProfileChanged(actor_id=actor.person_id, subject_id=actor.person_id))
