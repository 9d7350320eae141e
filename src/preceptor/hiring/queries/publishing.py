"""What keeps an offer from being published, and how many more it can admit: for its managers."""

from datetime import datetime

from sqlalchemy import select

from preceptor.hiring.queries.offers import NoSuchOfferError, fields_of, terms_of
from preceptor.hiring.queries.rooms import RoomView, room_of
from preceptor.hiring.rules import publishing_problems
from preceptor.hiring.tables import Certification, Offer
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import FieldProblem
from preceptor.lib.money import format_money
from preceptor.pay.queries import floor_for, floors_for
from preceptor.pay.rules import floor_problems
from preceptor.people.rules import Actor, Permission, Place


async def problems_before_publishing(session: ReadSession, row: Offer, *, now: datetime) -> list[FieldProblem]:
    """What keeps an offer from being published, the floor of its place among it. For callers that know who asks."""
    fields = await fields_of(session, row)
    floors = await floors_for(session, place=fields.place)
    return [
        *publishing_problems(fields, terms=await terms_of(session, row), today=now.date()),
        *floor_problems(fields.rate, place=fields.place, floors=floors, at=now),
    ]


async def problems_of_offer(session: ReadSession, *, actor: Actor, number: int, now: datetime) -> list[FieldProblem]:
    """The same, for managers.

    Raises:
        MissingPermissionError: the actor may not write offers.
        NoSuchOfferError: there is none of this number.
    """
    return await problems_before_publishing(session, await _row(session, actor, number), now=now)


async def offer_room(session: ReadSession, *, actor: Actor, number: int, now: datetime) -> RoomView:
    """How many more an offer can admit, for managers.

    Raises:
        MissingPermissionError: the actor may not write offers.
        NoSuchOfferError: there is none of this number.
    """
    return await room_of(session, await _row(session, actor, number), now=now)


async def _row(session: ReadSession, actor: Actor, number: int) -> Offer:
    actor.require(Permission.OFFER_WRITE)
    row = await session.scalar(select(Offer).where(Offer.number == number))
    if row is None:
        raise NoSuchOfferError
    return row


async def floor_of(session: ReadSession, *, place: Place, currency: str, at: datetime) -> str:
    """The least that may be paid per hour in a place, with its source; empty where nothing was set."""
    floor = await floor_for(session, place=place, currency=currency, at=at)
    return f"{format_money(floor.least)} · {floor.source}" if floor else ""


async def list_certification_names(session: ReadSession) -> list[tuple[str, str]]:
    """Slugs and names of all certifications, by name."""
    rows = await session.execute(select(Certification.slug, Certification.name).order_by(Certification.name))
    return [(slug, name) for slug, name in rows]
