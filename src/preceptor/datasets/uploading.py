"""Files on their way in: from a request into storage, and from there into an import."""

from collections.abc import AsyncIterable
from datetime import datetime
from uuid import UUID

from preceptor.datasets.operations.deciding import discard_import
from preceptor.datasets.operations.imports import request_import
from preceptor.datasets.rules import ImportOptions, OnProblem
from preceptor.lib.db import Database
from preceptor.lib.ids import new_id
from preceptor.lib.settings import Settings
from preceptor.lib.storage import storage_of
from preceptor.people.rules import Actor, Permission
from preceptor.projects.queries import access_project

UPLOADS = "imports"
"""The folder of files that were handed in."""


async def take_file(
    db: Database,
    settings: Settings,
    *,
    actor: Actor,
    slug: str,
    chunks: AsyncIterable[bytes],
    file_name: str,
    format: str,  # noqa: A002 (the field's own word)
    on_problem: OnProblem = OnProblem.SKIP,
    options: ImportOptions | None = None,
    confirmed: bool = True,
) -> UUID:
    """Keep a file and ask for its import; answers the import's id. Who may not is told before a byte is read.

    Raises:
        MissingPermissionError: the actor may not import.
        NoSuchProjectError: there is no such project, or the actor may not see it.
        FileTooLargeError: more bytes than an upload may have here.
        NoRoomError: the disk is full.
        ProblemError: whatever else `request_import` refuses; then the file is not kept.
    """
    actor.require(Permission.IMPORT_CREATE)
    async with db.read() as reading:
        await access_project(reading, actor=actor, slug=slug)
    storage = storage_of(settings)
    file = await storage.save(f"{UPLOADS}/{new_id()}", chunks, limit=settings.max_upload_bytes)
    try:
        async with db.write() as session:
            return await request_import(
                session,
                actor=actor,
                slug=slug,
                format=format,
                file=file,
                file_name=file_name,
                on_problem=on_problem,
                options=options,
                confirmed=confirmed,
            )
    except BaseException:
        storage.delete(file.key)
        raise


async def discard(db: Database, settings: Settings, *, actor: Actor, import_id: UUID, now: datetime) -> None:
    """Add nothing of a file that was checked, and forget the file.

    Raises:
        MissingPermissionError, NoSuchImportError, NotCheckedError: as `discard_import` says.
    """
    async with db.write() as session:
        key = await discard_import(session, actor=actor, import_id=import_id, now=now)
    storage_of(settings).delete(key)
