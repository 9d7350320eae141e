"""Files in storage, projects to import into, and accepted work to release."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from preceptor.datasets import jobs
from preceptor.datasets.exporting import write_release
from preceptor.datasets.importing import run_import
from preceptor.datasets.operations import freeze_release, request_import
from preceptor.datasets.queries import ImportView, ReleaseView, access_import, access_release_by_id
from preceptor.datasets.rules import ImportOptions, OnProblem, ReleaseSettings
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.ids import new_id
from preceptor.lib.settings import Settings
from preceptor.lib.storage import Storage, storage_of
from preceptor.people import SYSTEM
from preceptor.work.operations.verdicts import accept
from preceptor.work.tables import Item
from tests.quality.conftest import Bench, HandedIn, bench  # noqa: F401 (a fixture)
from tests.work.conftest import World, make_world  # noqa: F401 (a fixture)


async def chunks_of(data: bytes) -> AsyncIterator[bytes]:
    """The bytes as an upload brings them."""
    for start in range(0, len(data), 50_000):
        yield data[start : start + 50_000]


class Imports:
    """What tests do with imports."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self.db, self.settings, self.storage = db, settings, storage_of(settings)

    async def request(self, world: World, data: str | bytes, form: str = "jsonl", **given: Any) -> UUID:
        """Ask for an import of a file of these bytes."""
        raw = data.encode() if isinstance(data, str) else data
        file = await self.storage.save(f"imports/{new_id()}", chunks_of(raw), limit=1 << 30)
        options = ImportOptions(
            **{key: given.pop(key) for key in list(given) if key in ImportOptions.__struct_fields__}
        )
        if "on_problem" in given:
            given["on_problem"] = OnProblem(given["on_problem"])
        async with self.db.write() as session:
            return await request_import(
                session,
                actor=SYSTEM,
                slug=world.terms.slug,
                format=form,
                file=file,
                file_name="prompts.jsonl",
                options=options,
                **given,
            )

    async def run(self, import_id: UUID) -> ImportView:
        """Do the job, in this process."""
        await run_import(self.db, self.storage, import_id=import_id)
        return await self.view(import_id)

    async def do(self, world: World, data: str | bytes, form: str = "jsonl", **given: Any) -> ImportView:
        """Ask for it and do it."""
        return await self.run(await self.request(world, data, form, **given))

    async def view(self, import_id: UUID) -> ImportView:
        """How it stands."""
        async with self.db.read() as session:
            return await access_import(session, actor=SYSTEM, import_id=import_id)

    async def items(self, world: World) -> list[Item]:
        """The items of a project that came from a file, in the order of the queue."""
        query = select(Item).where(Item.project_id == world.terms.id, Item.import_id.is_not(None)).order_by(Item.id)
        async with self.db.read() as session:
            return list(await session.scalars(query))


@pytest.fixture
def imports(db, settings) -> Imports:
    """What tests do with imports."""
    return Imports(db, settings)


class Releases:
    """What tests do with releases."""

    def __init__(self, db: Database, settings: Settings, at: Bench) -> None:
        self.db, self.settings, self.bench = db, settings, at
        self.storage: Storage = storage_of(settings)

    async def accepted(self, world: World, **changes: Any) -> HandedIn:
        """Accepted work of a new trainer."""
        handed = await self.bench.hand_in(world, **changes)
        async with self.db.write() as session:
            await accept(session, actor=SYSTEM, assignment_id=handed.assignment_id, submission_id=handed.submission_id)
        return handed

    async def freeze(self, world: World, **settings: Any) -> UUID:
        """Freeze what is accepted now."""
        async with self.db.write() as session:
            made = await freeze_release(
                session,
                actor=SYSTEM,
                slug=world.terms.slug,
                settings=ReleaseSettings(**settings),
                now=utc_now(),
            )
        return made.id

    async def write(self, release_id: UUID) -> ReleaseView:
        """Write the files, in this process."""
        await write_release(self.db, self.storage, release_id=release_id)
        return await self.view(release_id)

    async def do_job(self, release_id: UUID) -> ReleaseView:
        """Write the files as the worker does it, in a program of its own."""
        await jobs.write_release(self.db, self.settings, subject_id=str(release_id))
        return await self.view(release_id)

    async def view(self, release_id: UUID) -> ReleaseView:
        """How it stands."""
        async with self.db.read() as session:
            return await access_release_by_id(session, actor=SYSTEM, release_id=release_id)


@pytest.fixture
def releases(db, settings, bench) -> Releases:  # noqa: F811 (the fixture)
    """What tests do with releases."""
    return Releases(db, settings, bench)
