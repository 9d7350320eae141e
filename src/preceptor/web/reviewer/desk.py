"""The review desk: one answer, everything the trainer saw, and the verdict."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from preceptor.kinds.registry import task_kind
from preceptor.lib.errors import ConflictError, GoneError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, redirect
from preceptor.people import Actor
from preceptor.people.queries import access_person
from preceptor.projects.queries import GuidelinesView, access_guidelines
from preceptor.quality.operations import release_review, take_review
from preceptor.quality.queries import ReviewView, access_review
from preceptor.quality.queries.offered import NotReadyError
from preceptor.web.wellbeing import WellbeingData, wellbeing_of


class DeskData(msgspec.Struct, frozen=True):
    """What the desk's script is handed. `project`: the only one whose reviews are taken next, empty for all."""

    review: ReviewView
    widget: str
    csrf: str
    project: str
    person: dict[str, str]
    wellbeing: WellbeingData
    api: str = "/api/v1"


class DeskPage(msgspec.Struct, frozen=True):
    """The page around the desk."""

    review: ReviewView
    guidelines: GuidelinesView
    data: DeskData
    widget_file: str


@get("/reviews/{review_id:uuid}", name="review")
async def show_review(
    request: Request[Actor], review_id: FromPath[UUID], project: FromQuery[str] = ""
) -> Response[str]:
    """One review. Looking does not take it: that is a button."""
    try:
        return await _desk(request, review_id, project)
    except NotReadyError as error:
        return redirect(request, "/reviews", said=error.detail, kind="warn")


async def _desk(request: Request[Actor], review_id: UUID, project: str) -> Response[str]:
    actor = request.actor
    async with request.db.read() as session:
        review = await access_review(
            session,
            actor=actor,
            review_id=review_id,
            now=request.now,
            daily_minutes=request.settings.daily_minutes,
        )
        guidelines = await access_guidelines(
            session, actor=actor, slug=review.project.slug, version=review.guidelines_version
        )
        person = await access_person(session, actor=actor, person_id=actor.person_id)
        wellbeing = await wellbeing_of(request, session)
    kind = task_kind(review.project.kind)
    data = DeskData(
        review=review,
        widget=kind.widget_module,
        csrf=request.scope["state"].get("csrf_token", ""),
        project=project,
        person={"id": str(actor.person_id), "email": person.email or ""},
        wellbeing=wellbeing,
    )
    widget_file = f"{kind.widget_module.removeprefix('@preceptor/')}.js"
    return page(request, "web/reviewer/desk.html", DeskPage(review, guidelines, data, widget_file))


@post("/reviews/{review_id:uuid}/take", name="review.take")
async def take(request: Request[Actor], review_id: FromPath[UUID]) -> Response[str]:
    """Take this very review."""
    try:
        async with request.db.write() as session:
            await take_review(
                session,
                actor=request.actor,
                review_id=review_id,
                now=request.now,
                daily_minutes=request.settings.daily_minutes,
            )
    except (ConflictError, GoneError) as error:
        return redirect(request, "/reviews", said=error.title, kind="warn")
    return redirect(request, f"/reviews/{review_id}")


@post("/reviews/{review_id:uuid}/release", name="review.release")
async def release(request: Request[Actor], review_id: FromPath[UUID]) -> Response[str]:
    """Put it back undecided."""
    try:
        async with request.db.write() as session:
            await release_review(session, actor=request.actor, review_id=review_id, now=request.now)
    except (ConflictError, GoneError) as error:
        return redirect(request, "/reviews", said=error.title, kind="warn")
    return redirect(request, "/reviews", said=_("You have put the review back. Somebody else may take it."))


handlers: list[Any] = [show_review, take, release]
