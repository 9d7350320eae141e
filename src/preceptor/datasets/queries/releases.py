"""Releases and their files, for those who may have the data."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from preceptor.datasets.formats import every_release_format
from preceptor.datasets.queries.access import access_data_project
from preceptor.datasets.rules import RELEASE_STATE_NAMES, ReleaseSettings, ReleaseState, formats_without_rows
from preceptor.datasets.tables import Release, ReleaseFile
from preceptor.lib.db import Page, ReadSession, decode_cursor, encode_cursor
from preceptor.lib.errors import NotFoundError
from preceptor.lib.i18n import LazyText, _
from preceptor.people.rules import Actor, Permission
from preceptor.people.tables import Person
from preceptor.projects.queries import NoSuchProjectError
from preceptor.projects.tables import Project

PAGE_SIZE = 50


class FileView(msgspec.Struct, frozen=True):
    """A file of a release. `rows` is 0 for what is not made of rows; `sha256` is of its bytes, in lower-case hex."""

    path: str
    rows: int
    bytes: int
    sha256: str


class ReleaseSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A release in a list.

    Attributes:
        submissions: how many are in it.
        written: how many of them have been written into its files so far.
        error: why the files could not be written; empty where they could.
        requested_by: name of who froze it; empty where a command did.
        files, bytes: how many files it has and their size together; 0 until it is ready.
    """

    id: UUID
    project_slug: str
    project_title: str
    number: int
    state: ReleaseState
    submissions: int
    written: int
    error: str
    requested_by: str
    created_at: datetime
    finished_at: datetime | None
    files: int
    bytes: int

    @property
    def state_name(self) -> LazyText:
        """The state in words."""
        return RELEASE_STATE_NAMES[self.state]

    @property
    def is_moving(self) -> bool:
        """True while it changes by itself."""
        return self.state in {ReleaseState.WAITING, ReleaseState.RUNNING}


class ReleaseView(msgspec.Struct, frozen=True, kw_only=True):
    """A release with its settings and files."""

    summary: ReleaseSummary
    settings: ReleaseSettings
    files: list[FileView]

    @property
    def lacking(self) -> list[str]:
        """Names of formats that were asked for and in which nothing of it could be written, once it is ready."""
        if self.summary.state != ReleaseState.DONE:
            return []
        single = {form.name for form in every_release_format()}
        asked = [name for name in self.settings.formats or () if name in single]
        return formats_without_rows(asked, [file.path for file in self.files])


class NoSuchReleaseError(NotFoundError):
    """No such release, or not the actor's to see."""

    title = _("There is no such release, or it is not yours to see.")
    code = "no_such_release"


class NoSuchFileError(NotFoundError):
    """The release has no such file (yet)."""

    title = _("This release has no such file.")
    code = "no_such_file"


def _releases() -> "Select[Release, str, str, str | None, int, int]":
    files = (
        select(
            ReleaseFile.release_id,
            func.count().label("files"),
            func.sum(ReleaseFile.bytes).label("bytes"),
        )
        .where(ReleaseFile.release_id == Release.id)
        .group_by(ReleaseFile.release_id)
        .lateral()
    )
    return (
        select(
            Release,
            Project.slug,
            Project.title,
            Person.name,
            func.coalesce(files.c.files, 0),
            func.coalesce(files.c.bytes, 0),
        )
        .join(Project, Project.id == Release.project_id)
        .outerjoin(Person, Person.id == Release.requested_by)
        .outerjoin(files, files.c.release_id == Release.id)
    )


async def list_releases(
    session: ReadSession, *, actor: Actor, slug: str, cursor: str | None = None
) -> Page[ReleaseSummary]:
    """The releases of a project, newest first.

    Raises:
        MissingPermissionError: the actor may not read releases at all.
        NoSuchProjectError: there is none at this address, or its data is not theirs.
    """
    project = await access_data_project(session, actor=actor, slug=slug)
    query = _releases().where(Release.project_id == project.id).order_by(Release.number.desc())
    if cursor:
        query = query.where(Release.number < decode_cursor(cursor, tuple[int])[0])
    rows = list(await session.execute(query.limit(PAGE_SIZE + 1)))
    shown = rows[:PAGE_SIZE]
    return Page(
        [_summary(*row) for row in shown], encode_cursor(shown[-1][0].number) if len(rows) > PAGE_SIZE else None
    )


async def newest_releases(session: ReadSession, *, project_ids: Collection[UUID]) -> dict[UUID, ReleaseSummary]:
    """The newest release of each of these projects. For callers that have made sure who asks."""
    newest = (
        select(Release.id)
        .ext(distinct_on(Release.project_id))
        .where(Release.project_id.in_(project_ids))
        .order_by(Release.project_id, Release.number.desc())
    )
    rows = await session.execute(_releases().where(Release.id.in_(newest)))
    return {row[0].project_id: _summary(*row) for row in rows}


async def access_release(session: ReadSession, *, actor: Actor, slug: str, number: int) -> ReleaseView:
    """One release of a project, with its files.

    Raises:
        MissingPermissionError: the actor may not read releases at all.
        NoSuchProjectError: there is no such project, or its data is not theirs.
        NoSuchReleaseError: it has no release of this number.
    """
    project = await access_data_project(session, actor=actor, slug=slug)
    query = _releases().where(Release.project_id == project.id, Release.number == number)
    row = (await session.execute(query)).first()
    if row is None:
        raise NoSuchReleaseError
    files = await session.scalars(
        select(ReleaseFile).where(ReleaseFile.release_id == row[0].id).order_by(ReleaseFile.path)
    )
    return ReleaseView(
        summary=_summary(*row),
        settings=msgspec.convert(row[0].settings, ReleaseSettings),
        files=[FileView(file.path, file.rows, file.bytes, file.sha256) for file in files],
    )


async def access_release_by_id(session: ReadSession, *, actor: Actor, release_id: UUID) -> ReleaseView:
    """One release, by its id.

    Raises:
        MissingPermissionError: the actor may not read releases at all.
        NoSuchReleaseError: there is none of this id, or it is not theirs to see.
    """
    actor.require(Permission.RELEASE_READ)
    found = await session.execute(
        select(Project.slug, Release.number)
        .join(Project, Project.id == Release.project_id)
        .where(Release.id == release_id)
    )
    row = found.first()
    if row is None:
        raise NoSuchReleaseError
    try:
        return await access_release(session, actor=actor, slug=row[0], number=row[1])
    except NoSuchProjectError as error:
        raise NoSuchReleaseError from error


def file_of(release: ReleaseView, path: str) -> FileView:
    """The file at `path` of a release.

    Raises:
        NoSuchFileError: it has none there, or is not ready.
    """
    for file in release.files:
        if file.path == path:
            return file
    raise NoSuchFileError


def release_key(release_id: UUID) -> str:
    """Where the files of a release stand in storage."""
    return f"releases/{release_id}"


def _summary(row: Release, slug: str, title: str, requested_by: str | None, files: int, size: int) -> ReleaseSummary:
    return ReleaseSummary(
        id=row.id,
        project_slug=slug,
        project_title=title,
        number=row.number,
        state=ReleaseState(row.state),
        submissions=row.submissions,
        written=row.written,
        error=row.error,
        requested_by=requested_by or "",
        created_at=row.created_at,
        finished_at=row.finished_at,
        files=int(files),
        bytes=int(size),
    )
