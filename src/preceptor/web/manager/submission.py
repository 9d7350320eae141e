"""One answer of a project: what was shown and answered, by whom, in which time, and what reviewers said."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery

from preceptor.kinds.registry import task_kind
from preceptor.lib.web import Request, page
from preceptor.people import Actor, Permission
from preceptor.projects.queries import ProjectView, access_project
from preceptor.quality.queries.submission_detail import ProjectSubmission, RevisionRead, access_project_submission
from preceptor.web.manager.tones import ANSWER_TONES, VERDICT_TONES
from preceptor.web.wellbeing import WellbeingData, wellbeing_of


class Widget(msgspec.Struct, frozen=True):
    """The kind's widget: what the import map calls its module, and what it is handed."""

    module: str
    data: dict[str, Any]


class SubmissionPage(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. `shown`: the revision on view; None where nothing was submitted."""

    project: ProjectView
    detail: ProjectSubmission
    shown: RevisionRead | None
    widget: Widget | None
    tone: str
    verdict_tones: dict[str, str]


@get("/projects/{slug:str}/submissions/{assignment_id:uuid}", name="project.submission")
async def show_submission(
    request: Request[Actor], slug: FromPath[str], assignment_id: FromPath[UUID], revision: FromQuery[int | None] = None
) -> Response[str]:
    """The answer, in its newest revision or the one that is asked for."""
    actor = request.actor
    actor.require(Permission.SUBMISSION_READ)
    async with request.db.read() as session:
        project = await access_project(session, actor=actor, slug=slug)
        detail = await access_project_submission(session, actor=actor, project=project, assignment_id=assignment_id)
        wellbeing = await wellbeing_of(request, session)
    wanted = [one for one in detail.revisions if one.revision.number == revision] or detail.revisions
    shown = wanted[-1] if wanted else None
    view = SubmissionPage(
        project=project,
        detail=detail,
        shown=shown,
        widget=_widget(detail, shown, wellbeing),
        tone=ANSWER_TONES.get(detail.assignment.state, ""),
        verdict_tones=VERDICT_TONES,
    )
    return page(request, "web/manager/submission.html", view)


def _widget(detail: ProjectSubmission, shown: RevisionRead | None, wellbeing: WellbeingData) -> Widget | None:
    """The widget that shows a revision; None where there is none, or its texts were erased."""
    if shown is None or shown.revision.content is None:
        return None
    module = task_kind(detail.assignment.project.kind).widget_module
    data = {
        "assignment": detail.assignment,
        "value": shown.revision.content,
        "original": None,
        "mode": "review",
        "wellbeing": wellbeing,
    }
    return Widget(module, data)


handlers: list[Any] = [show_submission]
