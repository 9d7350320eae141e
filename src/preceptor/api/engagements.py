"""Engagements: accepting an offer, what was agreed, and changes with notice."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody

from preceptor.hiring import EngagementKind, Terms
from preceptor.hiring.operations import accept_offer, change_rate, end_engagement
from preceptor.hiring.queries import EngagementView, access_engagement, list_engagements, my_engagements
from preceptor.lib.errors import NotFoundError
from preceptor.lib.money import Money
from preceptor.lib.web import Request
from preceptor.people import Actor, Place, Role

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class EngagementDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A version of an engagement. `rate` is per hour, in minor units; `holds`: it is the one that holds now."""

    id: UUID
    person_id: UUID
    name: str
    offer: int
    version: int
    title: str
    role: Role
    project_ids: list[UUID]
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


class AgreedDocument(EngagementDocument, frozen=True, kw_only=True):
    """The same with the terms as they were accepted."""

    terms: Terms


class EngagementRows(msgspec.Struct, frozen=True):
    """Who is engaged; `next_cursor` leads to the next ones."""

    engagements: list[EngagementDocument]
    next_cursor: str | None


class AcceptBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The digest of the terms that were read."""

    terms_digest: str


class RateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another hourly rate, in minor units, for work begun from `effective_from` on. No people: everybody engaged."""

    rate: Money
    effective_from: Moment
    reason: str
    person_ids: list[UUID] | None = None


class EndBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When an engagement ends, not before the notice agreed; left out: with that notice."""

    reason: str
    ends_at: Moment | None = None


class Told(msgspec.Struct, frozen=True):
    """How many were told."""

    told: int


def _engagement(row: EngagementView) -> dict[str, Any]:
    kept = {name: getattr(row, name) for name in EngagementDocument.__struct_fields__ if name != "offer"}
    return {**kept, "offer": row.offer_number}


@post("/applications/{application_id:uuid}/accept", summary="Accept an offer", status_code=201)
async def accept(request: Request[Actor], application_id: FromPath[UUID], data: JSONBody[AcceptBody]) -> AgreedDocument:
    """Accept the offer that was made to you, naming the terms you read by their digest."""
    async with request.db.write() as session:
        made = await accept_offer(
            session, actor=request.actor, application_id=application_id, digest=data.terms_digest, now=request.now
        )
    request.authentication.forget(request.actor.person_id)
    return await _agreed(request, made)


@get("/engagements", summary="Your engagements")
async def show_engagements(request: Request[Actor]) -> dict[str, list[EngagementDocument]]:
    """Every version of what you agreed to, newest first."""
    async with request.db.read() as session:
        rows = await my_engagements(session, actor=request.actor, now=request.now)
    return {"engagements": [EngagementDocument(**_engagement(row)) for row in rows]}


async def _agreed(request: Request[Actor], engagement_id: UUID) -> AgreedDocument:
    async with request.db.read() as session:
        found = await access_engagement(session, actor=request.actor, engagement_id=engagement_id, now=request.now)
    return AgreedDocument(**_engagement(found.engagement), terms=found.terms)


@get("/engagements/{engagement_id:uuid}", summary="An engagement")
async def show_engagement(request: Request[Actor], engagement_id: FromPath[UUID]) -> AgreedDocument:
    """A version with its terms: yours, or anybody's for managers."""
    return await _agreed(request, engagement_id)


@get("/hiring/engagements", summary="Who is engaged")
async def show_engaged(
    request: Request[Actor], offer: FromQuery[int | None] = None, cursor: FromQuery[str | None] = None
) -> EngagementRows:
    """The newest version of every engagement, newest first."""
    async with request.db.read() as session:
        found = await list_engagements(session, actor=request.actor, number=offer, now=request.now, cursor=cursor)
    return EngagementRows([EngagementDocument(**_engagement(row)) for row in found.rows], found.next_cursor)


@post("/hiring/offers/{number:int}/rate", summary="Change the rate of the engaged", status_code=200)
async def alter_rate(request: Request[Actor], number: FromPath[int], data: JSONBody[RateBody]) -> Told:
    """Tell those engaged by an offer of another rate. A lower one needs the notice agreed; work begun keeps its own."""
    async with request.db.write() as session:
        told = await change_rate(
            session,
            actor=request.actor,
            number=_number(number),
            rate=data.rate,
            effective_from=data.effective_from,
            reason=data.reason,
            person_ids=data.person_ids,
            now=request.now,
        )
    return Told(told)


@post("/hiring/offers/{number:int}/engaged/{person_id:uuid}/end", summary="End an engagement", status_code=200)
async def finish(
    request: Request[Actor], number: FromPath[int], person_id: FromPath[UUID], data: JSONBody[EndBody]
) -> dict[str, datetime]:
    """Tell somebody that their engagement ends, with the notice agreed; one's own can end at once."""
    async with request.db.write() as session:
        until = await end_engagement(
            session,
            actor=request.actor,
            person_id=person_id,
            number=_number(number),
            ends_at=data.ends_at,
            reason=data.reason,
            now=request.now,
        )
    return {"ends_at": until}


def _number(number: int) -> int:
    if not 0 <= number < 2**31:
        raise NotFoundError
    return number


handlers: list[Any] = [accept, show_engagements, show_engagement, show_engaged, alter_rate, finish]
