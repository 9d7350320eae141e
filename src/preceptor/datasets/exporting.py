"""Writes the files of a release: reads frozen submissions page by page and feeds them to the formats.

It runs as a program of its own (`python -m preceptor.datasets.exporting`), a child of the worker: see `children`.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import structlog

from preceptor.datasets.agreed import enter_what_is_agreed_on
from preceptor.datasets.children import TRY_AGAIN, FileTask, begin_child
from preceptor.datasets.formats import release_formats
from preceptor.datasets.operations.releases import (
    ReleaseWork,
    begin_release,
    fail_release,
    finish_release,
    note_written,
)
from preceptor.datasets.queries.deliveries import credited_names
from preceptor.datasets.queries.members import (
    FrozenProject,
    FrozenSubmission,
    MembersPage,
    frozen_project,
    page_of_members,
)
from preceptor.datasets.queries.releases import release_key
from preceptor.datasets.rules import ReleaseSettings, failure_text, scope_text, split_of
from preceptor.datasets.writing.card import CardFacts, TaxonomyEntry
from preceptor.datasets.writing.release import ReleaseWriter
from preceptor.kinds.registry import task_kind
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database, Driver
from preceptor.lib.db.database import DatabaseGoneError
from preceptor.lib.errors import ProblemError, UnavailableError
from preceptor.lib.i18n import _
from preceptor.lib.logs import set_up_logs
from preceptor.lib.settings import Settings
from preceptor.lib.storage import Storage, storage_of
from preceptor.people.rules import SYSTEM
from preceptor.projects.queries import project_terms
from preceptor.projects.rules import ProjectTerms
from preceptor.work.queries.assets import asset_key

PAGE = 500
"""Submissions read at a time."""
TELL_EVERY = 1.0
"""Seconds between two words about progress."""

LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s::text, 9))"
UNLOCK = "SELECT pg_advisory_unlock(hashtextextended(%s::text, 9))"

log = structlog.get_logger()


BROKE = _("The files could not be written because of a fault on our side. It has been written down; try again.")


class ReleaseBusyError(UnavailableError):
    """Another process writes this release just now."""


async def write_release(db: Database, storage: Storage, *, release_id: UUID) -> None:
    """Write the files of a release, or say in its row why they cannot be written. Nothing happens where they are there.

    Raises:
        ReleaseBusyError: another process is at it; what comes of that is not known yet.
        DatabaseGoneError: the database went away; it can be begun again.
    """
    async with db.hot() as driver, _alone(driver, release_id):
        async with db.write() as session:
            work = await begin_release(session, release_id=release_id)
            terms = await project_terms(session, project_id=work.project_id) if work else None
        if work is None or terms is None:
            return
        try:
            await enter_what_is_agreed_on(db, work=work, terms=terms)
            await _write(db, driver, storage, work=work, terms=terms)
        except DatabaseGoneError:
            raise
        except Exception as error:
            told = failure_text(error) if isinstance(error, ProblemError) else BROKE
            if not isinstance(error, ProblemError):
                log.exception("release failed", release_id=str(release_id))
            async with db.write() as session:
                await fail_release(session, actor=SYSTEM, release_id=release_id, error=told, now=utc_now())


@asynccontextmanager
async def _alone(driver: Driver, release_id: UUID) -> AsyncIterator[None]:
    """Keep other writers of a release away, as they would write into the same folder; a lost connection lets go."""
    held = await (await driver.execute(LOCK, (str(release_id),))).fetchone()
    if held is None or not held[0]:
        raise ReleaseBusyError
    try:
        yield
    finally:
        await driver.execute(UNLOCK, (str(release_id),))


async def _write(db: Database, driver: Driver, storage: Storage, *, work: ReleaseWork, terms: ProjectTerms) -> None:
    key = release_key(work.id)
    # Files that were completed and never entered: the row says that they are not there, so they are written anew.
    await asyncio.to_thread(storage.delete, key)
    folder = storage.path(key)
    folder.parent.mkdir(parents=True, exist_ok=True)
    project = await frozen_project(
        driver,
        release_id=work.id,
        project_id=work.project_id,
        slug=terms.slug,
        kind=task_kind(terms.kind),
        seed=work.settings.seed,
    )
    async with db.read() as session:
        credit = await credited_names(session, release_id=work.id)
    names = None if work.settings.formats is None else [*work.settings.formats]
    with ReleaseWriter(
        folder=folder,
        formats=release_formats(names),
        facts=_facts(work, terms, project, credit),
        settings=work.settings.settings,
        splits=tuple(work.settings.splits),
        pictures=lambda sha256: storage.path(asset_key(sha256)),
    ) as writer:
        written = await _feed(db, driver, writer, work=work, project=project)
        files = await asyncio.to_thread(writer.finish)
    async with db.write() as session:
        await finish_release(session, actor=SYSTEM, release_id=work.id, files=files, written=written, now=utc_now())


async def _feed(
    db: Database, driver: Driver, writer: ReleaseWriter, *, work: ReleaseWork, project: FrozenProject
) -> int:
    """Hand every submission to the writer; answers how many there were.

    The next page is read while one is being written.
    """
    loop = asyncio.get_running_loop()
    written, told = 0, loop.time()
    page: MembersPage | None = await page_of_members(driver, project=project, limit=PAGE)
    while page is not None:
        following = asyncio.create_task(page_of_members(driver, project=project, after=page.last, limit=PAGE))
        try:
            await asyncio.to_thread(_add_all, writer, project, page.submissions, work.settings)
        except BaseException:
            following.cancel()
            raise
        written += page.count
        if loop.time() - told >= TELL_EVERY:
            told = loop.time()
            async with db.write() as session:
                await note_written(session, release_id=work.id, written=written)
        page = await following
    return written


def _add_all(
    writer: ReleaseWriter, project: FrozenProject, submissions: Iterable[FrozenSubmission], settings: ReleaseSettings
) -> None:
    kind, split = project.kind, ""
    for one in submissions:
        if settings.splits:
            # Items that ask the same go together, whatever their ids.
            key = kind.item_summary(one.item) or one.provenance.item_id
            split = split_of(key, splits=settings.splits, seed=settings.seed)
        for content in kind.content_rows(one.settings, one.item, one.turns, one.answer, one.provenance):
            writer.add(content, split=split)


def _facts(work: ReleaseWork, terms: ProjectTerms, project: FrozenProject, credit: Sequence[str]) -> CardFacts:
    types: dict[str, TaxonomyEntry] = {}
    for settings in project.forms.values():
        for entry in project.kind.error_types(settings):
            types.setdefault(entry.key, TaxonomyEntry(entry.key, entry.label, entry.severity))
    return CardFacts(
        title=terms.title,
        project=terms.slug,
        number=work.number,
        created_at=work.created_at,
        licence=work.settings.licence,
        languages=work.settings.languages,
        taxonomy=tuple(types.values()),
        scope=scope_text(work.settings),
        splits=tuple(work.settings.splits),
        credits=tuple(credit),
        method=project.kind.description.render("en"),
    )


async def _run(task: FileTask) -> int:
    settings = Settings(home=Path(task.home), database_url=task.database_url, log_level=task.log_level)
    set_up_logs(settings)
    db = Database(settings.database_url, pool_size=2, label="preceptor-export")
    try:
        await write_release(db, storage_of(settings), release_id=task.subject_id)
    except (DatabaseGoneError, ReleaseBusyError):
        return TRY_AGAIN
    finally:
        await db.close()
    return 0


def main() -> None:
    """Read the task and do it. The exit code is 0 where it is done, `TRY_AGAIN` where another attempt may help."""
    sys.exit(asyncio.run(_run(begin_child())))


if __name__ == "__main__":
    main()
