"""Releases whose writing was cut short: by a crash, a second writer, a full disk."""

import asyncio
import json

import psutil
import pytest

from preceptor.datasets import exporting
from preceptor.datasets.exporting import ReleaseBusyError
from preceptor.datasets.exporting import write_release as write_in_this_process
from preceptor.datasets.formats import files
from preceptor.datasets.jobs import ExportInterruptedError
from preceptor.datasets.operations import NotFailedError, retry_release
from preceptor.datasets.queries.releases import release_key
from preceptor.people import SYSTEM

FOLDERS = {"scored", "trl-preference", "trl-preference-implicit", "trl-prompt-completion", "trl-unpaired"}


def lines(releases, release, path):
    file = releases.storage.path(f"{release_key(release.summary.id)}/{path}")
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.fixture
async def world(make_world):
    return await make_world(items=3, wanted=2)


async def test_files_that_a_crash_left_behind_are_written_anew(releases, world, settings):
    await releases.accepted(world)
    release_id = await releases.freeze(world)
    folder = releases.storage.path(release_key(release_id))
    folder.mkdir(parents=True)
    (folder / "half").write_text("left behind")
    (folder.parent / f".{folder.name}.part").mkdir()
    release = await releases.write(release_id)

    assert release.summary.state == "done"
    assert not (folder / "half").exists()
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


async def test_two_that_write_the_same_release_do_not_disturb_each_other(releases, world, db):
    await releases.accepted(world)
    release_id = await releases.freeze(world)
    attempts = (write_in_this_process(db, releases.storage, release_id=release_id) for _one in range(3))
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} <= {type(None), ReleaseBusyError}
    assert (await releases.view(release_id)).summary.state == "done"


async def test_the_job_writes_in_a_program_of_its_own(releases, world):
    await releases.accepted(world)
    release_id = await releases.freeze(world)
    release = await releases.do_job(release_id)

    assert (release.summary.state, release.summary.written) == ("done", 1)
    assert await releases.do_job(release_id) == release


async def test_the_program_ends_with_whoever_started_it(releases, world, db):
    for _answer in range(2):
        await releases.accepted(world)
    release_id = await releases.freeze(world)
    async with db.hot() as driver:  # it waits for us, so that it is sure to be under way
        await driver.execute("SELECT pg_advisory_lock(hashtextextended(%s::text, 9))", (str(release_id),))
        with pytest.raises(ExportInterruptedError):
            await releases.do_job(release_id)
        await driver.execute("SELECT pg_advisory_unlock(hashtextextended(%s::text, 9))", (str(release_id),))
    job = asyncio.create_task(releases.do_job(release_id))
    await asyncio.sleep(0.3)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert [child for child in psutil.Process().children() if "exporting" in " ".join(child.cmdline())] == []
    assert (await releases.write(release_id)).summary.state == "done"


async def test_a_killed_writer_leaves_a_release_that_can_be_written(releases, world, db, monkeypatch):
    await releases.accepted(world)
    release_id = await releases.freeze(world)

    async def die(*_args, **_given):
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "page_of_members", die)
        with pytest.raises(asyncio.CancelledError):
            await exporting.write_release(db, releases.storage, release_id=release_id)
    assert (await releases.view(release_id)).summary.state == "running"

    assert (await releases.write(release_id)).summary.state == "done"


async def test_a_fault_is_told_and_can_be_tried_again(releases, world, db, monkeypatch):
    await releases.accepted(world)
    release_id = await releases.freeze(world)
    with monkeypatch.context() as patch:
        patch.setattr(exporting, "_add_all", lambda *_args: 1 / 0)
        await exporting.write_release(db, releases.storage, release_id=release_id)
    failed = await releases.view(release_id)
    assert (failed.summary.state, failed.files) == ("failed", [])
    assert "fault on our side" in failed.summary.error

    async with db.write() as session:
        await retry_release(session, actor=SYSTEM, slug=world.terms.slug, number=1)
    assert (await releases.write(release_id)).summary.state == "done"
    with pytest.raises(NotFailedError):
        async with db.write() as session:
            await retry_release(session, actor=SYSTEM, slug=world.terms.slug, number=1)


async def test_a_full_disk_is_told(releases, world, db, monkeypatch):
    await releases.accepted(world)
    release_id = await releases.freeze(world)

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    await write_in_this_process(db, releases.storage, release_id=release_id)
    failed = await releases.view(release_id)
    assert (failed.summary.state, failed.files) == ("failed", [])
    assert "disk is full" in failed.summary.error
    assert list(releases.storage.path("releases").iterdir()) == []
