"""What is done later about imports and releases. Each is begun again where a worker that did it has died."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog

from preceptor.datasets.children import TRY_AGAIN, run_child, task_of
from preceptor.datasets.events import ReleaseWritten
from preceptor.datasets.operations.deciding import lapse_imports
from preceptor.datasets.operations.imports import fail_import
from preceptor.datasets.operations.releases import fail_release
from preceptor.datasets.operations.similarity import end_search
from preceptor.datasets.queries.imports import files_in_use
from preceptor.datasets.queries.members import releases_with_erased
from preceptor.datasets.queries.releases import release_key
from preceptor.datasets.queries.told import told_of_releases
from preceptor.datasets.uploading import UPLOADS
from preceptor.datasets.writing.own_data import write_own_data
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database, WriteSession
from preceptor.lib.db.events import HappenedEvent
from preceptor.lib.errors import UnavailableError
from preceptor.lib.i18n import _, choose_language, speaking
from preceptor.lib.settings import Settings
from preceptor.lib.storage import storage_of
from preceptor.people.operations import expire_downloads, fail_download, finish_download
from preceptor.people.queries import download_waiting
from preceptor.people.rules import SYSTEM
from preceptor.projects.operations.deliveries import announce
from preceptor.projects.rules import WebhookEvent

log = structlog.get_logger()

IMPORT_ENDED = _(
    "The program that reads the file ended before it was done. What was added stays. Try again; tell an operator if it "
    "stays so."
)
EXPORT_BROKE = _(
    "The program that writes the files ended before it was done. Try again; tell an operator if it stays so."
)


class ImportInterruptedError(UnavailableError):
    """The database went away while a file was being imported."""


async def run_import(db: Database, settings: Settings, *, subject_id: str) -> None:
    """Turn a file into items, or check it, in a program of its own: see `importing`.

    Raises:
        ImportInterruptedError: it is to be begun again.
    """
    code = await run_child("preceptor.datasets.importing", task_of(settings, subject_id))
    if code == TRY_AGAIN:
        raise ImportInterruptedError
    if code:
        log.error("import ended", import_id=subject_id, code=code)
        async with db.write() as session:
            await fail_import(session, actor=SYSTEM, import_id=UUID(subject_id), error=IMPORT_ENDED, now=utc_now())


class ExportInterruptedError(UnavailableError):
    """The database went away while the files of a release were being written, or another process writes them."""


async def write_release(db: Database, settings: Settings, *, subject_id: str) -> None:
    """Write the files of a release, in a program of its own: see `exporting`.

    Raises:
        ExportInterruptedError: it is to be begun again.
    """
    code = await run_child("preceptor.datasets.exporting", task_of(settings, subject_id))
    if code == TRY_AGAIN:
        raise ExportInterruptedError
    if code:
        log.error("export ended", release_id=subject_id, code=code)
        async with db.write() as session:
            await fail_release(session, actor=SYSTEM, release_id=UUID(subject_id), error=EXPORT_BROKE, now=utc_now())


class SearchInterruptedError(UnavailableError):
    """The database went away while items were being compared."""


async def find_similar(db: Database, settings: Settings, *, subject_id: str) -> None:
    """Find items that say nearly the same, in a program of its own: see `similarity`.

    Raises:
        SearchInterruptedError: it is to be begun again.
    """
    code = await run_child("preceptor.datasets.similarity", task_of(settings, subject_id))
    if code == TRY_AGAIN:
        raise SearchInterruptedError
    if code:
        log.error("search ended", search_id=subject_id, code=code)
        async with db.write() as session:
            await end_search(session, search_id=UUID(subject_id), failed=True, now=utc_now())


async def announce_releases(session: WriteSession, events: Sequence[HappenedEvent]) -> None:
    """Tell webhooks that the files of releases are there, or could not be written."""

    async def facts(session: WriteSession, happened: Sequence[HappenedEvent]) -> dict[UUID, dict[str, object]]:
        ids = {one.id: one.event.subject_id for one in happened if one.event.subject_id is not None}
        told = await told_of_releases(session, release_ids=set(ids.values()))
        return {
            one.id: {**told[ids[one.id]], "state": "done" if isinstance(one.event, ReleaseWritten) else "failed"}
            for one in happened
            if one.id in ids
        }

    await announce(session, event=WebhookEvent.RELEASE_FINISHED, happened=events, facts=facts)


async def write_data_download(db: Database, settings: Settings, *, subject_id: str) -> None:
    """Make the copy of a person's data that they asked for, in their language. Begun again, it is made anew."""
    download_id = UUID(subject_id)
    async with db.read() as session:
        asked = await download_waiting(session, download_id=download_id)
    if asked is None:
        return
    key = f"own-data/{download_id}/data.zip"
    try:
        with speaking(choose_language((asked.language,) if asked.language else ())):
            made = await write_own_data(db, storage_of(settings), person_id=asked.person_id, key=key, now=utc_now())
    except (OSError, UnavailableError):
        log.exception("copy of data failed", download_id=subject_id)
        async with db.write() as session:
            await fail_download(session, download_id=download_id, now=utc_now())
        return
    keep = timedelta(days=settings.download_days)
    async with db.write() as session:
        await finish_download(session, download_id=download_id, file_key=key, size=made.bytes, keep=keep, now=utc_now())


async def forget_downloads(db: Database, settings: Settings) -> int:
    """Delete copies of people's data that have expired; answers how many."""
    async with db.write() as session:
        keys = await expire_downloads(session, now=utc_now())
    for key in keys:
        storage_of(settings).delete(key.rpartition("/")[0])
    return len(keys)


async def forget_uploads(db: Database, settings: Settings) -> int:
    """Delete uploads that nobody decided about in time, and what a process that died left; answers how many."""
    keep, now, storage = timedelta(days=settings.upload_days), utc_now(), storage_of(settings)
    async with db.write() as session:
        lapsed = await lapse_imports(session, keep=keep, now=now)
    old = await asyncio.to_thread(storage.older_than, now - keep, folder=UPLOADS)
    async with db.read() as reading:
        used = await files_in_use(reading, keys=old)
    left = {*lapsed, *(key for key in old if key not in used)}
    for key in left:
        await asyncio.to_thread(storage.delete, key)
    return len(left) + await asyncio.to_thread(storage.delete_parts, now - keep, folder=UPLOADS)


async def delete_withdrawn_files(db: Database, settings: Settings, *, subject_id: str) -> None:
    """Delete the files of releases that hold texts of somebody who was erased; newer releases stand in for them."""
    async with db.read() as session:
        found = await releases_with_erased(session, person_id=UUID(subject_id))
    for release_id in found:
        storage_of(settings).delete(release_key(release_id))
