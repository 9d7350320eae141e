"""Reading offers: as managers write them, and as everybody sees them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, func, or_, select

from preceptor.hiring.rules import (
    ApplicationState,
    ClosedWhy,
    EngagementKind,
    OfferFields,
    OfferState,
    Terms,
    exam_pay,
    offer_number,
)
from preceptor.hiring.tables import Application, Offer, OfferLanguage, OfferProject, OfferTerms
from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor, folded, folded_in_sql
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import _
from preceptor.lib.money import Money
from preceptor.people.rules import Actor, ContentCategory, Permission, Place, Role, Spoken

PAGE_SIZE = 20
MOST_WORDS = 8
"""Words of a search that are looked at."""


class OfferView(msgspec.Struct, frozen=True, kw_only=True):
    """An offer as everybody sees it; managers see drafts as well."""

    id: UUID
    number: int
    state: OfferState
    fields: OfferFields
    terms: Terms
    terms_version: int
    terms_digest: str
    published_at: datetime | None
    closed_at: datetime | None
    closed_why: ClosedWhy | None
    created_at: datetime

    @property
    def shown_number(self) -> str:
        """The number as people read and type it."""
        return offer_number(self.number)

    @property
    def exam_pay(self) -> Money:
        """What sitting the exam in the time it is expected to take earns."""
        return exam_pay(self.fields.rate, self.fields.exam_minutes)


class OfferCounts(msgspec.Struct, frozen=True):
    """How many applications an offer has in each state."""

    by_state: dict[ApplicationState, int] = {}

    def count(self, *states: ApplicationState) -> int:
        """Those in one of these states."""
        return sum(self.by_state.get(one, 0) for one in states)


class OfferSearch(msgspec.Struct, frozen=True, kw_only=True):
    """Which offers to show; all that is given must hold.

    Attributes:
        language: one that is asked for; `pt` finds `pt-BR`.
        place: offers for people there, and those for everywhere.
        words: each must stand in the title, the description, the skills or the organisation's name, whatever its case
            and accents.
    """

    language: str = ""
    place: Place = Place()
    words: str = ""


class NoSuchOfferError(NotFoundError):
    """No offer of this number, or not one that everybody may see."""

    title = _("There is no such offer.")
    code = "no_such_offer"


async def fields_of(session: ReadSession, row: Offer) -> OfferFields:
    """What a manager said of an offer. For callers that have made sure who asks."""
    return (await _fields(session, [row]))[row.id]


async def _fields(session: ReadSession, rows: Sequence[Offer]) -> dict[UUID, OfferFields]:
    ids = [row.id for row in rows]
    spoken: dict[UUID, list[Spoken]] = {}
    for offer_id, language, level in await session.execute(
        select(OfferLanguage.offer_id, OfferLanguage.language, OfferLanguage.level)
        .where(OfferLanguage.offer_id.in_(ids))
        .order_by(OfferLanguage.level.desc(), OfferLanguage.language)
    ):
        spoken.setdefault(offer_id, []).append(Spoken(language, level))
    projects: dict[UUID, list[UUID]] = {}
    for offer_id, project_id in await session.execute(
        select(OfferProject.offer_id, OfferProject.project_id)
        .where(OfferProject.offer_id.in_(ids))
        .order_by(OfferProject.project_id)
    ):
        projects.setdefault(offer_id, []).append(project_id)
    return {
        row.id: OfferFields(
            title=row.title,
            summary=row.summary,
            rate=Money(row.rate_minor, row.currency),
            hours_least=row.hours_least,
            hours_most=row.hours_most,
            organisation=row.organisation,
            contact=row.contact,
            quota=row.quota,
            role=Role(row.role),
            place=Place(row.country, row.region),
            spoken=tuple(spoken.get(row.id, ())),
            skills=tuple(row.skills),
            certification=row.certification,
            certification_level=row.certification_level,
            categories=tuple(ContentCategory(one) for one in row.categories),
            behind=row.behind,
            kind=EngagementKind(row.kind),
            notice_days=row.notice_days,
            closes_on=row.closes_on,
            project_ids=tuple(projects.get(row.id, ())),
            exam_project_id=row.exam_project_id,
            exam_minutes=row.exam_minutes,
            admits_at_once=row.admits_at_once,
        )
        for row in rows
    }


async def terms_of(session: ReadSession, row: Offer, *, version: int | None = None) -> Terms | None:
    """The terms of an offer, the newest ones or those of a version; None where none were written."""
    found = await session.get(OfferTerms, (row.id, version or row.terms_version))
    return None if found is None else Terms(found.markdown, found.confidentiality)


async def count_accepted(session: ReadSession, *, offer_id: UUID) -> int:
    """How many have accepted an offer."""
    accepted = select(func.count()).where(
        Application.offer_id == offer_id, Application.state == ApplicationState.ACCEPTED.value
    )
    return await session.scalar(accepted) or 0


async def counts_of_offers(session: ReadSession, *, offer_ids: Collection[UUID]) -> dict[UUID, OfferCounts]:
    """Applications of offers by state, without those whose address is not confirmed."""
    rows = await session.execute(
        select(Application.offer_id, Application.state, func.count())
        .where(Application.offer_id.in_(offer_ids), Application.state != ApplicationState.UNCONFIRMED.value)
        .group_by(Application.offer_id, Application.state)
    )
    found: dict[UUID, dict[ApplicationState, int]] = {}
    for offer_id, state, count in rows:
        found.setdefault(offer_id, {})[ApplicationState(state)] = count
    return {offer_id: OfferCounts(found.get(offer_id, {})) for offer_id in offer_ids}


async def views_of(session: ReadSession, rows: Sequence[Offer]) -> list[OfferView]:
    """Offers with all that belongs to them. For callers that have made sure who asks."""
    fields = await _fields(session, rows)
    terms = {
        one.offer_id: one
        for one in await session.scalars(
            select(OfferTerms)
            .join(Offer, (Offer.id == OfferTerms.offer_id) & (Offer.terms_version == OfferTerms.version))
            .where(Offer.id.in_([row.id for row in rows]))
        )
    }
    return [_view(row, fields[row.id], terms.get(row.id)) for row in rows]


def _view(row: Offer, fields: OfferFields, terms: OfferTerms | None) -> OfferView:
    return OfferView(
        id=row.id,
        number=row.number,
        state=OfferState(row.state),
        fields=fields,
        terms=Terms(terms.markdown, terms.confidentiality) if terms else Terms(""),
        terms_version=row.terms_version,
        terms_digest=terms.digest if terms else "",
        published_at=row.published_at,
        closed_at=row.closed_at,
        closed_why=ClosedWhy(row.closed_why) if row.closed_why else None,
        created_at=row.created_at,
    )


async def open_offer(session: ReadSession, *, number: int) -> OfferView:
    """An offer as everybody sees it, published or closed; one that was never published is nobody's to see.

    Raises:
        NoSuchOfferError: there is none of this number.
    """
    row = await session.scalar(select(Offer).where(Offer.number == number, Offer.state != OfferState.DRAFT.value))
    if row is None:
        raise NoSuchOfferError
    return (await views_of(session, [row]))[0]


async def access_offer(session: ReadSession, *, actor: Actor, number: int) -> OfferView:
    """An offer as its managers see it.

    Raises:
        MissingPermissionError: the actor may not write offers.
        NoSuchOfferError: there is none of this number.
    """
    actor.require(Permission.OFFER_WRITE)
    row = await session.scalar(select(Offer).where(Offer.number == number))
    if row is None:
        raise NoSuchOfferError
    return (await views_of(session, [row]))[0]


async def list_offers(
    session: ReadSession, *, actor: Actor, state: OfferState | None = None, words: str = "", cursor: str | None = None
) -> Page[OfferView]:
    """All offers, newest first, for managers.

    Raises:
        MissingPermissionError: the actor may not write offers.
        BadCursorError: the cursor was made for another list.
    """
    actor.require(Permission.OFFER_WRITE)
    query = select(Offer).where(*_wanted(OfferSearch(words=words)))
    if state is not None:
        query = query.where(Offer.state == state.value)
    return await _page(session, query, cursor)


async def search_offers(session: ReadSession, *, wanted: OfferSearch, cursor: str | None = None) -> Page[OfferView]:
    """Published offers, newest first, for everybody.

    Raises:
        BadCursorError: the cursor was made for another list.
    """
    published = select(Offer).where(Offer.state == OfferState.PUBLISHED.value, *_wanted(wanted))
    return await _page(session, published, cursor)


async def count_offers(session: ReadSession, *, wanted: OfferSearch) -> int:
    """How many published offers there are like this."""
    query = select(func.count()).select_from(Offer)
    return await session.scalar(query.where(Offer.state == OfferState.PUBLISHED.value, *_wanted(wanted))) or 0


async def _page(session: ReadSession, query: Select[Offer], cursor: str | None) -> Page[OfferView]:
    query = query.order_by(Offer.id.desc()).limit(PAGE_SIZE + 1)
    if cursor:
        query = query.where(Offer.id < decode_cursor(cursor, tuple[UUID])[0])
    rows = list(await session.scalars(query))
    shown = rows[:PAGE_SIZE]
    return Page(await views_of(session, shown), encode_cursor(shown[-1].id) if len(rows) > PAGE_SIZE else None)


def _wanted(wanted: OfferSearch) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.language:
        tag = OfferLanguage.language
        met = or_(tag == wanted.language, tag.startswith(f"{wanted.language}-", autoescape=True))
        found.append(Offer.id.in_(select(OfferLanguage.offer_id).where(met)))
    if wanted.place.country:
        found.append(Offer.country.in_(["", wanted.place.country]))
        if wanted.place.region:
            found.append(Offer.region.in_(["", wanted.place.region]))
    for word in wanted.words.replace("\x00", " ").split()[:MOST_WORDS]:
        columns = (Offer.title, Offer.summary, Offer.organisation, func.array_to_string(Offer.skills, " "))
        found.append(or_(*(folded_in_sql(column).contains(folded(word), autoescape=True) for column in columns)))
    return found


async def wanted_languages(session: ReadSession) -> list[str]:
    """Languages that published offers ask for, for a filter."""
    rows = await session.scalars(
        select(OfferLanguage.language)
        .join(Offer, Offer.id == OfferLanguage.offer_id)
        .where(Offer.state == OfferState.PUBLISHED.value)
        .distinct()
        .order_by(OfferLanguage.language)
    )
    return list(rows)


async def offered_places(session: ReadSession) -> list[Place]:
    """Places of published offers, for a filter."""
    rows = await session.execute(
        select(Offer.country, Offer.region)
        .where(Offer.state == OfferState.PUBLISHED.value, Offer.country != "")
        .distinct()
        .order_by(Offer.country, Offer.region)
    )
    return [Place(country, region) for country, region in rows]


class PublishedNumber(msgspec.Struct, frozen=True):
    """A published offer in a sitemap."""

    number: int
    published_at: datetime | None
    closes_on: date | None


async def published_numbers(session: ReadSession, *, most: int) -> list[PublishedNumber]:
    """Every published offer, newest first, `most` at most."""
    rows = await session.execute(
        select(Offer.number, Offer.published_at, Offer.closes_on)
        .where(Offer.state == OfferState.PUBLISHED.value)
        .order_by(Offer.id.desc())
        .limit(most)
    )
    return [PublishedNumber(number, published_at, closes_on) for number, published_at, closes_on in rows]
