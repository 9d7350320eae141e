"""Imports as the worker does them: good and bad files, duplicates, all or nothing, and going on after a crash."""

import asyncio
import json
import os
import subprocess
import sys
import time
import tracemalloc

import pytest

from preceptor.datasets import importing, itemising, jobs
from preceptor.datasets.operations import (
    NotCheckedError,
    OvertakenError,
    ProjectClosedError,
    confirm_import,
    discard_import,
)
from preceptor.datasets.operations.imports import Reading, begin_import, note_reading
from preceptor.datasets.queries import list_import_problems
from preceptor.datasets.rules import OnProblem
from preceptor.lib.clock import utc_now
from preceptor.lib.errors import InvalidError
from preceptor.lib.i18n import speaking
from preceptor.lib.ids import new_id
from preceptor.people import SYSTEM
from preceptor.people.rules import MissingPermissionError


def rows(count, start=0):
    return "".join(json.dumps({"prompt": f"Prompt {number}"}) + "\n" for number in range(start, start + count))


@pytest.fixture
async def world(make_world):
    return await make_world(items=0, answers_per_item=2)


async def problems_of(db, import_id):
    async with db.read() as session:
        page = await list_import_problems(session, actor=SYSTEM, import_id=import_id)
    return [(row.line, row.message) for row in page.rows]


async def test_rows_become_items_in_their_order(imports, world):
    text = (
        '{"prompt": "One", "topic": "maths", "brief": "Be short.", "id": 7}\n'
        '"Two"\n'
        "\n"
        '{"turns": ["Three", "And then?"], "category": "writing"}\n'
        '{"prompt": "Four", "responses": ["a", {"text": "b", "model": "m"}]}\n'
    )
    done = await imports.do(world, text, brief="From the form.", priority=2)

    assert (done.state, done.items_added, done.problems, done.duplicates) == ("done", 4, 0, 0)
    assert (done.lines_read, done.share) == (5, 1.0)
    items = await imports.items(world)
    assert [item.content["prompt"] for item in items] == ["One", "Two", "Three", "Four"]
    assert [item.brief for item in items] == ["Be short."] + ["From the form."] * 3
    assert [item.topic for item in items] == ["maths", "", "writing", ""]
    assert [item.source["line"] for item in items] == [1, 2, 4, 5]
    assert {(item.wanted, item.priority) for item in items} == {(2, 2)}
    assert items[0].content["source"] == {"id": 7}


async def test_bad_lines_are_told_and_the_rest_is_added(imports, world, db):
    text = '{"prompt": "Good"}\nnot json\n{"prompt": ""}\n{"prompt": "x", "responses": ["only one"]}\n"Last"\n'
    done = await imports.do(world, text)

    assert (done.state, done.items_added, done.problems) == ("done", 2, 3)
    told = await problems_of(db, done.id)
    assert [line for line, _message in told] == [2, 3, 4]
    assert "Not JSON" in told[0][1]
    assert "empty" in told[1][1]
    assert told[2][1].startswith("responses: Give 2 to 8 responses")


async def test_nothing_is_added_where_all_had_to_be_right(imports, world):
    done = await imports.do(world, rows(2_500) + "broken\n", on_problem="stop")

    assert (done.state, done.items_added, done.problems) == ("failed", 0, 1)
    assert done.error == "Nothing was added: 1 row of this file cannot become an item."
    assert await imports.items(world) == []


async def test_a_file_without_faults_is_checked_first_and_then_added(imports, world):
    done = await imports.do(world, rows(2_500), on_problem="stop")

    assert (done.state, done.phase, done.items_added) == ("done", "add", 2_500)


