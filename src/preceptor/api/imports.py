"""Imports: handing in a file, following it, and deciding once it was checked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from preceptor.datasets import ImportOptions, ImportState, OnProblem, Phase, columns_from
from preceptor.datasets.formats import find_formats
from preceptor.datasets.operations import confirm_import, read_otherwise
from preceptor.datasets.queries import ImportView, LineProblem, access_import, list_import_problems, list_imports
from preceptor.datasets.uploading import discard, take_file
from preceptor.lib.storage import FileTooLargeError
from preceptor.lib.web import Request
from preceptor.people import Actor, Permission


class ImportDocument(msgspec.Struct, frozen=True, kw_only=True):
    """An import.

    `state`: waiting, running, checked (waits for a decision), done, failed, discarded. `phase`: `check` adds nothing.
    `share`: of the file that has been read, 0 to 1. `good`, `duplicates` and `problems` count rows.
    """

    id: UUID
    project: str
    format: str
    file_name: str
    bytes: int
    options: ImportOptions
    on_problem: OnProblem
    state: ImportState
    phase: Phase
    share: float
    lines_read: int
    good: int
    items_added: int
    answers_added: int
    duplicates: int
    problems: int
    error: str | None
    created_at: datetime
    finished_at: datetime | None


class ImportRows(msgspec.Struct, frozen=True):
    """Some imports; `next_cursor` leads to the next ones."""

    imports: list[ImportDocument]
    next_cursor: str | None


class ProblemRows(msgspec.Struct, frozen=True):
    """Some lines that were left out, and why; `next_cursor` leads to the next ones."""

    problems: list[LineProblem]
    next_cursor: str | None


class ColumnsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which column of the file stands for which field, by the field's name; an empty object for none."""

    columns: dict[str, str]


class ConfirmBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of the good rows where there are bad ones too."""

    on_problem: OnProblem = OnProblem.SKIP


class FormatDocument(msgspec.Struct, frozen=True):
    """A format; `settings` are its defaults when a release is written in it."""

    name: str
    title: str
    about: str
    reads: bool
    writes: bool
    settings: dict[str, Any]


@dataclass
class FileOperation(Operation):
    """An operation whose request is a file, as it is."""

    def __post_init__(self) -> None:
        """Describe the request."""
        file = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        self.request_body = RequestBody(
            content={"application/octet-stream": OpenAPIMediaType(schema=file)},
            description="The file, plain or compressed with gzip.",
            required=True,
        )


def _document(view: ImportView) -> ImportDocument:
    return ImportDocument(
        id=view.id,
        project=view.project_slug,
        format=view.format,
        file_name=view.file_name,
        bytes=view.bytes,
        options=view.options,
        on_problem=view.on_problem,
        state=view.state,
        phase=view.phase,
        share=view.share,
        lines_read=view.lines_read,
        good=view.good,
        items_added=view.items_added,
        answers_added=view.answers_added,
        duplicates=view.duplicates,
        problems=view.problems,
        error=view.error or None,
        created_at=view.created_at,
        finished_at=view.finished_at,
    )


async def _shown(request: Request[Actor], import_id: UUID) -> ImportDocument:
    async with request.db.read() as session:
        return _document(await access_import(session, actor=request.actor, import_id=import_id))


@get("/formats", summary="Formats")
async def show_formats(request: Request[Actor]) -> dict[str, list[FormatDocument]]:
    """The formats that data comes in and goes out in."""
    request.actor.require(Permission.RELEASE_READ)
    formats = [
        FormatDocument(
            name=name,
            title=str(form.title),
            about=form.about,
            reads=form.read is not None,
            writes=form.writes,
            settings=msgspec.to_builtins(form.settings()),
        )
        for name, form in find_formats().items()
    ]
    return {"formats": formats}


@post(
    "/projects/{slug:str}/imports",
    summary="Import a file",
    status_code=202,
    request_max_body_size=None,
    operation_class=FileOperation,
)
async def hand_in(
    request: Request[Actor],
    slug: FromPath[str],
    *,
    form: Annotated[str, QueryParameter(name="format", description="Name of a format that can be read.")],
    name: FromQuery[str] = "file",
    on_problem: FromQuery[OnProblem] = OnProblem.SKIP,
    check: FromQuery[bool] = False,
    brief: FromQuery[str] = "",
    topic: FromQuery[str] = "",
    answers: FromQuery[int | None] = None,
    priority: FromQuery[int] = 5,
    language: FromQuery[str] = "",
    level: FromQuery[int] = 0,
    category: FromQuery[list[str] | None] = None,
    routed: FromQuery[bool] = False,
    encoding: FromQuery[str | None] = None,
    column: FromQuery[list[str] | None] = None,
) -> ImportDocument:
    """Let the rows of a file become items. The file is the request's body; follow the import to see how it goes.

    With `check=true` nothing is added until the import is confirmed. `on_problem=stop` adds all of the file or nothing.
    `language`, `level` and `category` (as often as needed) are what every row asks of whoever takes it; with
    `routed=true` columns `language`, `level` and `categories` say it of each.
    Columns that are called otherwise than the format has them are named by `column=field=name`, as often as needed.
    """
    limit = request.settings.max_upload_bytes
    if (request.content_length or 0) > limit:
        raise FileTooLargeError
    import_id = await take_file(
        request.db,
        request.settings,
        actor=request.actor,
        slug=slug,
        chunks=request.stream(),
        file_name=name,
        format=form,
        on_problem=on_problem,
        options=ImportOptions(
            brief=brief,
            topic=topic,
            answers=answers,
            priority=priority,
            language=language,
            level=level,
            categories=tuple(category or ()),
            routed=routed,
            encoding=encoding,
            columns=columns_from(column or ()),
        ),
        confirmed=not check,
    )
    return await _shown(request, import_id)


@get("/projects/{slug:str}/imports", summary="A project's imports")
async def show_imports(
    request: Request[Actor], slug: FromPath[str], cursor: FromQuery[str | None] = None
) -> ImportRows:
    """The imports of a project, newest first."""
    async with request.db.read() as session:
        found = await list_imports(session, actor=request.actor, slug=slug, cursor=cursor)
    return ImportRows([_document(view) for view in found.rows], found.next_cursor)


@get("/imports/{import_id:uuid}", summary="An import")
async def show_import(request: Request[Actor], import_id: FromPath[UUID]) -> ImportDocument:
    """How far an import is, and what came of it."""
    return await _shown(request, import_id)


@get("/imports/{import_id:uuid}/problems", summary="Lines that were left out")
async def show_problems(
    request: Request[Actor], import_id: FromPath[UUID], cursor: FromQuery[str | None] = None
) -> ProblemRows:
    """Why lines of the file could not become items; the first thousand are told."""
    async with request.db.read() as session:
        found = await list_import_problems(session, actor=request.actor, import_id=import_id, cursor=cursor)
    return ProblemRows(found.rows, found.next_cursor)


@post("/imports/{import_id:uuid}/confirm", summary="Add what was checked", status_code=202)
async def confirm(request: Request[Actor], import_id: FromPath[UUID], data: JSONBody[ConfirmBody]) -> ImportDocument:
    """Add the good rows of a file that was checked."""
    async with request.db.write() as session:
        await confirm_import(session, actor=request.actor, import_id=import_id, on_problem=data.on_problem)
    return await _shown(request, import_id)


@post("/imports/{import_id:uuid}/columns", summary="Check again with other columns", status_code=202)
async def check_again(
    request: Request[Actor], import_id: FromPath[UUID], data: JSONBody[ColumnsBody]
) -> ImportDocument:
    """Check a file that was checked once more, with other columns standing for its fields; nothing is added yet."""
    async with request.db.write() as session:
        await read_otherwise(session, actor=request.actor, import_id=import_id, columns=data.columns)
    return await _shown(request, import_id)


@post("/imports/{import_id:uuid}/discard", summary="Add nothing of what was checked", status_code=200)
async def forget(request: Request[Actor], import_id: FromPath[UUID]) -> ImportDocument:
    """Forget a file that was checked."""
    await discard(request.db, request.settings, actor=request.actor, import_id=import_id, now=request.now)
    return await _shown(request, import_id)


handlers: list[Any] = [
    show_formats,
    hand_in,
    show_imports,
    show_import,
    show_problems,
    confirm,
    check_again,
    forget,
]
