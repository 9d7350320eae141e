"""Offers: what everybody may read, and what managers write."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from preceptor.hiring import ClosedWhy, EngagementKind, OfferFields, OfferState, Terms
from preceptor.hiring.operations import add_offer, change_offer, close_offer, copy_offer, publish_offer
from preceptor.hiring.queries import (
    OfferSearch,
    OfferView,
    access_offer,
    list_offers,
    open_offer,
    ratings_of,
    ratings_of_offers,
    search_offers,
)
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import NotFoundError
from preceptor.lib.money import Money
from preceptor.lib.web import Request
from preceptor.people import Actor, ContentCategory, Place, Role, Spoken
from preceptor.projects import Ratings


class OfferDocument(msgspec.Struct, frozen=True, kw_only=True):
    """An offer. `rate` is per hour, in minor units; hours are per week.

    `closes_on`: the last day to apply, wherever somebody is: it ends at midnight of UTC-12. `url`: its public page.
    `terms_digest`: SHA-256 of the terms, which an acceptance repeats. `ratings`: what trainers say of its work, from
    five ratings on.
    """

    number: int
    state: OfferState
    url: str
    title: str
    summary: str
    role: Role
    place: Place
    languages: list[Spoken]
    skills: list[str]
    certification: str
    certification_level: int
    rate: Money
    hours_least: int
    hours_most: int
    categories: list[ContentCategory]
    organisation: str
    behind: str
    contact: str
    kind: EngagementKind
    notice_days: int
    quota: int
    closes_on: date | None
    project_ids: list[UUID]
    exam_project_id: UUID | None
    exam_minutes: int
    exam_pay: Money
    admits_at_once: bool
    terms: Terms
    terms_version: int
    terms_digest: str
    published_at: datetime | None
    closed_at: datetime | None
    closed_why: ClosedWhy | None
    ratings: Ratings | None


class OfferRows(msgspec.Struct, frozen=True):
    """Some offers; `next_cursor` leads to the next ones."""

    offers: list[OfferDocument]
    next_cursor: str | None


class OfferBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of an offer. `rate` is per hour, in minor units."""

    title: str
    summary: str
    rate: Money
    hours_most: int
    organisation: str
    contact: str
    quota: int
    hours_least: int = 0
    role: Role = Role.TRAINER
    place: Place = Place()
    languages: list[Spoken] = []
    skills: list[str] = []
    certification: str = ""
    certification_level: int = 0
    categories: list[ContentCategory] = []
    behind: str = ""
    kind: EngagementKind = EngagementKind.CONTRACTOR
    notice_days: int = 14
    closes_on: date | None = None
    project_ids: list[UUID] = []
    exam_project_id: UUID | None = None
    exam_minutes: int = 0
    admits_at_once: bool = False
    terms: Terms = Terms("")


class CopyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the copy is for; nowhere: for the same place."""

    place: Place | None = None


def _document(request: Request[Actor], view: OfferView, ratings: dict[UUID, Ratings]) -> OfferDocument:
    fields = view.fields
    kept = {
        name: getattr(fields, name)
        for name in OfferFields.__struct_fields__
        if name not in {"spoken", "skills", "categories", "project_ids"}
    }
    return OfferDocument(
        **kept,
        number=view.number,
        state=view.state,
        url=f"{request.settings.base_url.rstrip('/')}/offers/{view.shown_number}",
        languages=list(fields.spoken),
        skills=list(fields.skills),
        categories=list(fields.categories),
        project_ids=list(fields.project_ids),
        exam_pay=view.exam_pay,
        terms=view.terms,
        terms_version=view.terms_version,
        terms_digest=view.terms_digest,
        published_at=view.published_at,
        closed_at=view.closed_at,
        closed_why=view.closed_why,
        ratings=ratings_of(fields, ratings),
    )


def _public(document: OfferDocument) -> OfferDocument:
    """Without what is the house's own: ids of projects."""
    return msgspec.structs.replace(document, project_ids=[], exam_project_id=None)


def _fields(body: OfferBody) -> OfferFields:
    kept = {
        name: getattr(body, name)
        for name in OfferFields.__struct_fields__
        if name not in {"spoken", "skills", "categories", "project_ids"}
    }
    return OfferFields(
        **kept,
        spoken=tuple(body.languages),
        skills=tuple(body.skills),
        categories=tuple(body.categories),
        project_ids=tuple(sorted(body.project_ids)),
    )


