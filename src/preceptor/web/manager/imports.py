"""Imports: handing in a file or pasted prompts, seeing what would come of it, and adding it."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.params import FromPath, FromQuery

from preceptor.datasets import ImportOptions, ImportState, OnProblem, chosen_columns, columns_from
from preceptor.datasets.formats import format_by_ending, import_format, import_formats
from preceptor.datasets.formats.interface import Format
from preceptor.datasets.importing import PreviewRow, preview
from preceptor.datasets.mapping import SeenColumn, seen_columns
from preceptor.datasets.operations import NotCheckedError, confirm_import, read_otherwise
from preceptor.datasets.queries import (
    ImportView,
    LineProblem,
    NoSuchImportError,
    access_import,
    import_file_key,
    list_import_problems,
    list_imports,
)
from preceptor.datasets.readers import SourceError
from preceptor.datasets.uploading import discard, take_file
from preceptor.lib.errors import FieldProblem, InvalidError, TooLargeError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.storage import FileTooLargeError, storage_of
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import Actor, Permission, languages
from preceptor.projects.queries import ProjectView, access_form, access_project, project_terms
from preceptor.web.manager.filled import Filled, problems_of
from preceptor.web.manager.project_form import category_choices, level_choices

FORM_BYTES = 1_000_000
"""What a form may hold beside its file."""
CHUNK = 1 << 18


class ImportFields(msgspec.Struct, frozen=True):
    """The form beside its file. Without a `format` the name of the file tells it; pasted text has a prompt per line."""

    format: str = ""
    text: str = ""
    topic: str = ""
    brief: str = ""
    answers: int | None = None
    priority: int = 5
    language: str = ""
    level: int = 0
    categories: list[str] = []
    routed: bool = False
    encoding: str | None = None
    columns: str = ""
    """A line for each field whose column is called otherwise: `prompt = question`."""


class ConfirmFields(msgspec.Struct, frozen=True):
    """Nothing is asked: what was found good is added."""


class ColumnsFields(msgspec.Struct, frozen=True):
    """What columns stand for: `field=column`; nothing for those that stand for themselves."""

    stands_for: list[str] = []


class FormatChoice(msgspec.Struct, frozen=True):
    """A format that can be read, with an example of it."""

    name: str
    title: LazyText
    about: LazyText | None
    example: str


class ImportsPage(msgspec.Struct, frozen=True):
    """The imports of a project."""

    project: ProjectView
    imports: list[ImportView]
    next_cursor: str | None
    moving: bool


class ImportFormPage(msgspec.Struct, frozen=True):
    """The form to add items from a file."""

    project: ProjectView
    form: Filled
    formats: list[FormatChoice]
    endings: str
    limit: int
    languages: list[tuple[str, str]]
    levels: list[tuple[str, LazyText]]
    categories: list[tuple[str, LazyText]]

    @property
    def format_choices(self) -> list[tuple[str, LazyText]]:
        """Names and titles, for a menu."""
        return [(one.name, one.title) for one in self.formats]


class ImportPage(msgspec.Struct, frozen=True):
    """One import: how far it is, what it found, and what can be done now."""

    project: ProjectView
    run: ImportView
    format_title: LazyText | str
    rows: list[PreviewRow]
    columns: list[SeenColumn]
    fields: tuple[str, ...]
    """What a column may stand for."""
    problems: list[LineProblem]
    more_problems: str | None


@get("/projects/{slug:str}/imports", name="project.imports")
async def show_imports(request: Request[Actor], slug: FromPath[str], cursor: FromQuery[str] = "") -> Response[str]:
    """The imports of a project, newest first; the list alone while one of them moves."""
    async with request.db.read() as session:
        project = await access_project(session, actor=request.actor, slug=slug)
        found = await list_imports(session, actor=request.actor, slug=slug, cursor=cursor or None)
    view = ImportsPage(
        project=project,
        imports=found.rows,
        next_cursor=found.next_cursor,
        moving=any(run.is_moving for run in found.rows),
    )
    return page(request, "web/manager/imports.html", view, block="list" if request.is_fragment else None)


@get("/projects/{slug:str}/imports/new", name="project.imports.new")
async def show_new(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """The empty form."""
    return await _form(request, slug, Filled({"priority": 5}))


async def _form(request: Request[Actor], slug: str, form: Filled, *, status: int = 200) -> Response[str]:
    request.actor.require(Permission.IMPORT_CREATE)
    async with request.db.read() as session:
        project = await access_project(session, actor=request.actor, slug=slug)
    formats = import_formats()
    view = ImportFormPage(
        project=project,
        form=form,
        formats=[FormatChoice(one.name, one.title, one.about_reading, one.example) for one in formats],
        endings=",".join([ending for one in formats for ending in one.endings] + [".gz", ".zst"]),
        limit=request.settings.max_upload_bytes,
        languages=languages(),
        levels=level_choices(),
        categories=category_choices(),
    )
    block = "form" if request.is_fragment else None
    return page(request, "web/manager/import_form.html", view, block=block, status=status)


@post("/projects/{slug:str}/imports/new", name="project.imports.add", request_max_body_size=None)
async def do_add(request: Request[Actor], slug: FromPath[str]) -> Response[str]:
    """Keep the file and have it checked; nothing is added yet."""
    actor = request.actor
    actor.require(Permission.IMPORT_CREATE)
    async with request.db.read() as session:
        await access_project(session, actor=actor, slug=slug)
    length = request.content_length
    if length is None or length > request.settings.max_upload_bytes + FORM_BYTES:
        raise FileTooLargeError
    form = await request.form()
    given = form.get("file")
    file = given if isinstance(given, UploadFile) and given.filename else None
    typed = [(name, text) for name, text in form.multi_items() if isinstance(text, str) and name != "file"]
    try:
        fields = parse_form(FormMultiDict(typed), ImportFields)
        chunks, name, format_name = _given(file, fields)
        import_id = await take_file(
            request.db,
            request.settings,
            actor=actor,
            slug=slug,
            chunks=chunks,
            file_name=name,
            format=format_name,
            options=ImportOptions(
                brief=fields.brief,
                topic=fields.topic,
                answers=fields.answers,
                priority=fields.priority,
                language=fields.language,
                level=fields.level,
                categories=tuple(fields.categories),
                routed=fields.routed,
                encoding=fields.encoding,
                columns=_columns(fields.columns),
            ),
            confirmed=False,
        )
    except (InvalidError, TooLargeError) as error:
        return await _form(request, slug, Filled(dict(typed), problems_of(error)), status=error.status)
    finally:
        if file is not None:
            await file.close()
    return redirect(request, f"/projects/{slug}/imports/{import_id}")


def _columns(text: str) -> dict[str, str]:
    """Which column stands for which field.

    Raises:
        InvalidError: a line is no such pair.
    """
    pairs = [line.partition("=") for line in text.splitlines() if line.strip()]
    try:
        return columns_from(f"{field.strip()}{equals}{column.strip()}" for field, equals, column in pairs)
    except InvalidError as error:
        raise InvalidError(fields=[FieldProblem("columns", one.message) for one in error.fields]) from error


def _given(file: UploadFile | None, fields: ImportFields) -> tuple[AsyncIterator[bytes], str, str]:
    """The bytes that were handed in, what they are called, and their format."""
    if file is None:
        if not fields.text.strip():
            message = _("Choose a file, or paste some prompts.")
            raise InvalidError(fields=[FieldProblem("file", message)])
        return _text_chunks(fields.text), "pasted.txt", fields.format or "text"
    if fields.text.strip():
        message = _("There is a file already. Empty this, or take the file away.")
        raise InvalidError(fields=[FieldProblem("text", message)])
    known = format_by_ending(file.filename)
    if not fields.format and known is None:
        message = _("The name of the file does not tell its format. Choose one.")
        raise InvalidError(fields=[FieldProblem("format", message)])
    return _file_chunks(file), file.filename, fields.format or (known.name if known else "")


async def _text_chunks(text: str) -> AsyncIterator[bytes]:
    yield text.encode()


async def _file_chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK):
        yield chunk


@get("/projects/{slug:str}/imports/{import_id:uuid}", name="project.import")
async def show_import(
    request: Request[Actor], slug: FromPath[str], import_id: FromPath[UUID], cursor: FromQuery[str] = ""
) -> Response[str]:
    """How far an import is; once it was checked, what would come of it."""
    async with request.db.read() as session:
        project, run = await _access(request, slug, import_id)
        problems = await list_import_problems(session, actor=request.actor, import_id=import_id, cursor=cursor or None)
        terms = await project_terms(session, slug=slug)
        form = await access_form(session, actor=request.actor, slug=slug)
        key = await import_file_key(session, actor=request.actor, import_id=import_id)
    rows: list[PreviewRow] = []
    columns: list[SeenColumn] = []
    if run.state is ImportState.CHECKED:
        storage = storage_of(request.settings)
        columns = await seen_columns(storage, key=key, format=run.format, options=run.options, file_name=run.file_name)
        try:
            rows = await preview(
                storage,
                key=key,
                format=run.format,
                terms=terms,
                form=form.settings,
                options=run.options,
                file_name=run.file_name,
                picture_sources=request.settings.picture_sources,
            )
        except SourceError:
            rows = []
    view = ImportPage(
        project=project,
        run=run,
        format_title=_titles().get(run.format, run.format),
        rows=rows,
        columns=columns,
        fields=import_format(run.format).columns if columns else (),
        problems=problems.rows,
        more_problems=problems.next_cursor,
    )
    return page(request, "web/manager/import.html", view, block="run" if request.is_fragment else None)


async def _access(request: Request[Actor], slug: str, import_id: UUID) -> tuple[ProjectView, ImportView]:
    async with request.db.read() as session:
        run = await access_import(session, actor=request.actor, import_id=import_id)
        if run.project_slug != slug:
            raise NoSuchImportError
        return await access_project(session, actor=request.actor, slug=slug), run


def _titles() -> dict[str, LazyText]:
    formats: list[Format[Any]] = import_formats()
    return {one.name: one.title for one in formats}


@post("/projects/{slug:str}/imports/{import_id:uuid}/confirm", name="project.import.confirm")
async def do_confirm(request: Request[Actor], slug: FromPath[str], import_id: FromPath[UUID]) -> Response[str]:
    """Add what was found good."""
    parse_form(await request.form(), ConfirmFields)
    await _access(request, slug, import_id)
    address = f"/projects/{slug}/imports/{import_id}"
    try:
        async with request.db.write() as session:
            await confirm_import(session, actor=request.actor, import_id=import_id, on_problem=OnProblem.SKIP)
    except NotCheckedError as error:  # a second click, or a colleague's
        return redirect(request, address, said=error.title, kind="warn")
    return redirect(request, address)


@post("/projects/{slug:str}/imports/{import_id:uuid}/columns", name="project.import.columns")
async def do_read_otherwise(request: Request[Actor], slug: FromPath[str], import_id: FromPath[UUID]) -> Response[str]:
    """Check the file again with other columns standing for its fields."""
    fields = parse_form(await request.form(), ColumnsFields)
    _project, run = await _access(request, slug, import_id)
    address = f"/projects/{slug}/imports/{import_id}"
    try:
        columns = chosen_columns(fields.stands_for)
        async with request.db.write() as session:
            await read_otherwise(session, actor=request.actor, import_id=run.id, columns=columns)
    except InvalidError as error:
        return redirect(request, address, said=error.fields[0].message, kind="warn")
    except NotCheckedError as error:
        return redirect(request, address, said=error.title, kind="warn")
    return redirect(request, address)


@post("/projects/{slug:str}/imports/{import_id:uuid}/discard", name="project.import.discard")
async def do_discard(request: Request[Actor], slug: FromPath[str], import_id: FromPath[UUID]) -> Response[str]:
    """Add nothing, and forget the file."""
    parse_form(await request.form(), ConfirmFields)
    await _access(request, slug, import_id)
    try:
        await discard(request.db, request.settings, actor=request.actor, import_id=import_id, now=request.now)
    except NotCheckedError as error:
        return redirect(request, f"/projects/{slug}/imports/{import_id}", said=error.title, kind="warn")
    return redirect(request, f"/projects/{slug}/imports", said=_("Nothing was added; the file is forgotten."))


handlers = [show_imports, show_new, do_add, show_import, do_confirm, do_read_otherwise, do_discard]
