"""Reading engagements: what people agreed to, and what it pays."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import aliased

from preceptor.hiring.rules import (
    AgreedRate,
    ApplicationState,
    EngagementKind,
    Held,
    Terms,
    holding,
    offer_number,
)
from preceptor.hiring.tables import Application, Engagement, EngagementEnd, Offer, OfferTerms
from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money
from preceptor.people.rules import Actor, Permission, Place, Role
from preceptor.people.tables import Person
from preceptor.projects.queries import list_projects_by_id

PAGE_SIZE = 50


async def engagement_rate(
    session: ReadSession, *, person_id: UUID, project_id: UUID, at: datetime, role: Role = Role.TRAINER
) -> AgreedRate | None:
    """What a person agreed to be paid for work of one project; None where nothing was agreed."""
    found = await engagement_rates(session, person_id=person_id, project_ids=[project_id], at=at, role=role)
    return found.get(project_id)


async def engagement_rates(
    session: ReadSession, *, person_id: UUID, project_ids: Collection[UUID], at: datetime, role: Role = Role.TRAINER
) -> dict[UUID, AgreedRate]:
    """What a person agreed to be paid for work of projects that they begin at `at`, where something was agreed.

    The accepted snapshot wins over any table of rates for what it covers: its projects, or its role everywhere. A paid
    exam that somebody is invited to is paid at the rate of the offer they applied for. Two indexed statements at most,
    however many projects there are.
    """
    rows = await session.execute(
        select(Engagement, EngagementEnd.ends_at, Offer.number)
        .join(Offer, Offer.id == Engagement.offer_id)
        .outerjoin(
            EngagementEnd,
            (EngagementEnd.person_id == Engagement.person_id) & (EngagementEnd.offer_id == Engagement.offer_id),
        )
        .where(Engagement.person_id == person_id, Engagement.effective_from <= at, Engagement.role == role.value)
    )
    agreed = {row[0].id: row for row in rows}
    versions = [
        Held(
            id=row[0].id,
            offer_id=row[0].offer_id,
            version=row[0].version,
            project_ids=tuple(row[0].project_ids),
            effective_from=row[0].effective_from,
            ends_at=row[1],
        )
        for row in agreed.values()
    ]
    found: dict[UUID, AgreedRate] = {}
    for project_id in project_ids:
        if chosen := holding(versions, project_id=project_id, at=at):
            row, _ends_at, number = agreed[chosen.id]
            found[project_id] = _agreed_rate(row, number=number, engagement_id=row.id)
    without = [project_id for project_id in project_ids if project_id not in found]
    return found | await _exam_rates(session, person_id=person_id, project_ids=without) if without else found


def _agreed_rate(row: Engagement | Offer, *, number: int, engagement_id: UUID | None) -> AgreedRate:
    return AgreedRate(
        rate=Money(row.rate_minor, row.currency),
        place=Place(row.country, row.region),
        kind=EngagementKind(row.kind),
        offer_number=number,
        engagement_id=engagement_id,
        terms_version=row.terms_version,
    )


async def _exam_rates(
    session: ReadSession, *, person_id: UUID, project_ids: Collection[UUID]
) -> dict[UUID, AgreedRate]:
    """The rates of the offers for which a person newest applied with these exams."""
    offers = await session.scalars(
        select(Offer)
        .join(Application, Application.offer_id == Offer.id)
        .where(
            Application.person_id == person_id,
            Application.state.in_([ApplicationState.INVITED.value, ApplicationState.FAILED.value]),
            Offer.exam_project_id.in_(project_ids),
        )
        .order_by(Application.id)
    )
    return {
        offer.exam_project_id: _agreed_rate(offer, number=offer.number, engagement_id=None)
        for offer in offers
        if offer.exam_project_id is not None
    }


class NoSuchEngagementError(NotFoundError):
    """No such engagement, or not the actor's to see."""

    title = _("There is no such engagement, or it is not yours to see.")
    code = "no_such_engagement"


