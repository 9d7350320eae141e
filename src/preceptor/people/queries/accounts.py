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
from preceptor.people.rules import Actor, Permission, Role, TeamFunction
from preceptor.people.tables import Invitation, Membership, Person, SignInAttempt, Team, Token

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
    session: ReadSession, *, email: str | None, address: str, now: datetime, window: timedelta
) -> int:
    """Failed sign-ins of the account or the address within the window, whichever is more; else of the address."""
    since = now - window
    by_email = select(func.count()).where(SignInAttempt.email == email, SignInAttempt.at > since).scalar_subquery()
    by_address = (
        select(func.count()).where(SignInAttempt.address == address, SignInAttempt.at > since).scalar_subquery()
    )
    return await session.scalar(select(func.greatest(by_email, by_address))) or 0
