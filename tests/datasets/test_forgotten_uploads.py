"""Files handed in for imports that nobody decides about, and what processes that died left behind."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import text

from preceptor.datasets import jobs
from preceptor.datasets.operations import confirm_import
from preceptor.lib.clock import utc_now
from preceptor.lib.storage import storage_of
from preceptor.people import SYSTEM
from tests.datasets.test_importing import rows


@pytest.fixture
async def world(make_world):
    return await make_world(items=0, answers_per_item=2)


async def test_a_file_that_nobody_decides_about_is_forgotten(imports, world, db, settings):
    old, new = [await imports.do(world, rows(3), confirmed=False) for _number in range(2)]
    storage = storage_of(settings)
    keys = {}
    async with db.write() as session:
        for run in (old, new):
            query = text("SELECT file_key FROM import_run WHERE id = :id")
            keys[run.id] = await session.scalar(query, {"id": run.id})
        ago = {"id": old.id, "at": utc_now() - timedelta(days=settings.upload_days, minutes=1)}
        await session.execute(text("UPDATE import_run SET created_at = :at WHERE id = :id"), ago)
    # Left by processes that died: a file without an import, one half written, and one just handed in.
    long_ago = (utc_now() - timedelta(days=30)).timestamp()
    for name in ("orphan", ".half.part", "fresh"):
        path = storage.path("imports") / name
        path.write_bytes(b"x")
        if name != "fresh":
            os.utime(path, (long_ago, long_ago))
    # One that waits is in use, however old its file is.
    os.utime(storage.path(keys[new.id]), (long_ago, long_ago))

    assert await jobs.forget_uploads(db, settings) == 3
    told = await imports.view(old.id)
    assert (told.state, told.items_added) == ("discarded", 0)
    assert "hand it in again" in told.error
    assert not storage.path(keys[old.id]).exists()
    names = {path.name for path in storage.path("imports").iterdir()}
    assert names == {keys[new.id].removeprefix("imports/"), "fresh"}
    assert await jobs.forget_uploads(db, settings) == 0
    async with db.write() as session:
        await confirm_import(session, actor=SYSTEM, import_id=new.id)
    assert (await imports.run(new.id)).items_added == 3