class EngagementView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an engagement, as it was agreed or told.

    Attributes:
        person_id: who is engaged.
        name: of that person.
        holds: it is the version that holds now.
        rate_now: what is paid until this version begins; None where it has begun. Told to managers.
        ends_at: when the whole engagement ends; None where no end was told.
        end_reason: why, as it was told.
    """

    id: UUID
    person_id: UUID
    name: str
    offer_number: int
    version: int
    title: str
    role: Role
    project_ids: list[UUID]
    projects: list[str]
    rate: Money
    place: Place
    hours_least: int
    hours_most: int
    organisation: str
    kind: EngagementKind
    notice_days: int
    terms_version: int
    terms_digest: str
    announced_at: datetime
    effective_from: datetime
    reason: str
    holds: bool
    ends_at: datetime | None
    end_reason: str
    rate_now: Money | None = None

    @property
    def shown_number(self) -> str:
        """The offer's number as people read it."""
        return offer_number(self.offer_number)


class AgreedTerms(msgspec.Struct, frozen=True):
    """An engagement with the terms as they were accepted."""

    engagement: EngagementView
    terms: Terms


async def my_engagements(session: ReadSession, *, actor: Actor, now: datetime) -> list[EngagementView]:
    """Every version of the actor's own engagements, newest first."""
    return await _views(session, Engagement.person_id == actor.person_id, now=now)


async def access_engagement(session: ReadSession, *, actor: Actor, engagement_id: UUID, now: datetime) -> AgreedTerms:
    """A version of an engagement with its terms: one's own, or anybody's for those who may change engagements.

    Raises:
        NoSuchEngagementError: there is none of this id, or it is not theirs to see.
    """
    mine: ColumnElement[bool] = Engagement.person_id == actor.person_id
    allowed = true() if actor.may(Permission.ENGAGEMENT_WRITE) else mine
    row = await session.scalar(select(Engagement).where(Engagement.id == engagement_id, allowed))
    if row is None:
        raise NoSuchEngagementError
    same = (Engagement.person_id == row.person_id) & (Engagement.offer_id == row.offer_id)
    views = await _views(session, same, now=now)
    terms = await session.get_one(OfferTerms, (row.offer_id, row.terms_version))
    return AgreedTerms(next(one for one in views if one.id == row.id), Terms(terms.markdown, terms.confidentiality))


async def list_engagements(
    session: ReadSession, *, actor: Actor, number: int | None = None, now: datetime, cursor: str | None = None
) -> Page[EngagementView]:
    """Who is engaged: the newest version of each engagement, newest first; for managers.

    Raises:
        MissingPermissionError: the actor may not change engagements.
        BadCursorError: the cursor was made for another list.
    """
    actor.require(Permission.ENGAGEMENT_WRITE)
    later = aliased(Engagement)
    newer = (
        select(later.id)
        .where(
            later.person_id == Engagement.person_id,
            later.offer_id == Engagement.offer_id,
            later.version > Engagement.version,
        )
        .exists()
    )
    query = select(Engagement.id).where(~newer).order_by(Engagement.id.desc()).limit(PAGE_SIZE + 1)
    if number is not None:
        query = query.where(Engagement.offer_id.in_(select(Offer.id).where(Offer.number == number)))
    if cursor:
        query = query.where(Engagement.id < decode_cursor(cursor, tuple[UUID])[0])
    ids = list(await session.scalars(query))
    shown = ids[:PAGE_SIZE]
    rows = await _views(session, Engagement.id.in_(shown), now=now)
    until_then = await _in_force_before(session, [row.id for row in rows if row.effective_from > now], now=now)
    rows = [msgspec.structs.replace(row, rate_now=until_then.get(row.id)) for row in rows]
    return Page(rows, encode_cursor(shown[-1]) if len(ids) > PAGE_SIZE else None)


