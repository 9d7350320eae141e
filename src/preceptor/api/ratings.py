"""What trainers think of projects."""

from typing import Any

import msgspec
from litestar import get, put
from litestar.params import FromPath, JSONBody

from preceptor.lib.web import Request
from preceptor.people import Actor, Permission
from preceptor.projects import Rated, Ratings
from preceptor.projects.queries import OwnRating, own_ratings, project_ratings, rating_comments
from preceptor.work.operations.voice import rate_project
from preceptor.work.queries.voice import worked_project


class RatingsDocument(msgspec.Struct, frozen=True):
    """What at least five trainers think together (null below five), your own ratings, and comments for managers."""

    together: Ratings | None
    own: list[OwnRating]
    comments: list[str]


class RatingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """1 (poor) to 5 (very good) for each, and a comment if you like."""

    pay: int
    clarity: int
    fairness: int
    comment: str = ""


@get("/projects/{slug:str}/ratings", summary="What trainers think of a project")
async def show_ratings(request: Request[Actor], slug: FromPath[str]) -> RatingsDocument:
    """Means from five trainers on, each by their newest rating in a year; never who said what."""
    actor = request.actor
    async with request.db.read() as session:
        project = await worked_project(session, actor=actor, slug=slug)
        reads = actor.may(Permission.RATING_READ)
        return RatingsDocument(
            together=await project_ratings(session, project.id),
            own=await own_ratings(session, actor=actor, project_id=project.id),
            comments=await rating_comments(session, actor=actor, slug=slug) if reads else [],
        )


@put("/projects/{slug:str}/rating", summary="Rate a project", status_code=204)
async def rate(request: Request[Actor], slug: FromPath[str], data: JSONBody[RatingBody]) -> None:
    """Say what you think of a project you have worked on: once a month, and changeable until the month ends."""
    rated = Rated(data.pay, data.clarity, data.fairness)
    async with request.db.write() as session:
        await rate_project(session, actor=request.actor, slug=slug, rated=rated, comment=data.comment, now=request.now)


handlers: list[Any] = [show_ratings, rate]
