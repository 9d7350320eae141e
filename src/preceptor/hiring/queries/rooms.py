"""How many more people an offer can admit, from its quota and the work there is."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import aliased

from preceptor.hiring.rules import SEATED, ApplicationState, Room, room_left
from preceptor.hiring.tables import Application, EngagementEnd, Offer, OfferProject, WorkForecast
from preceptor.lib.db import ReadSession
from preceptor.lib.i18n import LazyText, _

FORECAST_HOLDS = timedelta(days=8)
"""An older forecast says nothing: nobody has looked for so long."""


class RoomView(msgspec.Struct, frozen=True, kw_only=True):
    """How many more an offer can admit, and the figures behind it.

    Attributes:
        room: what came out.
        quota: people the offer is for.
        seated: those who hold a place: invited, passed, offered or engaged.
        forecast_minutes: work expected a week in the offer's projects; None where nobody knows.
        promised_hours: hours a week that people of these projects have been promised.
    """

    room: Room
    quota: int
    seated: int
    forecast_minutes: int | None
    promised_hours: int


def waiting_reason(view: RoomView) -> LazyText:
    """Why people wait, in true figures."""
    if view.room.by_forecast and view.forecast_minutes is not None:
        return _(
            "There are about {hours} hours of work a week, and {promised} of them are promised to people already."
        ).format(hours=view.forecast_minutes // 60, promised=view.promised_hours)
    if view.room.places <= 0:
        return _("The offer is for {quota} people, and all places are taken or held for people in the exam.").format(
            quota=view.quota
        )
    return _("Others who came before you are being admitted first.")


async def room_of(session: ReadSession, row: Offer, *, now: datetime) -> RoomView:
    """How many more people one offer can admit now. For callers that have made sure who asks."""
    return (await rooms_of(session, [row], now=now))[row.id]


async def rooms_of(session: ReadSession, offers: Collection[Offer], *, now: datetime) -> dict[UUID, RoomView]:
    """How many more people offers can admit now, in one statement. For callers that have made sure who asks."""
    seats = [one.value for one in SEATED]
    ended = (
        select(EngagementEnd.person_id)
        .where(
            EngagementEnd.person_id == Application.person_id,
            EngagementEnd.offer_id == Application.offer_id,
            EngagementEnd.ends_at <= now,
        )
        .exists()
    )
    holds = [Application.state.in_(seats), ~(ended & (Application.state == ApplicationState.ACCEPTED.value))]
    asked = aliased(Offer)
    seated = select(func.count()).where(Application.offer_id == asked.id, *holds)
    projects = select(OfferProject.project_id).where(OfferProject.offer_id == asked.id)
    forecast = select(func.sum(WorkForecast.minutes_per_week)).where(
        WorkForecast.project_id.in_(projects.correlate(asked)), WorkForecast.at > now - FORECAST_HOLDS
    )
    beside = select(OfferProject.offer_id).where(OfferProject.project_id.in_(projects.correlate(asked)))
    promised = (
        select(func.coalesce(func.sum(func.greatest(Offer.hours_least, 1)), 0))
        .select_from(Application)
        .join(Offer, Offer.id == Application.offer_id)
        .where(or_(Offer.id == asked.id, Offer.id.in_(beside.correlate(asked))), *holds)
    )
    figures = await session.execute(
        select(
            asked.id,
            *(one.correlate(asked).scalar_subquery() for one in (seated, forecast, promised)),
        ).where(asked.id.in_([one.id for one in offers]))
    )
    rows = {row.id: row for row in offers}
    return {
        offer_id: _room(rows[offer_id], int(seats), None if minutes is None else int(minutes), int(hours))
        for offer_id, seats, minutes, hours in figures
    }


def _room(row: Offer, seated: int, forecast_minutes: int | None, promised_hours: int) -> RoomView:
    return RoomView(
        room=room_left(
            quota=row.quota,
            seated=seated,
            forecast_minutes=forecast_minutes,
            hours_least=row.hours_least,
            engaged_hours=promised_hours,
        ),
        quota=row.quota,
        seated=seated,
        forecast_minutes=forecast_minutes,
        promised_hours=promised_hours,
    )


async def place_in_line(session: ReadSession, *, application_id: UUID) -> int | None:
    """Which place an application has on the waiting list of its offer, from 1; None where it does not wait."""
    return (await places_in_line(session, application_ids=[application_id])).get(application_id)


async def places_in_line(session: ReadSession, *, application_ids: Collection[UUID]) -> dict[UUID, int]:
    """The same of several applications, in one statement; those that do not wait are left out."""
    waiting = ApplicationState.WAITING.value
    ahead = aliased(Application)
    before = select(func.count()).where(
        ahead.offer_id == Application.offer_id,
        ahead.state == waiting,
        tuple_(ahead.state_at, ahead.id) < tuple_(Application.state_at, Application.id),
    )
    rows = await session.execute(
        select(Application.id, before.correlate(Application).scalar_subquery() + 1).where(
            Application.id.in_(application_ids), Application.state == waiting
        )
    )
    return {row[0]: row[1] for row in rows}
