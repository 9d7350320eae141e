"""One's own applications: where they stand, accepting an offer, withdrawing."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.hiring import APPLICATION_STATE_MEANINGS, MINE_TO_LEAVE, ApplicationState
from preceptor.hiring.operations import accept_offer, decline_offer, withdraw_application
from preceptor.hiring.queries import ApplicationView, exams_for, my_application, my_applications
from preceptor.hiring.queries.rooms import waiting_reason
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import CATEGORY_NAMES, Actor, language_name, place_name
from preceptor.projects import Ratings
from preceptor.web.shown_offers import ShownOffer, offer_ratings, shown_offer


class ShownApplication(msgspec.Struct, frozen=True):
    """An application in words, for whoever made it."""

    row: ApplicationView
    offer: ShownOffer
    meaning: LazyText
    reason: LazyText | None
    can_withdraw: bool
    place: str
    spoken: list[tuple[str, int]]
    consents: list[LazyText]


class ApplicationsPage(msgspec.Struct, frozen=True):
    """All of one's applications."""

    applications: list[ShownApplication]


class ApplicationPage(msgspec.Struct, frozen=True):
    """One of them. `exam`: where its exam and their results are."""

    application: ShownApplication
    exam: str


class AcceptForm(msgspec.Struct, frozen=True):
    """The terms that were read, by their digest, and that they were."""

    digest: str
    agreed: bool = False


def shown_application(row: ApplicationView, *, ratings: Ratings | None = None) -> ShownApplication:
    """An application in words. `ratings`: what trainers say of the work it is for."""
    return ShownApplication(
        row=row,
        offer=shown_offer(row.offer, ratings=ratings),
        meaning=APPLICATION_STATE_MEANINGS[row.state],
        reason=waiting_reason(row.room) if row.room is not None else None,
        can_withdraw=row.state in MINE_TO_LEAVE and row.state is not ApplicationState.OFFERED,
        place=place_name(row.given.place),
        spoken=[(language_name(one.language), one.level) for one in row.given.spoken],
        consents=[CATEGORY_NAMES[one] for one in sorted(row.given.consents)],
    )


@get("/applications", name="applications")
async def show_applications(request: Request[Actor]) -> Response[str]:
    """All of one's applications, newest first."""
    async with request.db.read() as session:
        rows = await my_applications(session, actor=request.actor, now=request.now)
    view = ApplicationsPage([shown_application(row) for row in rows])
    return page(request, "web/trainer/applications.html", view)


@get("/applications/{application_id:uuid}", name="application")
async def show_application(request: Request[Actor], application_id: FromPath[UUID]) -> Response[str]:
    """One application: where it stands and what comes next."""
    return await _page(request, application_id)


async def _page(request: Request[Actor], application_id: UUID) -> Response[str]:
    async with request.db.read() as session:
        row = await my_application(session, actor=request.actor, application_id=application_id, now=request.now)
        ratings = await offer_ratings(session, row.offer.fields)
        exams = await exams_for(session, actor=request.actor)
    theirs = [one.path for one in exams if one.project_id == row.offer.fields.exam_project_id]
    view = ApplicationPage(shown_application(row, ratings=ratings), theirs[0] if theirs else "/certifications")
    return page(request, "web/trainer/application.html", view)


@post("/applications/{application_id:uuid}/withdraw", name="application.withdraw")
async def do_withdraw(request: Request[Actor], application_id: FromPath[UUID]) -> Response[str]:
    """Take it back."""
    async with request.db.write() as session:
        await withdraw_application(session, actor=request.actor, application_id=application_id, now=request.now)
    return redirect(request, f"/applications/{application_id}", said=_("Your application is withdrawn."))


@post("/applications/{application_id:uuid}/accept", name="application.accept")
async def do_accept(request: Request[Actor], application_id: FromPath[UUID]) -> Response[str]:
    """Accept the offer, as it was read."""
    form = parse_form(await request.form(), AcceptForm)
    if not form.agreed:
        said = _("Tick that you have read the terms and agree to them.")
        return redirect(request, f"/applications/{application_id}", said=said, kind="warn")
    async with request.db.write() as session:
        made = await accept_offer(
            session, actor=request.actor, application_id=application_id, digest=form.digest, now=request.now
        )
    request.authentication.forget(request.actor.person_id)
    said = _("Welcome. What you agreed to is kept here, and nobody can change it.")
    return redirect(request, f"/engagements/{made}", said=said)


@post("/applications/{application_id:uuid}/decline", name="application.decline")
async def do_decline(request: Request[Actor], application_id: FromPath[UUID]) -> Response[str]:
    """Decline the offer."""
    async with request.db.write() as session:
        await decline_offer(session, actor=request.actor, application_id=application_id, now=request.now)
    return redirect(request, f"/applications/{application_id}", said=_("You have declined the offer."))


handlers: list[Any] = [show_applications, show_application, do_withdraw, do_accept, do_decline]
