"""Applying: by a stranger, by somebody with an account, and withdrawing."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec
from sqlalchemy import Select, delete, func, select

from preceptor.hiring.operations.admitting import admit_if_met
from preceptor.hiring.operations.moving import fill_places, hold_places, move, tell
from preceptor.hiring.operations.offers import OfferClosedError
from preceptor.hiring.queries.applications import NoSuchApplicationError
from preceptor.hiring.queries.offers import NoSuchOfferError
from preceptor.hiring.queries.standing import standing_of
from preceptor.hiring.rules import (
    ATTEMPT_WINDOW,
    ATTEMPTS_PER_ADDRESS,
    ATTEMPTS_PER_EMAIL,
    OVER,
    ApplicationState,
    Given,
    OfferState,
    closing_reason,
    given_problems,
)
from preceptor.hiring.tables import (
    Application,
    ApplicationAttempt,
    Engagement,
    Offer,
)
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError, TooManyError
from preceptor.lib.i18n import _
from preceptor.people.operations.confirming import (
    ask_to_confirm,
    begin_account,
    confirm_account,
    forget_account,
    lapsed_accounts,
)
from preceptor.people.operations.notices import Told, notify
from preceptor.people.operations.profile import set_consents, set_place_and_languages, set_skills
from preceptor.people.queries import actor_by_email, actor_by_id, profile_of
from preceptor.people.queries.confirming import open_confirmation
from preceptor.people.rules import Actor, ContentCategory, Place, Role, Spoken, clean_email, clean_name

CONFIRM_PATH = "/apply/confirm"


class AppliedAlreadyError(ConflictError):
    """The person has an application for this offer under way, or is engaged by it."""

    title = _("You have applied for this offer already. Your applications show where it stands.")
    code = "applied_already"


class NotNowError(ConflictError):
    """A measure of due process keeps the person from new work."""

    title = _("A suspension or removal keeps you from applying now. Its reasons and the way to appeal are on its page.")
    code = "not_now"


class TooManyApplicationsError(TooManyError):
    """Too many applications from one address, or for one person, within an hour."""

    title = _("Too many applications came from here in the last hour. Please wait an hour and try again.")
    code = "too_many_applications"


class Confirmed(msgspec.Struct, frozen=True):
    """What a link confirmed: the account, and the newest application that waited for it."""

    person_id: UUID
    email: str
    application_id: UUID | None


async def apply_as_stranger(
    session: WriteSession,
    *,
    number: int,
    email: str,
    name: str,
    given: Given,
    address: str,
    language: str,
    now: datetime,
) -> None:
    """Take an application from somebody who is not signed in, and mail a link that confirms their address.

    Whether the address has an account is not told: whoever has one gets a mail that says how to apply with it.

    Args:
        session: the transaction.
        number: of the offer.
        email: where the link goes.
        name: of the applicant.
        given: what they say of themselves.
        address: where the request came from, for the limits.
        language: what the mail is written in.
        now: the time.

    Raises:
        TooManyApplicationsError: too many within the hour.
        NoSuchOfferError: there is none of this number.
        OfferClosedError: it takes no more applications.
        InvalidError: something will not do.
    """
    await _count(session, address=address, email=email, now=now)
    offer = await _taking(session, number=number, now=now)
    _check(offer, given, *_person_problems(email, name))
    joining = await begin_account(session, email=email, name=name, language=language)

    if joining.confirmed:

        def by_somebody() -> Told:
            title = _("Somebody applied for “{title}” with your address").format(title=offer.title)
            text = _(
                "You have an account already, so nothing was done. If it was you: sign in, open the offer and apply "
                "there. If it was not, you need do nothing."
            )
            return Told(str(title), str(text))

        await notify(
            session,
            person_id=joining.person_id,
            kind="application.by_somebody",
            text=by_somebody,
            link=f"/offers/{number}/apply",
            secret=True,
        )
        return
    row = await session.scalar(_under_way(offer.id, joining.person_id))
    if row is None:
        row = _begun(offer, joining.person_id, now=now)
        session.add(row)
    _fill(row, given)
    await session.flush()

    def to_confirm() -> Told:
        title = _("Confirm your application for “{title}”").format(title=offer.title)
        text = _(
            "Open this link within seven days to confirm your address and choose a password. Your application counts "
            "from then on. Nothing has to be paid, now or later. If you did not apply, you need do nothing."
        )
        return Told(str(title), str(text))

    await ask_to_confirm(
        session, person_id=joining.person_id, kind="application.confirm", text=to_confirm, path=CONFIRM_PATH, now=now
    )


async def confirm_application(session: WriteSession, *, secret: str, password: str, now: datetime) -> Confirmed:
    """Confirm an address and receive every application that waited for it.

    Raises:
        ConfirmationGoneError: the link was used, has expired or never existed.
        InvalidError: the password will not do.
    """
    email = (await open_confirmation(session, secret=secret, now=now)).email
    person_id = await confirm_account(session, secret=secret, password=password, now=now)
    actor = await actor_by_email(session, email=email)
    waiting = select(Application.id, Application.offer_id).where(
        Application.person_id == person_id, Application.state == ApplicationState.UNCONFIRMED.value
    )
    newest: UUID | None = None
    for application_id, offer_id in list(await session.execute(waiting.order_by(Application.id))):
        offer = await hold_places(session, offer_id)
        row = await session.get_one(Application, application_id, with_for_update=True)
        await _receive(session, actor, row, offer, now=now)
        newest = row.id
    return Confirmed(person_id, email, newest)


async def apply_signed_in(session: WriteSession, *, actor: Actor, number: int, given: Given, now: datetime) -> UUID:
    """Take an application from somebody with an account, and answer its id.

    Raises:
        NoSuchOfferError: there is none of this number.
        OfferClosedError: it takes no more applications.
        AppliedAlreadyError: they have one under way, or are engaged by it.
        NotNowError: they are suspended or removed.
        InvalidError: something will not do.
    """
    offer = await _taking(session, number=number, now=now)
    _check(offer, given)
    if not (await standing_of(session, person_id=actor.person_id, project_id=None, now=now)).may_work:
        raise NotNowError
    offer = await hold_places(session, offer.id)
    # Sent by whoever began the account before it was confirmed in another way: by an invitation or a provider.
    await session.execute(
        delete(Application).where(
            Application.offer_id == offer.id,
            Application.person_id == actor.person_id,
            Application.state == ApplicationState.UNCONFIRMED.value,
        )
    )
    engaged = select(Engagement.id).where(Engagement.person_id == actor.person_id, Engagement.offer_id == offer.id)
    if await session.scalar(_under_way(offer.id, actor.person_id)) or await session.scalar(engaged.limit(1)):
        raise AppliedAlreadyError
    row = _begun(offer, actor.person_id, now=now)
    session.add(row)
    _fill(row, given)
    await session.flush()
    await _receive(session, actor, row, offer, now=now)
    return row.id


def _begun(offer: Offer, person_id: UUID, *, now: datetime) -> Application:
    state = ApplicationState.UNCONFIRMED.value
    return Application(offer_id=offer.id, person_id=person_id, state=state, state_at=now, spoken=[], created_at=now)


async def withdraw_application(session: WriteSession, *, actor: Actor, application_id: UUID, now: datetime) -> None:
    """Take back one's own application. Withdrawing it again changes nothing.

    Raises:
        NoSuchApplicationError: no such application, or it is somebody else's.
        ApplicationMovedOnError: it is over already.
    """
    offer, row = await hold_own(session, actor=actor, application_id=application_id)
    if row.state == ApplicationState.WITHDRAWN.value:
        return
    await move(session, row, ApplicationState.WITHDRAWN, now=now, by=actor.person_id)
    await fill_places(session, offer, now=now)


async def hold_own(session: WriteSession, *, actor: Actor, application_id: UUID) -> tuple[Offer, Application]:
    """One's own application and its offer, locked, the offer first.

    Raises:
        NoSuchApplicationError: no such application, or it is somebody else's.
    """
    offer_id = await session.scalar(
        select(Application.offer_id).where(Application.id == application_id, Application.person_id == actor.person_id)
    )
    if offer_id is None:
        raise NoSuchApplicationError
    offer = await hold_places(session, offer_id)
    return offer, await session.get_one(Application, application_id, with_for_update=True, populate_existing=True)


async def sweep_applications(session: WriteSession, *, now: datetime) -> int:
    """Forget counted attempts, and applications whose address was never confirmed, with their accounts."""
    await session.execute(delete(ApplicationAttempt).where(ApplicationAttempt.at < now - ATTEMPT_WINDOW))
    lapsed = await lapsed_accounts(session, now=now)
    for person_id in lapsed:
        await session.execute(
            delete(Application).where(
                Application.person_id == person_id, Application.state == ApplicationState.UNCONFIRMED.value
            )
        )
        await forget_account(session, person_id=person_id)
    return len(lapsed)


async def _receive(session: WriteSession, actor: Actor, row: Application, offer: Offer, *, now: datetime) -> None:
    """An application whose address is confirmed: into the profile, received, and admitted where the offer says so."""
    await _write_profile(session, actor, row, offer, now=now)
    await move(session, row, ApplicationState.RECEIVED, now=now, by=actor.person_id)
    if not await admit_if_met(session, row, offer, now=now):
        await tell(
            session,
            row,
            offer,
            subject=_("We have your application for “{title}”"),
            body=_("A person reads it. You see where it stands at any time, and can withdraw it."),
        )


async def _write_profile(session: WriteSession, actor: Actor, row: Application, offer: Offer, *, now: datetime) -> None:
    profile = await profile_of(session, person_id=actor.person_id)
    known = await actor_by_id(session, person_id=actor.person_id)
    # What people are paid depends on their place. Who works here already moves by accepting an offer, not by a wish.
    paid = bool(known.team_ids) or bool(known.roles - {Role.TRAINER})
    spoken = {one.language: one for one in profile.spoken} | {
        language: Spoken(language, level) for language, level in row.spoken
    }
    await set_place_and_languages(
        session,
        actor=actor,
        person_id=actor.person_id,
        place=profile.place if paid else Place(row.country, row.region),
        spoken=spoken.values(),
    )
    await set_skills(session, actor=actor, person_id=actor.person_id, skills={*profile.skills, *row.skills})
    asked = {ContentCategory(one) for one in offer.categories}
    given = {ContentCategory(one) for one in row.consents}
    await set_consents(session, actor=actor, categories=(profile.consents - asked) | given, now=now)


async def _taking(session: WriteSession, *, number: int, now: datetime) -> Offer:
    offer = await session.scalar(select(Offer).where(Offer.number == number))
    if offer is None or offer.state == OfferState.DRAFT.value:
        raise NoSuchOfferError
    ended = closing_reason(closes_on=offer.closes_on, quota=offer.quota, accepted=0, now=now)
    if offer.state == OfferState.CLOSED.value or ended is not None:
        raise OfferClosedError
    return offer


def _person_problems(email: str, name: str) -> list[FieldProblem]:
    problems: list[FieldProblem] = []
    for check, value in ((clean_email, email), (clean_name, name)):
        try:
            check(value)
        except InvalidError as error:
            problems += error.fields
    return problems


def _check(offer: Offer, given: Given, *more: FieldProblem) -> None:
    problems = [*more, *given_problems(given)]
    place = Place(offer.country, offer.region)
    if given.place.country and not place.holds(given.place):
        message = _("This offer is for people in another place. Look for the same work where you are.")
        problems.append(FieldProblem("region" if place.country == given.place.country else "country", message))
    if problems:
        raise InvalidError(fields=problems)


def _fill(row: Application, given: Given) -> None:
    row.country, row.region = given.place.country, given.place.region
    row.spoken = [[one.language, one.level] for one in given.spoken]
    row.skills = sorted({" ".join(one.split()) for one in given.skills if one.strip()})
    row.consents = sorted(one.value for one in given.consents)
    row.why = given.why.strip()


def _under_way(offer_id: UUID, person_id: UUID) -> Select[Application]:
    return select(Application).where(
        Application.offer_id == offer_id,
        Application.person_id == person_id,
        Application.state.not_in([state.value for state in OVER]),
    )


async def _count(session: WriteSession, *, address: str, email: str, now: datetime) -> None:
    digest = sha256(email.strip().lower().encode()).hexdigest()
    since = now - ATTEMPT_WINDOW
    counted = select(
        func.count().filter(ApplicationAttempt.address == address[:60]),
        func.count().filter(ApplicationAttempt.email == digest),
    ).where(
        ApplicationAttempt.at > since,
        (ApplicationAttempt.address == address[:60]) | (ApplicationAttempt.email == digest),
    )
    by_address, by_email = (await session.execute(counted)).one()
    if by_address >= ATTEMPTS_PER_ADDRESS or by_email >= ATTEMPTS_PER_EMAIL:
        raise TooManyApplicationsError
    session.add(ApplicationAttempt(address=address[:60], email=digest, at=now))