@get("/offers", summary="Published offers", security=[])
async def show_offers(
    request: Request[Actor],
    language: FromQuery[str] = "",
    country: FromQuery[str] = "",
    region: FromQuery[str] = "",
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> OfferRows:
    """Published offers, newest first; anybody may ask, without a token. Ids of projects are left out."""
    wanted = OfferSearch(language=language, place=Place(country, region), words=q[:200])
    async with request.db.read() as session:
        found = await search_offers(session, wanted=wanted, cursor=cursor)
        documents = await _documents(request, session, found.rows)
    return OfferRows([_public(one) for one in documents], found.next_cursor)


@get("/offers/{number:int}", summary="An offer", security=[])
async def show_offer(request: Request[Actor], number: FromPath[int]) -> OfferDocument:
    """An offer that was published, closed ones too (see `state`); anybody may ask, without a token."""
    async with request.db.read() as session:
        view = await open_offer(session, number=_number(number))
        (document,) = await _documents(request, session, [view])
    return _public(document)


@get("/hiring/offers", summary="All offers")
async def show_all(
    request: Request[Actor],
    in_state: Annotated[OfferState | None, QueryParameter(name="state")] = None,
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> OfferRows:
    """All offers, drafts too, newest first."""
    async with request.db.read() as session:
        found = await list_offers(session, actor=request.actor, state=in_state, words=q[:200], cursor=cursor)
        documents = await _documents(request, session, found.rows)
    return OfferRows(documents, found.next_cursor)


@post("/hiring/offers", summary="Draft an offer", status_code=201)
async def add(request: Request[Actor], data: JSONBody[OfferBody]) -> OfferDocument:
    """Write an offer down, as a draft."""
    terms = data.terms if data.terms.markdown else None
    async with request.db.write() as session:
        made = await add_offer(session, actor=request.actor, fields=_fields(data), terms=terms)
    return await _managed(request, made.number)


@patch("/hiring/offers/{number:int}", summary="Change an offer")
async def alter(request: Request[Actor], number: FromPath[int], data: JSONBody[OfferBody]) -> OfferDocument:
    """Change a draft. Of a published offer: description, contact, quota, last day, for whom, admission and terms."""
    terms = data.terms if data.terms.markdown else None
    wanted = _number(number)
    async with request.db.write() as session:
        await change_offer(session, actor=request.actor, number=wanted, fields=_fields(data), terms=terms)
    return await _managed(request, wanted)


@post("/hiring/offers/{number:int}/publish", summary="Publish an offer", status_code=200)
async def publish(request: Request[Actor], number: FromPath[int]) -> OfferDocument:
    """Let everybody see it. A rate below the floor of its place is refused."""
    wanted = _number(number)
    async with request.db.write() as session:
        await publish_offer(session, actor=request.actor, number=wanted, now=request.now)
    return await _managed(request, wanted)


@post("/hiring/offers/{number:int}/close", summary="Close an offer", status_code=200)
async def close(request: Request[Actor], number: FromPath[int]) -> OfferDocument:
    """Take no more applications; those under way go on."""
    wanted = _number(number)
    async with request.db.write() as session:
        await close_offer(session, actor=request.actor, number=wanted, now=request.now)
    return await _managed(request, wanted)


@post("/hiring/offers/{number:int}/copy", summary="Copy an offer", status_code=201)
async def duplicate(request: Request[Actor], number: FromPath[int], data: JSONBody[CopyBody]) -> OfferDocument:
    """Make a draft like it, for another place."""
    async with request.db.write() as session:
        made = await copy_offer(session, actor=request.actor, number=_number(number), place=data.place)
    return await _managed(request, made.number)


async def _managed(request: Request[Actor], number: int) -> OfferDocument:
    async with request.db.read() as session:
        view = await access_offer(session, actor=request.actor, number=number)
        (document,) = await _documents(request, session, [view])
    return document


async def _documents(request: Request[Actor], session: ReadSession, views: Sequence[OfferView]) -> list[OfferDocument]:
    ratings = await ratings_of_offers(session, offers=[view.fields for view in views])
    return [_document(request, view, ratings) for view in views]


def _number(number: int) -> int:
    if not 0 <= number < 2**31:
        raise NotFoundError
    return number


handlers: list[Any] = [show_offers, show_offer, show_all, add, alter, publish, close, duplicate]