async def test_a_check_adds_nothing_until_somebody_says_so(imports, world, db):
    await imports.do(world, rows(3))
    text = rows(5) + "broken\n"
    checked = await imports.do(world, text, confirmed=False)

    assert (checked.state, checked.good, checked.duplicates, checked.problems) == ("checked", 2, 3, 1)
    assert len(await imports.items(world)) == 3
    async with db.write() as session:
        await confirm_import(session, actor=SYSTEM, import_id=checked.id)
    done = await imports.run(checked.id)
    assert (done.state, done.items_added, done.duplicates, done.problems) == ("done", 2, 3, 1)
    assert [line for line, _message in await problems_of(db, done.id)] == [6]
    with pytest.raises(NotCheckedError):
        async with db.write() as session:
            await confirm_import(session, actor=SYSTEM, import_id=checked.id)


async def test_a_check_can_be_discarded(imports, world, db):
    checked = await imports.do(world, rows(5), confirmed=False)
    async with db.write() as session:
        await discard_import(session, actor=SYSTEM, import_id=checked.id, now=utc_now())

    assert (await imports.run(checked.id)).state == "discarded"
    assert await imports.items(world) == []


async def test_a_faulty_file_cannot_be_confirmed_as_a_whole(imports, world, db):
    checked = await imports.do(world, rows(1) + "x\n", confirmed=False)
    with pytest.raises(NotCheckedError) as caught:
        async with db.write() as session:
            await confirm_import(session, actor=SYSTEM, import_id=checked.id, on_problem=OnProblem.STOP)
    assert "1 row" in str(caught.value)
    assert (await imports.view(checked.id)).state == "checked"


async def test_duplicates_are_passed_over(imports, world, db):
    await imports.do(world, rows(10))
    again = await imports.do(world, rows(12) + rows(2, start=11))

    assert (again.items_added, again.duplicates) == (3, 11)
    assert len(await imports.items(world)) == 13
    async with db.write() as session:
        await (await session.driver()).execute("UPDATE item SET state = 'cancelled'")
    assert (await imports.do(world, rows(1))).items_added == 1  # what was cancelled may come back


async def test_the_same_prompt_with_another_topic_is_another_item(imports, world):
    first = await imports.do(world, rows(1), topic="maths")
    second = await imports.do(world, rows(1), topic="history")

    assert (first.items_added, second.items_added) == (1, 1)


async def test_only_the_first_thousand_problems_are_kept(imports, world, db):
    done = await imports.do(world, "x\n" * 2_500 + '"Good"\n')

    assert (done.problems, done.items_added) == (2_500, 1)
    async with db.hot() as driver:
        kept = await (await driver.execute("SELECT count(*), max(line) FROM import_problem")).fetchone()
    assert kept == (1_000, 1_000)


@pytest.mark.parametrize(
    ("data", "form", "error"),
    [
        ("", "csv", "Not one row"),
        ("PK\x03\x04", "jsonl", "Not one row"),
        ("wrong\nx\n", "csv", "Not one row"),
    ],
)
async def test_files_of_which_nothing_can_be_used_fail(imports, world, data, form, error):
    done = await imports.do(world, data, form)

    assert done.state == "failed"
    assert error in done.error
    assert done.problems == 1


async def test_an_empty_file_adds_nothing(imports, world):
    done = await imports.do(world, "\n\n")

    assert (done.state, done.items_added) == ("done", 0)


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"answers": 0}, "answers"),
        ({"answers": 101}, "answers"),
        ({"priority": 10}, "priority"),
        ({"topic": "x" * 2_001}, "topic"),
        ({"brief": "a\0b"}, "brief"),
        ({"encoding": "klingon"}, "encoding"),
        ({"form": "scored"}, None),
        ({"form": "klingon"}, None),
    ],
)
async def test_requests_that_make_no_sense_are_refused(imports, world, options, path):
    with pytest.raises(InvalidError) as caught:
        await imports.request(world, rows(1), **options)
    assert [problem.path for problem in caught.value.fields] == ([path] if path else [])


async def test_labels_of_a_row_that_are_too_long_are_a_problem_of_its_line(imports, world, db):
    done = await imports.do(world, json.dumps({"prompt": "x", "topic": "y" * 2_001}) + "\n" + rows(1))

    assert (done.items_added, done.problems) == (1, 1)
    assert await problems_of(db, done.id) == [(1, "Use at most 2000 characters.")]


