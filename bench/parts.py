"""The parts of the bench."""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.figures import say
from bench.world import PORT, Trainer, World, make_world, new_database, programs
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.embedded.postgres import Throwaway, throwaway_postgres
from preceptor.people.rules import Actor, Permission, Role
from preceptor.work.operations.claiming import NewAssignment, Queue

RAW = Path(__file__).parent / "raw"
SECONDS = 20
RAW_ITEMS = 1_000_000
LOOP_ITEMS = 60_000
CLAIM_SETTINGS = {"shared_buffers": "512MB"}

Figures = dict[str, float]


def raw(server: Throwaway, script: str, *, clients: int, seconds: float = SECONDS) -> float:
    """Transactions (one per run of the script) per second of pgbench on the bare schema."""
    url = server.database("raw")
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'raw'").fetchone()
    if not known:
        new_database(server, "raw")
        psql = [
            server.engine.program("psql"),
            "-q",
            "-X",
            "-v",
            f"items={RAW_ITEMS}",
            "-f",
            str(RAW / "setup.sql"),
            url,
        ]
        subprocess.run(psql, check=True, stdout=subprocess.DEVNULL)
    draft = json.dumps({"ideal": "Cold air takes up less room. " * 50})
    submission = json.dumps({"ideal": "Cold air takes up less room. " * 68})
    command = [server.engine.program("pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "2"]
    command += ["-T", str(round(seconds)), "-f", str(RAW / f"{script}.sql")]
    command += ["-D", f"draft={draft}", "-D", f"subm={submission}", "-D", f"items={RAW_ITEMS}", url]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    line = next(line for line in told.splitlines() if line.startswith("tps ="))
    return float(line.split()[2])


def load(world: World, trainers: Sequence[Trainer], part: str, *, seconds: float = SECONDS) -> dict[str, Any]:
    """Let trainers work for some seconds; answers what the load generator tells."""
    command = [sys.executable, "-m", "bench.load", str(PORT), world.terms.slug, str(seconds), part]
    tokens = "\n".join(trainer.token for trainer in trainers)
    told = subprocess.run(command, input=tokens, check=True, capture_output=True, text=True).stdout
    tally: dict[str, Any] = json.loads(told)
    for complaint in tally["complaints"][:5]:
        say(f"  lost: {complaint}")
    return tally


def milliseconds(times: Sequence[float]) -> str:
    """Median and 99th percentile."""
    if not times:
        return "none"
    ordered = sorted(times)
    return f"{statistics.median(ordered) * 1e3:.1f} / {ordered[int(len(ordered) * 0.99) - 1] * 1e3:.1f} ms"


def loop() -> Figures:
    """Full loops of 32 trainers, against the raw script; and how many statements one takes."""
    with throwaway_postgres(durable=True) as server:
        say("raw loops")
        raw_loops = raw(server, "loop", clients=32)
        world = make_world(server, "loop", items=LOOP_ITEMS, trainers=40)
        with programs(world.url):
            load(world, world.trainers[:32], "loop", seconds=3)  # prepared statements, caches
            say("loops over HTTP")
            tally = load(world, world.trainers[:32], "loop")
            statements = count_statements(server, world)
        lost, over = verify(world, tally)
    loops = tally["loops"] / tally["seconds"]
    say(
        f"claim {milliseconds(tally['claims'])}, draft {milliseconds(tally['drafted'])}, submit "
        f"{milliseconds(tally['submits'])} (median / 99th)"
    )
    return {
        "raw_loops": raw_loops,
        "loops": loops,
        "loops_ratio": loops / raw_loops,
        "statements_per_loop": statements,
        "lost": lost,
        "over_collected": over,
    }


def verify(world: World, tally: dict[str, Any]) -> tuple[int, int]:
    """What the database lacks of what was answered, and how many items have other than the answers they asked for."""
    with psycopg.connect(world.url) as connection:
        kept = {str(row[0]) for row in connection.execute("SELECT assignment_id FROM submission")}
        drafts = {
            str(row[0]): row[1]
            for row in connection.execute("SELECT assignment_id, content #>> '{turns,0,ideal}' FROM draft")
        }
        over = connection.execute(
            "SELECT count(*) FROM (SELECT item.id FROM item JOIN assignment ON assignment.item_id = item.id "
            "WHERE assignment.state = 'submitted' GROUP BY item.id HAVING count(*) > item.wanted) AS over"
        ).fetchone()
    lost = tally["lost"]
    for assignment_id, text in tally["answered"].items():
        lost += assignment_id not in kept
        lost += not (drafts.get(assignment_id) or "").startswith(text)
    assert over is not None
    return lost, over[0]


def count_statements(server: Throwaway, world: World) -> float:
    """Statements of one loop, by PostgreSQL's own log, with one trainer and the worker's own left out."""
    log = next(server.folder.rglob("postgres.log"), None) or next(server.folder.rglob("*.log"))
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf()")
        time.sleep(1)
        before = log.stat().st_size
        tally = load(world, world.trainers[32:33], "loop", seconds=3)
        connection.execute("ALTER SYSTEM RESET log_statement")
        connection.execute("SELECT pg_reload_conf()")
    with log.open("rb") as stream:
        stream.seek(before)
        lines = stream.read().decode(errors="replace").splitlines()
    told = [line for line in lines if "preceptor-web" in line and (" statement: " in line or " execute " in line)]
    return len(told) / max(tally["loops"], 1)


def drafts() -> Figures:
    """Drafts of 32 trainers, against one transaction each."""
    with throwaway_postgres(durable=True) as server:
        say("raw drafts")
        raw_drafts = raw(server, "draft", clients=32)
        world = make_world(server, "drafts", items=2_000, trainers=32)
        with programs(world.url):
            load(world, world.trainers, "drafts", seconds=0.2)
            with psycopg.connect(world.url, autocommit=True) as connection:
                connection.execute("DELETE FROM draft")
            say("drafts over HTTP")
            tally = load(world, world.trainers, "drafts")
        with psycopg.connect(world.url) as connection:
            versions = dict(connection.execute("SELECT assignment_id::text, version FROM draft").fetchall())
    lost = tally["lost"] + sum(versions.get(key) != int(version) for key, version in tally["answered"].items())
    done = tally["drafts"] / tally["seconds"]
    say(f"draft {milliseconds(tally['drafted'])} (median / 99th)")
    return {"raw_drafts": raw_drafts, "drafts": done, "drafts_ratio": done / raw_drafts, "lost": lost}


def memory() -> Figures:
    """Memory of web and worker while 64 trainers work."""
    with throwaway_postgres(durable=True) as server:
        world = make_world(server, "memory", items=40_000, trainers=64)
        with programs(world.url) as running:
            tally = load(world, world.trainers, "loop", seconds=15)
            used = running.memory_mb()
    say(f"{tally['loops']} loops with 64 trainers")
    return {"memory_mb": used}


def claim() -> Figures:
    """The median of claiming: few items, many items, most of them done, many done by this person, an old snapshot."""
    with throwaway_postgres(durable=True, settings=CLAIM_SETTINGS) as server:
        small = make_world(server, "small", items=1_000, trainers=300)
        base = asyncio.run(claims(small, count=300))
        say(f"1,000 items: {base * 1e3:.2f} ms")
        large = make_world(server, "large", items=1_000_000, trainers=400)
        many = asyncio.run(claims(large, count=300))
        say(f"1,000,000 items: {many * 1e3:.2f} ms")
        finish(large, 900_000)
        done = asyncio.run(claims(large, count=300))
        say(f"900,000 of them done: {done * 1e3:.2f} ms")
        thrice = make_world(server, "thrice", items=100_000, trainers=2, wanted=3)
        answered_by(thrice, thrice.trainers[0], 20_000)
        own = asyncio.run(claims(thrice, count=300, alone=True))
        say(f"20,000 done by the same person at three answers each: {own * 1e3:.2f} ms")
        old = make_world(server, "old", items=100_000, trainers=400)
        with psycopg.connect(old.url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.execute("SELECT count(*) FROM slot")
            snapshot = asyncio.run(claims(old, count=20_000, last=2_000))
        say(f"with a snapshot held while 20,000 are claimed: {snapshot * 1e3:.2f} ms at the end")
    return {
        "claim_growth": many / base,
        "claim_growth_done": done / base,
        "claim_growth_own": own / base,
        "claim_growth_snapshot": snapshot / base,
    }


async def claims(world: World, *, count: int, last: int | None = None, alone: bool = False) -> float:
    """The median time of one claim, in seconds, of the last ones of `count` in a row; each is ended in between."""
    db = Database(world.url, pool_size=2)
    queue = Queue()
    actors = [
        Actor(
            person_id=trainer.id,
            name="",
            roles=frozenset({Role.TRAINER}),
            permissions=frozenset({Permission.WORK_DO}),
            team_ids=world.terms.team_ids,
        )
        for trainer in (world.trainers[:1] if alone else world.trainers)
    ]
    times = []
    for number in range(count + 20):
        async with db.hot() as driver:
            began = time.perf_counter()
            found = await queue.claim(
                driver, actor=actors[number % len(actors)], terms=world.terms, now=utc_now() + timedelta(hours=1)
            )
            times.append(time.perf_counter() - began)
            assert isinstance(found, NewAssignment), found
            await driver.execute("UPDATE assignment SET state = 'submitted' WHERE id = %s", (found.id,))
            await driver.execute("UPDATE slot SET state = 'done' WHERE assignment_id = %s", (found.id,))
    await db.close()
    return statistics.median(times[20:][-(last or count) :])


ANSWER = """
WITH chosen AS MATERIALIZED (
    SELECT item_id, n, row_number() OVER (ORDER BY place) AS number FROM slot
    WHERE state = 'open' AND n = 1 ORDER BY place LIMIT %(count)s
), made AS (
    INSERT INTO assignment (id, item_id, n, project_id, trainer_id, state, form_version, guidelines_version, rate_minor,
                            currency, lease_until, claimed_at)
    SELECT gen_random_uuid(), item_id, n, %(project)s, (%(trainers)s::uuid[])[1 + number %% %(people)s], 'submitted', 1,
           1, 2500, 'EUR', now(), now()
    FROM chosen RETURNING id, item_id, n
)
UPDATE slot SET state = 'done', assignment_id = made.id FROM made WHERE slot.item_id = made.item_id AND slot.n = made.n
"""


def finish(world: World, count: int) -> None:
    """Mark the first items of the queue as done."""
    _answer(world, world.trainers, count)


def answered_by(world: World, trainer: Trainer, count: int) -> None:
    """Have one person answer the first items of the queue once."""
    _answer(world, [trainer], count)


def _answer(world: World, trainers: Sequence[Trainer], count: int) -> None:
    values = {
        "count": count,
        "project": world.terms.id,
        "trainers": [trainer.id for trainer in trainers],
        "people": len(trainers),
    }
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute(ANSWER, values)
        connection.execute("VACUUM ANALYZE slot")
        connection.execute("ANALYZE assignment")
        connection.execute("CHECKPOINT")
