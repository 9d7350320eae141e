"""Reading people, sessions, teams and invitations."""

from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
from sqlalchemy import any_, func, literal, or_, select

from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.errors import GoneError, NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission, Role, TeamFunction, permissions_of, rights_of
from preceptor.people.tables import Invitation, Membership, Person, SignInAttempt, Team, Token, WebSession

PAGE_SIZE = 50


class PersonView(msgspec.Struct, frozen=True):
    """A person as managers and operators see them."""

    id: UUID
    email: str | None
    name: str
    pseudonym: str
    roles: list[Role]
    state: str
    language: str
    time_zone: str
    team_names: list[str]
    client_ids: list[UUID]
    """Client organisations they act for."""
    created_at: datetime


class SessionView(msgspec.Struct, frozen=True):
    """One signed-in browser of the person who looks."""

    id: UUID
    created_at: datetime
    expires_at: datetime
    user_agent: str
    address: str
    is_this: bool


class TokenView(msgspec.Struct, frozen=True):
    """A personal access token, without its secret."""

    id: UUID
    name: str
    created_at: datetime
    expires_at: datetime


class TeamView(msgspec.Struct, frozen=True):
    """A team and how many are in it."""

    id: UUID
    name: str
    members: int


class MemberView(PersonView, frozen=True, kw_only=True):
    """A person in a team, and what they are there."""

    function: TeamFunction


class InvitationView(msgspec.Struct, frozen=True):
    """What an invited person sees before they accept."""

    id: UUID
    email: str
    roles: list[Role]
    expires_at: datetime


class NoSuchTeamError(NotFoundError):
    """No team of this id."""

    title = _("There is no such team.")
    code = "no_such_team"


class NoSuchPersonError(NotFoundError):
    """No person of this id or address."""

    title = _("There is no such person.")
    code = "no_such_person"


class InvitationGoneError(GoneError):
    """The link was used, has expired or never existed."""

    title = _("This invitation was used already or has expired. Ask for a new one.")
    code = "invitation_gone"


async def actor_of(
    session: ReadSession, person: Person, *, session_id: UUID | None = None, now: datetime | None = None
) -> Actor:
    """The actor that a person is; at a moment, where it matters whether a removal binds them."""
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
    return Actor(
        person_id=person.id,
        name=person.name,
        pseudonym=person.pseudonym,
        roles=frozenset() if removed else roles,
        permissions=permissions,
        team_ids=frozenset(teams),
        lead_team_ids=frozenset(one for one, function in teams.items() if function is TeamFunction.LEAD),
        client_ids=frozenset(person.client_ids),
        language=person.language,
        time_zone=person.time_zone,
        version=person.version,
        session_id=session_id,
        removed=removed,
    )


async def actor_by_session(session: ReadSession, *, digest: bytes, now: datetime) -> Actor | None:
    """Who a session cookie belongs to; None where it has ended, was revoked, or the person is disabled."""
    found = await session.execute(
        select(Person, WebSession.id)
        .join(WebSession, WebSession.person_id == Person.id)
        .where(
            WebSession.digest == digest,
            WebSession.expires_at > now,
            WebSession.person_version == Person.version,
            Person.state == "active",
        )
    )
    row = found.first()
    return None if row is None else await actor_of(session, row[0], session_id=row[1], now=now)


async def actor_by_token(session: ReadSession, *, digest: bytes, now: datetime) -> Actor | None:
    """Who a bearer token belongs to; None where it has expired, was revoked, or the person is disabled."""
    found = await session.execute(
        select(Person, Token.id)
        .join(Token, Token.person_id == Person.id)
        .where(Token.digest == digest, Token.expires_at > now, Token.revoked_at.is_(None), Person.state == "active")
    )
    row = found.first()
    return None if row is None else await actor_of(session, row[0], session_id=row[1], now=now)


async def actor_by_email(session: ReadSession, *, email: str) -> Actor:
    """The actor of an account, for commands typed on the machine itself.

    Raises:
        NoSuchPersonError: no such account.
    """
    person = await session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if person is None:
        raise NoSuchPersonError
    return await actor_of(session, person)


async def access_person(session: ReadSession, *, actor: Actor, person_id: UUID) -> PersonView:
    """One person: oneself, or anybody for those who may read people.

    Raises:
        NoSuchPersonError: no such person, or not theirs to see.
    """
    if person_id != actor.person_id and not actor.may(Permission.PERSON_READ):
        raise NoSuchPersonError
    person = await session.get(Person, person_id)
    if person is None:
        raise NoSuchPersonError
    return (await _views(session, [person]))[0]


async def list_people(
    session: ReadSession, *, actor: Actor, search: str = "", role: Role | None = None, cursor: str | None = None
) -> Page[PersonView]:
    """People by name or address, newest first.

    Raises:
        MissingPermissionError: the actor may not read people.
    """
    actor.require(Permission.PERSON_READ)
    query = select(Person).order_by(Person.id.desc()).limit(PAGE_SIZE + 1)
    if search:
        columns = (Person.name, Person.email, Person.pseudonym)
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    if role is not None:
        query = query.where(literal(role.value) == any_(Person.roles))
    if cursor:
        query = query.where(Person.id < decode_cursor(cursor, tuple[UUID])[0])
    people = list(await session.scalars(query))
    more = len(people) > PAGE_SIZE
    people = people[:PAGE_SIZE]
    return Page(await _views(session, people), encode_cursor(people[-1].id) if more else None)