async def test_closed_projects_take_nothing(imports, world, db):
    async with db.hot() as driver:
        await driver.execute("UPDATE project SET state = 'closed'")
    with pytest.raises(ProjectClosedError):
        await imports.request(world, rows(1))


@pytest.mark.parametrize("role", ["trainer", "reviewer", "client", "operator"])
async def test_only_managers_import(imports, world, bench, db, role):
    actor = await bench.person(role)
    import_id = await imports.request(world, rows(1), confirmed=False)
    await imports.run(import_id)
    with pytest.raises(MissingPermissionError):
        async with db.write() as session:
            await confirm_import(session, actor=actor, import_id=import_id)


async def test_a_process_that_was_overtaken_adds_nothing(imports, world, db):
    import_id = await imports.request(world, rows(3))
    async with db.write() as session:
        work = await begin_import(session, import_id=import_id)
    await imports.run(import_id)
    late = Reading(after=0, upto=1, share=0.1, rows=[], problems=[])
    with pytest.raises(OvertakenError):
        async with db.write() as session:
            await note_reading(session, actor=SYSTEM, work=work, reading=late, now=utc_now())
    assert len(await imports.items(world)) == 3


async def test_two_that_do_the_same_import_at_once_add_each_row_once(imports, world):
    import_id = await imports.request(world, rows(5_000))
    await asyncio.gather(*(imports.run(import_id) for _attempt in range(3)))

    assert (await imports.view(import_id)).state == "done"
    assert [item.content["prompt"] for item in await imports.items(world)] == [f"Prompt {n}" for n in range(5_000)]


async def test_two_imports_of_one_file_at_once_add_each_row_once(imports, world):
    ids = [await imports.request(world, rows(3_000)) for _file in range(2)]
    views = await asyncio.gather(*(imports.run(import_id) for import_id in ids))

    assert sum(view.items_added for view in views) == 3_000
    assert len(await imports.items(world)) == 3_000


async def test_an_import_goes_on_where_a_crash_stopped_it(imports, world, monkeypatch):
    monkeypatch.setattr(itemising.RowReader.take, "__kwdefaults__", {"rows": 1_000})
    import_id = await imports.request(world, rows(4_000) + "bad\n" + rows(500, start=4_000))
    batches = 0

    async def crash_at_the_third(*args, **given):
        nonlocal batches
        batches += 1
        await note_reading(*args, **given)
        if batches == 3:
            raise asyncio.CancelledError

    monkeypatch.setattr(importing, "note_reading", crash_at_the_third)
    with pytest.raises(asyncio.CancelledError):
        await imports.run(import_id)
    stopped = await imports.view(import_id)
    assert (stopped.state, stopped.items_added) == ("running", 2_000)

    monkeypatch.undo()
    done = await imports.run(import_id)
    assert (done.state, done.items_added, done.problems, done.duplicates) == ("done", 4_500, 1, 0)
    assert [item.content["prompt"] for item in await imports.items(world)] == [f"Prompt {n}" for n in range(4_500)]


async def test_memory_does_not_grow_with_the_file(imports, world, settings):
    path = settings.home / "big.jsonl"

    def take_all(count):
        with path.open("w") as stream:
            for number in range(count):
                stream.write(json.dumps({"prompt": f"Prompt {number} " + "long " * 200}) + "\n")
        reader = importing.RowReader(
            path=path, format="jsonl", terms=world.terms, form={}, options=importing.ImportOptions(), file_name="x"
        )
        tracemalloc.start()
        after = 0
        while (reading := reader.take(after=after)) is not None:
            after = reading.upto
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert after == count
        return peak

    assert take_all(40_000) < take_all(10_000) * 1.3


