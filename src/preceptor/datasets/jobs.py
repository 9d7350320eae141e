"""What is done later about imports and releases. Each is begun again where a worker that did it has died."""

import asyncio
import sys
from contextlib import suppress
from uuid import UUID

import msgspec
import structlog

from preceptor.datasets.importing import import_file
from preceptor.datasets.operations.imports import OvertakenError, begin_import, fail_import
from preceptor.datasets.operations.releases import fail_release
from preceptor.datasets.queries.imports import spent_file
from preceptor.datasets.rules import failure_text
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.db.database import DatabaseGoneError
from preceptor.lib.errors import ProblemError, UnavailableError
from preceptor.lib.i18n import _
from preceptor.lib.settings import Settings
from preceptor.lib.storage import storage_of
from preceptor.people.rules import SYSTEM

log = structlog.get_logger()

IMPORT_BROKE = _("The import stopped because of a fault on our side. It has been written down. What was added stays.")
EXPORT_BROKE = _(
    "The program that writes the files ended before it was done. Try again; tell an operator if it stays so."
)


async def run_import(db: Database, settings: Settings, *, subject_id: str) -> None:
    """Turn a file into items, or check it.

    Raises:
        DatabaseGoneError: the database went away; it can be begun again.
    """
    storage = storage_of(settings)
    async with db.write() as session:
        work = await begin_import(session, import_id=UUID(subject_id))
    if work is None:
        return
    try:
        await import_file(db, storage, work=work)
    except OvertakenError:
        log.debug("import is in other hands", import_id=subject_id)
        return
    except DatabaseGoneError:
        raise
    except Exception as error:
        told = failure_text(error) if isinstance(error, ProblemError) else IMPORT_BROKE
        if not isinstance(error, ProblemError):
            log.exception("import failed", import_id=subject_id)
        async with db.write() as session:
            await fail_import(session, actor=SYSTEM, import_id=work.id, error=told, now=utc_now())
    async with db.read() as reading:
        key = await spent_file(reading, import_id=work.id)
    if key is not None:
        await asyncio.to_thread(storage.delete, key)


class ExportTask(msgspec.Struct, frozen=True):
    """What the program that writes the files of a release is told, as one line of JSON on its standard input."""

    database_url: str
    home: str
    log_level: str
    release_id: UUID


TRY_AGAIN = 75
"""Exit code of that program where another attempt may help (`EX_TEMPFAIL` of sysexits.h)."""


class ExportInterruptedError(UnavailableError):
    """The database went away while the files of a release were being written, or another process writes them."""


async def write_release(db: Database, settings: Settings, *, subject_id: str) -> None:
    """Write the files of a release, in a program of its own: see `exporting`.

    Raises:
        ExportInterruptedError: it is to be begun again.
    """
    task = ExportTask(settings.database_url, str(settings.home), settings.log_level, UUID(subject_id))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "preceptor.datasets.exporting", stdin=asyncio.subprocess.PIPE
    )
    assert child.stdin is not None
    try:
        child.stdin.write(msgspec.json.encode(task) + b"\n")
        with suppress(ConnectionError):
            await child.stdin.drain()
        code = await child.wait()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
        child.stdin.close()
    if code == TRY_AGAIN:
        raise ExportInterruptedError
    if code:
        log.error("export ended", release_id=subject_id, code=code)
        async with db.write() as session:
            await fail_release(session, actor=SYSTEM, release_id=task.release_id, error=EXPORT_BROKE, now=utc_now())
