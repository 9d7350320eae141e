"""Releases: freezing accepted work, following the writing of its files, and taking them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.datastructures import ResponseHeader
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Stream

from preceptor.datasets import ReleaseSettings, ReleaseState
from preceptor.datasets.downloading import archive_chunks, digest_header, download_name, file_place, media_type
from preceptor.datasets.operations import freeze_release, note_download, retry_release, withdraw_work
from preceptor.datasets.queries import (
    FileView,
    ReleaseDifference,
    ReleaseSummary,
    ReleaseView,
    access_release,
    access_release_by_id,
    file_of,
    list_releases,
    release_difference,
)
from preceptor.lib.storage import storage_of
from preceptor.lib.web import Request
from preceptor.lib.web.downloads import download, download_file
from preceptor.people import Actor

BYTES = [ResponseHeader(name="Content-Disposition", description="What to call the file.", documentation_only=True)]


class ReleaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """A release in a list. `written`: of its `submissions`, how many are in its files so far. `bytes`: of all files."""

    id: UUID
    project: str
    number: int
    state: ReleaseState
    submissions: int
    written: int
    error: str | None
    bytes: int
    created_at: datetime
    finished_at: datetime | None


class ReleaseDocument(ReleaseRow, frozen=True, kw_only=True):
    """A release with its settings and, once it is ready, its files."""

    settings: ReleaseSettings
    files: list[FileView]


class ReleaseRows(msgspec.Struct, frozen=True):
    """Some releases; `next_cursor` leads to the next ones."""

    releases: list[ReleaseRow]
    next_cursor: str | None


def _common(view: ReleaseSummary) -> dict[str, Any]:
    return {
        "id": view.id,
        "project": view.project_slug,
        "number": view.number,
        "state": view.state,
        "submissions": view.submissions,
        "written": view.written,
        "error": view.error or None,
        "bytes": view.bytes,
        "created_at": view.created_at,
        "finished_at": view.finished_at,
    }


def _document(view: ReleaseView) -> ReleaseDocument:
    return ReleaseDocument(**_common(view.summary), settings=view.settings, files=view.files)


async def _access(request: Request[Actor], release_id: UUID) -> ReleaseView:
    async with request.db.read() as session:
        return await access_release_by_id(session, actor=request.actor, release_id=release_id)


@post("/projects/{slug:str}/releases", summary="Freeze a release", status_code=202)
async def freeze(request: Request[Actor], slug: FromPath[str], data: JSONBody[ReleaseSettings]) -> ReleaseDocument:
    """Freeze the accepted work of a project as it is now. Follow the release until it is `done` to take its files."""
    async with request.db.write() as session:
        made = await freeze_release(session, actor=request.actor, slug=slug, settings=data, now=request.now)
    return _document(await _access(request, made.id))


@get("/projects/{slug:str}/releases", summary="A project's releases")
async def show_releases(
    request: Request[Actor], slug: FromPath[str], cursor: FromQuery[str | None] = None
) -> ReleaseRows:
    """The releases of a project, newest first."""
    async with request.db.read() as session:
        found = await list_releases(session, actor=request.actor, slug=slug, cursor=cursor)
    return ReleaseRows([ReleaseRow(**_common(view)) for view in found.rows], found.next_cursor)


@get("/projects/{slug:str}/releases/{number:int}", summary="A release, by its number")
async def show_numbered(request: Request[Actor], slug: FromPath[str], number: FromPath[int]) -> ReleaseDocument:
    """One release of a project."""
    async with request.db.read() as session:
        return _document(await access_release(session, actor=request.actor, slug=slug, number=number))


@get("/projects/{slug:str}/releases/{number:int}/differences", summary="What differs between two releases")
async def show_differences(
    request: Request[Actor], slug: FromPath[str], number: FromPath[int], since: FromQuery[int]
) -> ReleaseDifference:
    """How a release differs from an earlier one of the project, the number of which is `since`."""
    async with request.db.read() as session:
        return await release_difference(session, actor=request.actor, slug=slug, old=since, new=number)


class WithdrawBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose work is to be left out: pseudonyms, as people have them on the platform."""

    people: Annotated[list[str], msgspec.Meta(min_length=1, max_length=1_000)]


@post("/projects/{slug:str}/releases/{number:int}/withdrawals", summary="Withdraw people's work", status_code=202)
async def withdraw(
    request: Request[Actor], slug: FromPath[str], number: FromPath[int], data: JSONBody[WithdrawBody]
) -> ReleaseDocument:
    """Make a new release that is this one without the work of some people, and says so."""
    async with request.db.write() as session:
        made = await withdraw_work(
            session, actor=request.actor, slug=slug, number=number, people=data.people, now=request.now
        )
    return _document(await _access(request, made.id))


@get("/releases/{release_id:uuid}", summary="A release")
async def show_release(request: Request[Actor], release_id: FromPath[UUID]) -> ReleaseDocument:
    """How far a release is, and its files with their checksums."""
    return _document(await _access(request, release_id))


@post("/releases/{release_id:uuid}/retry", summary="Write the files again", status_code=202)
async def retry(request: Request[Actor], release_id: FromPath[UUID]) -> ReleaseDocument:
    """Write the files of a release again that could not be written."""
    view = (await _access(request, release_id)).summary
    async with request.db.write() as session:
        await retry_release(session, actor=request.actor, slug=view.project_slug, number=view.number)
    return _document(await _access(request, release_id))


@get(
    "/releases/{release_id:uuid}/files/{path:path}",
    summary="A file of a release",
    media_type="application/octet-stream",
    response_headers=BYTES,
)
async def take(request: Request[Actor], release_id: FromPath[UUID], path: FromPath[str]) -> Stream:
    """The bytes of one file, such as `scored/train.jsonl`."""
    release = await _access(request, release_id)
    file = file_of(release, path.lstrip("/"))
    place = file_place(storage_of(request.settings), release, file)
    async with request.db.write() as session:
        await note_download(session, actor=request.actor, release=release, path=file.path)
    return download_file(
        request,
        place,
        name=download_name(release, file.path),
        media_type=media_type(file.path),
        size=file.bytes,
        tag=file.sha256,
        headers={"repr-digest": digest_header(file)},
    )


@get(
    "/releases/{release_id:uuid}/archive",
    summary="All files of a release",
    media_type="application/zip",
    response_headers=BYTES,
)
async def take_all(request: Request[Actor], release_id: FromPath[UUID]) -> Stream:
    """All files as one zip archive."""
    release = await _access(request, release_id)
    chunks = archive_chunks(storage_of(request.settings), release)
    async with request.db.write() as session:
        await note_download(session, actor=request.actor, release=release)
    return download(chunks, name=download_name(release), media_type="application/zip")


handlers: list[Any] = [
    freeze,
    show_releases,
    show_numbered,
    show_differences,
    withdraw,
    show_release,
    retry,
    take,
    take_all,
]
