"""A project at a glance: how far it is, what it costs, who is at it, how far people agree."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from preceptor.lib.web import Request, page
from preceptor.people import Actor, Permission
from preceptor.projects import ProjectState, Ratings
from preceptor.projects.queries import (
    GuidelinesReaders,
    access_project,
    count_readers,
    list_guidelines_versions,
    missing_for_opening,
    project_ratings,
    rating_comments,
)
from preceptor.quality.queries import unasked_reviews
from preceptor.quality.queries.agreement import Agreement, project_agreement
from preceptor.web.manager.day_chart import DayChart, draw_days
from preceptor.web.shown_unasked import ShownUnasked, shown_unasked
from preceptor.work.queries.at_work import PersonAtWork
from preceptor.work.queries.overview import ProjectOverview, project_at_work, project_overview

TEMPLATE = "web/manager/project.html"


class ProjectPage(msgspec.Struct, frozen=True, kw_only=True):
    """The overview of a project. `missing`: how many things it lacks to be opened, while it is a draft."""

    slug: str
    overview: ProjectOverview
    chart: DayChart
    readers: GuidelinesReaders
    missing: int
    at_work: list[PersonAtWork]
    may_release: bool
    ratings: Ratings | None
    """What at least five trainers think of it."""
    comments: list[str]
    unasked: list[ShownUnasked]
    """Reviews that wait and that no reviewer may be asked for."""


class AtWorkPart(msgspec.Struct, frozen=True):
    """Who is at work, for the part of the page that keeps itself up to date."""

    slug: str
    at_work: list[PersonAtWork]


class AgreementPart(msgspec.Struct, frozen=True):
    """How far people agree, for the part of the page that comes after the rest."""

    agreement: Agreement


@get("/projects/{slug:str}", name="project")
async def show_project(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """The overview."""
    actor = request.actor
    async with request.db.read() as session:
        overview = await project_overview(session, actor=actor, slug=slug, now=request.now)
        reads = actor.may(Permission.RATING_READ)
        draft = overview.project.state is ProjectState.DRAFT
        view = ProjectPage(
            slug=slug,
            overview=overview,
            chart=draw_days(overview.days, guidelines=await list_guidelines_versions(session, actor=actor, slug=slug)),
            readers=await count_readers(session, actor=actor, slug=slug),
            missing=len(await missing_for_opening(session, actor=actor, slug=slug)) if draft else 0,
            at_work=overview.at_work,
            may_release=actor.may(Permission.RELEASE_CREATE),
            ratings=await project_ratings(session, overview.project.id),
            comments=await rating_comments(session, actor=actor, slug=slug) if reads else [],
            unasked=shown_unasked(await unasked_reviews(session, actor=actor, now=request.now, slug=slug)),
        )
    return page(request, TEMPLATE, view)


@get("/projects/{slug:str}/at-work", name="project.at_work")
async def show_at_work(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Who is at work, as a part of the page."""
    actor = request.actor
    actor.require(Permission.PROJECT_READ)
    async with request.db.read() as session:
        project = await access_project(session, actor=actor, slug=slug)
        at_work = await project_at_work(session, actor=actor, project=project, now=request.now)
    return page(request, TEMPLATE, AtWorkPart(slug, at_work), block="at_work")


@get("/projects/{slug:str}/agreement", name="project.agreement")
async def show_agreement(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """How far people agree, as a part of the page: it takes longer than the rest of it."""
    actor = request.actor
    actor.require(Permission.SUBMISSION_READ)
    async with request.db.read() as session:
        project = await access_project(session, actor=actor, slug=slug)
        agreement = await project_agreement(session, actor=actor, project=project)
    return page(request, TEMPLATE, AgreementPart(agreement), block="agreement")


handlers: list[Any] = [show_project, show_at_work, show_agreement]
