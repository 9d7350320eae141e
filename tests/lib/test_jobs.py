"""The queue: jobs are kept with what asked for them, and taken up again when their worker has died."""

import pytest

from preceptor.lib.jobs import Jobs


@pytest.fixture
async def jobs(database_url):
    jobs = Jobs(database_url)
    async with jobs.app.open_async():
        yield jobs


async def statuses(db):
    async with db.hot() as driver:
        query = "SELECT status::text, attempts FROM procrastinate_jobs ORDER BY id"
        return await (await driver.execute(query)).fetchall()


async def test_a_job_is_asked_for_with_its_transaction_or_not_at_all(jobs, db):
    done = []

    async def note(subject_id):
        done.append(subject_id)

    jobs.add("note", note)

    async def fail():
        async with db.write() as session:
            await jobs.defer(await session.driver(), "note", subject_id="a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with db.write() as session:
        await jobs.defer(await session.driver(), "note", subject_id="b")
    await jobs.app.run_worker_async(wait=False, install_signal_handlers=False)
    assert done == ["b"]


async def test_jobs_of_a_dead_worker_are_taken_up_and_those_of_a_living_one_are_not(jobs, db):
    done = []

    async def note(subject_id):
        done.append(subject_id)

    jobs.add("note", note)
    async with db.write() as session:
        for subject in ("dead", "gone", "living"):
            await jobs.defer(await session.driver(), "note", subject_id=subject)
    async with db.hot() as driver:
        await driver.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute')")
        await driver.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
        await driver.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = CASE args->>'subject_id'"
            " WHEN 'dead' THEN (SELECT min(id) FROM procrastinate_workers)"
            " WHEN 'living' THEN (SELECT max(id) FROM procrastinate_workers) END"
        )
    assert await jobs.take_up_stalled() == 2
    assert [status for status, _attempts in await statuses(db)] == ["todo", "todo", "doing"]
    assert await jobs.take_up_stalled() == 0
    await jobs.app.run_worker_async(wait=False, install_signal_handlers=False)
    assert sorted(done) == ["dead", "gone"]
