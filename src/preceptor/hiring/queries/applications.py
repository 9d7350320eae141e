"""Reading applications: one's own, and all of them for whoever decides."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, or_, select

from preceptor.hiring.queries.offers import OfferView, views_of
from preceptor.hiring.queries.rooms import RoomView, places_in_line, rooms_of
from preceptor.hiring.rules import (
    ApplicationState,
    Given,
    OfferFields,
    Shortfall,
    Wanted,
    alike,
    shortfalls,
)
from preceptor.hiring.tables import Application, ApplicationStep, Offer
from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, ContentCategory, Permission, Place, Spoken
from preceptor.people.tables import Person

PAGE_SIZE = 30


class NoSuchApplicationError(NotFoundError):
    """No such application, or not the actor's to see."""

    title = _("There is no such application, or it is not yours to see.")
    code = "no_such_application"


class StepView(msgspec.Struct, frozen=True):
    """A state that an application came into; `by` names a person other than the applicant."""

    state: ApplicationState
    at: datetime
    by: str
    note: str


class ApplicationView(msgspec.Struct, frozen=True, kw_only=True):
    """An application with the offer it is for.

    Attributes:
        line: its place on the waiting list, from 1; None where it does not wait.
        room: of the offer, while it waits.
        answer_by: until when an offer that was made stands.
        shortfalls: what the offer asks for that they lack.
    """

    id: UUID
    offer: OfferView
    person_id: UUID
    state: ApplicationState
    state_at: datetime
    given: Given
    answer_by: datetime | None
    created_at: datetime
    line: int | None
    room: RoomView | None
    shortfalls: list[Shortfall]
    steps: list[StepView]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """An application as whoever decides sees it, with the person behind it.

    Attributes:
        others: how many other applications this person has made.
        alike: names of people who look like the same person under another address.
    """

    application: ApplicationView
    name: str
    email: str
    others: int
    alike: list[str]


class CandidateSearch(msgspec.Struct, frozen=True, kw_only=True):
    """Which applications to show; all that is given must hold. `words`: in the name or address."""

    number: int | None = None
    states: Collection[ApplicationState] = ()
    words: str = ""
    language: str = ""


def given_of(row: Application) -> Given:
    """What an applicant said of themselves."""
    return Given(
        place=Place(row.country, row.region),
        spoken=tuple(Spoken(language, level) for language, level in row.spoken),
        skills=tuple(row.skills),
        consents=frozenset(ContentCategory(one) for one in row.consents),
        why=row.why,
    )


def wanted_of(fields: OfferFields) -> Wanted:
    """What an offer asks for."""
    return Wanted(place=fields.place, spoken=fields.spoken, categories=fields.categories, skills=fields.skills)


async def my_applications(session: ReadSession, *, actor: Actor, now: datetime) -> list[ApplicationView]:
    """The actor's own applications, newest first."""
    rows = await session.scalars(
        select(Application)
        .where(Application.person_id == actor.person_id, Application.state != ApplicationState.UNCONFIRMED.value)
        .order_by(Application.id.desc())
        .limit(PAGE_SIZE)
    )
    return await _views(session, list(rows), now=now)


async def my_application(session: ReadSession, *, actor: Actor, application_id: UUID, now: datetime) -> ApplicationView:
    """One of the actor's own applications.

    Raises:
        NoSuchApplicationError: there is none of this id, or it is somebody else's.
    """
    row = await session.get(Application, application_id)
    if row is None or row.person_id != actor.person_id or row.state == ApplicationState.UNCONFIRMED.value:
        raise NoSuchApplicationError
    return (await _views(session, [row], now=now))[0]


async def application_for(session: ReadSession, *, actor: Actor, number: int) -> UUID | None:
    """The actor's newest application for an offer; None where they have made none."""
    query = (
        select(Application.id)
        .join(Offer, Offer.id == Application.offer_id)
        .where(Application.person_id == actor.person_id, Offer.number == number)
        .where(Application.state != ApplicationState.UNCONFIRMED.value)
    )
    return await session.scalar(query.order_by(Application.id.desc()).limit(1))


async def access_candidate(session: ReadSession, *, actor: Actor, application_id: UUID, now: datetime) -> Candidate:
    """One application, for whoever decides.

    Raises:
        MissingPermissionError: the actor may not decide applications.
        NoSuchApplicationError: there is none of this id.
    """
    actor.require(Permission.APPLICATION_DECIDE)
    row = await session.get(Application, application_id)
    if row is None or row.state == ApplicationState.UNCONFIRMED.value:
        raise NoSuchApplicationError
    return (await _candidates(session, [row], now=now))[0]