async def _views(session: ReadSession, people: Collection[Person]) -> list[PersonView]:
    rows = await session.execute(
        select(Membership.person_id, Team.name)
        .join(Team, Team.id == Membership.team_id)
        .where(Membership.person_id.in_([person.id for person in people]))
        .order_by(Team.name)
    )
    teams: dict[UUID, list[str]] = {}
    for person_id, name in rows:
        teams.setdefault(person_id, []).append(name)
    return [
        PersonView(
            id=person.id,
            email=person.email,
            name=person.name,
            pseudonym=person.pseudonym,
            roles=[Role(role) for role in person.roles],
            state=person.state,
            language=person.language,
            time_zone=person.time_zone,
            team_names=teams.get(person.id, []),
            client_ids=list(person.client_ids),
            created_at=person.created_at,
        )
        for person in people
    ]


async def list_sessions(session: ReadSession, *, actor: Actor, now: datetime) -> list[SessionView]:
    """The actor's own signed-in browsers, newest first."""
    rows = await session.scalars(
        select(WebSession)
        .join(Person, Person.id == WebSession.person_id)
        .where(
            WebSession.person_id == actor.person_id,
            WebSession.expires_at > now,
            WebSession.person_version == Person.version,
        )
        .order_by(WebSession.id.desc())
        .limit(100)
    )
    return [
        SessionView(
            id=row.id,
            created_at=row.created_at,
            expires_at=row.expires_at,
            user_agent=row.user_agent,
            address=row.address,
            is_this=row.id == actor.session_id,
        )
        for row in rows
    ]


async def list_tokens(session: ReadSession, *, actor: Actor, now: datetime) -> list[TokenView]:
    """The actor's own valid tokens, newest first."""
    rows = await session.scalars(
        select(Token)
        .where(Token.person_id == actor.person_id, Token.revoked_at.is_(None), Token.expires_at > now)
        .order_by(Token.id.desc())
        .limit(100)
    )
    return [TokenView(id=row.id, name=row.name, created_at=row.created_at, expires_at=row.expires_at) for row in rows]


async def list_teams(session: ReadSession, *, actor: Actor) -> list[TeamView]:
    """All teams for those who read people; else the actor's own."""
    query = (
        select(Team.id, Team.name, func.count(Membership.person_id))
        .outerjoin(Membership, Membership.team_id == Team.id)
        .group_by(Team.id, Team.name)
        .order_by(Team.name)
    )
    if not actor.may(Permission.PERSON_READ):
        query = query.where(Team.id.in_(actor.team_ids))
    return [TeamView(id=row[0], name=row[1], members=row[2]) for row in await session.execute(query)]


async def list_team_members(session: ReadSession, *, actor: Actor, team_id: UUID) -> list[MemberView]:
    """The people of one team.

    Raises:
        MissingPermissionError: the actor may not read people.
    """
    actor.require(Permission.PERSON_READ)
    rows = await session.execute(
        select(Person, Membership.function)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.team_id == team_id)
    )
    functions = {person: TeamFunction(function) for person, function in rows}
    views = await _views(session, list(functions))
    return [
        MemberView(**msgspec.structs.asdict(view), function=function)
        for view, function in zip(views, functions.values(), strict=True)
    ]


async def open_invitation(session: ReadSession, *, secret: str, now: datetime) -> InvitationView:
    """What the link `secret` invites to.

    Raises:
        InvitationGoneError: used, expired or unknown.
    """
    digest = sha256(secret.encode()).digest()
    row = await session.scalar(
        select(Invitation).where(
            Invitation.digest == digest, Invitation.expires_at > now, Invitation.accepted_by.is_(None)
        )
    )
    if row is None:
        raise InvitationGoneError
    return InvitationView(
        id=row.id, email=row.email, roles=[Role(role) for role in row.roles], expires_at=row.expires_at
    )


async def actor_by_id(session: ReadSession, *, person_id: UUID) -> Actor:
    """The actor of a person, for what is done in their name.

    Raises:
        NoSuchPersonError: there is none.
    """
    person = await session.get(Person, person_id)
    if person is None:
        raise NoSuchPersonError
    return await actor_of(session, person)


async def name_and_address(session: ReadSession, *, person_id: UUID) -> tuple[str, str | None, str]:
    """A person's name, e-mail address (None where they have no account) and pseudonym, for the one that erases them.

    Raises:
        NoSuchPersonError: there is none.
    """
    columns = select(Person.name, Person.email, Person.pseudonym).where(Person.id == person_id)
    row = (await session.execute(columns)).first()
    if row is None:
        raise NoSuchPersonError
    return row[0], row[1], row[2]


async def removals_passed(session: ReadSession, *, now: datetime, limit: int) -> list[UUID]:
    """People whose removal had an end that has passed, for hiring to look at what comes after."""
    return list(await session.scalars(select(Person.id).where(Person.removed_until <= now).limit(limit)))


async def count_people(session: ReadSession) -> int:
    """How many accounts there are."""
    return await session.scalar(select(func.count()).select_from(Person)) or 0


async def count_recent_attempts(
    session: ReadSession, *, email: str, address: str, now: datetime, window: timedelta
) -> int:
    """Failed sign-ins of the account or the address within the window, whichever is more."""
    since = now - window
    by_email = select(func.count()).where(SignInAttempt.email == email, SignInAttempt.at > since).scalar_subquery()
    by_address = (
        select(func.count()).where(SignInAttempt.address == address, SignInAttempt.at > since).scalar_subquery()
    )
    return await session.scalar(select(func.greatest(by_email, by_address))) or 0
