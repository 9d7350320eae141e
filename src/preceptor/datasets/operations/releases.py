"""Freezing releases, and writing down how their files come to be."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, insert, select

from preceptor.datasets.events import (
    ReleaseDownloaded,
    ReleaseFailed,
    ReleaseFrozen,
    ReleaseRetried,
    ReleaseWritten,
)
from preceptor.datasets.formats import release_formats
from preceptor.datasets.formats.interface import WrittenFile
from preceptor.datasets.formats.settings import format_settings
from preceptor.datasets.operations.choosing import freeze_all
from preceptor.datasets.queries.access import access_data_project, people_named
from preceptor.datasets.queries.releases import NoSuchReleaseError, ReleaseView
from preceptor.datasets.rules import ReleaseSettings, ReleaseState, release_problems
from preceptor.datasets.tables import Release, ReleaseFile
from preceptor.lib.db import WriteSession
from preceptor.lib.errors import ConflictError, FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _, current_language
from preceptor.lib.ids import new_id
from preceptor.people.rules import Actor, Permission
from preceptor.projects.operations.fetching import author
from preceptor.projects.queries import access_project

WITHDRAW = """
INSERT INTO release_member (release_id, submission_id)
SELECT %(release)s, member.submission_id
FROM release_member AS member
JOIN submission ON submission.id = member.submission_id
JOIN submission_body AS body ON body.submission_id = submission.id AND body.erased_at IS NULL
WHERE member.release_id = %(base)s AND submission.trainer_id <> ALL(%(people)s)
"""


class NothingAcceptedError(ConflictError):
    """There is no accepted work to freeze."""

    title = _("Nothing has been accepted in this project yet, so there is nothing to release.")
    code = "nothing_accepted"


class NothingAgreedError(ConflictError):
    """People do not agree that much on any item."""

    title = _("On no item of this project do people agree that much, so there is nothing to release.")
    code = "nothing_agreed"


class NobodyWithdrawnError(ConflictError):
    """A release holds no work of those whose work is to be withdrawn."""

    title = _("Nothing in this release is by the people named, so there is nothing to withdraw.")
    code = "nobody_withdrawn"


class NotFailedError(ConflictError):
    """The release is ready, or still being written."""

    title = _("This release is ready, or on its way.")
    code = "not_failed"


class ReleaseMade(msgspec.Struct, frozen=True):
    """What a new release is called by programs (`id`) and people (`number`)."""

    id: UUID
    number: int
    submissions: int


async def freeze_release(
    session: WriteSession, *, actor: Actor, slug: str, settings: ReleaseSettings | None = None, now: datetime
) -> ReleaseMade:
    """Freeze the accepted work of a project as it is at this moment. A job writes the files.

    Raises:
        MissingPermissionError: the actor may not make releases.
        NoSuchProjectError: there is no such project, or its data is not theirs.
        NothingAcceptedError: there is nothing to freeze.
        UnknownFormatError: there is no such format.
        FormatSettingsError: the settings of a format are not what it takes.
        InvalidError: another setting will not do.
    """
    actor.require(Permission.RELEASE_CREATE)
    settings = settings or ReleaseSettings()
    project = await access_data_project(session, actor=actor, slug=slug)
    check_release_settings(settings)
    row = await _next_release(session, actor, project.id, settings, now)
    if settings.least_agreement is not None:  # which work that is takes a while to find: see `agreed`
        return _frozen(session, actor, row, 0, found_later=True)
    frozen = await freeze_all(session, settings=settings, release_id=row.id, project_id=project.id, rules=project.rules)
    return _frozen(session, actor, row, frozen)


async def withdraw_work(
    session: WriteSession, *, actor: Actor, slug: str, number: int, people: Sequence[str], now: datetime
) -> ReleaseMade:
    """Make a new release that is an earlier one without the work of some people, and says so.

    The earlier one stays as it is: whoever has it can see in the new one's card which it replaces.

    Args:
        session: the transaction.
        actor: who may make releases.
        slug: of the project.
        number: of the release.
        people: pseudonyms, as the people have them on the platform (not those of a release with a seed).
        now: the time.

    Raises:
        MissingPermissionError: the actor may not make releases.
        NoSuchProjectError: there is no such project, or its data is not theirs.
        NoSuchReleaseError: it has no release of this number.
        NobodyWithdrawnError: none of its work is by these people.
        NothingAcceptedError: nothing would be left.
    """
    actor.require(Permission.RELEASE_CREATE)
    project = await access_data_project(session, actor=actor, slug=slug)
    base = await session.scalar(select(Release).where(Release.project_id == project.id, Release.number == number))
    if base is None:
        raise NoSuchReleaseError
    people_ids = await people_named(session, pseudonyms=people)
    return await _without(session, actor, base, people_ids, now)


async def withdraw_texts(session: WriteSession, *, actor: Actor, base: Release, now: datetime) -> ReleaseMade:
    """Make a new release that is an earlier one without the texts that were erased since. For the one that erases.

    Raises:
        NobodyWithdrawnError: nothing of it was erased.
        NothingAcceptedError: nothing would be left.
    """
    return await _without(session, actor, base, [], now)


async def _without(
    session: WriteSession, actor: Actor, base: Release, people_ids: Sequence[UUID], now: datetime
) -> ReleaseMade:
    settings = msgspec.convert(base.settings, ReleaseSettings)
    row = await _next_release(session, actor, base.project_id, settings, now)
    driver = await session.driver()
    frozen = await driver.execute(WITHDRAW, {"release": row.id, "base": base.id, "people": list(people_ids)})
    withdrawn = base.submissions - frozen.rowcount
    if not withdrawn:
        raise NobodyWithdrawnError
    row.settings = msgspec.to_builtins(msgspec.structs.replace(settings, replaces=base.number, withdrawn=withdrawn))
    return _frozen(session, actor, row, frozen.rowcount)


async def _next_release(
    session: WriteSession, actor: Actor, project_id: UUID, settings: ReleaseSettings, now: datetime
) -> Release:
    """A release of the project's next number, without anything in it yet."""
    driver = await session.driver()
    await driver.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 8))", (str(project_id),))
    last = await session.scalar(select(func.max(Release.number)).where(Release.project_id == project_id))
    row = Release(
        id=new_id(),
        project_id=project_id,
        number=(last or 0) + 1,
        settings=msgspec.to_builtins(settings),
        language=current_language(),
        requested_by=author(actor),
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row


def _frozen(
    session: WriteSession, actor: Actor, row: Release, submissions: int, *, found_later: bool = False
) -> ReleaseMade:
    """Write down what is in it.

    Raises:
        NothingAcceptedError: nothing is.
    """
    if not submissions and not found_later:
        raise NothingAcceptedError
    row.submissions = submissions
    session.emit(
        ReleaseFrozen(
            actor_id=actor.person_id,
            subject_id=row.id,
            project_id=row.project_id,
            number=row.number,
            submissions=row.submissions,
        )
    )
    return ReleaseMade(row.id, row.number, row.submissions)


def check_release_settings(settings: ReleaseSettings) -> None:
    """Let settings pass or stop, down to those of each format.

    Raises:
        UnknownFormatError: there is no such format.
        FormatSettingsError: the settings of a format are not what it takes.
        InvalidError: another setting will not do.
    """
    problems = release_problems(settings)
    formats = {form.name: form for form in release_formats(None if settings.formats is None else [*settings.formats])}
    for name, given in settings.settings.items():
        if name not in formats:
            problems.append(FieldProblem(f"settings.{name}", _("This format is not among those chosen.")))
            continue
        try:
            format_settings(formats[name], given)
        except InvalidError as error:
            problems += error.fields
    if problems:
        raise InvalidError(fields=problems)


async def retry_release(session: WriteSession, *, actor: Actor, slug: str, number: int) -> None:
    """Write the files of a release again that could not be written. What is in it stays what it was.

    Raises:
        MissingPermissionError: the actor may not make releases.
        NoSuchProjectError: there is no such project, or its data is not theirs.
        NoSuchReleaseError: it has no release of this number.
        NotFailedError: its files could be written, or are being written.
    """
    actor.require(Permission.RELEASE_CREATE)
    project = await access_data_project(session, actor=actor, slug=slug)
    row = await session.scalar(
        select(Release).where(Release.project_id == project.id, Release.number == number).with_for_update()
    )
    if row is None:
        raise NoSuchReleaseError
    if row.state != ReleaseState.FAILED:
        raise NotFailedError
    row.state, row.error, row.finished_at, row.written = ReleaseState.WAITING.value, "", None, 0
    session.emit(ReleaseRetried(actor_id=actor.person_id, subject_id=row.id, project_id=row.project_id))


async def note_download(session: WriteSession, *, actor: Actor, release: ReleaseView, path: str = "") -> None:
    """Write down that somebody took a file, or with an empty path all of them."""
    project = await access_project(session, actor=actor, slug=release.summary.project_slug)
    session.emit(
        ReleaseDownloaded(actor_id=actor.person_id, subject_id=release.summary.id, project_id=project.id, path=path)
    )


# From here on the job speaks.


class ReleaseWork(msgspec.Struct, frozen=True):
    """What there is to write."""

    id: UUID
    project_id: UUID
    number: int
    settings: ReleaseSettings
    created_at: datetime
    language: str
    submissions: int


async def begin_release(session: WriteSession, *, release_id: UUID) -> ReleaseWork | None:
    """Begin to write, or begin again where that was interrupted. None where there is nothing to do (any more)."""
    row = await session.get(Release, release_id, with_for_update=True)
    if row is None or row.state not in {ReleaseState.WAITING, ReleaseState.RUNNING}:
        return None
    row.state, row.written = ReleaseState.RUNNING.value, 0
    return ReleaseWork(
        id=row.id,
        project_id=row.project_id,
        number=row.number,
        settings=msgspec.convert(row.settings, ReleaseSettings),
        created_at=row.created_at,
        language=row.language,
        submissions=row.submissions,
    )


async def note_members(session: WriteSession, *, release_id: UUID, submissions: int) -> None:
    """Say how much a release holds whose work had to be looked for."""
    row = await session.get(Release, release_id, with_for_update=True)
    assert row is not None
    row.submissions = submissions


async def note_written(session: WriteSession, *, release_id: UUID, written: int) -> None:
    """Say how many submissions have been written so far."""
    driver = await session.driver()
    await driver.execute("UPDATE release SET written = %s WHERE id = %s AND state = 'running'", (written, release_id))


async def finish_release(
    session: WriteSession,
    *,
    actor: Actor,
    release_id: UUID,
    files: Sequence[WrittenFile],
    written: int,
    now: datetime,
) -> None:
    """Enter the files, which lie in storage, complete. Nothing about the release changes from now on."""
    row = await session.get(Release, release_id, with_for_update=True)
    assert row is not None
    values: list[dict[str, Any]] = [
        {"release_id": release_id, "path": file.path, "rows": file.rows, "bytes": file.bytes, "sha256": file.sha256}
        for file in files
    ]
    await session.execute(insert(ReleaseFile), values)
    row.state, row.written, row.finished_at = ReleaseState.DONE.value, written, now
    session.emit(
        ReleaseWritten(
            actor_id=actor.person_id,
            subject_id=release_id,
            project_id=row.project_id,
            files=len(files),
            bytes=sum(file.bytes for file in files),
        )
    )


async def fail_release(
    session: WriteSession, *, actor: Actor, release_id: UUID, error: LazyText, now: datetime
) -> None:
    """Say that the files could not be written; nothing happens where they are complete."""
    row = await session.get(Release, release_id, with_for_update=True)
    if row is None or row.state not in {ReleaseState.WAITING, ReleaseState.RUNNING}:
        return
    row.state, row.error, row.finished_at = ReleaseState.FAILED.value, error.render(row.language), now
    session.emit(ReleaseFailed(actor_id=actor.person_id, subject_id=release_id, project_id=row.project_id))
