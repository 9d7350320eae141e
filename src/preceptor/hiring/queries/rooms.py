"""How many more people an offer can admit, from its quota and the work there is."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import func, or_, select

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
    """How many more people an offer can admit now. For callers that have made sure who asks."""
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
    seated = select(func.count()).where(Application.offer_id == row.id, *holds)
    projects = select(OfferProject.project_id).where(OfferProject.offer_id == row.id)
    forecast = select(func.sum(WorkForecast.minutes_per_week)).where(
        WorkForecast.project_id.in_(projects), WorkForecast.at > now - FORECAST_HOLDS
    )
    beside = select(OfferProject.offer_id).where(OfferProject.project_id.in_(projects))
    promised = (
        select(func.coalesce(func.sum(func.greatest(Offer.hours_least, 1)), 0))
        .select_from(Application)
        .join(Offer, Offer.id == Application.offer_id)
        .where(or_(Offer.id == row.id, Offer.id.in_(beside)), *holds)
    )
    figures = (
        await session.execute(select(seated.scalar_subquery(), forecast.scalar_subquery(), promised.scalar_subquery()))
    ).one()
    minutes = None if figures[1] is None else int(figures[1])
    return RoomView(
        room=room_left(
            quota=row.quota,
            seated=int(figures[0]),
            forecast_minutes=minutes,
            hours_least=row.hours_least,
            engaged_hours=int(figures[2]),
        ),
        quota=row.quota,
        seated=int(figures[0]),
        forecast_minutes=minutes,
        promised_hours=int(figures[2]),
    )


async def place_in_line(session: ReadSession, *, application_id: UUID) -> int | None:
    """Which place an application has on the waiting list of its offer, from 1; None where it does not wait."""
    waiting = ApplicationState.WAITING.value
    mine = (
        await session.execute(
            select(Application.offer_id, Application.state_at, Application.id).where(
                Application.id == application_id, Application.state == waiting
            )
        )
    ).first()
    if mine is None:
        return None
    before = (Application.state_at < mine.state_at) | (
        (Application.state_at == mine.state_at) & (Application.id < mine.id)
    )
    ahead = select(func.count()).where(Application.offer_id == mine.offer_id, Application.state == waiting, before)
    return (await session.scalar(ahead) or 0) + 1