async def list_candidates(
    session: ReadSession, *, actor: Actor, wanted: CandidateSearch, now: datetime, cursor: str | None = None
) -> Page[Candidate]:
    """Applications, newest first, for whoever decides; those whose address is not confirmed are nobody's to see.

    Raises:
        MissingPermissionError: the actor may not decide applications.
        BadCursorError: the cursor was made for another list.
    """
    actor.require(Permission.APPLICATION_DECIDE)
    query = (
        select(Application)
        .join(Person, Person.id == Application.person_id)
        .join(Offer, Offer.id == Application.offer_id)
        .where(Application.state != ApplicationState.UNCONFIRMED.value)
        .order_by(Application.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if wanted.number is not None:
        query = query.where(Offer.number == wanted.number)
    if wanted.states:
        query = query.where(Application.state.in_([state.value for state in wanted.states]))
    if wanted.words.strip():
        words = wanted.words.strip()
        query = query.where(
            or_(Person.name.icontains(words, autoescape=True), Person.email.icontains(words, autoescape=True))
        )
    if wanted.language:
        query = query.where(Application.spoken.contains([[wanted.language]]))
    if cursor:
        query = query.where(Application.id < decode_cursor(cursor, tuple[UUID])[0])
    rows = list(await session.scalars(query))
    shown = rows[:PAGE_SIZE]
    found = await _candidates(session, shown, now=now)
    return Page(found, encode_cursor(shown[-1].id) if len(rows) > PAGE_SIZE else None)


async def _candidates(session: ReadSession, rows: Sequence[Application], *, now: datetime) -> list[Candidate]:
    views = await _views(session, rows, now=now)
    ids = [row.person_id for row in rows]
    people = {
        row[0]: (row[1], row[2])
        for row in await session.execute(select(Person.id, Person.email, Person.name).where(Person.id.in_(ids)))
    }
    counts = dict(
        (
            await session.execute(
                select(Application.person_id, func.count())
                .where(Application.person_id.in_(ids), Application.state != ApplicationState.UNCONFIRMED.value)
                .group_by(Application.person_id)
            )
        ).all()
    )
    # Everybody who ever applied for one of these offers: few enough to be compared here, too varied for an index.
    offers = {row.offer_id for row in rows}
    applied = [
        (email or "", name)
        for email, name in await session.execute(
            select(Person.email, Person.name)
            .join(Application, Application.person_id == Person.id)
            .where(Application.offer_id.in_(offers), Person.email.is_not(None))
            .distinct()
            .limit(5_000)
        )
    ]
    return [
        Candidate(
            application=view,
            name=people[view.person_id][1],
            email=people[view.person_id][0] or "",
            others=counts.get(view.person_id, 1) - 1,
            alike=sorted(
                f"{name} ({email})"
                for email, name in alike(applied, [(people[view.person_id][0] or "", people[view.person_id][1])])
            ),
        )
        for view in views
    ]


async def _views(session: ReadSession, rows: Sequence[Application], *, now: datetime) -> list[ApplicationView]:
    offers = {
        row.id: row for row in await session.scalars(select(Offer).where(Offer.id.in_({row.offer_id for row in rows})))
    }
    views = {view.id: view for view in await views_of(session, list(offers.values()))}
    steps: dict[UUID, list[StepView]] = {}
    for step, name in await session.execute(
        select(ApplicationStep, Person.name)
        .join(Application, Application.id == ApplicationStep.application_id)
        .outerjoin(Person, (Person.id == ApplicationStep.by) & (Person.id != Application.person_id))
        .where(ApplicationStep.application_id.in_([row.id for row in rows]))
        .order_by(ApplicationStep.id)
    ):
        shown = StepView(ApplicationState(step.state), step.at, name or "", step.note)
        steps.setdefault(step.application_id, []).append(shown)
    waiting = [row for row in rows if row.state == ApplicationState.WAITING.value]
    lines = await places_in_line(session, application_ids=[row.id for row in waiting]) if waiting else {}
    full = {row.offer_id: offers[row.offer_id] for row in waiting}
    rooms = await rooms_of(session, full.values(), now=now) if waiting else {}
    found = []
    for row in rows:
        offer = views[row.offer_id]
        given = given_of(row)
        found.append(
            ApplicationView(
                id=row.id,
                offer=offer,
                person_id=row.person_id,
                state=ApplicationState(row.state),
                state_at=row.state_at,
                given=given,
                answer_by=row.answer_by,
                created_at=row.created_at,
                line=lines.get(row.id),
                room=rooms[row.offer_id] if row.id in lines else None,
                shortfalls=list(shortfalls(given, wanted_of(offer.fields))),
                steps=steps.get(row.id, []),
            )
        )
    return found