async def _in_force_before(session: ReadSession, later: list[UUID], *, now: datetime) -> dict[UUID, Money]:
    """The rates that hold until these versions begin, by the version's id."""
    newest, held = aliased(Engagement), aliased(Engagement)
    same = (held.person_id == newest.person_id) & (held.offer_id == newest.offer_id)
    found = await session.execute(
        select(newest.id, held.rate_minor, held.currency)
        .join(held, same & (held.effective_from <= now))
        .where(newest.id.in_(later))
        .order_by(held.version)
    )
    return {version_id: Money(minor, currency) for version_id, minor, currency in found}


async def _views(session: ReadSession, chosen: ColumnElement[bool], *, now: datetime) -> list[EngagementView]:
    rows = list(
        await session.execute(
            select(Engagement, Offer.number, Person.name, EngagementEnd.ends_at, EngagementEnd.reason)
            .join(Offer, Offer.id == Engagement.offer_id)
            .join(Person, Person.id == Engagement.person_id)
            .outerjoin(
                EngagementEnd,
                (EngagementEnd.person_id == Engagement.person_id) & (EngagementEnd.offer_id == Engagement.offer_id),
            )
            .where(chosen)
            .order_by(Engagement.id.desc())
        )
    )
    titles = await list_projects_by_id(session, project_ids={one for row in rows for one in row[0].project_ids})
    in_force: dict[tuple[UUID, UUID], int] = {}
    for row in rows:
        one = row[0]
        if one.effective_from <= now:
            key = (one.person_id, one.offer_id)
            in_force[key] = max(in_force.get(key, 0), one.version)
    return [
        EngagementView(
            id=one.id,
            person_id=one.person_id,
            name=name,
            offer_number=number,
            version=one.version,
            title=one.title,
            role=Role(one.role),
            project_ids=list(one.project_ids),
            projects=sorted(titles[project] for project in one.project_ids if project in titles),
            rate=Money(one.rate_minor, one.currency),
            place=Place(one.country, one.region),
            hours_least=one.hours_least,
            hours_most=one.hours_most,
            organisation=one.organisation,
            kind=EngagementKind(one.kind),
            notice_days=one.notice_days,
            terms_version=one.terms_version,
            terms_digest=one.terms_digest,
            announced_at=one.announced_at,
            effective_from=one.effective_from,
            reason=one.reason,
            holds=in_force.get((one.person_id, one.offer_id)) == one.version and _lasts(ends_at, now),
            ends_at=ends_at,
            end_reason=end_reason or "",
        )
        for one, number, name, ends_at, end_reason in rows
    ]


def _lasts(ends_at: datetime | None, now: datetime) -> bool:
    return ends_at is None or now < ends_at


async def engaged_people(session: ReadSession, *, offer_id: UUID, at: datetime) -> list[UUID]:
    """Who is engaged by an offer at a moment. For callers that have made sure who asks."""
    ended = select(EngagementEnd.person_id).where(EngagementEnd.offer_id == offer_id, EngagementEnd.ends_at <= at)
    rows = select(Engagement.person_id).where(Engagement.offer_id == offer_id, Engagement.person_id.not_in(ended))
    return list(await session.scalars(rows.distinct().order_by(Engagement.person_id)))


async def versions_of_engagement(session: ReadSession, *, person_id: UUID, offer_id: UUID) -> list[Engagement]:
    """The rows of all versions of an engagement, oldest first. For callers that have made sure who asks.

    Raises:
        NoSuchEngagementError: the person was never engaged by this offer.
    """
    rows = await session.scalars(
        select(Engagement)
        .where(Engagement.person_id == person_id, Engagement.offer_id == offer_id)
        .order_by(Engagement.version)
    )
    found = list(rows)
    if not found:
        raise NoSuchEngagementError
    return found


async def newest_version(session: ReadSession, *, person_id: UUID, offer_id: UUID) -> Engagement:
    """The row of the newest version of an engagement. For callers that have made sure who asks.

    Raises:
        NoSuchEngagementError: the person was never engaged by this offer.
    """
    return (await versions_of_engagement(session, person_id=person_id, offer_id=offer_id))[-1]