async def test_a_batch_ends_with_its_bytes_too(imports, world, settings):
    path = settings.home / "long.jsonl"
    path.write_text("".join(json.dumps({"prompt": str(n), "text": ["x" * 60_000] * 10}) + "\n" for n in range(40)))
    reader = importing.RowReader(
        path=path, format="jsonl", terms=world.terms, form={}, options=importing.ImportOptions(), file_name="x"
    )
    reading = reader.take(after=0)
    assert 1 < len(reading.rows) < 40


async def test_no_row_of_a_file_without_line_ends_is_lost_between_batches(imports, world, settings):
    path = settings.home / "one-line.json"
    path.write_text(json.dumps([{"prompt": f"Prompt {number}"} for number in range(7)]))
    reader = importing.RowReader(
        path=path, format="json", terms=world.terms, form={}, options=importing.ImportOptions(), file_name="x"
    )
    first = reader.take(after=0, rows=3)
    second = reader.take(after=first.upto, rows=3)
    assert (len(first.rows), first.upto, len(second.rows), second.upto) == (3, 3, 3, 6)
    later = importing.RowReader(
        path=path, format="json", terms=world.terms, form={}, options=importing.ImportOptions(), file_name="x"
    )
    assert len(later.take(after=6).rows) == 1


async def test_problems_are_told_in_the_language_of_who_asked(imports, world, db):
    with speaking("es"):
        import_id = await imports.request(world, "x\n")
    async with db.hot() as driver:
        row = await (await driver.execute("SELECT language FROM import_run WHERE id = %s", (import_id,))).fetchone()
    assert row == ("es",)


@pytest.mark.kill
async def test_a_killed_worker_leaves_an_import_that_the_next_one_finishes(imports, world, settings, db):
    count = 12_000
    import_id = await imports.request(world, rows(count))
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from uuid import UUID\n"
        "from preceptor.datasets.importing import run_import\n"
        "from preceptor.lib.db import Database\n"
        "from preceptor.lib.storage import Storage\n"
        "storage = Storage(Path(sys.argv[1]) / 'files')\n"
        "asyncio.run(run_import(Database(sys.argv[2]), storage, import_id=UUID(sys.argv[3])))\n"
    )
    arguments = [sys.executable, "-c", program, str(settings.home), settings.database_url, str(import_id)]
    child = await asyncio.to_thread(subprocess.Popen, arguments, env=dict(os.environ))
    deadline = time.monotonic() + 60
    while (await imports.view(import_id)).items_added < 2_000:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    child.kill()
    await asyncio.to_thread(child.wait)

    stopped = await imports.view(import_id)
    assert stopped.state == "running"
    assert 0 < stopped.items_added < count
    async with db.hot() as driver:
        row = await (await driver.execute("SELECT count(*) FROM item")).fetchone()
    assert row == (stopped.items_added,)

    done = await imports.run(import_id)
    assert (done.state, done.items_added, done.duplicates) == ("done", count, 0)
    async with db.hot() as driver:
        query = "SELECT count(*), count(DISTINCT content_hash), (SELECT count(*) FROM slot) FROM item"
        row = await (await driver.execute(query)).fetchone()
    assert row == (count, count, 2 * count)


async def test_unknown_imports_are_nothing_to_do(imports):
    await jobs.run_import(imports.db, imports.settings, subject_id=str(new_id()))


@pytest.mark.data
async def test_mt_bench_comes_in_whole(imports, world, data):
    path = data / "prompts" / "mt_bench_questions.jsonl"
    done = await imports.do(world, path.read_bytes())

    assert (done.state, done.items_added, done.problems) == ("done", 80, 0)
    items = await imports.items(world)
    assert all(item.content["follow_ups"] for item in items)
    assert items[0].topic == "writing"


async def test_the_job_does_it_in_a_program_of_its_own(imports, world, settings):
    import_id = await imports.request(world, rows(10))
    await jobs.run_import(imports.db, settings, subject_id=str(import_id))

    assert (await imports.view(import_id)).items_added == 10
