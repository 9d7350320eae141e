"""Applications from state to state: what is written down, and what the applicant is told."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from preceptor.hiring.events import ApplicationMoved
from preceptor.hiring.queries import certifications_of
from preceptor.hiring.queries.rooms import RoomView, place_in_line, room_of, waiting_reason
from preceptor.hiring.rules import MOVES, OFFER_STANDS, ApplicationState, exam_pay, offer_number
from preceptor.hiring.tables import Application, ApplicationStep, Offer
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, format_money
from preceptor.people.operations import add_member
from preceptor.people.operations.notices import Told, moment, notify
from preceptor.people.rules import SYSTEM
from preceptor.projects.queries import project_terms


class ApplicationMovedOnError(ConflictError):
    """The application is in a state that does not lead to the one wanted; somebody may have been faster."""

    title = _("The application has moved on in the meantime. Look at it again.")
    code = "application_moved_on"


async def hold_places(session: WriteSession, offer_id: UUID) -> Offer:
    """An offer's row, locked until the transaction ends: whoever gives places away holds it first."""
    return await session.get_one(Offer, offer_id, with_for_update=True, populate_existing=True)


async def move(
    session: WriteSession,
    application: Application,
    state: ApplicationState,
    *,
    now: datetime,
    by: UUID | None = None,
    note: str = "",
) -> None:
    """Bring an application whose offer is held into another state, and write it down.

    Raises:
        ApplicationMovedOnError: its state does not lead there.
    """
    if state not in MOVES[ApplicationState(application.state)]:
        raise ApplicationMovedOnError
    application.state, application.state_at = state.value, now
    application.answer_by = now + OFFER_STANDS if state is ApplicationState.OFFERED else None
    await session.flush()
    await write_step(session, application, now=now, by=by, note=note)


async def write_step(
    session: WriteSession, application: Application, *, now: datetime, by: UUID | None = None, note: str = ""
) -> None:
    """Write down the state that an application has come into."""
    session.add(
        ApplicationStep(
            application_id=application.id, state=application.state, at=now, by=by if by and by.int else None, note=note
        )
    )
    await session.flush()
    session.emit(
        ApplicationMoved(
            actor_id=by,
            subject_id=application.id,
            offer_id=application.offer_id,
            person_id=application.person_id,
            state=application.state,
        )
    )


async def seat(
    session: WriteSession, application: Application, offer: Offer, *, now: datetime, by: UUID | None = None
) -> None:
    """Give an application a place: an invitation to the exam, or the offer where none has to be sat.

    Whoever is invited joins the teams of the exam. Whoever holds the offer's certification already does not sit it.
    """
    held = {one.slug: one.level for one in await certifications_of(session, person_id=application.person_id, now=now)}
    certified = bool(offer.certification) and held.get(offer.certification, 0) >= max(offer.certification_level, 1)
    if offer.exam_project_id is None or certified:
        await make_offer(session, application, offer, now=now, by=by)
        return
    await move(session, application, ApplicationState.INVITED, now=now, by=by)
    # An exam is sat by the teams of its project: it should have one of its own, which works on nothing else.
    for team_id in sorted((await project_terms(session, project_id=offer.exam_project_id)).team_ids):
        await add_member(session, actor=SYSTEM, team_id=team_id, person_id=application.person_id)
    pay = exam_pay(Money(offer.rate_minor, offer.currency), offer.exam_minutes)
    await tell(
        session,
        application,
        offer,
        subject=_("You are invited to the exam for “{title}”"),
        body=_(
            "It takes about {minutes} minutes and is paid: {pay} for that time, whether you pass or not. Sit it when "
            "it suits you; drafts are kept."
        ),
        values={"minutes": lambda: offer.exam_minutes, "pay": lambda: format_money(pay)},
    )


async def make_offer(
    session: WriteSession, application: Application, offer: Offer, *, now: datetime, by: UUID | None = None
) -> None:
    """Make the offer to an applicant. It stands for 14 days."""
    await move(session, application, ApplicationState.OFFERED, now=now, by=by)
    rate = Money(offer.rate_minor, offer.currency)
    until = now + OFFER_STANDS
    await tell(
        session,
        application,
        offer,
        subject=_("You have an offer: “{title}”"),
        body=_(
            "The rate is {rate} an hour. Read the terms and accept or decline until {day}. What you accept is kept as "
            "it is: a later change needs notice and never touches work already begun."
        ),
        values={
            "rate": lambda: format_money(rate),
            "day": lambda: moment(until),
        },
    )


async def put_in_line(
    session: WriteSession, application: Application, offer: Offer, *, view: RoomView, now: datetime, by: UUID | None
) -> None:
    """Put an application on the waiting list, and tell its place and the reason."""
    await move(session, application, ApplicationState.WAITING, now=now, by=by)
    line = await place_in_line(session, application_id=application.id)
    reason = waiting_reason(view)
    await tell(
        session,
        application,
        offer,
        subject=_("You are on the waiting list for “{title}”"),
        body=_("Your place on it is {line}. {reason} You move up by yourself, and we write when it is your turn."),
        values={"line": lambda: line, "reason": lambda: reason},
    )


async def fill_places(session: WriteSession, offer: Offer, *, now: datetime) -> int:
    """Give free places of an offer that is held to those who wait longest; answers how many."""
    filled = 0
    while (await room_of(session, offer, now=now)).room.places > 0:
        first = await session.scalar(
            select(Application)
            .where(Application.offer_id == offer.id, Application.state == ApplicationState.WAITING.value)
            .order_by(Application.state_at, Application.id)
            .limit(1)
            .with_for_update()
        )
        if first is None:
            break
        await seat(session, first, offer, now=now)
        filled += 1
    return filled


async def tell(
    session: WriteSession,
    application: Application,
    offer: Offer,
    *,
    subject: LazyText,
    body: LazyText,
    values: dict[str, Callable[[], object]] | None = None,
) -> None:
    """Tell an applicant something about their application, in their language."""

    def write() -> Told:
        given = {name: make() for name, make in (values or {}).items()}
        common = {"title": offer.title, "number": offer_number(offer.number)}
        return Told(str(subject.format(**common)), str(body.format(**common, **given)))

    await notify(
        session,
        person_id=application.person_id,
        kind="application.moved",
        text=write,
        link=f"/applications/{application.id}",
    )
