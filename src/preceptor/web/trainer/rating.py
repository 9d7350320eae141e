"""Rating a project one has worked on."""

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.errors import InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission
from preceptor.projects import RATINGS_SHOWN_FROM, Rated, Ratings
from preceptor.projects.queries import OwnRating, own_ratings, project_ratings
from preceptor.web.filled import Filled, problems_of
from preceptor.work.operations.voice import rate_project
from preceptor.work.queries.voice import WorkedProject, worked_project

MARKS: tuple[tuple[str, LazyText], ...] = (
    ("5", _("5: very good")),
    ("4", _("4")),
    ("3", _("3")),
    ("2", _("2")),
    ("1", _("1: poor")),
)


class RatingFields(msgspec.Struct, frozen=True):
    """Marks of 1 to 5, and a comment."""

    pay: int
    clarity: int
    fairness: int
    comment: str = ""


class RatingPage(msgspec.Struct, frozen=True):
    """What trainers think together, one's own ratings, and the form."""

    project: WorkedProject
    together: Ratings | None
    own: list[OwnRating]
    shown_from: int
    form: Filled
    marks: tuple[tuple[str, LazyText], ...]
    has_this_month: bool


@get("/work/{slug:str}/rating", name="rating")
async def show_rating(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """The form, as filled in this month."""
    return await _page(request, slug, None)


async def _page(request: Request[Actor], slug: str, form: Filled | None, *, status: int = 200) -> Response[str]:
    actor = request.actor
    actor.require(Permission.WORK_DO)
    async with request.db.read() as session:
        project = await worked_project(session, actor=actor, slug=slug)
        own = await own_ratings(session, actor=actor, project_id=project.id)
        together = await project_ratings(session, project.id)
    current = next((one for one in own if one.month == request.now.date().replace(day=1)), None)
    known = Filled(msgspec.to_builtins(current) if current else {})
    view = RatingPage(project, together, own, RATINGS_SHOWN_FROM, form or known, MARKS, current is not None)
    return page(request, "web/trainer/rating.html", view, status=status)


@post("/work/{slug:str}/rating", name="rating.post")
async def do_rate(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Keep the rating."""
    raw = await request.form()
    try:
        fields = parse_form(raw, RatingFields)
        rated = Rated(fields.pay, fields.clarity, fields.fairness)
        async with request.db.write() as session:
            await rate_project(
                session, actor=request.actor, slug=slug, rated=rated, comment=fields.comment, now=request.now
            )
    except InvalidError as error:
        return await _page(request, slug, Filled(dict(raw), problems_of(error)), status=error.status)
    said = _("Thank you. You can change it until the month ends.")
    return redirect(request, f"/work/{slug}/rating", said=said)


handlers: list[Any] = [show_rating, do_rate]
