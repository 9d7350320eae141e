"""The parts that move data: importing and exporting a million rows, against PostgreSQL's own COPY of the same bytes."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import psycopg
from psycopg.types.json import Jsonb

from bench.figures import say
from bench.world import World, make_world
from preceptor.datasets.operations import freeze_release, request_import
from preceptor.datasets.queries import access_import, access_release_by_id, release_key
from preceptor.datasets.rules import ReleaseSettings
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.embedded.postgres import throwaway_postgres
from preceptor.lib.ids import new_ids
from preceptor.lib.settings import Settings
from preceptor.lib.storage import StoredFile
from preceptor.people.rules import SYSTEM
from preceptor.work.rules.order import given_response_id, given_turn_id

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
SETTINGS = {"shared_buffers": "512MB"}
SENTENCE = "Cold air takes up less room, so the pressure in the tyre falls by about 0.1 bar for each 10 degrees. "

RAW_IN = "COPY raw FROM {path} WITH (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')"
RAW_OUT = "COPY raw TO {path} WITH (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')"

Figures = dict[str, float]


def write_prompts(path: Path, count: int) -> None:
    """JSON lines as people have them: a prompt of some hundred characters, a topic, fields of their own."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            row = {
                "id": f"case-{number:07}",
                "prompt": f"Case {number}: why do my tyres go flat in winter?\n\n" + SENTENCE * (1 + number % 4),
                "topic": f"physics {number % 50}",
                "source": {"site": "forum", "score": number % 97, "tags": ["cars", "weather"]},
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def raw_copy(url: str, statement: str, path: Path) -> float:
    """Seconds that one COPY takes, after the table has been made anew for one that reads."""
    with psycopg.connect(url, autocommit=True) as connection:
        if " FROM " in statement:
            connection.execute("DROP TABLE IF EXISTS raw")
            connection.execute("CREATE TABLE raw (line text)")
        connection.execute("CHECKPOINT")
        began = time.perf_counter()
        connection.execute(statement.format(path=f"'{path}'"))
        return time.perf_counter() - began


@contextmanager
def watched(child_of: int) -> Iterator[list[float]]:
    """The memory (PSS, in MB) of the programs that a process starts, seen twice a second while the block runs."""
    seen: list[float] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.5):
            total = 0
            for child in psutil.Process(child_of).children(recursive=True):
                try:
                    if any("preceptor.datasets" in part for part in child.cmdline()):
                        total += child.memory_full_info().pss
                except psutil.Error:
                    continue
            if total:
                seen.append(total / 1_000_000)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def growth(seen: list[float]) -> float:
    """How many times the most memory of the second half is that of the first, once the program has begun."""
    half = len(seen) // 2
    return max(seen[half:]) / max(seen[1:half] or seen)


def import_() -> Figures:
    """A file of a million prompts becomes items."""
    with throwaway_postgres(durable=True, settings=SETTINGS) as server, tempfile.TemporaryDirectory() as place:
        world = make_world(server, "imports", items=10, trainers=1)
        home = Path(place)
        home.chmod(0o777)  # the database has an account of its own, and reads and writes here
        settings = Settings(home=home, database_url=world.url)
        file = home / "files" / "imports" / "million"
        file.parent.mkdir(parents=True)
        write_prompts(file, ROWS)
        size = file.stat().st_size
        raw = raw_copy(world.url, RAW_IN, file)
        say(f"COPY of {ROWS:,} rows, {size / 1e6:.0f} MB: {raw:.1f} s")
        import_id = asyncio.run(_request(world, size))
        began = time.perf_counter()
        with watched(os.getpid()) as memory:
            _job("run_import", settings, import_id)
        took = time.perf_counter() - began
        view = asyncio.run(_import(world, import_id))
        assert (view.state, view.items_added) == ("done", ROWS), view
    say(f"import: {took:.1f} s, {ROWS / took:,.0f} rows/s, memory {max(memory):.0f} MB")
    return {
        "import_raw_rows": ROWS / raw,
        "import_rows": ROWS / took,
        "import_ratio": raw / took,
        "import_memory_growth": growth(memory),
    }


def _job(name: str, settings: Settings, subject_id: UUID) -> None:
    """Do a job as the worker does it, in a program of its own."""
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from preceptor.datasets import jobs\n"
        "from preceptor.lib.db import Database\n"
        "from preceptor.lib.settings import Settings\n"
        "settings = Settings(home=Path(sys.argv[2]), database_url=sys.argv[3], log_level='warning')\n"
        "db = Database(settings.database_url, pool_size=2)\n"
        "asyncio.run(getattr(jobs, sys.argv[1])(db, settings, subject_id=sys.argv[4]))\n"
    )
    command = [sys.executable, "-c", program, name, str(settings.home), settings.database_url, str(subject_id)]
    subprocess.run(command, check=True)


async def _request(world: World, size: int) -> UUID:
    db = Database(world.url, pool_size=1)
    async with db.write() as session:
        import_id = await request_import(
            session,
            actor=SYSTEM,
            slug=world.terms.slug,
            format="jsonl",
            file=StoredFile("imports/million", size, ""),
            file_name="million.jsonl",
        )
    await db.close()
    return import_id


