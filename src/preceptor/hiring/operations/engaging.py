"""Engagements: accepting an offer, changing a rate with notice, and ending."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from preceptor.hiring.events import Engaged, EngagementChanged, EngagementEnded
from preceptor.hiring.operations.applying import hold_own
from preceptor.hiring.operations.leaving import leave_teams
from preceptor.hiring.operations.moving import fill_places, hold_places, move, tell
from preceptor.hiring.operations.offers import end_offer, hold_offer
from preceptor.hiring.queries.engagements import (
    NoSuchEngagementError,
    engaged_people,
    newest_version,
    versions_of_engagement,
)
from preceptor.hiring.queries.offers import count_accepted, fields_of, terms_of
from preceptor.hiring.rules import (
    ApplicationState,
    ClosedWhy,
    EngagementKind,
    OfferState,
    ToldRate,
    change_problems,
    terms_digest,
)
from preceptor.hiring.tables import Application, Engagement, EngagementEnd, Offer
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.money import Money, format_money
from preceptor.pay.operations import set_employed
from preceptor.pay.queries import floors_for
from preceptor.pay.rules import floor_problems
from preceptor.people.operations import add_member, change_roles
from preceptor.people.operations.notices import Told, moment, notify
from preceptor.people.operations.profile import set_place_and_languages
from preceptor.people.queries import access_person, profile_of
from preceptor.people.rules import SYSTEM, Actor, Permission, Place, Role
from preceptor.projects.operations.fetching import author
from preceptor.projects.queries import project_terms

MAX_REASON = 2_000


class StaleTermsError(ConflictError):
    """The terms have a newer version than the one that was read."""

    title = _("The terms have changed since you opened this page. Read them again before you accept.")
    code = "stale_terms"


class EngagementEndedError(ConflictError):
    """The end of the engagement has been told already."""

    title = _("The end of this engagement has been told already.")
    code = "engagement_ended"


async def accept_offer(
    session: WriteSession, *, actor: Actor, application_id: UUID, digest: str, now: datetime
) -> UUID:
    """Accept an offer: keep what was agreed for good, and join the teams of its projects. Answers the engagement's id.

    Args:
        session: the transaction.
        actor: the applicant.
        application_id: an application whose offer was made.
        digest: of the terms they read, so that nobody accepts what they have not seen.
        now: the time from which it holds.

    Raises:
        NoSuchApplicationError: no such application, or it is somebody else's.
        ApplicationMovedOnError: no offer was made, or it does not stand any more.
        StaleTermsError: the terms have changed since.
    """
    offer, row = await hold_own(session, actor=actor, application_id=application_id)
    terms = await terms_of(session, offer)
    await move(session, row, ApplicationState.ACCEPTED, now=now, by=actor.person_id)
    if terms is None or terms_digest(terms) != digest:
        raise StaleTermsError
    fields = await fields_of(session, offer)
    engagement = Engagement(
        person_id=actor.person_id,
        offer_id=offer.id,
        application_id=row.id,
        version=1,
        title=offer.title,
        role=offer.role,
        project_ids=list(fields.project_ids),
        rate_minor=offer.rate_minor,
        currency=offer.currency,
        country=offer.country,
        region=offer.region,
        hours_least=offer.hours_least,
        hours_most=offer.hours_most,
        organisation=offer.organisation,
        kind=offer.kind,
        notice_days=offer.notice_days,
        terms_version=offer.terms_version,
        terms_digest=digest,
        announced_at=now,
        effective_from=now,
    )
    session.add(engagement)
    await session.flush()
    session.emit(
        Engaged(actor_id=actor.person_id, subject_id=engagement.id, offer_id=offer.id, person_id=actor.person_id)
    )
    await _join(session, actor, Role(offer.role), fields.project_ids)
    if row.country:
        spoken = (await profile_of(session, person_id=actor.person_id)).spoken
        place = Place(row.country, row.region)
        await set_place_and_languages(session, actor=actor, person_id=actor.person_id, place=place, spoken=spoken)
    employed = fields.kind is EngagementKind.EMPLOYEE
    await set_employed(session, actor=actor, person_id=actor.person_id, employed=employed, now=now)
    if offer.state == OfferState.PUBLISHED.value and await count_accepted(session, offer_id=offer.id) >= offer.quota:
        end_offer(session, offer, why=ClosedWhy.QUOTA, actor_id=None, now=now)
    return engagement.id


async def _join(session: WriteSession, actor: Actor, role: Role, project_ids: Collection[UUID]) -> None:
    person = await access_person(session, actor=SYSTEM, person_id=actor.person_id)
    if role not in person.roles:
        await change_roles(session, actor=SYSTEM, person_id=actor.person_id, roles=[*person.roles, role])
    teams: set[UUID] = set()
    for project_id in project_ids:
        teams |= (await project_terms(session, project_id=project_id)).team_ids
    for team_id in sorted(teams):
        await add_member(session, actor=SYSTEM, team_id=team_id, person_id=actor.person_id)


async def decline_offer(session: WriteSession, *, actor: Actor, application_id: UUID, now: datetime) -> None:
    """Decline an offer that was made. The place goes to the next who waits.

    Raises:
        NoSuchApplicationError: no such application, or it is somebody else's.
        ApplicationMovedOnError: no offer was made, or it does not stand any more.
    """
    offer, row = await hold_own(session, actor=actor, application_id=application_id)
    await move(session, row, ApplicationState.DECLINED, now=now, by=actor.person_id)
    await fill_places(session, offer, now=now)


async def lapse_unanswered(session: WriteSession, *, now: datetime) -> int:
    """Take back offers that nobody answered in time, tell their applicants, and answer how many. For the worker."""
    due = select(Application.id, Application.offer_id).where(
        Application.state == ApplicationState.OFFERED.value, Application.answer_by < now
    )
    lapsed = 0
    for application_id, offer_id in list(await session.execute(due.order_by(Application.offer_id, Application.id))):
        offer = await hold_places(session, offer_id)
        row = await session.get_one(Application, application_id, with_for_update=True, populate_existing=True)
        if row.state == ApplicationState.OFFERED.value:
            await move(session, row, ApplicationState.DECLINED, now=now)
            await tell(
                session,
                row,
                offer,
                subject=_("The offer of “{title}” has lapsed"),
                body=_("You did not answer it in time. You can apply again while it is open."),
            )
            await fill_places(session, offer, now=now)
            lapsed += 1
    return lapsed


async def change_rate(
    session: WriteSession,
    *,
    actor: Actor,
    number: int,
    rate: Money,
    effective_from: datetime,
    reason: str,
    now: datetime,
    person_ids: Collection[UUID] | None = None,
) -> int:
    """Tell everybody who is engaged by an offer, or some of them, of another rate; answers how many were told.

    It holds for work begun from `effective_from` on, never for work begun before. A lower one needs the notice agreed,
    also where an even lower one has been told already.

    Raises:
        MissingPermissionError: the actor may not change engagements.
        NoSuchOfferError: there is no offer of this number.
        NoSuchEngagementError: somebody named is not engaged by it.
        InvalidError: no reason, too little notice, or below the floor of the place.
    """
    actor.require(Permission.ENGAGEMENT_WRITE)
    offer = await hold_offer(session, actor=actor, number=number)
    place = Place(offer.country, offer.region)
    floors = await floors_for(session, place=place)
    problems = [*_reason_problems(reason), *floor_problems(rate, place=place, floors=floors, at=effective_from)]
    engaged = await engaged_people(session, offer_id=offer.id, at=now)
    wanted = set(engaged) if person_ids is None else set(person_ids)
    if not wanted or wanted - set(engaged):
        raise NoSuchEngagementError
    changed = 0
    for person_id in sorted(wanted):
        versions = await versions_of_engagement(session, person_id=person_id, offer_id=offer.id)
        before = versions[-1]
        found = change_problems(
            told=[
                ToldRate(
                    version=one.version,
                    rate=Money(one.rate_minor, one.currency),
                    effective_from=one.effective_from,
                )
                for one in versions
            ],
            after=rate,
            notice_days=before.notice_days,
            effective_from=max(effective_from, now),
            now=now,
        )
        problems += [one for one in found if one.path not in {known.path for known in problems}]
        if problems:
            raise InvalidError(fields=problems)
        await _write_version(
            session, actor, before, rate, effective_from=max(effective_from, now), reason=reason.strip(), now=now
        )
        changed += 1
    return changed


async def _write_version(
    session: WriteSession,
    actor: Actor,
    before: Engagement,
    rate: Money,
    *,
    effective_from: datetime,
    reason: str,
    now: datetime,
) -> None:
    kept = {column.key: getattr(before, column.key) for column in Engagement.__table__.columns}
    for name in ("id", "created_at"):
        del kept[name]
    later = Engagement(
        **{
            **kept,
            "version": before.version + 1,
            "rate_minor": rate.amount,
            "announced_at": now,
            "effective_from": effective_from,
            "reason": reason,
            "created_by": author(actor),
        }
    )
    session.add(later)
    await session.flush()
    session.emit(
        EngagementChanged(
            actor_id=actor.person_id, subject_id=later.id, offer_id=later.offer_id, person_id=later.person_id
        )
    )
    old = Money(before.rate_minor, before.currency)
    await _tell(
        session,
        later.person_id,
        kind="engagement.changed",
        subject=_("Your rate for “{title}” changes").format(title=later.title),
        body=_(
            "From {from_} it is {rate} an hour instead of {old}, for work you begin from then on. Work begun before "
            "keeps its rate. The reason given: {reason}"
        ),
        values=lambda: {
            "from_": moment(effective_from),
            "rate": format_money(rate),
            "old": format_money(old),
            "reason": reason,
        },
    )


async def end_engagement(
    session: WriteSession,
    *,
    actor: Actor,
    person_id: UUID,
    number: int,
    ends_at: datetime | None,
    reason: str,
    now: datetime,
) -> datetime:
    """Tell somebody that their engagement ends, with the notice that was agreed; answers when.

    Whoever is engaged can end it themselves, at once. With the end they leave the teams they are in for it.

    Raises:
        MissingPermissionError: the actor is somebody else and may not change engagements.
        NoSuchOfferError: there is no offer of this number.
        NoSuchEngagementError: the person is not engaged by it.
        EngagementEndedError: its end has been told already.
        InvalidError: no reason, or too little notice.
    """
    mine = actor.person_id == person_id
    if not mine:
        actor.require(Permission.ENGAGEMENT_WRITE)
    offer = await session.scalar(select(Offer).where(Offer.number == number).with_for_update())
    if offer is None:
        raise NoSuchEngagementError
    newest = await newest_version(session, person_id=person_id, offer_id=offer.id)
    if await session.get(EngagementEnd, (person_id, offer.id)) is not None:
        raise EngagementEndedError
    soonest = now if mine else now + timedelta(days=newest.notice_days)
    until = ends_at or soonest
    problems = [] if mine else list(_reason_problems(reason))
    if until < soonest:
        message = _("An end needs {count} days’ notice, as agreed.").format(count=newest.notice_days)
        problems.append(FieldProblem("ends_at", message))
    if problems:
        raise InvalidError(fields=problems)
    row = EngagementEnd(
        person_id=person_id,
        offer_id=offer.id,
        ends_at=until,
        reason=reason.strip(),
        by=author(actor),
        announced_at=now,
    )
    session.add(row)
    await session.flush()
    session.emit(EngagementEnded(actor_id=actor.person_id, subject_id=person_id, offer_id=offer.id))
    if until <= now:
        await leave_teams(session, end=row, now=now)
    if not mine:
        await _tell(
            session,
            person_id,
            kind="engagement.ended",
            subject=_("Your engagement “{title}” ends").format(title=newest.title),
            body=_(
                "It ends on {day}, and then you leave the teams you are in for it. What you have earned is paid, and "
                "your certifications stay. The reason given: {reason}"
            ),
            values=lambda: {"day": moment(until), "reason": reason.strip()},
        )
    return until


async def _tell(
    session: WriteSession,
    person_id: UUID,
    *,
    kind: str,
    subject: LazyText,
    body: LazyText,
    values: Callable[[], dict[str, object]],
) -> None:
    await notify(
        session,
        person_id=person_id,
        kind=kind,
        text=lambda: Told(str(subject), str(body.format(**values()))),
        link="/engagements",
    )


def _reason_problems(reason: str) -> list[FieldProblem]:
    if reason.strip() and len(reason) <= MAX_REASON:
        return []
    message = _("Write in 1 to {count} characters why. They read it.").format(count=MAX_REASON)
    return [FieldProblem("reason", message)]
