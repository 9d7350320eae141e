"""The workbench's page: the frame and the data; the rest happens in the browser."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.kinds.registry import task_kind
from preceptor.lib.db import ReadSession
from preceptor.lib.errors import ConflictError
from preceptor.lib.i18n import _
from preceptor.lib.web import Request, page, redirect
from preceptor.people import Actor
from preceptor.people.queries import access_person
from preceptor.projects.operations import acknowledge_guidelines
from preceptor.projects.queries import guidelines_at, unread_questions, unseen_announcements
from preceptor.quality.queries import latest_results
from preceptor.web.wellbeing import WellbeingData, wellbeing_of
from preceptor.work.desk import Desk
from preceptor.work.queries.views import AssignmentView

OPEN_STATES = frozenset({"active", "paused", "expired"})


class GuidelinesText(msgspec.Struct, frozen=True):
    """The guidelines beside the work, and the version read last, to show what changed."""

    version: int
    text: str
    acknowledged_version: int | None
    previous_text: str | None


class AnnouncementText(msgspec.Struct, frozen=True):
    """Something that the person's teams or projects were told and they have not seen."""

    id: str
    version: int
    title: str
    markdown: str
    to: str


class ReworkText(msgspec.Struct, frozen=True):
    """Why the task came back."""

    reason: str
    note: str


class QuestionsLink(msgspec.Struct, frozen=True):
    """Where questions about the project are, and how many hold words that the person has not read."""

    url: str
    unread: int


class WorkbenchData(msgspec.Struct, frozen=True):
    """What the workbench's script is handed."""

    assignment: AssignmentView
    guidelines: GuidelinesText
    person: dict[str, str]
    widget: str
    csrf: str
    idle_after_ms: int
    api: str = "/api/v1"
    announcements: list[AnnouncementText] = []
    questions: QuestionsLink | None = None
    rework: ReworkText | None = None
    mode: str = "work"
    wellbeing: WellbeingData | None = None
    tryout: dict[str, str] | None = None
    """In mode `preview`: where turns are tried, below the API, and what the try-out began with; None asks no models."""
    urls: dict[str, str] = msgspec.field(
        default_factory=lambda: {
            "work": "/work",
            "workbench": "/work/assignments/{id}",
            "submission": "/my-work/{id}",
        }
    )


class WorkbenchPage(msgspec.Struct, frozen=True):
    """The page around the workbench."""

    title: str
    data: WorkbenchData
    widget_file: str


def _desk(request: Request[Actor]) -> Desk:
    desk: Desk = request.part("desk")
    return desk


@post("/work/{slug:str}/start", name="work.start")
async def start(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Take the next task of a project, or go on with the one that is open."""
    try:
        view, _fresh = await _desk(request).claim(actor=request.actor, slug=slug, prefetch=False, now=request.now)
    except ConflictError as error:
        return redirect(request, "/work", said=error.title, kind="warn")
    if view is None:
        said = _("Just now others have taken what was open here. Look again in a few minutes.")
        return redirect(request, "/work", said=said, kind="warn")
    return redirect(request, f"/work/assignments/{view.id}")


@post("/work/assignments/{assignment_id:uuid}/open", name="work.open")
async def open_task(request: Request[Actor], assignment_id: FromPath[UUID]) -> Response[str]:
    """Open a returned or prefetched task."""
    try:
        await _desk(request).start(actor=request.actor, assignment_id=assignment_id, now=request.now)
    except ConflictError as error:
        return redirect(request, "/work", said=error.title, kind="warn")
    return redirect(request, f"/work/assignments/{assignment_id}")


@get("/work/assignments/{assignment_id:uuid}", name="workbench")
async def show_workbench(request: Request[Actor], assignment_id: FromPath[UUID]) -> Response[str]:
    """The workbench. Showing begins nothing: what came back or has ended stands under My work, with its button."""
    actor = request.actor
    desk = _desk(request)
    view = await desk.view(actor=actor, assignment_id=assignment_id)
    if view.state == "prefetched":  # held ahead: *Start* on the list of work begins it
        return redirect(request, "/work")
    if view.state not in OPEN_STATES:
        return redirect(request, f"/my-work/{assignment_id}")
    terms = await desk.terms(slug=view.project.slug)
    async with request.db.read() as session:
        current = await guidelines_at(session, project_id=terms.id, version=view.guidelines.version)
        read = view.guidelines.acknowledged_version
        previous = None
        if read is not None and read < view.guidelines.version:
            previous = (await guidelines_at(session, project_id=terms.id, version=read)).markdown
        unread = await unread_questions(session, actor=actor, project_ids=[terms.id])
        told = await unseen_announcements(session, actor=actor)
        wellbeing = await wellbeing_of(request, session)
        rework = await _rework(session, actor, view)
        person = await access_person(session, actor=actor, person_id=actor.person_id)
    kind = task_kind(terms.kind)
    data = WorkbenchData(
        assignment=view,
        guidelines=GuidelinesText(view.guidelines.version, current.markdown, read, previous),
        person={"id": str(actor.person_id), "email": person.email or ""},
        widget=kind.widget_module,
        csrf=request.scope["state"].get("csrf_token", ""),
        idle_after_ms=view.idle_after_ms,
        announcements=[AnnouncementText(str(one.id), one.version, one.title, one.markdown, one.to) for one in told],
        questions=QuestionsLink(f"/projects/{terms.slug}/questions", unread.get(terms.id, 0)),
        rework=rework,
        wellbeing=wellbeing,
    )
    shown = WorkbenchPage(
        title=view.project.title,
        data=data,
        widget_file=f"{kind.widget_module.removeprefix('@preceptor/')}.js",
    )
    return page(request, "web/trainer/workbench/page.html", shown)


async def _rework(session: ReadSession, actor: Actor, view: AssignmentView) -> ReworkText | None:
    if not view.rework_round:
        return None
    said = (await latest_results(session, actor=actor, assignment_ids=[view.id])).get(view.id)
    return None if said is None else ReworkText(str(said.reason_label or said.verdict_label), said.note)


@post("/work/guidelines/{slug:str}/{version:int}", name="work.guidelines")
async def acknowledge(request: Request[Actor], slug: FromPath[str], version: FromPath[int]) -> Response[str]:
    """Say that one has read the guidelines."""
    async with request.db.write() as session:
        await acknowledge_guidelines(session, actor=request.actor, slug=slug, version=version, now=request.now)
    return redirect(request, "/work")


handlers: list[Any] = [start, open_task, show_workbench, acknowledge]
