"""Deciding applications: admitting and refusing them, what an exam came to, and who moves up."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from preceptor.hiring.operations.moving import (
    fill_places,
    hold_places,
    make_offer,
    move,
    put_in_line,
    seat,
    tell,
)
from preceptor.hiring.queries.applications import NoSuchApplicationError, given_of, wanted_of
from preceptor.hiring.queries.offers import fields_of
from preceptor.hiring.queries.rooms import room_of
from preceptor.hiring.rules import MAX_NOTE, ApplicationState, OfferState, shortfalls
from preceptor.hiring.tables import Application, Offer, OfferProject, WorkForecast
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import _
from preceptor.people.rules import Actor, Permission

EXAM_STATES = (ApplicationState.INVITED, ApplicationState.FAILED)
MINUTES_PER_HOUR = 60


async def admit(session: WriteSession, *, actor: Actor, application_id: UUID, now: datetime) -> ApplicationState:
    """Admit an applicant: to the exam, to the offer where none is sat, or to the waiting list while there is no room.

    Answers what came of it. Whoever waits already is before them.

    Raises:
        MissingPermissionError: the actor may not decide applications.
        NoSuchApplicationError: there is none of this id.
        ApplicationMovedOnError: it is neither received nor waiting.
    """
    offer, row = await _hold(session, actor=actor, application_id=application_id)
    await _admit(session, row, offer, now=now, by=actor.person_id)
    return ApplicationState(row.state)


async def admit_if_met(session: WriteSession, row: Application, offer: Offer, *, now: datetime) -> bool:
    """Admit an application that was new, where its offer does so by itself and nothing is lacking."""
    if not offer.admits_at_once:
        return False
    fields = await fields_of(session, offer)
    if any(shortfalls(given_of(row), wanted_of(fields))):
        return False
    await _admit(session, row, offer, now=now, by=None)
    return True


async def _admit(session: WriteSession, row: Application, offer: Offer, *, now: datetime, by: UUID | None) -> None:
    view = await room_of(session, offer, now=now)
    others = select(Application.id).where(
        Application.offer_id == offer.id,
        Application.state == ApplicationState.WAITING.value,
        Application.id != row.id,
    )
    if row.state != ApplicationState.WAITING.value and await session.scalar(others.limit(1)) is None:
        if view.room.places > 0:
            await seat(session, row, offer, now=now, by=by)
            return
    elif row.state == ApplicationState.WAITING.value and view.room.places > 0:
        await seat(session, row, offer, now=now, by=by)
        return
    await put_in_line(session, row, offer, view=view, now=now, by=by)


async def refuse(session: WriteSession, *, actor: Actor, application_id: UUID, note: str, now: datetime) -> None:
    """Not take an applicant on, and tell them why.

    Raises:
        MissingPermissionError: the actor may not decide applications.
        NoSuchApplicationError: there is none of this id.
        ApplicationMovedOnError: it is over already, or the offer was made.
        InvalidError: there is no reason, or a very long one.
    """
    offer, row = await _hold(session, actor=actor, application_id=application_id)
    reason = note.strip()
    if not reason or len(reason) > MAX_NOTE:
        message = _("Write in 1 to {count} characters why. They read it.").format(count=MAX_NOTE)
        raise InvalidError(fields=[FieldProblem("note", message)])
    await move(session, row, ApplicationState.REFUSED, now=now, by=actor.person_id, note=reason)
    await tell(
        session,
        row,
        offer,
        subject=_("Your application for “{title}” was not taken"),
        body=_("The reason given: {reason}"),
        values={"reason": lambda: reason},
    )
    await fill_places(session, offer, now=now)


async def application_exam_passed(
    session: WriteSession, *, person_id: UUID, exam_project_id: UUID, now: datetime
) -> list[UUID]:
    """Whoever graded an exam says that it was passed: everybody who passes an exam they were invited to has an offer.

    Answers the applications concerned, one per offer; none where the exam was sat for another reason. Repeating it
    changes nothing.
    """
    moved = []
    for offer, row in await _in_exam(session, person_id=person_id, exam_project_id=exam_project_id):
        await move(session, row, ApplicationState.PASSED, now=now)
        await make_offer(session, row, offer, now=now)
        moved.append(row.id)
    return moved


async def application_exam_failed(
    session: WriteSession, *, person_id: UUID, exam_project_id: UUID, now: datetime, note: str = ""
) -> list[UUID]:
    """Whoever graded an exam says that it was not passed. What is missing and when to try again they tell themselves.

    Answers the applications concerned. The place goes to the next who waits; sitting the exam again and passing makes
    the offer all the same.
    """
    moved = []
    for offer, row in await _in_exam(session, person_id=person_id, exam_project_id=exam_project_id):
        if row.state == ApplicationState.INVITED.value:
            await move(session, row, ApplicationState.FAILED, now=now, note=note)
            await fill_places(session, offer, now=now)
            moved.append(row.id)
    return moved


async def _in_exam(session: WriteSession, *, person_id: UUID, exam_project_id: UUID) -> list[tuple[Offer, Application]]:
    """Applications that this exam decides, newest of each offer, with their offers held in one order."""
    rows = await session.execute(
        select(Application.id, Application.offer_id, Application.state)
        .join(Offer, Offer.id == Application.offer_id)
        .where(Application.person_id == person_id, Offer.exam_project_id == exam_project_id)
        .order_by(Application.offer_id, Application.id)
    )
    newest = {offer_id: (application_id, state) for application_id, offer_id, state in rows}
    held = []
    for offer_id, (application_id, state) in newest.items():
        if ApplicationState(state) in EXAM_STATES:
            offer = await hold_places(session, offer_id)
            row = await session.get_one(Application, application_id, with_for_update=True, populate_existing=True)
            held.append((offer, row))
    return held


async def set_forecast(session: WriteSession, *, project_id: UUID, hours_per_week: float, at: datetime) -> None:
    """Write down how much work a project is expected to have each week; called from above, where that is known.

    It caps admissions to the project's offers while it is fresh. Who waits moves up with `fill_waiting_lists`.
    """
    minutes = max(round(hours_per_week * MINUTES_PER_HOUR), 0)
    row = await session.get(WorkForecast, project_id, with_for_update=True)
    if row is None:
        session.add(WorkForecast(project_id=project_id, minutes_per_week=minutes, at=at))
    elif row.at <= at:
        row.minutes_per_week, row.at = minutes, at
    await session.flush()


async def forecast_projects(session: WriteSession) -> list[UUID]:
    """Projects whose forecast matters: those of published offers, and of closed ones on which people wait."""
    rows = await session.scalars(
        select(OfferProject.project_id)
        .join(Offer, Offer.id == OfferProject.offer_id)
        .where(Offer.state != OfferState.DRAFT.value)
        .distinct()
        .order_by(OfferProject.project_id)
    )
    return list(rows)


async def fill_waiting_lists(session: WriteSession, *, now: datetime) -> int:
    """Let people move up wherever there is room; answers how many did. For the worker."""
    offers = select(Application.offer_id).where(Application.state == ApplicationState.WAITING.value).distinct()
    filled = 0
    for offer_id in sorted(await session.scalars(offers)):
        filled += await fill_places(session, await hold_places(session, offer_id), now=now)
    return filled


async def _hold(session: WriteSession, *, actor: Actor, application_id: UUID) -> tuple[Offer, Application]:
    actor.require(Permission.APPLICATION_DECIDE)
    offer_id = await session.scalar(
        select(Application.offer_id).where(
            Application.id == application_id, Application.state != ApplicationState.UNCONFIRMED.value
        )
    )
    if offer_id is None:
        raise NoSuchApplicationError
    offer = await hold_places(session, offer_id)
    return offer, await session.get_one(Application, application_id, with_for_update=True, populate_existing=True)
