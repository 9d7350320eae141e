"""Who asks: the actor behind a session, a token or an address."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from preceptor.lib.db import ReadSession
from preceptor.people.queries.accounts import NoSuchPersonError
from preceptor.people.queries.factors import has_factor
from preceptor.people.rules import Actor, Role, TeamFunction, is_held, permissions_of, rights_of
from preceptor.people.tables import Membership, Notification, Person, Token, WebSession

SEEN_EVERY = timedelta(minutes=5)
"""How exactly it is kept when a session was last seen."""


class SeenSession(msgspec.Struct, frozen=True):
    """Who a session belongs to, and whether it is time to write down that it was seen."""

    actor: Actor
    is_due: bool


async def actor_of(
    session: ReadSession,
    person: Person,
    *,
    session_id: UUID | None = None,
    now: datetime | None = None,
    required: Collection[Role] = (),
    strong: bool = False,
) -> Actor:
    """The actor that a person is.

    Args:
        session: reads.
        person: who.
        session_id: the session or token they came with.
        now: the moment, where it matters whether a removal binds them.
        required: roles that need a second factor; who has one of them and no factor is held.
        strong: they have shown two things.
    """
    rows = await session.execute(
        select(Membership.team_id, Membership.function).where(Membership.person_id == person.id)
    )
    teams = {team_id: TeamFunction(function) for team_id, function in rows}
    roles = frozenset(Role(role) for role in person.roles)
    removed, permissions = False, permissions_of(roles)
    if now is not None:
        removed, permissions = rights_of(
            roles, removed_at=person.removed_at, removed_until=person.removed_until, now=now
        )
    held = (
        bool(roles & set(required))
        and not strong
        and is_held(
            roles=roles,
            required=required,
            has_factor=await has_factor(session, person_id=person.id),
            strong=strong,
        )
    )
    unread = select(func.count()).where(
        Notification.person_id == person.id, ~Notification.secret, Notification.read_at.is_(None)
    )
    return Actor(
        person_id=person.id,
        name=person.name,
        pseudonym=person.pseudonym,
        roles=frozenset() if removed else roles,
        permissions=frozenset() if held else permissions,
        team_ids=frozenset(teams),
        lead_team_ids=frozenset(one for one, function in teams.items() if function is TeamFunction.LEAD),
        client_ids=frozenset(person.client_ids),
        language=person.language,
        time_zone=person.time_zone,
        version=person.version,
        session_id=session_id,
        removed=removed,
        is_held=held,
        unread=int(await session.scalar(unread) or 0),
    )


async def actor_by_session(
    session: ReadSession, *, digest: bytes, now: datetime, required: Collection[Role] = ()
) -> SeenSession | None:
    """Who a session cookie belongs to; None where it has ended, was revoked, or the person is disabled."""
    found = await session.execute(
        select(Person, WebSession)
        .join(WebSession, WebSession.person_id == Person.id)
        .where(
            WebSession.digest == digest,
            WebSession.expires_at > now,
            WebSession.person_version == Person.version,
            Person.state == "active",
        )
    )
    row = found.first()
    if row is None:
        return None
    person, web = row
    actor = await actor_of(session, person, session_id=web.id, now=now, required=required, strong=web.strong)
    return SeenSession(actor, is_due=now - web.last_seen_at > SEEN_EVERY)


async def actor_by_token(
    session: ReadSession, *, digest: bytes, now: datetime, required: Collection[Role] = ()
) -> Actor | None:
    """Who a bearer token belongs to; None where it has expired, was revoked, or the person is disabled."""
    found = await session.execute(
        select(Person, Token)
        .join(Token, Token.person_id == Person.id)
        .where(Token.digest == digest, Token.expires_at > now, Token.revoked_at.is_(None), Person.state == "active")
    )
    row = found.first()
    if row is None:
        return None
    person, token = row
    return await actor_of(session, person, session_id=token.id, now=now, required=required, strong=token.strong)


async def actor_by_email(session: ReadSession, *, email: str) -> Actor:
    """The actor of an account, for commands typed on the machine itself.

    Raises:
        NoSuchPersonError: no such account.
    """
    person = await session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if person is None:
        raise NoSuchPersonError
    return await actor_of(session, person)


async def actor_by_id(session: ReadSession, *, person_id: UUID) -> Actor:
    """The actor of a person, for what is done in their name.

    Raises:
        NoSuchPersonError: there is none.
    """
    person = await session.get(Person, person_id)
    if person is None:
        raise NoSuchPersonError
    return await actor_of(session, person)
