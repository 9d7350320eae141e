"""Writing guidelines, and how they came to be what they are."""

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from markupsafe import Markup

from preceptor.lib.errors import ConflictError, InvalidError
from preceptor.lib.i18n import _
from preceptor.lib.text import render_markdown
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission
from preceptor.projects.operations import change_guidelines, note_folded
from preceptor.projects.queries import (
    ChangeNote,
    GuidelinesChanges,
    GuidelinesReaders,
    GuidelinesView,
    ProjectView,
    QuestionView,
    access_guidelines,
    access_project,
    access_question,
    count_readers,
    guidelines_changes,
    list_guidelines_versions,
)
from preceptor.web.manager.filled import Filled, parse_id, problems_of

TEMPLATE = "web/manager/guidelines.html"


class GuidelinesFields(msgspec.Struct, frozen=True):
    """A new text, what its author says about it, and the version it was written on."""

    expected_version: int
    markdown: str = ""
    change_note: str = ""
    question: UUID | None = None
    """The question whose answer goes into it."""


class PreviewFields(msgspec.Struct, frozen=True):
    """The same form, of which the preview reads the text alone."""

    markdown: str = ""
    change_note: str = ""
    expected_version: int = 0
    question: str = ""


class GuidelinesPage(msgspec.Struct, frozen=True):
    """The text in force, the form to change it, and its history."""

    project: ProjectView
    guidelines: GuidelinesView
    form: Filled
    preview: Markup
    history: list[ChangeNote]
    readers: GuidelinesReaders
    question: QuestionView | None
    """A question whose answer is to go into them."""


class HistoryPage(msgspec.Struct, frozen=True):
    """One version as it was, and what it changed."""

    project: ProjectView
    guidelines: GuidelinesView
    changes: GuidelinesChanges | None
    history: list[ChangeNote]
    before: int


@get("/projects/{slug:str}/guidelines", name="project.guidelines")
async def show_guidelines(
    request: Request[Actor], slug: FromPath[str], question: FromQuery[UUID | None] = None
) -> Response[str]:
    """The guidelines in force, to be changed; with `question`, beside what it taught."""
    return await _page(request, slug, question_id=question)


async def _page(
    request: Request[Actor],
    slug: str,
    *,
    form: Filled | None = None,
    question_id: UUID | None = None,
    status: int = 200,
) -> Response[str]:
    actor = request.actor
    actor.require(Permission.PROJECT_WRITE)
    async with request.db.read() as session:
        guidelines = await access_guidelines(session, actor=actor, slug=slug)
        filled = form or Filled({"markdown": guidelines.markdown, "expected_version": guidelines.version})
        question = None
        if question_id is not None:
            question = await access_question(session, actor=actor, question_id=question_id)
        view = GuidelinesPage(
            project=await access_project(session, actor=actor, slug=slug),
            guidelines=guidelines,
            form=filled,
            preview=render_markdown(str(filled.value("markdown"))),
            history=await list_guidelines_versions(session, actor=actor, slug=slug),
            readers=await count_readers(session, actor=actor, slug=slug),
            question=question,
        )
    return page(request, TEMPLATE, view, status=status)


@post("/projects/{slug:str}/guidelines", name="project.guidelines.change")
async def do_change(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Put a new text in force. Where somebody was faster, nothing that was typed is lost."""
    raw = await request.form()
    try:
        fields = parse_form(raw, GuidelinesFields)
        async with request.db.write() as session:
            version = await change_guidelines(
                session,
                actor=request.actor,
                slug=slug,
                markdown=fields.markdown,
                change_note=fields.change_note,
                expected_version=fields.expected_version,
            )
            if fields.question is not None and version != fields.expected_version:
                await note_folded(session, actor=request.actor, question_id=fields.question, version=version)
    except (InvalidError, ConflictError) as error:
        form = Filled(dict(raw), problems_of(error))
        about = parse_id(str(raw.get("question", "")))
        return await _page(request, slug, form=form, question_id=about, status=error.status)
    if version == fields.expected_version:
        return redirect(request, f"/projects/{slug}/guidelines", said=_("Nothing was changed."), kind="warn")
    said = _("Version {version} is in force. Trainers are asked to read what changed.").format(version=version)
    return redirect(request, f"/projects/{slug}/guidelines", said=said)


@post("/projects/{slug:str}/guidelines/preview", name="project.guidelines.preview", status_code=200)
async def show_preview(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """What a text will look like: a part of the page."""
    del slug  # the text alone is shown
    request.actor.require(Permission.PROJECT_WRITE)
    fields = parse_form(await request.form(), PreviewFields)
    return page(request, TEMPLATE, render_markdown(fields.markdown), block="preview")


@get("/projects/{slug:str}/guidelines/history", name="project.guidelines.history")
async def show_history(
    request: Request[Actor], slug: FromPath[str], version: FromQuery[int | None] = None, before: FromQuery[int] = 0
) -> Response[str]:
    """One version (the one in force unless said otherwise), beside an older one."""
    actor = request.actor
    actor.require(Permission.PROJECT_READ)
    async with request.db.read() as session:
        guidelines = await access_guidelines(session, actor=actor, slug=slug, version=version)
        older = before or guidelines.version - 1
        changes = None
        if older:
            changes = await guidelines_changes(session, actor=actor, slug=slug, before=older, after=guidelines.version)
        view = HistoryPage(
            project=await access_project(session, actor=actor, slug=slug),
            guidelines=guidelines,
            changes=changes,
            history=await list_guidelines_versions(session, actor=actor, slug=slug),
            before=older,
        )
    return page(request, "web/manager/guidelines_history.html", view)


handlers = [show_guidelines, do_change, show_preview, show_history]