async def _import(world: World, import_id: UUID) -> Any:
    db = Database(world.url, pool_size=1)
    async with db.read() as session:
        view = await access_import(session, actor=SYSTEM, import_id=import_id)
    await db.close()
    return view


EXPORTED = ROWS // 6
"""Submissions: each orders four responses and so gives six pairs."""
TIMES = (90_000, 0, 0, 0, 90_000)
TABLES = {
    "item": "id, project_id, wanted, content, content_hash",
    "slot": "item_id, n, project_id, round, place, state, assignment_id",
    "assignment": "id, item_id, n, project_id, trainer_id, state, form_version, guidelines_version, rate_minor, "
    "currency, lease_until, claimed_at, started_at, ended_at",
    "submission": "id, key, assignment_id, item_id, project_id, trainer_id, author_id, revision, origin, form_version, "
    "guidelines_version, content_hash, submitted_at",
    "submission_body": "submission_id, content",
    "time_entry": "id, person_id, project_id, assignment_id, activity, outcome, started_at, ended_at, active_ms, "
    "idle_ms, waiting_ms, paused_ms, paid_ms, rate_minor, currency, amount_minor",
}


def accepted_work(world: World, count: int) -> None:
    """Fill a project with accepted answers to items that brought four responses along."""
    now, project = "2026-11-22 09:30:00+00", str(world.terms.id)
    people = [trainer.id for trainer in world.trainers]
    with psycopg.connect(world.url) as connection:
        for start in range(0, count, 10_000):
            rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in TABLES}
            size = min(10_000, count - start)
            ids = iter(new_ids(size * 4))
            for number in range(start, start + size):
                item, assignment, submission, entry = (next(ids) for _id in range(4))
                person = people[number % len(people)]
                given = [
                    {"text": f"Reason {place} of case {number}. " + SENTENCE * (1 + (number + place) % 4), "model": "m"}
                    for place in range(4)
                ]
                prompt = f"Case {number}: why do my tyres go flat in winter?"
                keys = [given_response_id(item, place) for place in range(4)]
                said = {
                    "turn_id": given_turn_id(item),
                    "prompt": prompt,
                    "ratings": {key: 7 - 2 * place for place, key in enumerate(keys)},
                    "errors": {keys[3]: ["spelling"]},
                    "comments": {keys[0]: "Short and right."},
                }
                rows["item"].append((item, project, 1, Jsonb({"prompt": prompt, "responses": given}), item.hex))
                rows["slot"].append((item, 1, project, 1, 0, "done", assignment))
                rows["assignment"].append(
                    (assignment, item, 1, project, person, "accepted", 1, 1, 2500, "EUR", now, now, now, now)
                )
                rows["submission"].append(
                    (submission, submission, assignment, item, project, person, person, 1, "first", 1, 1, item.hex, now)
                )
                rows["submission_body"].append((submission, Jsonb({"turns": [said]})))
                rows["time_entry"].append(
                    (entry, person, project, assignment, "work", "submitted", now, now, *TIMES, 2500, "EUR", 63)
                )
            for name, columns in TABLES.items():
                with connection.cursor().copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
                    for row in rows[name]:
                        copy.write_row(row)
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def export() -> Figures:
    """A release of a million pairs, from the answers that they are made of."""
    with throwaway_postgres(durable=True, settings=SETTINGS) as server, tempfile.TemporaryDirectory() as place:
        world = make_world(server, "exports", items=10, trainers=50)
        home = Path(place)
        home.chmod(0o777)
        settings = Settings(home=home, database_url=world.url)
        accepted_work(world, EXPORTED)
        say(f"{EXPORTED:,} accepted submissions are there")
        release_id = asyncio.run(_freeze(world))
        began = time.perf_counter()
        with watched(os.getpid()) as memory:
            _job("write_release", settings, release_id)
        took = time.perf_counter() - began
        view = asyncio.run(_release(world, release_id))
        assert view.summary.state == "done", view.summary
        rows = next(file.rows for file in view.files if file.path == "trl-preference/train.jsonl")
        file = home / "files" / release_key(release_id) / "trl-preference" / "train.jsonl"
        raw_copy(world.url, RAW_IN, file)
        raw = raw_copy(world.url, RAW_OUT, home / "raw")
        say(f"COPY of {rows:,} rows, {file.stat().st_size / 1e6:.0f} MB: {raw:.1f} s")
    say(f"export: {took:.1f} s, {rows / took:,.0f} rows/s, memory {max(memory):.0f} MB")
    return {
        "export_raw_rows": rows / raw,
        "export_rows": rows / took,
        "export_ratio": raw / took,
        "export_memory_growth": growth(memory),
    }


async def _freeze(world: World) -> UUID:
    db = Database(world.url, pool_size=1)
    async with db.write() as session:
        settings = ReleaseSettings(formats=("trl-preference",))
        made = await freeze_release(session, actor=SYSTEM, slug=world.terms.slug, settings=settings, now=utc_now())
    await db.close()
    return made.id


async def _release(world: World, release_id: UUID) -> Any:
    db = Database(world.url, pool_size=1)
    async with db.read() as session:
        view = await access_release_by_id(session, actor=SYSTEM, release_id=release_id)
    await db.close()
    return view
